//! The records of a world, as an administrator changes them behind the API.

use serde_json::{Map, Value, json};

use crate::control::error::Error;
use crate::control::request::ControlRequest;
use crate::engine::schema::document::Document;
use crate::engine::schema::field::{Kind, PRIVATE_PREFIX};
use crate::engine::schema::problem::Problem;
use crate::engine::state::State;
use crate::engine::store::{Collection, Record};
use crate::scenario::warnings_of_fields;
use crate::world::world::World;

/// Handles `GET /data`: all records of all collections.
pub(super) fn all(request: &ControlRequest<'_>) -> Result<Value, Error> {
    // Copies of records are pointers: the slow part runs after the world's lock is released.
    let mut state = {
        let mut world = request.world.lock();
        world.state.catch_up()?;
        world.state.clone()
    };
    request.lost.set(state.store.collections().map(Collection::lost).sum());
    let names: Vec<&str> = state.store.resources().map(|resource| resource.name).collect();
    let mut all_of = |name| Ok::<Value, Error>(state.records(name)?.iter().map(Record::to_value).collect());
    let all: Result<Map<String, Value>, Error> =
        names.into_iter().map(|name| Ok((name.to_owned(), all_of(name)?))).collect();
    Ok(Value::Object(all?))
}

/// Handles `PUT /data` with `{"celigo.integrations": […], …}`: replaces all records of these collections.
pub(super) fn replace_collections(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let wanted: Map<String, Value> = request.body()?;
    marked(request, |state| state.replace_collections(&wanted))?;
    Ok(Value::Null)
}

/// Handles `GET /data/<collection>?skip=N&limit=N&text=T`.
pub(super) fn collection(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let (skip, limit) = (request.number("skip")?.unwrap_or(0), request.number("limit")?.unwrap_or(usize::MAX));
    let text = request.query.get("text").map(str::to_lowercase).filter(|text| !text.is_empty());
    // Copies of records are pointers: the slow part runs after the world's lock is released.
    let records = {
        let mut world = request.world.lock();
        let records = world.state.records(request.param(0))?;
        let of_kind = world.state.store.collections().find(|known| known.resource().name == request.param(0));
        request.lost.set(of_kind.map_or(0, Collection::lost));
        records
    };
    let records = records.iter().map(Record::to_value);
    let wanted = |record: &Value| text.as_ref().is_none_or(|text| record.to_string().to_lowercase().contains(text));
    Ok(records.filter(wanted).skip(skip).take(limit).collect())
}

/// Handles `GET /collections`: the number of records of each collection, and its known fields.
pub(super) fn collections(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let mut world = request.world.lock();
    world.state.catch_up()?;
    let all = world.state.store.resources().map(|resource| {
        let fields = resource.fields.iter().map(|field| {
            let refers_to = match field.kind {
                Kind::Reference(other) | Kind::References(other) => Some(other.name),
                _ => None,
            };
            json!({ "name": field.name, "hidden": field.name.starts_with(PRIVATE_PREFIX), "refers_to": refers_to })
        });
        json!({
            "name": resource.name,
            "title": resource.title,
            "id_field": resource.id_field,
            "records": world.state.store.of(resource).len(),
            "lost": world.state.store.of(resource).lost(),
            "fields": fields.collect::<Vec<_>>(),
        })
    });
    Ok(all.collect())
}

/// Handles `PUT /data/<collection>` with an array of records: replaces all records of the collection.
pub(super) fn replace_collection(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let records: Value = request.body()?;
    let wanted = Map::from_iter([(request.param(0).to_owned(), records)]);
    marked(request, |state| state.replace_collections(&wanted))?;
    Ok(Value::Null)
}

/// Handles `POST /data/<collection>`: creates a record; fields that are left out get their defaults.
pub(super) fn create(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let fields: Document = request.body()?;
    changed(request, |state| state.admin_create(request.param(0), fields))
}

/// Handles `DELETE /data/<collection>`: removes all records of the collection.
pub(super) fn clear(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let wanted = Map::from_iter([(request.param(0).to_owned(), json!([]))]);
    request.world.lock().state.replace_collections(&wanted)?;
    Ok(Value::Null)
}

/// Handles `GET /data/<collection>/<id>`: one record, with the fields that consumers do not see.
pub(super) fn record(request: &ControlRequest<'_>) -> Result<Value, Error> {
    one(request, |world| world.state.record(request.param(0), request.param(1)))
}

/// Handles `PUT /data/<collection>/<id>`: creates the record, or replaces its fields.
pub(super) fn put(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let fields: Document = request.body()?;
    changed(request, |state| state.admin_put(request.param(0), request.param(1), fields))
}

/// Handles `PATCH /data/<collection>/<id>`, as RFC 7396 says.
pub(super) fn patch(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let fields: Document = request.body()?;
    changed(request, |state| state.admin_patch(request.param(0), request.param(1), &fields))
}

/// Handles `DELETE /data/<collection>/<id>`: removes the record and all that belongs to it.
pub(super) fn remove(request: &ControlRequest<'_>) -> Result<Value, Error> {
    request.world.lock().state.admin_remove(request.param(0), request.param(1))?;
    Ok(Value::Null)
}

/// Handles `POST /data/<collection>/<id>/recreate`: destroys the record and makes it again, with a new id and new
/// tokens.
pub(super) fn recreate(request: &ControlRequest<'_>) -> Result<Value, Error> {
    one(request, |world| world.state.admin_recreate(request.param(0), request.param(1)))
}

/// Returns the whole record that a change results in.
fn changed(
    request: &ControlRequest<'_>,
    of: impl FnOnce(&mut State) -> Result<Record, Problem>,
) -> Result<Value, Error> {
    Ok(marked(request, of)?.to_value())
}

/// Makes a change, and warns of fields that no document knows. The request may mark them as meant.
fn marked<T>(request: &ControlRequest<'_>, of: impl FnOnce(&mut State) -> Result<T, Problem>) -> Result<T, Error> {
    let marked = request.one_of("unknown_fields", &["allow"])?.is_some();
    let mut world = request.world.lock();
    let admitted = world.state.admits_unknown;
    world.state.admits_unknown |= marked;
    let (changed, unknown) = world.state.noting_unknown(of);
    world.state.admits_unknown = admitted;
    // The answer is a record, or empty, so that only a header can carry warnings.
    request.warnings.set(warnings_of_fields(&unknown, "add ?unknown_fields=allow"));
    changed.map_err(Error::from).map_err(|error| {
        let hint = "?unknown_fields=allow takes it as it is.";
        if error.message.contains("; did you mean ") && error.hint.is_empty() { error.hint(hint) } else { error }
    })
}

/// Returns the whole record that `of` results in.
fn one(request: &ControlRequest<'_>, of: impl FnOnce(&mut World) -> Result<Record, Problem>) -> Result<Value, Error> {
    Ok(of(&mut request.world.lock())?.to_value())
}
