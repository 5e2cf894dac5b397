//! The progress of a scenario, as data from which another server continues.

use crate::engine::api::router::Router;
use crate::http::json_object::json_object;
use crate::http::position::Position;
use crate::scenario::parse::fragments::{read_call, read_rule};
use crate::scenario::run::issued::Issued;
use crate::scenario::run::scenario_run::{ScenarioRun, Violations};

/// The progress of a scenario, with its counters and the additions by hand.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Progress {
    /// The rules added by hand, as they were sent, each with the id it has.
    added_rules: Vec<AddedRule>,
    /// The expected calls added by hand, as they were sent.
    added_calls: Vec<String>,
    /// For each rule: matched and fired since its step began, matched and fired in all.
    rules: Vec<[u64; 4]>,
    calls: Vec<CallProgress>,
    step: usize,
    entered_ms: u64,
    visited: Vec<(usize, u64)>,
    ends: Vec<u64>,
    order: Vec<usize>,
    outside: ViolationCounts,
    misses: ViolationCounts,
    failures: ViolationCounts,
    strayed: ViolationCounts,
    issued: Vec<String>,
    /// True when they are too many to be kept.
    issued_more: bool,
    /// Operation, status, and how often it was served.
    statuses: Vec<(String, u16, u64)>,
    answered: u64,
    failed_changes: Vec<(usize, usize, String)>,
}

json_object!(both Progress strict {
    added_rules, added_calls, rules, calls, step, entered_ms, visited, ends, order, outside, misses, failures,
    strayed, issued, issued_more: omitted, statuses, answered, failed_changes,
});

#[derive(Clone, Debug, PartialEq)]
struct AddedRule {
    id: String,
    rule: String,
}

json_object!(both AddedRule strict { id, rule });

#[derive(Clone, Debug, PartialEq)]
struct CallProgress {
    count: u64,
    numbers: Vec<u64>,
}

json_object!(both CallProgress strict { count, numbers });

#[derive(Clone, Debug, PartialEq)]
struct ViolationCounts {
    count: u64,
    first: Vec<(u64, String)>,
}

json_object!(both ViolationCounts strict { count, first });

impl From<&Violations> for ViolationCounts {
    fn from(found: &Violations) -> Self {
        Self { count: found.count, first: found.first.clone() }
    }
}

impl From<ViolationCounts> for Violations {
    fn from(found: ViolationCounts) -> Self {
        Self { count: found.count, first: found.first }
    }
}

impl ScenarioRun {
    /// Returns the progress. The error names a rule or expectation that was made in code, and so is no data.
    pub(crate) fn progress(&self) -> Result<Progress, String> {
        let in_code = |what: &str| format!("{what} was made in code, which cannot be told as data");
        let added = self.counters[self.own_counters()..].iter().map(|counter| {
            let rule =
                counter.rule.source.as_deref().ok_or_else(|| in_code(&format!("the rule {:?}", counter.rule.id)))?;
            Ok(AddedRule { id: counter.rule.id.to_string(), rule: rule.to_owned() })
        });
        let added_calls = self.calls[self.scenario.expect.calls.len()..].iter().map(|call| {
            let id = call.expected.id.as_deref().unwrap_or_default();
            call.expected
                .source
                .as_deref()
                .map(str::to_owned)
                .ok_or_else(|| in_code(&format!("the expectation {id:?}")))
        });
        if let Some(lag) = self.added_lags().next() {
            return Err(in_code(&format!("the lag on {}", lag.on)));
        }
        let mut statuses: Vec<(String, u16, u64)> =
            self.statuses.iter().map(|(&(operation, status), &times)| (operation.to_owned(), status, times)).collect();
        statuses.sort();
        Ok(Progress {
            added_rules: added.collect::<Result<_, String>>()?,
            added_calls: added_calls.collect::<Result<_, String>>()?,
            rules: self.counters.iter().map(|c| [c.matched, c.fired, c.all_matched, c.all_fired]).collect(),
            calls: self
                .calls
                .iter()
                .map(|call| CallProgress { count: call.count, numbers: call.numbers.clone() })
                .collect(),
            step: self.step,
            entered_ms: self.entered_ms,
            visited: self.visited.list().to_vec(),
            ends: self.ends.clone(),
            order: self.order.clone(),
            outside: (&self.outside).into(),
            misses: (&self.misses).into(),
            failures: (&self.failures).into(),
            strayed: (&self.strayed).into(),
            issued: self.issued.sorted(),
            issued_more: self.issued.is_incomplete(),
            statuses,
            answered: self.answered,
            failed_changes: self.failed_changes.iter().map(|(at, what)| (at.line, at.column, what.clone())).collect(),
        })
    }

    /// Continues from that progress. The error says what does not fit this scenario; after an error, the run must not
    /// be used.
    pub(crate) fn resume(&mut self, router: &Router, progress: Progress) -> Result<(), String> {
        for added in progress.added_rules {
            let rule = read_rule(&added.rule, router).map_err(|error| error.to_string())?;
            self.add(router, rule.id(&added.id))?;
        }
        for text in &progress.added_calls {
            self.expect(read_call(text, router).map_err(|error| error.to_string())?);
        }
        let steps = self.scenario.steps.len();
        let ends = self.scenario.steps.get(progress.step).map_or(0, |step| step.ends.len());
        let lengths = [
            ("rules", progress.rules.len(), self.counters.len()),
            ("calls", progress.calls.len(), self.calls.len()),
            ("order", progress.order.len(), self.order.len()),
            ("ends", progress.ends.len(), ends),
        ];
        for (what, told, wanted) in lengths {
            if told != wanted {
                return Err(format!("{what} has {told} counters, the scenario has {wanted} of them"));
            }
        }
        if progress.step >= steps.max(1) || progress.visited.iter().any(|&(step, _)| step >= steps) {
            return Err(format!("it is at a step that the scenario does not have; it has {steps}"));
        }
        for (order, list) in progress.order.iter().zip(&self.scenario.expect.order) {
            if *order > list.0.len() {
                return Err(format!("order is at {order} of {}", list.0.len()));
            }
        }
        for (counter, counts) in self.counters.iter_mut().zip(progress.rules) {
            [counter.matched, counter.fired, counter.all_matched, counter.all_fired] = counts;
        }
        for (call, counts) in self.calls.iter_mut().zip(progress.calls) {
            (call.count, call.numbers) = (counts.count, counts.numbers);
        }
        for (operation, status, times) in progress.statuses {
            let row = router.rows().iter().find(|row| row.operation == operation);
            let row = row.ok_or_else(|| format!("statuses names {operation:?}, which is no operation"))?;
            self.statuses.insert((row.operation, status), times);
        }
        (self.step, self.entered_ms, self.visited) = (progress.step, progress.entered_ms, progress.visited.into());
        (self.ends, self.order) = (progress.ends, progress.order);
        (self.outside, self.misses) = (progress.outside.into(), progress.misses.into());
        (self.failures, self.strayed) = (progress.failures.into(), progress.strayed.into());
        self.issued = if progress.issued_more { Issued::incomplete() } else { progress.issued.into_iter().collect() };
        self.answered = progress.answered;
        self.failed_changes =
            progress.failed_changes.into_iter().map(|(line, column, what)| (Position { line, column }, what)).collect();
        Ok(())
    }
}
