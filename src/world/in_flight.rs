//! Who is asked, and who waits for it: requests in flight, and a bell rung when one was answered.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::{Condvar, Mutex};

/// Counts requests in flight, and wakes whoever waits for answers. Nobody waiting costs nothing.
#[derive(Default)]
pub struct InFlight {
    in_flight: AtomicUsize,
    waiters: AtomicUsize,
    rung: Mutex<()>,
    told: Condvar,
}

/// A request that is not answered yet.
pub struct InFlightGuard<'b>(&'b InFlight);

impl Drop for InFlightGuard<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::SeqCst);
        self.0.ring();
    }
}

impl InFlight {
    /// A request came: it is in flight until this is dropped.
    pub fn arrival(&self) -> InFlightGuard<'_> {
        self.in_flight.fetch_add(1, Ordering::SeqCst);
        InFlightGuard(self)
    }

    /// How many requests came and are not answered yet.
    pub fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::SeqCst)
    }

    /// Blocks until something was answered, for at most that long, unless `ready` holds already.
    pub fn wait(&self, most: Duration, ready: impl FnOnce() -> bool) {
        self.waiters.fetch_add(1, Ordering::SeqCst);
        let mut rung = self.rung.lock();
        if !ready() {
            self.told.wait_for(&mut rung, most);
        }
        drop(rung);
        self.waiters.fetch_sub(1, Ordering::SeqCst);
    }

    fn ring(&self) {
        if self.waiters.load(Ordering::SeqCst) > 0 {
            // A waiter between its last look and its wait holds this lock: it must not miss the bell.
            drop(self.rung.lock());
            self.told.notify_all();
        }
    }
}
