//! The memory of a request that waits for calls: it is handled again after every call, and looks at each call only
//! once.

use parking_lot::Mutex;

use crate::scenario::{CallCount, WaitFor};

/// The calls that a request waits for, once its body was read, and how far it has counted.
#[derive(Default)]
pub(crate) struct Waiting(pub(super) Mutex<Option<(WaitFor, CallCount)>>);

impl Waiting {
    /// Tells whether the calls of before were looked at: then only new ones are.
    pub(crate) fn has_begun(&self) -> bool {
        self.0.lock().is_some()
    }
}
