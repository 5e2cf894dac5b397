//! The command under test: started with the URLs and tokens of a server in its environment, and waited for.

use std::ffi::OsString;
use std::io;
use std::process::{ExitStatus, Stdio};

use tokio::process::{Child, Command};

use crate::cli::exit::{Exit, Failed};
use crate::cli::no_proxy;
use crate::cli::signals::Signals;
use crate::embed::Standin;

/// A consumer that runs. Dropped before its end, it is killed.
pub struct Consumer(Child);

impl Consumer {
    /// Starts a command: program and arguments. One that is quiet has its output thrown away.
    pub fn start(command: &[OsString], standin: &Standin, quiet: bool) -> Result<Self, Failed> {
        let (program, arguments) = command.split_first().expect("clap wants at least one");
        let mut command = Command::new(program);
        // What this server cannot give, the caller's own environment must not either: it may lead to the real service.
        for name in Standin::environment_names()? {
            command.env_remove(name);
        }
        command.args(arguments).envs(standin.environment()).kill_on_drop(true);
        // A proxy of the caller's environment would be asked for this server, and does not reach it.
        command.envs(no_proxy::extended(standin.address().ip(), |name| std::env::var(name).ok()));
        if quiet {
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        }
        let started = command.spawn();
        started.map(Self).map_err(|error| Failed::usage(format!("cannot run {}: {error}", program.to_string_lossy())))
    }

    /// Waits for its end: how it ended, and the signal that ended everything.
    pub async fn end(&mut self, signals: &mut Signals) -> io::Result<(Exit, Option<u8>)> {
        let mut stopped = None;
        loop {
            tokio::select! {
                status = self.0.wait() => return Ok((ended(status?), stopped)),
                signal = signals.next() => {
                    if stopped.is_some() {
                        self.0.start_kill()?;
                    } else {
                        self.pass_on(signal).await;
                    }
                    stopped = Some(signal);
                }
            }
        }
    }

    /// The signal goes to the command too. In a terminal it has it already, and a second one does no harm.
    async fn pass_on(&self, signal: u8) {
        if let Some(pid) = self.0.id() {
            // Sending a signal needs the system's own words for it; `kill` has them without unsafe code.
            let _ = Command::new("kill").arg(format!("-{signal}")).arg(pid.to_string()).status().await;
        }
    }
}

#[cfg(unix)]
fn ended(status: ExitStatus) -> Exit {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(0), _) => Exit::Good,
        (Some(code), _) => Exit::Command(u8::try_from(code).unwrap_or(1)),
        (None, Some(signal)) => Exit::Signal(u8::try_from(signal).unwrap_or(127) & 127),
        (None, None) => Exit::Failure,
    }
}

#[cfg(not(unix))]
fn ended(status: ExitStatus) -> Exit {
    match status.code() {
        Some(0) => Exit::Good,
        Some(code) => Exit::Command(u8::try_from(code).unwrap_or(1)),
        None => Exit::Failure,
    }
}
