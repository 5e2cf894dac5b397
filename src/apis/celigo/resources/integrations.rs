//! Integrations: what a whole account hangs on.

use serde_json::Value;

use crate::apis::celigo::resources::{CONNECTIONS, CONNECTORS};
use crate::apis::celigo::{API, access, audit, cascade, made_up};
use crate::engine::api::{By, Ids, Profile, Proposal, Resource};
use crate::engine::field::{Default, Field, Kind, Owner, field, text};
use crate::engine::problem::Problem;
use crate::engine::store::{Fields, Record};
use crate::engine::world::World;

/// Integrations. Seed 003 shows the first seven fields and the last two, seed 002 names those of a connector.
pub static INTEGRATIONS: Resource =
    Resource::new("celigo.integrations", "Integration", "_id", Ids::ObjectId, INTEGRATION)
        .indexed(&["name"])
        .guard(guard)
        .prepared(prepared)
        .removed(cascade::integration_removed)
        .noted(audit::note)
        .scope(access::itself)
        .generator(made_up::integration);

static INTEGRATION: &[Field] = &[
    text("_id"),
    text("name").required().at_most(100),
    text("description").at_most(5_120),
    field("sandbox", Kind::Flag).by(Owner::Sticky).or(Default::False),
    field("installSteps", Kind::List).or(Default::EmptyList),
    field("uninstallSteps", Kind::List).or(Default::EmptyList),
    field("flowGroupings", Kind::List).or(Default::EmptyList),
    field("_connectorId", Kind::Reference(&CONNECTORS)).by(Owner::Maker),
    field("mode", Kind::OneOf(&["install", "settings", "uninstall"])),
    field("settings", Kind::Object),
    text("version"),
    text("tag"),
    field("updateInProgress", Kind::Flag),
    field("install", Kind::List),
    text("readme"),
    field("settingsForm", Kind::Object),
    field("aliases", Kind::List),
    text("_templateId").by(Owner::Maker),
    text("_parentId").by(Owner::Maker),
    text("_sourceId").by(Owner::Maker),
    field("_registeredConnectionIds", Kind::References(&CONNECTIONS)).by(Owner::Service).or(Default::EmptyList),
    field("createdAt", Kind::Time).by(Owner::CreatedAt),
    field("lastModified", Kind::Time).by(Owner::ChangedAt),
];

/// Flow groupings without an id are new, and get one.
fn prepared(world: &mut World, _: &str, mut given: Fields, _: Option<&Record>) -> Fields {
    let groupings = given.get_mut("flowGroupings").and_then(Value::as_array_mut);
    for grouping in groupings.into_iter().flatten().filter_map(Value::as_object_mut) {
        if grouping.get("_id").is_none_or(Value::is_null) {
            grouping.shift_remove("_id");
            grouping.shift_insert(0, "_id".to_owned(), Value::from(world.chance.object_id()));
        }
    }
    given
}

/// Names are unique over the account, but for the running service, which takes any.
fn guard(world: &World, proposal: Proposal<'_>, _: By) -> Result<(), Problem> {
    let (fields, own) = match proposal {
        Proposal::Create(fields) => (fields, None),
        Proposal::Replace(old, fields) => (fields, Some(old.id())),
        Proposal::Remove(_) => return Ok(()),
    };
    let Some(name) = fields.get("name").and_then(Value::as_str) else { return Ok(()) };
    let mut namesakes = world.store.of(&INTEGRATIONS).find("name", name);
    if world.settings.profile(&API) == Profile::Documented && namesakes.any(|other| Some(other.id()) != own) {
        return Err(Problem::Taken { resource: &INTEGRATIONS, field: "name" });
    }
    Ok(())
}

/// Revisions: snapshots of integrations.
pub static REVISIONS: Resource = Resource::new("celigo.revisions", "Revision", "_id", Ids::ObjectId, REVISION)
    .scope(access::in_integration)
    .generator(made_up::revision);

static REVISION: &[Field] = &[
    text("_id"),
    field("_integrationId", Kind::Reference(&INTEGRATIONS)).required(),
    field("type", Kind::OneOf(&["snapshot"])).or(Default::Text("snapshot")),
    text("description"),
    field("status", Kind::OneOf(&["completed"])).or(Default::Text("completed")),
    text("_byUserId").by(Owner::Service),
    field("createdAt", Kind::Time).by(Owner::CreatedAt),
    field("lastModified", Kind::Time).by(Owner::ChangedAt),
];
