//! Changes that an administrator can make to the records of a world, by collection name. Each happens as a whole or not
//! at all.

use serde_json::{Map, Value};

use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::{Actor, Schema};
use crate::engine::schema::suggest::{did_you_mean, nearest};
use crate::engine::state::State;
use crate::engine::state::unknown_fields::UnknownFields;
use crate::engine::store::Record;

impl State {
    /// Returns the resource of a collection's name.
    pub fn resource(&self, collection: &str) -> Result<&'static Schema, Problem> {
        let known = || self.store.resources();
        known().find(|resource| resource.name == collection).ok_or_else(|| {
            let known: Vec<&str> = known().map(|resource| resource.name).collect();
            let meant = did_you_mean(collection, known.iter().copied());
            Problem::refused(format!("there is no collection {collection}; {meant}"))
        })
    }

    /// Returns all records of a collection, in creation order, with their private fields.
    pub fn records(&mut self, collection: &str) -> Result<Vec<Record>, Problem> {
        self.catch_up()?;
        Ok(self.store.of(self.resource(collection)?).iter().cloned().collect())
    }

    /// Returns one record of a collection.
    pub fn record(&mut self, collection: &str, id: &str) -> Result<Record, Problem> {
        self.catch_up()?;
        let resource = self.resource(collection)?;
        let record = self.store.of(resource).get(id).cloned();
        record.ok_or_else(|| Problem::NotFound { resource, id: id.to_owned() })
    }

    /// Makes a record.
    pub fn admin_create(&mut self, collection: &str, fields: Document) -> Result<Record, Problem> {
        let resource = self.resource(collection)?;
        let unknown = self.unknown(resource, &fields, None)?;
        let made = self.within_bounds(|state| state.create_from(resource, fields, Actor::Administrator))?;
        self.note_unknown(resource, &made, &unknown);
        Ok(made)
    }

    /// Makes a record of that id, or puts these fields in place of those of the record that has it.
    pub fn admin_put(&mut self, collection: &str, id: &str, mut fields: Document) -> Result<Record, Problem> {
        let resource = self.resource(collection)?;
        fields.or_insert_with(resource.id_field, || id.into());
        if fields.get(resource.id_field).and_then(Value::as_str) != Some(id) {
            let message = format!("{} in the body is not the {id} of the path", resource.id_field);
            return Err(Problem::refused(message));
        }
        let unknown = self.unknown(resource, &fields, self.store.of(resource).get(id))?;
        let put = self.within_bounds(|state| match state.store.of(resource).get(id).cloned() {
            Some(old) => state.replace(resource, &old, fields, Actor::Administrator),
            None => state.create_from(resource, fields, Actor::Administrator),
        })?;
        self.note_unknown(resource, &put, &unknown);
        Ok(put)
    }

    /// Changes some fields of a record: RFC 7396.
    pub fn admin_patch(&mut self, collection: &str, id: &str, patch: &Document) -> Result<Record, Problem> {
        let (resource, old) = (self.resource(collection)?, self.record(collection, id)?);
        let unknown = self.unknown(resource, patch, Some(&old))?;
        let patched = self.within_bounds(|state| state.patch(resource, &old, patch, Actor::Administrator))?;
        self.note_unknown(resource, &patched, &unknown);
        Ok(patched)
    }

    /// Returns the fields that no document knows and the record does not have yet: they may be meant, because the
    /// services keep unknown fields too. Rejects a field whose name is one slip away from a documented one: no reader
    /// would look at it.
    fn unknown(
        &self,
        resource: &'static Schema,
        fields: &Document,
        old: Option<&Record>,
    ) -> Result<Vec<String>, Problem> {
        if self.admits_unknown {
            return Ok(Vec::new());
        }
        let is_known = |name: &str| resource.field(name).is_some() || name == resource.id_field;
        let is_there = |name: &str| old.is_some_and(|old| old.fields().get(name).is_some());
        let mut unknown = Vec::new();
        for (name, value) in fields.iter().filter(|(name, _)| !is_known(name) && !is_there(name)) {
            let known = resource.fields.iter().map(|field| field.name).filter(|known| fields.get(known).is_none());
            if let Some(meant) = nearest(name, known).filter(|meant| is_slip(name, meant)) {
                let reason = format!("{name} is no field of {}; did you mean {meant}?", resource.title);
                return Err(Problem::refused(reason));
            }
            // A `null` of a patch takes away a field that is not there: nothing changes.
            if !value.is_null() {
                unknown.push(name.to_owned());
            }
        }
        Ok(unknown)
    }

    /// Makes a change, and returns its result and the unknown fields that it wrote.
    pub(crate) fn noting_unknown<T>(&mut self, change: impl FnOnce(&mut Self) -> T) -> (T, UnknownFields) {
        let before = std::mem::take(&mut self.unknown_fields);
        let done = change(self);
        let unknown = std::mem::replace(&mut self.unknown_fields, before);
        self.unknown_fields.join(unknown.clone());
        (done, unknown)
    }

    /// Remembers the unknown fields that a record was given.
    fn note_unknown(&mut self, resource: &'static Schema, record: &Record, unknown: &[String]) {
        for name in unknown {
            self.unknown_fields.note(resource, record.id(), name);
        }
    }

    /// Takes a record away, with what belongs to it.
    pub fn admin_remove(&mut self, collection: &str, id: &str) -> Result<(), Problem> {
        let (resource, old) = (self.resource(collection)?, self.record(collection, id)?);
        self.within_bounds(|state| state.remove(resource, &old, Actor::Administrator))
    }

    /// Destroys a record and makes it again: a new id, new times, new tokens.
    pub fn admin_recreate(&mut self, collection: &str, id: &str) -> Result<Record, Problem> {
        let (resource, old) = (self.resource(collection)?, self.record(collection, id)?);
        self.within_bounds(|state| state.recreate(resource, &old, Actor::Administrator))
    }

    /// Replaces all records of these collections. The other collections stay as they are, and their references must
    /// still lead somewhere.
    pub fn replace_collections(&mut self, wanted: &Map<String, Value>) -> Result<(), Problem> {
        let unknown = self.within_bounds(|state| {
            let mut resources = Vec::new();
            for (name, records) in wanted {
                let Value::Array(records) = records else {
                    return Err(Problem::refused(format!("{name} must be an array of records")));
                };
                resources.push((state.resource(name)?, records));
            }
            let before = state.store.clone();
            let mut all_unknown = UnknownFields::default();
            for (resource, _) in &resources {
                state.store.of_mut(resource).clear();
            }
            for (resource, records) in &resources {
                for (n, record) in records.iter().enumerate() {
                    let at =
                        |problem: &Problem| Problem::refused(format!("{}[{n}]: {}", resource.name, problem.plain()));
                    let fields =
                        record.as_object().ok_or_else(|| at(&Problem::refused("a record must be a JSON object")))?;
                    let fields: Document = fields.clone().into();
                    // A field that the record had before, because a consumer sent it, is no slip when it is put back.
                    let old = fields.get(resource.id_field).and_then(|id| before.of(resource).get(id.as_str()?));
                    let unknown = state.unknown(resource, &fields, old).map_err(|problem| at(&problem))?;
                    let put = state.create_from(resource, fields, Actor::Fixture).map_err(|problem| at(&problem))?;
                    unknown.iter().for_each(|name| all_unknown.note(resource, put.id(), name));
                }
            }
            state.check_all_references()?;
            Ok(all_unknown)
        })?;
        self.unknown_fields.join(unknown);
        Ok(())
    }

    /// Checks that every reference of every record leads somewhere.
    pub fn check_all_references(&self) -> Result<(), Problem> {
        for collection in self.store.collections() {
            let resource = collection.resource();
            for record in collection.iter() {
                self.check_references(resource, record.fields()).map_err(|problem| {
                    let message = format!("{} {:?}: {}", resource.name, record.id(), problem.plain());
                    Problem::refused(message)
                })?;
            }
        }
        Ok(())
    }
}

/// Tells whether a name is so near to a known one that it was meant.
fn is_slip(name: &str, known: &str) -> bool {
    name.len() <= 64 && strsim::damerau_levenshtein(name, known) <= (known.len() / 4).clamp(1, 2)
}
