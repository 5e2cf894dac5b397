//! An entry of the journal: a request, and the facts of its answer.

use std::collections::BTreeSet;
use std::sync::Arc;

use http::header::RETRY_AFTER;

use crate::engine::api::router::Row;
use crate::engine::schema::error_def::Evidence;
use crate::engine::state::clock::Clock;
use crate::history::exchange::Exchange;
use crate::history::trace::{Trace, Verdict};
use crate::http::message::Delivery;
use crate::http::redact::{Redactor, presented};

/// Facts that are kept of every answer besides its text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EntryMeta {
    /// The world's time, in milliseconds since 1970.
    pub now_ms: u64,
    /// Elapsed time, in milliseconds, for measuring waits between entries.
    pub elapsed_ms: u64,
    /// The route; `None` for a miss.
    pub row: Option<&'static Row>,
    /// The name of the error, when one was answered.
    pub error: Option<&'static str>,
    /// The status answered. An aborted answer never reached the consumer.
    pub status: u16,
    /// True when the operation was carried out, even if its answer was replaced or lost.
    pub reached_service: bool,
    /// Evidence for the answer; `None` when a fault rule made it, or the scenario varied it.
    pub evidence: Option<Evidence>,
}

impl EntryMeta {
    /// Returns the facts of an exchange.
    pub(super) fn of(exchange: &Exchange<'_>, clock: &Clock) -> Self {
        Self {
            now_ms: clock.now_ms(),
            elapsed_ms: clock.elapsed_ms(),
            row: exchange.row,
            error: exchange.error,
            status: exchange.response.status,
            reached_service: exchange.reached_service,
            evidence: exchange.evidence,
        }
    }

    /// Returns the operation, with the API's name; `None` for a miss.
    pub(crate) fn operation(&self) -> Option<&'static str> {
        self.row.map(|row| row.operation)
    }
}

/// Facts that most answers have none of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EntryExtras {
    /// The reason why the answer was the fake's own, when it was.
    pub miss: Option<&'static str>,
    /// The fault rule that answered.
    pub rule: Option<Arc<str>>,
    /// The scenario's step when the request came.
    pub step: Option<Arc<str>>,
    /// The wait that the answer asked for, in milliseconds.
    pub retry_after_ms: Option<u64>,
    /// The way the answer travelled.
    pub delivery: Delivery,
    /// Milliseconds for which the answer was held back.
    pub delay_ms: u64,
    /// Milliseconds that the client waited before it gave up; `None` if it did not give up.
    pub gave_up_ms: Option<u64>,
    /// The number of the last call whose changes the answer shows, where it lags behind.
    pub shows_call: Option<u64>,
    /// The fault rules considered; `None` when there are none for the operation.
    pub why: Option<Trace>,
}

impl EntryExtras {
    /// Returns the rarer facts of an exchange.
    pub(super) fn of(exchange: &Exchange<'_>, clock: &Clock) -> Self {
        let response = &exchange.response;
        let retry_after = if response.status < 400 { None } else { response.headers.get(RETRY_AFTER) };
        Self {
            miss: exchange.miss,
            rule: exchange.rule.clone(),
            step: exchange.step.clone(),
            retry_after_ms: retry_after.and_then(|wait| clock.until_ms(wait.to_str().ok()?)),
            delivery: exchange.delivery,
            delay_ms: exchange.delay_ms,
            gave_up_ms: None,
            shows_call: exchange.shows_call,
            why: exchange.trace.clone(),
        }
    }

    /// Returns the fault rules that held the answer back or slowed it down, except the one that answered.
    pub(crate) fn slowed_by(&self) -> impl Iterator<Item = &Arc<str>> {
        let considered = self.why.iter().flat_map(|why| why.iter());
        considered.filter(|of| matches!(of.verdict, Verdict::Delayed(_))).map(|of| &of.rule)
    }

    /// Tells whether both have one list of rules, or none.
    pub(super) fn has_same_trace(&self, other: &Self) -> bool {
        match (&self.why, &other.why) {
            (Some(why), Some(other)) => Arc::ptr_eq(why, other),
            (why, other) => why.is_none() && other.is_none(),
        }
    }

    /// Tells whether both are equal. Does not compare lists of rules item by item: equal lists are mostly one shared
    /// list.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let Self { miss, rule, step, retry_after_ms, delivery, delay_ms, gave_up_ms, shows_call, why: _ } = self;
        self.has_same_trace(other)
            && (miss, rule, step) == (&other.miss, &other.rule, &other.step)
            && (retry_after_ms, delivery, delay_ms) == (&other.retry_after_ms, &other.delivery, &other.delay_ms)
            && (gave_up_ms, shows_call) == (&other.gave_up_ms, &other.shows_call)
    }
}

/// One entry, copied out of the journal.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub(crate) struct Entry {
    /// The number of the call, from 1, in the order of the world's lock.
    pub number: u64,
    /// The method.
    pub method: String,
    /// The target as sent.
    pub target: String,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// The request's body.
    pub body: Vec<u8>,
    /// The answer's body: whole for errors, its beginning for successes.
    pub response: Vec<u8>,
    /// Bytes of the answer's body.
    pub answer_bytes: u32,
    /// Facts that every answer has.
    pub meta: EntryMeta,
    /// Facts that most answers have none of.
    pub extras: EntryExtras,
}

/// Returns the credentials that calls present.
pub(crate) fn presented_by(journal: &[Entry]) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for entry in journal {
        presented(&entry.target, entry.named_headers(), |credential| {
            if !all.contains(credential) {
                all.insert(credential.to_owned());
            }
        });
    }
    all
}

impl Entry {
    fn named_headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns the entry as it may be shown.
    pub(crate) fn redacted(&self, redactor: &Redactor) -> Self {
        let own = redactor.of_parts(&self.target, self.named_headers());
        let headers = self.headers.iter().map(|(name, value)| (name.clone(), own.header(name, value)));
        Self {
            target: own.target(&self.target).into_owned(),
            headers: headers.collect(),
            body: own.bytes(&self.body),
            response: own.bytes(&self.response),
            method: self.method.clone(),
            extras: self.extras.clone(),
            ..*self
        }
    }

    /// Returns the target as it may be shown.
    pub(crate) fn redacted_target(&self, redactor: &Redactor) -> String {
        redactor.of_parts(&self.target, self.named_headers()).target(&self.target).into_owned()
    }

    /// Returns the word for how its answer travelled, or that the client gave up.
    pub(crate) fn delivery_word(&self) -> &'static str {
        match self.extras.gave_up_ms {
            Some(_) if self.extras.delivery.sends_answer() => "gave_up",
            _ => self.extras.delivery.as_str(),
        }
    }

    /// Returns the status that was sent; `None` when nothing of the answer was.
    pub(crate) fn sent_status(&self) -> Option<u16> {
        (self.extras.delivery.sends_answer() && self.extras.gave_up_ms.is_none()).then_some(self.meta.status)
    }
}
