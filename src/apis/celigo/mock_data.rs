//! Mock data: the records that an export gives for its source, and the answers that an import gives for its target. The
//! service uses it for trial runs; here every run uses it.

use serde_json::{Value, json};

use crate::engine::store::Record;

/// The number of records of an export without mock data.
const RECORDS: u64 = 10;

/// The number of records on a page, unless the export says it.
pub(super) const PAGE_RECORDS: usize = 20;

/// Returns the records of an export: those of its mock output, else generated ones.
pub(super) fn records(export: &Record) -> Vec<Value> {
    given(export).unwrap_or_else(made_up)
}

/// Returns the records of an export's mock output.
pub(super) fn given(export: &Record) -> Option<Vec<Value>> {
    export.get("mockOutput").and_then(output)
}

/// Returns generated records, for an export without mock data.
pub(super) fn made_up() -> Vec<Value> {
    (1..=RECORDS).map(|number| json!({ "id": number.to_string() })).collect()
}

/// Returns the records of a mock output, if it is one: an entry of rows is one record.
pub(super) fn output(mock: &Value) -> Option<Vec<Value>> {
    let page = mock.get("page_of_records")?.as_array()?;
    Some(page.iter().filter_map(|entry| entry.get("record").or_else(|| entry.get("rows"))).cloned().collect())
}

/// Returns the number of pages that `records` records of an export make.
pub(super) fn pages(export: &Record, records: usize) -> u64 {
    let size = export.get("pageSize").and_then(Value::as_u64).filter(|size| *size > 0).unwrap_or(PAGE_RECORDS as u64);
    (records as u64).div_ceil(size)
}

/// Returns the entry of an import's mock response for the record of that place; the entries are used in turn.
pub(super) fn response(import: &Record, place: usize) -> Option<&Value> {
    let entries = import.get("mockResponse")?.as_array()?;
    entries.get(place.checked_rem(entries.len())?)
}

/// Returns the errors of an entry of a mock response.
pub(super) fn errors(entry: Option<&Value>) -> &[Value] {
    entry.and_then(|entry| entry.get("errors")).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Returns the status of an entry of a mock response with errors.
pub(super) fn status(entry: Option<&Value>) -> u64 {
    const USUAL: u64 = 400;
    let status = entry.and_then(|entry| entry.get("statusCode")).and_then(Value::as_u64);
    status.filter(|status| *status >= USUAL).unwrap_or(USUAL)
}

/// Tells whether an entry of a mock response says that its record was ignored.
pub(super) fn is_ignored(entry: Option<&Value>) -> bool {
    entry.and_then(|entry| entry.get("ignored")) == Some(&Value::Bool(true))
}
