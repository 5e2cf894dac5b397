//! Functions that wait for consumers, and verify their behaviour.

use std::fmt;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use crate::control::Error;
use crate::embed::handle::WorldHandle;
use crate::engine::schema::suggest::nearest;
use crate::scenario::{Operations, Report};

/// The time for which a verification waits for requests in flight.
const PATIENCE: Duration = Duration::from_secs(5);

/// The error of a verification: a consumer did not do what it must. [`Display`](fmt::Display) shows the whole report.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyError {
    report: Box<Report>,
}

impl VerifyError {
    /// Returns the report.
    pub fn report(&self) -> &Report {
        &self.report
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.report.fmt(f)
    }
}

/// Shows the text of [`Display`](fmt::Display), because `unwrap` and a test that returns the error show this one.
impl fmt::Debug for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for VerifyError {}

impl WorldHandle {
    /// Verifies that the consumer did what it must. Waits for requests in flight first, for at most 5 s; inside a tokio
    /// runtime it does not, because they may need this very thread: use [`verify_async`](Self::verify_async) there.
    pub fn verify(&self) -> Result<Report, VerifyError> {
        if Handle::try_current().is_err() {
            self.wait(PATIENCE, || !self.engine.bell().has(&self.name));
        }
        self.judged()
    }

    /// Verifies that the consumer did what it must. Waits for requests in flight first, for at most 5 s.
    pub async fn verify_async(&self) -> Result<Report, VerifyError> {
        let world = self.clone();
        let waiting =
            tokio::task::spawn_blocking(move || world.wait(PATIENCE, || !world.engine.bell().has(&world.name)));
        drop(waiting.await);
        self.judged()
    }

    /// Tells whether there are rules or expectations to judge.
    #[cfg_attr(not(feature = "cli"), allow(dead_code))]
    pub(crate) fn is_judged(&self) -> bool {
        self.world.lock().run.is_some()
    }

    /// Returns the report that a verification would give now, without counting as one.
    pub fn report(&self) -> Report {
        self.world.lock().verify(self.engine.router())
    }

    fn judged(&self) -> Result<Report, VerifyError> {
        let mut world = self.world.lock();
        if let Some(run) = &mut world.run {
            run.mark_verified();
        }
        let report = world.verify(self.engine.router());
        drop(world);
        if report.passed { Ok(report) } else { Err(VerifyError { report: Box::new(report) }) }
    }

    /// Blocks until these operations were called `times` times, counted from the world's start, for at most `most`. In
    /// a tokio test, use [`wait_for_async`](Self::wait_for_async).
    pub fn wait_for(&self, operations: impl Into<Operations>, times: u64, most: Duration) -> Result<(), Error> {
        let operations = operations.into();
        let known = || self.engine.router().rows().iter().map(|row| row.operation);
        if !known().any(|operation| operations.select(operation)) {
            let nearest = nearest(&operations.to_string(), known()).unwrap_or_default();
            let message = format!("{operations} selects no operation; did you mean {nearest}?");
            return Err(Error::new(400, "invalid", message));
        }
        let called = || self.world.lock().called(self.engine.router(), &operations, None);
        if self.wait(most, || called() >= times) {
            return Ok(());
        }
        let message = format!("{operations} was called {} times within {most:?}, expected {times}", called());
        Err(Error::new(408, "timeout", message))
    }

    /// Waits until these operations were called `times` times, counted from the world's start, for at most `most`.
    pub async fn wait_for_async(
        &self,
        operations: impl Into<Operations>,
        times: u64,
        most: Duration,
    ) -> Result<(), Error> {
        let (world, operations) = (self.clone(), operations.into());
        let waiting = tokio::task::spawn_blocking(move || world.wait_for(operations, times, most));
        waiting.await.unwrap_or_else(|error| Err(Error::new(500, "internal", error.to_string())))
    }

    /// Blocks until `holds` does, for at most `most`; returns whether it does.
    fn wait(&self, most: Duration, holds: impl Fn() -> bool) -> bool {
        let end = Instant::now() + most;
        loop {
            if holds() {
                return true;
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            self.engine.bell().wait(left, &holds);
        }
    }

    /// Returns the world's seed.
    pub fn seed(&self) -> u64 {
        self.world.lock().state.settings.seed
    }

    /// Keeps the drop of the handle from verifying: the caller verifies the world.
    #[cfg_attr(not(feature = "cli"), allow(dead_code))]
    pub(crate) fn mark_verified(&self) {
        if let Some(run) = &mut self.world.lock().run {
            run.mark_verified();
        }
    }

    /// Returns the error of expectations that were declared, never verified, and are not met.
    pub(super) fn unmet_on_drop(&self) -> Option<VerifyError> {
        let forgotten = self.world.lock().run.as_ref().is_some_and(|run| run.needs_verification());
        if forgotten { self.verify().err() } else { None }
    }

    /// Notes that expectations were declared, which must be verified.
    pub(super) fn declared(&self) {
        if let Some(run) = &mut self.world.lock().run {
            run.require_verification();
        }
    }
}
