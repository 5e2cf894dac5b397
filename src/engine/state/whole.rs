//! Changes of several parts, which happen as a whole or not at all, and within the bounds on records.

use crate::engine::schema::problem::Problem;
use crate::engine::schema::rng::SeededRng;
use crate::engine::state::State;
use crate::engine::store::Store;

/// The most memory that a byte of JSON takes in a record: a list of digits has a value for each two.
const MOST_MEMORY_PER_BYTE: usize = 64;

/// The records and the random source of a world before a request, and the room that there was.
pub struct Before {
    store: Store,
    rng: SeededRng,
    room: usize,
}

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

    /// Rejects a request that may add records where there is no room. Returns the present records if the request may
    /// add more than there is room for, which is estimated: copies at most double the records, and a body takes at most
    /// `MOST_MEMORY_PER_BYTE` times its bytes.
    pub fn before_adding(&self, body_bytes: usize) -> Result<Option<Before>, Problem> {
        let (bounds, own) = (&self.settings.records, self.store.counted_bytes());
        if let Some(full) = bounds.reached(own) {
            return Err(full);
        }
        let (room, most) = bounds.room(own);
        let is_safe = room > most / 2 && room > body_bytes.saturating_mul(MOST_MEMORY_PER_BYTE);
        Ok((!is_safe).then(|| Before { store: self.store.clone(), rng: self.rng.clone(), room }))
    }

    /// Rejects a request that has added more than there was room for, and restores the records before it.
    pub fn check_added(&mut self, before: Before) -> Result<(), Problem> {
        let added = self.store.counted_bytes().saturating_sub(before.store.counted_bytes());
        if added <= before.room {
            return Ok(());
        }
        (self.store, self.rng) = (before.store, before.rng);
        Err(self.settings.records.exceeded(self.store.counted_bytes().saturating_add(added)))
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
