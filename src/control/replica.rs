//! The server as one of several behind a balancer: its name, and its readiness for new work.

use std::sync::atomic::{AtomicBool, Ordering};

/// A server as one of several.
#[derive(Debug, Default)]
pub(crate) struct Replica {
    /// The name, if the server was given one.
    pub name: Option<String>,
    draining: AtomicBool,
}

impl Replica {
    /// Creates a server's description.
    pub(crate) fn named(name: Option<String>) -> Self {
        Self { name, draining: AtomicBool::new(false) }
    }

    /// Reports "not ready" from now on, although the server still answers: balancers stop sending new work.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Tells whether the server is draining.
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}
