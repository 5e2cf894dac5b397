//! The command under test, which runs with the URLs and tokens of a server in its environment.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, IsTerminal, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{Child, Command};

use crate::cli::exit::{Exit, Failed};
use crate::cli::no_proxy;
#[cfg(unix)]
use crate::cli::process_group::ProcessGroup;
use crate::cli::reports::say;
use crate::cli::signals::Signals;
use crate::cli::trust_variables::{excepted, variables};
use crate::embed::Standin;

/// The time for which a verification waits for requests that the command left in flight.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// The time in which a command without a terminal must end after a signal.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// A running consumer. If this is dropped before its end, the consumer is killed with all processes that it started.
pub(super) struct Consumer {
    child: Child,
    #[cfg(unix)]
    group: Option<ProcessGroup>,
}

#[cfg(unix)]
impl Drop for Consumer {
    fn drop(&mut self) {
        self.group.iter().for_each(|group| group.kill());
    }
}

/// The target of a command's output.
#[derive(Clone, Copy)]
pub(super) enum OutputTarget<'k> {
    /// This process's own output.
    Shown,
    /// This process's own output; the command reads no input, because it is started repeatedly.
    WithoutInput,
    /// This process's standard error, because standard output is for something else.
    Diverted,
    /// None: the output is discarded.
    Discarded,
    /// A file, which is shown if the command fails.
    Kept(&'k KeptOutput),
}

/// A file for the output of a command, which can write without a reader.
pub(super) struct KeptOutput {
    file: File,
    path: PathBuf,
}

impl KeptOutput {
    /// The most bytes that are shown: the last ones.
    const SHOWN: u64 = 16 * 1024;

    /// Makes a new temporary file.
    pub(super) fn new() -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("standin-output-{}", std::process::id()));
        let file = File::options().read(true).append(true).create_new(true).open(&path)?;
        Ok(Self { file, path })
    }

    /// Returns the end of the output.
    pub(super) fn shown(mut self) -> String {
        let mut bytes = Vec::new();
        let length = self.file.metadata().map_or(0, |found| found.len());
        let from = length.saturating_sub(Self::SHOWN);
        let read = self.file.seek(SeekFrom::Start(from)).and_then(|_| self.file.read_to_end(&mut bytes));
        let text = String::from_utf8_lossy(&bytes);
        let cut = if from > 0 { "…" } else { "" };
        match read {
            Ok(_) if text.trim().is_empty() => "it printed nothing\n".to_owned(),
            Ok(_) => format!("it printed:\n{cut}{}\n", text.trim_end()),
            Err(error) => format!("what it printed cannot be read: {error}\n"),
        }
    }
}

impl Drop for KeptOutput {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Consumer {
    /// Starts a command: program and arguments. A command whose output is not shown reads no input.
    pub(super) fn start(command: &[OsString], standin: &Standin, output: OutputTarget<'_>) -> Result<Self, Failed> {
        let (program, arguments) = command.split_first().expect("clap wants at least one");
        let mut command = Command::new(program);
        // A variable that this server cannot give is removed from the caller's environment: it may lead to the real
        // service.
        for name in Standin::environment_names()? {
            command.env_remove(name);
        }
        command.args(arguments).envs(standin.environment()).kill_on_drop(true);
        // The command must not send requests for this server to a proxy of the caller's environment, which cannot reach
        // it.
        command.envs(no_proxy::extended(standin.address().ip(), |name| std::env::var(name).ok()));
        if let Some(entrance) = standin.entrance().filter(|entrance| entrance.intercepts) {
            let given = |name: &str| std::env::var(name).ok();
            for (entry, host) in excepted(&entrance.hosts, given) {
                say(&format!(
                    "NO_PROXY has {entry:?}: calls of {host} will not come here; take that entry out for this command\n"
                ));
            }
            command.envs(variables(&entrance, standin.world().name(), given));
        }
        match &output {
            OutputTarget::Shown => {}
            OutputTarget::WithoutInput => {
                command.stdin(Stdio::null());
            }
            OutputTarget::Diverted => {
                command.stdin(Stdio::null()).stdout(io::stderr());
            }
            OutputTarget::Discarded => {
                command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            }
            OutputTarget::Kept(KeptOutput { file, .. }) => {
                command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file.try_clone()?);
            }
        }
        #[cfg(unix)]
        let has_own_group = !matches!(output, OutputTarget::Shown) || !io::stdin().is_terminal();
        #[cfg(unix)]
        if has_own_group {
            command.process_group(0);
        }
        let started = command.spawn();
        let child =
            started.map_err(|error| Failed::usage(format!("cannot run {}: {error}", program.to_string_lossy())))?;
        Ok(Self {
            #[cfg(unix)]
            group: ProcessGroup::of(&child, has_own_group),
            child,
        })
    }

    /// Waits for its end, and returns how it ended and the signal that ended this process's work, if one did.
    pub(super) async fn end(&mut self, signals: &mut Signals) -> io::Result<(Exit, Option<u8>)> {
        let has_own_group = self.has_own_group();
        let mut stopped = None;
        loop {
            let outstayed = async {
                match stopped {
                    // A person at a terminal sends a second signal when the command takes too long.
                    Some(_) if has_own_group => tokio::time::sleep(LAST_WORDS).await,
                    _ => std::future::pending().await,
                }
            };
            tokio::select! {
                status = self.child.wait() => {
                    let status = status?;
                    #[cfg(unix)]
                    if let Some(group) = self.group.take() {
                        group.end().await;
                    }
                    return Ok((ended(status), stopped));
                }
                signal = signals.next() => {
                    if stopped.is_some() {
                        self.kill()?;
                    } else {
                        // In a terminal the command got the signal already, and a second one does no harm.
                        #[cfg(unix)]
                        self.group.iter().for_each(|group| group.pass_on(signal));
                    }
                    stopped = Some(signal);
                }
                () = outstayed => {
                    let waited = humantime::format_duration(LAST_WORDS);
                    say(&format!("the command did not end within {waited} of the signal, and is killed\n"));
                    self.kill()?;
                }
            }
        }
    }

    /// Kills the command and all processes that it started.
    fn kill(&mut self) -> io::Result<()> {
        self.child.start_kill()?;
        #[cfg(unix)]
        self.group.iter().for_each(|group| group.kill());
        Ok(())
    }

    /// Tells whether the command has a process group of its own, as it has without a terminal.
    fn has_own_group(&self) -> bool {
        #[cfg(unix)]
        return self.group.is_some_and(ProcessGroup::is_own);
        #[cfg(not(unix))]
        return !io::stdin().is_terminal();
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
