//! The locks, counts and notices that threads share. `tests/apart/model` puts others in their place, whose order it chooses.

pub(crate) use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

pub(crate) use parking_lot::{Condvar, Mutex};
pub(crate) use tokio::sync::Notify;
pub(crate) use tokio::sync::futures::Notified;
