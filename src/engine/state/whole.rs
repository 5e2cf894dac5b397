//! Changes of several parts, which happen as a whole or not at all, and the room there is for what they add.

use crate::engine::schema::problem::Problem;
use crate::engine::state::State;

impl State {
    /// Makes a change of several parts: all of them, or, when one is refused, none.
    pub fn atomically<T>(&mut self, change: impl FnOnce(&mut Self) -> Result<T, Problem>) -> Result<T, Problem> {
        let before = (self.store.clone(), self.rng.clone());
        change(self).inspect_err(|_| (self.store, self.rng) = before)
    }

    /// Rejects a request that may add records where the world, or all worlds, hold as many bytes of them as they may.
    pub fn check_room(&self) -> Result<(), Problem> {
        self.settings.records.reached(self.store.counted_bytes()).map_or(Ok(()), Err)
    }

    /// Makes a change of several parts: all of them or, when one is refused or there is no room for what they add, none.
    pub fn within_bounds<T>(&mut self, change: impl FnOnce(&mut Self) -> Result<T, Problem>) -> Result<T, Problem> {
        self.atomically(|state| {
            let before = state.store.counted_bytes();
            let done = change(state)?;
            if state.store.counted_bytes() > before {
                state.check_room()?;
            }
            Ok(done)
        })
    }
}
