//! The errors of a flow's steps: open, resolved, assigned, tagged.

use serde_json::{Value, json};

use crate::apis::celigo::errors::{NOT_FOUND, VALIDATION_ERROR};
use crate::apis::celigo::resources::{ASHARES, ERRORS, FLOWS, TAGS, generators, processors};
use crate::apis::celigo::{lists, membership, paging};
use crate::engine::api::context::{Context, Page};
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::{FieldFaultKind, Problem};
use crate::engine::schema::schema::Actor;
use crate::engine::state::State;
use crate::engine::store::Record;
use crate::http::message::Response;

/// Tells whether an error is open.
pub(super) fn is_open(error: &Record) -> bool {
    error.get("resolved") != Some(&Value::Bool(true))
}

/// Returns the time of the latest of these errors.
pub(super) fn latest(errors: &[&Record]) -> Value {
    errors.iter().filter_map(|error| error.text("occurredAt")).max().into()
}

/// Handles `flows.errors`: counts the open errors of each step, in the order of the flow.
pub(super) fn summary(context: &mut Context<'_>) -> Result<Response, Problem> {
    let flow = context.record(&FLOWS, "id")?;
    let processors = processors(flow.fields());
    let mut steps: Vec<(&str, Vec<&Record>)> = Vec::new();
    for step in generators(flow.fields()).into_iter().chain(processors.iter().map(|it| it.id)) {
        if !steps.iter().any(|(known, _)| *known == step) {
            steps.push((step, Vec::new()));
        }
    }
    for error in context.state.store.of(&ERRORS).find("_flowId", flow.id()).filter(|error| is_open(error)) {
        let step = error.text("_expOrImpId").unwrap_or_default();
        match steps.iter_mut().find(|(known, _)| *known == step) {
            Some((_, errors)) => errors.push(error),
            None => steps.push((step, vec![error])),
        }
    }
    let rows = steps.iter().map(|(step, errors)| {
        let mut row = json!({ "_expOrImpId": step, "numError": errors.len() });
        if !errors.is_empty() {
            row["lastErrorAt"] = latest(errors);
        }
        row
    });
    Ok(Response::json(context.success(), &json!({ "flowErrors": rows.collect::<Value>() })))
}

/// Handles `flows.openErrors`
pub(super) fn open(context: &mut Context<'_>) -> Result<Response, Problem> {
    list(context, true, "errors")
}

/// Handles `flows.resolvedErrors`
pub(super) fn resolved(context: &mut Context<'_>) -> Result<Response, Problem> {
    list(context, false, "resolved")
}

fn list(context: &mut Context<'_>, open: bool, key: &str) -> Result<Response, Problem> {
    let errors = of_step(context)?.1.into_iter().filter(|error| is_open(error) == open).collect();
    let page = context.page_of(&ERRORS, errors)?;
    context.rests_on_values(&page);
    Ok(keyed(context, &page, key))
}

/// Shows a page below a key, with the next link.
pub(super) fn keyed(context: &Context<'_>, page: &Page, key: &str) -> Response {
    let mut body = format!("{{\"{key}\":").into_bytes();
    body.extend(lists::array(context, page));
    if let Some(next) = paging::next(context, page) {
        body.extend_from_slice(format!(",\"nextPageURL\":{}", Value::from(next)).as_bytes());
    }
    body.push(b'}');
    Response::json_bytes(context.success(), body)
}

/// Handles `flows.resolve`: resolves the open errors of these ids; other ids are skipped.
pub(super) fn resolve(context: &mut Context<'_>) -> Result<Response, Problem> {
    let (_, errors) = of_step(context)?;
    let wanted = texts(context, "errors")?.unwrap_or_default();
    let now = context.state.clock.now();
    for error in errors.iter().filter(|error| is_open(error) && wanted.iter().any(|id| id == error.id())) {
        settle(context.state, error, &now)?;
    }
    Ok(Response::empty(context.success()))
}

/// Handles `flows.forget`: deletes the resolved errors of these ids, or all resolved ones.
pub(super) fn forget(context: &mut Context<'_>) -> Result<Response, Problem> {
    let (_, errors) = of_step(context)?;
    let wanted = texts(context, "errors")?;
    let is_wanted = |error: &&Record| wanted.as_ref().is_none_or(|ids| ids.iter().any(|id| id == error.id()));
    for error in errors.iter().filter(|error| !is_open(error)).filter(is_wanted) {
        context.state.remove(&ERRORS, error, Actor::Administrator)?;
    }
    Ok(Response::empty(context.success()))
}

/// Handles `flows.assignErrors`: assigns errors to a user of the account.
pub(super) fn assign(context: &mut Context<'_>) -> Result<Response, Problem> {
    let (_, errors) = of_step(context)?;
    let email = match context.fields()?.remove("email") {
        Some(Value::String(email)) => email,
        None | Some(Value::Null) => return Err(Problem::field("email", FieldFaultKind::Missing)),
        Some(_) => return Err(Problem::field("email", FieldFaultKind::WrongType { expected: "a string" })),
    };
    let shares = context.state.store.of(&ASHARES).iter();
    let mut known = shares.filter_map(|share| share.get("sharedWithUser")?.get("email")?.as_str());
    let is_known = known.any(|known| known == email);
    drop(known);
    if email != context.state.settings.user && !is_known {
        return Err(Problem::named(NOT_FOUND, "User not found"));
    }
    change(context, &errors, &[("assignedTo", email.into())])
}

/// Handles `flows.unassignErrors`: removes the assignee.
pub(super) fn unassign(context: &mut Context<'_>) -> Result<Response, Problem> {
    let (_, errors) = of_step(context)?;
    change(context, &errors, &[("assignedTo", Value::Null)])
}

/// Handles `flows.tagErrors`: replaces the tags of errors.
pub(super) fn tag(context: &mut Context<'_>) -> Result<Response, Problem> {
    let (_, errors) = of_step(context)?;
    let tags = texts(context, "tagIds")?.ok_or_else(|| Problem::field("tagIds", FieldFaultKind::Missing))?;
    let unknown = tags.iter().find(|tag| context.state.store.of(&TAGS).find("tagId", tag).next().is_none());
    if let Some(unknown) = unknown {
        let kind = FieldFaultKind::Dangling { to: TAGS.name, id: unknown.clone() };
        return Err(Problem::field("tagIds", kind));
    }
    change(context, &errors, &[("tags", tags.into())])
}

/// Changes the errors that the body names: by a list of ids, or of objects with an `id`.
fn change(context: &mut Context<'_>, errors: &[Record], change: &[(&'static str, Value)]) -> Result<Response, Problem> {
    let id = |it: &Value| it.get("id").unwrap_or(it).as_str().map(str::to_owned);
    let named = all(context, "errors", "an array of ids, or of objects with an id", id)?;
    let wanted = texts(context, "errorIds")?.or(named).ok_or_else(|| Problem::missing_all(&["errorIds", "errors"]))?;
    let change: Document = change.iter().cloned().collect();
    for error in errors.iter().filter(|error| wanted.iter().any(|id| id == error.id())) {
        context.state.patch(&ERRORS, error, &change, Actor::Administrator)?;
    }
    Ok(Response::empty(context.success()))
}

/// Returns the flow of the path, and the errors of its step: an export or import that the flow uses.
pub(super) fn of_step(context: &Context<'_>) -> Result<(Record, Vec<Record>), Problem> {
    let flow = context.record(&FLOWS, "id")?;
    let step = context.param("stepId");
    if !membership::steps(&flow).contains(step) {
        return Err(Problem::named(NOT_FOUND, "Flow step not found"));
    }
    let errors = context.state.store.of(&ERRORS).find("_flowId", flow.id());
    let errors = errors.filter(|error| error.text("_expOrImpId") == Some(step)).cloned().collect();
    Ok((flow, errors))
}

/// Returns the texts of a list in the body, if it has one: at most a thousand.
pub(super) fn texts(context: &Context<'_>, name: &'static str) -> Result<Option<Vec<String>>, Problem> {
    all(context, name, "an array of strings", |text| text.as_str().map(str::to_owned))
}

/// Returns a text of each entry of a list in the body, if it has one: at most a thousand.
fn all(
    context: &Context<'_>,
    name: &'static str,
    expected: &'static str,
    text: impl Fn(&Value) -> Option<String>,
) -> Result<Option<Vec<String>>, Problem> {
    const MOST: usize = 1_000;
    let fields = context.fields()?;
    let Some(value) = fields.get(name).filter(|value| !value.is_null()) else { return Ok(None) };
    let texts = value.as_array().and_then(|list| list.iter().map(text).collect());
    let texts: Vec<String> = texts.ok_or_else(|| Problem::field(name, FieldFaultKind::WrongType { expected }))?;
    if texts.len() > MOST {
        let message = format!("{name} must have at most {MOST} entries");
        return Err(Problem::named(VALIDATION_ERROR, message).about(name));
    }
    Ok(Some(texts))
}

/// Marks an error as resolved, by the world's user.
pub(super) fn settle(state: &mut State, error: &Record, at: &str) -> Result<(), Problem> {
    let change = Document::from_iter([
        ("resolved", Value::Bool(true)),
        ("resolvedAt", at.into()),
        ("resolvedBy", state.settings.user.as_str().into()),
    ]);
    state.patch(&ERRORS, error, &change, Actor::Administrator).map(|_| ())
}
