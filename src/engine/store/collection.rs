//! The records of one resource: by id, in creation order, and by the fields they are looked up by.

use std::sync::Arc;

use foldhash::quality::FixedState;
use imbl::{GenericHashMap, OrdMap, Vector, shared_ptr::DefaultSharedPtr};
use parking_lot::Mutex;
use serde_json::Value;

use crate::engine::api::Resource;
use crate::engine::field::Kind;
use crate::engine::store::page::{Page, Records, Window, window_of};
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
    latest: Latest,
}

/// The page shown last, until a record changes: those who wait for a change ask for the same one again and again, and
/// so do the tests that share the records of one start. Forks share it as they share the records.
#[derive(Clone, Debug, Default)]
struct Latest(Arc<Mutex<Option<Shown>>>);

type Shown = (Window, Arc<Page>);

impl Latest {
    /// Pages of more records are not kept.
    const MOST: usize = 100;

    fn get(&self, window: &Window) -> Option<Arc<Page>> {
        self.0.lock().as_ref().filter(|(shown, _)| shown == window).map(|(_, page)| Arc::clone(page))
    }

    fn set(&self, window: &Window, page: &Arc<Page>) {
        if page.records.len() <= Self::MOST {
            *self.0.lock() = Some((window.clone(), Arc::clone(page)));
        }
    }

    /// A record changed: here, but not in the forks.
    fn forget(&mut self) {
        match Arc::get_mut(&mut self.0) {
            Some(own) => *own.get_mut() = None,
            None => self.0 = Arc::default(),
        }
    }
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
        Self { resource, by_id, order, indexes, due, next_sequence: 0, latest: Latest::default() }
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
        self.latest.forget();
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
        self.latest.forget();
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
    pub fn page(&self, window: &Window, keep: Option<&dyn Fn(&Record) -> bool>) -> Arc<Page> {
        if let Some(page) = self.latest.get(window).filter(|_| keep.is_none()) {
            return page;
        }
        let length = self.len();
        let place = |sequence| self.place(sequence).unwrap_or_else(|next| next);
        let (part, count, backward) = window.part(length, place);
        let Some(keep) = keep else {
            let (places, more) = window_of(&part, count, backward);
            let page = Arc::new(Page::new(Records::Part { of: self.order.clone(), places, backward }, more));
            self.latest.set(window, &page);
            return page;
        };
        let mut focus = self.order.focus();
        // Of those that are kept so many are left out, not of all.
        let (part, skip) = if let Window::Offset { skip, .. } = *window { (0..length, skip) } else { (part, 0) };
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
                return Arc::new(Page::new(Records::Found(records), true));
            }
        }
        Arc::new(Page::new(Records::Found(records), false))
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
