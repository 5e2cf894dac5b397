//! Fairness between threads: while one of them is busy with an answer, another must wait for requests.
//!
//! One of a runtime's threads waits for the system's events. When it finds a request, it answers it. If that takes
//! long, the other threads sleep on, because nothing tells one of them to wait in its place.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Weak};
use std::thread::{self, Thread};
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;

use crate::server::rest::Rest;
use crate::server::task::Task;

/// The time after which an answer keeps other requests waiting.
const BEAT: Duration = Duration::from_millis(5);

/// The number of beats with nothing to do after which the pulse rests.
const BEATS_TO_REST: u32 = 200;

/// Wakes threads of runtimes that have several, for all servers of the process.
struct Pulse {
    servers: Mutex<Vec<Weak<Busy>>>,
    rest: Rest,
    thread: Option<Thread>,
}

static PULSE: LazyLock<Pulse> = LazyLock::new(|| {
    let thread = thread::Builder::new().name("standin-pulse".to_owned()).spawn(beat);
    Pulse {
        servers: Mutex::default(),
        rest: Rest::default(),
        thread: thread.ok().map(|thread| thread.thread().clone()),
    }
});

fn beat() {
    let mut idle = 0;
    loop {
        thread::sleep(BEAT);
        if is_any_busy() {
            idle = 0;
        } else if idle < BEATS_TO_REST {
            idle += 1;
        } else {
            PULSE.rest.rest(is_any_busy, thread::park);
            idle = 0;
        }
    }
}

/// Tells whether a server is answering, and wakes another thread of each that is.
fn is_any_busy() -> bool {
    let mut is_busy = false;
    PULSE.servers.lock().retain(|server| {
        let Some(server) = server.upgrade() else { return false };
        if server.answering.load(Ordering::SeqCst) > 0 {
            // A sleeping thread wakes for the empty task, and waits for events afterwards.
            let nothing: Task = Box::pin(async {});
            drop(server.runtime.spawn(nothing));
            is_busy = true;
        }
        true
    });
    is_busy
}

/// A server on a runtime with several threads.
pub(crate) struct Busy {
    runtime: Handle,
    answering: AtomicUsize,
}

/// A guard of an answer in the making.
pub(crate) struct Answering<'b>(&'b Busy);

impl Drop for Answering<'_> {
    fn drop(&mut self) {
        self.0.answering.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Busy {
    /// Registers a server on this runtime, if that has several threads.
    pub(crate) fn here() -> Option<Arc<Self>> {
        let runtime = Handle::current();
        if runtime.runtime_flavor() == RuntimeFlavor::CurrentThread {
            return None;
        }
        let busy = Arc::new(Self { runtime, answering: AtomicUsize::new(0) });
        PULSE.servers.lock().push(Arc::downgrade(&busy));
        Some(busy)
    }

    /// Notes that an answer is in the making.
    pub(crate) fn answer(&self) -> Answering<'_> {
        self.answering.fetch_add(1, Ordering::SeqCst);
        PULSE.rest.wake(|| PULSE.thread.iter().for_each(Thread::unpark));
        Answering(self)
    }
}

/// The wait for a lock after which the other tasks of the thread move to another one.
const PATIENCE: Duration = Duration::from_millis(1);

/// Locks a world without making other worlds wait.
pub(super) fn lock<T>(world: &Mutex<T>) -> MutexGuard<'_, T> {
    world.try_lock_for(PATIENCE).unwrap_or_else(|| block_in_place(|| world.lock()))
}
