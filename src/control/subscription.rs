//! A subscription to the numbers of a world's calls, and the news of it.

use std::ops::RangeInclusive;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::world::registry::WorldRegistry;
use crate::world::world::World;

/// A subscription to the numbers of a world's calls.
pub(crate) struct Subscription {
    pub(super) name: Arc<str>,
    pub(super) world: Arc<Mutex<World>>,
    /// The number of the world's journal that it follows: each reset begins another.
    pub(super) journal: u64,
    /// The latest number that the client was told.
    pub(super) told: u64,
    /// A share that every subscription holds, so that they can be counted.
    pub(super) _open: Arc<()>,
}

/// News of a world.
pub(crate) struct News {
    /// True when numbers begin at 1 again.
    pub is_restarted: bool,
    /// The numbers of new calls, in order.
    pub numbers: RangeInclusive<u64>,
}

impl Subscription {
    /// Returns the name of the world.
    pub(crate) fn world(&self) -> &Arc<str> {
        &self.name
    }

    /// Returns at most `most` numbers that the client was not told yet; `None` when the world is gone.
    pub(crate) fn news(&mut self, registry: &WorldRegistry, most: u64) -> Option<News> {
        if !registry.holds(&self.name, &self.world) {
            return None;
        }
        let world = self.world.lock();
        let (journal, lost, latest) = (world.journal.run(), world.journal.lost(), world.journal.next_number() - 1);
        drop(world);
        let is_restarted = journal != self.journal;
        if is_restarted {
            (self.journal, self.told) = (journal, 0);
        }
        let first = self.told.max(lost) + 1;
        let last = latest.min(first.saturating_add(most - 1));
        self.told = self.told.max(last);
        Some(News { is_restarted, numbers: first..=last })
    }
}
