//! Exports, imports and scripts, which flows are made of, and the connections they use.

use crate::apis::celigo::resources::INTEGRATIONS;
use crate::apis::celigo::{access, cascade, made_up, secrets};
use crate::engine::api::{Ids, Resource};
use crate::engine::field::{Default, Field, Kind, Owner, field, text};

/// Exports: where records come from.
pub static EXPORTS: Resource = Resource::new("celigo.exports", "Export", "_id", Ids::ObjectId, EXPORT)
    .guard(cascade::export_guard)
    .scope(access::in_flows)
    .generator(made_up::export);

static EXPORT: &[Field] = &[
    text("_id"),
    text("name").required(),
    text("description"),
    field("_connectionId", Kind::Reference(&CONNECTIONS)),
    field("_integrationId", Kind::Reference(&INTEGRATIONS)),
    text("adaptorType"),
    text("type"),
    text("apiIdentifier").by(Owner::Service).or(Default::Token(10)),
    field("asynchronous", Kind::Flag),
    field("pageSize", Kind::Integer),
    field("isLookup", Kind::Flag),
    field("http", Kind::Object),
    field("salesforce", Kind::Object),
    field("netsuite", Kind::Object),
    field("file", Kind::Object),
    field("ftp", Kind::Object),
    field("rdbms", Kind::Object),
    field("webhook", Kind::Object),
    field("delta", Kind::Object),
    field("hooks", Kind::Object),
    field("createdAt", Kind::Time).by(Owner::CreatedAt),
    field("lastModified", Kind::Time).by(Owner::ChangedAt),
];

/// Imports: where records go.
pub static IMPORTS: Resource = Resource::new("celigo.imports", "Import", "_id", Ids::ObjectId, IMPORT)
    .guard(cascade::import_guard)
    .scope(access::in_flows)
    .generator(made_up::import);

static IMPORT: &[Field] = &[
    text("_id"),
    text("name").required(),
    text("description"),
    field("_connectionId", Kind::Reference(&CONNECTIONS)).required(),
    field("_integrationId", Kind::Reference(&INTEGRATIONS)),
    text("adaptorType"),
    text("apiIdentifier").by(Owner::Service).or(Default::Token(10)),
    field("ignoreExisting", Kind::Flag),
    field("ignoreMissing", Kind::Flag),
    field("oneToMany", Kind::Flag),
    field("mapping", Kind::Object),
    field("http", Kind::Object),
    field("salesforce", Kind::Object),
    field("netsuite_da", Kind::Object),
    field("file", Kind::Object),
    field("ftp", Kind::Object),
    field("rdbms", Kind::Object),
    field("hooks", Kind::Object),
    field("createdAt", Kind::Time).by(Owner::CreatedAt),
    field("lastModified", Kind::Time).by(Owner::ChangedAt),
];

/// Connections: how exports and imports reach other systems. Consumers never see their secrets.
pub static CONNECTIONS: Resource = Resource::new("celigo.connections", "Connection", "_id", Ids::ObjectId, CONNECTION)
    .prepared(secrets::kept)
    .guard(cascade::connection_guard)
    .changed(cascade::connection_changed)
    .shown(secrets::masked)
    .scope(access::registered)
    .generator(made_up::connection);

static CONNECTION: &[Field] = &[
    text("_id"),
    text("name").required(),
    text("type").required(),
    field("offline", Kind::Flag).or(Default::False),
    field("sandbox", Kind::Flag).or(Default::False),
    field("_integrationId", Kind::Reference(&INTEGRATIONS)),
    field("http", Kind::Object),
    field("netsuite", Kind::Object),
    field("salesforce", Kind::Object),
    field("ftp", Kind::Object),
    field("rdbms", Kind::Object),
    field("createdAt", Kind::Time).by(Owner::CreatedAt),
    field("lastModified", Kind::Time).by(Owner::ChangedAt),
];

/// Scripts: code that hooks and routers call.
pub static SCRIPTS: Resource =
    Resource::new("celigo.scripts", "Script", "_id", Ids::ObjectId, SCRIPT).generator(made_up::script);

static SCRIPT: &[Field] = &[
    text("_id"),
    text("name").required(),
    text("description"),
    text("content").required(),
    field("createdAt", Kind::Time).by(Owner::CreatedAt),
    field("lastModified", Kind::Time).by(Owner::ChangedAt),
];
