//! A bound on bytes that many requests hold together.

use crate::sync::{AtomicUsize, Ordering};

/// Bytes that may be held at a time.
pub(crate) struct Budget {
    most: usize,
    held: AtomicUsize,
}

/// The part of a budget that one holder has. Dropping it gives it back.
pub(crate) struct Charge<'b> {
    budget: &'b Budget,
    bytes: usize,
}

impl Budget {
    /// Makes a budget of `most` bytes.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, held: AtomicUsize::new(0) }
    }

    /// Returns the limit in bytes.
    pub(crate) fn most(&self) -> usize {
        self.most
    }

    /// Returns a charge of nothing yet.
    pub(crate) fn charge(&self) -> Charge<'_> {
        Charge { budget: self, bytes: 0 }
    }
}

impl Charge<'_> {
    /// Changes the number of bytes held. Returns false, and charges nothing more, if the budget does not allow it.
    pub(crate) fn set(&mut self, bytes: usize) -> bool {
        let held = &self.budget.held;
        if bytes <= self.bytes {
            held.fetch_sub(self.bytes - bytes, Ordering::Relaxed);
        } else {
            let more = bytes - self.bytes;
            let fits = |held: usize| held.checked_add(more).filter(|held| *held <= self.budget.most);
            if held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_err() {
                return false;
            }
        }
        self.bytes = bytes;
        true
    }
}

impl Drop for Charge<'_> {
    fn drop(&mut self) {
        self.set(0);
    }
}
