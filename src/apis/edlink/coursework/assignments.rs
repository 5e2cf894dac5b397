//! Assignments, which the writers of a class make, change and remove.

use serde_json::Value;

use crate::apis::edlink::coursework::body::Given;
use crate::apis::edlink::coursework::idempotency;
use crate::apis::edlink::coursework::phantoms::students;
use crate::apis::edlink::coursework::resources::{
    ASSIGNMENTS, CATEGORIES, CLASS_OF, GRADING_TYPES, STATES, SUBMISSION_TYPES,
};
use crate::apis::edlink::coursework::room::{Room, belonging, gone, invalid};
use crate::apis::edlink::errors::{
    ASSIGNMENT_CANNOT_HAVE_ZERO_POINTS, INVALID_ASSIGNEES, INVALID_SUBMISSION_TYPE, MISSING_REQUIRED_FIELD,
};
use crate::apis::edlink::graph::{PEOPLE, SECTIONS, SESSIONS, Warning};
use crate::engine::api::context::Context;
use crate::engine::schema::document::Document;
use crate::engine::schema::error_def::Evidence;
use crate::engine::schema::field::{Field, Kind, field, text};
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::{Actor, Schema};
use crate::engine::store::Record;
use crate::http::message::Response;

/// Types an attachment may have.
const ATTACHMENT_TYPES: &[&str] = &["link", "text", "file", "lti", "drive"];

/// One attachment.
pub(super) const ATTACHMENT: &[Field] = &[
    field("type", Kind::Enum(ATTACHMENT_TYPES)).required(),
    text("title").nullable(),
    text("description").nullable(),
    text("text").nullable(),
    text("url").nullable(),
];

/// Fields that an assignment always shows.
const REQUIRED: [&str; 4] = ["title", "description", "due_date", "grading_type"];

macro_rules! fields {
    ($($more:expr),* $(,)?) => {
        &[
            text("title").required(),
            text("description").required(),
            field("due_date", Kind::Time).required(),
            field("grading_type", Kind::Enum(GRADING_TYPES)).required(),
            field("points_possible", Kind::Number),
            field("state", Kind::Enum(STATES)),
            field("submission_types", Kind::Strings),
            field("max_attempts", Kind::Integer),
            field("assignee_mode", Kind::Enum(&["all", "individuals"])),
            field("assignee_ids", Kind::References(&PEOPLE)),
            field("display_date", Kind::Time),
            field("start_date", Kind::Time),
            field("end_date", Kind::Time),
            field("session_id", Kind::Reference(&SESSIONS)),
            field("category_id", Kind::Reference(&CATEGORIES)),
            field("section_ids", Kind::References(&SECTIONS)),
            text("description_plaintext"),
            field("properties", Kind::Object),
            $($more),*
        ]
    };
}

const ATTACHMENTS: Field = field("attachments", Kind::Objects(ATTACHMENT));

/// Fields a new assignment is made from.
pub(super) const NEW: &[Field] =
    fields!(ATTACHMENTS, text("id"), text("module_id"), text("rubric_id"), text("parent_id"));

/// Fields that a person may change.
pub(super) const CHANGED: &[Field] = fields!(ATTACHMENTS);

/// Fields that may be changed on the Graph.
pub(super) const CHANGED_ON_GRAPH: &[Field] = fields!();

/// Handles `GET /classes/{class_id}/assignments`
pub(super) fn list(context: &mut Context<'_>) -> Result<Response, Problem> {
    let room = Room::of(context)?;
    let mut all = belonging(context, &ASSIGNMENTS, CLASS_OF, &room.class);
    all.retain(|assignment| room.sees(context, assignment));
    room.list(context, all)
}

/// Handles `GET /classes/{class_id}/assignments/{assignment_id}`
pub(super) fn get(context: &mut Context<'_>) -> Result<Response, Problem> {
    let room = Room::of(context)?;
    let assignment = room.assignment(context)?;
    room.one(context, &assignment, &[])
}

/// Handles `POST /classes/{class_id}/assignments`
pub(super) fn create(context: &mut Context<'_>) -> Result<Response, Problem> {
    let room = Room::to_write(context)?;
    if let Some(repeated) = idempotency::repeated(context)? {
        return Ok(repeated);
    }
    let mut given = Given::read(context, NEW)?;
    let mut fields = given.said();
    if fields.contains("id") {
        // No source shows the answer to an assignment for several classes.
        return Err(context.not_modelled());
    }
    let sent = fields.clone();
    check(context, &room, &sent, &mut fields, &mut given)?;
    fields.insert(CLASS_OF, room.class.id().into());
    let assignment = context.state.create_from(&ASSIGNMENTS, fields, Actor::Service)?;
    room.one(context, &assignment, &given.warnings)
}

/// Handles `PATCH /classes/{class_id}/assignments/{assignment_id}`
pub(super) fn update(context: &mut Context<'_>) -> Result<Response, Problem> {
    let room = Room::of(context)?;
    let assignment = room.assignment(context)?;
    room.check_writer()?;
    let known = if room.person.is_some() { CHANGED } else { CHANGED_ON_GRAPH };
    let mut given = Given::read(context, known)?;
    let sent = given.fields.clone();
    let mut patch = sent.clone();
    let mut whole = assignment.fields().clone();
    for (name, value) in sent.iter() {
        whole.remove(name);
        if !value.is_null() {
            whole.push(name.to_owned(), value.clone());
        }
    }
    let before = whole.clone();
    check(context, &room, &sent, &mut whole, &mut given)?;
    if before.contains("assignee_ids") && !whole.contains("assignee_ids") {
        patch.insert("assignee_ids", Value::Null);
    }
    let assignment = context.state.patch(&ASSIGNMENTS, &assignment, &patch, Actor::Service)?;
    room.one(context, &assignment, &given.warnings)
}

/// Handles `DELETE /classes/{class_id}/assignments/{assignment_id}`
pub(super) fn delete(context: &mut Context<'_>) -> Result<Response, Problem> {
    let room = Room::of(context)?;
    let assignment = room.assignment(context)?;
    room.check_writer()?;
    context.state.remove(&ASSIGNMENTS, &assignment, Actor::Service)?;
    gone(context)
}

/// Rejects an invalid assignment: first for missing fields of the whole, then for each field that was sent.
fn check(
    context: &mut Context<'_>,
    room: &Room,
    sent: &Document,
    whole: &mut Document,
    given: &mut Given,
) -> Result<(), Problem> {
    let mut missing: Vec<&str> = REQUIRED.into_iter().filter(|name| !whole.contains(name)).collect();
    let needed = match whole.get("grading_type").and_then(Value::as_str) {
        Some("points") => Some("points_possible"),
        Some("rubric") => Some("rubric_id"),
        _ => None,
    };
    let needed = needed.filter(|name| !whole.contains(name));
    if missing.is_empty() && needed.is_some() {
        context.rests_on(Evidence::Assumed);
    }
    missing.extend(needed);
    Given::require(missing)?;
    given.check()?;
    if sent.get("points_possible").and_then(Value::as_f64).is_some_and(|points| points <= 0.0) {
        return Err(Problem::usual(ASSIGNMENT_CANNOT_HAVE_ZERO_POINTS));
    }
    let texts = |name: &str| sent.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let is_known = |kind: &&Value| kind.as_str().is_some_and(|kind| SUBMISSION_TYPES.contains(&kind));
    if let Some(other) = texts("submission_types").iter().find(|kind| !is_known(kind)) {
        let message = format!("{other} is no submission type; {} are.", SUBMISSION_TYPES.join(", "));
        return Err(Problem::named(INVALID_SUBMISSION_TYPE, message));
    }
    if sent.get("max_attempts").and_then(Value::as_i64).is_some_and(|most| most < 1) {
        return Err(invalid("The field 'max_attempts' must be at least 1."));
    }
    check_assignees(context, room, whole, &mut given.warnings)?;
    check_attachments(context, texts("attachments"))?;
    check_references(context, room, sent)
}

/// Checks that the people an assignment is for are active students of the class, unless it is for all.
fn check_assignees(
    context: &Context<'_>,
    room: &Room,
    whole: &mut Document,
    warnings: &mut Vec<Warning>,
) -> Result<(), Problem> {
    let ids = whole.get("assignee_ids").and_then(Value::as_array).cloned().unwrap_or_default();
    if whole.get("assignee_mode").and_then(Value::as_str).unwrap_or("all") == "all" {
        if whole.remove("assignee_ids").is_some() && !ids.is_empty() {
            let message = "'assignee_ids' counts only where 'assignee_mode' is 'individuals'.".to_owned();
            warnings.push(Warning { code: "ASSIGNEES_IGNORED", message });
        }
        return Ok(());
    }
    if ids.is_empty() {
        return Err(Problem::named(INVALID_ASSIGNEES, "The field 'assignee_ids' must name at least one student."));
    }
    let is_student = |id: &&Value| students(context.state, room.class.id()).any(|it| it.get("person_id") == Some(*id));
    match ids.iter().find(|id| !is_student(id)) {
        None => Ok(()),
        Some(other) => {
            let message = format!("{other} is no active student of this class.");
            Err(Problem::named(INVALID_ASSIGNEES, message))
        }
    }
}

/// Rejects attachments of a type that may not be attached, or without a field that their type needs.
pub(super) fn check_attachments(context: &mut Context<'_>, attachments: &[Value]) -> Result<(), Problem> {
    let mut missing = Vec::new();
    for (place, attachment) in attachments.iter().enumerate() {
        let needed = match attachment["type"].as_str() {
            Some("link" | "lti") => "url",
            Some("text") => "text",
            other => {
                let kind = other.unwrap_or_default();
                return Err(invalid(format!("An attachment of the type '{kind}' cannot be made here.")));
            }
        };
        if attachment[needed].as_str().is_none_or(str::is_empty) {
            missing.push(format!("The field 'attachments[{place}].{needed}' is required."));
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    context.rests_on(Evidence::Assumed);
    Err(Problem::Several { error: MISSING_REQUIRED_FIELD, messages: missing })
}

/// Rejects an assignment that refers to a missing record, or to a record of another class.
fn check_references(context: &Context<'_>, room: &Room, sent: &Document) -> Result<(), Problem> {
    let of_class = |field: &'static str| move |record: &Record, class: &str| record.text(field) == Some(class);
    let seen = |resource: &'static Schema, id: &str| {
        let record = context.state.store.of(resource).get(id);
        record.filter(|record| context.is_visible(resource, record)).cloned()
    };
    let class = room.class.id();
    let refused = |name: &str, id: &str| invalid(format!("The field '{name}' names {id}, which does not exist here."));
    if let Some(id) = sent.get("session_id").and_then(Value::as_str)
        && seen(&SESSIONS, id).is_none()
    {
        return Err(refused("session_id", id));
    }
    if let Some(id) = sent.get("category_id").and_then(Value::as_str)
        && !seen(&CATEGORIES, id).is_some_and(|it| of_class(CLASS_OF)(&it, class))
    {
        return Err(refused("category_id", id));
    }
    let sections = sent.get("section_ids").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for id in sections.iter().filter_map(Value::as_str) {
        if !seen(&SECTIONS, id).is_some_and(|it| of_class("class_id")(&it, class)) {
            return Err(refused("section_ids", id));
        }
    }
    Ok(())
}
