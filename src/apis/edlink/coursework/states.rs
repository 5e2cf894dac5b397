//! The states of an assignment, by the clock: it opens when it is displayed, and locks when it ends.

use serde_json::Value;

use crate::apis::edlink::coursework::resources::ASSIGNMENTS;
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Actor;
use crate::engine::schema::time::{format_ms, parse_ms};
use crate::engine::state::State;
use crate::engine::store::Record;

fn time(fields: &Document, name: &str) -> Option<u64> {
    parse_ms(fields.get(name)?.as_str()?)
}

fn state_of(fields: &Document) -> &str {
    fields.get("state").and_then(Value::as_str).unwrap_or_default()
}

/// The state of a new assignment depends on when it is displayed, unless the request says one.
pub fn prepare(state: &mut State, _: &str, mut given: Document, old: Option<&Record>) -> Document {
    if old.is_none() {
        let is_ahead = time(&given, "display_date").is_some_and(|at_ms| at_ms > state.clock.now_ms());
        given.or_insert_with("state", || if is_ahead { "scheduled" } else { "open" }.into());
        given.or_insert_with("submission_types", || vec!["link"].into());
    }
    given
}

/// When an assignment comes to another state by itself.
pub fn moves_at(fields: &Document) -> Option<u64> {
    match state_of(fields) {
        "scheduled" => time(fields, "display_date"),
        "open" => time(fields, "end_date"),
        _ => None,
    }
}

/// The time has come.
pub fn moved(state: &mut State, assignment: &Record) -> Result<(), Problem> {
    let since = moves_at(assignment.fields()).map(format_ms);
    let next = if state_of(assignment.fields()) == "scheduled" { "open" } else { "locked" };
    let mut patch = Document::new();
    patch.insert("state", next.into());
    patch.insert("updated_date", since.into());
    state.patch(&ASSIGNMENTS, assignment, &patch, Actor::Service).map(|_| ())
}
