//! Waiting for consumers, and judging them.

use std::fmt;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use crate::control::Refusal;
use crate::embed::handle::WorldHandle;
use crate::engine::load::nearest;
use crate::engine::scenario::{Operations, Report};

/// How long a verification waits for requests in flight.
const PATIENCE: Duration = Duration::from_secs(5);

/// A consumer did not do what it must. Shown, it is the whole report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmet {
    report: Box<Report>,
}

impl Unmet {
    /// The report.
    pub fn report(&self) -> &Report {
        &self.report
    }
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.report.fmt(f)
    }
}

impl std::error::Error for Unmet {}

impl WorldHandle {
    /// Whether the consumer did what it must. Waits for requests in flight first, for at most 5 s; inside a tokio runtime
    /// it does not, because they may need this very thread: use [`verify_async`](Self::verify_async) there.
    pub fn verify(&self) -> Result<Report, Unmet> {
        if Handle::try_current().is_err() {
            self.wait(PATIENCE, || self.engine.bell().in_flight() == 0);
        }
        self.judged()
    }

    /// Whether the consumer did what it must. Waits for requests in flight first, for at most 5 s.
    pub async fn verify_async(&self) -> Result<Report, Unmet> {
        let world = self.clone();
        let waiting =
            tokio::task::spawn_blocking(move || world.wait(PATIENCE, || world.engine.bell().in_flight() == 0));
        drop(waiting.await);
        self.judged()
    }

    /// What a verification would say now. It counts as none.
    pub fn report(&self) -> Report {
        self.world.lock().verify(self.engine.router())
    }

    fn judged(&self) -> Result<Report, Unmet> {
        let mut world = self.world.lock();
        if let Some(play) = &mut world.play {
            play.undeclare();
        }
        let report = world.verify(self.engine.router());
        drop(world);
        if report.passed { Ok(report) } else { Err(Unmet { report: Box::new(report) }) }
    }

    /// Waits until these operations were called so many times, counted from the world's start, and blocks for at most that
    /// long. In a tokio test, use [`wait_for_async`](Self::wait_for_async).
    pub fn wait_for(&self, operations: impl Into<Operations>, times: u64, most: Duration) -> Result<(), Refusal> {
        let operations = operations.into();
        let known = || self.engine.router().rows().iter().map(|row| row.operation);
        if !known().any(|operation| operations.select(operation)) {
            let nearest = nearest(&operations.to_string(), known()).unwrap_or_default();
            let message = format!("{operations} selects no operation; did you mean {nearest}?");
            return Err(Refusal::new(400, "invalid", message));
        }
        let called = || self.world.lock().called(self.engine.router(), &operations, None);
        if self.wait(most, || called() >= times) {
            return Ok(());
        }
        let message = format!("{operations} was called {} times within {most:?}, expected {times}", called());
        Err(Refusal::new(408, "timeout", message))
    }

    /// Waits until these operations were called so many times, for at most that long.
    pub async fn wait_for_async(
        &self,
        operations: impl Into<Operations>,
        times: u64,
        most: Duration,
    ) -> Result<(), Refusal> {
        let (world, operations) = (self.clone(), operations.into());
        let waiting = tokio::task::spawn_blocking(move || world.wait_for(operations, times, most));
        waiting.await.unwrap_or_else(|error| Err(Refusal::new(500, "internal", error.to_string())))
    }

    /// Blocks until that holds; whether it does.
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

    /// Its seed.
    pub fn seed(&self) -> u64 {
        self.world.lock().settings.seed
    }

    /// Nobody needs to be told on drop: whoever holds the world verifies it.
    #[cfg_attr(not(feature = "cli"), allow(dead_code))]
    pub(crate) fn undeclare(&self) {
        if let Some(play) = &mut self.world.lock().play {
            play.undeclare();
        }
    }

    /// What was declared, never verified, and is not met.
    pub(super) fn unmet_on_drop(&self) -> Option<Unmet> {
        let forgotten = self.world.lock().play.as_ref().is_some_and(|play| play.is_declared());
        if forgotten { self.verify().err() } else { None }
    }

    /// Something was declared that wants to be verified.
    pub(super) fn declared(&self) {
        if let Some(play) = &mut self.world.lock().play {
            play.declare();
        }
    }
}
