//! Records about an integration itself: the imports of its data, its licenses, its requests.

use crate::apis::edlink::integrations::INTEGRATIONS;
use crate::apis::edlink::meta::{CREATED, ID, SOURCES, UPDATED};
use crate::engine::schema::field::{DefaultValue, Kind, field, text};
use crate::engine::schema::schema::{IdFormat, Schema};

/// Imports: one for each `materialization_id` that events name.
pub(crate) static MATERIALIZATIONS: Schema = Schema::new(
    "edlink.materializations",
    "Materialization",
    "id",
    IdFormat::Uuid,
    &[
        ID,
        CREATED,
        UPDATED,
        field("state", Kind::Enum(&["queued", "working", "complete", "error"]))
            .required()
            .or(DefaultValue::Text("complete")),
        field("priority", Kind::Integer).required().or(DefaultValue::Number(0)),
        field("source_id", Kind::Reference(&SOURCES)).nullable(),
        field("integration_id", Kind::Reference(&INTEGRATIONS)).required(),
    ],
);

/// Products that licenses are for.
pub(crate) static PRODUCTS: Schema = Schema::new(
    "edlink.products",
    "Product",
    "id",
    IdFormat::Uuid,
    &[
        ID,
        text("name").required(),
        text("code").nullable(),
        text("picture_url").nullable(),
        text("description").nullable(),
        text("state").required().or(DefaultValue::Text("active")),
        text("team_id").nullable(),
    ],
);

/// Licenses of an integration.
pub(crate) static LICENSES: Schema = Schema::new(
    "edlink.licenses",
    "License",
    "id",
    IdFormat::Uuid,
    &[
        ID,
        field("product_id", Kind::Reference(&PRODUCTS)).required(),
        field("integration_id", Kind::Reference(&INTEGRATIONS)).required(),
        field("school_count", Kind::Integer).required().or(DefaultValue::Number(0)),
        field("class_count", Kind::Integer).required().or(DefaultValue::Number(0)),
        field("person_count", Kind::Integer).required().or(DefaultValue::Number(0)),
    ],
);

/// Requests. No world stores such records: they are made from the journal.
pub(super) static REQUESTS: Schema = Schema::new(
    "edlink.requests",
    "Request",
    "id",
    IdFormat::Uuid,
    &[
        ID,
        field("date", Kind::Time),
        field("start_date", Kind::Time),
        field("end_date", Kind::Time),
        text("method"),
        text("path"),
        field("status", Kind::Integer),
        field("properties", Kind::Object),
        field("input", Kind::Any),
        field("output", Kind::Any),
        text("idempotency_key").nullable(),
        field("categories", Kind::Strings),
        text("person_id").nullable(),
        field("integration_id", Kind::Reference(&INTEGRATIONS)).required(),
        text("developer_id").nullable(),
        text("district_id").nullable(),
        text("user_id").nullable(),
    ],
);
