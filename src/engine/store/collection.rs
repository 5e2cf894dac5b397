//! The records of one resource: in creation order, by id, and by the fields they are looked up by.

use std::sync::{Arc, OnceLock};

use imbl::Vector;
use parking_lot::Mutex;

use crate::engine::api::Resource;
use crate::engine::store::lookups::Lookups;
use crate::engine::store::page::{Page, Records, Window, window_of};
use crate::engine::store::{Fields, Record};

/// The records of one resource.
#[derive(Clone, Debug)]
pub struct Collection {
    resource: &'static Resource,
    /// In creation order: sequence numbers rise, with gaps where records went.
    order: Vector<Record>,
    /// Of all records but the last ones: what is only written, like a log, need not be found.
    lookups: Lookups,
    /// How many records at the end have been appended and not been looked for.
    behind: usize,
    /// The lookups of all records, made when one is looked for while some are behind.
    caught_up: OnceLock<Lookups>,
    next_sequence: u64,
    latest: Latest,
}

/// The page shown last, until a record changes: those who wait for a change ask for the same one again and again, and
/// so do the tests that share the records of one start. Forks share it as they share the records.
#[derive(Debug, Default)]
struct Latest(OnceLock<Arc<Mutex<Option<Arc<Page>>>>>);

impl Clone for Latest {
    fn clone(&self) -> Self {
        Self(Arc::clone(self.shared()).into())
    }
}

impl Latest {
    /// Pages of more records are not kept.
    const MOST: usize = 100;

    fn get(&self, window: &Window) -> Option<Arc<Page>> {
        self.0.get()?.lock().as_ref().filter(|page| page.window == *window).map(Arc::clone)
    }

    fn set(&self, page: &Arc<Page>) {
        if page.records.len() <= Self::MOST {
            *self.shared().lock() = Some(Arc::clone(page));
        }
    }

    /// A record changed: here, but not in the forks.
    fn forget(&mut self) {
        self.0.take();
    }

    /// What forks made from now on share.
    fn shared(&self) -> &Arc<Mutex<Option<Arc<Page>>>> {
        self.0.get_or_init(Arc::default)
    }
}

impl Collection {
    /// No records yet.
    pub fn new(resource: &'static Resource) -> Self {
        let (order, lookups, caught_up) = (Vector::new(), Lookups::new(resource), OnceLock::new());
        Self { resource, order, lookups, behind: 0, caught_up, next_sequence: 0, latest: Latest::default() }
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
        self.lookups().get(id)
    }

    /// Whether there is a record of an id that was just drawn. Those [appended](Self::append) since anybody looked for a
    /// record are left out: their ids were drawn from the same seed.
    pub fn holds_drawn(&self, id: &str) -> bool {
        self.lookups.get(id).is_some()
    }

    /// The record that is due first, if its time has come.
    pub fn due(&self, now_ms: u64) -> Option<&Record> {
        self.lookups().due(now_ms)
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
    pub fn find(&self, field: &str, value: &str) -> impl DoubleEndedIterator<Item = &Record> + use<'_> {
        let found = self.lookups().find(field, value);
        found.unwrap_or_else(|| panic!("{} is not looked up by {field}", self.resource.name))
    }

    /// The records whose links lead to that record of another resource, in creation order.
    ///
    /// # Panics
    ///
    /// When records of this resource have no such links.
    pub fn linked(&self, to: &'static Resource, id: &str) -> impl DoubleEndedIterator<Item = &Record> + use<'_> {
        let found = self.lookups().linked(to, id);
        found.unwrap_or_else(|| panic!("{} has no links to {}", self.resource.name, to.name))
    }

    /// Puts a record in: at the end when its id is new, else in place of the one it replaces.
    pub fn put(&mut self, record: &Record) {
        let lookups = self.lookups_mut();
        let Some(old) = lookups.get(record.id()).cloned() else { return self.add(record, record.fields()) };
        lookups.replace(&old, record);
        self.latest.forget();
        let place = self.place(old.sequence()).expect("every record has its place");
        self.order.set(place, record.clone());
    }

    /// Puts a record in whose id is new. Its fields are at hand: it need not be looked into.
    pub fn add(&mut self, record: &Record, fields: &Fields) {
        self.latest.forget();
        self.lookups_mut().add(record, fields);
        self.push(record);
    }

    /// The same for one that may never be looked for. Until one is, that is all.
    pub fn append(&mut self, record: &Record) {
        self.latest.forget();
        self.keep_lookups();
        self.behind += 1;
        self.push(record);
    }

    fn push(&mut self, record: &Record) {
        self.next_sequence = self.next_sequence.max(record.sequence() + 1);
        self.order.push_back(record.clone());
    }

    /// Takes a record out.
    pub fn remove(&mut self, id: &str) -> Option<Record> {
        let record = self.lookups_mut().remove(id)?;
        self.latest.forget();
        let place = self.place(record.sequence()).expect("every record has its place");
        self.order.remove(place);
        Some(record)
    }

    /// Takes all records out. Sequence numbers go on.
    pub fn clear(&mut self) {
        let next_sequence = self.next_sequence;
        *self = Self::new(self.resource);
        self.next_sequence = next_sequence;
    }

    /// Whether some records were appended and never looked for.
    pub(super) fn is_behind(&self) -> bool {
        self.behind > 0
    }

    /// Looks for all of them.
    pub(super) fn know_all(&mut self) {
        self.lookups_mut();
    }

    /// For records that others start from.
    pub(super) fn settle(&mut self) {
        self.lookups_mut().settle();
    }

    fn place(&self, sequence: u64) -> Result<usize, usize> {
        self.order.binary_search_by_key(&sequence, Record::sequence)
    }

    fn lookups(&self) -> &Lookups {
        if self.behind == 0 {
            return &self.lookups;
        }
        self.caught_up.get_or_init(|| {
            let mut lookups = self.lookups.clone();
            let behind = self.order.focus().narrow(self.len() - self.behind..);
            behind.into_iter().for_each(|record| lookups.append(record));
            lookups
        })
    }

    fn lookups_mut(&mut self) -> &mut Lookups {
        self.lookups();
        self.keep_lookups();
        &mut self.lookups
    }

    /// No record is looked up for the first time twice.
    fn keep_lookups(&mut self) {
        if let Some(lookups) = self.caught_up.take() {
            (self.lookups, self.behind) = (lookups, 0);
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
            let page = Arc::new(Page::new(*window, Records::Part { of: self.order.clone(), places, backward }, more));
            self.latest.set(&page);
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
                return Arc::new(Page::new(*window, Records::Found(records), true));
            }
        }
        Arc::new(Page::new(*window, Records::Found(records), false))
    }
}
