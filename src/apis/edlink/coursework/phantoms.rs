//! Submissions that exist before a student hands in: one for each active student that an assignment is for. Their ids
//! follow from the assignment and the student, so that the time at which they are made does not matter.

use std::collections::HashSet;

use serde_json::Value;

use crate::apis::edlink::coursework::resources::{ASSIGNMENT_OF, ASSIGNMENTS, CLASS_OF, SUBMISSIONS};
use crate::apis::edlink::graph::ENROLLMENTS;
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Actor;
use crate::engine::state::State;
use crate::engine::state::hooks::Change;
use crate::engine::store::Record;

/// Makes the submissions of an assignment that is new or changed.
pub(super) fn follow(state: &mut State, change: Change<'_>, by: Actor) -> Result<(), Problem> {
    match change {
        Change::Created(assignment) | Change::Replaced(_, assignment) if by != Actor::Fixture => {
            ensure(state, assignment)
        }
        _ => Ok(()),
    }
}

/// Returns the active enrollments of students in a class.
pub(super) fn students<'w>(state: &'w State, class_id: &str) -> impl Iterator<Item = &'w Record> + use<'w> {
    let enrollments = state.store.of(&ENROLLMENTS).find("class_id", class_id);
    enrollments.filter(|it| it.text("role") == Some("student") && it.text("state") == Some("active"))
}

/// Returns the people who are active students of a class, each once.
pub(super) fn people<'w>(state: &'w State, class_id: &str) -> impl Iterator<Item = &'w str> + use<'w> {
    let mut known = HashSet::new();
    students(state, class_id).filter_map(|it| it.text("person_id")).filter(move |person| known.insert(*person))
}

/// Tells whether an assignment is for a person of its class.
pub(super) fn is_for(assignment: &Record, person: &str) -> bool {
    let ids = assignment.get("assignee_ids").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    match assignment.text("assignee_mode") {
        Some("individuals") => ids.iter().any(|id| id == person),
        Some("none") => false,
        _ => true,
    }
}

/// Makes the submissions that an assignment lacks.
pub(super) fn ensure(state: &mut State, assignment: &Record) -> Result<(), Problem> {
    let class_id = assignment.text(CLASS_OF).unwrap_or_default();
    let submissions = state.store.of(&SUBMISSIONS).find(ASSIGNMENT_OF, assignment.id());
    let mut known: HashSet<&str> = submissions.filter_map(|submission| submission.text("person_id")).collect();
    let mut new: Vec<(String, String)> = Vec::new();
    for enrollment in students(state, class_id) {
        let Some(person) = enrollment.text("person_id") else { continue };
        if is_for(assignment, person) && known.insert(person) {
            let since = assignment.text("created_date").max(enrollment.text("created_date"));
            new.push((person.to_owned(), since.unwrap_or_default().to_owned()));
        }
    }
    for (person, since) in new {
        let purpose = format!("edlink.submission:{}:{person}", assignment.id());
        let id = state.rng.derive(&purpose).uuid().to_string();
        if state.store.of(&SUBMISSIONS).get(&id).is_some() {
            continue;
        }
        let fields = Document::from_iter([
            ("id", Value::from(id)),
            ("person_id", person.into()),
            (ASSIGNMENT_OF, assignment.id().into()),
            ("created_date", since.clone().into()),
            ("updated_date", since.into()),
        ]);
        state.create_from(&SUBMISSIONS, fields, Actor::Fixture)?;
    }
    Ok(())
}

/// Returns the assignment of an id, with all its submissions.
pub(super) fn assignment(state: &mut State, id: &str) -> Result<Option<Record>, Problem> {
    let Some(assignment) = state.store.of(&ASSIGNMENTS).get(id).cloned() else { return Ok(None) };
    ensure(state, &assignment)?;
    Ok(Some(assignment))
}
