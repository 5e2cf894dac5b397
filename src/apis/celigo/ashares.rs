//! Shares: the users that may see an integration.

use serde_json::{Map, Value};

use crate::apis::celigo::access::sees_integration;
use crate::apis::celigo::resources::shares::{LEVELS, integrations_named, is_account_wide};
use crate::apis::celigo::resources::{ASHARES, INTEGRATIONS};
use crate::engine::api::caller::Caller;
use crate::engine::api::context::Context;
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Actor;
use crate::engine::store::Record;
use crate::http::message::Response;

/// Handles `integrations.ashares`: the shares that are account-wide or name the integration.
pub(super) fn list(context: &mut Context<'_>) -> Result<Response, Problem> {
    let integration = context.record(&INTEGRATIONS, "id")?;
    let shares = context.state.store.of(&ASHARES).iter();
    let shares = shares.filter(|share| is_account_wide(share) || names(share, integration.id()));
    let shares = shares.cloned().collect();
    context.list(&ASHARES, shares)
}

/// Handles `ashares.update`: the caller cannot name integrations that it does not see, and their entries in the share
/// stay.
pub(super) fn update(context: &mut Context<'_>) -> Result<Response, Problem> {
    let share = context.record(&ASHARES, "id")?;
    let mut given = context.take_fields()?;
    context.check_visibility(&ASHARES, &given, None)?;
    let mut unseen: Vec<Value> = levels(&share).filter(|level| !is_seen(&context.caller, level)).cloned().collect();
    match given.get_mut(LEVELS) {
        Some(Value::Array(levels)) => levels.append(&mut unseen),
        None | Some(Value::Null) => given.insert(LEVELS, unseen.into()),
        // A wrong value is refused by the checks of the field.
        Some(_) => {}
    }
    context.state.replace(&ASHARES, &share, given, Actor::Consumer)?;
    Ok(Response::empty(context.success()))
}

/// Removes from a share the entries of integrations that the caller does not see.
pub(super) fn narrow(caller: &Caller, share: &mut Map<String, Value>) {
    if let Some(Value::Array(levels)) = share.get_mut(LEVELS) {
        levels.retain(|level| is_seen(caller, level));
    }
}

fn is_seen(caller: &Caller, level: &Value) -> bool {
    level["_integrationId"].as_str().is_none_or(|id| sees_integration(caller, id))
}

fn levels(share: &Record) -> impl Iterator<Item = &Value> {
    share.get(LEVELS).and_then(Value::as_array).into_iter().flatten()
}

/// Tells whether a share names the integration.
pub(super) fn names(share: &Record, integration: &str) -> bool {
    integrations_named(share.fields()).contains(&integration)
}

/// Returns the change after which a share does not name the integration any more.
pub(super) fn without(share: &Record, integration: &str) -> Document {
    let rest = levels(share).filter(|level| level.get("_integrationId").and_then(Value::as_str) != Some(integration));
    Document::from_iter([(LEVELS, rest.cloned().collect())])
}
