//! The records of one resource: by id, in creation order, and by the fields they are looked up by.

use std::ops::Range;
use std::sync::Arc;

use foldhash::quality::FixedState;
use imbl::{GenericHashMap, OrdMap, Vector, shared_ptr::DefaultSharedPtr};
use serde_json::Value;

use crate::engine::api::Resource;
use crate::engine::field::Kind;
use crate::engine::store::{Fields, Record};

/// Iteration order of these maps is never looked at; the fixed hasher spares a draw from the system per map. All bits
/// of its hashes are good, and the map takes a few of them at each level.
type HashMap<K, V> = GenericHashMap<K, V, FixedState, DefaultSharedPtr>;

/// The records of one resource.
#[derive(Clone, Debug)]
pub struct Collection {
    resource: &'static Resource,
    by_id: HashMap<Arc<str>, Record>,
    /// In creation order: sequence numbers rise, with gaps where records went.
    order: Vector<Record>,
    indexes: Vec<Index>,
    /// By the time they are due and their sequence number, those that are due at some time.
    due: OrdMap<(u64, u64), Record>,
    next_sequence: u64,
}

/// The records by one kind of value; a record with several values counts once for each.
#[derive(Clone, Debug)]
struct Index {
    key: Key,
    places: HashMap<Box<str>, Entries>,
}

/// What an index goes by.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Key {
    /// The text of a field, or the texts of its array.
    Field(&'static str),
    /// The ids that links to a resource hold.
    LinksTo(&'static Resource),
}

/// Most values belong to one record only, and then need no tree.
#[derive(Clone, Debug)]
enum Entries {
    One(Record),
    Many(OrdMap<u64, Record>),
}

/// Which part of a list is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Window {
    /// So many records after skipping so many.
    Offset {
        /// Records left out at the start.
        skip: usize,
        /// The most records to show.
        limit: usize,
    },
    /// The first so many of those between two records, in creation order.
    Forward {
        /// The most records to show.
        count: usize,
        /// Strictly after and strictly before these.
        between: Between,
    },
    /// The last so many of those between two records, newest first.
    Backward {
        /// The most records to show.
        count: usize,
        /// Strictly after and strictly before these.
        between: Between,
    },
}

/// The sequence numbers of two records that bound a part of a list and are no part of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Between {
    /// Only later records.
    pub after: Option<u64>,
    /// Only earlier records.
    pub before: Option<u64>,
}

impl Between {
    /// The places in a list of that length, where `place` is the first at or behind a sequence number.
    fn places(self, length: usize, place: impl Fn(u64) -> usize) -> Range<usize> {
        let start = self.after.map_or(0, |after| place(after + 1));
        start..self.before.map_or(length, &place).max(start)
    }
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Page {
    /// The records, in the order shown.
    pub records: Vec<Record>,
    /// Whether there are further records in the same direction.
    pub more: bool,
}

impl Collection {
    /// No records yet.
    pub fn new(resource: &'static Resource) -> Self {
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
        let indexes = keys.into_iter().map(|key| Index { key, places: HashMap::default() }).collect();
        let (by_id, order, due) = (HashMap::default(), Vector::new(), OrdMap::new());
        Self { resource, by_id, order, indexes, due, next_sequence: 0 }
    }

    /// What kind of records these are.
    pub fn resource(&self) -> &'static Resource {
        self.resource
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The sequence number the next new record gets.
    pub fn next_sequence(&self) -> u64 {
        self.next_sequence
    }

    /// The record of that id.
    pub fn get(&self, id: &str) -> Option<&Record> {
        self.by_id.get(id)
    }

    /// The record that is due first, if its time has come.
    pub fn due(&self, now_ms: u64) -> Option<&Record> {
        self.due.get_min().filter(|((at, _), _)| *at <= now_ms).map(|(_, record)| record)
    }

    /// The n-th record in creation order, from 0.
    pub fn nth(&self, n: usize) -> Option<&Record> {
        self.order.get(n)
    }

    /// All records, in creation order.
    pub fn iter(&self) -> impl Iterator<Item = &Record> {
        self.order.iter()
    }

    /// The records whose indexed field has that value, in creation order.
    ///
    /// # Panics
    ///
    /// When the field is not indexed: a lookup that would have to read every record.
    pub fn find(&self, field: &str, value: &str) -> Box<dyn Iterator<Item = &Record> + '_> {
        let index = self.indexes.iter().find(|index| matches!(index.key, Key::Field(known) if known == field));
        index.unwrap_or_else(|| panic!("{} is not looked up by {field}", self.resource.name)).of(value)
    }

    /// The records whose links lead to that record of another resource, in creation order.
    ///
    /// # Panics
    ///
    /// When records of this resource have no such links.
    pub fn linked(&self, to: &'static Resource, id: &str) -> Box<dyn Iterator<Item = &Record> + '_> {
        let index = self.indexes.iter().find(|index| index.key == Key::LinksTo(to));
        index.unwrap_or_else(|| panic!("{} has no links to {}", self.resource.name, to.name)).of(id)
    }

    /// Puts a record in: at the end when its id is new, else in place of the one it replaces.
    pub fn put(&mut self, record: &Record) {
        self.put_with(record, record.fields());
    }

    /// The same where the record's fields are at hand: it need not be looked into.
    pub fn put_with(&mut self, record: &Record, fields: &Fields) {
        self.set(record);
        self.index(record, fields, true);
    }

    /// Puts a new record in that is found by these fields and no others: it need not be looked into either.
    pub fn put_found_by(&mut self, record: &Record, fields: &[(&'static str, &str)]) {
        self.set(record);
        for (field, value) in fields {
            let index = self.indexes.iter_mut().find(|index| index.key == Key::Field(field));
            index.expect("found by fields that are indexed").note(value, record, true);
        }
    }

    /// Gives a record its place. One that stood there is not found any more.
    fn set(&mut self, record: &Record) {
        if let Some(old) = self.by_id.insert(record.shared_id(), record.clone()) {
            self.index(&old, old.fields(), false);
            let place = self.place(old.sequence()).expect("every record has its place");
            self.order.set(place, record.clone());
        } else {
            self.next_sequence = self.next_sequence.max(record.sequence() + 1);
            self.order.push_back(record.clone());
        }
    }

    /// Takes a record out.
    pub fn remove(&mut self, id: &str) -> Option<Record> {
        let record = self.by_id.remove(id)?;
        let place = self.place(record.sequence()).expect("every record has its place");
        self.order.remove(place);
        self.index(&record, record.fields(), false);
        Some(record)
    }

    /// Takes all records out. Sequence numbers go on.
    pub fn clear(&mut self) {
        let next_sequence = self.next_sequence;
        *self = Self::new(self.resource);
        self.next_sequence = next_sequence;
    }

    fn place(&self, sequence: u64) -> Result<usize, usize> {
        self.order.binary_search_by_key(&sequence, Record::sequence)
    }

    fn index(&mut self, record: &Record, fields: &Fields, add: bool) {
        if let Some(at) = self.resource.due.and_then(|due| (due.at)(fields)) {
            if add {
                self.due.insert((at, record.sequence()), record.clone());
            } else {
                self.due.remove(&(at, record.sequence()));
            }
        }
        for index in &mut self.indexes {
            match index.key {
                Key::Field(field) => match fields.get(field) {
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

    /// The part of this collection that the window shows, of those records that `keep` keeps. Without `keep`, the
    /// cost does not depend on where the window stands.
    pub fn page(&self, window: &Window, keep: Option<&dyn Fn(&Record) -> bool>) -> Page {
        let length = self.len();
        let place = |sequence| self.place(sequence).unwrap_or_else(|next| next);
        let (part, count, backward) = match *window {
            Window::Offset { skip, limit } => {
                (if keep.is_none() { skip.min(length)..length } else { 0..length }, limit, false)
            }
            Window::Forward { count, between } => (between.places(length, place), count, false),
            Window::Backward { count, between } => (between.places(length, place), count, true),
        };
        let mut focus = self.order.focus();
        let Some(keep) = keep else {
            let (places, more) = window_of(&part, count, backward);
            let records = focus.narrow(places).into_iter().cloned();
            return Page { records: if backward { records.rev().collect() } else { records.collect() }, more };
        };
        let skip = if let Window::Offset { skip, .. } = *window { skip } else { 0 };
        let places: Box<dyn Iterator<Item = usize>> = if backward { Box::new(part.rev()) } else { Box::new(part) };
        let mut records: Vec<Record> = Vec::new();
        let mut skipped = 0;
        for place in places {
            let record = focus.get(place).expect("a place below the length");
            if !keep(record) {
                continue;
            }
            if skipped < skip {
                skipped += 1;
            } else if records.len() < count {
                records.push(record.clone());
            } else {
                return Page { records, more: true };
            }
        }
        Page { records, more: false }
    }
}

impl Index {
    fn of(&self, value: &str) -> Box<dyn Iterator<Item = &Record> + '_> {
        match self.places.get(value) {
            None => Box::new(std::iter::empty()),
            Some(Entries::One(record)) => Box::new(std::iter::once(record)),
            Some(Entries::Many(records)) => Box::new(records.values()),
        }
    }

    fn note(&mut self, value: &str, record: &Record, add: bool) {
        let Some(entries) = self.places.get_mut(value) else {
            if add {
                self.places.insert(value.into(), Entries::One(record.clone()));
            }
            return;
        };
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
                records.insert(record.sequence(), record.clone());
            }
            Self::One(other) if other.sequence() == record.sequence() => *other = record.clone(),
            Self::One(other) => {
                let pair = [other.clone(), record.clone()].into_iter().map(|record| (record.sequence(), record));
                *self = Self::Many(pair.collect());
            }
        }
    }

    /// Whether none is left.
    fn remove(&mut self, record: &Record) -> bool {
        match self {
            Self::One(other) => other.sequence() == record.sequence(),
            Self::Many(records) => {
                records.remove(&record.sequence());
                records.is_empty()
            }
        }
    }
}

/// The first or the last so many places of a part, and whether there are more.
fn window_of(part: &Range<usize>, count: usize, backward: bool) -> (Range<usize>, bool) {
    if backward {
        let start = part.end.saturating_sub(count).max(part.start);
        (start..part.end, start > part.start)
    } else {
        let end = part.start.saturating_add(count).min(part.end);
        (part.start..end, end < part.end)
    }
}

impl Page {
    /// The part of records already chosen that the window shows: for lists that are found, not scanned.
    pub fn of(records: &[Record], window: &Window) -> Self {
        let length = records.len();
        let place = |sequence| records.partition_point(|record| record.sequence() < sequence);
        match *window {
            Window::Offset { skip, limit } => {
                let (places, more) = window_of(&(skip.min(length)..length), limit, false);
                Self { more, records: records[places].to_vec() }
            }
            Window::Forward { count, between } => {
                let (places, more) = window_of(&between.places(length, place), count, false);
                Self { more, records: records[places].to_vec() }
            }
            Window::Backward { count, between } => {
                let (places, more) = window_of(&between.places(length, place), count, true);
                Self { more, records: records[places].iter().rev().cloned().collect() }
            }
        }
    }

    /// The records as a JSON array, with this text before and after it.
    pub fn json(&self, before: &str, after: &str) -> Vec<u8> {
        let length: usize = self.records.iter().map(|record| record.bytes().len() + 1).sum();
        let mut bytes = Vec::with_capacity(before.len() + length + after.len() + 2);
        bytes.extend_from_slice(before.as_bytes());
        bytes.push(b'[');
        for (n, record) in self.records.iter().enumerate() {
            if n > 0 {
                bytes.push(b',');
            }
            bytes.extend_from_slice(record.bytes());
        }
        bytes.push(b']');
        bytes.extend_from_slice(after.as_bytes());
        bytes
    }
}
