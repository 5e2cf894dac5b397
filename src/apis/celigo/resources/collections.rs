//! The account's smaller collections, each with few rules.

use serde_json::Value;

use crate::apis::celigo::resources::{CONNECTORS, INTEGRATIONS};
use crate::apis::celigo::secrets;
use crate::engine::schema::document::Document;
use crate::engine::schema::field::{DefaultValue, Field, Kind, Owner, field, text};
use crate::engine::schema::schema::{IdFormat, Meaning, Schema};
use crate::engine::schema::time::parse_ms;

const ID: Field = text("_id");
const NAME: Field = text("name").required();
const DESCRIPTION: Field = text("description");
const DISABLED: Field = field("disabled", Kind::Bool).or(DefaultValue::False);
const INTEGRATION: Field = field("_integrationId", Kind::Reference(&INTEGRATIONS));
const CREATED: Field = field("createdAt", Kind::Time).by(Owner::CreatedAt);
const MODIFIED: Field = field("lastModified", Kind::Time).by(Owner::UpdatedAt);

const fn kind(name: &'static str, title: &'static str, fields: &'static [Field]) -> Schema {
    Schema::new(name, title, "_id", IdFormat::ObjectId, fields)
}

/// Tags that errors can have.
pub(crate) static TAGS: Schema = kind("celigo.tags", "Tag", TAG).indexed(&["tagId"]);

static TAG: &[Field] =
    &[ID, text("tagId").by(Owner::Service).or(DefaultValue::Token(10)), text("tag").required(), CREATED, MODIFIED];

/// Lookup caches: keys and values that flows look up.
pub(crate) static LOOKUP_CACHES: Schema = kind("celigo.lookupcaches", "Lookup cache", LOOKUP_CACHE);

static LOOKUP_CACHE: &[Field] = &[
    ID,
    NAME,
    DESCRIPTION,
    field("size", Kind::Integer).by(Owner::Service).or(DefaultValue::Number(0)),
    text("sizeInMB").by(Owner::Service).or(DefaultValue::Text("<5 MB")),
    CREATED,
    MODIFIED,
];

/// Entries of lookup caches, found by the id, which is made of the cache and the key.
pub(crate) static CACHE_ENTRIES: Schema = kind("celigo.lookupcachedata", "Lookup cache entry", CACHE_ENTRY);

static CACHE_ENTRY: &[Field] = &[
    ID,
    field("_lookupCacheId", Kind::Reference(&LOOKUP_CACHES)).required(),
    text("key").required(),
    field("value", Kind::Any),
];

/// State: values that flows keep, of the account or of one record.
pub(crate) static STATE: Schema = kind("celigo.state", "State key", STATE_VALUE).indexed(&["scope"]);

static STATE_VALUE: &[Field] = &[ID, text("scope").required(), text("key").required(), field("value", Kind::Any)];

/// Stacks: servers that run the code of extensions.
pub(crate) static STACKS: Schema = kind("celigo.stacks", "Stack", STACK);

static STACK: &[Field] = &[ID, NAME, text("type"), field("server", Kind::Object), CREATED, MODIFIED];

/// APIs that the account publishes.
pub(crate) static APIS: Schema = kind("celigo.apis", "API", API);

static API: &[Field] =
    &[ID, NAME, DESCRIPTION, DISABLED, INTEGRATION, text("version"), text("path"), CREATED, MODIFIED];

/// OAuth clients.
pub(crate) static ICLIENTS: Schema = kind("celigo.iclients", "iClient", ICLIENT).view(secrets::masked);

static ICLIENT: &[Field] = &[ID, NAME, text("provider").required(), field("oauth2", Kind::Object), CREATED, MODIFIED];

/// File definitions: the formats of files of fixed or delimited records.
pub(crate) static FILE_DEFINITIONS: Schema = kind("celigo.filedefinitions", "File definition", FILE_DEFINITION);

static FILE_DEFINITION: &[Field] = &[
    ID,
    NAME,
    DESCRIPTION,
    text("version").required(),
    text("format").required(),
    field("rules", Kind::List).required(),
    CREATED,
    MODIFIED,
];

/// EDI profiles: identifiers of trading partners.
pub(crate) static EDI_PROFILES: Schema = kind("celigo.ediprofiles", "EDI profile", EDI_PROFILE);

static EDI_PROFILE: &[Field] = &[ID, NAME, DESCRIPTION, text("fileType").required(), CREATED, MODIFIED];

/// EDI transactions: documents that were sent and received.
pub(crate) static EDI_TRANSACTIONS: Schema = kind("celigo.ediTransactions", "EDI transaction", EDI_TRANSACTION);

static EDI_TRANSACTION: &[Field] = &[
    ID,
    INTEGRATION,
    text("_flowJobId"),
    text("fileType"),
    text("documentType"),
    text("documentNumber"),
    text("direction"),
    text("faStatus"),
    field("createdAt", Kind::Time).by(Owner::CreatedAt),
];

/// Templates of integrations.
pub(crate) static TEMPLATES: Schema = kind("celigo.templates", "Template", DESCRIBED);

/// Helpers of asynchronous exports and imports.
pub(crate) static ASYNC_HELPERS: Schema = kind("celigo.asynchelpers", "Async helper", DESCRIBED);

static DESCRIBED: &[Field] = &[ID, NAME, DESCRIPTION, CREATED, MODIFIED];

/// Tools that agents can use.
pub(crate) static TOOLS: Schema =
    kind("celigo.tools", "Tool", TOOL).parameters(&[("publishedOnly", Meaning::Only("published"))]);

static TOOL: &[Field] = &[ID, NAME, DESCRIPTION, field("published", Kind::Bool), INTEGRATION, CREATED, MODIFIED];

/// Servers of tools.
pub(crate) static MCP_SERVERS: Schema = kind("celigo.mcpservers", "MCP server", MCP_SERVER);

static MCP_SERVER: &[Field] = &[ID, NAME, DESCRIPTION, DISABLED, INTEGRATION, CREATED, MODIFIED];

/// Access tokens. Only the answer to their creation shows the whole token.
pub(crate) static ACCESS_TOKENS: Schema =
    kind("celigo.accesstokens", "Access token", ACCESS_TOKEN).unique(&["token"]).view(secrets::masked);

static ACCESS_TOKEN: &[Field] = &[
    ID,
    NAME,
    DESCRIPTION,
    text("scope").or(DefaultValue::Text("*")),
    text("token").by(Owner::Service).or(DefaultValue::Token(32)),
    CREATED,
    MODIFIED,
];

/// Licences of connectors.
pub(crate) static LICENSES: Schema = kind("celigo.licenses", "License", LICENSE);

static LICENSE: &[Field] = &[
    ID,
    field("_connectorId", Kind::Reference(&CONNECTORS)).by(Owner::CreateOnly),
    field("expires", Kind::Time),
    field("created", Kind::Time).by(Owner::CreatedAt),
    field("opts", Kind::Object).or(DefaultValue::EmptyObject),
    field("user", Kind::Object),
    text("email"),
    INTEGRATION,
];

/// Notifications: the records that a user is notified about.
pub(crate) static NOTIFICATIONS: Schema =
    kind("celigo.notifications", "Notification", NOTIFICATION).indexed(&["_userId"]);

static NOTIFICATION: &[Field] = &[
    ID,
    text("_userId").required(),
    text("_flowId"),
    text("_connectionId"),
    text("_integrationId"),
    field("subscribed", Kind::Bool).or(DefaultValue::True),
];

/// The recycle bin: records that were deleted in the last thirty days.
pub(crate) static RECYCLE_BIN: Schema =
    kind("celigo.recycleBin", "Deleted record", DELETED).indexed(&["key", "along"]).due_at(due);

static DELETED: &[Field] = &[
    ID,
    text("key").required(),
    text("kind").required(),
    text("model").required(),
    field("doc", Kind::Object).required(),
    text("along"),
    field("deletedAt", Kind::Time).by(Owner::CreatedAt),
];

/// The time a record is kept.
const KEPT_MS: u64 = 30 * 24 * 60 * 60 * 1_000;

/// Returns the time at which a deleted record expires, in milliseconds since 1970.
fn due(deleted: &Document) -> Option<u64> {
    Some(deleted.get("deletedAt").and_then(Value::as_str).and_then(parse_ms)? + KEPT_MS)
}
