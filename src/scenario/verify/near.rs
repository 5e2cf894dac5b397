//! The call in the journal, or the record in the store, that comes nearest to an expectation that failed.

use std::cell::{Cell, OnceCell};
use std::collections::HashMap;

use serde_json::Value;

use crate::engine::api::router::Router;
use crate::engine::store::{Collection, Record};
use crate::history::entry::Entry;
use crate::http::redact::tail_of;
use crate::scenario::model::difference::{Differences, NearMiss, shortened};
use crate::scenario::model::format::{CallExpectation, EndKind};
use crate::scenario::model::matchers::Matcher;
use crate::scenario::model::request_view::{Parts, view_of_entry};
use crate::scenario::model::rule::Operations;
use crate::scenario::model::when::When;
use crate::scenario::run::scenario_run::ScenarioRun;
use crate::scenario::verify::conduct::seen;
use crate::scenario::verify::report::Violation;

/// The distance of two operations on one kind of record. No part of a request weighs as much.
const OTHER_OPERATION: u64 = 1_000_000;
/// The distance of a call that differs in its rule, step or status.
const OTHER_CIRCUMSTANCE: u64 = 1_500;

/// The remark where nothing was compared any more.
const TOO_MANY: &str = "no nearest one was looked for: this report has compared too many already";
/// The most comparisons with calls and records for one report: expectations times calls can be very many.
const MOST_COMPARED: usize = 250_000;

/// The calls of a journal. The first comparison takes their requests apart, once.
pub(in crate::scenario) struct Calls<'j> {
    journal: &'j [Entry],
    router: &'j Router,
    parts: Vec<OnceCell<Option<Parts>>>,
    /// The places of the calls of each operation.
    by_operation: OnceCell<HashMap<&'static str, Vec<usize>>>,
    /// The comparisons that are left.
    left: Cell<usize>,
}

/// A kind of call that is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::scenario) struct CallKind<'w> {
    on: Option<&'w Operations>,
    when: Option<&'w When>,
    fault: Option<&'w str>,
    step: Option<&'w str>,
    status: &'w [u16],
    gave_up: bool,
}

impl<'w> CallKind<'w> {
    /// Makes the kind of calls of these operations that match `when`.
    pub(in crate::scenario) fn matching(on: &'w Operations, when: Option<&'w When>) -> Self {
        Self { on: Some(on), when, ..Self::default() }
    }
}

impl<'w> From<&'w CallExpectation> for CallKind<'w> {
    fn from(expected: &'w CallExpectation) -> Self {
        Self {
            on: expected.on.as_ref(),
            when: expected.when.as_ref(),
            fault: expected.fault.as_deref(),
            step: expected.step.as_deref(),
            status: &expected.status,
            gave_up: expected.gave_up,
        }
    }
}

impl<'j> Calls<'j> {
    pub(in crate::scenario) fn new(journal: &'j [Entry], router: &'j Router) -> Self {
        let parts = journal.iter().map(|_| OnceCell::new()).collect();
        Self { journal, router, parts, by_operation: OnceCell::new(), left: Cell::new(MOST_COMPARED) }
    }

    /// Returns the entries of the journal.
    pub(in crate::scenario) fn journal(&self) -> &'j [Entry] {
        self.journal
    }

    /// Says of a violation which call comes nearest, as long as there is no end of comparing.
    pub(in crate::scenario) fn explained(&self, violation: Violation, wanted: &CallKind<'_>) -> Violation {
        let nearest = self.nearest(wanted);
        if self.left.get() == 0 { violation.detailed([TOO_MANY.to_owned()]) } else { violation.near(nearest) }
    }

    /// Says of a violation which record of a collection comes nearest to a matcher without matching it.
    pub(in crate::scenario) fn explained_by(
        &self,
        violation: Violation,
        collection: &Collection,
        matcher: &Matcher,
    ) -> Violation {
        if self.pay(collection.len()) {
            violation.near(nearest_record(collection, matcher))
        } else {
            violation.detailed([TOO_MANY.to_owned()])
        }
    }

    /// Takes that many comparisons from those that are left; false when they are too many.
    fn pay(&self, comparisons: usize) -> bool {
        let left = self.left.get().checked_sub(comparisons);
        self.left.set(left.unwrap_or(0));
        left.is_some()
    }

    /// Returns the call that comes nearest to a kind without being of it: the earliest of those that are equally near.
    pub(in crate::scenario) fn nearest(&self, wanted: &CallKind<'_>) -> Option<NearMiss> {
        let extras = self.measure(wanted).into_iter().filter(|(distance, _)| *distance > 0);
        let (_, place) = extras.min()?;
        let mut found = Differences::keeping();
        self.compare(place, wanted, &mut found);
        Some(found.into_near_miss(Some(self.journal[place].number), None))
    }

    /// Returns the call that comes nearest to an end of the current step for which no call came.
    pub(in crate::scenario) fn nearest_end(&self, run: &ScenarioRun) -> Option<NearMiss> {
        let step = run.scenario().steps.get(run.step)?;
        let open = step.ends.iter().zip(&run.ends).filter(|(_, count)| **count == 0);
        let kinds = open.filter_map(|(end, _)| match &end.kind {
            EndKind::Calls { on, when, status, .. } => Some((on, when.as_ref(), status.as_slice())),
            EndKind::AfterMs(_) => None,
        });
        kinds.into_iter().find_map(|(on, when, status)| {
            let wanted = CallKind { step: Some(&step.name), status, ..CallKind::matching(on, when) };
            self.nearest(&wanted)
        })
    }

    /// Returns the numbers of the calls that are of a kind.
    pub(in crate::scenario) fn matching(&self, wanted: &CallKind<'_>) -> Vec<u64> {
        let matching = self.measure(wanted).into_iter().filter(|(distance, _)| *distance == 0);
        matching.map(|(_, place)| self.journal[place].number).collect()
    }

    /// Returns the distances of the calls that may be of a kind, with their places in the journal.
    fn measure(&self, wanted: &CallKind<'_>) -> Vec<(u64, usize)> {
        let places = || 0..self.journal.len();
        let of_kind: Vec<usize> = wanted.on.map_or_else(|| places().collect(), |on| self.selected(on));
        let candidates = match (wanted.on, wanted.when) {
            // A request that looks right may have been sent to a neighbour of the operation.
            (Some(on), Some(_)) if of_kind.is_empty() && self.pay(self.journal.len()) => {
                places().filter(|n| self.is_neighbour(*n, on)).collect()
            }
            _ => of_kind,
        };
        if !self.pay(candidates.len()) {
            return Vec::new();
        }
        let measured = candidates.into_iter().map(|place| {
            let mut found = Differences::measuring();
            self.compare(place, wanted, &mut found);
            (found.distance(), place)
        });
        measured.collect()
    }

    /// Returns the places of the calls of these operations.
    fn selected(&self, on: &Operations) -> Vec<usize> {
        let by_operation = self.by_operation.get_or_init(|| {
            let mut by_operation: HashMap<&'static str, Vec<usize>> = HashMap::new();
            for (place, entry) in self.journal.iter().enumerate() {
                if let Some(operation) = entry.meta.operation() {
                    by_operation.entry(operation).or_default().push(place);
                }
            }
            by_operation
        });
        let of_these = by_operation.iter().filter(|(operation, _)| on.select(operation));
        let mut places: Vec<usize> = of_these.flat_map(|(_, places)| places).copied().collect();
        places.sort_unstable();
        places
    }

    /// Tells whether a call is of the same group of operations as one of these.
    fn is_neighbour(&self, place: usize, on: &Operations) -> bool {
        let group = |name: &str| name.rsplit_once('.').map(|(group, _)| group.to_owned());
        let own = self.journal[place].meta.operation().and_then(group);
        own.is_some() && on.0.iter().any(|pattern| group(pattern) == own)
    }

    fn parts(&self, place: usize) -> Option<&Parts> {
        let parts = || view_of_entry(&self.journal[place], self.router, Parts::of);
        self.parts[place].get_or_init(parts).as_ref()
    }

    fn compare(&self, place: usize, wanted: &CallKind<'_>, found: &mut Differences) {
        let entry = &self.journal[place];
        let operation = entry.meta.operation().unwrap_or("none");
        if let Some(on) = wanted.on.filter(|on| !on.select(operation)) {
            found.add_at("operation", OTHER_OPERATION, || operation.to_owned(), &on.to_string());
        }
        let rule = entry.extras.rule.as_deref();
        if let Some(fault) = wanted.fault.filter(|fault| rule != Some(fault)) {
            found.add_at("fault", OTHER_CIRCUMSTANCE, || rule.unwrap_or("none").to_owned(), fault);
        }
        let step = entry.extras.step.as_deref();
        if let Some(wanted) = wanted.step.filter(|wanted| step != Some(wanted)) {
            found.add_at("step", OTHER_CIRCUMSTANCE, || step.unwrap_or("none").to_owned(), wanted);
        }
        let status = seen(entry);
        if !wanted.status.is_empty() && !status.is_some_and(|status| wanted.status.contains(&status)) {
            let got = || status.map_or_else(|| "lost".to_owned(), |status| status.to_string());
            let statuses: Vec<String> = wanted.status.iter().map(u16::to_string).collect();
            found.add_at("status", OTHER_CIRCUMSTANCE, got, &statuses.join(" or "));
        }
        if wanted.gave_up && entry.extras.gave_up_ms.is_none() {
            let got = || status.map_or_else(|| "lost".to_owned(), |status| status.to_string());
            found.add_at("outcome", OTHER_CIRCUMSTANCE, got, "gave_up");
        }
        if let Some((when, parts)) = wanted.when.zip(self.parts(place)) {
            when.compare(parts, found);
        }
    }
}

impl When {
    /// Adds the differences that keep a request from matching.
    fn compare(&self, parts: &Parts, found: &mut Differences) {
        if let Some(matcher) = &self.params {
            found.compare_at("params", matcher, Some(&parts.params));
        }
        for (name, matcher, texts) in [("query", &self.query, &parts.query), ("headers", &self.headers, &parts.headers)]
        {
            if let Some(matcher) = matcher {
                texts.compare(name, matcher, found);
            }
        }
        if let Some(matcher) = self.token.as_ref().filter(|matcher| !matcher.matches(parts.token.as_ref())) {
            let got = || parts.token.as_ref().and_then(Value::as_str).map_or("absent".to_owned(), shown_token);
            found.add_at("token", OTHER_CIRCUMSTANCE, got, &matcher.words());
        }
        match (&self.body, &parts.other_body) {
            (Some(matcher), Some(length)) if !matcher.matches(None) => {
                let got = || format!("no JSON ({length} bytes)");
                found.add_at("body", OTHER_CIRCUMSTANCE, got, &shortened(&matcher.words()));
            }
            (Some(matcher), _) => found.compare_at("body", matcher, parts.body.as_ref()),
            (None, _) => {}
        }
    }
}

fn shown_token(token: &str) -> String {
    tail_of(token)
}

/// Returns the record of a collection that comes nearest to a matcher without matching it.
fn nearest_record(collection: &Collection, matcher: &Matcher) -> Option<NearMiss> {
    let fields = |record: &Record| Value::from(record.fields().clone());
    let measured = collection.iter().map(|record| {
        let mut found = Differences::measuring();
        found.compare(matcher, Some(&fields(record)));
        (found.distance(), record)
    });
    let (_, record) = measured.filter(|(distance, _)| *distance > 0).min_by_key(|(distance, _)| *distance)?;
    let mut found = Differences::keeping();
    found.compare(matcher, Some(&fields(record)));
    Some(found.into_near_miss(None, Some(record.id().to_owned())))
}
