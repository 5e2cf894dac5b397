//! The cores of servers and of the load generator: where the scheduler puts both on one core for a while, the figures
//! tell of the scheduler.

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::{Pid, getpid, gettid};

/// The server that runs beside the load generator, which has the second core.
#[derive(Clone, Copy)]
pub enum Cores<'p> {
    /// All other threads of this process, on the first core.
    Threads,
    /// These processes, on the first core.
    Processes(&'p [Pid]),
    /// Processes that may run anywhere.
    Anywhere,
}

impl Cores<'_> {
    /// Tells whether the load generator has its core to itself. Then it never sleeps: to wake a thread costs the sender to
    /// it, and on a virtual machine nearly as much as an answer. The quicker the load generator is beside a server, the
    /// more often that one would pay.
    pub fn are_apart(self) -> bool {
        !matches!(self, Self::Anywhere)
    }

    /// Returns the threads that have the first core to themselves.
    fn first(self) -> Vec<Pid> {
        match self {
            Self::Threads => other_threads(),
            Self::Processes(processes) => processes.iter().flat_map(|process| threads(*process)).collect(),
            Self::Anywhere => Vec::new(),
        }
    }
}

/// While it lives, everything runs where it should. Dropping it lets all threads run where they like.
pub struct Apart<'p> {
    anywhere: CpuSet,
    cores: Cores<'p>,
}

impl<'p> Apart<'p> {
    /// Places everything.
    pub fn new(cores: Cores<'p>) -> Self {
        let anywhere = sched_getaffinity(Pid::from_raw(0)).expect("Linux tells where a thread may run");
        let mut known = (0..CpuSet::count()).filter(|core| anywhere.is_set(*core).unwrap_or(false));
        if let (Some(first), Some(second)) = (known.next(), known.next()) {
            place(&cores.first(), &only(first));
            place(&[gettid()], &only(second));
        }
        Self { anywhere, cores }
    }
}

impl Drop for Apart<'_> {
    fn drop(&mut self) {
        place(&self.cores.first(), &self.anywhere);
        place(&[gettid()], &self.anywhere);
    }
}

fn only(core: usize) -> CpuSet {
    let mut cores = CpuSet::new();
    cores.set(core).expect("the core is one of this machine's");
    cores
}

/// Lets these threads run there and nowhere else. One that has ended meanwhile is no loss.
fn place(threads: &[Pid], cores: &CpuSet) {
    for thread in threads {
        let _ = sched_setaffinity(*thread, cores);
    }
}

/// The processor time all threads but this one have had, in nanoseconds.
pub fn others_processor_ns() -> f64 {
    // A thread may end between being listed and being asked.
    let times = other_threads().into_iter().filter_map(|thread| {
        let times = std::fs::read_to_string(format!("/proc/self/task/{thread}/schedstat")).ok()?;
        times.split(' ').next()?.parse::<f64>().ok()
    });
    times.sum()
}

/// All threads of this process but this one.
fn other_threads() -> Vec<Pid> {
    let this = gettid();
    threads(getpid()).into_iter().filter(|thread| *thread != this).collect()
}

fn threads(process: Pid) -> Vec<Pid> {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task")).expect("Linux tells the threads of a process");
    tasks.filter_map(|task| Some(Pid::from_raw(task.ok()?.file_name().to_str()?.parse().ok()?))).collect()
}
