//! The audit trail: written on every change of an integration, read newest first.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::apis::celigo::resources::{AUDIT, INTEGRATIONS};
use crate::apis::celigo::{API, lists, paging};
use crate::engine::action::Call;
use crate::engine::api::{By, Change, Profile, Resource};
use crate::engine::chance::{Chance, fnv1a64};
use crate::engine::clock;
use crate::engine::field::{Owner, PRIVATE_PREFIX};
use crate::engine::message::Reply;
use crate::engine::problem::Problem;
use crate::engine::store::{Fields, Later, Record};
use crate::engine::world::World;

/// `integrations.audit`: the entries about the integration, newest first.
pub fn list(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let integration = call.record(&INTEGRATIONS, "id")?;
    let entries = call.world.store.of(&AUDIT).find("_resourceId", integration.id()).cloned().collect();
    newest_first(call, entries)
}

/// `audit.list`: all entries, newest first.
pub fn account(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let entries = call.world.store.of(&AUDIT).iter().cloned().collect();
    newest_first(call, entries)
}

/// Of two of one moment, the later made comes first.
fn newest_first(call: &Call<'_>, mut entries: Vec<Record>) -> Result<Reply, Problem> {
    entries.reverse();
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.text("time").and_then(clock::parse_ms)));
    let page = call.page_of(&AUDIT, entries)?;
    if call.world.settings.profile(&API) == Profile::Documented {
        return Ok(lists::reply(call, &page));
    }
    let stored = page.records.iter().map(|entry| entry.fields().only(|name| !name.starts_with(PRIVATE_PREFIX)).into());
    let body = lists::array_of(call, stored);
    Ok(paging::reply(call, &page, body))
}

/// An entry as the documents show it.
pub fn documented(entry: &Fields) -> Fields {
    let user = entry.get("byUser").and_then(|user| user.get("email"));
    let mut changes = Map::new();
    for change in entry.get("fieldChanges").and_then(Value::as_array).into_iter().flatten() {
        if let Some(path) = change.get("fieldPath").and_then(Value::as_str) {
            changes.insert(path.to_owned(), json!({ "old": change.get("oldValue"), "new": change.get("newValue") }));
        }
    }
    let shown = [
        ("timestamp", entry.get("time").cloned()),
        ("user", user.cloned()),
        ("action", entry.get("event").cloned()),
        ("resourceType", entry.get("resourceType").cloned()),
        ("changes", Some(Value::Object(changes))),
    ];
    shown.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// Writes the entry of a change. Furnishing a world makes no history.
pub fn note(world: &mut World, resource: &'static Resource, change: Change<'_>, by: By) {
    let source = match by {
        By::Consumer | By::Service => "api",
        By::Administrator => "ui",
        By::Fixture => return,
    };
    let (event, record, old, new) = match change {
        Change::Created(new) => ("create", new, None, Some(new)),
        Change::Replaced(old, new) => ("update", new, Some(old), Some(new)),
        Change::Removed(old) => ("delete", old, Some(old), None),
    };
    let (at_ms, settings) = (world.clock.now_ms(), Arc::clone(&world.settings));
    let (seed, found_by) = (world.chance.seed(), ("_resourceId", record.shared_id()));
    let (old, new) = (old.cloned(), new.cloned());
    // Most entries are never read: what they say is put together when one is.
    let entry = Later::new(seed, found_by, move |id| {
        let changed = new.as_ref().or(old.as_ref()).expect("a change is of a record");
        let said = [
            ("_id", Value::from(id)),
            ("time", Value::from(clock::format_ms(at_ms))),
            ("byUser", user(&settings.user)),
            ("event", Value::from(event)),
            ("source", Value::from(source)),
            ("resourceType", Value::from(resource.title.to_lowercase())),
            ("_resourceId", Value::from(changed.id())),
            ("fieldChanges", Value::from(differences(resource, old.as_ref(), new.as_ref()))),
        ];
        said.into_iter().collect()
    });
    world.store.of_mut(&AUDIT).append(entry);
}

/// A user of that address. The same address has the same id in every world.
fn user(email: &str) -> Value {
    let id = user_id(email);
    let name = email.split('@').next().unwrap_or(email);
    json!({ "_id": id, "email": email, "name": name })
}

/// The id of the user of that address.
pub fn user_id(email: &str) -> String {
    Chance::new(fnv1a64(email)).object_id()
}

/// The fields that differ, but for those that the service moves by itself.
fn differences(resource: &'static Resource, old: Option<&Record>, new: Option<&Record>) -> Vec<Value> {
    let moves = |name: &str| {
        name == resource.id_field
            || name.starts_with(PRIVATE_PREFIX)
            || resource.field(name).is_some_and(|field| matches!(field.owner, Owner::CreatedAt | Owner::ChangedAt))
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
