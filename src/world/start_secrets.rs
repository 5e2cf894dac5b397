//! The credentials in the records that worlds started from. They are collected when a text is redacted, not when a
//! server starts.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::http::redact::Redactor;
use crate::world::snapshot::Snapshot;

/// The most starts that wait to be read: each keeps its records alive.
const MOST_UNREAD: usize = 2;

/// The bytes of records from which a start does not wait.
const LARGE_BYTES: usize = 1 << 20;

/// The redactor that knows the credentials of all starts.
#[derive(Debug, Default)]
pub(super) struct StartSecrets(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    redactor: Option<Arc<Redactor>>,
    /// The starts whose credentials are not collected yet, oldest first.
    unread: Vec<Arc<Snapshot>>,
}

impl Known {
    /// Collects the credentials of all starts but the `waiting` latest.
    fn read(&mut self, waiting: usize) {
        let due = self.unread.len().saturating_sub(waiting);
        for start in self.unread.drain(..due) {
            let more = start.state.redactor();
            self.redactor = Some(Arc::new(self.redactor.as_ref().map_or_else(|| more.clone(), |it| it.joined(&more))));
        }
    }
}

impl StartSecrets {
    /// Adds a start, whose credentials are collected later.
    pub(super) fn add(&self, start: &Arc<Snapshot>) {
        let mut known = self.0.lock();
        known.unread.push(Arc::clone(start));
        known.read(if start.state.store.counted_bytes() < LARGE_BYTES { MOST_UNREAD } else { 0 });
    }

    /// Adds the credentials and starts of another one.
    pub(super) fn join(&self, other: &Self) {
        let joined = self.redactor().joined(&other.redactor());
        self.0.lock().redactor = Some(Arc::new(joined));
    }

    /// Returns the redactor.
    pub(super) fn redactor(&self) -> Arc<Redactor> {
        let mut known = self.0.lock();
        known.read(0);
        known.redactor.clone().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::state::State;
    use crate::engine::state::hooks::HookTable;
    use crate::engine::state::settings::Settings;
    use crate::engine::store::Store;

    #[test]
    fn two_starts_wait_to_be_read() {
        let secrets = StartSecrets::default();
        for n in 0..100 {
            let state = State::new("w", Store::new([]), HookTable::default(), Arc::new(Settings::default()));
            secrets.add(&Arc::new(Snapshot { state, run: None }));
            assert_eq!(secrets.0.lock().unread.len(), MOST_UNREAD.min(n + 1));
        }
    }
}
