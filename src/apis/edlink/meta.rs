//! Sources, providers and permissions of integrations, and the operation that tells whether the service runs.

use crate::engine::api::context::Context;
use crate::engine::schema::field::{DefaultValue, Field, Kind, Owner, field, text};
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::{IdFormat, Schema};
use crate::http::message::Response;

/// Any record's id.
pub(super) const ID: Field = text("id").required();

/// The time at which a record was made.
pub(super) const CREATED: Field = field("created_date", Kind::Time).by(Owner::CreatedAt);

/// The time of a record's last change.
pub(super) const UPDATED: Field = field("updated_date", Kind::Time).by(Owner::UpdatedAt);

/// School data sources: what an integration connects an application to.
pub(super) static SOURCES: Schema = Schema::new(
    "edlink.sources",
    "Source",
    "id",
    IdFormat::Uuid,
    &[
        ID,
        text("status").required().or(DefaultValue::Text("active")),
        text("name").required(),
        CREATED,
        UPDATED,
        field("import_interval", Kind::Integer).or(DefaultValue::Number(3_600)),
        field("log_retention_time", Kind::Integer).or(DefaultValue::Number(604_800)),
    ],
);

/// Systems that sources run on: Canvas, Clever and so on.
pub(super) static PROVIDERS: Schema = Schema::new(
    "edlink.providers",
    "Provider",
    "id",
    IdFormat::Uuid,
    &[
        ID,
        CREATED,
        UPDATED,
        text("application").required(),
        text("name").required(),
        text("icon_url").nullable(),
        field("configuration", Kind::Object).or(DefaultValue::EmptyObject),
        field("requires_administrator_login", Kind::Bool).or(DefaultValue::False),
        field("requires_administrator_consent", Kind::Bool).or(DefaultValue::False),
        field("allows_data_sync", Kind::Bool).or(DefaultValue::False),
        field("requires_remote_configuration", Kind::Bool).or(DefaultValue::False),
    ],
);

/// Permissions that an integration can have.
pub(super) static PERMISSIONS: Schema = Schema::new(
    "edlink.permissions",
    "Permission",
    "id",
    IdFormat::Uuid,
    &[
        ID,
        CREATED,
        UPDATED,
        field("scoped", Kind::Bool).or(DefaultValue::False),
        text("group").required().or(DefaultValue::Text("graph")),
        text("name").required(),
        text("description").nullable(),
        field("active", Kind::Bool).or(DefaultValue::True),
        text("standin_resource"),
        text("standin_field"),
    ],
);

/// Handles `GET /api/up`.
#[expect(clippy::unnecessary_wraps, reason = "every operation may fail")]
pub(super) fn up(_: &mut Context<'_>) -> Result<Response, Problem> {
    Ok(Response { body: "OK".into(), ..Response::empty(200) }.with("content-type", "text/plain; charset=utf-8"))
}
