//! A world as a whole: reset, clock, journal, coverage.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::control::door::Asked;
use crate::control::refusal::Refusal;
use crate::engine::clock::{ClockMode, LAST_MS, format_ms, parse_ms};
use crate::engine::journal::{Entry, redacted};
use crate::engine::load::nearest;
use crate::engine::scenario::Operations;
use crate::engine::world::World;

/// `POST /reset`: data, clock, ids, journal and coverage as they were at the start.
pub fn reset(asked: &Asked<'_>) -> Result<Value, Refusal> {
    asked.nothing()?;
    asked.world.lock().reset();
    Ok(Value::Null)
}

/// `GET /clock`
pub fn clock(asked: &Asked<'_>) -> Result<Value, Refusal> {
    Ok(clock_of(&asked.world.lock()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    advance_ms: Option<u64>,
    at: Option<String>,
}

/// `POST /clock` with `{"advance_ms": n}` or `{"at": "2024-01-20T10:00:00.000Z"}`.
pub fn move_clock(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let wanted: Move = asked.object()?;
    let invalid = |message: &str| {
        Refusal::new(400, "invalid", message)
            .hint("Send {\"advance_ms\": 60000} or {\"at\": \"2024-01-20T10:00:00.000Z\"}.")
    };
    let mut world = asked.world.lock();
    match (wanted.advance_ms, wanted.at) {
        (Some(advance_ms), None) if advance_ms > LAST_MS.saturating_sub(world.clock.now_ms()) => {
            return Err(invalid("time ends with the year 9999"));
        }
        (Some(advance_ms), None) => world.clock.advance(Duration::from_millis(advance_ms)),
        (None, Some(at)) => {
            let at = parse_ms(&at).ok_or_else(|| invalid("at is not an ISO 8601 time in UTC"))?;
            world.clock.set(at);
        }
        _ => return Err(invalid("either advance_ms or at must be given")),
    }
    world.follow_clock();
    Ok(clock_of(&world))
}

fn clock_of(world: &World) -> Value {
    match world.clock.mode() {
        ClockMode::Frozen => json!({ "mode": "frozen", "now": world.clock.now() }),
        ClockMode::Step { step_ms } => json!({ "mode": "step", "step_ms": step_ms, "now": world.clock.now() }),
        ClockMode::Real => json!({ "mode": "real", "now": world.clock.now() }),
    }
}

/// `GET /journal?since=N&op=NAME`: the entries after number N, of that operation (a trailing `*` takes all below).
pub fn journal(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let since = match asked.query.get("since") {
        None => 0,
        Some(text) => {
            text.parse().map_err(|_| Refusal::new(400, "invalid", format!("since={text} is not an entry's number")))?
        }
    };
    if let Some((name, _)) = asked.query.pairs().find(|(name, _)| !matches!(*name, "since" | "op")) {
        return Err(
            Refusal::new(400, "invalid", format!("the journal has no parameter {name}")).hint("It has since and op.")
        );
    }
    let wanted = asked.query.get("op").map(|op| selected(asked, op)).transpose()?;
    let matches = |entry: &Entry| {
        wanted
            .as_ref()
            .is_none_or(|wanted| entry.answered.operation().is_some_and(|operation| wanted.select(operation)))
    };
    let world = asked.world.lock();
    let entries: Vec<Value> = world.journal.since(since).filter(matches).map(|entry| short(&entry)).collect();
    Ok(json!({ "entries": entries, "lost": world.journal.lost(), "next": world.journal.next_number() }))
}

/// The operations that a name, or the beginning of names, selects. None is an error: no call of it would ever be found.
fn selected(asked: &Asked<'_>, op: &str) -> Result<Operations, Refusal> {
    let wanted = Operations::from(op);
    let known = || asked.engine.router().rows().iter().map(|row| row.operation);
    if known().any(|operation| wanted.select(operation)) {
        return Ok(wanted);
    }
    let refusal = Refusal::new(400, "invalid", format!("op={op} selects no operation"));
    Err(match nearest(op, known()) {
        Some(nearest) => refusal.hint(format!("Did you mean {nearest}?")),
        None => refusal.hint("GET /routes lists them."),
    })
}

/// `GET /journal/N`: one entry, with the why.
pub fn journal_entry(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let number = asked.param(0);
    let world = asked.world.lock();
    let entry = number.parse().ok().and_then(|number| world.journal.get(number)).ok_or_else(|| {
        let (held, lost) = (world.journal.len(), world.journal.lost());
        Refusal::new(404, "not_found", format!("the journal has no entry {number}"))
            .hint(format!("It holds {held} entries, from number {}.", lost + 1))
    })?;
    let mut shown = short(&entry);
    let headers: serde_json::Map<String, Value> =
        entry.headers.iter().map(|(name, value)| (name.clone(), redacted(name, value).into())).collect();
    shown["headers"] = Value::Object(headers);
    shown["body"] = text_or_json(&entry.body);
    let is_sent = entry.sent_status().is_some();
    shown["answer"] = if is_sent { text_or_json(&entry.reply) } else { Value::Null };
    shown["answer_bytes"] = if is_sent { entry.reply_bytes } else { 0 }.into();
    shown["evidence"] = entry.answered.evidence.map(crate::engine::api::Evidence::as_str).into();
    shown["documented_at"] = entry.answered.row.map_or("", |row| row.route.source).into();
    let why: Vec<String> = entry.apart.why.iter().flat_map(|why| why.iter()).map(ToString::to_string).collect();
    shown["why"] = why.into();
    Ok(shown)
}

fn short(entry: &Entry) -> Value {
    json!({
        "n": entry.number,
        "at": format_ms(entry.answered.now_ms),
        "method": entry.method,
        "target": entry.target,
        "op": entry.answered.operation(),
        "status": entry.sent_status(),
        "error": entry.answered.error,
        "miss": entry.apart.miss,
        "rule": entry.apart.rule.as_deref(),
        "step": entry.apart.step.as_deref(),
        "manner": entry.apart.manner.as_str(),
        "delay_ms": entry.apart.delay_ms,
    })
}

/// JSON as it is, other text as text; what was cut short is text too.
fn text_or_json(bytes: &[u8]) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(bytes).unwrap_or_else(|_| String::from_utf8_lossy(bytes).into())
}

/// `GET /coverage`: how often each outcome of each operation was served; and every documented one, served or not.
pub fn coverage(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let world = asked.world.lock();
    let cells = world.coverage.cells().map(|(operation, outcome, cell)| {
        json!({ "op": operation, "outcome": outcome, "natural": cell.natural, "injected": cell.injected })
    });
    let outcomes = world.coverage.table(asked.engine.router());
    Ok(json!({ "served": cells.collect::<Vec<_>>(), "outcomes": outcomes }))
}
