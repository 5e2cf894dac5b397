//! The states of an assignment, by the clock: it opens when it is displayed, and locks when it ends.

use serde_json::Value;

use crate::engine::schema::document::Document;
use crate::engine::schema::schema::Actor;
use crate::engine::schema::time::parse_ms;
use crate::engine::state::State;
use crate::engine::store::Record;

fn time(fields: &Document, name: &str) -> Option<u64> {
    parse_ms(fields.get(name)?.as_str()?)
}

/// Returns the state an assignment is in.
pub(crate) fn state_of(fields: &Document) -> &str {
    fields.get("state").and_then(Value::as_str).unwrap_or_default()
}

/// Sets the state of a new assignment by when it is displayed, unless the request says one.
pub(crate) fn prepare(state: &mut State, _: &str, mut given: Document, old: Option<&Record>, _: Actor) -> Document {
    if old.is_none() {
        let is_ahead = time(&given, "display_date").is_some_and(|at_ms| at_ms > state.clock.now_ms());
        given.or_insert_with("state", || if is_ahead { "scheduled" } else { "open" }.into());
        given.or_insert_with("submission_types", || vec!["link"].into());
    }
    given
}

/// Returns when an assignment comes to another state by itself.
pub(crate) fn moves_at(fields: &Document) -> Option<u64> {
    match state_of(fields) {
        "scheduled" => time(fields, "display_date"),
        "open" => time(fields, "end_date"),
        _ => None,
    }
}
