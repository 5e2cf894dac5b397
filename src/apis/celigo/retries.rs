//! Operations of retries: failed records are read, edited and sent again.

use serde_json::{Value, json};

use crate::apis::celigo::errors::NOT_FOUND;
use crate::apis::celigo::resources::jobs::DATA;
use crate::apis::celigo::resources::{ERRORS, IMPORTS, generators};
use crate::apis::celigo::{runs, step_errors};
use crate::engine::api::context::Context;
use crate::engine::schema::error_def::Evidence;
use crate::engine::schema::problem::{FieldFaultKind, Problem};
use crate::engine::schema::schema::Actor;
use crate::engine::state::State;
use crate::engine::store::Record;
use crate::http::message::Response;

/// Handles `flows.retry`: makes a job that sends the records of the errors again.
pub(super) fn retry(context: &mut Context<'_>) -> Result<Response, Problem> {
    let (flow, errors) = step_errors::of_step(context)?;
    let keys = step_errors::texts(context, "retryDataKeys")?;
    let ids = step_errors::texts(context, "errorIds")?;
    if keys.is_none() && ids.is_none() {
        return Err(Problem::missing_all(&["retryDataKeys", "errorIds"]));
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

/// Handles `flows.retryData`: returns the record that failed, and its step.
pub(super) fn data(context: &mut Context<'_>) -> Result<Response, Problem> {
    let (flow, error) = of_key(context)?;
    if error.get(DATA).is_none() {
        context.rests_on(Evidence::Assumed);
    }
    let shown = shown(context.state, &flow, &error);
    Ok(Response::json(context.success(), &shown))
}

/// Handles `flows.editRetryData`: sets the record that the next retry sends.
pub(super) fn edit(context: &mut Context<'_>) -> Result<Response, Problem> {
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

/// Returns the flow of the path, and the error of its step with the key of the path, open or resolved.
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
