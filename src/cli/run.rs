//! `standin run`

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use clap::Args;
use tokio::process::{Child, Command};

use crate::cli::exit::{Exit, Failed};
use crate::cli::log::Logger;
use crate::cli::ready;
use crate::cli::reports::{Reports, say, warn};
use crate::cli::settings::{Clock, Defaults, Settings};
use crate::cli::signals::Signals;
use crate::embed::Standin;
use crate::engine::scenario::{Report, coverage, merged_coverage};

/// Run a command against scenarios, and judge it
///
/// For each scenario in turn: serves it on a free port, runs the command with the URLs and tokens in its environment
/// (as `standin env` prints them), verifies, and reports to standard error. Its own exit code goes before the command's.
#[derive(Args, Debug)]
pub struct Run {
    /// Scenario: a file, or the name of a ready-made one; repeatable
    #[arg(long, env = "STANDIN_SCENARIO", value_name = "FILE")]
    scenario: Vec<PathBuf>,
    #[command(flatten)]
    reports: Reports,
    #[command(flatten)]
    settings: Settings,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

impl Run {
    /// Runs it.
    pub fn run(&self) -> Result<Exit, Failed> {
        let logger = self.settings.logger()?;
        let runtime = self.settings.runtime()?;
        let exit = runtime.block_on(self.all(logger));
        runtime.shutdown_background();
        exit
    }

    async fn all(&self, logger: Logger) -> Result<Exit, Failed> {
        let mut signals = Signals::catch()?;
        // Every file is looked at before anything runs.
        let checker = self.settings.builder(&DEFAULTS, logger)?.offline()?;
        for scenario in &self.scenario {
            warn(&checker.check(scenario)?);
        }
        drop(checker);
        let mut reports = Vec::new();
        let mut command = Exit::Good;
        let scenarios: Vec<Option<&Path>> = match self.scenario.as_slice() {
            [] => vec![None],
            some => some.iter().map(|scenario| Some(scenario.as_path())).collect(),
        };
        for scenario in scenarios {
            let (report, ended, stopped) = self.one(scenario, logger, &mut signals).await?;
            reports.push(report);
            if let Some(signal) = stopped {
                self.reports.tell(&reports)?;
                return Ok(Exit::Signal(signal));
            }
            if command == Exit::Good {
                command = ended;
            }
        }
        self.reports.tell(&reports)?;
        say(&coverage(&merged_coverage(&reports)));
        Ok(self.verdict(&reports, command))
    }

    fn verdict(&self, reports: &[Report], command: Exit) -> Exit {
        if self.scenario.is_empty() || reports.iter().any(Report::tested_nothing) {
            say("nothing was tested: a scenario is needed, with something to check, and a command that calls\n");
            return Exit::NothingTested;
        }
        if reports.iter().all(|report| report.passed) { command } else { Exit::Unmet }
    }

    /// One scenario: the report, how the command ended, and the signal that ended everything.
    async fn one(
        &self,
        scenario: Option<&Path>,
        logger: Logger,
        signals: &mut Signals,
    ) -> Result<(Report, Exit, Option<u8>), Failed> {
        let mut builder = self.settings.builder(&DEFAULTS, logger)?;
        if let Some(scenario) = scenario {
            builder = builder.scenario(scenario);
        }
        if let Some(file) = self.settings.port_file() {
            ready::remove_port_file(file)?;
        }
        let standin = builder.try_spawn().await?;
        if let Some(file) = self.settings.port_file() {
            ready::write_port_file(file, &standin)?;
        }
        let world = standin.world();
        world.undeclare();
        let mut child = self.start(&standin)?;
        let mut stopped = None;
        let status = loop {
            tokio::select! {
                status = child.wait() => break status?,
                signal = signals.next() => {
                    if stopped.is_some() {
                        child.start_kill()?;
                    } else {
                        pass_on(&child, signal).await;
                    }
                    stopped = Some(signal);
                }
            }
        };
        let report = match world.verify_async().await {
            Ok(report) => report,
            Err(unmet) => unmet.report().clone(),
        };
        Ok((report, ended(status), stopped))
    }

    fn start(&self, standin: &Standin) -> Result<Child, Failed> {
        let (program, arguments) = self.command.split_first().expect("clap wants at least one");
        let mut command = Command::new(program);
        command.args(arguments).envs(standin.environment()).kill_on_drop(true);
        command.spawn().map_err(|error| Failed::usage(format!("cannot run {}: {error}", program.to_string_lossy())))
    }
}

const DEFAULTS: Defaults = Defaults { port: 0, clock: Clock::Step, log_requests: false };

/// The signal goes to the command too. In a terminal it has it already, and a second one does no harm.
async fn pass_on(child: &Child, signal: u8) {
    if let Some(pid) = child.id() {
        // Sending a signal needs the system's own words for it; `kill` has them without unsafe code.
        let _ = Command::new("kill").arg(format!("-{signal}")).arg(pid.to_string()).status().await;
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
