//! The User API: the profile of a person, and the integration and source of the person's token.

use serde_json::{Value, json};

use crate::apis::edlink::graph::{PEOPLE, envelope, v1};
use crate::apis::edlink::integrations::{INTEGRATIONS, START_DATE};
use crate::apis::edlink::meta::PROVIDERS;
use crate::engine::api::context::Context;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Schema;
use crate::engine::store::Record;
use crate::http::message::Response;

/// Returns the record that the caller's login refers to.
fn mine(context: &Context<'_>, resource: &'static Schema, field: &str) -> Result<Record, Problem> {
    let id = context.caller.subject.as_ref().and_then(|login| login.text(field)).unwrap_or_default();
    let record = context.state.store.of(resource).get(id).cloned();
    record.ok_or_else(|| Problem::NotFound { resource, id: id.to_owned() })
}

/// Handles `GET /v2/my/profile`
pub(super) fn profile(context: &mut Context<'_>) -> Result<Response, Problem> {
    let person = mine(context, &PEOPLE, "person_id")?;
    Ok(envelope::record(context, &PEOPLE, &person))
}

/// Handles `GET /v1/my/profile`
pub(super) fn profile_v1(context: &mut Context<'_>) -> Result<Response, Problem> {
    let person = mine(context, &PEOPLE, "person_id")?;
    Ok(v1::record(context, &PEOPLE, &person))
}

/// Handles `GET /v2/my/integration`: shows the integration without its access token.
pub(super) fn integration(context: &mut Context<'_>) -> Result<Response, Problem> {
    let integration = mine(context, &INTEGRATIONS, "integration_id")?;
    let value = |name: &str| integration.get(name).cloned().unwrap_or(Value::Null);
    let shown = json!({
        "id": value("id"),
        "state": value("status"),
        "scope": value("scope"),
        "created_date": value("created_date"),
        "updated_date": value("updated_date"),
        "permissions": value("permissions"),
        "start_date": value(START_DATE),
        "end_date": null,
        "locked": false,
        "application_id": value("application")["id"],
        "source_id": value("source")["id"],
        "destination_id": null,
        "region_id": null,
    });
    Ok(envelope::value(context, &shown))
}

/// Handles `GET /v2/my/source`
pub(super) fn source(context: &mut Context<'_>) -> Result<Response, Problem> {
    let integration = mine(context, &INTEGRATIONS, "integration_id")?;
    let part = |name: &str| integration.get(name).cloned().unwrap_or(Value::Null);
    let (source, provider, team) = (part("source"), part("provider"), part("team"));
    let known = provider["id"].as_str().and_then(|id| context.state.store.of(&PROVIDERS).get(id));
    let flag = |name: &str| known.and_then(|known| known.get(name)).cloned().unwrap_or(Value::Bool(false));
    let shown = json!({
        "id": source["id"],
        "state": source["status"],
        "created_date": source["created_date"],
        "updated_date": source["updated_date"],
        "name": source["name"],
        "sync_interval": source["import_interval"],
        "provider_id": provider["id"],
        "properties": {},
        "team_id": team["id"],
        "provider": {
            "id": provider["id"],
            "name": provider["name"],
            "application": provider["application"],
            "active": true,
            "requires_administrator_login": flag("requires_administrator_login"),
            "requires_administrator_consent": flag("requires_administrator_consent"),
            "requires_remote_configuration": flag("requires_remote_configuration"),
            "allows_data_sync": provider["allows_data_sync"],
        },
    });
    Ok(envelope::value(context, &shown))
}
