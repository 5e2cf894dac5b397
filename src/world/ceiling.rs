//! Ceilings over what all worlds keep of the past: where one is reached, the largest worlds lose their oldest.
//!
//! Worlds count what they hold whenever it grows, which happens once for many requests. A request to any of them only
//! compares two numbers.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::Mutex;

use crate::engine::state::settings::Settings;
use crate::engine::store::Total;
use crate::world::world::World;

/// A ceiling over one kind of what worlds keep.
pub(super) struct Ceiling {
    total: Arc<Total>,
    /// The amount beyond which the largest worlds are shortened: the limit, or more where that could not be reached the
    /// last time, because what remains is in use.
    trigger: AtomicUsize,
    lowering: Mutex<()>,
    size: fn(&World) -> usize,
    halve: fn(&mut World),
}

/// A world, and the time it was asked last.
pub(super) type RecentWorld = (u64, Arc<Mutex<World>>);

impl Ceiling {
    /// Returns the ceilings over the worlds that have these settings.
    pub(super) fn all(settings: &Settings) -> [Self; 2] {
        [
            Self::over(&settings.journals, |world| world.journal.room(), |world| world.journal.halve()),
            Self::over(
                &settings.history.total,
                |world| world.state.store.history_bytes(),
                |world| world.state.store.halve_histories(),
            ),
        ]
    }

    fn over(total: &Arc<Total>, size: fn(&World) -> usize, halve: fn(&mut World)) -> Self {
        let (total, lowering) = (Arc::clone(total), Mutex::new(()));
        Self { trigger: AtomicUsize::new(total.limit()), total, lowering, size, halve }
    }

    /// Tells whether the worlds hold too much.
    pub(super) fn is_reached(&self) -> bool {
        self.total.held() > self.trigger.load(Ordering::Relaxed)
    }

    /// Halves the largest world again and again, until all hold an eighth less than they may. Of two worlds of one size, the
    /// one that was asked longest ago goes first. A world that answers meanwhile is left alone, and looked at the next time.
    pub(super) fn lower(&self, worlds: &[RecentWorld]) {
        let Some(_lowering) = self.lowering.try_lock() else { return };
        let limit = self.total.limit();
        let sizes = worlds.iter().enumerate().filter_map(|(place, (asked_ms, world))| {
            let size = (self.size)(&*world.try_lock()?);
            Some((size, Reverse(*asked_ms), place))
        });
        let mut largest: BinaryHeap<_> = sizes.filter(|(size, ..)| *size > 0).collect();
        while self.total.held() > limit - limit / 8
            && let Some((_, asked, place)) = largest.pop()
        {
            let Some(mut world) = worlds[place].1.try_lock() else { continue };
            (self.halve)(&mut world);
            let size = (self.size)(&world);
            if size > 0 {
                largest.push((size, asked, place));
            }
        }
        let trigger = self.total.held().saturating_add(limit / 64).max(limit);
        self.trigger.store(trigger, Ordering::Relaxed);
    }
}
