//! Records of the person whose token the caller presents, and the record that a path names.

use serde_json::Value;

use crate::apis::edlink::graph::resources::{AGENTS, CLASSES, DISTRICTS, ENROLLMENTS, PEOPLE, SCHOOLS, SECTIONS};
use crate::apis::edlink::graph::viewer::Viewer;
use crate::engine::api::context::Context;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Schema;
use crate::engine::store::{Record, Store};

/// Returns the records that a field of a record refers to.
pub(super) fn led_to<'s>(
    store: &'s Store,
    record: &'s Record,
    field: &str,
    to: &'static Schema,
) -> impl Iterator<Item = Record> + 's {
    let ids = match record.get(field) {
        Some(Value::Array(ids)) => ids.as_slice(),
        Some(id) => std::slice::from_ref(id),
        None => &[],
    };
    ids.iter().filter_map(Value::as_str).filter_map(move |id| store.of(to).get(id)).cloned()
}

/// Returns the records of a kind that are the person's own, shared or not.
pub(super) fn own(viewer: &Viewer<'_>, resource: &'static Schema) -> Vec<Record> {
    let store = viewer.store();
    let Some(person) = viewer.person().and_then(|id| store.of(&PEOPLE).get(id)) else { return Vec::new() };
    let rooms = |field: &str| {
        let enrollments = store.of(&ENROLLMENTS).find("person_id", person.id());
        enrollments.flat_map(|it| led_to(store, it, field, resource).collect::<Vec<_>>()).collect()
    };
    match resource {
        it if *it == DISTRICTS => led_to(store, person, "district_id", resource).collect(),
        it if *it == SCHOOLS => led_to(store, person, "school_ids", resource).collect(),
        it if *it == CLASSES => rooms("class_id"),
        it if *it == SECTIONS => rooms("section_id"),
        it if *it == ENROLLMENTS => store.of(resource).find("person_id", person.id()).cloned().collect(),
        it if *it == AGENTS => {
            let agents = store.of(resource);
            agents.find("observer_id", person.id()).chain(agents.find("target_id", person.id())).cloned().collect()
        }
        _ => Vec::new(),
    }
}

/// Tells whether a record is the person's own.
fn is_own(viewer: &Viewer<'_>, record: &Record) -> bool {
    let Some(id) = viewer.person() else { return false };
    let person = || viewer.store().of(&PEOPLE).get(id);
    let enrolled = |field: &str| {
        let mut enrollments = viewer.store().of(&ENROLLMENTS).find("person_id", id);
        enrollments.any(|it| it.text(field) == Some(record.id()))
    };
    match record.resource() {
        it if *it == DISTRICTS => person().is_some_and(|it| it.text("district_id") == Some(record.id())),
        it if *it == SCHOOLS => {
            let ids = person().and_then(|it| it.get("school_ids")).and_then(Value::as_array);
            ids.is_some_and(|ids| ids.iter().any(|it| it == record.id()))
        }
        it if *it == CLASSES => enrolled("class_id"),
        it if *it == SECTIONS => enrolled("section_id"),
        it if *it == ENROLLMENTS => record.text("person_id") == Some(id),
        it if *it == AGENTS => ["observer_id", "target_id"].iter().any(|field| record.text(field) == Some(id)),
        _ => false,
    }
}

/// Returns the record that the path names first: for a person's token, it must be one of the person's own.
pub(super) fn named(context: &Context<'_>, resource: &'static Schema) -> Result<Record, Problem> {
    let (parameter, _) = context.params.first().expect("a route to one record names it in its path");
    let record = context.record(resource, parameter)?;
    let viewer = Viewer::of(context);
    if viewer.person().is_none() || is_own(&viewer, &record) {
        return Ok(record);
    }
    Err(Problem::NotFound { resource, id: record.id().to_owned() })
}
