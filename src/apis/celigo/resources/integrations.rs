//! Integrations, to which most records of an account belong, and their revisions.

use serde_json::Value;

use crate::apis::celigo::API;
use crate::apis::celigo::resources::{CONNECTIONS, CONNECTORS};
use crate::engine::schema::document::Document;
use crate::engine::schema::field::{DefaultValue, Field, Kind, Owner, field, text};
use crate::engine::schema::profile::Profile;
use crate::engine::schema::schema::{Actor, IdFormat, Schema};
use crate::engine::state::State;
use crate::engine::store::Record;

/// Integrations. Seed 003 shows the first seven fields and the last two, seed 002 names those of a connector.
pub(crate) static INTEGRATIONS: Schema =
    Schema::new("celigo.integrations", "Integration", "_id", IdFormat::ObjectId, INTEGRATION).indexed(&["name"]);

static INTEGRATION: &[Field] = &[
    text("_id"),
    text("name").required().at_most(100),
    text("description").at_most(5_120),
    field("sandbox", Kind::Bool).by(Owner::Preserved).or(DefaultValue::False),
    field("installSteps", Kind::List).or(DefaultValue::EmptyList),
    field("uninstallSteps", Kind::List).or(DefaultValue::EmptyList),
    field("flowGroupings", Kind::List).or(DefaultValue::EmptyList),
    field("_connectorId", Kind::Reference(&CONNECTORS)).by(Owner::CreateOnly),
    field("mode", Kind::Enum(&["install", "settings", "uninstall"])),
    field("settings", Kind::Object),
    text("version"),
    text("tag"),
    text("externalId"),
    field("updateInProgress", Kind::Bool),
    field("install", Kind::List),
    text("readme"),
    field("settingsForm", Kind::Object),
    field("aliases", Kind::List),
    text("_templateId").by(Owner::CreateOnly),
    text("_parentId").by(Owner::CreateOnly),
    text("_sourceId").by(Owner::CreateOnly),
    field("_registeredConnectionIds", Kind::References(&CONNECTIONS)).by(Owner::Service).or(DefaultValue::EmptyList),
    field("createdAt", Kind::Time).by(Owner::CreatedAt),
    field("lastModified", Kind::Time).by(Owner::UpdatedAt),
];

/// Gives new flow groupings, which have no id, an id. On the running service, a consumer cannot change the mode and the
/// settings of a connector's integration.
pub(crate) fn prepared(state: &mut State, _: &str, mut given: Document, old: Option<&Record>, by: Actor) -> Document {
    let is_live = state.settings.profile(API.name) == Profile::Live;
    if let Some(old) = old.filter(|old| is_live && by == Actor::Consumer && old.text("_connectorId").is_some()) {
        for name in ["mode", "settings"] {
            match old.get(name) {
                Some(value) => given.insert(name, value.clone()),
                None => drop(given.remove(name)),
            }
        }
    }
    let groupings = given.get_mut("flowGroupings").and_then(Value::as_array_mut);
    for grouping in groupings.into_iter().flatten().filter_map(Value::as_object_mut) {
        if grouping.get("_id").is_none_or(Value::is_null) {
            grouping.shift_remove("_id");
            grouping.shift_insert(0, "_id".to_owned(), Value::from(state.rng.object_id()));
        }
    }
    given
}

/// Revisions: snapshots of integrations.
pub(crate) static REVISIONS: Schema = Schema::new("celigo.revisions", "Revision", "_id", IdFormat::ObjectId, REVISION);

static REVISION: &[Field] = &[
    text("_id"),
    field("_integrationId", Kind::Reference(&INTEGRATIONS)).required(),
    field("type", Kind::Enum(&["snapshot"])).or(DefaultValue::Text("snapshot")),
    text("description"),
    field("status", Kind::Enum(&["completed"])).or(DefaultValue::Text("completed")),
    text("_byUserId").by(Owner::Service),
    field("createdAt", Kind::Time).by(Owner::CreatedAt),
    field("lastModified", Kind::Time).by(Owner::UpdatedAt),
];
