//! The processes of a command: the started one, and all that it starts.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process_group};
use tokio::process::Child;

/// The time for processes that a command leaves behind to end by themselves.
const GRACE: Duration = Duration::from_secs(1);

/// The processes of a command.
#[derive(Clone, Copy)]
pub(super) struct ProcessGroup {
    leader: Pid,
    /// True when the command has a process group of its own. In a terminal it has none, so that it can read from the
    /// terminal; there, Ctrl-C reaches the whole group of the terminal.
    is_own: bool,
}

impl ProcessGroup {
    /// Returns the processes of a command that was just started.
    pub(super) fn of(child: &Child, is_own: bool) -> Option<Self> {
        let leader = child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?))?;
        Some(Self { leader, is_own })
    }

    /// Passes a signal on, by its number.
    pub(super) fn pass_on(self, signal: u8) {
        let signal = match signal {
            1 => Signal::HUP,
            2 => Signal::INT,
            3 => Signal::QUIT,
            _ => Signal::TERM,
        };
        // A process that is gone needs no signal.
        let _ = if self.is_own { kill_process_group(self.leader, signal) } else { kill_process(self.leader, signal) };
    }

    /// Tells whether the command has a group of its own.
    pub(super) fn is_own(self) -> bool {
        self.is_own
    }

    /// Kills the rest of the group at once.
    pub(super) fn kill(self) {
        if self.is_own {
            let _ = kill_process_group(self.leader, Signal::KILL);
        }
    }

    /// Ends the rest of the group after its leader: by a signal first, and by force after a moment.
    pub(super) async fn end(self) {
        if !self.is_own || kill_process_group(self.leader, Signal::TERM).is_err() {
            return;
        }
        let asked = Instant::now();
        while test_kill_process_group(self.leader).is_ok() {
            if asked.elapsed() > GRACE {
                return self.kill();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
