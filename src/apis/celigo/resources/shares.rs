//! Shares: the account's users, and the records that each may see.

use serde_json::Value;

use crate::apis::celigo::resources::{INTEGRATIONS, WHOLE};
use crate::engine::schema::document::Document;
use crate::engine::schema::field::{DefaultValue, Field, Kind, Owner, field, text};
use crate::engine::schema::schema::{IdFormat, NestedReference, Schema};
use crate::engine::store::Record;

/// The field with the integrations that a share names.
pub(crate) const LEVELS: &str = "integrationAccessLevel";

/// Shares: the account's users, and the records that each may see.
pub(crate) static ASHARES: Schema = Schema::new("celigo.ashares", "Share", "_id", IdFormat::ObjectId, ASHARE)
    .links(ASHARE_LINKS)
    .always_shown(&[WHOLE]);

const DISABLED: Field = field("disabled", Kind::Bool).or(DefaultValue::False);

/// The access that a share gives to the account.
pub(crate) const LEVEL: Field = field("accessLevel", Kind::Enum(&["administrator", "manage", "monitor"]));

const OF_INTEGRATION: &[Field] =
    &[field("_integrationId", Kind::Reference(&INTEGRATIONS)).required(), LEVEL.required()];

/// The access that a share gives to single integrations.
pub(crate) const LEVELS_FIELD: Field = field(LEVELS, Kind::Objects(OF_INTEGRATION)).or(DefaultValue::EmptyList);

/// Fields of a share that can be changed.
pub(crate) const ACCESS: &[Field] = &[DISABLED, LEVEL, LEVELS_FIELD];

static ASHARE: &[Field] = &[
    text("_id"),
    field("accepted", Kind::Bool).by(Owner::Service).or(DefaultValue::False),
    DISABLED,
    LEVEL,
    LEVELS_FIELD,
    field("sharedWithUser", Kind::Object).by(Owner::Service),
];

static ASHARE_LINKS: &[NestedReference] =
    &[NestedReference { field: LEVELS, to: &INTEGRATIONS, ids: integrations_named }];

/// Tells whether a share is for all integrations: then it has an access level of its own.
pub(crate) fn is_account_wide(share: &Record) -> bool {
    share.text("accessLevel").is_some()
}

/// Returns the integrations a share names.
pub(crate) fn integrations_named(share: &Document) -> Vec<&str> {
    let levels = share.get(LEVELS).and_then(Value::as_array).into_iter().flatten();
    levels.filter_map(|level| level.get("_integrationId").and_then(Value::as_str)).collect()
}
