//! Helpers that the generators of the Graph share.

use serde_json::Value;

use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::{Actor, Schema};
use crate::engine::schema::time::format_ms;
use crate::engine::state::State;
use crate::engine::store::Record;

/// People per school.
pub(super) const PER_SCHOOL: usize = 800;

/// Students among twenty people; of the others one teaches, five are parents or guardians, one is staff.
pub(super) const STUDENTS_OF_TWENTY: usize = 13;

/// The number of students who go through the day together.
pub(super) const GROUP: usize = 26;

/// The time at which the first generated record was first seen, in summer 2023, before the start of any clock.
pub(super) const SINCE_MS: u64 = 1_688_169_600_000;

/// Sets the time at which a record was first seen, one after the other.
pub(super) fn seen(mut fields: Document, place: usize) -> Document {
    let since = format_ms(SINCE_MS + place as u64 * 190);
    fields.insert("created_date", since.clone().into());
    fields.insert("updated_date", since.into());
    fields
}

/// Adds a generated record, first seen in its turn.
pub(super) fn put(state: &mut State, resource: &'static Schema, mut fields: Document) -> Result<Record, Problem> {
    let since = Value::from(format_ms(SINCE_MS + state.store.of(resource).next_sequence() * 190));
    fields.insert("created_date", since.clone());
    fields.insert("updated_date", since);
    state.create_from(resource, fields, Actor::Fixture)
}

/// Returns the fields of an enrollment.
pub(super) fn enrollment(role: &str, person: &Record, class: &Record, section: Option<&str>) -> Document {
    Document::from_iter([
        ("role", Value::from(role)),
        ("primary", (role == "teacher").into()),
        ("person_id", person.id().into()),
        ("class_id", class.id().into()),
        ("section_id", section.into()),
    ])
}

/// Returns the fields of an agent.
pub(super) fn agent(relationship: &str, observer: &Record, target: &Record) -> Document {
    Document::from_iter([
        ("relationship", Value::from(relationship)),
        ("observer_id", observer.id().into()),
        ("target_id", target.id().into()),
    ])
}

/// Returns the texts in an array.
pub(super) fn strings<'r>(record: &'r Record, field: &str) -> Vec<&'r str> {
    let values = record.get(field).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    values.iter().filter_map(Value::as_str).collect()
}

/// Returns the roles of a person.
pub(super) fn roles(person: &Record) -> Vec<&str> {
    strings(person, "roles")
}
