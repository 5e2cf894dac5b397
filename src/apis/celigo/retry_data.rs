//! The data of failed records, and the end of a retry.

use serde_json::Value;

use crate::apis::celigo::resources::jobs::INDEX;
use crate::apis::celigo::resources::{ERRORS, IMPORTS};
use crate::apis::celigo::{mock_data, step_errors};
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::time::format_ms;
use crate::engine::state::State;
use crate::engine::store::Record;

/// The private field of a retry with the errors whose records it sends.
pub(super) const ERRORS_OF_JOB: &str = "standin_errors";

/// The letters and digits of a key.
const KEY_CHARS: usize = 32;

/// A record that failed and can be sent again.
pub(super) struct Retry<'a> {
    /// The key of its data.
    pub key: &'a str,
    /// Its place in the run.
    pub index: usize,
    /// The record.
    pub data: &'a Value,
    /// The status of the answer that refused it.
    pub status: u64,
}

/// Draws a key that no error has yet.
pub(super) fn new_key(state: &mut State) -> String {
    let mut key = state.rng.object_id();
    key.push_str(&state.rng.object_id());
    key.truncate(KEY_CHARS);
    key
}

/// Returns the key a record is traced by: its id, else its place.
pub(super) fn trace_key(retry: &Retry<'_>) -> String {
    let id = ["id", "_id", "Id"].iter().find_map(|name| retry.data.get(name));
    match id {
        Some(Value::String(id)) => id.clone(),
        Some(id @ Value::Number(_)) => id.to_string(),
        _ => (retry.index + 1).to_string(),
    }
}

/// Ends a retry: errors of records that still fail stay open.
pub(super) fn end(state: &mut State, job: &Record, at_ms: u64) -> Result<Document, Problem> {
    let ids = job.get(ERRORS_OF_JOB).and_then(Value::as_array).cloned().unwrap_or_default();
    let import = job.text("_importId").and_then(|id| state.store.of(&IMPORTS).get(id)).cloned();
    let (mut success, mut failed) = (0, 0);
    for id in ids.iter().filter_map(Value::as_str) {
        let error = state.store.of(&ERRORS).get(id).filter(|error| step_errors::is_open(error)).cloned();
        let Some(error) = error else { continue };
        let index = error.get(INDEX).and_then(Value::as_u64).and_then(|index| usize::try_from(index).ok());
        let entry = import.as_ref().and_then(|import| mock_data::response(import, index.unwrap_or_default()));
        if mock_data::errors(entry).is_empty() {
            step_errors::settle(state, &error, &format_ms(at_ms))?;
            success += 1;
        } else {
            failed += 1;
        }
    }
    Ok(Document::from_iter([
        ("status", Value::from("completed")),
        ("numSuccess", success.into()),
        ("numError", failed.into()),
        ("doneExporting", true.into()),
        (ERRORS_OF_JOB, Value::Null),
    ]))
}
