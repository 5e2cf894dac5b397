//! References always hold: what cannot be without a record that goes, goes with it; what can, lets go of it.

use serde_json::Value;

use crate::apis::edlink::API;
use crate::engine::api::{By, Change, Resource};
use crate::engine::field::{Field, Kind};
use crate::engine::problem::Problem;
use crate::engine::store::{Fields, Record};
use crate::engine::world::World;

/// Does what follows when a record goes.
pub fn follow(resource: &'static Resource, world: &mut World, change: Change<'_>, by: By) -> Result<(), Problem> {
    let Change::Removed(record) = change else { return Ok(()) };
    let mut gone = vec![(resource, record.clone())];
    let mut next = 0;
    while let Some((to, record)) = gone.get(next).cloned() {
        next += 1;
        for (from, field) in leading_to(to).filter(|(_, field)| !may_let_go(field)) {
            for lost in found(world, from, field, &record) {
                world.store.of_mut(from).remove(lost.id());
                gone.push((from, lost));
            }
        }
    }
    for (to, record) in gone {
        for (from, field) in leading_to(to).filter(|(_, field)| may_let_go(field)) {
            for left in found(world, from, field, &record) {
                let patch = without_dangling(world, from, &left);
                world.patch(from, &left, &patch, by)?;
            }
        }
    }
    Ok(())
}

/// The fields that refer to records of that kind.
fn leading_to(to: &'static Resource) -> impl Iterator<Item = (&'static Resource, &'static Field)> {
    let all = API.resources.iter().flat_map(|from| from.fields.iter().map(|field| (*from, field)));
    all.filter(move |(_, field)| matches!(field.kind, Kind::Reference(it) | Kind::References(it) if *it == *to))
}

/// Whether a record can be without what this field refers to.
fn may_let_go(field: &Field) -> bool {
    !field.required
}

fn found(world: &World, from: &'static Resource, field: &Field, record: &Record) -> Vec<Record> {
    world.store.of(from).find(field.name, record.id()).cloned().collect()
}

/// What to change in a record so that it refers to nothing that is gone.
fn without_dangling(world: &World, from: &'static Resource, record: &Record) -> Fields {
    let mut patch = Fields::new();
    for field in from.fields {
        let exists = |to, id: &Value| id.as_str().is_some_and(|id| world.store.of(to).get(id).is_some());
        match (field.kind, record.get(field.name)) {
            (Kind::Reference(to), Some(id @ Value::String(_))) if !exists(to, id) => {
                patch.insert(field.name.to_owned(), Value::Null);
            }
            (Kind::References(to), Some(Value::Array(ids))) if !ids.iter().all(|id| exists(to, id)) => {
                let left = ids.iter().filter(|id| exists(to, id)).cloned().collect();
                patch.insert(field.name.to_owned(), Value::Array(left));
            }
            _ => {}
        }
    }
    patch
}
