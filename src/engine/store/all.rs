//! All collections of a world.

use std::sync::Arc;

use crate::engine::api::Resource;
use crate::engine::store::{Collection, Record};

/// All collections of a world, in the order of their names.
#[derive(Clone, Debug, Default)]
pub struct Store {
    /// Each shared by itself, so that a first write copies the pointers and one collection's roots, not all of them.
    collections: Arc<Vec<Arc<Collection>>>,
    /// The places of those with records that are due at some time: every request looks there.
    timed: Arc<[usize]>,
}

impl Store {
    /// A store with an empty collection for each resource.
    pub fn new(resources: impl IntoIterator<Item = &'static Resource>) -> Self {
        let mut collections: Vec<Collection> = resources.into_iter().map(Collection::new).collect();
        collections.sort_by_key(|collection| collection.resource().name);
        Self::of_collections(collections.into_iter().map(Arc::new).collect())
    }

    /// The same records, of these resources only.
    pub fn only(&self, keep: impl Fn(&'static Resource) -> bool) -> Self {
        let kept = self.collections.iter().filter(|collection| keep(collection.resource()));
        Self::of_collections(kept.cloned().collect())
    }

    fn of_collections(collections: Vec<Arc<Collection>>) -> Self {
        let timed = (0..collections.len()).filter(|place| collections[*place].resource().due.is_some()).collect();
        Self { collections: Arc::new(collections), timed }
    }

    /// The collection of a resource.
    ///
    /// # Panics
    ///
    /// When the store was made without that resource: a route table that names a resource its API does not list.
    pub fn of(&self, resource: &'static Resource) -> &Collection {
        &self.collections[self.place(resource)]
    }

    /// The same, to change it.
    pub fn of_mut(&mut self, resource: &'static Resource) -> &mut Collection {
        let place = self.place(resource);
        Arc::make_mut(&mut Arc::make_mut(&mut self.collections)[place])
    }

    /// For records that others start from: readies the collections that were changed here for being written beside.
    pub fn settle(&mut self) {
        let collections = Arc::make_mut(&mut self.collections);
        collections.iter_mut().filter_map(Arc::get_mut).for_each(Collection::settle);
    }

    fn place(&self, resource: &'static Resource) -> usize {
        // Resources are statics: to compare where they lie is quicker than to compare their names.
        self.collections
            .iter()
            .position(|collection| std::ptr::eq(collection.resource(), resource))
            .unwrap_or_else(|| panic!("{} is not listed among the resources of its API", resource.name))
    }

    /// A record whose time has come.
    pub fn due(&self, now_ms: u64) -> Option<(&'static Resource, Record)> {
        let mut timed = self.timed.iter().map(|place| &self.collections[*place]);
        timed.find_map(|collection| Some((collection.resource(), collection.due(now_ms)?.clone())))
    }

    /// All collections, in the order of their names.
    pub fn collections(&self) -> impl Iterator<Item = &Collection> {
        self.collections.iter().map(Arc::as_ref)
    }
}
