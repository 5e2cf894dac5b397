//! Deliveries that came in through webhook listeners.

use crate::engine::schema::field::{DefaultValue, Field, Kind, Owner, field, text};
use crate::engine::schema::schema::{IdFormat, Schema};

/// Deliveries: calls that a listener accepted. The fake's own: a test looks here for what was delivered.
pub static DELIVERIES: Schema =
    Schema::new("celigo.deliveries", "Delivery", "_id", IdFormat::ObjectId, DELIVERY).indexed(&["_exportId"]);

static DELIVERY: &[Field] = &[
    text("_id"),
    text("_exportId").required(),
    field("receivedAt", Kind::Time).by(Owner::CreatedAt),
    text("method"),
    field("query", Kind::Object).or(DefaultValue::EmptyObject),
    field("headers", Kind::Object).or(DefaultValue::EmptyObject),
    text("body"),
    field("data", Kind::Any),
    field("records", Kind::List).or(DefaultValue::EmptyList),
    field("_jobIds", Kind::Strings).or(DefaultValue::EmptyList),
];
