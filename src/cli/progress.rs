//! The progress of a long command, for a user who waits at a terminal.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use crate::cli::reports::say;

/// The progress of a command of several parts, shown on a terminal.
pub(super) struct Progress {
    all: usize,
    done: usize,
    started: Instant,
    is_told: bool,
}

impl Progress {
    /// Starts the progress of a command with this many parts.
    pub(super) fn new(all: usize, quiet: bool) -> Self {
        let is_told = !quiet && std::io::stderr().is_terminal();
        Self { all, done: 0, started: Instant::now(), is_told }
    }

    /// Shows that a part is done, and the estimated time of the rest.
    pub(super) fn tell(&mut self, what: &str) {
        self.done += 1;
        if self.is_told {
            say(&self.line(what, self.started.elapsed()));
        }
    }

    fn line(&self, what: &str, elapsed: Duration) -> String {
        let Self { all, done, .. } = self;
        let share = |parts: usize| u32::try_from(parts).unwrap_or(u32::MAX);
        let left_s = (elapsed / share(*done).max(1) * share(all - done)).as_secs();
        let left = if all == done { String::new() } else { format!("   about {left_s} s left") };
        format!("{done}/{all}  {what}{left}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_part_and_estimate() {
        let mut progress = Progress { all: 24, done: 3, started: Instant::now(), is_told: false };
        let line = progress.line("call 2, reset: survived", Duration::from_secs(6));
        assert_eq!(line, "3/24  call 2, reset: survived   about 42 s left\n");
        progress.done = 24;
        assert_eq!(progress.line("call 9, lost: FAILED", Duration::from_secs(48)), "24/24  call 9, lost: FAILED\n");
    }
}
