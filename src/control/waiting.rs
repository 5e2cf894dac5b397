//! The memory of a request that waits for calls: it is handled again after every call, and counts each call once.

use parking_lot::Mutex;

use crate::scenario::{CallCount, WaitFor};

/// The calls that a request waits for, once its body was read, and their count so far.
#[derive(Default)]
pub(crate) struct Waiting(pub(super) Mutex<Option<(WaitFor, CallCount)>>);

impl Waiting {
    /// Tells whether the earlier calls were counted, so that only new ones are.
    pub(crate) fn has_begun(&self) -> bool {
        self.0.lock().is_some()
    }
}
