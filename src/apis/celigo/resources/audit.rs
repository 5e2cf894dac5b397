//! The audit trail, and how the documents show its entries.

use serde_json::{Map, Value, json};

use crate::apis::celigo::resources::WHOLE;
use crate::engine::schema::document::Document;
use crate::engine::schema::field::{DefaultValue, Field, Kind, Owner, field, text};
use crate::engine::schema::schema::{IdFormat, Meaning, Schema};
use crate::engine::schema::time;

/// The audit trail, stored as the running service shows it.
pub(crate) static AUDIT: Schema = Schema::new("celigo.audit", "Audit entry", "_id", IdFormat::ObjectId, ENTRY)
    .indexed(&["_resourceId"])
    .view(documented)
    .moment(moment)
    .parameters(AUDIT_PARAMETERS)
    .always_shown(&[WHOLE]);

/// The parameters of lists of entries: by the names that entries are stored with, and by those that they are shown
/// with.
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

/// Returns the moment of an entry.
pub(crate) fn moment(entry: &Document) -> Option<u64> {
    entry.get("time").and_then(Value::as_str).and_then(time::parse_ms)
}

/// Returns an entry as the documents show it.
pub(crate) fn documented(entry: &Document) -> Document {
    let user = entry.get("byUser").and_then(|user| user.get("email"));
    let mut changes = Map::new();
    for change in entry.get("fieldChanges").and_then(Value::as_array).into_iter().flatten() {
        if let Some(path) = change.get("fieldPath").and_then(Value::as_str) {
            changes.insert(path.to_owned(), json!({ "old": change.get("oldValue"), "new": change.get("newValue") }));
        }
    }
    let shown = [
        ("timestamp", entry.get("time").cloned()),
        ("user", user.cloned()),
        ("action", entry.get("event").cloned()),
        ("resourceType", entry.get("resourceType").cloned()),
        ("changes", Some(Value::Object(changes))),
    ];
    shown.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}
