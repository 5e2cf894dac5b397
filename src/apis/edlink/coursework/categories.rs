//! Categories that the assignments of a class are graded by.

use serde_json::Value;

use crate::apis::edlink::coursework::body::Given;
use crate::apis::edlink::coursework::idempotency;
use crate::apis::edlink::coursework::resources::{CATEGORIES, CLASS_OF};
use crate::apis::edlink::coursework::room::{Room, belonging, gone};
use crate::engine::api::context::Context;
use crate::engine::schema::error_def::Evidence;
use crate::engine::schema::field::{Field, Kind, field, text};
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Actor;
use crate::http::message::Response;

/// Fields a category is made from, or changed by.
pub(super) const FIELDS: &[Field] = &[
    text("title").required(),
    field("position", Kind::Integer),
    field("weight", Kind::Number),
    field("drop_lowest", Kind::Integer),
    field("properties", Kind::Object),
];

/// Handles `GET /classes/{class_id}/categories`
pub(super) fn list(context: &mut Context<'_>) -> Result<Response, Problem> {
    let room = Room::of(context)?;
    let all = belonging(context, &CATEGORIES, CLASS_OF, &room.class);
    room.list(context, all)
}

/// Handles `GET /classes/{class_id}/categories/{category_id}`
pub(super) fn get(context: &mut Context<'_>) -> Result<Response, Problem> {
    let room = Room::of(context)?;
    let category = room.category(context)?;
    room.one(context, &category, &[])
}

/// Handles `POST /classes/{class_id}/categories`
pub(super) fn create(context: &mut Context<'_>) -> Result<Response, Problem> {
    let room = Room::to_write(context)?;
    if let Some(repeated) = idempotency::repeated(context)? {
        return Ok(repeated);
    }
    let mut given = Given::read(context, FIELDS)?;
    let mut fields = given.said();
    require_title(context, fields.contains("title"))?;
    given.check()?;
    fields.insert(CLASS_OF, room.class.id().into());
    let category = context.state.create_from(&CATEGORIES, fields, Actor::Service)?;
    room.one(context, &category, &given.warnings)
}

/// Handles `PATCH /classes/{class_id}/categories/{category_id}`
pub(super) fn update(context: &mut Context<'_>) -> Result<Response, Problem> {
    let room = Room::of(context)?;
    let category = room.category(context)?;
    room.check_writer()?;
    let mut given = Given::read(context, FIELDS)?;
    require_title(context, given.fields.get("title") != Some(&Value::Null))?;
    given.check()?;
    let category = context.state.patch(&CATEGORIES, &category, &given.fields, Actor::Service)?;
    room.one(context, &category, &given.warnings)
}

/// Handles `DELETE /classes/{class_id}/categories/{category_id}`
pub(super) fn delete(context: &mut Context<'_>) -> Result<Response, Problem> {
    let room = Room::of(context)?;
    let category = room.category(context)?;
    room.check_writer()?;
    context.state.remove(&CATEGORIES, &category, Actor::Service)?;
    gone(context)
}

/// Rejects a category without a title. No document says which fields are required.
fn require_title(context: &mut Context<'_>, has_one: bool) -> Result<(), Problem> {
    if has_one {
        return Ok(());
    }
    context.rests_on(Evidence::Assumed);
    Given::require(vec!["title"])
}
