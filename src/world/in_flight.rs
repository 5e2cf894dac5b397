//! Requests in flight, by world, and the threads that wait for their end.

use std::sync::Arc;
use std::time::Duration;

use crate::sync::{Condvar, Mutex};

/// The requests whose bodies are still on their way, and the threads that wait for them. A request that arrives whole
/// is answered without being counted: no client can tell it from a later one.
#[derive(Default)]
pub(crate) struct InFlight(Mutex<State>);

#[derive(Default)]
struct State {
    /// The worlds of the requests in flight, one name for each request.
    worlds: Vec<Arc<str>>,
    /// The threads that wait, with the world of each.
    waiting: Vec<(Arc<str>, Arc<Condvar>)>,
}

/// A guard that counts a request whose body is on its way, until it is dropped.
pub(crate) struct InFlightGuard<'b> {
    in_flight: &'b InFlight,
    world: Arc<str>,
}

impl State {
    fn has(&self, world: &str) -> bool {
        self.worlds.iter().any(|name| **name == *world)
    }
}

impl Drop for InFlightGuard<'_> {
    fn drop(&mut self) {
        let mut state = self.in_flight.0.lock();
        if let Some(place) = state.worlds.iter().position(|world| *world == self.world) {
            state.worlds.swap_remove(place);
        }
        if !state.has(&self.world) {
            let own = state.waiting.iter().filter(|(world, _)| *world == self.world);
            for (_, ended) in own {
                ended.notify_all();
            }
        }
    }
}

impl InFlight {
    /// Counts a request of that world until the guard is dropped.
    pub(crate) fn arrival(&self, world: Arc<str>) -> InFlightGuard<'_> {
        self.0.lock().worlds.push(Arc::clone(&world));
        InFlightGuard { in_flight: self, world }
    }

    /// Tells whether a request of that world is on its way.
    pub(crate) fn has(&self, world: &str) -> bool {
        self.0.lock().has(world)
    }

    /// Blocks until no request of that world is on its way, for at most `most`; returns true if none is. Requests of
    /// other worlds wake no thread that waits here.
    pub(crate) fn wait(&self, world: &Arc<str>, most: Duration) -> bool {
        let mut state = self.0.lock();
        if state.has(world) {
            let ended = Arc::new(Condvar::default());
            state.waiting.push((Arc::clone(world), Arc::clone(&ended)));
            ended.wait_while_for(&mut state, |state| state.has(world), most);
            state.waiting.retain(|(_, other)| !Arc::ptr_eq(other, &ended));
        }
        !state.has(world)
    }
}
