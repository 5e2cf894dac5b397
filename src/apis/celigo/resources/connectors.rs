//! Connectors, which integrations are installed from.

use crate::engine::schema::field::{DefaultValue, Field, Kind, field, text};
use crate::engine::schema::schema::{IdFormat, Schema};

/// Connectors, from which integrations can be installed.
pub(crate) static CONNECTORS: Schema =
    Schema::new("celigo.connectors", "Connector", "_id", IdFormat::ObjectId, CONNECTOR);

static CONNECTOR: &[Field] = &[
    text("_id"),
    text("name").required().at_most(100),
    text("version"),
    field("install", Kind::List).or(DefaultValue::EmptyList),
];
