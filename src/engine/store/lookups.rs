//! The records of one resource by id, by the fields they are looked up by, and by the time they are due.

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};

use imbl::OrdMap;
use serde_json::Value;

use crate::engine::schema::document::Document;
use crate::engine::schema::field::Kind;
use crate::engine::schema::schema::{FieldSet, Schema};
use crate::engine::store::overlay_map::OverlayMap;
use crate::engine::store::{Found, Record};

/// The indexes of a collection: everything that finds a record, except its place in the order.
#[derive(Clone, Debug)]
pub(super) struct Lookups {
    resource: &'static Schema,
    by_id: OverlayMap<ById, ()>,
    indexes: Vec<Index>,
    /// The records that are due at some time, by that time and their sequence number.
    due: OrdMap<(u64, u64), Record>,
    /// The records that have a moment, by that moment and their sequence number.
    by_moment: OrdMap<(u64, u64), Record>,
}

/// A record that is found by its id. The id lies in the record, so that the map is a third of the size.
#[derive(Clone, Debug)]
struct ById(Record);

impl Hash for ById {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.id().hash(state);
    }
}

impl PartialEq for ById {
    fn eq(&self, other: &Self) -> bool {
        self.0.id() == other.0.id()
    }
}

impl Eq for ById {}

impl Borrow<str> for ById {
    fn borrow(&self) -> &str {
        self.0.id()
    }
}

/// The records by one kind of value; a record with several values counts once for each.
#[derive(Clone, Debug)]
struct Index {
    key: Key,
    /// The documented field that it indexes; `None` when the field is not documented, or lies deeper.
    place: Option<FieldSet>,
    places: OverlayMap<Box<str>, Entries>,
}

/// The part of a record that an index reads.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Key {
    /// The text of a field, or the texts of its array.
    Field(&'static str),
    /// The ids that links to a resource hold.
    LinksTo(&'static Schema),
}

/// The records of one value. Most values belong to one record only, which needs no tree.
#[derive(Clone, Debug)]
enum Entries {
    One(Record),
    Many(Box<OrdMap<(u64, u64), Record>>),
}

impl Lookups {
    /// Makes lookups of no records.
    pub(super) fn new(resource: &'static Schema) -> Self {
        let references = resource.fields.iter().filter_map(|field| match field.kind {
            Kind::Reference(_) | Kind::References(_) => Some(field.name),
            _ => None,
        });
        let fields = resource.unique.iter().chain(resource.indexed).copied().chain(references);
        let mut keys: Vec<Key> = fields.map(Key::Field).collect();
        for link in resource.links {
            if !keys.contains(&Key::LinksTo(link.to)) {
                keys.push(Key::LinksTo(link.to));
            }
        }
        let place = |key| match key {
            Key::Field(field) => Some(resource.place_of(field)).filter(|place| place.count() > 0),
            Key::LinksTo(_) => None,
        };
        let indexes =
            keys.into_iter().map(|key| Index { key, place: place(key), places: OverlayMap::default() }).collect();
        let (due, by_moment) = (OrdMap::new(), OrdMap::new());
        Self { resource, by_id: OverlayMap::default(), indexes, due, by_moment }
    }

    /// Returns the record of that id.
    pub(super) fn get(&self, id: &str) -> Option<&Record> {
        self.by_id.get(id).map(|(found, ())| &found.0)
    }

    /// Returns the record that is due first, and when, in milliseconds since 1970.
    pub(super) fn first_due(&self) -> Option<(u64, &Record)> {
        self.due.get_min().map(|((at_ms, _), record)| (*at_ms, record))
    }

    /// Returns the records in the order of their moments.
    pub(super) fn by_moment(&self) -> Found<'_> {
        Found::many(self.by_moment.values())
    }

    /// Returns the records whose field has that value, in the order of their moments, else of creation, if the field is
    /// indexed.
    pub(super) fn find(&self, field: &str, value: &str) -> Option<Found<'_>> {
        let index = self.indexes.iter().find(|index| matches!(index.key, Key::Field(known) if known == field));
        index.map(|index| index.of(value))
    }

    /// Returns the records whose links lead to that record of another resource, in creation order, if there are such
    /// links.
    pub(super) fn linked(&self, to: &'static Schema, id: &str) -> Option<Found<'_>> {
        let index = self.indexes.iter().find(|index| index.key == Key::LinksTo(to));
        index.map(|index| index.of(id))
    }

    /// Adds a record with a new id.
    pub(super) fn add(&mut self, record: &Record, fields: &Document) {
        self.by_id.insert(ById(record.clone()), ());
        self.index_by(record, fields, true);
    }

    /// Adds a record with a new id. Its text is read only if an index needs more than it tells of itself.
    pub(super) fn append(&mut self, record: &Record) {
        self.by_id.insert(ById(record.clone()), ());
        self.index(record, true);
    }

    /// Replaces the record with that id.
    pub(super) fn replace(&mut self, old: &Record, record: &Record) {
        self.index(old, false);
        self.add(record, record.fields());
    }

    /// Removes a record, and returns it.
    pub(super) fn remove(&mut self, id: &str) -> Option<Record> {
        let (ById(record), ()) = self.by_id.remove(id)?;
        self.index(&record, false);
        Some(record)
    }

    /// Compacts the maps, because other worlds start from these records: see [`OverlayMap::compact`].
    pub(super) fn compact(&mut self, more: usize) {
        self.by_id.compact(more);
        self.indexes.iter_mut().for_each(|index| index.places.compact(more));
    }

    /// Adds a record to the index, or removes it. The text of a record that tells what it is found by is not read.
    fn index(&mut self, record: &Record, add: bool) {
        let Some((field, value)) = record.found_by() else { return self.index_by(record, record.fields(), add) };
        self.index_moment(record, add);
        let index = self.indexes.iter_mut().find(|index| index.key == Key::Field(field));
        index.expect("found by a field that is indexed").note(value, record, add);
    }

    fn index_moment(&mut self, record: &Record, add: bool) {
        if self.resource.moment.is_none() {
            return;
        }
        if add {
            self.by_moment.insert(record.place(), record.clone());
        } else {
            self.by_moment.remove(&record.place());
        }
    }

    fn index_by(&mut self, record: &Record, fields: &Document, add: bool) {
        self.index_moment(record, add);
        if let Some(at) = self.resource.due_at.and_then(|due_at| due_at(fields)) {
            if add {
                self.due.insert((at, record.sequence()), record.clone());
            } else {
                self.due.remove(&(at, record.sequence()));
            }
        }
        for index in &mut self.indexes {
            if index.place.is_some_and(|place| !fields.may_have(place)) {
                continue;
            }
            match index.key {
                Key::Field(field) => match fields.written(field) {
                    Some(Value::String(value)) => index.note(value, record, add),
                    Some(Value::Array(values)) => {
                        values.iter().filter_map(Value::as_str).for_each(|value| index.note(value, record, add));
                    }
                    _ => {}
                },
                Key::LinksTo(to) => {
                    let links = self.resource.links.iter().filter(|link| link.to == to);
                    links.flat_map(|link| (link.ids)(fields)).for_each(|id| index.note(id, record, add));
                }
            }
        }
    }
}

impl Index {
    fn of(&self, value: &str) -> Found<'_> {
        match self.places.get(value).map(|(_, entries)| entries) {
            None => Found::at_most_one(None),
            Some(Entries::One(record)) => Found::at_most_one(Some(record)),
            Some(Entries::Many(records)) => Found::many(records.values()),
        }
    }

    fn note(&mut self, value: &str, record: &Record, add: bool) {
        // Most values are new, and a read sees that without copying any node.
        if self.places.get(value).is_none() {
            if add {
                self.places.insert(value.into(), Entries::One(record.clone()));
            }
            return;
        }
        let entries = self.places.get_mut(value).expect("it was just seen");
        if add {
            entries.add(record);
        } else if entries.remove(record) {
            self.places.remove(value);
        }
    }
}

impl Entries {
    fn add(&mut self, record: &Record) {
        match self {
            Self::Many(records) => {
                records.insert(record.place(), record.clone());
            }
            Self::One(other) if other.sequence() == record.sequence() => *other = record.clone(),
            Self::One(other) => {
                let pair = [other.clone(), record.clone()].into_iter().map(|record| (record.place(), record));
                *self = Self::Many(Box::new(pair.collect()));
            }
        }
    }

    /// Removes one of several records, and tells whether none is left.
    fn remove(&mut self, record: &Record) -> bool {
        match self {
            Self::One(other) => other.sequence() == record.sequence(),
            Self::Many(records) => {
                records.remove(&record.place());
                records.is_empty()
            }
        }
    }
}
