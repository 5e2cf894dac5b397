//! The memory of a request that waits for calls.

use std::mem::size_of;

use parking_lot::Mutex;
use serde_json::Value;

use crate::scenario::WaitFor;
use crate::world::call_waits::CallWait;

/// The bytes of memory that a value takes beside its text.
const ALLOCATION: usize = 24;

/// The wait of a request for calls, once its body was read.
#[derive(Default)]
pub(crate) struct Waiting(pub(super) Mutex<Option<CallWait<WaitFor>>>);

impl Waiting {
    /// Returns the bytes that a request with this body holds while it waits, as they are estimated: its text, and the
    /// values that its matchers were read into.
    pub(crate) fn bytes(&self, body: &[u8]) -> usize {
        if !self.has_begun() {
            return body.len();
        }
        let values = body.iter().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count();
        2 * body.len() + values * (size_of::<Value>() + ALLOCATION)
    }

    /// Returns the wait for calls, if it has begun.
    pub(crate) fn calls(&self) -> Option<CallWait<WaitFor>> {
        self.0.lock().clone()
    }

    /// Tells whether the body was read and the earlier calls were counted.
    pub(crate) fn has_begun(&self) -> bool {
        self.0.lock().is_some()
    }
}
