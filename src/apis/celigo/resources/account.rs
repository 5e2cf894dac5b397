//! Schemas of the account itself: connectors, users, history.

use crate::apis::celigo::resources::INTEGRATIONS;
use crate::apis::celigo::{ashares, audit, lists};
use crate::engine::schema::field::{DefaultValue, Field, Kind, Owner, field, text};
use crate::engine::schema::schema::{IdFormat, Meaning, NestedReference, Schema};

/// Connectors: what integrations can be installed from.
pub static CONNECTORS: Schema = Schema::new("celigo.connectors", "Connector", "_id", IdFormat::ObjectId, CONNECTOR);

static CONNECTOR: &[Field] = &[
    text("_id"),
    text("name").required().at_most(100),
    text("version"),
    field("install", Kind::List).or(DefaultValue::EmptyList),
];

/// Shares: the account's users, and what each may see.
pub static ASHARES: Schema = Schema::new("celigo.ashares", "Share", "_id", IdFormat::ObjectId, ASHARE)
    .links(ASHARE_LINKS)
    .always_shown(&[lists::WHOLE]);

const DISABLED: Field = field("disabled", Kind::Bool).or(DefaultValue::False);

const LEVEL: Field = field("accessLevel", Kind::Enum(&["administrator", "manage", "monitor"]));

const LEVELS: Field =
    field("integrationAccessLevel", Kind::Objects(&[text("_integrationId").required(), LEVEL.required()]))
        .or(DefaultValue::EmptyList);

/// Fields of a share that can be changed.
pub const ACCESS: &[Field] = &[DISABLED, LEVEL, LEVELS];

static ASHARE: &[Field] = &[
    text("_id"),
    field("accepted", Kind::Bool).by(Owner::Service).or(DefaultValue::False),
    DISABLED,
    LEVEL,
    LEVELS,
    field("sharedWithUser", Kind::Object).by(Owner::Service),
];

static ASHARE_LINKS: &[NestedReference] =
    &[NestedReference { field: "integrationAccessLevel", to: &INTEGRATIONS, ids: ashares::integrations_named }];

/// The audit trail, stored as the running service shows it.
pub static AUDIT: Schema = Schema::new("celigo.audit", "Audit entry", "_id", IdFormat::ObjectId, ENTRY)
    .indexed(&["_resourceId"])
    .view(audit::documented)
    .moment(audit::moment)
    .parameters(AUDIT_PARAMETERS)
    .always_shown(&[lists::WHOLE]);

/// An entry is shown by other names than it is stored by, and found by both.
static AUDIT_PARAMETERS: &[(&str, Meaning)] = &[
    ("timestamp", Meaning::Field("time")),
    ("user", Meaning::Member("byUser", "email")),
    ("_byUserId", Meaning::Member("byUser", "_id")),
    ("action", Meaning::Field("event")),
    ("from", Meaning::AtLeast("time")),
    ("to", Meaning::AtMost("time")),
];

static ENTRY: &[Field] = &[
    text("_id"),
    field("time", Kind::Time).by(Owner::CreatedAt),
    field("byUser", Kind::Object),
    field("event", Kind::Enum(&["create", "update", "delete"])).required(),
    text("source"),
    text("resourceType").required(),
    text("_resourceId").required(),
    field("fieldChanges", Kind::List).or(DefaultValue::EmptyList),
];
