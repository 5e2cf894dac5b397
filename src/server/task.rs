//! Work that the runtime does beside other work.

use std::pin::Pin;

/// A task. In a box, so that all of them are one type to the runtime, which is compiled anew for each type of task.
pub(crate) type Task = Pin<Box<dyn Future<Output = ()> + Send>>;
