//! `standin sweep`

use std::ffi::OsString;
use std::fmt::Write;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args, ValueEnum};
use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::consumer::{Consumer, KeptOutput, OutputTarget, PATIENCE};
use crate::cli::exit::{Exit, Failed};
use crate::cli::format::Format;
use crate::cli::intercept;
use crate::cli::log::Logger;
use crate::cli::output::STDOUT;
use crate::cli::progress::Progress;
use crate::cli::reports::{say, warn};
use crate::cli::run::{DEFAULTS, no_call, start};
use crate::cli::settings::Settings;
use crate::cli::signals::Signals;
use crate::cli::values::duration;
use crate::embed::{Operation, Standin, operations};
use crate::http::message::Method;
use crate::scenario::{Elsewhere, Operations, Report};

/// Find out which single faults a command survives
///
/// Runs the command once as it is; then, for each call it made and each fault, once more from the same start with that one
/// fault at that one call. It survives when it exits with 0 and the scenario's expectations hold; when one fault is not
/// survived, sweep ends with 4. Its output is thrown away, unless --show-output is given or it fails without any fault.
#[derive(Args, Debug)]
pub(super) struct Sweep {
    /// Scenario: a file, or the name of a ready-made one [default: none, only the command's exit code counts]
    #[arg(long, env = "STANDIN_SCENARIO", value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// Faults to try, with commas between them [default: all but stall]
    #[arg(long, env = "STANDIN_FAULT", value_name = "FAULT", value_delimiter = ',')]
    fault: Vec<Fault>,
    /// Only at calls of these operations, such as celigo.flows.*, with commas between them [default: all]
    #[arg(long, env = "STANDIN_ON", value_name = "OPERATION", value_delimiter = ',')]
    on: Vec<String>,
    /// Time the command may take each time, such as 500ms or 2min; then it is killed, and has not survived
    #[arg(long, env = "STANDIN_TIMEOUT", value_name = "TIME", default_value = "1min", value_parser = duration)]
    timeout: Duration,
    /// Show what the command prints
    #[arg(long, env = "STANDIN_SHOW_OUTPUT", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    show_output: bool,
    /// Format of what was found
    #[arg(long, env = "STANDIN_FORMAT", value_name = "FORMAT", default_value = "text")]
    format: Format,
    #[command(flatten)]
    settings: Settings,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// The id of the rule that makes a fault happen.
const RULE: &str = "sweep";

/// A fault to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Fault {
    /// 429, where it is documented; the service did nothing
    RateLimited,
    /// 503, the service did nothing
    Unavailable,
    /// The connection is reset, the service did nothing
    Reset,
    /// A write is carried out, then its answer is lost
    Lost,
    /// Half of the answer, then the end of the connection
    Truncate,
    /// An answer that is no HTTP
    Garbage,
    /// No answer, until the caller gives up
    Stall,
}

impl Fault {
    /// Returns the faults that are tried unless the user names others: all but `stall`, which costs the command's
    /// timeout at every call.
    fn usual() -> impl Iterator<Item = Self> {
        Self::value_variants().iter().copied().filter(|fault| *fault != Self::Stall)
    }

    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Returns the fault rule that makes it happen at the n-th call of an operation, as a scenario writes it. `None`
    /// where the fault cannot happen.
    fn rule(self, operation: &Operation, nth: u64) -> Option<Value> {
        let abort = |delivery: &str| json!({ "abort": delivery });
        let effect = match self {
            Self::RateLimited => json!({ "error": operation.outcomes.iter().find(|(status, _)| *status == 429)?.1 }),
            Self::Unavailable => json!({ "respond": { "status": 503, "body": {}, "undocumented": true } }),
            Self::Reset => abort("reset"),
            Self::Lost if operation.method == Method::Get => return None,
            Self::Lost => abort("close"),
            Self::Truncate => abort("truncate"),
            Self::Garbage => abort("garbage"),
            Self::Stall => abort("stall"),
        };
        let mut rule = json!({ "id": RULE, "on": operation.name, "at": { "nth": nth }, "do": effect });
        if matches!(self, Self::Lost | Self::Truncate | Self::Garbage) {
            // The service executes the call.
            rule["phase"] = "after".into();
        }
        Some(rule)
    }
}

/// The result of one run.
struct TrialResult {
    /// The operations called, in order.
    calls: Vec<&'static str>,
    /// The environment of a command that made no call.
    uncalled: Option<Vec<(&'static str, String)>>,
    /// True when the fault happened.
    struck: bool,
    /// The reason why the command did not survive.
    failure: Option<String>,
    /// The signal that ended the sweep.
    stopped: Option<u8>,
    /// The traffic that came to no world.
    elsewhere: Elsewhere,
}

/// One fault at one call, to be tried.
struct Trial {
    /// The number of the call, from 1, in the run without faults.
    call: usize,
    operation: &'static str,
    fault: Fault,
    /// The fault rule, as a scenario writes it.
    rule: Value,
}

/// The result of one fault at one call.
struct Tried {
    fault: Fault,
    /// The fault rule, as a scenario writes it.
    rule: Value,
    struck: bool,
    failure: Option<String>,
}

/// The way it ended.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum RunOutcome {
    Survived,
    Failed,
    /// The command did not make that call again.
    NotMet,
}

impl RunOutcome {
    fn words(self) -> &'static str {
        match self {
            Self::Survived => "survived",
            Self::Failed => "FAILED",
            Self::NotMet => "not met",
        }
    }
}

impl Tried {
    fn outcome(&self) -> RunOutcome {
        match (self.struck, &self.failure) {
            (_, Some(_)) => RunOutcome::Failed,
            (true, None) => RunOutcome::Survived,
            (false, None) => RunOutcome::NotMet,
        }
    }
}

/// One call of the command, and the results of its faults.
struct Swept {
    /// The number of the call, from 1, in the run without faults.
    call: usize,
    operation: &'static str,
    tried: Vec<Tried>,
}

impl Sweep {
    /// Runs it.
    pub(super) fn run(&self) -> Result<Exit, Failed> {
        self.settings.block_on(|logger| self.all(logger))
    }

    async fn all(&self, logger: Logger) -> Result<Exit, Failed> {
        if self.settings.prints_intercept() {
            return intercept::print_variables(&*start(&self.settings, None, logger).await?);
        }
        let known = operations();
        let on = self.selected(&known)?;
        let mut signals = Signals::catch_for_command()?;
        if let Some(scenario) = &self.scenario {
            warn(&self.settings.offline(&DEFAULTS)?.check(scenario)?);
        }
        let kept = KeptOutput::new();
        let unharmed = self.once(None, kept.as_ref().ok(), logger, &mut signals).await?;
        let mut elsewhere = unharmed.elsewhere;
        if let Some(signal) = unharmed.stopped {
            return Ok(Exit::Signal(signal));
        }
        if let Some(failure) = unharmed.failure {
            say(&format!("without any fault it fails already: {failure}\n{}", intercept::told(&elsewhere)));
            if let Ok(output) = kept {
                say(&output.shown());
            }
            return Ok(Exit::ExpectationsFailed);
        }
        let trials = self.trials(&unharmed.calls, &on, &known);
        let mut progress = Progress::new(trials.len(), self.settings.is_quiet());
        let mut swept: Vec<Swept> = Vec::new();
        let mut stopped = None;
        for Trial { call, operation, fault, rule } in trials {
            let run = self.once(Some(&rule), None, logger, &mut signals).await?;
            stopped = run.stopped;
            elsewhere.add(run.elsewhere);
            if stopped.is_some() {
                break;
            }
            let tried = Tried { fault, rule, struck: run.struck, failure: run.failure };
            progress.tell(&format!("call {call} {operation}, {}: {}", fault.name(), tried.outcome().words()));
            match swept.last_mut().filter(|latest| latest.call == call) {
                Some(latest) => latest.tried.push(tried),
                None => swept.push(Swept { call, operation, tried: vec![tried] }),
            }
        }
        let outcomes = || swept.iter().flat_map(|of| &of.tried).map(Tried::outcome);
        if stopped.is_none() && outcomes().next().is_none() {
            let why = match unharmed.uncalled {
                Some(environment) => no_call(&environment),
                None => "the command makes no call at which one of these faults can happen".to_owned(),
            };
            say(&format!("nothing was tested: {why}\n"));
            say(&intercept::told(&elsewhere));
            return Ok(Exit::NothingTested);
        }
        STDOUT.say(match self.format {
            Format::Text => text(&swept) + &intercept::told(&elsewhere),
            Format::Json => format!("{:#}\n", structured(&swept, &elsewhere)),
        });
        Ok(match stopped {
            Some(signal) => Exit::Signal(signal),
            None if outcomes().any(|outcome| outcome == RunOutcome::Failed) => Exit::ExpectationsFailed,
            None => Exit::Good,
        })
    }

    /// Returns every fault at every call where it can happen.
    fn trials(&self, calls: &[&'static str], on: &Operations, known: &[Operation]) -> Vec<Trial> {
        let faults: Vec<Fault> = if self.fault.is_empty() { Fault::usual().collect() } else { self.fault.clone() };
        let mut trials = Vec::new();
        for (place, name) in calls.iter().enumerate().filter(|(_, name)| on.select(name)) {
            let Some(operation) = known.iter().find(|operation| operation.name == *name) else { continue };
            let nth = calls[..=place].iter().filter(|earlier| *earlier == name).count() as u64;
            let rules = faults.iter().filter_map(|fault| Some((*fault, fault.rule(operation, nth)?)));
            trials.extend(rules.map(|(fault, rule)| Trial { call: place + 1, operation: operation.name, fault, rule }));
        }
        trials
    }

    /// Returns the operations at whose calls faults are tried.
    fn selected(&self, known: &[Operation]) -> Result<Operations, Failed> {
        for pattern in &self.on {
            let one = Operations::from(pattern.as_str());
            if !known.iter().any(|operation| one.select(operation.name)) {
                return Err(Failed::usage(format!("--on {pattern} selects no operation; `standin routes` lists them")));
            }
        }
        Ok(if self.on.is_empty() { Operations::from("*") } else { Operations(self.on.clone()) })
    }

    /// Runs the command once, from the start, with one fault or none.
    async fn once(
        &self,
        fault: Option<&Value>,
        kept: Option<&KeptOutput>,
        logger: Logger,
        signals: &mut Signals,
    ) -> Result<TrialResult, Failed> {
        let standin = start(&self.settings, self.scenario.as_deref(), logger).await?;
        let world = standin.world();
        let is_harmed = fault.is_some();
        if let Some(fault) = fault {
            let added = world.fault_as_written(fault);
            added.map_err(|refusal| Failed::usage(format!("the scenario leaves no room for a fault: {refusal}")))?;
        }
        let (failure, stopped) = self.ended(&standin, kept, signals).await?;
        world.settle_async(PATIENCE).await;
        let report = match world.verify() {
            Ok(report) => report,
            Err(unmet) => unmet.report().clone(),
        };
        if world.journal_lost() > 0 {
            return Err(Failed::usage(format!(
                "the command makes more calls than the journal keeps ({} were lost): give a larger --journal-entries, and \
                 --journal-bytes",
                world.journal_lost()
            )));
        }
        let journal = world.journal();
        Ok(TrialResult {
            uncalled: journal.is_empty().then(|| standin.environment()),
            calls: journal.iter().filter_map(|call| call.operation).collect(),
            struck: report.rules.iter().any(|rule| rule.id == RULE && rule.fired > 0),
            failure: failure.or_else(|| unmet(&report, is_harmed)),
            stopped,
            elsewhere: intercept::elsewhere(&standin),
        })
    }

    /// Runs the command. Returns what was wrong with its end, and the signal that ended the sweep, if one did.
    async fn ended(
        &self,
        standin: &Standin,
        kept: Option<&KeptOutput>,
        signals: &mut Signals,
    ) -> Result<(Option<String>, Option<u8>), Failed> {
        let output = match kept {
            _ if self.show_output => OutputTarget::Shown,
            Some(kept) => OutputTarget::Kept(kept),
            None => OutputTarget::Discarded,
        };
        // Dropping the consumer kills it.
        let mut consumer = Consumer::start(&self.command, standin, output)?;
        let Ok(ended) = tokio::time::timeout(self.timeout, consumer.end(signals)).await else {
            let timeout = humantime::format_duration(self.timeout);
            return Ok((Some(format!("the command did not end within {timeout}")), None));
        };
        let (exit, stopped) = ended?;
        Ok((
            match exit {
                Exit::Command(code) => Some(format!("the command ended with {code}")),
                Exit::Signal(signal) => Some(format!("the command was ended by signal {signal}")),
                _ => None,
            },
            stopped,
        ))
    }
}

/// Returns the first check that failed, in a sentence, and the number of others. A fault rule of the scenario that did
/// not fire does not count if the tried fault took its place.
fn unmet(report: &Report, is_harmed: bool) -> Option<String> {
    let mut failed = report.failed().filter(|check| !(is_harmed && check.id.starts_with("fired.")));
    let first = failed.next()?;
    let message = first.violations.first().map(|violation| violation.message.as_str()).unwrap_or_default();
    let more = match failed.count() {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    Some(format!("{}: {message}{more}", first.id))
}

fn text(swept: &[Swept]) -> String {
    let count = |wanted| swept.iter().flat_map(|of| &of.tried).filter(|it| it.outcome() == wanted).count();
    let (survived, failed, not_met) =
        (count(RunOutcome::Survived), count(RunOutcome::Failed), count(RunOutcome::NotMet));
    let verdict = if failed > 0 { "FAIL" } else { "PASS" };
    let calls = if swept.len() == 1 { "call" } else { "calls" };
    let not_met = if not_met > 0 { format!(", {not_met} not met") } else { String::new() };
    let mut text = format!("{verdict}   {} {calls}   {survived} faults survived, {failed} not{not_met}\n", swept.len());
    for Swept { call, operation, tried } in swept {
        let _ = writeln!(text, "  call {call} {operation}");
        for outcome in [RunOutcome::Survived, RunOutcome::NotMet] {
            let words = outcome.words();
            let names: Vec<String> =
                tried.iter().filter(|it| it.outcome() == outcome).map(|it| it.fault.name()).collect();
            if !names.is_empty() {
                let _ = writeln!(text, "      {words}: {}", names.join(", "));
            }
        }
        for Tried { fault, rule, failure, .. } in tried {
            if let Some(failure) = failure {
                let _ = writeln!(
                    text,
                    "      FAILED {}: {failure}\n          as a rule of a scenario: {rule}",
                    fault.name()
                );
            }
        }
    }
    text
}

/// The whole of a sweep, as JSON.
#[derive(Serialize)]
struct Structured<'e> {
    sweep: u32,
    calls: Value,
    #[serde(flatten)]
    elsewhere: &'e Elsewhere,
}

fn structured(swept: &[Swept], elsewhere: &Elsewhere) -> Value {
    let faults = |tried: &[Tried]| -> Value {
        let one = |it: &Tried| json!({ "fault": it.fault.name(), "outcome": it.outcome(), "why": it.failure, "rule": it.rule });
        tried.iter().map(one).collect()
    };
    let call = |of: &Swept| json!({ "call": of.call, "operation": of.operation, "faults": faults(&of.tried) });
    json!(Structured { sweep: 1, calls: swept.iter().map(call).collect(), elsewhere })
}
