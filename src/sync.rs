//! The locks, counts and notices that threads share. `tests/library/model` puts others in their place, whose order it chooses.

pub use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

pub use parking_lot::{Condvar, Mutex};
pub use tokio::sync::Notify;
pub use tokio::sync::futures::Notified;
