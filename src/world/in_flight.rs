//! Requests in flight, by world, and the threads that wait for answers.

use std::sync::Arc;
use std::time::Duration;

use crate::sync::{AtomicUsize, Condvar, Mutex, Ordering};

/// The requests whose bodies are still on their way, and the threads that wait for answers. A request that arrives
/// whole is answered without being counted: no client can tell it from a later one.
#[derive(Default)]
pub(crate) struct InFlight {
    /// The worlds of the requests in flight, one name for each request.
    worlds: Mutex<Vec<Arc<str>>>,
    waiters: AtomicUsize,
    rung: Mutex<()>,
    told: Condvar,
}

/// A guard that counts a request whose body is on its way, until it is dropped.
pub(crate) struct InFlightGuard<'b> {
    in_flight: &'b InFlight,
    world: Arc<str>,
}

impl Drop for InFlightGuard<'_> {
    fn drop(&mut self) {
        let mut worlds = self.in_flight.worlds.lock();
        if let Some(place) = worlds.iter().position(|world| *world == self.world) {
            worlds.swap_remove(place);
        }
        drop(worlds);
        self.in_flight.notify();
    }
}

impl InFlight {
    /// Counts a request of that world until the guard is dropped.
    pub(crate) fn arrival(&self, world: Arc<str>) -> InFlightGuard<'_> {
        self.worlds.lock().push(Arc::clone(&world));
        InFlightGuard { in_flight: self, world }
    }

    /// Tells whether a request of that world is on its way.
    pub(crate) fn has(&self, world: &str) -> bool {
        self.worlds.lock().iter().any(|name| **name == *world)
    }

    /// Blocks until a request was answered, for at most `most`, unless `ready` holds already.
    pub(crate) fn wait(&self, most: Duration, ready: impl FnOnce() -> bool) {
        self.waiters.fetch_add(1, Ordering::SeqCst);
        let mut rung = self.rung.lock();
        if !ready() {
            self.told.wait_for(&mut rung, most);
        }
        drop(rung);
        self.waiters.fetch_sub(1, Ordering::SeqCst);
    }

    /// Wakes the waiting threads after an answer. Without waiting threads, this reads one number.
    pub(crate) fn notify(&self) {
        if self.waiters.load(Ordering::SeqCst) > 0 {
            // A thread between its last look and its wait holds this lock, so that it cannot miss the notice.
            drop(self.rung.lock());
            self.told.notify_all();
        }
    }
}
