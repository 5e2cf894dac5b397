//! Named sets of records that a scenario can start from.

use std::collections::BTreeMap;

use crate::engine::api::api::Api;
use crate::engine::api::router::Router;
use crate::engine::store::Store;
use crate::scenario::model::format::Data;

/// Named sets of records to start from: `default` holds those of all APIs, `<api>/default` those of one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fixtures {
    sets: BTreeMap<String, Store>,
    /// The default records of all APIs.
    default: Store,
    apis: Vec<&'static Api>,
}

impl Fixtures {
    /// The name of the set from which a scenario starts that names none.
    pub(crate) const DEFAULT: &'static str = "default";

    /// Makes fixtures of the default records of these APIs.
    pub(crate) fn new(default: Store, apis: &[&'static Api]) -> Self {
        Self { sets: BTreeMap::new(), default, apis: apis.to_vec() }
    }

    /// Adds one more set.
    pub(crate) fn with(mut self, name: &str, store: Store) -> Self {
        self.sets.insert(name.to_owned(), store);
        self
    }

    /// Returns the set of that name.
    pub(crate) fn get(&self, name: &str) -> Option<Store> {
        if name == Self::DEFAULT {
            return Some(self.default.clone());
        }
        let api = name.strip_suffix(Self::DEFAULT).and_then(|name| name.strip_suffix('/'));
        if let Some(api) = self.apis.iter().find(|known| Some(known.name) == api) {
            let mut own = self.default.clone();
            let others = self.default.resources();
            others.filter(|resource| api.resource(resource.name).is_none()).for_each(|other| own.of_mut(other).clear());
            return Some(own);
        }
        self.sets.get(name).cloned()
    }

    /// Returns the names of all sets, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        let defaults = self.apis.iter().map(|api| format!("{}/{}", api.name, Self::DEFAULT));
        let own = std::iter::once(Self::DEFAULT.to_owned()).chain(defaults);
        let mut names: Vec<String> = own.chain(self.sets.keys().cloned()).collect();
        names.sort();
        names
    }

    /// Returns the set from which a scenario's data starts. With `data` but without `from`, it is empty.
    pub(in crate::scenario) fn start(&self, router: &Router, data: Option<&Data>) -> Store {
        let name = match data {
            None => Some(Self::DEFAULT),
            Some(data) => data.from.as_deref(),
        };
        let empty = || Store::new(router.apis().iter().flat_map(|api| api.schemas()));
        name.and_then(|name| self.get(name)).unwrap_or_else(empty)
    }
}
