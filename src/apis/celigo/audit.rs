//! The audit trail: written on every change of an integration, read newest first.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::apis::celigo::kinds::KINDS;
use crate::apis::celigo::resources::audit::moment;
use crate::apis::celigo::resources::{AUDIT, CONNECTIONS, EXPORTS, FLOWS, IMPORTS, INTEGRATIONS};
use crate::apis::celigo::{kinds, lists, membership, paging};
use crate::engine::api::context::{Context, Page};
use crate::engine::schema::field::{Owner, PRIVATE_PREFIX};
use crate::engine::schema::problem::Problem;
use crate::engine::schema::profile::Profile;
use crate::engine::schema::rng::{SeededRng, fnv1a64};
use crate::engine::schema::schema::{Actor, Schema};
use crate::engine::schema::time;
use crate::engine::state::State;
use crate::engine::state::hooks::Change;
use crate::engine::store::{LazyRecord, Record};
use crate::http::message::Response;

/// Handles `integrations.audit`: the entries about the integration, newest first; on the running service, those about
/// its contents too.
pub(super) fn list(context: &mut Context<'_>) -> Result<Response, Problem> {
    let integration = context.record(&INTEGRATIONS, "id")?;
    if context.profile() == Profile::Documented {
        let page = context.page_of_newest(&AUDIT, Some(("_resourceId", integration.id())))?;
        return Ok(show(context, &page, false));
    }
    let mut told: Vec<String> = vec![integration.id().to_owned()];
    for schema in [&FLOWS, &EXPORTS, &IMPORTS, &CONNECTIONS] {
        told.extend(membership::of(context.state, &integration, schema).iter().map(|it| it.id().to_owned()));
    }
    let audit = context.state.store.of(&AUDIT);
    let mut entries: Vec<Record> = told.iter().flat_map(|id| audit.find("_resourceId", id)).cloned().collect();
    entries.sort_by_key(|entry| std::cmp::Reverse((moment(entry.fields()), entry.sequence())));
    let page = context.page_of(&AUDIT, entries)?;
    Ok(show(context, &page, true))
}

/// Handles `audit.list`: all entries, newest first.
pub(super) fn account(context: &mut Context<'_>) -> Result<Response, Problem> {
    let page = context.page_of_newest(&AUDIT, None)?;
    let as_stored = context.profile() == Profile::Live;
    Ok(show(context, &page, as_stored))
}

/// Lists the changes of the record of the path, in the form of the running service.
pub(super) fn of_record(context: &mut Context<'_>) -> Result<Response, Problem> {
    let record = context.record(kinds::of_path(context.route).schema, "id")?;
    let page = context.page_of_newest(&AUDIT, Some(("_resourceId", record.id())))?;
    Ok(show(context, &page, true))
}

fn show(context: &Context<'_>, page: &Page, as_stored: bool) -> Response {
    if !as_stored {
        return context.tell_lost(page, lists::response(context, page));
    }
    let stored = page.records.iter().map(|entry| entry.fields().only(|name| !name.starts_with(PRIVATE_PREFIX)).into());
    let body = lists::array_of(context, stored);
    context.tell_lost(page, paging::response(context, page, body))
}

/// Returns the integrations that an entry belongs to: those of its record. No narrowed token sees the entry of a record
/// that is gone.
pub(super) fn told_of<'w>(state: &'w State, entry: &'w Record) -> Vec<Option<&'w str>> {
    let id = entry.text("_resourceId");
    let title = entry.text("resourceType");
    if title == Some("integration") {
        return vec![id];
    }
    let mut kinds = KINDS.iter().map(|kind| kind.schema);
    let kind = kinds.find(|kind| title == Some(&kind.title.to_lowercase()));
    match kind.and_then(|kind| Some((state.hooks.of(kind).scope?, state.store.of(kind).get(id?)?))) {
        Some((scope, record)) => scope(state, record),
        None => vec![id],
    }
}

/// The bytes of an entry besides those of its record.
const ENTRY_BYTES: usize = 500;

/// Writes the entry of a change. Fixtures make no history.
pub(super) fn note(state: &mut State, resource: &'static Schema, change: Change<'_>, by: Actor) {
    let source = match by {
        Actor::Consumer | Actor::Service => "api",
        Actor::Administrator => "ui",
        Actor::Fixture => return,
    };
    let (event, record, old, new) = match change {
        Change::Created(new) => ("create", new, None, Some(new)),
        Change::Replaced(old, new) => ("update", new, Some(old), Some(new)),
        Change::Removed(old) => ("delete", old, Some(old), None),
    };
    let (at_ms, settings) = (state.clock.now_ms(), Arc::clone(&state.settings));
    let (seed, found_by) = (state.rng.seed(), ("_resourceId", record.shared_id()));
    let (old, new) = (old.cloned(), new.cloned());
    // Most entries are never read: the fields are made when one is. The entry keeps the record from before the change
    // alive.
    let held_bytes = old.as_ref().or(new.as_ref()).map_or(0, Record::memory) + ENTRY_BYTES;
    let entry = LazyRecord::new(seed, found_by, at_ms, move |id| {
        let changed = new.as_ref().or(old.as_ref()).expect("a change is of a record");
        let said = [
            ("_id", Value::from(id)),
            ("time", Value::from(time::format_ms(at_ms))),
            ("byUser", user(&settings.user)),
            ("event", Value::from(event)),
            ("source", Value::from(source)),
            ("resourceType", Value::from(resource.title.to_lowercase())),
            ("_resourceId", Value::from(changed.id())),
            ("fieldChanges", Value::from(differences(resource, old.as_ref(), new.as_ref()))),
        ];
        said.into_iter().collect()
    });
    let trail = state.store.of_mut(&AUDIT);
    trail.append(entry);
    trail.keep_within(held_bytes, &state.settings.history);
}

/// Returns a user of that address. The same address has the same id in every world.
fn user(email: &str) -> Value {
    let id = user_id(email);
    let name = email.split('@').next().unwrap_or(email);
    json!({ "_id": id, "email": email, "name": name })
}

/// Returns the id of the user of that address.
pub(super) fn user_id(email: &str) -> String {
    SeededRng::new(fnv1a64(email)).object_id()
}

/// Returns the fields that differ, except those that the service changes by itself.
fn differences(resource: &'static Schema, old: Option<&Record>, new: Option<&Record>) -> Vec<Value> {
    let moves = |name: &str| {
        name == resource.id_field
            || name.starts_with(PRIVATE_PREFIX)
            || resource.field(name).is_some_and(|field| matches!(field.owner, Owner::CreatedAt | Owner::UpdatedAt))
    };
    let value = |record: Option<&Record>, name: &str| record.and_then(|record| record.get(name)).cloned();
    let of_old = old.into_iter().flat_map(|old| old.fields().keys());
    let of_new = new.into_iter().flat_map(|new| new.fields().keys());
    let added = of_new.filter(|name| old.is_none_or(|old| old.get(name).is_none()));
    let mut changes = Vec::new();
    for name in of_old.chain(added).filter(|name| !moves(name)) {
        let (before, after) = (value(old, name), value(new, name));
        if before != after {
            let sides = [("fieldPath", Some(Value::from(name))), ("oldValue", before), ("newValue", after)];
            let sides = sides.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
            changes.push(Value::Object(sides.collect()));
        }
    }
    changes
}
