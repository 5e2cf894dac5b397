//! Snapshots of integrations.

use serde_json::Value;

use crate::apis::celigo::audit;
use crate::apis::celigo::resources::{INTEGRATIONS, REVISIONS};
use crate::engine::api::context::Context;
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Actor;
use crate::http::message::Response;

/// The type of revision that the fake makes.
const SNAPSHOT: &str = "snapshot";

/// The types that there are.
pub(super) const TYPES: &[&str] = &[SNAPSHOT, "pull", "revert"];

/// Handles `integrations.revisions`: lists the snapshots of the integration.
pub(super) fn list(context: &mut Context<'_>) -> Result<Response, Problem> {
    let integration = context.record(&INTEGRATIONS, "id")?;
    let revisions = context.state.store.of(&REVISIONS).find("_integrationId", integration.id()).cloned().collect();
    context.list(&REVISIONS, revisions)
}

/// Handles `integrations.revision`: returns a snapshot, which must be of the integration.
pub(super) fn get(context: &mut Context<'_>) -> Result<Response, Problem> {
    let integration = context.record(&INTEGRATIONS, "id")?;
    let revision = context.record(&REVISIONS, "revisionId")?;
    if revision.text("_integrationId") != Some(integration.id()) {
        return Err(Problem::NotFound { resource: &REVISIONS, id: revision.id().to_owned() });
    }
    Ok(context.show(&revision))
}

/// Handles `integrations.snapshot` and `integrations.revise`: makes a snapshot. Pulls and reverts are not modelled.
pub(super) fn create(context: &mut Context<'_>) -> Result<Response, Problem> {
    let integration = context.record(&INTEGRATIONS, "id")?;
    let mut fields = Document::from_iter([
        ("_integrationId", Value::from(integration.id())),
        ("_byUserId", audit::user_id(&context.state.settings.user).into()),
    ]);
    let mut given = context.fields()?;
    if let Some(kind) = given.get("type").and_then(Value::as_str).filter(|kind| *kind != SNAPSHOT) {
        let operation = format!("{}.{} of the type {kind:?}", context.api.name, context.route.name);
        return Err(Problem::NotModelled { operation });
    }
    fields.extend(given.remove("description").map(|description| ("description", description)));
    let revision = context.state.create_in_history(&REVISIONS, fields, Actor::Administrator)?;
    Ok(context.show(&revision))
}
