//! `standin serve`

use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args};
use tokio::sync::oneshot;

use crate::cli::exit::{Exit, Failed};
use crate::cli::log::Logger;
use crate::cli::ready::{self, PortFile};
use crate::cli::reports::{Reports, Stopwatch};
use crate::cli::settings::{Defaults, Settings};
use crate::cli::signals::{Hangups, Signals};
use crate::cli::values::{Clock, duration};
use crate::embed::{Api, Standin};

/// The time that requests in flight may take to finish after the first signal.
const GRACE: Duration = Duration::from_secs(5);

/// The signal that balancers and schedulers send. An interrupt comes from a person who waits, so it does not drain.
const TERMINATE: u8 = 15;

/// The port, unless a setting gives another.
pub(super) const PORT: u16 = 4780;

const DEFAULTS: Defaults = Defaults { port: PORT, clock: Clock::Real, log_requests: true, intercept: false };

/// Serve until stopped
///
/// Prints one line of JSON to standard output once it accepts requests and the records are loaded, and nothing else
/// there: {"ready":1,"url","port","control","apis","seed","version","pid"}. SIGTERM or SIGINT: it accepts no more,
/// finishes what is in flight for at most 5 s and exits: with 0, or with 4 when a scenario's expectations are not
/// met. A second signal n ends it at once, with 128+n. With --drain, SIGTERM makes /_standin/ready answer 503 first,
/// while everything else is answered for that long. SIGHUP: it reads fixtures and the scenario again.
#[derive(Args, Debug)]
pub(super) struct Serve {
    /// Stop when standard input ends: when the parent goes
    #[arg(long, env = "STANDIN_EXIT_WITH_STDIN", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    exit_with_stdin: bool,
    /// Scenario to start with: a file, or the name of a ready-made one; it is verified when the server stops
    #[arg(long, env = "STANDIN_SCENARIO", value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// Time to go on after SIGTERM, such as 5s, so that a balancer learns of it before connections are refused
    #[arg(long, env = "STANDIN_DRAIN", value_name = "TIME", default_value = "0s", value_parser = duration)]
    drain: Duration,
    /// Name of this server among several: in /_standin/health, and in the header standin-replica of every answer
    #[arg(long, env = "STANDIN_NAME", value_name = "NAME")]
    name: Option<String>,
    /// Turn away requests that name no world, so that no two jobs share the default one by accident
    #[arg(long, env = "STANDIN_NO_DEFAULT_WORLD", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    no_default_world: bool,
    #[command(flatten)]
    reports: Reports,
    #[command(flatten)]
    settings: Settings,
}

impl Serve {
    /// Runs it.
    pub(super) fn run(&self) -> Result<Exit, Failed> {
        if self.settings.isolates() {
            return Err(Failed::usage("--isolate is about a command; `standin run --isolate -- COMMAND` has one"));
        }
        self.settings.block_on(|logger| self.serve(logger))
    }

    async fn serve(&self, logger: Logger) -> Result<Exit, Failed> {
        // Signals are caught before the ready line, after which a caller may send one.
        let mut signals = Signals::catch()?;
        let port_file = self.settings.port_file().map(|file| PortFile::claim(file)).transpose()?;
        let mut hangups = Hangups::catch()?;
        self.reports.clear(self.settings.port_file())?;
        let started = Stopwatch::start();
        let mut builder = self.settings.builder(&DEFAULTS, logger)?;
        if let Some(scenario) = &self.scenario {
            if self.no_default_world {
                let message = "--scenario is for the default world, which --no-default-world takes away; leave one out \
                               (STANDIN_… variables count too): worlds are made with scenarios of their own";
                return Err(Failed::usage(message));
            }
            builder = builder.scenario(scenario);
        }
        if let Some(name) = &self.name {
            builder = builder.name(name);
        }
        if self.no_default_world {
            builder = builder.no_default_world();
        }
        let standin = builder.try_spawn().await?;
        if let Some(port_file) = &port_file {
            port_file.write(&standin)?;
        }
        logger.note(&format!(
            "serving {} at {}",
            standin.apis().into_iter().map(Api::as_str).collect::<Vec<_>>().join(" and "),
            standin.url()
        ));
        let world = standin.world();
        #[cfg(debug_assertions)]
        crate::cli::broken::break_on_demand(&world);
        world.mark_verified();
        ready::print_line(&standin, world.seed());
        let parent = self.exit_with_stdin.then(end_of_stdin);
        tokio::select! {
            () = reload_on(&mut hangups, &standin, logger) => {}
            signal = signals.next() => {
                if signal == TERMINATE && !self.drain.is_zero() {
                    standin.drain();
                    let left = humantime::format_duration(self.drain);
                    logger.note(&format!("draining: not ready any more, stopping in {left}; a second signal stops at once"));
                    tokio::select! {
                        () = tokio::time::sleep(self.drain) => {}
                        signal = signals.next() => return Ok(Exit::Signal(signal)),
                    }
                }
                logger.note("stopping: what is in flight has 5 s; a second signal stops at once");
            }
            () = ended(parent) => logger.note("stopping: standard input ended"),
        }
        let unjudged = standin.unjudged_worlds();
        if !unjudged.is_empty() {
            logger.note(&format!("unjudged: worlds whose expectations were never verified: {}", unjudged.join(", ")));
        }
        tokio::select! {
            () = standin.stop(GRACE) => {}
            signal = signals.next() => return Ok(Exit::Signal(signal)),
        }
        let quiet = self.settings.is_quiet();
        if !world.is_judged() {
            // Without expectations there is no report, which would take time for a long journal.
            return self.reports.tell(&[], Exit::Good, quiet);
        }
        let mut report = world.report();
        report.worlds_unjudged = unjudged;
        started.mark(&mut report);
        if report.checks.is_empty() {
            // The files of the settings are written, even if they are empty.
            return self.reports.tell(&[], Exit::Good, quiet);
        }
        let found = if report.passed { Exit::Good } else { Exit::ExpectationsFailed };
        self.reports.tell(std::slice::from_ref(&report), found, quiet)
    }
}

/// Reads fixtures and scenario again at every hangup signal. Files with faults are logged, and change nothing.
async fn reload_on(hangups: &mut Hangups, standin: &Standin, logger: Logger) {
    loop {
        hangups.next().await;
        match standin.reload() {
            Ok(()) => logger.note("fixtures and scenario are read again: the default world begins anew"),
            Err(error) => logger.note(&format!("nothing is changed, because a file is wrong: {error}")),
        }
    }
}

/// Returns a receiver that learns of the end of standard input. A thread of its own reads, because a read cannot be
/// interrupted.
fn end_of_stdin() -> oneshot::Receiver<()> {
    let (sender, receiver) = oneshot::channel();
    std::thread::spawn(move || {
        let mut input = std::io::stdin().lock();
        let mut ignored = [0; 1024];
        while !matches!(input.read(&mut ignored), Ok(0) | Err(_)) {}
        let _ = sender.send(());
    });
    receiver
}

async fn ended(parent: Option<oneshot::Receiver<()>>) {
    match parent {
        Some(parent) => drop(parent.await),
        None => std::future::pending().await,
    }
}
