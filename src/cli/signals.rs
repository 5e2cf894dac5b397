//! The signals and changes of files that end a command.

use std::io;

use crate::cli::watch::Changes;

/// A receiver of the signals that end a command, and of changes of watched files, which end it too.
pub(super) struct Signals {
    caught: Caught,
    changes: Option<Changes>,
    /// True when a signal came.
    has_come: bool,
}

impl Signals {
    /// Catches the signals that end a server; a hangup does not. Must be called in a tokio runtime.
    pub(super) fn catch() -> io::Result<Self> {
        Ok(Self { caught: Caught::catch(false)?, changes: None, has_come: false })
    }

    /// Catches the signals that end a command under test, a hangup too: otherwise the command would outlive this
    /// process.
    pub(super) fn catch_for_command() -> io::Result<Self> {
        Ok(Self { caught: Caught::catch(true)?, changes: None, has_come: false })
    }

    /// Watches files too, from now on.
    pub(super) fn watch(&mut self, changes: Changes) {
        self.changes = Some(changes);
    }

    /// Tells whether a change of files ended the command, and no signal.
    pub(super) fn is_change(&self) -> bool {
        !self.has_come && self.changes.as_ref().is_some_and(Changes::have_come)
    }

    /// Returns the changed file, and the number of others, in words.
    pub(super) fn changed(&self) -> Option<String> {
        self.changes.as_ref().and_then(Changes::words)
    }

    /// Waits for the next signal, and returns its number. A change of files counts as SIGTERM.
    pub(super) async fn next(&mut self) -> u8 {
        let changed = async {
            match &mut self.changes {
                Some(changes) => changes.next().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            signal = self.caught.next() => {
                self.has_come = true;
                signal
            }
            () = changed => 15,
        }
    }
}

#[cfg(unix)]
struct Caught {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    quit: tokio::signal::unix::Signal,
    hangup: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Caught {
    fn catch(is_hangup_too: bool) -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let hangup = (is_hangup_too && !ignores_hangups()).then(|| signal(SignalKind::hangup()));
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            hangup: hangup.transpose()?,
        })
    }

    async fn next(&mut self) -> u8 {
        let hangup = async {
            match &mut self.hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.terminate.recv() => 15,
            _ = self.interrupt.recv() => 2,
            _ = self.quit.recv() => 3,
            _ = hangup => 1,
        }
    }
}

/// Tells whether this process was started to ignore hangups, as by `nohup`; false where the system does not tell.
#[cfg(unix)]
fn ignores_hangups() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    ignored.is_some_and(|signals| signals & 1 == 1)
}

/// The signal that asks to read files again.
#[cfg(unix)]
pub(super) struct Hangups(tokio::signal::unix::Signal);

#[cfg(unix)]
impl Hangups {
    /// Catches hangup signals. Must be called in a tokio runtime.
    pub(super) fn catch() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self(signal(SignalKind::hangup())?))
    }

    /// Waits for the next signal.
    pub(super) async fn next(&mut self) {
        self.0.recv().await;
    }
}

/// A stand-in for systems without a hangup signal.
#[cfg(not(unix))]
pub struct Hangups;

#[cfg(not(unix))]
impl Hangups {
    /// Catches no signal.
    pub fn catch() -> io::Result<Self> {
        Ok(Self)
    }

    /// Waits for ever.
    pub async fn next(&mut self) {
        std::future::pending().await
    }
}

/// A receiver of Ctrl-C, the one signal of this system.
#[cfg(not(unix))]
struct Caught;

#[cfg(not(unix))]
impl Caught {
    fn catch(_is_hangup_too: bool) -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> u8 {
        match tokio::signal::ctrl_c().await {
            Ok(()) => 2,
            Err(_) => std::future::pending().await,
        }
    }
}
