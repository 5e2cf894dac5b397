//! The conduct of a consumer, read from the journal.

use std::collections::HashMap;

use serde_json::Value;

use crate::engine::api::router::Router;
use crate::history::entry::Entry;
use crate::http::message::Method;
use crate::http::redact::Redactor;
use crate::http::target::Target;
use crate::scenario::model::format::Backoff;
use crate::scenario::model::format::UNKNOWN_FIELD;
use crate::scenario::verify::report::Violation;

/// The parts that make two requests identical.
type Same = (String, String, Vec<u8>);

fn same(entry: &Entry) -> Same {
    let target = Target::parse(&entry.target);
    (entry.method.clone(), format!("{}?{}", target.path, target.query), entry.body.clone())
}

/// Returns the status that the consumer saw; an aborted answer has none.
pub(in crate::scenario) fn seen(entry: &Entry) -> Option<u16> {
    (!entry.extras.delivery.is_abort()).then_some(entry.meta.status)
}

/// Returns the requests that were repeated unchanged after one of these statuses, with no successful write in between.
pub(in crate::scenario) fn repeated(journal: &[Entry], statuses: &[u16], redactor: &Redactor) -> Vec<Violation> {
    let mut latest: HashMap<Same, (u64, u16, u64)> = HashMap::new();
    let mut writes = 0;
    let mut violations = Vec::new();
    for (place, entry) in journal.iter().enumerate() {
        let request = same(entry);
        if let Some((number, status, then)) = latest.get(&request)
            && *then == writes
            && statuses.contains(status)
        {
            let n = entry.number;
            let mut details = vec![shown(entry, redactor)];
            details.extend(journal[..place].iter().find(|earlier| earlier.number == *number).and_then(said));
            violations.push(Violation {
                message: format!("call {n} repeats call {number} unchanged after {status}"),
                call: Some(n),
                details,
                near: None,
            });
        }
        let is_write = Method::of(&entry.method).is_some_and(|method| !method.is_safe());
        if is_write && (200..300).contains(&entry.meta.status) && entry.meta.reached_service {
            writes += 1;
        }
        match seen(entry) {
            Some(status) => latest.insert(request, (entry.number, status, writes)),
            None => latest.remove(&request),
        };
    }
    violations
}

/// Returns the calls that came earlier than the `Retry-After` of the operation's last answer asked.
pub(in crate::scenario) fn hasty(journal: &[Entry], redactor: &Redactor) -> Vec<Violation> {
    let mut asked: HashMap<&'static str, (u64, u64, u64)> = HashMap::new();
    let mut violations = Vec::new();
    for entry in journal {
        let Some(operation) = entry.meta.operation() else { continue };
        if let Some((number, wait_ms, until_ms)) = asked.remove(operation)
            && entry.meta.elapsed_ms < until_ms
        {
            let (n, seconds) = (entry.number, wait_ms.div_ceil(1_000));
            violations.push(Violation {
                message: format!("call {n} came too early: call {number} asked to wait {seconds} s"),
                call: Some(n),
                details: vec![shown(entry, redactor)],
                near: None,
            });
        }
        if let Some(wait_ms) = entry.extras.retry_after_ms.filter(|_| seen(entry).is_some()) {
            let until_ms = entry.meta.elapsed_ms.saturating_add(wait_ms);
            asked.insert(operation, (entry.number, wait_ms, until_ms));
        }
    }
    violations
}

/// Returns the retries that came too soon, where the answer before had no `Retry-After`.
pub(in crate::scenario) fn impatient(journal: &[Entry], backoff: Backoff, redactor: &Redactor) -> Vec<Violation> {
    // For each request without success so far, the number of its tries, and the latest.
    let mut runs: HashMap<Same, (u32, usize)> = HashMap::new();
    let mut violations = Vec::new();
    for (place, entry) in journal.iter().enumerate() {
        let request = same(entry);
        let tried = runs.get(&request).copied();
        if let Some((retry, before)) = tried {
            let before = &journal[before];
            let waited_ms = entry.meta.elapsed_ms.saturating_sub(before.meta.elapsed_ms);
            let wait_ms = backoff.wait_ms(retry);
            if before.extras.retry_after_ms.is_none() && waited_ms < wait_ms {
                let (n, then) = (entry.number, before.number);
                violations.push(Violation {
                    message: format!("call {n} came {waited_ms} ms after call {then}, expected at least {wait_ms} ms before retry {retry}"),
                    call: Some(n),
                    details: vec![shown(entry, redactor)],
                    near: None,
                });
            }
        }
        if seen(entry).is_none_or(|status| status == 429 || status >= 500) {
            runs.insert(request, (tried.map_or(1, |(retry, _)| retry.saturating_add(1)), place));
        } else {
            runs.remove(&request);
        }
    }
    violations
}

/// Returns the runs of identical requests, each answered by 429, 5xx or an abort, that are longer than allowed.
pub(in crate::scenario) fn stubborn(journal: &[Entry], most: u64, redactor: &Redactor) -> Vec<Violation> {
    let mut runs: HashMap<Same, (u64, usize)> = HashMap::new();
    let mut longest: Vec<(Same, u64, usize)> = Vec::new();
    for (place, entry) in journal.iter().enumerate() {
        let request = same(entry);
        if !seen(entry).is_none_or(|status| status == 429 || status >= 500) {
            runs.remove(&request);
            continue;
        }
        let (length, first) = runs.get(&request).map_or((1, place), |(length, first)| (length + 1, *first));
        runs.insert(request.clone(), (length, first));
        if length > most {
            longest.retain(|(other, _, start)| !(*other == request && *start == first));
            longest.push((request, length, first));
        }
    }
    longest
        .into_iter()
        .map(|(_, length, first)| Violation {
            message: format!(
                "the request of call {} was sent {length} times in a row without success, at most {most} are allowed",
                journal[first].number
            ),
            call: Some(journal[first].number),
            details: vec![shown(&journal[first], redactor)],
            near: None,
        })
        .collect()
}

/// Returns the requests whose body has an unknown field.
pub(in crate::scenario) fn unknown_fields(journal: &[Entry], router: &Router, redactor: &Redactor) -> Vec<Violation> {
    let mut violations = Vec::new();
    for entry in journal {
        let row = entry.meta.operation().and_then(|operation| router.operation(operation));
        let Some(resource) = row.and_then(|row| row.route.action.resource()) else { continue };
        let Ok(Value::Object(fields)) = serde_json::from_slice::<Value>(&entry.body) else { continue };
        // A consumer that sends back a record as it read it may send back the unknown field that a varied answer added.
        let unknown = |name: &&String| {
            resource.field(name).is_none() && *name != resource.id_field && name.as_str() != UNKNOWN_FIELD
        };
        let strange: Vec<&str> = fields.keys().filter(unknown).map(String::as_str).collect();
        if !strange.is_empty() {
            let n = entry.number;
            violations.push(Violation {
                message: format!("call {n} sends {}, which {} does not have", strange.join(", "), resource.title),
                call: Some(n),
                details: vec![shown(entry, redactor)],
                near: None,
            });
        }
    }
    violations
}

/// Returns a request in one line.
pub(in crate::scenario) fn shown(entry: &Entry, redactor: &Redactor) -> String {
    const LONG: usize = 200;
    let entry = entry.redacted(redactor);
    let body = String::from_utf8_lossy(&entry.body);
    let mut line =
        format!("{} {} {body}", entry.method, entry.target).replace(['\n', '\r', '\t'], " ").trim_end().to_owned();
    if line.chars().count() > LONG {
        line = line.chars().take(LONG).chain(['…']).collect();
    }
    line
}

/// Returns the message of an unsuccessful answer in one line.
fn said(entry: &Entry) -> Option<String> {
    let error = entry.meta.error.unwrap_or_default();
    let body: Value = serde_json::from_slice(&entry.response).ok()?;
    let message = first_message(&body)?;
    Some(format!("call {} said: {error} {message:?}", entry.number))
}

fn first_message(value: &Value) -> Option<&str> {
    match value {
        Value::Object(fields) => {
            fields.get("message").and_then(Value::as_str).or_else(|| fields.values().find_map(first_message))
        }
        Value::Array(items) => items.iter().find_map(first_message),
        _ => None,
    }
}
