//! `standin draft`

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;

use crate::cli::consumer::{Consumer, KeptOutput, OutputTarget, PATIENCE};
use crate::cli::exit::{Exit, Failed, print};
use crate::cli::log::Logger;
use crate::cli::own_file::{self, SCENARIO};
use crate::cli::reports::say;
use crate::cli::run::{DEFAULTS, no_call, started};
use crate::cli::scenarios::note_schema;
use crate::cli::settings::Settings;
use crate::cli::signals::Signals;
use crate::scenario::{HELD_MS, Recording, Rule};

/// Draft a scenario from what a command does
///
/// Runs the command twice, each time against a fresh server with another seed and the second time a bit slower, and prints a scenario that expects what both
/// runs have in common: which operations are called, how often, in which order where something is changed, and with what.
/// Values that differ, such as ids that the server made and times, are expected by their type, credentials by being there.
/// The command's own output goes to standard error. `standin run` with the same flags and the scenario then passes, until
/// the command does something else.
#[derive(Args, Debug)]
pub(super) struct Draft {
    /// File for the scenario [default: standard output]
    #[arg(long, env = "STANDIN_OUTPUT", value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// One run of the command.
struct RecordedRun {
    recording: Recording,
    exit: Exit,
    seed: u64,
    environment: Vec<(&'static str, String)>,
}

impl Draft {
    /// Runs it.
    pub(super) fn run(&self) -> Result<Exit, Failed> {
        self.settings.block_on(|logger| self.all(logger))
    }

    async fn all(&self, logger: Logger) -> Result<Exit, Failed> {
        if let Some(file) = &self.output {
            own_file::prepare(file, &SCENARIO)?;
        }
        let mut signals = Signals::catch_for_command()?;
        let first = match self.once(None, OutputTarget::Diverted, logger, &mut signals).await? {
            Ok(ran) => ran,
            Err(signal) => return Ok(Exit::Signal(signal)),
        };
        if first.recording.is_empty() {
            let misses = &first.recording.misses;
            let why = match misses.as_slice() {
                [] => no_call(&first.environment),
                calls => format!("the fake knows none of the command's calls: {}", calls.join(", ")),
            };
            say(&format!("there is nothing to draft: {why}\n"));
            return Ok(Exit::NothingTested);
        }
        let kept = KeptOutput::new()?;
        let seed = Some(first.seed.wrapping_add(1) % MOST_SEEDS);
        let second = match self.once(seed, OutputTarget::Kept(&kept), logger, &mut signals).await? {
            Ok(ran) => ran,
            Err(signal) => return Ok(Exit::Signal(signal)),
        };
        if first.exit != second.exit {
            say(&format!("the second run ended otherwise than the first: {}", kept.shown()));
        }
        for (operation, first, second) in first.recording.counts_unlike(&second.recording) {
            say(&format!("the two runs differ: {operation} was called {first} and {second} times\n"));
        }
        tell_misses(&first.recording);
        let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let reader = self.settings.offline(&DEFAULTS)?;
        let text = reader.draft([&first.recording, &second.recording], u64::try_from(now_ms).unwrap_or_default())?;
        match &self.output {
            Some(file) => own_file::write(file, &text, &SCENARIO)?,
            None => drop(print(&text)?),
        }
        if !self.settings.is_quiet() {
            note_schema();
        }
        Ok(first.exit)
    }

    /// Runs the command once.
    async fn once(
        &self,
        seed: Option<u64>,
        output: OutputTarget<'_>,
        logger: Logger,
        signals: &mut Signals,
    ) -> Result<Result<RecordedRun, u8>, Failed> {
        let mut builder = self.settings.builder(&DEFAULTS, logger)?;
        if let Some(seed) = seed {
            builder = builder.seed(seed);
        }
        let standin = started(&self.settings, builder).await?;
        let world = standin.world();
        if seed.is_some() {
            world.fault(Rule::on("*").id("hold").delay_ms(HELD_MS).optional());
        }
        let (exit, stopped) = Consumer::start(&self.command, &standin, output)?.end(signals).await?;
        if let Some(signal) = stopped {
            return Ok(Err(signal));
        }
        // Requests in flight belong to the run; there is nothing to judge.
        world.settle_async(PATIENCE).await;
        let others = standin.worlds();
        if !others.is_empty() {
            say(&format!("calls in other worlds are not drafted: {}\n", others.join(", ")));
        }
        let lost = || {
            Failed::usage("the journal lost calls, which cannot be drafted; raise --journal-entries or --journal-bytes")
        };
        let recording = world.recording().ok_or_else(lost)?;
        Ok(Ok(RecordedRun { recording, exit, seed: world.seed(), environment: standin.environment() }))
    }
}

/// The bound below which seeds of scenarios are.
const MOST_SEEDS: u64 = 1 << 53;

/// Warns of the calls that keep the scenario from passing: a verification fails for a call that the fake does not know.
fn tell_misses(recording: &Recording) {
    for call in &recording.misses {
        say(&format!("the fake does not know {call}: the scenario fails until the command leaves that call out\n"));
    }
}
