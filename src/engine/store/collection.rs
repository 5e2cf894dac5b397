//! The records of one resource: in creation order, by id, and by the fields they are looked up by.

use std::sync::{Arc, OnceLock};

use imbl::Vector;
use parking_lot::Mutex;

use crate::engine::schema::document::Document;
use crate::engine::schema::schema::Schema;
use crate::engine::store::history::{History, HistoryBounds};
use crate::engine::store::lookups::Lookups;
use crate::engine::store::page::{Page, Records, Window, window_of};
use crate::engine::store::{Found, LazyRecord, Record};

/// The records of one resource.
#[derive(Clone, Debug)]
pub struct Collection {
    resource: &'static Schema,
    /// The records, except those in the log.
    known: Indexed,
    /// The records at the end that were appended and that no reader has looked for yet.
    log: Vector<LazyRecord>,
    /// All records, once a reader looked for one while some were in the log.
    caught_up: OnceLock<Indexed>,
    next_sequence: u64,
    latest: PageCache,
    history: History,
    /// The bytes of its records that the total of all worlds counts.
    counted_bytes: usize,
}

/// Records, and the ways to them.
#[derive(Clone, Debug)]
struct Indexed {
    /// In creation order: sequence numbers rise, with gaps where records went.
    order: Vector<Record>,
    lookups: Lookups,
}

/// The page that was shown last, until a record changes: a consumer that waits for a change asks for one page again and
/// again, and so do tests that share the records of one start. Forks share the page as they share the records.
#[derive(Debug, Default)]
struct PageCache(OnceLock<Arc<Mutex<Option<Arc<Page>>>>>);

impl Clone for PageCache {
    fn clone(&self) -> Self {
        Self(Arc::clone(self.shared()).into())
    }
}

impl PageCache {
    /// The most records of a page that is kept.
    const MOST: usize = 100;

    fn get(&self, window: &Window) -> Option<Arc<Page>> {
        self.0.get()?.lock().as_ref().filter(|page| page.window == *window).map(Arc::clone)
    }

    fn set(&self, page: &Arc<Page>) {
        if page.records.len() <= Self::MOST {
            *self.shared().lock() = Some(Arc::clone(page));
        }
    }

    /// Forgets the page here, because a record changed. Forks keep theirs.
    fn forget(&mut self) {
        self.0.take();
    }

    /// Returns the page that forks made from now on share.
    fn shared(&self) -> &Arc<Mutex<Option<Arc<Page>>>> {
        self.0.get_or_init(Arc::default)
    }
}

impl Collection {
    /// Makes a collection without records.
    pub fn new(resource: &'static Schema) -> Self {
        let known = Indexed { order: Vector::new(), lookups: Lookups::new(resource) };
        let (log, caught_up, latest) = (Vector::new(), OnceLock::new(), PageCache::default());
        let history = History::default();
        Self { resource, known, log, caught_up, next_sequence: 0, latest, history, counted_bytes: 0 }
    }

    /// Returns the kind of these records.
    pub fn resource(&self) -> &'static Schema {
        self.resource
    }

    /// Returns the number of records.
    pub fn len(&self) -> usize {
        self.known.order.len() + self.log.len()
    }

    /// Tells whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the sequence number the next new record gets.
    pub fn next_sequence(&self) -> u64 {
        self.next_sequence
    }

    /// Leaves out the sequence numbers before this one.
    pub(crate) fn skip_to(&mut self, sequence: u64) {
        if sequence > self.next_sequence {
            // The sequence numbers of the log follow from the next one, so it is emptied first.
            self.known_mut();
            self.next_sequence = sequence;
        }
    }

    /// Returns the record of that id.
    pub fn get(&self, id: &str) -> Option<&Record> {
        self.known().lookups.get(id)
    }

    /// Returns the record that is due first, and when, in milliseconds since 1970.
    pub fn first_due(&self) -> Option<(u64, &Record)> {
        self.known().lookups.first_due()
    }

    /// Returns the n-th record in creation order, from 0.
    pub fn nth(&self, n: usize) -> Option<&Record> {
        self.known().order.get(n)
    }

    /// Returns all records, in creation order.
    pub fn iter(&self) -> impl Iterator<Item = &Record> {
        self.known().order.iter()
    }

    /// Returns the records whose indexed field has that value, in creation order.
    ///
    /// # Panics
    ///
    /// Panics if the field is not indexed: the lookup would have to read every record.
    pub fn find(&self, field: &str, value: &str) -> Found<'_> {
        let found = self.known().lookups.find(field, value);
        found.unwrap_or_else(|| panic!("{} is not looked up by {field}", self.resource.name))
    }

    /// Returns the records whose links lead to that record of another resource, in creation order.
    ///
    /// # Panics
    ///
    /// Panics if records of this resource have no such links.
    pub fn linked(&self, to: &'static Schema, id: &str) -> Found<'_> {
        let found = self.known().lookups.linked(to, id);
        found.unwrap_or_else(|| panic!("{} has no links to {}", self.resource.name, to.name))
    }

    /// Adds a record: at the end when its id is new, else in place of the record with that id.
    pub(crate) fn put(&mut self, record: &Record) {
        let known = self.known_mut();
        let Some(old) = known.lookups.get(record.id()).cloned() else { return self.add(record, record.fields()) };
        known.lookups.replace(&old, record);
        let place = known.place(old.sequence()).expect("every record has its place");
        known.order.set(place, record.clone());
        self.counted_bytes = self.counted_bytes - old.counted_memory() + record.counted_memory();
    }

    /// Adds a record with a new id. The caller passes its fields, so that its text need not be read.
    pub(crate) fn add(&mut self, record: &Record, fields: &Document) {
        let known = self.known_mut();
        known.lookups.add(record, fields);
        known.order.push_back(record.clone());
        self.next_sequence = self.next_sequence.max(record.sequence() + 1);
        self.counted_bytes += record.counted_memory();
    }

    /// Appends a record that no reader may ever look for. It is not indexed until a reader looks for a record.
    pub(crate) fn append(&mut self, record: LazyRecord) {
        self.latest.forget();
        self.keep_caught_up();
        self.log.push_back(record);
        self.next_sequence += 1;
    }

    /// Counts the newest record in the history, and drops the oldest records of the history beyond the bounds.
    pub(crate) fn keep_within(&mut self, bytes: usize, bounds: &HistoryBounds) {
        self.history.push(self.next_sequence.saturating_sub(1), bytes, bounds);
        while let Some(oldest) = self.history.pop_beyond(bounds) {
            self.forget(oldest);
        }
    }

    /// Drops the oldest records of the history until at most `bytes` bytes of it are left.
    pub(crate) fn shorten_history(&mut self, bytes: usize) {
        while let Some(oldest) = self.history.pop_above(bytes) {
            self.forget(oldest);
        }
    }

    /// Returns the bytes of the records that the service wrote by itself.
    pub fn history_bytes(&self) -> usize {
        self.history.bytes()
    }

    /// Tells whether the service wrote a record by itself.
    pub fn is_history(&self, record: &Record) -> bool {
        self.history.has(record.sequence())
    }

    /// Returns the bytes of its records that the total of all worlds counts.
    pub fn counted_bytes(&self) -> usize {
        self.counted_bytes
    }

    /// Returns the number of records that the history has dropped.
    pub fn lost(&self) -> u64 {
        self.history.lost()
    }

    fn forget(&mut self, sequence: u64) {
        self.latest.forget();
        self.keep_caught_up();
        let first_of_log = self.next_sequence - self.log.len() as u64;
        if sequence >= first_of_log {
            // The oldest record of the history is the first of the log: all before it are gone already.
            self.log.pop_front();
        } else if let Ok(place) = self.known.place(sequence)
            && let Some(record) = self.known.order.get(place).cloned()
        {
            self.known.lookups.remove(record.id());
            self.known.order.remove(place);
            self.counted_bytes -= record.counted_memory();
        }
    }

    /// Returns the records whose indexed field has that value, or all, with the newest moment first. Of two records
    /// with one moment, the one that was made later comes first.
    pub fn newest_first(&self, found_by: Option<(&str, &str)>) -> Box<dyn Iterator<Item = &Record> + '_> {
        match found_by {
            Some((field, value)) => Box::new(self.find(field, value).rev()),
            None => Box::new(self.known().lookups.by_moment().rev()),
        }
    }

    /// Removes a record, and returns it.
    pub(crate) fn remove(&mut self, id: &str) -> Option<Record> {
        let known = self.known_mut();
        let record = known.lookups.remove(id)?;
        let place = known.place(record.sequence()).expect("every record has its place");
        known.order.remove(place);
        self.counted_bytes -= record.counted_memory();
        Some(record)
    }

    /// Removes all records. Sequence numbers go on.
    pub(crate) fn clear(&mut self) {
        *self = Self { next_sequence: self.next_sequence, ..Self::new(self.resource) };
    }

    /// Compacts the lookups of records that others start from, with `more` records to come.
    pub(crate) fn compact(&mut self, more: usize) {
        self.known_mut().lookups.compact(more);
    }

    /// Returns all records.
    fn known(&self) -> &Indexed {
        if self.log.is_empty() {
            return &self.known;
        }
        self.caught_up.get_or_init(|| {
            let mut known = self.known.clone();
            let first = self.next_sequence - self.log.len() as u64;
            for (sequence, later) in (first..).zip(&self.log) {
                let record = later.record(self.resource, sequence, |id| known.lookups.get(id).is_some());
                known.lookups.append(&record);
                known.order.push_back(record);
            }
            known
        })
    }

    /// Returns all records, to change them.
    fn known_mut(&mut self) -> &mut Indexed {
        self.latest.forget();
        self.known();
        self.keep_caught_up();
        &mut self.known
    }

    /// Keeps the records that were made from the log, so that none is made twice.
    fn keep_caught_up(&mut self) {
        if let Some(known) = self.caught_up.take() {
            (self.known, self.log) = (known, Vector::new());
        }
    }

    /// Returns the part that the window shows of the records that `keep` keeps. Without `keep`, the cost does not
    /// depend on the place of the window.
    pub fn page(&self, window: &Window, keep: Option<&dyn Fn(&Record) -> bool>) -> Arc<Page> {
        if let Some(page) = self.latest.get(window).filter(|_| keep.is_none()) {
            return page;
        }
        let known = self.known();
        let length = known.order.len();
        let place = |sequence| known.place(sequence).unwrap_or_else(|next| next);
        let (part, count, backward) = window.part(length, place);
        let Some(keep) = keep else {
            let (places, more) = window_of(&part, count, backward);
            let page = Arc::new(
                Page::new(*window, Records::Part { of: known.order.clone(), places, backward }, more)
                    .with_lost(self.lost()),
            );
            self.latest.set(&page);
            return page;
        };
        let mut focus = known.order.focus();
        // An offset counts the records that `keep` keeps, so that all of them are read.
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
                return Arc::new(Page::new(*window, Records::Found(records), true).with_lost(self.lost()));
            }
        }
        Arc::new(Page::new(*window, Records::Found(records), false).with_lost(self.lost()))
    }
}

impl Indexed {
    fn place(&self, sequence: u64) -> Result<usize, usize> {
        self.order.binary_search_by_key(&sequence, Record::sequence)
    }
}
