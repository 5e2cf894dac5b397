//! `standin run`

use std::ffi::OsString;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::consumer::{Consumer, Output, PATIENCE};
use crate::cli::exit::{Exit, Failed};
use crate::cli::intercept;
use crate::cli::isolate;
use crate::cli::log::Logger;
use crate::cli::ready::PortFile;
use crate::cli::reports::{Reports, Stopwatch, say, warn};
use crate::cli::settings::{Clock, Defaults, Settings};
use crate::cli::signals::Signals;
use crate::embed::Standin;
use crate::scenario::{Report, coverage, merged_coverage};

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
        self.settings.block_on(|logger| self.all(logger))
    }

    async fn all(&self, logger: Logger) -> Result<Exit, Failed> {
        if self.settings.prints_intercept() {
            return intercept::print_variables(&*start(&self.settings, None, logger).await?);
        }
        let mut signals = Signals::catch()?;
        // Every file is looked at before anything runs.
        let checker = self.settings.offline(&DEFAULTS)?;
        for scenario in &self.scenario {
            warn(&checker.check(scenario)?);
        }
        drop(checker);
        self.reports.clear()?;
        let mut reports = Vec::new();
        let mut command = Exit::Good;
        let scenarios: Vec<Option<&Path>> = match self.scenario.as_slice() {
            [] => vec![None],
            some => some.iter().map(|scenario| Some(scenario.as_path())).collect(),
        };
        let mut uncalled = None;
        for scenario in scenarios {
            let ran = self.one(scenario, logger, &mut signals).await?;
            if ran.report.calls == 0 {
                uncalled = Some(ran.environment);
            }
            reports.push(ran.report);
            if let Some(signal) = ran.stopped {
                return self.reports.tell(&reports, Exit::Signal(signal), self.settings.is_quiet());
            }
            if command == Exit::Good {
                command = ran.ended;
            }
        }
        let exit = self.reports.tell(&reports, self.verdict(&reports, command), self.settings.is_quiet());
        if !self.settings.is_quiet() {
            say(&coverage(&merged_coverage(&reports)));
        }
        if matches!(exit, Ok(Exit::NothingTested)) {
            say(&format!("nothing was tested: {}\n", self.untested(uncalled)));
        }
        exit
    }

    /// Why nothing was tested: `uncalled` is the environment of a command that made no call.
    fn untested(&self, uncalled: Option<Vec<(&'static str, String)>>) -> String {
        let Some(environment) = uncalled else {
            let scenario = if self.scenario.is_empty() {
                "a scenario is needed, with something to check"
            } else {
                "the scenario checks nothing"
            };
            return format!("{scenario}; `standin scenarios` lists ready-made ones");
        };
        let shown = |(name, value): &(&str, String)| {
            if name.ends_with("_URL") { format!("{name}={value}") } else { (*name).to_owned() }
        };
        let variables: Vec<String> = environment.iter().map(shown).collect();
        format!(
            "the command made no call; it must read {} from its environment, or use `--intercept` if its addresses are fixed",
            variables.join(", ")
        )
    }

    fn verdict(&self, reports: &[Report], command: Exit) -> Exit {
        if reports.iter().any(|report| !report.passed && !report.tested_nothing()) {
            return Exit::VerifyError;
        }
        if self.scenario.is_empty() || reports.iter().any(Report::tested_nothing) {
            return Exit::NothingTested;
        }
        command
    }

    /// One scenario: the report, how the command ended, and the signal that ended everything.
    async fn one(&self, scenario: Option<&Path>, logger: Logger, signals: &mut Signals) -> Result<Ran, Failed> {
        let standin = start(&self.settings, scenario, logger).await?;
        let world = standin.world();
        let started = Stopwatch::start();
        let (ended, stopped) = Consumer::start(&self.command, &standin, Output::Shown)?.end(signals).await?;
        world.settle_async(PATIENCE).await;
        let mut report = match world.verify() {
            Ok(report) => report,
            Err(unmet) => unmet.report().clone(),
        };
        started.mark(&mut report);
        report.elsewhere = intercept::elsewhere(&standin);
        Ok(Ran { report, ended, stopped, environment: standin.environment() })
    }
}

/// The result of one scenario.
struct Ran {
    report: Report,
    /// The way the command ended.
    ended: Exit,
    /// The signal that ended everything.
    stopped: Option<u8>,
    /// The variables that the command was given.
    environment: Vec<(&'static str, String)>,
}

/// Starts a server for a command, with a scenario or none. The caller verifies it; it is not verified when it ends.
pub async fn start<'s>(settings: &'s Settings, scenario: Option<&Path>, logger: Logger) -> Result<Started<'s>, Failed> {
    start_as(&DEFAULTS, settings, scenario, logger).await
}

/// Starts a server for a command, with what differs for it.
pub async fn start_as<'s>(
    defaults: &Defaults,
    settings: &'s Settings,
    scenario: Option<&Path>,
    logger: Logger,
) -> Result<Started<'s>, Failed> {
    let port_file = settings.port_file().map(|file| PortFile::claim(file)).transpose()?;
    let mut builder = settings.builder(defaults, logger)?;
    if let Some(scenario) = scenario {
        builder = builder.scenario(scenario);
    }
    let standin = builder.try_spawn().await?;
    if let Some(port_file) = &port_file {
        port_file.write(&standin)?;
    }
    standin.world().mark_verified();
    if settings.isolates()
        && let Some(entrance) = standin.entrance()
    {
        isolate::furnish(&entrance)?;
    }
    Ok(Started { standin, _port_file: port_file })
}

/// A server that was started for a command, and its port file, which goes with it.
pub struct Started<'s> {
    standin: Standin,
    _port_file: Option<PortFile<'s>>,
}

impl Deref for Started<'_> {
    type Target = Standin;

    fn deref(&self) -> &Standin {
        &self.standin
    }
}

/// Of commands that start servers for others.
pub const DEFAULTS: Defaults = Defaults { port: 0, clock: Clock::Step, log_requests: false, intercept: false };
