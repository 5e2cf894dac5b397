//! The memory of a request that waits for calls: it is handled again after every call, and counts each call once.

use std::mem::size_of;

use parking_lot::Mutex;
use serde_json::Value;

use crate::scenario::{CallCount, WaitFor};

/// The bytes of memory that a value takes beside its text.
const ALLOCATION: usize = 24;

/// The calls that a request waits for, once its body was read, and their count so far.
#[derive(Default)]
pub(crate) struct Waiting(pub(super) Mutex<Option<(WaitFor, CallCount)>>);

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

    /// Tells whether the earlier calls were counted, so that only new ones are.
    pub(crate) fn has_begun(&self) -> bool {
        self.0.lock().is_some()
    }
}
