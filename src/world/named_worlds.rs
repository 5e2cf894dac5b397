//! The worlds beside the default one, by name and by label, and those that are gone.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};

use parking_lot::Mutex;

use crate::engine::schema::suggest::nearest;
use crate::world::error::{GoneReason, WorldError};
use crate::world::registry_limits::Limits;
use crate::world::world::World;

/// The most gone worlds that are remembered, so that a client that still calls one learns the reason.
pub(crate) const GONE_WORLDS: usize = 10_000;

/// The worlds beside the default one.
#[derive(Default)]
pub(super) struct NamedWorlds {
    pub(super) by_name: BTreeMap<Arc<str>, Slot>,
    /// The names of the worlds of each label that has any.
    pub(super) by_label: BTreeMap<Arc<str>, BTreeSet<Arc<str>>>,
    /// The latest gone worlds, oldest first.
    gone: VecDeque<(Arc<str>, GoneReason)>,
    /// The number of generated names.
    made_up: u64,
}

/// A world, and the facts that the registry keeps of it.
pub(super) struct Slot {
    pub(super) world: Arc<Mutex<World>>,
    /// The time of its last request, on the callers' clock.
    pub(super) asked_ms: AtomicU64,
    /// True while a handle in this process holds it: then it does not expire.
    pub(super) held: AtomicBool,
    pub(super) label: Option<Arc<str>>,
    /// The hash of the request that made it, which a client may repeat.
    pub(super) made_by: Option<u64>,
}

impl Slot {
    /// Releases the answers that the world holds back and those who wait for its calls, and stops its courier: handles
    /// may keep the world, but it answers no more. Returns its name where it has expectations that were never verified.
    pub(super) fn end(&self) -> Option<Arc<str>> {
        let mut world = self.world.lock();
        world.holds.end();
        world.waits.end();
        world.outbox.end();
        world.is_unjudged().then(|| Arc::clone(&world.state.name))
    }
}

impl NamedWorlds {
    pub(super) fn new_name(&mut self) -> Arc<str> {
        loop {
            self.made_up += 1;
            let name = format!("w{}", self.made_up);
            if !self.by_name.contains_key(name.as_str()) {
                return name.into();
            }
        }
    }

    pub(super) fn insert(&mut self, name: Arc<str>, place: Slot) {
        if let Some(label) = &place.label {
            self.by_label.entry(Arc::clone(label)).or_default().insert(Arc::clone(&name));
        }
        self.by_name.insert(name, place);
    }

    pub(super) fn take(&mut self, name: &str) -> Option<Slot> {
        let place = self.by_name.remove(name)?;
        if let Some(label) = &place.label
            && let Some(names) = self.by_label.get_mut(label)
        {
            names.remove(name);
            if names.is_empty() {
                self.by_label.remove(label);
            }
        }
        Some(place)
    }

    /// Returns the reason that there is no room for a further world of that label, if there is none.
    pub(super) fn full(&self, limits: &Limits, label: Option<&str>) -> Option<WorldError> {
        if self.by_name.len() >= limits.worlds {
            return Some(WorldError::TooMany { limit: limits.worlds });
        }
        let (label, limit) = (label?, limits.worlds_per_label);
        let there = self.by_label.get(label).map_or(0, BTreeSet::len);
        (there >= limit).then(|| WorldError::TooManyOfLabel { label: label.to_owned(), limit })
    }

    pub(super) fn remember(&mut self, name: Arc<str>, why: GoneReason) {
        if self.gone.len() == GONE_WORLDS {
            self.gone.pop_front();
        }
        self.gone.push_back((name, why));
    }

    /// Returns the reason that there is no world of that name.
    pub(super) fn missing(&self, name: &str) -> WorldError {
        if let Some((_, why)) = self.gone.iter().rev().find(|(gone, _)| **gone == *name) {
            return WorldError::Gone { name: name.to_owned(), why: *why };
        }
        let nearest = nearest(name, self.by_name.keys().map(|name| &**name)).map(str::to_owned);
        WorldError::Unknown { name: name.to_owned(), nearest, others: self.by_name.len() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_thousand_gone_worlds_are_remembered() {
        let mut worlds = NamedWorlds::default();
        (0..3 * GONE_WORLDS).for_each(|n| worlds.remember(format!("w{n}").into(), GoneReason::Deleted));
        assert_eq!(worlds.gone.len(), GONE_WORLDS);
        let last = format!("w{}", 3 * GONE_WORLDS - 1);
        assert!(matches!(worlds.missing(&last), WorldError::Gone { .. }));
        assert!(matches!(worlds.missing("w0"), WorldError::Unknown { .. }));
    }
}
