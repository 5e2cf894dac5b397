//! A call of a webhook listener, which needs no token, and whose records run flows.

use serde_json::{Map, Value};

use crate::apis::celigo::errors::{NOT_FOUND, NOT_MODELLED, UNAUTHORIZED};
use crate::apis::celigo::resources::{DELIVERIES, EXPORTS, FLOWS, generators};
use crate::apis::celigo::runs;
use crate::apis::celigo::webhook::verify::ListenerSettings;
use crate::apis::celigo::webhook::{answer, body, verify};
use crate::engine::api::context::Context;
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Actor;
use crate::engine::store::Record;
use crate::http::message::{Method, Response};

/// Handles `exports.receive` and `exports.receiveOpen`: takes a delivery of another system, and runs the flows that
/// start with the listener.
pub(crate) fn receive(context: &mut Context<'_>) -> Result<Response, Problem> {
    let method = Method::of(context.request.method);
    if !matches!(method, Some(Method::Get | Method::Post | Method::Put)) {
        return Err(refused(None));
    }
    let export = listener(context)?;
    let settings = export.get("webhook").and_then(Value::as_object).cloned().unwrap_or_default();
    let is_get = method == Some(Method::Get);
    if is_get && !answer::takes_challenges(&settings) {
        return Err(refused(Some(&settings)));
    }
    let limit_bytes = context.api.body_limit_bytes(&context.state.settings);
    if context.request.body.len() > limit_bytes {
        return Err(Problem::TooLarge { limit_bytes });
    }
    if is_get {
        return Ok(answer::challenge(&settings, &Value::Null, context.query));
    }
    let read = body::read(context, &settings);
    if let Ok(read) = &read
        && answer::takes_challenges(&settings)
        && read.get("challenge").is_some()
    {
        return Ok(answer::challenge(&settings, read, context.query));
    }
    if cfg!(not(feature = "webhooks")) && verify::text(&settings, "verify", "") == "hmac" {
        let message = "This build of standin leaves out signatures; build it with its cargo feature `webhooks`";
        return Err(Problem::named(NOT_MODELLED, message));
    }
    if !verify::is_genuine(context, &settings) {
        return Err(not_genuine());
    }
    let read = read?;
    if !verify::has_token(&read, &settings) {
        return Err(not_genuine());
    }
    let answer = answer::success(&settings, &read, context.query);
    deliver(context, &export, &settings, read)?;
    Ok(answer)
}

fn not_genuine() -> Problem {
    Problem::named(UNAUTHORIZED, "Webhook verification failed")
}

fn refused(settings: Option<&ListenerSettings>) -> Problem {
    let challenges = settings.is_none_or(answer::takes_challenges);
    let get = Some(Method::Get).filter(|_| challenges);
    Problem::WrongMethod { allowed: get.into_iter().chain([Method::Post, Method::Put]).collect() }
}

/// Returns the export of the path, if it is a listener.
fn listener(context: &Context<'_>) -> Result<Record, Problem> {
    let export = context.state.store.of(&EXPORTS).get(context.param("id"));
    let export = export.filter(|export| export.text("type") == Some("webhook"));
    export.cloned().ok_or_else(|| Problem::named(NOT_FOUND, "Export not found"))
}

/// Keeps a delivery, and runs the flows of the listener with its records.
fn deliver(
    context: &mut Context<'_>,
    export: &Record,
    settings: &ListenerSettings,
    read: Value,
) -> Result<(), Problem> {
    let records = body::records(&read, settings);
    let starts_here = |flow: &&Record| {
        flow.get("disabled") != Some(&Value::Bool(true)) && generators(flow.fields()).contains(&export.id())
    };
    let flows = context.state.store.of(&FLOWS).linked(&EXPORTS, export.id());
    let flows: Vec<Record> = flows.filter(starts_here).cloned().collect();
    let mut jobs = Vec::new();
    for flow in flows {
        let places = generators(flow.fields());
        let place = places.iter().position(|id| *id == export.id()).unwrap_or_default();
        let generator = runs::PageGenerator { id: export.id().to_owned(), place, records: records.clone() };
        jobs.push(Value::from(runs::start(context.state, &flow, &[generator])?.id()));
    }
    let request = context.request;
    let header =
        |(name, value): &(&str, &[u8])| ((*name).to_owned(), Value::from(String::from_utf8_lossy(value).into_owned()));
    let query = context.query.pairs().map(|(name, value)| (name.to_owned(), Value::from(value)));
    let delivery = Document::from_iter([
        ("_exportId", Value::from(export.id())),
        ("method", request.method.into()),
        ("query", query.collect::<Map<_, _>>().into()),
        ("headers", request.headers.iter().map(header).collect::<Map<_, _>>().into()),
        ("body", String::from_utf8_lossy(request.body).into_owned().into()),
        ("data", read),
        ("records", records.into()),
        ("_jobIds", jobs.into()),
    ]);
    context.state.create_in_history(&DELIVERIES, delivery, Actor::Administrator).map(|_| ())
}
