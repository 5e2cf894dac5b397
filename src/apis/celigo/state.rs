//! State: values by key, of the account or of one export, import or integration.

use serde_json::{Value, json};

use crate::apis::celigo::errors::NOT_FOUND;
use crate::apis::celigo::paging;
use crate::apis::celigo::resources::{EXPORTS, IMPORTS, INTEGRATIONS, STATE};
use crate::engine::api::context::{Body, Context};
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::{FieldFaultKind, Problem};
use crate::engine::schema::profile::Profile;
use crate::engine::schema::schema::Actor;
use crate::engine::store::{Page, Record};
use crate::http::message::Response;

/// The scope that the values of the account belong to.
const ACCOUNT: &str = "account";

/// Returns the scope that the values of the path belong to: the account, or the record that the path names.
fn scope(context: &Context<'_>) -> Result<String, Problem> {
    let kinds = [("/exports/", &EXPORTS), ("/imports/", &IMPORTS), ("/integrations/", &INTEGRATIONS)];
    match kinds.into_iter().find(|(path, _)| context.route.path.starts_with(path)) {
        Some((path, schema)) => Ok(format!("{}{}", &path[1..], context.record(schema, "id")?.id())),
        None => Ok(ACCOUNT.to_owned()),
    }
}

fn id(scope: &str, key: &str) -> String {
    format!("{scope}:{key}")
}

fn found(context: &Context<'_>) -> Result<Record, Problem> {
    let id = id(&scope(context)?, context.param("key"));
    let value = context.state.store.of(&STATE).get(&id).cloned();
    value.ok_or_else(|| Problem::named(NOT_FOUND, "State key not found"))
}

/// Lists the keys.
pub(super) fn keys(context: &mut Context<'_>) -> Result<Response, Problem> {
    let scope = scope(context)?;
    let values: Vec<Record> = context.state.store.of(&STATE).find("scope", &scope).cloned().collect();
    let page = Page::of(&values, &paging::window_alone(context.query)?);
    let keys: Vec<&str> = page.records.iter().filter_map(|value| value.text("key")).collect();
    if let Some(status) = context.route.live_empty.filter(|_| keys.is_empty() && context.profile() == Profile::Live) {
        return Ok(Response::empty(status));
    }
    Ok(paging::response(context, &page, json!({ "keys": keys }).to_string()))
}

/// Shows a value.
pub(super) fn get(context: &mut Context<'_>) -> Result<Response, Problem> {
    let value = found(context)?.get("value").cloned().unwrap_or_default();
    Ok(Response::json(context.success(), &value))
}

/// Sets a value, any JSON: the answer tells whether it is new.
pub(super) fn put(context: &mut Context<'_>) -> Result<Response, Problem> {
    let scope = scope(context)?;
    let key = context.param("key").to_owned();
    let value = context.body.as_ref().map(Body::to_value);
    let value = value.ok_or_else(|| Problem::field("body", FieldFaultKind::Missing))?;
    let id = id(&scope, &key);
    let fields = Document::from_iter([
        ("_id", Value::from(id.as_str())),
        ("scope", scope.into()),
        ("key", key.into()),
        ("value", value),
    ]);
    let known = context.state.store.of(&STATE).get(&id).cloned();
    let (status, word) = if let Some(known) = known {
        context.state.replace(&STATE, &known, fields, Actor::Service)?;
        (200, "OK")
    } else {
        context.state.create_from(&STATE, fields, Actor::Service)?;
        (201, "Created")
    };
    let mut response = Response::empty(status).with("content-type", "text/plain; charset=utf-8");
    response.body = word.into();
    Ok(response)
}

/// Deletes a value.
pub(super) fn delete(context: &mut Context<'_>) -> Result<Response, Problem> {
    let value = found(context)?;
    context.state.remove(&STATE, &value, Actor::Service)?;
    Ok(Response::empty(context.success()))
}

/// Deletes all values.
pub(super) fn clear(context: &mut Context<'_>) -> Result<Response, Problem> {
    let scope = scope(context)?;
    let values: Vec<Record> = context.state.store.of(&STATE).find("scope", &scope).cloned().collect();
    for value in values {
        context.state.remove(&STATE, &value, Actor::Service)?;
    }
    Ok(Response::empty(context.success()))
}
