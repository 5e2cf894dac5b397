//! The errors of a flow's steps: open, resolved, retried.

use serde_json::{Value, json};

use crate::apis::celigo::resources::{ERRORS, FLOWS};
use crate::apis::celigo::words::NOT_FOUND;
use crate::apis::celigo::{contents, jobs, lists, paging};
use crate::engine::action::Call;
use crate::engine::api::By;
use crate::engine::message::Reply;
use crate::engine::problem::{FieldFaultKind, Problem};
use crate::engine::store::{Fields, Record};

/// What a consumer does not see of an error, because the path says it.
const HIDDEN: &[&str] = &["_flowId", "_expOrImpId", "resolved"];

/// An error as consumers see it.
pub fn shown(error: &Fields) -> Fields {
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
pub fn summary(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let flow = call.record(&FLOWS, "id")?;
    let mut steps: Vec<(&str, Vec<&Record>)> = Vec::new();
    for error in call.world.store.of(&ERRORS).find("_flowId", flow.id()).filter(|error| is_open(error)) {
        let step = error.text("_expOrImpId").unwrap_or_default();
        match steps.iter_mut().find(|(known, _)| *known == step) {
            Some((_, errors)) => errors.push(error),
            None => steps.push((step, vec![error])),
        }
    }
    let rows = steps
        .iter()
        .map(|(step, errors)| json!({ "_expOrImpId": step, "numError": errors.len(), "lastErrorAt": latest(errors) }));
    Ok(Reply::json(call.route.success, &json!({ "flowErrors": rows.collect::<Value>() })))
}

/// `flows.openErrors`
pub fn open(call: &mut Call<'_>) -> Result<Reply, Problem> {
    list(call, true)
}

/// `flows.resolvedErrors`
pub fn resolved(call: &mut Call<'_>) -> Result<Reply, Problem> {
    list(call, false)
}

fn list(call: &Call<'_>, open: bool) -> Result<Reply, Problem> {
    let errors = of_step(call)?.1.into_iter().filter(|error| is_open(error) == open).collect();
    let page = call.page_of(&ERRORS, errors)?;
    let mut body = b"{\"errors\":".to_vec();
    body.extend(lists::array(call, &page));
    if let Some(next) = paging::next(call, &page) {
        body.extend_from_slice(format!(",\"nextPageURL\":{}", Value::from(next)).as_bytes());
    }
    body.push(b'}');
    Ok(Reply::json_bytes(call.route.success, body))
}

/// `flows.resolve`: the open errors of these ids are resolved; other ids are ignored.
pub fn resolve(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let (_, errors) = of_step(call)?;
    let wanted = texts(call, &["errors", "errorIds"])?;
    let errors = errors.into_iter().filter(|error| is_open(error) && wanted.iter().any(|id| id == error.id()));
    let errors: Vec<Record> = errors.collect();
    let errors = settle(call, &errors)?;
    let shown: Value = errors.iter().map(|error| Value::from(shown(error.fields()))).collect();
    Ok(Reply::json(call.route.success, &json!({ "errors": shown })))
}

/// `flows.retry`: a job takes the errors along, of which nothing is left.
pub fn retry(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let (flow, errors) = of_step(call)?;
    let wanted = texts(call, &["retryDataKeys", "errorIds", "errors"])?;
    let is_wanted = |error: &Record| {
        let key = error.text("retryDataKey");
        key.is_some() && wanted.iter().any(|wanted| wanted == error.id() || key == Some(wanted))
    };
    let errors: Vec<Record> = errors.into_iter().filter(|error| is_open(error) && is_wanted(error)).collect();
    settle(call, &errors)?;
    let job = jobs::start(call.world, &flow, "retry")?;
    Ok(Reply::json(call.route.success, &json!({ "_jobId": job.id() })))
}

/// The flow of the path, and the errors of its step: an export or import that the flow uses.
fn of_step(call: &Call<'_>) -> Result<(Record, Vec<Record>), Problem> {
    let flow = call.record(&FLOWS, "id")?;
    let step = call.param("stepId");
    if !contents::steps(&flow).contains(step) {
        return Err(Problem::named(NOT_FOUND, "Export or import not found"));
    }
    let errors = call.world.store.of(&ERRORS).find("_flowId", flow.id());
    let errors = errors.filter(|error| error.text("_expOrImpId") == Some(step)).cloned().collect();
    Ok((flow, errors))
}

/// The texts of the first of these fields that the body has.
fn texts(call: &Call<'_>, names: &[&'static str]) -> Result<Vec<String>, Problem> {
    let fields = call.fields()?;
    let Some((name, value)) = names.iter().find_map(|name| Some((*name, fields.get(name)?))) else {
        return Err(Problem::field(names[0], FieldFaultKind::Missing));
    };
    let texts = value.as_array().and_then(|list| list.iter().map(|id| id.as_str().map(str::to_owned)).collect());
    texts.ok_or_else(|| Problem::field(name, FieldFaultKind::WrongType { expected: "an array of strings" }))
}

/// Marks errors as resolved, by the world's user, now.
fn settle(call: &mut Call<'_>, errors: &[Record]) -> Result<Vec<Record>, Problem> {
    let change = Fields::from_iter([
        ("resolved", Value::Bool(true)),
        ("resolvedAt", call.world.clock.now().into()),
        ("resolvedBy", call.world.settings.user.as_str().into()),
    ]);
    let settled = errors.iter().map(|error| call.world.patch(&ERRORS, error, &change, By::Administrator));
    settled.collect()
}
