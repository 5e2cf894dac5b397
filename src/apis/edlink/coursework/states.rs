//! The states of an assignment, by the clock: it opens when it is displayed, and locks when it ends.

use serde_json::Value;

use crate::engine::schema::document::Document;
use crate::engine::schema::schema::Actor;
use crate::engine::schema::time::parse_ms;
use crate::engine::state::State;
use crate::engine::store::Record;

/// The field that tells of a value that the clock has set: how the service does that is documented nowhere.
pub(super) const COURSE: &str = "standin_course";

/// The value of that field.
pub(super) const BY_CLOCK: &str = "clock";

fn time(fields: &Document, name: &str) -> Option<u64> {
    parse_ms(fields.get(name)?.as_str()?)
}

/// Returns the state an assignment is in.
pub(crate) fn state_of(fields: &Document) -> &str {
    fields.get("state").and_then(Value::as_str).unwrap_or_default()
}

/// Sets the state of a new assignment by its display date, unless the request has a state, and moves every assignment
/// to the state that its times give it now.
pub(crate) fn prepare(state: &mut State, _: &str, mut given: Document, old: Option<&Record>, by: Actor) -> Document {
    let now_ms = state.clock.now_ms();
    if old.is_none() {
        let is_ahead = time(&given, "display_date").is_some_and(|at_ms| at_ms > now_ms);
        given.or_insert_with("state", || if is_ahead { "scheduled" } else { "open" }.into());
    }
    if old.is_some_and(|old| old.get("state") != given.get("state")) {
        given.remove(COURSE);
    }
    given.or_insert_with("submission_types", || vec!["link"].into());
    if by != Actor::Fixture {
        settle(&mut given, now_ms);
    }
    given
}

/// Moves an assignment to the state that its times give it at `now_ms`, and returns the time of that change.
pub(super) fn settle(fields: &mut Document, now_ms: u64) -> Option<u64> {
    let mut since_ms = None;
    while let Some(at_ms) = moves_at(fields).filter(|at_ms| *at_ms <= now_ms) {
        let next = if state_of(fields) == "scheduled" { "open" } else { "locked" };
        fields.insert("state", next.into());
        fields.insert(COURSE, BY_CLOCK.into());
        since_ms = since_ms.max(Some(at_ms));
    }
    since_ms
}

/// Returns the time at which an assignment changes its state by itself.
pub(crate) fn moves_at(fields: &Document) -> Option<u64> {
    match state_of(fields) {
        "scheduled" => time(fields, "display_date"),
        "open" => time(fields, "end_date"),
        _ => None,
    }
}
