//! Tasks of the runtime, of one type.

use std::pin::Pin;

/// A task in a box: the runtime's code is compiled anew for each type of task, so all have this one.
pub(crate) type Task = Pin<Box<dyn Future<Output = ()> + Send>>;
