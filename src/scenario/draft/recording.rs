//! The calls of one run of a consumer, taken from the journal.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::engine::api::router::Router;
use crate::history::entry::Entry;
use crate::history::journal::Journal;
use crate::http::message::Method;
use crate::http::redact::Redactor;
use crate::scenario::model::format::CallExpectation;
use crate::scenario::model::request_view::{RequestView, view_of_entry};

/// The milliseconds for which each answer of a run is held back, so that calls which do not wait for an answer show
/// themselves.
pub(crate) const HELD_MS: u64 = 20;

/// The calls of one run of a consumer.
#[derive(Debug)]
pub(crate) struct Recording {
    pub(super) calls: Vec<RecordedCall>,
    entries: Vec<Entry>,
    /// The time of each call, in milliseconds.
    came_ms: Vec<u64>,
    /// The calls that no operation has, or that the fake does not model.
    pub misses: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct RecordedCall {
    pub(super) operation: &'static str,
    pub(super) is_read: bool,
    pub(super) status: Option<u16>,
    /// `params`, `query` and `body`; `None` where the call has none.
    pub(super) parts: [Option<Value>; 3],
    /// The parts, with credentials blacked out.
    pub(super) shown: [Option<Value>; 3],
}

/// The parts of a call.
pub(super) const PARTS: [&str; 3] = ["params", "query", "body"];

impl Recording {
    /// Returns the operations that two recordings have in different numbers, with both numbers.
    pub(crate) fn counts_unlike(&self, other: &Self) -> Vec<(&'static str, usize, usize)> {
        let mut counts: BTreeMap<&'static str, (usize, usize)> = BTreeMap::new();
        self.calls.iter().for_each(|call| counts.entry(call.operation).or_default().0 += 1);
        other.calls.iter().for_each(|call| counts.entry(call.operation).or_default().1 += 1);
        let unlike = counts.into_iter().filter(|(_, (one, other))| one != other);
        unlike.map(|(operation, (one, other))| (operation, one, other)).collect()
    }

    /// Returns the calls of a journal. The redactor knows the credentials, which must not be written down.
    pub(crate) fn of(journal: &Journal, router: &Router, redactor: &Redactor) -> Self {
        let entries: Vec<Entry> = journal.since(0).filter(|entry| entry.method != "OPTIONS").collect();
        let mut misses: Vec<String> = Vec::new();
        for entry in entries.iter().filter(|entry| entry.extras.miss.is_some()) {
            misses.push(format!("{} {}", entry.method, entry.redacted_target(redactor)));
        }
        let called = |entry: &Entry| {
            let call = view_of_entry(entry, router, |view| RecordedCall::of(view, entry, redactor))?;
            Some((call, entry.meta.elapsed_ms))
        };
        let (calls, came_ms) = entries.iter().filter_map(called).unzip();
        Self { calls, entries, came_ms, misses }
    }

    /// Tells whether no operation was called.
    pub(crate) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Tells whether the second of two calls came before the first was answered, where each answer was held back.
    pub(super) fn overlap(&self, first: usize, second: usize) -> bool {
        self.came_ms[second].saturating_sub(self.came_ms[first]) < HELD_MS
    }

    /// Returns the number of calls that an expectation is for.
    pub(super) fn count(&self, router: &Router, expected: &CallExpectation) -> u64 {
        let matches = |entry: &&Entry| {
            let has_status = expected.status.is_empty()
                || entry.sent_status().is_some_and(|status| expected.status.contains(&status));
            let is_it = |view: &RequestView<'_>| {
                expected.on.as_ref().is_none_or(|on| on.select(view.operation()))
                    && expected.when.as_ref().is_none_or(|when| when.fault(view).is_none())
            };
            has_status && view_of_entry(entry, router, is_it) == Some(true)
        };
        self.entries.iter().filter(matches).count() as u64
    }
}

impl RecordedCall {
    fn of(view: &RequestView<'_>, entry: &Entry, redactor: &Redactor) -> Self {
        let headers = entry.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let redactor = redactor.of_parts(&entry.target, headers);
        let whole =
            |value: &Value| Some(value.clone()).filter(|value| value.as_object().is_none_or(|it| !it.is_empty()));
        let parts = [whole(view.params()), whole(view.query()), view.body().cloned()];
        Self {
            operation: view.operation(),
            is_read: view.row.route.method == Method::Get,
            status: entry.sent_status(),
            shown: parts.clone().map(|part| part.map(|part| redactor.json(part))),
            parts,
        }
    }

    /// Returns the group of operations that the call belongs to: `celigo.flows`.
    pub(super) fn group(&self) -> &'static str {
        self.operation.rsplit_once('.').map_or("", |(group, _)| group)
    }
}
