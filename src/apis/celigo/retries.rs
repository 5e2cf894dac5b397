//! Retries: the data of a record that failed, and what becomes of it when it is sent again.

use serde_json::{Value, json};

use crate::apis::celigo::errors::NOT_FOUND;
use crate::apis::celigo::resources::{ERRORS, IMPORTS, generators};
use crate::apis::celigo::{mock_data, runs, step_errors};
use crate::engine::api::context::Context;
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::{FieldFaultKind, Problem};
use crate::engine::schema::schema::Actor;
use crate::engine::schema::time::format_ms;
use crate::engine::state::State;
use crate::engine::store::Record;
use crate::http::message::Response;

/// The private field of an error with the record that failed.
pub const DATA: &str = "standin_data";

/// The private field of an error with the place of that record in its run.
pub const INDEX: &str = "standin_index";

/// The private field of a retry with the errors it takes along.
pub const ERRORS_OF_JOB: &str = "standin_errors";

/// The letters and digits of a key.
const KEY_CHARS: usize = 32;

/// A record that failed and can be sent again.
pub struct Retry<'a> {
    /// The key of its data.
    pub key: &'a str,
    /// Its place in the run.
    pub index: usize,
    /// The record.
    pub data: &'a Value,
}

/// A key that no error has yet.
pub fn new_key(state: &mut State) -> String {
    let mut key = state.rng.object_id();
    key.push_str(&state.rng.object_id());
    key.truncate(KEY_CHARS);
    key
}

/// Returns the key a record is traced by: its id, else its place.
pub fn trace_key(retry: &Retry<'_>) -> String {
    let id = ["id", "_id", "Id"].iter().find_map(|name| retry.data.get(name));
    match id {
        Some(Value::String(id)) => id.clone(),
        Some(id @ Value::Number(_)) => id.to_string(),
        _ => (retry.index + 1).to_string(),
    }
}

/// `flows.retry`: a job takes the errors along.
pub fn retry(context: &mut Context<'_>) -> Result<Response, Problem> {
    let (flow, errors) = step_errors::of_step(context)?;
    let keys = step_errors::texts(context, "retryDataKeys")?;
    let ids = step_errors::texts(context, "errorIds")?;
    if keys.is_none() && ids.is_none() {
        return Err(Problem::field("retryDataKeys", FieldFaultKind::Missing));
    }
    let (keys, ids) = (keys.unwrap_or_default(), ids.unwrap_or_default());
    let is_wanted = |error: &Record| {
        let key = error.text("retryDataKey");
        key.is_some_and(|key| keys.iter().any(|it| it == key) || ids.iter().any(|it| it == error.id()))
    };
    let errors: Vec<Record> =
        errors.into_iter().filter(|error| step_errors::is_open(error) && is_wanted(error)).collect();
    if errors.is_empty() {
        return Ok(Response::empty(204));
    }
    let step = context.param("stepId").to_owned();
    let job = runs::start_retry(context.state, &flow, &step, &errors)?;
    Ok(context.show(&job))
}

/// A retry ends: what still fails stays open.
pub fn end(state: &mut State, job: &Record, at_ms: u64) -> Result<Document, Problem> {
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

/// `flows.retryData`: the record that failed, and where.
pub fn data(context: &mut Context<'_>) -> Result<Response, Problem> {
    let (flow, error) = of_key(context)?;
    let shown = shown(context.state, &flow, &error);
    Ok(Response::json(context.success(), &shown))
}

/// `flows.editRetryData`: the next retry sends this record.
pub fn edit(context: &mut Context<'_>) -> Result<Response, Problem> {
    let (flow, error) = of_key(context)?;
    let data = context.fields()?.remove("data").ok_or_else(|| Problem::field("data", FieldFaultKind::Missing))?;
    if !matches!(data, Value::Object(_) | Value::Array(_)) {
        return Err(Problem::field("data", FieldFaultKind::WrongType { expected: "an object or an array" }));
    }
    let key = error.text("retryDataKey").map(str::to_owned);
    let alike: Vec<Record> = context.state.store.of(&ERRORS).find("_flowId", flow.id()).cloned().collect();
    let mut edited = error.clone();
    for other in alike.iter().filter(|other| other.text("retryDataKey") == key.as_deref()) {
        let mut fields = other.fields().clone();
        fields.insert(DATA, data.clone());
        let changed = context.state.replace(&ERRORS, other, fields, Actor::Administrator)?;
        if changed.id() == error.id() {
            edited = changed;
        }
    }
    let shown = shown(context.state, &flow, &edited);
    Ok(Response::json(context.success(), &shown))
}

/// The flow of the path, and the error of its step with the key of the path, open or resolved.
fn of_key(context: &Context<'_>) -> Result<(Record, Record), Problem> {
    let (flow, errors) = step_errors::of_step(context)?;
    let key = context.param("key");
    let error = errors.into_iter().find(|error| error.text("retryDataKey") == Some(key));
    Ok((flow, error.ok_or_else(|| Problem::named(NOT_FOUND, "Retry data not found"))?))
}

fn shown(state: &State, flow: &Record, error: &Record) -> Value {
    let step = error.text("_expOrImpId").unwrap_or_default();
    let import = state.store.of(&IMPORTS).get(step);
    let sources = generators(flow.fields());
    let stage = match import {
        Some(_) => "page_processor_import",
        None if sources.contains(&step) => "page_generator",
        None => "page_processor_export",
    };
    let one_to_many = import.and_then(|import| import.get("oneToMany")) == Some(&Value::Bool(true));
    let trace = error.text("traceKey");
    json!({
        "retryDataKey": error.text("retryDataKey"),
        "stage": stage,
        "pgExportId": sources.first(),
        "oneToMany": one_to_many,
        "traceKey": trace,
        "data": error.get(DATA).cloned().unwrap_or_else(|| json!({ "id": trace })),
    })
}
