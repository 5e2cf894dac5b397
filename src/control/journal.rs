//! The journal of a world: the selection of its entries, and how they are shown.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use serde_json::{Value, json};

use crate::control::error::Error;
use crate::control::request::ControlRequest;
use crate::engine::schema::suggest::nearest;
use crate::engine::schema::time::format_ms;
use crate::history::entry::Entry;
use crate::history::journal::Journal;
use crate::http::redact::Redactor;
use crate::scenario::Operations;

/// The number of entries that are taken out under the world's lock at a time, so that a search does not keep requests
/// waiting. They are searched and redacted without it.
const AT_A_TIME: usize = 256;

/// The bytes of their texts beyond which fewer entries are taken at a time.
const BYTES_AT_A_TIME: usize = 1024 * 1024;

/// A selection of entries.
struct EntrySelection {
    since: u64,
    limit: usize,
    numbers: Option<BTreeSet<u64>>,
    operations: Option<Operations>,
    statuses: Option<RangeInclusive<u16>>,
    kind: Option<CallKind>,
    rule: Option<String>,
    /// The text that an entry must have, in lower case.
    text: Option<String>,
}

/// A kind of call.
#[derive(Clone, Copy)]
enum CallKind {
    Fault,
    Miss,
    Error,
}

impl EntrySelection {
    fn read(request: &ControlRequest<'_>) -> Result<Self, Error> {
        let invalid = |message: String| Error::new(400, "invalid", message);
        let get = |name| request.query.get(name);
        let numbers = get("n").map(|list| {
            let numbers = list.split(',').map(|n| n.trim().parse::<u64>());
            numbers
                .collect::<Result<_, _>>()
                .map_err(|_| invalid(format!("n={list} is not a list of entries' numbers")))
        });
        let statuses = get("status").map(|status| {
            statuses(status).ok_or_else(|| invalid(format!("status={status} is no status; write it like 429 or 4xx")))
        });
        let kind = get("is").map(|kind| match kind {
            "fault" => Ok(CallKind::Fault),
            "miss" => Ok(CallKind::Miss),
            "error" => Ok(CallKind::Error),
            _ => Err(invalid(format!("is={kind} selects nothing")).hint("It is fault, miss or error.")),
        });
        Ok(Self {
            since: request.number("since")?.unwrap_or_default(),
            limit: request.number("limit")?.unwrap_or(usize::MAX),
            numbers: numbers.transpose()?,
            operations: get("op").map(|op| operations(request, op)).transpose()?,
            statuses: statuses.transpose()?,
            kind: kind.transpose()?,
            rule: get("rule").map(str::to_owned),
            text: get("text").map(str::to_lowercase).filter(|text| !text.is_empty()),
        })
    }

    fn takes(&self, entry: &Entry, redactor: &Redactor) -> bool {
        let operation = entry.meta.operation();
        self.numbers.as_ref().is_none_or(|numbers| numbers.contains(&entry.number))
            && self.operations.as_ref().is_none_or(|wanted| operation.is_some_and(|known| wanted.select(known)))
            && self
                .statuses
                .as_ref()
                .is_none_or(|range| entry.sent_status().is_some_and(|status| range.contains(&status)))
            && self.rule.as_ref().is_none_or(|rule| entry.extras.rule.as_deref() == Some(rule))
            && self.kind.is_none_or(|kind| kind.is_of(entry))
            && self.text.as_ref().is_none_or(|text| holds(&entry.redacted(redactor), text))
    }

    /// Returns the bounds of the numbers to search: those after the first, up to the second.
    fn bounds(&self) -> (u64, u64) {
        let Some(numbers) = &self.numbers else { return (self.since, u64::MAX) };
        let first = numbers.first().map_or(u64::MAX, |first| first.saturating_sub(1));
        (self.since.max(first), numbers.last().copied().unwrap_or_default())
    }
}

impl CallKind {
    fn is_of(self, entry: &Entry) -> bool {
        match self {
            Self::Fault => entry.extras.rule.is_some(),
            Self::Miss => entry.extras.miss.is_some(),
            Self::Error => entry.sent_status().is_none_or(|status| status >= 400),
        }
    }
}

/// Returns the statuses that `429` or `4xx` means.
fn statuses(text: &str) -> Option<RangeInclusive<u16>> {
    let number = |text: &str| text.parse::<u16>().ok().filter(|status| (100..=599).contains(status));
    match text.strip_suffix("xx") {
        Some(class) => class
            .parse::<u16>()
            .ok()
            .filter(|class| (1..=5).contains(class))
            .map(|class| class * 100..=class * 100 + 99),
        None => number(text).map(|status| status..=status),
    }
}

/// Tells whether the shown parts of a call have a text in lower case. The call is redacted first, because a hit would
/// reveal a hidden part.
fn holds(entry: &Entry, text: &str) -> bool {
    let has = |bytes: &[u8]| String::from_utf8_lossy(bytes).to_lowercase().contains(text);
    let has_header = |(name, value): &(String, String)| has(name.as_bytes()) || has(value.as_bytes());
    has(entry.target.as_bytes())
        || has(entry.meta.operation().unwrap_or_default().as_bytes())
        || has(&entry.body)
        || has(&entry.response)
        || entry.headers.iter().any(has_header)
}

/// Handles `GET /journal`: the selected entries, oldest first. A client that sends `next` as `since` gets those that
/// follow.
pub(super) fn list(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let selection = EntrySelection::read(request)?;
    let only_numbers = match request.query.get("only") {
        None => false,
        Some("numbers") => true,
        Some(other) => {
            return Err(Error::new(400, "invalid", format!("only={other} is not known")).hint("It is numbers."));
        }
    };
    let (mut since, last) = selection.bounds();
    let mut found = Vec::new();
    let redactor = request.world.lock().state.redactor();
    let (lost, next) = loop {
        let (entries, is_end, lost, latest) = {
            let journal = &request.world.lock().journal;
            let (entries, is_end) = taken(journal, since, last);
            (entries, is_end, journal.lost(), journal.next_number() - 1)
        };
        for entry in &entries {
            since = entry.number;
            if selection.takes(entry, &redactor) {
                found.push(if only_numbers {
                    entry.number.into()
                } else {
                    short(entry, &entry.redacted_target(&redactor))
                });
                if found.len() >= selection.limit {
                    break;
                }
            }
        }
        let is_full = found.len() >= selection.limit;
        if is_full || is_end {
            break (lost, if is_full { since } else { latest });
        }
    };
    let name = if only_numbers { "numbers" } else { "entries" };
    Ok(json!({ name: found, "lost": lost, "next": next }))
}

/// Returns the next entries after a number, up to another, and whether they are the last ones.
fn taken(journal: &Journal, since: u64, last: u64) -> (Vec<Entry>, bool) {
    let (mut entries, mut bytes) = (Vec::new(), 0);
    for entry in journal.since(since).take_while(|entry| entry.number <= last) {
        bytes += entry.target.len() + entry.body.len() + entry.response.len();
        entries.push(entry);
        if entries.len() >= AT_A_TIME || bytes >= BYTES_AT_A_TIME {
            return (entries, false);
        }
    }
    (entries, true)
}

/// Returns the operations that a name, or the beginning of names, selects. A name that selects none is an error,
/// because no call could match.
fn operations(request: &ControlRequest<'_>, op: &str) -> Result<Operations, Error> {
    let wanted = Operations::from(op);
    let known = || request.registry.router().rows().iter().map(|row| row.operation);
    if known().any(|operation| wanted.select(operation)) {
        return Ok(wanted);
    }
    let refusal = Error::new(400, "invalid", format!("op={op} selects no operation"));
    Err(match nearest(op, known()) {
        Some(nearest) => refusal.hint(format!("Did you mean {nearest}?")),
        None => refusal.hint("GET /routes lists them."),
    })
}

/// Handles `GET /journal/{n}`: one entry, with the reasons for its answer.
pub(super) fn one(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let number = request.param(0);
    let world = request.world.lock();
    let entry = number.parse().ok().and_then(|number| world.journal.get(number)).ok_or_else(|| {
        let (held, lost) = (world.journal.len(), world.journal.lost());
        Error::new(404, "not_found", format!("the journal has no entry {number}"))
            .hint(format!("It holds {held} entries, from number {}.", lost + 1))
    })?;
    let near = world.near_expectations(request.registry.router(), &entry);
    let redactor = world.state.redactor();
    // A long call takes its time, in which the world answers.
    drop(world);
    let entry = entry.redacted(&redactor);
    let mut shown = short(&entry, &entry.target);
    let mut headers: BTreeMap<&str, String> = BTreeMap::new();
    for (name, value) in &entry.headers {
        // Several values of one name are shown as matchers see them.
        headers.entry(name).and_modify(|all| *all += &format!(", {value}")).or_insert_with(|| value.clone());
    }
    shown["headers"] = json!(headers);
    shown["body"] = text_or_json(&entry.body);
    let is_sent = entry.sent_status().is_some();
    shown["answer"] = if is_sent { text_or_json(&entry.response) } else { Value::Null };
    shown["answer_bytes"] = if is_sent { entry.answer_bytes } else { 0 }.into();
    shown["evidence"] = entry.meta.evidence.map(crate::engine::schema::error_def::Evidence::as_str).into();
    shown["documented_at"] = entry.meta.row.map_or("", |row| row.route.source).into();
    let why: Vec<String> = entry.extras.why.iter().flat_map(|why| why.iter()).map(ToString::to_string).collect();
    shown["why"] = why.into();
    shown["near"] = json!(near);
    Ok(shown)
}

fn short(entry: &Entry, target: &str) -> Value {
    json!({
        "n": entry.number,
        "at": format_ms(entry.meta.now_ms),
        "method": entry.method,
        "target": target,
        "op": entry.meta.operation(),
        "status": entry.sent_status(),
        "error": entry.meta.error,
        "miss": entry.extras.miss,
        "rule": entry.extras.rule.as_deref(),
        "slowed_by": entry.extras.slowed_by().map(|rule| &**rule).collect::<Vec<_>>(),
        "step": entry.extras.step.as_deref(),
        "manner": entry.delivery_word(),
        "gave_up_ms": entry.extras.gave_up_ms,
        "delay_ms": entry.extras.delay_ms,
        "shows_call": entry.extras.shows_call,
    })
}

/// Returns JSON as JSON and other text as text; a body that was cut short is text too.
fn text_or_json(bytes: &[u8]) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(bytes).unwrap_or_else(|_| String::from_utf8_lossy(bytes).into())
}
