//! All collections of a world.

use std::sync::Arc;

use crate::engine::schema::schema::Schema;
use crate::engine::store::{Collection, Generated, Record};

/// All collections of a world, in the order of their names.
#[derive(Clone, Debug, Default)]
pub struct Store {
    start: Arc<Start>,
    /// The collections that were changed since, with their places, each shared by itself: a first write copies the
    /// roots of one collection, and touches no other.
    changed: Vec<(usize, Arc<Collection>)>,
    /// No record is due before this time. Unknown after a write.
    quiet_until_ms: Option<u64>,
    /// The size of all records. Unknown after a write.
    size: Option<Size>,
    /// The records that were made up here.
    pub generated: Generated,
}

/// The size of all records of a store.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// The number of records.
    pub records: usize,
    /// The bytes of those that the total of all worlds counts.
    pub counted_bytes: usize,
}

/// The collections that worlds start from. Never written to.
#[derive(Debug, Default)]
struct Start {
    /// The resources side by side, because every access to a collection searches them.
    resources: Vec<&'static Schema>,
    collections: Vec<Arc<Collection>>,
    /// The places of those with records that are due at some time.
    timed: Vec<usize>,
    /// The bytes of all their records that the total of all worlds counts.
    counted_bytes: usize,
    /// The number of all their records.
    records: usize,
}

impl Store {
    /// Makes a store with an empty collection for each resource.
    pub fn new(resources: impl IntoIterator<Item = &'static Schema>) -> Self {
        let mut collections: Vec<Collection> = resources.into_iter().map(Collection::new).collect();
        collections.sort_by_key(|collection| collection.resource().name);
        Self::starting_from(collections.into_iter().map(Arc::new).collect())
    }

    /// Returns a store with the same records, of these resources only.
    pub fn only(&self, keep: impl Fn(&'static Schema) -> bool) -> Self {
        let kept = self.shared().filter(|collection| keep(collection.resource()));
        Self { generated: self.generated.clone(), ..Self::starting_from(kept.cloned().collect()) }
    }

    /// Returns a store with the same records, and empty collections of these resources besides.
    pub fn with(&self, resources: impl IntoIterator<Item = &'static Schema>) -> Self {
        let empty = resources.into_iter().map(|resource| Arc::new(Collection::new(resource)));
        let mut collections: Vec<Arc<Collection>> = self.shared().cloned().chain(empty).collect();
        collections.sort_by_key(|collection| collection.resource().name);
        Self { generated: self.generated.clone(), ..Self::starting_from(collections) }
    }

    fn starting_from(collections: Vec<Arc<Collection>>) -> Self {
        let resources: Vec<_> = collections.iter().map(|collection| collection.resource()).collect();
        let timed = (0..resources.len()).filter(|place| resources[*place].due_at.is_some()).collect();
        let counted_bytes = collections.iter().map(|collection| collection.counted_bytes()).sum();
        let records = collections.iter().map(|collection| collection.len()).sum();
        Self { start: Arc::new(Start { resources, collections, timed, counted_bytes, records }), ..Self::default() }
    }

    /// Returns the collection of a resource.
    ///
    /// # Panics
    ///
    /// Panics if the store has no collection of that resource: a route names a resource that its API does not list.
    pub fn of(&self, resource: &'static Schema) -> &Collection {
        self.at(self.place(resource))
    }

    /// Returns the collection of a resource, to change it.
    pub(crate) fn of_mut(&mut self, resource: &'static Schema) -> &mut Collection {
        let place = self.place(resource);
        self.quiet_until_ms = None;
        self.size = None;
        let known = self.changed.iter().position(|(changed, _)| *changed == place).unwrap_or_else(|| {
            self.changed.push((place, Arc::clone(&self.start.collections[place])));
            self.changed.len() - 1
        });
        Arc::make_mut(&mut self.changed[known].1)
    }

    /// Tells whether both share all records: no collection was written to since one was copied from the other.
    pub fn is_same(&self, other: &Self) -> bool {
        self.shared().zip(other.shared()).all(|(one, another)| Arc::ptr_eq(one, another))
    }

    /// Tells whether both share all records of a resource.
    pub fn has_same(&self, other: &Self, resource: &'static Schema) -> bool {
        Arc::ptr_eq(self.at(self.place(resource)), other.at(other.place(resource)))
    }

    /// Compacts the collections that were changed, because other worlds start from their records.
    pub(crate) fn compact(&mut self) {
        let changed = self.changed.iter_mut().filter_map(|(_, collection)| Arc::get_mut(collection));
        changed.for_each(|collection| collection.compact(0));
        let generated = std::mem::take(&mut self.generated);
        *self = Self { generated, ..Self::starting_from(self.shared().cloned().collect()) };
    }

    fn place(&self, resource: &'static Schema) -> usize {
        // Resources are statics: comparing their addresses is quicker than comparing their names.
        let place = self.start.resources.iter().position(|known| std::ptr::eq(*known, resource));
        place.unwrap_or_else(|| panic!("{} is not listed among the resources of its API", resource.name))
    }

    fn at(&self, place: usize) -> &Arc<Collection> {
        let changed = self.changed.iter().find(|(changed, _)| *changed == place);
        changed.map_or(&self.start.collections[place], |(_, collection)| collection)
    }

    fn shared(&self) -> impl Iterator<Item = &Arc<Collection>> {
        (0..self.start.collections.len()).map(|place| self.at(place))
    }

    /// Returns a record that is due. Every request calls this, and nearly always there is none.
    pub(crate) fn due(&mut self, now_ms: u64) -> Option<(&'static Schema, Record)> {
        if self.quiet_until_ms.is_some_and(|until_ms| now_ms < until_ms) {
            return None;
        }
        let mut soonest_ms = u64::MAX;
        for collection in self.start.timed.iter().map(|place| self.at(*place)) {
            match collection.first_due() {
                Some((at_ms, record)) if at_ms <= now_ms => return Some((collection.resource(), record.clone())),
                Some((at_ms, _)) => soonest_ms = soonest_ms.min(at_ms),
                None => {}
            }
        }
        self.quiet_until_ms = Some(soonest_ms);
        None
    }

    /// Returns the resources it has collections of, in the order of their names.
    pub fn resources(&self) -> impl Iterator<Item = &'static Schema> {
        self.start.resources.iter().copied()
    }

    /// Returns all collections, in the order of their names.
    pub fn collections(&self) -> impl Iterator<Item = &Collection> {
        self.shared().map(Arc::as_ref)
    }

    /// Returns the bytes of the records that the total of all worlds counts. Only the collections that were changed since
    /// the start are looked at.
    pub fn counted_bytes(&self) -> usize {
        self.sum(self.start.counted_bytes, Collection::counted_bytes)
    }

    /// Returns the size of all records. Every request calls this, and nearly always it is known.
    pub(crate) fn size(&mut self) -> Size {
        if let Some(size) = self.size {
            return size;
        }
        let records = self.sum(self.start.records, Collection::len);
        let size = Size { records, counted_bytes: self.counted_bytes() };
        self.size = Some(size);
        size
    }

    /// Returns the sum of a quantity over all collections; `at_start` is the sum over those of the start.
    fn sum(&self, at_start: usize, of: fn(&Collection) -> usize) -> usize {
        let before: usize = self.changed.iter().map(|(place, _)| of(&self.start.collections[*place])).sum();
        let now: usize = self.changed.iter().map(|(_, collection)| of(collection)).sum();
        at_start - before + now
    }

    /// Returns the collections that this store started from, which live as long as any store that started from them.
    #[cfg(test)]
    pub fn started_from(&self) -> impl Iterator<Item = &Collection> {
        self.start.collections.iter().map(Arc::as_ref)
    }

    /// Returns the bytes of the records that the service wrote by itself.
    pub fn history_bytes(&self) -> usize {
        self.collections().map(Collection::history_bytes).sum()
    }

    /// Halves the history of each kind of record: the oldest records go.
    pub(crate) fn halve_histories(&mut self) {
        for place in 0..self.start.resources.len() {
            let bytes = self.at(place).history_bytes();
            if bytes > 0 {
                self.of_mut(self.start.resources[place]).shorten_history(bytes / 2);
            }
        }
    }
}
