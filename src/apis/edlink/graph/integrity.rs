//! The integrity of references: a record that requires a removed one is removed with it, any other drops the reference.
//! Every change makes its events.

use serde_json::Value;

use crate::apis::edlink::API;
use crate::apis::edlink::graph::events;
use crate::apis::edlink::integrations::INTEGRATIONS;
use crate::apis::edlink::revoked_tokens;
use crate::engine::schema::document::Document;
use crate::engine::schema::field::{Field, Kind};
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::{Actor, Schema};
use crate::engine::state::State;
use crate::engine::state::hooks::Change;
use crate::engine::store::{Record, Store};

/// Handles the consequences of a change of a record of the Graph, or of a record that it belongs to.
pub(crate) fn changed(
    resource: &'static Schema,
    state: &mut State,
    change: Change<'_>,
    by: Actor,
) -> Result<(), Problem> {
    let before = (by != Actor::Fixture).then(|| undone(&state.store, resource, change));
    let mut touched = vec![(resource, of(change).clone())];
    if let Change::Removed(_) = change {
        remove_what_hangs(state, &mut touched);
    }
    if let Some(before) = before {
        events::data_changed(state, &before, &touched)?;
    }
    if let Change::Removed(_) = change { drop_references(state, &touched, by) } else { Ok(()) }
}

/// Handles the consequences of a change of an integration: a removed one takes its cursors and logins with it, and its
/// token stays revoked; a changed scope makes events.
pub(crate) fn integration_changed(state: &mut State, change: Change<'_>, by: Actor) -> Result<(), Problem> {
    match change {
        Change::Removed(integration) => {
            remove_what_hangs(state, &mut vec![(&INTEGRATIONS, integration.clone())]);
            revoked_tokens::remember(state, integration)
        }
        Change::Replaced(old, new) if by != Actor::Fixture => events::visibility_changed(state, old, new),
        _ => Ok(()),
    }
}

fn of(change: Change<'_>) -> &Record {
    match change {
        Change::Created(record) | Change::Replaced(_, record) | Change::Removed(record) => record,
    }
}

/// Returns the store as it was before the change. It is good for look-ups only: a record that was put back stands at
/// the end of its list.
fn undone(store: &Store, resource: &'static Schema, change: Change<'_>) -> Store {
    let mut before = store.clone();
    match change {
        Change::Created(record) => drop(before.of_mut(resource).remove(record.id())),
        Change::Replaced(old, _) | Change::Removed(old) => before.of_mut(resource).put(old),
    }
    before
}

/// Removes the records that require gone ones, and adds them to `gone`.
fn remove_what_hangs(state: &mut State, gone: &mut Vec<(&'static Schema, Record)>) {
    let mut next = 0;
    while let Some((to, record)) = gone.get(next).cloned() {
        next += 1;
        for (from, field) in leading_to(to).filter(|(_, field)| !may_let_go(field)) {
            for lost in found(state, from, field, &record) {
                state.store.of_mut(from).remove(lost.id());
                gone.push((from, lost));
            }
        }
    }
}

/// Removes the ids of gone records from the records that do not require them.
fn drop_references(state: &mut State, gone: &[(&'static Schema, Record)], by: Actor) -> Result<(), Problem> {
    for (to, record) in gone {
        for (from, field) in leading_to(to).filter(|(_, field)| may_let_go(field)) {
            for left in found(state, from, field, record) {
                let patch = without_dangling(state, from, &left);
                state.patch(from, &left, &patch, by)?;
            }
        }
    }
    Ok(())
}

/// Returns the fields that refer to records of that kind.
fn leading_to(to: &'static Schema) -> impl Iterator<Item = (&'static Schema, &'static Field)> {
    let all = API.schemas().flat_map(|from| from.fields.iter().map(move |field| (from, field)));
    all.filter(move |(_, field)| matches!(field.kind, Kind::Reference(it) | Kind::References(it) if *it == *to))
}

/// Tells whether a record can exist without the record that this field refers to.
fn may_let_go(field: &Field) -> bool {
    !field.required
}

fn found(state: &State, from: &'static Schema, field: &Field, record: &Record) -> Vec<Record> {
    state.store.of(from).find(field.name, record.id()).cloned().collect()
}

/// Returns the changes after which a record refers to no gone record.
fn without_dangling(state: &State, from: &'static Schema, record: &Record) -> Document {
    let mut patch = Document::new();
    for field in from.fields {
        let exists = |to, id: &Value| id.as_str().is_some_and(|id| state.store.of(to).get(id).is_some());
        match (field.kind, record.get(field.name)) {
            (Kind::Reference(to), Some(id @ Value::String(_))) if !exists(to, id) => {
                patch.insert(field.name, Value::Null);
            }
            (Kind::References(to), Some(Value::Array(ids))) if !ids.iter().all(|id| exists(to, id)) => {
                let left = ids.iter().filter(|id| exists(to, id)).cloned().collect();
                patch.insert(field.name, Value::Array(left));
            }
            _ => {}
        }
    }
    patch
}
