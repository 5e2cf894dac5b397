//! What integrations are made of, and whether the service runs.

use crate::apis::edlink::graph::changed;
use crate::apis::edlink::made_up;
use crate::engine::action::Call;
use crate::engine::api::{Ids, Resource};
use crate::engine::field::{Default, Field, Kind, Owner, field, text};
use crate::engine::message::Reply;
use crate::engine::problem::Problem;

/// Any record's id.
pub const ID: Field = text("id").required();

/// When any record was made.
pub const CREATED: Field = field("created_date", Kind::Time).by(Owner::CreatedAt);

/// When any record was last changed.
pub const UPDATED: Field = field("updated_date", Kind::Time).by(Owner::ChangedAt);

/// School data sources: what an integration connects an application to.
pub static SOURCES: Resource = Resource::new(
    "edlink.sources",
    "Source",
    "id",
    Ids::Uuid,
    &[
        ID,
        text("status").required().or(Default::Text("active")),
        text("name").required(),
        CREATED,
        UPDATED,
        field("import_interval", Kind::Integer).or(Default::Number(3_600)),
        field("log_retention_time", Kind::Integer).or(Default::Number(604_800)),
    ],
)
.changed(|world, change, by| changed(&SOURCES, world, change, by))
.generator(made_up::source);

/// Systems that sources run on: Canvas, Clever and so on.
pub static PROVIDERS: Resource = Resource::new(
    "edlink.providers",
    "Provider",
    "id",
    Ids::Uuid,
    &[
        ID,
        CREATED,
        UPDATED,
        text("application").required(),
        text("name").required(),
        text("icon_url").nullable(),
        field("configuration", Kind::Object).or(Default::EmptyObject),
        field("requires_administrator_login", Kind::Flag).or(Default::False),
        field("requires_administrator_consent", Kind::Flag).or(Default::False),
        field("allows_data_sync", Kind::Flag).or(Default::False),
        field("requires_remote_configuration", Kind::Flag).or(Default::False),
    ],
)
.generator(made_up::provider);

/// What an integration can be allowed to do.
pub static PERMISSIONS: Resource = Resource::new(
    "edlink.permissions",
    "Permission",
    "id",
    Ids::Uuid,
    &[
        ID,
        CREATED,
        UPDATED,
        field("scoped", Kind::Flag).or(Default::False),
        text("group").required().or(Default::Text("graph")),
        text("name").required(),
        text("description").nullable(),
        field("active", Kind::Flag).or(Default::True),
        text("standin_resource"),
        text("standin_field"),
    ],
)
.generator(made_up::permission);

/// `GET /api/up`.
#[expect(clippy::unnecessary_wraps, reason = "every operation may fail")]
pub fn up(_: &mut Call<'_>) -> Result<Reply, Problem> {
    Ok(Reply { body: "OK".into(), ..Reply::empty(200) }.with("content-type", "text/plain; charset=utf-8"))
}
