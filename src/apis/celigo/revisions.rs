//! Snapshots of integrations.

use serde_json::Value;

use crate::apis::celigo::audit;
use crate::apis::celigo::resources::{INTEGRATIONS, REVISIONS};
use crate::engine::api::context::Context;
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Actor;
use crate::http::message::Response;

/// `integrations.revisions`: the snapshots of the integration.
pub fn list(context: &mut Context<'_>) -> Result<Response, Problem> {
    let integration = context.record(&INTEGRATIONS, "id")?;
    let revisions = context.state.store.of(&REVISIONS).find("_integrationId", integration.id()).cloned().collect();
    context.list(&REVISIONS, revisions)
}

/// `integrations.snapshot`, `integrations.revise`: a new snapshot.
pub fn create(context: &mut Context<'_>) -> Result<Response, Problem> {
    let integration = context.record(&INTEGRATIONS, "id")?;
    let mut fields = Document::from_iter([
        ("_integrationId", Value::from(integration.id())),
        ("_byUserId", audit::user_id(&context.state.settings.user).into()),
    ]);
    if let Some(description) = context.fields()?.remove("description") {
        fields.insert("description", description);
    }
    let revision = context.state.create(&REVISIONS, &fields, Actor::Administrator)?;
    context.state.keep_within_bounds(&REVISIONS, &revision);
    Ok(context.show(&revision))
}
