//! Events: changes of the data that an integration sees, by a change of records or of its own scope.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::apis::edlink::graph::kinds;
use crate::apis::edlink::graph::permissions;
use crate::apis::edlink::graph::permissions::Rights;
use crate::apis::edlink::graph::records::MATERIALIZATIONS;
use crate::apis::edlink::graph::resources::{
    AGENTS, CLASSES, COURSES, ENROLLMENTS, EVENTS, PEOPLE, SCHOOLS, SECTIONS, SESSIONS,
};
use crate::apis::edlink::graph::scope::{IntegrationScope, targets};
use crate::apis::edlink::integrations::INTEGRATIONS;
use crate::apis::edlink::meta::SOURCES;
use crate::engine::schema::document::Document;
use crate::engine::schema::field::PRIVATE_PREFIX;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::{Actor, Schema};
use crate::engine::state::State;
use crate::engine::store::{Record, Store};

/// Returns the kind of records an event is about.
pub(super) fn resource_of(event: &Record) -> Option<&'static Schema> {
    let target = event.text("target")?;
    kinds::with_events().find(|(_, known)| *known == target).map(|(resource, _)| resource)
}

/// Returns the data of an event's record: only fields that the integration may read now, though it might have read more
/// then.
pub(super) fn data(event: &Record, rights: &Rights) -> Value {
    let data = event.get("data").cloned().unwrap_or(Value::Null);
    let Value::Object(mut fields) = data else { return data };
    match resource_of(event).map_or(Some(&[][..]), |resource| rights.hidden(resource)) {
        Some(hidden) => {
            for name in hidden {
                fields.entry(name).and_modify(|value| *value = Value::Null);
            }
        }
        None => fields.retain(|name, _| name == "id"),
    }
    Value::Object(fields)
}

/// Returns the place of a record's event among those of one change.
fn rank(resource: &Schema) -> Option<usize> {
    kinds::with_events().position(|(known, _)| known == resource)
}

/// The view of one integration before or after a change.
struct Side<'s> {
    state: &'s State,
    store: &'s Store,
    integration: &'s Record,
    scope: IntegrationScope<'s>,
}

impl<'s> Side<'s> {
    fn new(state: &'s State, store: &'s Store, integration: &'s Record, targets: Option<&'s [String]>) -> Self {
        Self { state, store, integration, scope: IntegrationScope::new(store, integration, targets) }
    }

    /// Returns the record of that id, if the integration sees it.
    fn seen(&self, resource: &'static Schema, id: &str) -> Option<&'s Record> {
        self.store.of(resource).get(id).filter(|record| self.scope.is_visible(resource, record))
    }

    fn may_read(&self, resource: &Schema) -> bool {
        permissions::missing(self.state, self.integration, permissions::kind_of(resource)).is_none()
    }
}

/// An event that is to be written.
struct Happened {
    rank: usize,
    target: &'static str,
    kind: &'static str,
    integration: String,
    record: Record,
}

/// Makes the events of changed records. `before` is the store before the change.
pub(super) fn data_changed(
    state: &mut State,
    before: &Store,
    touched: &[(&'static Schema, Record)],
) -> Result<(), Problem> {
    let touched: Vec<&(&'static Schema, Record)> = touched.iter().filter(|(it, _)| rank(it).is_some()).collect();
    let mut happened = Vec::new();
    let mut related: Option<Vec<(&'static Schema, Record)>> = None;
    for integration in state.store.of(&INTEGRATIONS).iter() {
        let targets = targets(integration);
        let old = Side::new(state, before, integration, targets.as_deref());
        let new = Side::new(state, &state.store, integration, targets.as_deref());
        for (resource, record) in &touched {
            happened.extend(compared(&old, &new, resource, record.id(), true));
        }
        if old.scope.is_selected() {
            // Records that belong to the changed ones may have become visible or invisible with them.
            let related = related.get_or_insert_with(|| {
                let mut all = Vec::new();
                for (resource, record) in &touched {
                    for store in [before, &state.store] {
                        if let Some(record) = store.of(resource).get(record.id()) {
                            relations(store, resource, record, &mut all);
                        }
                    }
                }
                let known: HashSet<_> = touched.iter().map(|(resource, record)| (resource.name, record.id())).collect();
                all.retain(|(resource, record)| !known.contains(&(resource.name, record.id())));
                all.sort_by(|(a, one), (b, other)| (a.name, one.sequence()).cmp(&(b.name, other.sequence())));
                all.dedup_by(|(a, one), (b, other)| a.name == b.name && one.id() == other.id());
                all
            });
            for (resource, record) in related.iter() {
                happened.extend(compared(&old, &new, resource, record.id(), false));
            }
        }
    }
    note(state, happened)
}

/// Makes the events of an integration that sees more or less than before.
pub(super) fn visibility_changed(state: &mut State, old: &Record, new: &Record) -> Result<(), Problem> {
    let same = |field| old.get(field) == new.get(field);
    if ["scope", "targets", "permissions"].into_iter().all(same) {
        return Ok(());
    }
    let (old_targets, new_targets) = (targets(old), targets(new));
    let mut happened = Vec::new();
    {
        let old = Side::new(state, &state.store, old, old_targets.as_deref());
        let new = Side::new(state, &state.store, new, new_targets.as_deref());
        for (resource, _) in kinds::with_events() {
            if old.may_read(resource) || new.may_read(resource) {
                let hidden = [&old, &new].map(|side| permissions::hidden(state, side.integration, resource));
                let in_one = |field: &&String| hidden.iter().filter(|names| names.contains(field)).count() == 1;
                let differing: Vec<&String> = hidden.iter().flatten().filter(in_one).collect();
                for record in state.store.of(resource).iter() {
                    let shows_other = differing.iter().any(|field| record.get(field).is_some_and(|it| !it.is_null()));
                    happened.extend(compared(&old, &new, resource, record.id(), shows_other));
                }
            }
        }
    }
    note(state, happened)
}

/// Returns the event of a record between the two views, if there is one. `itself` is true when the record itself
/// changed, or the shown part of it.
fn compared(old: &Side<'_>, new: &Side<'_>, resource: &'static Schema, id: &str, itself: bool) -> Option<Happened> {
    let before = old.seen(resource, id).filter(|_| old.may_read(resource));
    let after = new.seen(resource, id).filter(|_| new.may_read(resource));
    let (kind, record) = match (before, after) {
        (None, Some(record)) => ("created", record),
        (Some(_), Some(record)) if itself => ("updated", record),
        (Some(record), None) => ("deleted", record),
        _ => return None,
    };
    let (rank, (_, target)) = kinds::with_events().enumerate().find(|(_, (known, _))| *known == resource)?;
    Some(Happened { rank, target, kind, integration: new.integration.id().to_owned(), record: record.clone() })
}

/// Returns the records whose visibility may depend on a record.
fn relations(store: &Store, resource: &Schema, record: &Record, all: &mut Vec<(&'static Schema, Record)>) {
    let mut up = |to: &'static Schema, field: &str| {
        let ids = match record.get(field) {
            Some(Value::Array(ids)) => ids.as_slice(),
            Some(id) => std::slice::from_ref(id),
            None => &[],
        };
        let found = ids.iter().filter_map(Value::as_str).filter_map(|id| store.of(to).get(id)).cloned();
        let found: Vec<Record> = found.collect();
        all.extend(found.iter().map(|record| (to, record.clone())));
        found
    };
    let down = |from: &'static Schema, field: &str| -> Vec<Record> {
        store.of(from).find(field, record.id()).cloned().collect()
    };
    match resource {
        it if *it == COURSES => {
            up(&SCHOOLS, "school_id");
            up(&SESSIONS, "session_id");
        }
        it if *it == CLASSES => {
            up(&SCHOOLS, "school_id");
            up(&SESSIONS, "session_ids");
            for course in up(&COURSES, "course_id") {
                relations(store, &COURSES, &course, all);
            }
            all.extend(down(&SECTIONS, "class_id").into_iter().map(|section| (&SECTIONS, section)));
            for enrollment in down(&ENROLLMENTS, "class_id") {
                relations(store, &ENROLLMENTS, &enrollment, all);
                all.push((&ENROLLMENTS, enrollment));
            }
        }
        it if *it == SECTIONS => {
            for class in up(&CLASSES, "class_id") {
                relations(store, &CLASSES, &class, all);
            }
        }
        it if *it == ENROLLMENTS => {
            for person in up(&PEOPLE, "person_id") {
                relations(store, &PEOPLE, &person, all);
            }
        }
        it if *it == PEOPLE => {
            for agent in down(&AGENTS, "target_id").into_iter().chain(down(&AGENTS, "observer_id")) {
                relations(store, &AGENTS, &agent, all);
                all.push((&AGENTS, agent));
            }
        }
        it if *it == AGENTS => {
            up(&PEOPLE, "observer_id");
            up(&PEOPLE, "target_id");
        }
        _ => {}
    }
}

/// Writes the events: those of new records from the top of the hierarchy, those of gone ones from the bottom.
fn note(state: &mut State, mut happened: Vec<Happened>) -> Result<(), Problem> {
    happened.sort_by_key(|event| {
        let gone = event.kind == "deleted";
        (gone, if gone { usize::MAX - event.rank } else { event.rank })
    });
    for event in happened {
        let materialization = materialization(state, &event.integration)?;
        let fields = Document::from_iter([
            ("type", Value::from(event.kind)),
            ("target", event.target.into()),
            ("target_id", event.record.id().into()),
            ("integration_id", event.integration.into()),
            ("materialization_id", materialization.as_str().into()),
            // The whole record is kept: the rights of a token are checked when the event is shown.
            ("data", public_fields(&event.record).into()),
        ]);
        state.create_in_history(&EVENTS, fields, Actor::Fixture)?;
    }
    Ok(())
}

/// Returns the fields of a record that consumers may see.
pub(super) fn public_fields(record: &Record) -> Map<String, Value> {
    let public = record.fields().iter().filter(|(name, _)| !name.starts_with(PRIVATE_PREFIX));
    public.map(|(name, value)| (name.to_owned(), value.clone())).collect()
}

/// Returns the import that all changes for an integration at one moment belong to.
pub(super) fn materialization(state: &mut State, integration: &str) -> Result<String, Problem> {
    let purpose = format!("edlink.materialization:{}:{integration}", state.clock.now_ms());
    let id = state.rng.derive(&purpose).uuid().to_string();
    if state.store.of(&MATERIALIZATIONS).get(&id).is_none() {
        let record = state.store.of(&INTEGRATIONS).get(integration);
        let source = record.and_then(|record| record.get("source")).map(|source| source["id"].clone());
        // A reference needs a source that the world lists.
        let is_known = |id: &Value| id.as_str().is_some_and(|id| state.store.of(&SOURCES).get(id).is_some());
        let fields = Document::from_iter([
            ("id", Value::from(id.as_str())),
            ("source_id", source.filter(is_known).unwrap_or_default()),
            ("integration_id", integration.into()),
        ]);
        state.create_in_history(&MATERIALIZATIONS, fields, Actor::Fixture)?;
    }
    Ok(id)
}
