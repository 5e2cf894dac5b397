//! Submissions: handed in, taken back, graded and returned.

use serde_json::{Value, json};

use crate::apis::edlink::coursework::assignments::{ATTACHMENT, check_attachments};
use crate::apis::edlink::coursework::body::Given;
use crate::apis::edlink::coursework::idempotency;
use crate::apis::edlink::coursework::resources::{ASSIGNMENT_OF, FLAGS, FLAGS_BY_HAND, SUBMISSIONS};
use crate::apis::edlink::coursework::room::{Room, belonging, invalid, is_past_due};
use crate::apis::edlink::coursework::states::{BY_CLOCK, COURSE};
use crate::apis::edlink::errors::{INVALID_SUBMISSION_TYPE, MISSING_REQUIRED_FIELD};
use crate::apis::edlink::graph::{PEOPLE, Warning};
use crate::engine::api::context::Context;
use crate::engine::schema::document::Document;
use crate::engine::schema::error_def::Evidence;
use crate::engine::schema::field::{Field, Kind, field, text};
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Actor;
use crate::engine::store::Record;
use crate::http::message::Response;

/// The states a submission can be brought to.
const NEXT: &[&str] = &["submitted", "reclaimed", "returned"];

macro_rules! grading {
    ($($more:expr),* $(,)?) => {
        &[
            field("grader_id", Kind::Reference(&PEOPLE)),
            field("flags", Kind::EnumList(FLAGS)),
            text("grade_comment"),
            field("grade_points", Kind::Number),
            text("grade"),
            field("extra_attempts", Kind::Integer),
            field("override_due_date", Kind::Time),
            $($more),*
        ]
    };
}

/// Fields that a person may change.
pub(super) const CHANGED: &[Field] = grading!();

/// Fields that may be changed on the Graph.
pub(super) const CHANGED_ON_GRAPH: &[Field] = grading!(
    field("rubric_grade", Kind::Any),
    field("attachments", Kind::Objects(ATTACHMENT)),
    field("state", Kind::Enum(NEXT)),
);

/// Fields of the body that hands in.
pub(super) const HANDED_IN: &[Field] = &[field("attachments", Kind::Objects(ATTACHMENT)).required()];

/// Handles `GET /classes/{class_id}/assignments/{assignment_id}/submissions`
pub(super) fn list(context: &mut Context<'_>) -> Result<Response, Problem> {
    let room = Room::of(context)?;
    let assignment = room.assignment(context)?;
    let mut all = belonging(context, &SUBMISSIONS, ASSIGNMENT_OF, &assignment);
    all.retain(|submission| room.sees_submission(submission));
    room.list(context, all)
}

/// Handles `GET /classes/{class_id}/assignments/{assignment_id}/submissions/{submission_id}`
pub(super) fn get(context: &mut Context<'_>) -> Result<Response, Problem> {
    let room = Room::of(context)?;
    let assignment = room.assignment(context)?;
    let submission = room.submission(context, &assignment)?;
    room.one(context, &submission, &[])
}

/// Handles `PATCH /classes/{class_id}/assignments/{assignment_id}/submissions/{submission_id}`
pub(super) fn update(context: &mut Context<'_>) -> Result<Response, Problem> {
    let room = Room::of(context)?;
    let assignment = room.assignment(context)?;
    let mut submission = room.submission(context, &assignment)?;
    room.check_writer()?;
    let known = if room.person.is_some() { CHANGED } else { CHANGED_ON_GRAPH };
    let mut given = Given::read(context, known)?;
    given.check()?;
    if let Some(grader) = given.get("grader_id").and_then(Value::as_str) {
        let person = context.state.store.of(&PEOPLE).get(grader);
        if !person.is_some_and(|person| context.is_visible(&PEOPLE, person)) {
            return Err(invalid(format!("The field 'grader_id' names {grader}, which does not exist here.")));
        }
    }
    let next = given.fields.remove("state").and_then(|state| state.as_str().map(str::to_owned));
    let attachments = given.fields.remove("attachments").filter(|it| !it.is_null());
    let mut warnings = given.warnings;
    if attachments.is_some() && next.as_deref() != Some("submitted") {
        let message = "'attachments' counts only where 'state' is 'submitted'.".to_owned();
        warnings.push(Warning { code: "FOUND_UNEXPECTED_FIELD", message });
    }
    let mut patch = given.fields;
    if patch.contains("flags") {
        patch.insert(FLAGS_BY_HAND, Value::Bool(true));
        patch.insert(COURSE, Value::Null);
    }
    if let Some(person) = &room.person
        && (room.is_canvas || !patch.contains("grader_id"))
    {
        patch.insert("grader_id", person.as_str().into());
        if !room.is_canvas {
            context.rests_on(Evidence::Assumed);
        }
    }
    let moved = match next.as_deref() {
        Some("submitted") => {
            let attachments = attachments.unwrap_or(Value::Null);
            handed_in(context, &assignment, &submission, &attachments)?
        }
        Some("reclaimed") => reclaimed(&submission)?,
        Some(_) => returned(context, &submission, Some(&patch))?,
        None => Document::new(),
    };
    // A value that was sent overrides one that follows from the change.
    for (name, value) in moved.into_pairs() {
        patch.or_insert_with(name, || value);
    }
    submission = context.state.patch(&SUBMISSIONS, &submission, &patch, Actor::Service)?;
    room.one(context, &submission, &warnings)
}

/// Handles `POST /classes/{class_id}/assignments/{assignment_id}/submit`
pub(super) fn submit(context: &mut Context<'_>) -> Result<Response, Problem> {
    let room = Room::of(context)?;
    let assignment = room.assignment(context)?;
    let submission = room.own_submission(context, &assignment)?;
    if let Some(repeated) = idempotency::repeated(context)? {
        return Ok(repeated);
    }
    let mut given = Given::read(context, HANDED_IN)?;
    given.check()?;
    let attachments = given.fields.get("attachments").cloned().unwrap_or_default();
    let patch = handed_in(context, &assignment, &submission, &attachments)?;
    let submission = context.state.patch(&SUBMISSIONS, &submission, &patch, Actor::Service)?;
    room.one(context, &submission, &given.warnings)
}

/// Handles `POST /classes/{class_id}/assignments/{assignment_id}/reclaim`
pub(super) fn reclaim(context: &mut Context<'_>) -> Result<Response, Problem> {
    let room = Room::of(context)?;
    let assignment = room.assignment(context)?;
    let submission = room.own_submission(context, &assignment)?;
    if let Some(repeated) = idempotency::repeated(context)? {
        return Ok(repeated);
    }
    let Given { warnings, .. } = Given::read(context, &[])?;
    let patch = reclaimed(&submission)?;
    let submission = context.state.patch(&SUBMISSIONS, &submission, &patch, Actor::Service)?;
    room.one(context, &submission, &warnings)
}

/// Handles `POST /classes/{class_id}/assignments/{assignment_id}/submissions/{submission_id}/return`
pub(super) fn give_back(context: &mut Context<'_>) -> Result<Response, Problem> {
    let room = Room::of(context)?;
    let assignment = room.assignment(context)?;
    let submission = room.submission(context, &assignment)?;
    room.check_writer()?;
    if let Some(repeated) = idempotency::repeated(context)? {
        return Ok(repeated);
    }
    let Given { warnings, .. } = Given::read(context, &[])?;
    let patch = returned(context, &submission, None)?;
    let submission = context.state.patch(&SUBMISSIONS, &submission, &patch, Actor::Service)?;
    room.one(context, &submission, &warnings)
}

fn state(submission: &Record) -> &str {
    submission.text("state").unwrap_or_default()
}

fn brought_to(state: &str) -> Document {
    Document::from_iter([("state", Value::from(state))])
}

fn not_from(submission: &Record, what: &str) -> Problem {
    invalid(format!("A submission in the state '{}' cannot be {what}.", state(submission)))
}

/// Returns the changes of a submission when attachments are handed in.
fn handed_in(
    context: &mut Context<'_>,
    assignment: &Record,
    submission: &Record,
    attachments: &Value,
) -> Result<Document, Problem> {
    let attachments = attachments.as_array().filter(|all| !all.is_empty());
    let attachments = attachments.ok_or_else(|| {
        Problem::named(MISSING_REQUIRED_FIELD, "The field 'attachments' is required, with at least one attachment.")
    })?;
    let taken = assignment.get("submission_types").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if let Some(other) = attachments.iter().find(|it| !taken.contains(&it["type"])) {
        let message = format!("This assignment takes no submission of the type {}.", other["type"]);
        return Err(Problem::named(INVALID_SUBMISSION_TYPE, message));
    }
    let others: Vec<Value> = attachments.iter().filter(|it| it["type"] != "file").cloned().collect();
    check_attachments(context, &others)?;
    if assignment.text("state") != Some("open") {
        let state = assignment.text("state").unwrap_or_default();
        return Err(invalid(format!("An assignment in the state '{state}' takes no submissions.")));
    }
    if !matches!(state(submission), "created" | "reclaimed") {
        return Err(not_from(submission, "submitted"));
    }
    let attachments: Vec<Value> = attachments.iter().map(|it| kept(context, assignment, submission, it)).collect();
    let mut attempts = submission.get("attempts").and_then(Value::as_array).cloned().unwrap_or_default();
    attempts.push(json!({ "created_date": context.state.clock.now(), "attachments": attachments }));
    let mut patch = brought_to("submitted");
    patch.insert("attempts", Value::Array(attempts));
    let by_hand = submission.get(FLAGS_BY_HAND) == Some(&Value::Bool(true));
    if !by_hand {
        let late = is_past_due(context, submission);
        patch.insert("flags", if late { vec!["late"] } else { vec![] }.into());
        patch.insert(COURSE, if late { BY_CLOCK.into() } else { Value::Null });
    }
    Ok(patch)
}

/// Returns an attachment as it is stored: a file gets an address, and its content is not shown again.
fn kept(context: &mut Context<'_>, assignment: &Record, submission: &Record, attachment: &Value) -> Value {
    let mut attachment = attachment.clone();
    if attachment["type"] == "file"
        && let Some(fields) = attachment.as_object_mut()
    {
        fields.remove("data");
        let file = context.state.rng.uuid();
        let (origin, class) = (context.origin(), context.param("class_id").to_ascii_lowercase());
        let (assignment, submission) = (assignment.id(), submission.id());
        let url = format!(
            "{origin}/api/v2/my/classes/{class}/assignments/{assignment}/submissions/{submission}/files/{file}/download"
        );
        fields.insert("url".to_owned(), url.into());
    }
    attachment
}

/// Returns the changes of a submission when it is taken back.
fn reclaimed(submission: &Record) -> Result<Document, Problem> {
    if state(submission) == "submitted" { Ok(brought_to("reclaimed")) } else { Err(not_from(submission, "reclaimed")) }
}

/// Returns the changes of a submission that is returned to its student.
fn returned(context: &mut Context<'_>, submission: &Record, graded: Option<&Document>) -> Result<Document, Problem> {
    let is_graded = ["grade_points", "grade", "rubric_grade"].into_iter().any(|name| {
        let sent = graded.and_then(|graded| graded.get(name));
        sent.or_else(|| submission.get(name)).is_some_and(|grade| !grade.is_null())
    });
    match state(submission) {
        "submitted" => Ok(brought_to("returned")),
        "created" if is_graded => {
            context.rests_on(Evidence::Assumed);
            Ok(brought_to("returned"))
        }
        _ => Err(not_from(submission, "returned")),
    }
}
