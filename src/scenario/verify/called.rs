//! The judgement of expected calls.

use std::collections::HashSet;

use crate::scenario::model::diagnostics::did_you_mean;
use crate::scenario::model::format::CallExpectation;
use crate::scenario::run::scenario_run::{CallCounter, ScenarioRun};
use crate::scenario::verify::near::{CallKind, Calls};
use crate::scenario::verify::report::Violation;

/// The steps of a scenario, as checks ask for them.
pub(in crate::scenario) struct Timeline<'r> {
    known: HashSet<&'r str>,
    entered: HashSet<&'r str>,
    open_ends: Vec<String>,
}

impl<'r> Timeline<'r> {
    pub(in crate::scenario) fn of(run: &'r ScenarioRun, now_ms: u64) -> Self {
        let known = run.scenario.steps.iter().map(|step| &*step.name).collect();
        Self { known, entered: run.entered_names(), open_ends: run.open_ends(now_ms) }
    }

    /// Says how far the ends of the current step are from coming, where a step was never entered.
    pub(in crate::scenario) fn missed(&self, step: &str) -> &[String] {
        if self.entered.contains(step) { &[] } else { &self.open_ends }
    }

    /// Says how far the ends of the current step are from coming.
    pub(in crate::scenario) fn open_ends(&self) -> &[String] {
        &self.open_ends
    }
}

/// Judges the number of calls of a kind.
pub(in crate::scenario) fn called(
    run: &ScenarioRun,
    counter: &CallCounter,
    steps: &Timeline<'_>,
    calls: &Calls<'_>,
) -> Option<Violation> {
    let expected = &*counter.expected;
    if let Some(unknown) = unknown_name(run, counter, steps) {
        return Some(Violation::new(unknown));
    }
    if expected.times.holds(counter.count) {
        return None;
    }
    let numbers: Vec<String> = counter.numbers.iter().map(u64::to_string).collect();
    let details = match numbers.as_slice() {
        [] => Vec::new(),
        numbers => {
            let more = if counter.count > numbers.len() as u64 { ", …" } else { "" };
            let subject = if numbers.len() == 1 { "call" } else { "calls" };
            vec![format!("{subject} {}{more}", numbers.join(", "))]
        }
    };
    let message =
        format!("{} called {}, expected {}", kind_of_call(expected), times(counter.count), expected.times.words());
    let missed_step = expected.step.as_deref().map(|step| steps.missed(step)).unwrap_or_default();
    let violation = Violation::new(message).detailed(details).detailed(missed_step.iter().cloned());
    if counter.count >= expected.times.min {
        return Some(violation);
    }
    let wanted = CallKind::from(expected);
    let matching = calls.matching(&wanted);
    Some(match matching.first().filter(|_| matching.len() as u64 > counter.count) {
        Some(number) => violation.detailed([format!("call {number} matches, but was made before it was expected")]),
        None => calls.explained(violation, &wanted),
    })
}

/// Says that an expectation names a fault rule or a step that there is not: no call could ever count, and none never.
fn unknown_name(run: &ScenarioRun, counter: &CallCounter, timeline: &Timeline<'_>) -> Option<String> {
    let expected = &*counter.expected;
    let told = |what: &str, name: &str, known: Vec<&str>| {
        let meant = did_you_mean(name, known.iter().copied());
        format!("{} names the {what} {name:?}, which there is not; {meant}", kind_of_call(expected))
    };
    let rules = || run.counters.iter().map(|counter| &*counter.rule.id).collect();
    let steps = || run.scenario.steps.iter().map(|step| &*step.name).collect();
    let rule = expected
        .fault
        .as_deref()
        .filter(|id| counter.count == 0 && !run.has_rule(id))
        .map(|id| told("fault rule", id, rules()));
    let step =
        expected.step.as_deref().filter(|name| !timeline.known.contains(name)).map(|name| told("step", name, steps()));
    rule.or(step)
}

fn times(n: u64) -> String {
    format!("{n} {}", if n == 1 { "time" } else { "times" })
}

/// Returns the kind of call in words: `celigo.integrations.list with status 429 in step throttled`.
pub(in crate::scenario) fn kind_of_call(expected: &CallExpectation) -> String {
    let mut words = expected.on.as_ref().map_or_else(|| "any operation".to_owned(), ToString::to_string);
    if expected.when.is_some() {
        words += " (matching)";
    }
    if !expected.status.is_empty() {
        let statuses: Vec<String> = expected.status.iter().map(u16::to_string).collect();
        words += &format!(" with status {}", statuses.join(" or "));
    }
    if expected.gave_up {
        words += " given up by the client";
    }
    if let Some(fault) = &expected.fault {
        words += &format!(" answered by {fault}");
    }
    if let Some(step) = &expected.step {
        words += &format!(" in step {step}");
    }
    words
}
