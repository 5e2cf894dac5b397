//! Deliveries that came in through webhook listeners.

use crate::engine::schema::field::{DefaultValue, Field, Kind, Owner, field, text};
use crate::engine::schema::schema::{IdFormat, Schema};

/// Deliveries: calls that a listener accepted. The fake's own: a test looks here for what was delivered.
pub(crate) static DELIVERIES: Schema =
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

const MEDIA: &[&str] = &["json", "xml", "plaintext"];

/// The settings of a listener that choose among words, or are lists.
pub(crate) static LISTENER: &[Field] = &[
    field("verify", Kind::Enum(&["hmac", "token", "basic", "secret_url"])),
    field("algorithm", Kind::Enum(&["sha1", "sha256", "sha384", "sha512"])),
    field("encoding", Kind::Enum(&["hex", "base64"])),
    field("tokenLocation", Kind::Enum(&["body", "header", "queryParam"])),
    field("tokenHeaderScheme", Kind::Enum(&["bearer", "custom", "none"])),
    field("requestMediaType", Kind::Enum(&["json", "xml", "csv", "urlencoded", "plaintext"])),
    field("successMediaType", Kind::Enum(MEDIA)),
    field("challengeSuccessMediaType", Kind::Enum(MEDIA)),
    field("successResponseHeaders", Kind::List),
    field("challengeResponseHeaders", Kind::List),
];
