//! The memory of a request that waits for calls: it is answered again whenever a call was, and looks at each only once.

use parking_lot::Mutex;

use crate::scenario::{CallCount, WaitFor};

/// What a request waits for, once its body was read, and how far it has counted.
#[derive(Default)]
pub struct Waiting(pub(super) Mutex<Option<(WaitFor, CallCount)>>);
