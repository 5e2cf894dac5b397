//! The verification of a world, and waits for consumers.

use std::time::Duration;

use crate::embed::error::{Error, ErrorKind};
use crate::embed::handle::WorldHandle;
use crate::embed::verify::{VerifyError, judged};
use crate::engine::schema::suggest::did_you_mean;
use crate::scenario::{Operations, Report, WaitFor};
use crate::world::call_waits::{Awaited, many_waits};

impl WorldHandle {
    /// Verifies that the consumer did what it must, by the calls that were answered so far. Returns the report; the
    /// error has it too, and shows each expectation that is not met. Never waits, in async code as in any other; where
    /// requests may still be in flight, [`settle`](Self::settle) first.
    pub fn verify(&self) -> Result<Report, VerifyError> {
        judged(&self.registry, &self.world)
    }

    /// Blocks until no request of this world is in flight, for at most `most`; returns true if none is. In a tokio
    /// test, use [`settle_async`](Self::settle_async).
    #[allow(clippy::must_use_candidate)] // A verification tells what is still missing.
    pub fn settle(&self, most: Duration) -> bool {
        self.registry.in_flight().wait(&self.name, most)
    }

    /// Waits until no request of this world is in flight, for at most `most`; returns true if none is.
    pub async fn settle_async(&self, most: Duration) -> bool {
        let world = self.clone();
        tokio::task::spawn_blocking(move || world.settle(most)).await.unwrap_or_default()
    }

    /// Tells whether there are rules or expectations to judge.
    #[cfg_attr(not(feature = "cli"), allow(dead_code))]
    pub(crate) fn is_judged(&self) -> bool {
        self.world.lock().run.is_some()
    }

    /// Returns the report that a verification would give now. The world does not count as verified by it.
    #[must_use]
    pub fn report(&self) -> Report {
        self.world.lock().verify(self.registry.router())
    }

    /// Blocks until these operations were called `times` times, counted from the world's start, for at most `most`;
    /// then fails with [`ErrorKind::Timeout`]. Where the world ends before, fails with [`ErrorKind::Gone`]. In a tokio test, use
    /// [`wait_for_async`](Self::wait_for_async).
    pub fn wait_for(&self, operations: impl Into<Operations>, times: u64, most: Duration) -> Result<(), Error> {
        let operations = operations.into();
        let known = || self.registry.router().rows().iter().map(|row| row.operation);
        if !known().any(|operation| operations.select(operation)) {
            let known: Vec<&str> = known().collect();
            let meant = did_you_mean(&operations.to_string(), known.iter().copied()).to_string();
            let message = format!("{operations} selects no operation; {meant}");
            return Err(Error::invalid(message));
        }
        let timeout_ms = u64::try_from(most.as_millis()).unwrap_or(u64::MAX);
        let wanted = WaitFor { on: operations.clone(), when: None, times, timeout_ms };
        let Some(wait) = self.world.lock().wait_for(self.registry.router(), wanted) else {
            let (_, message, hint) = many_waits();
            return Err(Error::new(ErrorKind::LimitReached, message).with_hint(hint));
        };
        match wait.block(most) {
            Awaited::Called(_) => Ok(()),
            Awaited::Gone => {
                let message = format!("world {} was deleted before {operations} was called {times} times", self.name);
                Err(Error::new(ErrorKind::Gone, message))
            }
            Awaited::Missing(called) => {
                let message = format!("{operations} was called {called} times within {most:?}, expected {times}");
                Err(Error::new(ErrorKind::Timeout, message))
            }
        }
    }

    /// Waits until these operations were called `times` times, counted from the world's start, for at most `most`; then
    /// fails with [`ErrorKind::Timeout`].
    pub async fn wait_for_async(
        &self,
        operations: impl Into<Operations>,
        times: u64,
        most: Duration,
    ) -> Result<(), Error> {
        let (world, operations) = (self.clone(), operations.into());
        let waiting = tokio::task::spawn_blocking(move || world.wait_for(operations, times, most));
        waiting.await.unwrap_or_else(|error| Err(Error::new(ErrorKind::Internal, error.to_string())))
    }

    /// Returns the world's seed.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.world.lock().state.settings.seed
    }

    /// Marks the world as verified, so that the drop of the handle does not verify it.
    #[cfg_attr(not(feature = "cli"), allow(dead_code))]
    pub(crate) fn mark_verified(&self) {
        self.world.lock().mark_verified();
    }

    /// Notes that a test declared expectations, which must be verified.
    pub(super) fn declared(&self) {
        if let Some(run) = &mut self.world.lock().run {
            run.require_verification();
        }
    }
}
