//! Licences of connectors.

use serde_json::{Value, json};

use crate::apis::celigo::audit;
use crate::apis::celigo::errors::INVALID_USER;
use crate::apis::celigo::resources::{ASHARES, CONNECTORS, LICENSES};
use crate::engine::api::context::Context;
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::{FieldFaultKind, Problem};
use crate::engine::schema::schema::Actor;
use crate::engine::state::State;
use crate::engine::store::Record;
use crate::http::message::Response;

/// Replaces the email address of a new licence by its user.
pub(super) fn named(state: &mut State, _: &str, mut given: Document, old: Option<&Record>, _: Actor) -> Document {
    if let Some(Value::String(email)) = given.remove("email") {
        let user = user_of(state, &email).unwrap_or_else(|| json!({ "email": email }));
        given.insert("user", user);
    } else if let Some(user) = old.and_then(|old| old.get("user")).filter(|_| !given.contains("user")) {
        given.insert("user", user.clone());
    }
    given
}

/// Returns the user of the account with that email address: the owner, or the user of a share.
fn user_of(state: &State, email: &str) -> Option<Value> {
    if email == state.settings.user {
        return Some(json!({ "email": email, "_id": audit::user_id(email) }));
    }
    let mut shares = state.store.of(&ASHARES).iter();
    let user = shares.find_map(|share| share.get("sharedWithUser").filter(|user| user["email"] == email))?;
    Some(json!({ "email": email, "_id": user["_id"], "name": user["name"] }))
}

/// Handles `connectors.licenses`
pub(super) fn list(context: &mut Context<'_>) -> Result<Response, Problem> {
    let connector = context.record(&CONNECTORS, "id")?;
    let licenses = context.state.store.of(&LICENSES).find("_connectorId", connector.id()).cloned().collect();
    context.list(&LICENSES, licenses)
}

/// Handles `connectors.createLicense`
pub(super) fn create(context: &mut Context<'_>) -> Result<Response, Problem> {
    let connector = context.record(&CONNECTORS, "id")?;
    let mut given = context.take_fields()?;
    let email = match given.get("email") {
        Some(Value::String(email)) if !email.trim().is_empty() => email.clone(),
        None | Some(Value::Null | Value::String(_)) => return Err(Problem::field("email", FieldFaultKind::Missing)),
        Some(_) => return Err(Problem::field("email", FieldFaultKind::WrongType { expected: "a string" })),
    };
    if user_of(context.state, &email).is_none() {
        return Err(Problem::usual(INVALID_USER));
    }
    given.insert("_connectorId", connector.id().into());
    let license = context.state.create_from(&LICENSES, given, Actor::Consumer)?;
    Ok(context.show(&license))
}

/// Returns the licence of the path, which must be of its connector.
fn license(context: &Context<'_>) -> Result<Record, Problem> {
    let connector = context.record(&CONNECTORS, "id")?;
    let license = context.record(&LICENSES, "licenseId")?;
    if license.text("_connectorId") != Some(connector.id()) {
        return Err(Problem::NotFound { resource: &LICENSES, id: license.id().to_owned() });
    }
    Ok(license)
}

/// Handles `connectors.getLicense`
pub(super) fn get(context: &mut Context<'_>) -> Result<Response, Problem> {
    let license = license(context)?;
    Ok(context.show(&license))
}

/// Handles `connectors.updateLicense`
pub(super) fn update(context: &mut Context<'_>) -> Result<Response, Problem> {
    let license = license(context)?;
    let given = context.take_fields()?;
    let license = context.state.replace(&LICENSES, &license, given, Actor::Consumer)?;
    Ok(context.show(&license))
}

/// Handles `connectors.deleteLicense`
pub(super) fn delete(context: &mut Context<'_>) -> Result<Response, Problem> {
    let license = license(context)?;
    context.state.remove(&LICENSES, &license, Actor::Consumer)?;
    Ok(Response::empty(context.success()))
}
