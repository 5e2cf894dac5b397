//! Ceilings over the journals and histories of all worlds: when one is reached, the largest worlds lose their oldest
//! entries.
//!
//! Worlds charge the memory they hold when it grows, once for many requests. A request only compares two numbers.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use crate::engine::store::Total;
use crate::sync::{AtomicUsize, Mutex, Ordering};

/// A ceiling over one kind of thing that worlds keep.
pub(super) struct Ceiling<W> {
    total: Arc<Total>,
    /// The amount beyond which the largest worlds are shortened: the limit, or more if the last time could not reach
    /// that, because worlds were in use.
    trigger: AtomicUsize,
    lowering: Mutex<()>,
    size: fn(&W) -> usize,
    halve: fn(&mut W),
}

/// A world, and the time of its last request.
pub(super) type Recent<W> = (u64, Arc<Mutex<W>>);

impl<W> Ceiling<W> {
    /// Makes a ceiling over what a total counts.
    pub(super) fn over(total: &Arc<Total>, size: fn(&W) -> usize, halve: fn(&mut W)) -> Self {
        let (total, lowering) = (Arc::clone(total), Mutex::new(()));
        Self { trigger: AtomicUsize::new(total.limit()), total, lowering, size, halve }
    }

    /// Tells whether the worlds hold more than the trigger.
    pub(super) fn is_reached(&self) -> bool {
        self.total.held() > self.trigger.load(Ordering::Relaxed)
    }

    /// Halves the largest world repeatedly, until all together hold an eighth less than the limit. Of two worlds of one
    /// size, the one whose last request is older is halved first. A world that is locked is skipped until the next
    /// time.
    pub(super) fn lower(&self, worlds: &[Recent<W>]) {
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
