//! What belongs to the account itself: connectors, users, history.

use crate::apis::celigo::resources::INTEGRATIONS;
use crate::apis::celigo::{access, ashares, audit, cascade, made_up};
use crate::engine::api::{Ids, Link, Resource};
use crate::engine::field::{Default, Field, Kind, Owner, field, text};

/// Connectors: what integrations can be installed from.
pub static CONNECTORS: Resource = Resource::new("celigo.connectors", "Connector", "_id", Ids::ObjectId, CONNECTOR)
    .guard(cascade::connector_guard)
    .generator(made_up::connector);

static CONNECTOR: &[Field] = &[
    text("_id"),
    text("name").required().at_most(100),
    text("version"),
    field("install", Kind::List).or(Default::EmptyList),
];

/// Shares: the account's users, and what each may see.
pub static ASHARES: Resource = Resource::new("celigo.ashares", "Share", "_id", Ids::ObjectId, ASHARE)
    .links(ASHARE_LINKS)
    .scope(access::shared)
    .generator(made_up::share);

const DISABLED: Field = field("disabled", Kind::Flag).or(Default::False);

const LEVEL: Field = field("accessLevel", Kind::OneOf(&["administrator", "manage", "monitor"]));

const LEVELS: Field =
    field("integrationAccessLevel", Kind::Objects(&[text("_integrationId").required(), LEVEL.required()]))
        .or(Default::EmptyList);

/// What can be changed of a share.
pub const ACCESS: &[Field] = &[DISABLED, LEVEL, LEVELS];

static ASHARE: &[Field] = &[
    text("_id"),
    field("accepted", Kind::Flag).by(Owner::Service).or(Default::False),
    DISABLED,
    LEVEL,
    LEVELS,
    field("sharedWithUser", Kind::Object).by(Owner::Service),
];

static ASHARE_LINKS: &[Link] =
    &[Link { field: "integrationAccessLevel", to: &INTEGRATIONS, ids: ashares::integrations_named }];

/// The audit trail, stored as the running service shows it.
pub static AUDIT: Resource = Resource::new("celigo.audit", "Audit entry", "_id", Ids::ObjectId, ENTRY)
    .indexed(&["_resourceId"])
    .shown(audit::documented)
    .scope(access::told_of)
    .generator(made_up::entry);

static ENTRY: &[Field] = &[
    text("_id"),
    field("time", Kind::Time).by(Owner::CreatedAt),
    field("byUser", Kind::Object),
    field("event", Kind::OneOf(&["create", "update", "delete"])).required(),
    text("source"),
    text("resourceType").required(),
    text("_resourceId").required(),
    field("fieldChanges", Kind::List).or(Default::EmptyList),
];
