//! Scenarios drafted from what a consumer did, twice: what both runs have in common is expected, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::engine::api::router::Router;
use crate::engine::schema::time::parse_ms;
use crate::history::journal::{Entry, Journal};
use crate::http::message::Method;
use crate::http::redact::Redactor;
use crate::scenario::asked_again;
use crate::scenario::model::format::{CallExpectation, Scenario};
use crate::scenario::model::matchers::TYPES;
use crate::scenario::model::request_view::RequestView;

/// The most calls of an order: a longer list helps no reader.
const LONGEST_ORDER: usize = 40;
/// A body with more values is expected by its first fields only.
const MOST_VALUES: usize = 40;
const DAY_MS: u64 = 86_400_000;

/// The calls of one run of a consumer.
#[derive(Debug)]
pub struct Recording {
    calls: Vec<RecordedCall>,
    entries: Vec<Entry>,
    /// The calls that no operation has, or that the fake does not model.
    pub misses: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
struct RecordedCall {
    operation: &'static str,
    is_read: bool,
    status: Option<u16>,
    /// `params`, `query` and `body`, as far as there are any.
    parts: [Option<Value>; 3],
    /// The parts with what must not be shown blacked out.
    shown: [Option<Value>; 3],
}

const PARTS: [&str; 3] = ["params", "query", "body"];

impl Recording {
    /// Returns the calls of a journal. The redactor knows what must not be written down.
    pub fn of(journal: &Journal, router: &Router, redactor: &Redactor) -> Self {
        let entries: Vec<Entry> = journal.since(0).filter(|entry| entry.method != "OPTIONS").collect();
        let mut misses: Vec<String> = Vec::new();
        for entry in entries.iter().filter(|entry| entry.extras.miss.is_some()) {
            misses.push(format!("{} {}", entry.method, entry.redacted_target(redactor)));
        }
        let called = |entry: &Entry| asked_again(entry, router, |asked| RecordedCall::of(asked, entry, redactor));
        Self { calls: entries.iter().filter_map(called).collect(), entries, misses }
    }

    /// Tells whether no operation was called.
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    fn count(&self, router: &Router, expected: &CallExpectation) -> u64 {
        let matches = |entry: &&Entry| {
            let has_status = expected.status.is_empty()
                || entry.sent_status().is_some_and(|status| expected.status.contains(&status));
            let is_it = |asked: &RequestView<'_>| {
                expected.on.as_ref().is_none_or(|on| on.select(asked.operation()))
                    && expected.when.as_ref().is_none_or(|when| when.fault(asked).is_none())
            };
            has_status && asked_again(entry, router, is_it) == Some(true)
        };
        self.entries.iter().filter(matches).count() as u64
    }
}

impl RecordedCall {
    fn of(asked: &RequestView<'_>, entry: &Entry, redactor: &Redactor) -> Self {
        let headers = entry.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let redactor = redactor.of_parts(&entry.target, headers);
        let whole =
            |value: &Value| Some(value.clone()).filter(|value| value.as_object().is_none_or(|it| !it.is_empty()));
        let parts = [whole(asked.params()), whole(asked.query()), asked.body().cloned()];
        Self {
            operation: asked.operation(),
            is_read: asked.row.route.verb == Method::Get,
            status: entry.sent_status(),
            shown: parts.clone().map(|part| part.map(|part| redactor.json(part))),
            parts,
        }
    }

    /// Returns the group of operations that it belongs to: `celigo.flows`.
    fn group(&self) -> &'static str {
        self.operation.rsplit_once('.').map_or("", |(group, _)| group)
    }
}

/// An expectation in the making.
#[derive(Clone, Debug, PartialEq)]
struct Drafted {
    operation: &'static str,
    status: Option<u16>,
    when: Map<String, Value>,
}

/// Returns a scenario with the expectations that both runs fulfil. `now_ms` is the time of the runs.
pub fn draft(
    router: &Router,
    runs: [&Recording; 2],
    now_ms: u64,
    read: impl Fn(&str) -> Option<(Scenario, Vec<usize>)>,
) -> Value {
    let described = Described::of(runs, now_ms);
    let apis: BTreeSet<&str> =
        described.drafted.iter().filter_map(|call| call.operation.split_once('.')).map(|(api, _)| api).collect();
    let operations: BTreeSet<&str> = described.drafted.iter().map(|call| call.operation).collect();
    let ids = described.ids();
    let mut calls: Vec<Value> = described.drafted.iter().zip(&ids).map(|(call, id)| call.written(id)).collect();
    let mut expect = Map::new();
    expect.insert("calls".into(), calls.clone().into());
    if let Some(order) = described.order(&ids) {
        expect.insert("order".into(), json!([order]));
    }
    expect.insert("only".into(), operations.iter().copied().collect::<Vec<_>>().into());
    let mut scenario = json!({
        "$schema": "./scenario-1.schema.json",
        "scenario": 1,
        "api": apis.into_iter().collect::<Vec<_>>(),
        "about": "Drafted by `standin draft` from what a command did. Take out what does not matter.",
        "expect": expect,
    });
    // Matchers overlap: those that are read back count as a verification will.
    if let Some((known, strange)) = read(&scenario.to_string()) {
        for (call, expected) in calls.iter_mut().zip(&known.expect.calls) {
            let counts = runs.map(|run| run.count(router, expected));
            let (min, max) = (counts[0].min(counts[1]), counts[0].max(counts[1]));
            call["times"] = if min == max { min.into() } else { json!({ "min": min, "max": max }) };
        }
        for call in strange {
            calls[call]["when"]["unknown_fields"] = "allow".into();
        }
        scenario["expect"]["calls"] = calls.into();
    }
    scenario
}

/// What two runs have in common.
struct Described {
    drafted: Vec<Drafted>,
    /// For each call of each run, its place in `drafted`.
    places: [Vec<usize>; 2],
    /// For each place in `drafted`, whether it reads, and its group.
    kinds: Vec<(bool, &'static str)>,
}

impl Described {
    fn of(runs: [&Recording; 2], now_ms: u64) -> Self {
        let mut drafted: Vec<Drafted> = Vec::new();
        let mut kinds = Vec::new();
        let pairs = paired(&runs[0].calls, &runs[1].calls);
        let mut places = [vec![0; runs[0].calls.len()], vec![0; runs[1].calls.len()]];
        for pair in pairs {
            let of = |run: usize| pair[run].map(|call| &runs[run].calls[call]);
            let (one, other) = match (of(0), of(1)) {
                (Some(one), Some(other)) => (one, other),
                (Some(only), None) | (None, Some(only)) => (only, only),
                (None, None) => continue,
            };
            let made = Drafted::common(one, other, now_ms);
            let place = drafted.iter().position(|known| *known == made).unwrap_or_else(|| {
                kinds.push((one.is_read, one.group()));
                drafted.push(made);
                drafted.len() - 1
            });
            for run in 0..2 {
                if let Some(call) = pair[run] {
                    places[run][call] = place;
                }
            }
        }
        Self { drafted, places, kinds }
    }

    /// Returns an id for each: the last part of the operation, with a number where there are several.
    fn ids(&self) -> Vec<String> {
        let short = |call: &Drafted| {
            let parts: Vec<&str> = call.operation.split('.').skip(1).collect();
            let name = parts.join("-").to_lowercase().replace('_', "-");
            name.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect::<String>()
        };
        let names: Vec<String> = self.drafted.iter().map(short).collect();
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        let numbered = names.iter().map(|name| {
            let number = seen.entry(name).or_default();
            *number += 1;
            if names.iter().filter(|other| *other == name).count() == 1 {
                name.clone()
            } else {
                format!("{name}-{number}")
            }
        });
        numbered.collect()
    }

    /// Returns the order that matters, if both runs kept it: that of changes, and of reads of what is changed.
    fn order(&self, ids: &[String]) -> Option<Vec<String>> {
        let written: BTreeSet<&str> =
            self.kinds.iter().filter(|(is_read, _)| !is_read).map(|(_, group)| *group).collect();
        let sequence = |run: usize, keep: &dyn Fn(usize) -> bool| {
            let mut places: Vec<usize> = self.places[run].iter().copied().filter(|place| keep(*place)).collect();
            places.dedup();
            places
        };
        let of_written = |place: usize| written.contains(self.kinds[place].1);
        let writes = |place: usize| !self.kinds[place].0;
        let kept = [&of_written as &dyn Fn(usize) -> bool, &writes]
            .into_iter()
            .find_map(|keep| Some(sequence(0, keep)).filter(|one| *one == sequence(1, keep)))?;
        let order: Vec<String> = kept.iter().take(LONGEST_ORDER).map(|place| ids[*place].clone()).collect();
        (order.len() > 1).then_some(order)
    }
}

/// Returns the calls of two runs in pairs: equal ones first, then those of one operation and status as they came.
fn paired(one: &[RecordedCall], other: &[RecordedCall]) -> Vec<[Option<usize>; 2]> {
    let mut left: Vec<usize> = (0..other.len()).collect();
    let mut pairs: Vec<[Option<usize>; 2]> = (0..one.len()).map(|call| [Some(call), None]).collect();
    let alike: [fn(&RecordedCall, &RecordedCall) -> bool; 2] =
        [|one, other| one == other, |one, other| (one.operation, one.status) == (other.operation, other.status)];
    for is_alike in alike {
        for pair in &mut pairs {
            let ([Some(call), partner], left) = (pair, &mut left) else { continue };
            if partner.is_none()
                && let Some(found) = left.iter().position(|candidate| is_alike(&one[*call], &other[*candidate]))
            {
                *partner = Some(left.remove(found));
            }
        }
    }
    pairs.extend(left.into_iter().map(|call| [None, Some(call)]));
    pairs
}

impl Drafted {
    fn common(one: &RecordedCall, other: &RecordedCall, now_ms: u64) -> Self {
        let mut when = Map::new();
        for (n, part) in PARTS.into_iter().enumerate() {
            let (Some(first), Some(second)) = (&one.parts[n], &other.parts[n]) else {
                if part == "query" && one.is_read && one.parts[n].is_none() && other.parts[n].is_none() {
                    when.insert(part.into(), json!({ "@exact": {} }));
                }
                continue;
            };
            let shown = one.shown[n].as_ref().unwrap_or(first);
            let mut common = Common { is_literal: true, values: 0, now_ms };
            let matcher = common.matcher(first, second, shown);
            let is_whole = part != "params" && common.is_literal && matcher.is_object() && first == second;
            when.insert(part.into(), if is_whole { json!({ "@exact": matcher }) } else { matcher });
        }
        Self { operation: one.operation, status: one.status, when }
    }

    fn written(&self, id: &str) -> Value {
        let mut call = json!({ "id": id, "on": self.operation });
        if !self.when.is_empty() {
            call["when"] = self.when.clone().into();
        }
        if let Some(status) = self.status {
            call["status"] = status.into();
        }
        call
    }
}

/// The matcher of what two values have in common, in the making.
struct Common {
    /// Nothing was left out or widened so far.
    is_literal: bool,
    values: usize,
    now_ms: u64,
}

impl Common {
    fn matcher(&mut self, one: &Value, other: &Value, shown: &Value) -> Value {
        match (one, other) {
            (Value::Object(first), Value::Object(second)) if shown.is_object() && !is_operator(first) => {
                let mut members = Map::new();
                for (name, value) in first {
                    match second.get(name) {
                        Some(partner) if !name.is_empty() && !name.starts_with('@') && self.values < MOST_VALUES => {
                            let shown = shown.get(name).unwrap_or(&Value::Null);
                            members.insert(name.clone(), self.matcher(value, partner, shown));
                        }
                        _ => self.is_literal = false,
                    }
                }
                members.into()
            }
            (Value::Array(first), Value::Array(second)) if first.len() == second.len() && shown.is_array() => {
                let shown = |n: usize| shown.get(n).unwrap_or(&Value::Null);
                first
                    .iter()
                    .zip(second)
                    .enumerate()
                    .map(|(n, (one, other))| self.matcher(one, other, shown(n)))
                    .collect()
            }
            _ => self.scalar(one, other, shown),
        }
    }

    fn scalar(&mut self, one: &Value, other: &Value, shown: &Value) -> Value {
        self.values += 1;
        let is_container = one.is_object() || one.is_array();
        if one == shown && one == other && !is_container && !self.is_of_now(one) {
            return one.clone();
        }
        self.is_literal = false;
        // A credential is not written down, and what differs is expected by its kind.
        if one != shown {
            return json!({ "@any": true });
        }
        match (kind_of(one), kind_of(other)) {
            (kind, partner) if kind == partner => json!({ "@type": kind }),
            _ if one.is_string() && other.is_string() => json!({ "@type": "string" }),
            _ => json!({ "@any": true }),
        }
    }

    /// Tells whether a value has a time of the consumer's own clock in it, which is another one tomorrow.
    fn is_of_now(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => {
                let day = |date: &[u8]| {
                    let date = std::str::from_utf8(date).ok()?;
                    parse_ms(&format!("{date}T00:00:00Z"))
                };
                let has_date = text.as_bytes().windows(10).any(|date| day(date).is_some_and(|ms| self.is_near(ms)));
                let mut numbers =
                    text.split(|letter: char| !letter.is_ascii_digit()).filter(|digits| digits.len() >= 10);
                has_date || numbers.any(|digits| digits.parse().is_ok_and(|number| self.is_time(number)))
            }
            Value::Number(number) => number.as_u64().is_some_and(|number| self.is_time(number)),
            _ => false,
        }
    }

    /// Tells whether a number is a time of these days, in seconds or milliseconds.
    fn is_time(&self, number: u64) -> bool {
        self.is_near(number) || self.is_near(number.saturating_mul(1_000))
    }

    fn is_near(&self, ms: u64) -> bool {
        ms.abs_diff(self.now_ms) < 2 * DAY_MS
    }
}

fn is_operator(fields: &Map<String, Value>) -> bool {
    fields.len() == 1 && fields.keys().any(|name| name.starts_with('@'))
}

/// The types of `@type`, narrow ones first.
const NARROW: [&str; 10] =
    ["uuid", "objectid", "datetime", "integer", "boolean", "null", "string", "number", "array", "object"];

/// Returns the narrowest name that `@type` has for a value.
fn kind_of(value: &Value) -> &'static str {
    let fits = |name: &&str| TYPES.iter().any(|(known, kind)| known == name && kind.fits(value));
    NARROW.into_iter().find(|name| fits(name)).unwrap_or("object")
}

/// The most characters of a value that stands on one line.
const LINE: usize = 100;

/// Returns a document as people write it: short values stand on one line.
pub fn written(value: &Value) -> String {
    let mut text = String::new();
    write(value, 0, &mut text);
    text + "\n"
}

fn write(value: &Value, depth: usize, text: &mut String) {
    let line = one_line(value);
    let is_top = depth == 0;
    let items: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (format!("{}: ", json!(name)), value)).collect(),
        Value::Array(items) => items.iter().map(|value| (String::new(), value)).collect(),
        _ => Vec::new(),
    };
    if items.is_empty() || !is_top && 2 * depth + line.chars().count() <= LINE {
        *text += &line;
        return;
    }
    let [open, close] = if value.is_object() { ['{', '}'] } else { ['[', ']'] };
    text.push(open);
    for (n, (name, value)) in items.iter().enumerate() {
        *text += &format!("{}\n{}{name}", if n == 0 { "" } else { "," }, "  ".repeat(depth + 1));
        write(value, depth + 1, text);
    }
    *text += &format!("\n{}{close}", "  ".repeat(depth));
}

fn one_line(value: &Value) -> String {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let members: Vec<String> =
                fields.iter().map(|(name, value)| format!("{}: {}", json!(name), one_line(value))).collect();
            format!("{{ {} }}", members.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(one_line).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}
