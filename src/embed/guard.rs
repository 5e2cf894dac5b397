//! The end of a world with its last handle.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;

use crate::embed::verify::unmet_on_drop;
use crate::world::registry::WorldRegistry;
use crate::world::world::World;

/// A guard that ends a world with its last handle.
pub(super) struct WorldGuard {
    pub(super) registry: Arc<WorldRegistry>,
    pub(super) name: Arc<str>,
    pub(super) world: Arc<Mutex<World>>,
}

impl Drop for WorldGuard {
    /// Verifies the expectations that were never verified; panics with the report of the unmet ones, unless the thread
    /// panics already.
    fn drop(&mut self) {
        let forgotten = unmet_on_drop(&self.registry, &self.world);
        self.registry.drop_held(&self.name, &self.world);
        if let Some(unmet) = forgotten.filter(|_| !std::thread::panicking()) {
            panic!("expectations were declared and never verified:\n{unmet}");
        }
    }
}

/// Returns the machine's time, in milliseconds since 1970. Worlds without a real clock use it only to tell how long
/// they were idle.
pub(super) fn now_ms() -> u64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX)
}
