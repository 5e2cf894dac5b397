//! A thread that rests while it has nothing to do.

use crate::sync::{AtomicBool, Ordering};

/// The rest of one thread, which others wake.
#[derive(Default)]
pub(super) struct Rest {
    is_resting: AtomicBool,
}

impl Rest {
    /// Rests by `park` until another thread wakes this one, unless there is work. Work is looked for once more, because
    /// work that came just before did not wake the thread.
    pub(super) fn rest(&self, has_work: impl FnOnce() -> bool, park: impl FnOnce()) {
        self.is_resting.store(true, Ordering::SeqCst);
        if !has_work() {
            park();
        }
    }

    /// Wakes the thread by `unpark` if it rests. The caller must have noted the work before.
    pub(super) fn wake(&self, unpark: impl FnOnce()) {
        if self.is_resting.load(Ordering::SeqCst) && self.is_resting.swap(false, Ordering::SeqCst) {
            unpark();
        }
    }
}
