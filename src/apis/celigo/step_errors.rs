//! The errors of a flow's steps: open, resolved, retried.

use serde_json::{Value, json};

use crate::apis::celigo::errors::NOT_FOUND;
use crate::apis::celigo::resources::{ERRORS, FLOWS};
use crate::apis::celigo::{jobs, lists, membership, paging};
use crate::engine::api::context::Context;
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::{FieldFaultKind, Problem};
use crate::engine::schema::schema::Actor;
use crate::engine::store::Record;
use crate::http::message::Response;

/// What a consumer does not see of an error, because the path says it.
const HIDDEN: &[&str] = &["_flowId", "_expOrImpId", "resolved"];

/// An error as consumers see it.
pub fn shown(error: &Document) -> Document {
    error.only(|name| !HIDDEN.contains(&name))
}

/// Whether an error still stands.
pub fn is_open(error: &Record) -> bool {
    error.get("resolved") != Some(&Value::Bool(true))
}

/// When the latest of these errors occurred.
pub fn latest(errors: &[&Record]) -> Value {
    errors.iter().filter_map(|error| error.text("occurredAt")).max().into()
}

/// `flows.errors`: how many open errors each step has, in the order of their first ones.
pub fn summary(context: &mut Context<'_>) -> Result<Response, Problem> {
    let flow = context.record(&FLOWS, "id")?;
    let mut steps: Vec<(&str, Vec<&Record>)> = Vec::new();
    for error in context.state.store.of(&ERRORS).find("_flowId", flow.id()).filter(|error| is_open(error)) {
        let step = error.text("_expOrImpId").unwrap_or_default();
        match steps.iter_mut().find(|(known, _)| *known == step) {
            Some((_, errors)) => errors.push(error),
            None => steps.push((step, vec![error])),
        }
    }
    let rows = steps
        .iter()
        .map(|(step, errors)| json!({ "_expOrImpId": step, "numError": errors.len(), "lastErrorAt": latest(errors) }));
    Ok(Response::json(context.route.success, &json!({ "flowErrors": rows.collect::<Value>() })))
}

/// `flows.openErrors`
pub fn open(context: &mut Context<'_>) -> Result<Response, Problem> {
    list(context, true)
}

/// `flows.resolvedErrors`
pub fn resolved(context: &mut Context<'_>) -> Result<Response, Problem> {
    list(context, false)
}

fn list(context: &Context<'_>, open: bool) -> Result<Response, Problem> {
    let errors = of_step(context)?.1.into_iter().filter(|error| is_open(error) == open).collect();
    let page = context.page_of(&ERRORS, errors)?;
    let mut body = b"{\"errors\":".to_vec();
    body.extend(lists::array(context, &page));
    if let Some(next) = paging::next(context, &page) {
        body.extend_from_slice(format!(",\"nextPageURL\":{}", Value::from(next)).as_bytes());
    }
    body.push(b'}');
    Ok(Response::json_bytes(context.route.success, body))
}

/// `flows.resolve`: the open errors of these ids are resolved; other ids are ignored.
pub fn resolve(context: &mut Context<'_>) -> Result<Response, Problem> {
    let (_, errors) = of_step(context)?;
    let wanted = texts(context, &["errors", "errorIds"])?;
    let errors = errors.into_iter().filter(|error| is_open(error) && wanted.iter().any(|id| id == error.id()));
    let errors: Vec<Record> = errors.collect();
    let errors = compact(context, &errors)?;
    let shown: Value = errors.iter().map(|error| Value::from(shown(error.fields()))).collect();
    Ok(Response::json(context.route.success, &json!({ "errors": shown })))
}

/// `flows.retry`: a job takes the errors along, of which nothing is left.
pub fn retry(context: &mut Context<'_>) -> Result<Response, Problem> {
    let (flow, errors) = of_step(context)?;
    let wanted = texts(context, &["retryDataKeys", "errorIds", "errors"])?;
    let is_wanted = |error: &Record| {
        let key = error.text("retryDataKey");
        key.is_some() && wanted.iter().any(|wanted| wanted == error.id() || key == Some(wanted))
    };
    let errors: Vec<Record> = errors.into_iter().filter(|error| is_open(error) && is_wanted(error)).collect();
    compact(context, &errors)?;
    let job = jobs::start(context.state, &flow, "retry")?;
    Ok(Response::json(context.route.success, &json!({ "_jobId": job.id() })))
}

/// The flow of the path, and the errors of its step: an export or import that the flow uses.
fn of_step(context: &Context<'_>) -> Result<(Record, Vec<Record>), Problem> {
    let flow = context.record(&FLOWS, "id")?;
    let step = context.param("stepId");
    if !membership::steps(&flow).contains(step) {
        return Err(Problem::named(NOT_FOUND, "Export or import not found"));
    }
    let errors = context.state.store.of(&ERRORS).find("_flowId", flow.id());
    let errors = errors.filter(|error| error.text("_expOrImpId") == Some(step)).cloned().collect();
    Ok((flow, errors))
}

/// The texts of the first of these fields that the body has.
fn texts(context: &Context<'_>, names: &[&'static str]) -> Result<Vec<String>, Problem> {
    let fields = context.fields()?;
    let Some((name, value)) = names.iter().find_map(|name| Some((*name, fields.get(name)?))) else {
        return Err(Problem::field(names[0], FieldFaultKind::Missing));
    };
    let texts = value.as_array().and_then(|list| list.iter().map(|id| id.as_str().map(str::to_owned)).collect());
    texts.ok_or_else(|| Problem::field(name, FieldFaultKind::WrongType { expected: "an array of strings" }))
}

/// Marks errors as resolved, by the world's user, now.
fn compact(context: &mut Context<'_>, errors: &[Record]) -> Result<Vec<Record>, Problem> {
    let change = Document::from_iter([
        ("resolved", Value::Bool(true)),
        ("resolvedAt", context.state.clock.now().into()),
        ("resolvedBy", context.state.settings.user.as_str().into()),
    ]);
    let settled = errors.iter().map(|error| context.state.patch(&ERRORS, error, &change, Actor::Administrator));
    settled.collect()
}
