//! `standin run`

use std::ffi::OsString;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args};

use crate::cli::consumer::{Consumer, OutputTarget, PATIENCE};
use crate::cli::exit::{Exit, Failed};
use crate::cli::intercept;
use crate::cli::isolate;
use crate::cli::log::Logger;
use crate::cli::ready::PortFile;
use crate::cli::reports::{Reports, Stopwatch, say, warn};
use crate::cli::settings::{Defaults, Settings};
use crate::cli::signals::Signals;
use crate::cli::values::Clock;
use crate::cli::watch::Changes;
use crate::embed::{Builder, Standin, files_of};
use crate::scenario::{Report, coverage, merged_coverage};

/// Run a command against scenarios, and judge it
///
/// For each scenario in turn: serves it on a free port, runs the command with the URLs and tokens in its environment
/// (as `standin env` prints them), verifies, and reports to standard error. Its own exit code goes before the command's.
#[derive(Args, Debug)]
pub(super) struct Run {
    /// Scenario: a file, or the name of a ready-made one; repeatable
    #[arg(long, env = "STANDIN_SCENARIO", value_name = "FILE")]
    scenario: Vec<PathBuf>,
    /// Run again whenever the scenario, what it extends, the fixtures or a --watch-path change, until Ctrl-C
    #[arg(long, env = "STANDIN_WATCH", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    watch: bool,
    /// File or folder to watch too; in folders, hidden files and target, node_modules, __pycache__ and dist are left out;
    /// repeatable, or with commas between
    #[arg(long, env = "STANDIN_WATCH_PATH", value_name = "PATH", value_delimiter = ',', requires = "watch")]
    watch_path: Vec<PathBuf>,
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
    pub(super) fn run(&self) -> Result<Exit, Failed> {
        self.settings.block_on(|logger| self.all(logger))
    }

    async fn all(&self, logger: Logger) -> Result<Exit, Failed> {
        if self.settings.prints_intercept() {
            return intercept::print_variables(&*start(&self.settings, None, logger).await?);
        }
        let mut signals = Signals::catch_for_command()?;
        if self.watch {
            return self.again_and_again(logger, &mut signals).await;
        }
        self.once(logger, &mut signals).await.map(|(exit, _)| exit)
    }

    /// Runs the scenarios at every change of the files, until a signal comes.
    async fn again_and_again(&self, logger: Logger, signals: &mut Signals) -> Result<Exit, Failed> {
        if let Some(missing) = self.watch_path.iter().find(|path| !path.exists()) {
            return Err(Failed::usage(format!("--watch-path {}: there is no such file or folder", missing.display())));
        }
        loop {
            let changes = self.changes();
            let files = changes.files();
            signals.watch(changes);
            match self.once(logger, signals).await {
                Ok((_, Some(signal))) if !signals.is_change() => return Ok(Exit::Signal(signal)),
                Ok(_) => {}
                Err(failed) => say(&format!("error: {failed}\n")),
            }
            if !signals.is_change() {
                let files = if files == 1 { "1 file".to_owned() } else { format!("{files} files") };
                say(&format!("watching {files}; Ctrl-C ends\n"));
                let signal = signals.next().await;
                if !signals.is_change() {
                    return Ok(Exit::Signal(signal));
                }
            }
            say(&format!("{}: running again\n", signals.changed().unwrap_or_else(|| "files have changed".to_owned())));
        }
    }

    /// Returns the files that the runs depend on.
    fn changes(&self) -> Changes {
        let scenarios = self.scenario.iter().flat_map(|scenario| files_of(scenario));
        let paths = scenarios.chain(self.settings.fixtures().cloned()).chain(self.watch_path.iter().cloned());
        let own = self.reports.files().chain(self.settings.port_file()).cloned();
        Changes::of(paths.collect(), own.collect())
    }

    /// Runs the command once for each scenario. Returns the exit, and the signal that ended this process's work, if one
    /// did.
    async fn once(&self, logger: Logger, signals: &mut Signals) -> Result<(Exit, Option<u8>), Failed> {
        // All scenarios are checked before the first runs.
        let checker = self.settings.offline(&DEFAULTS)?;
        for scenario in &self.scenario {
            warn(&checker.check(scenario)?);
        }
        drop(checker);
        self.reports.clear(self.settings.port_file())?;
        let mut reports = Vec::new();
        let mut command = Exit::Good;
        let scenarios: Vec<Option<&Path>> = match self.scenario.as_slice() {
            [] => vec![None],
            some => some.iter().map(|scenario| Some(scenario.as_path())).collect(),
        };
        let mut uncalled = None;
        for scenario in scenarios {
            let ran = self.one(scenario, logger, signals).await?;
            if ran.report.calls == 0 {
                uncalled = Some(ran.environment);
            }
            reports.push(ran.report);
            if let Some(signal) = ran.stopped {
                if signals.is_change() {
                    return Ok((Exit::Signal(signal), Some(signal)));
                }
                let exit = self.reports.tell(&reports, Exit::Signal(signal), self.settings.is_quiet())?;
                return Ok((exit, Some(signal)));
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
        exit.map(|exit| (exit, None))
    }

    /// Returns the reason why nothing was tested. `uncalled` is the environment of a command that made no call.
    fn untested(&self, uncalled: Option<Vec<(&'static str, String)>>) -> String {
        let Some(environment) = uncalled else {
            let scenario = if self.scenario.is_empty() {
                "a scenario is needed, with something to check"
            } else {
                "the scenario checks nothing"
            };
            return format!("{scenario}; `standin scenarios` lists ready-made ones");
        };
        no_call(&environment)
    }

    fn verdict(&self, reports: &[Report], command: Exit) -> Exit {
        if reports.iter().any(|report| !report.passed && !report.tested_nothing()) {
            return Exit::ExpectationsFailed;
        }
        if self.scenario.is_empty() || reports.iter().any(Report::tested_nothing) {
            return Exit::NothingTested;
        }
        command
    }

    /// Runs one scenario.
    async fn one(
        &self,
        scenario: Option<&Path>,
        logger: Logger,
        signals: &mut Signals,
    ) -> Result<ScenarioResult, Failed> {
        let standin = start(&self.settings, scenario, logger).await?;
        let world = standin.world();
        let started = Stopwatch::start();
        let output = if self.watch { OutputTarget::WithoutInput } else { OutputTarget::Shown };
        let (ended, stopped) = Consumer::start(&self.command, &standin, output)?.end(signals).await?;
        world.settle_async(PATIENCE).await;
        let mut report = match world.verify() {
            Ok(report) => report,
            Err(unmet) => unmet.report().clone(),
        };
        started.mark(&mut report);
        report.elsewhere = intercept::elsewhere(&standin);
        report.worlds_unjudged = standin.unjudged_worlds();
        Ok(ScenarioResult { report, ended, stopped, environment: standin.environment() })
    }
}

/// Returns the message about a command that made no call, with the variables that it must read.
pub(super) fn no_call(environment: &[(&'static str, String)]) -> String {
    let shown = |(name, value): &(&str, String)| {
        if name.ends_with("_URL") { format!("{name}={value}") } else { (*name).to_owned() }
    };
    let variables: Vec<String> = environment.iter().map(shown).collect();
    format!(
        "the command made no call; it must read {} from its environment, or use `--intercept` if its addresses are fixed",
        variables.join(", ")
    )
}

/// The result of one scenario.
struct ScenarioResult {
    report: Report,
    /// The way the command ended.
    ended: Exit,
    /// The signal that ended everything.
    stopped: Option<u8>,
    /// The variables that the command was given.
    environment: Vec<(&'static str, String)>,
}

/// Starts a server for a command, with a scenario or none. The caller verifies it; it is not verified when it ends.
pub(super) async fn start<'s>(
    settings: &'s Settings,
    scenario: Option<&Path>,
    logger: Logger,
) -> Result<Started<'s>, Failed> {
    start_as(&DEFAULTS, settings, scenario, logger).await
}

/// Starts a server for a command, with these defaults.
pub(super) async fn start_as<'s>(
    defaults: &Defaults,
    settings: &'s Settings,
    scenario: Option<&Path>,
    logger: Logger,
) -> Result<Started<'s>, Failed> {
    let mut builder = settings.builder(defaults, logger)?;
    if let Some(scenario) = scenario {
        builder = builder.scenario(scenario);
    }
    started(settings, builder).await
}

/// Starts the server of a builder for a command.
pub(super) async fn started(settings: &Settings, builder: Builder) -> Result<Started<'_>, Failed> {
    let port_file = settings.port_file().map(|file| PortFile::claim(file)).transpose()?;
    let standin = builder.try_spawn().await?;
    if let Some(port_file) = &port_file {
        port_file.write(&standin)?;
    }
    standin.world().mark_verified();
    if settings.isolates()
        && let Some(entrance) = standin.entrance()
    {
        isolate::mount_files(&entrance)?;
    }
    Ok(Started { standin, _port_file: port_file })
}

/// A server that was started for a command, and its port file, which is removed with it.
pub(super) struct Started<'s> {
    standin: Standin,
    _port_file: Option<PortFile<'s>>,
}

impl Deref for Started<'_> {
    type Target = Standin;

    fn deref(&self) -> &Standin {
        &self.standin
    }
}

/// The defaults of commands that run another command.
pub(super) const DEFAULTS: Defaults = Defaults { port: 0, clock: Clock::Step, log_requests: false, intercept: false };
