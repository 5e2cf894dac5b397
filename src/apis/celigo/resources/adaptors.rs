//! Exports, imports and scripts, which flows are made of, and the connections they use.

use crate::apis::celigo::resources::INTEGRATIONS;
use crate::apis::celigo::secrets;
use crate::engine::schema::field::{DefaultValue, Field, Kind, Owner, field, text};
use crate::engine::schema::schema::{IdFormat, Schema};

/// Exports: the sources of records.
pub(crate) static EXPORTS: Schema = Schema::new("celigo.exports", "Export", "_id", IdFormat::ObjectId, EXPORT)
    .view(secrets::listener_masked)
    .always_shown(&["adaptorType"])
    .indexed(&["type"]);

static EXPORT: &[Field] = &[
    text("_id"),
    text("name").required(),
    text("description"),
    field("_connectionId", Kind::Reference(&CONNECTIONS)),
    field("_integrationId", Kind::Reference(&INTEGRATIONS)),
    text("externalId"),
    text("adaptorType"),
    text("type"),
    text("apiIdentifier").by(Owner::Service).or(DefaultValue::Identifier('e', 9)),
    field("asynchronous", Kind::Bool),
    field("pageSize", Kind::Integer),
    field("isLookup", Kind::Bool),
    field("http", Kind::Object),
    field("salesforce", Kind::Object),
    field("netsuite", Kind::Object),
    field("file", Kind::Object),
    field("ftp", Kind::Object),
    field("rdbms", Kind::Object),
    field("webhook", Kind::Object),
    field("delta", Kind::Object),
    field("hooks", Kind::Object),
    field("mockOutput", Kind::Object),
    field("debugUntil", Kind::Time),
    field("createdAt", Kind::Time).by(Owner::CreatedAt),
    field("lastModified", Kind::Time).by(Owner::UpdatedAt),
];

/// Imports: the targets of records.
pub(crate) static IMPORTS: Schema =
    Schema::new("celigo.imports", "Import", "_id", IdFormat::ObjectId, IMPORT).always_shown(&["adaptorType"]);

static IMPORT: &[Field] = &[
    text("_id"),
    text("name").required(),
    text("description"),
    field("_connectionId", Kind::Reference(&CONNECTIONS)).required(),
    field("_integrationId", Kind::Reference(&INTEGRATIONS)),
    text("externalId"),
    text("adaptorType"),
    text("apiIdentifier").by(Owner::Service).or(DefaultValue::Identifier('i', 9)),
    field("ignoreExisting", Kind::Bool),
    field("ignoreMissing", Kind::Bool),
    field("oneToMany", Kind::Bool),
    field("mapping", Kind::Object),
    field("http", Kind::Object),
    field("salesforce", Kind::Object),
    field("netsuite_da", Kind::Object),
    field("file", Kind::Object),
    field("ftp", Kind::Object),
    field("rdbms", Kind::Object),
    field("hooks", Kind::Object),
    field("mockResponse", Kind::List),
    field("debugUntil", Kind::Time),
    field("createdAt", Kind::Time).by(Owner::CreatedAt),
    field("lastModified", Kind::Time).by(Owner::UpdatedAt),
];

/// Connections, by which exports and imports reach other systems. Consumers never see their secrets.
pub(crate) static CONNECTIONS: Schema =
    Schema::new("celigo.connections", "Connection", "_id", IdFormat::ObjectId, CONNECTION).view(secrets::masked);

/// The types of connections, each with a schema of its own in the vendor's repository of skills.
pub(crate) const CONNECTION_TYPES: &[&str] = &[
    "as2",
    "dynamodb",
    "filesystem",
    "ftp",
    "http",
    "jdbc",
    "mcp",
    "mongodb",
    "netsuite",
    "rdbms",
    "rest",
    "s3",
    "salesforce",
    "van",
    "wrapper",
];

static CONNECTION: &[Field] = &[
    text("_id"),
    text("name").required(),
    field("type", Kind::Enum(CONNECTION_TYPES)).required(),
    text("externalId"),
    field("offline", Kind::Bool).or(DefaultValue::False),
    field("sandbox", Kind::Bool).or(DefaultValue::False),
    field("_integrationId", Kind::Reference(&INTEGRATIONS)),
    field("http", Kind::Object),
    field("netsuite", Kind::Object),
    field("salesforce", Kind::Object),
    field("ftp", Kind::Object),
    field("rdbms", Kind::Object),
    field("debugDate", Kind::Time),
    field("debugUntil", Kind::Time),
    field("createdAt", Kind::Time).by(Owner::CreatedAt),
    field("lastModified", Kind::Time).by(Owner::UpdatedAt),
];

/// Scripts: code that hooks and routers call.
pub(crate) static SCRIPTS: Schema = Schema::new("celigo.scripts", "Script", "_id", IdFormat::ObjectId, SCRIPT);

static SCRIPT: &[Field] = &[
    text("_id"),
    text("name").required(),
    text("description"),
    text("content").required(),
    field("debugUntil", Kind::Time),
    field("createdAt", Kind::Time).by(Owner::CreatedAt),
    field("lastModified", Kind::Time).by(Owner::UpdatedAt),
];
