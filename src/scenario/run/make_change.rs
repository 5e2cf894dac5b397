//! One change of data, as a scenario writes it.

use serde_json::Value;

use crate::engine::api::api::Api;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Actor;
use crate::engine::state::State;
use crate::engine::store::Record;
use crate::scenario::model::format::{ChangeKind, DataChange, Which};

/// Makes one change of data.
pub(in crate::scenario) fn make_change(
    state: &mut State,
    apis: &[&'static Api],
    change: &DataChange,
    by: Actor,
) -> Result<(), Problem> {
    let resource = change.resource;
    state.atomically(|state| match &change.kind {
        ChangeKind::Generate(count, like) => state.generate(apis, resource.name, *count, Some(like)),
        ChangeKind::Add(fields) => state.create(resource, fields, by).map(|_| ()),
        ChangeKind::Patch(record, fields) => {
            let old = which(state, change, record)?;
            state.patch(resource, &old, fields, by).map(|_| ())
        }
        ChangeKind::Recreate(records) => {
            // All records are found before the first is made again: otherwise `#n` would depend on the order of the
            // list.
            let records: Vec<Record> =
                records.iter().map(|record| which(state, change, record)).collect::<Result<_, _>>()?;
            records.iter().try_for_each(|record| state.recreate(resource, record, by).map(|_| ()))
        }
        ChangeKind::Remove(gone) => {
            // All records are found before the first is removed: otherwise `#n` would depend on the order of the list.
            let gone: Vec<Record> = gone.iter().map(|record| which(state, change, record)).collect::<Result<_, _>>()?;
            for record in gone {
                // The removal of an earlier record may have removed this one too.
                if state.store.of(resource).get(record.id()).is_some() {
                    state.remove(resource, &record, by)?;
                }
            }
            Ok(())
        }
    })
}

fn which(state: &State, change: &DataChange, which: &Which) -> Result<Record, Problem> {
    let collection = state.store.of(change.resource);
    match which {
        Which::Id(id) => {
            let found = collection.get(id).or_else(|| collection.get(&id.to_ascii_lowercase()));
            found.cloned().ok_or_else(|| Problem::NotFound { resource: change.resource, id: id.clone() })
        }
        Which::Nth(n) => collection.nth(n - 1).cloned().ok_or_else(|| {
            let message = format!("there is no #{n}: {} has {} records", change.resource.name, collection.len());
            Problem::refused(message)
        }),
    }
}

/// Checks the references of a record that a change added. This is called when all changes are made, because their
/// records may refer to each other.
pub(in crate::scenario) fn check_made(state: &State, change: &DataChange) -> Result<(), Problem> {
    let id_field = change.resource.id_field;
    match &change.kind {
        ChangeKind::Add(fields) => {
            let given = fields.get(id_field).and_then(Value::as_str);
            let record = given.and_then(|id| state.store.of(change.resource).get(&id.to_ascii_lowercase()));
            state.check_references(change.resource, record.map_or(fields, Record::fields))
        }
        ChangeKind::Patch(record, _) => match which(state, change, record) {
            Ok(record) => state.check_references(change.resource, record.fields()),
            Err(_) => Ok(()),
        },
        ChangeKind::Generate(..) | ChangeKind::Recreate(_) | ChangeKind::Remove(_) => Ok(()),
    }
}
