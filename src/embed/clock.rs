//! The clock of worlds, as a setting.

use std::time::Duration;

use crate::engine::state::clock::ClockMode;

/// The way in which time passes in worlds.
///
/// ```
/// use std::time::Duration;
/// use standin::{Clock, Standin};
///
/// let world = Standin::builder().clock(Clock::frozen().at("2024-02-01T08:00:00.000Z")).offline()?;
/// world.advance(Duration::from_secs(90));
/// assert_eq!(world.now(), "2024-02-01T08:01:30.000Z");
/// # Ok::<(), standin::StartError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Clock {
    pub(crate) mode: ClockMode,
    pub(crate) at: Option<String>,
}

impl Clock {
    /// Makes a clock that moves only when the test moves it.
    pub fn frozen() -> Self {
        Self { mode: ClockMode::Frozen, at: None }
    }

    /// Makes a clock that moves by 1 ms after each answer.
    pub fn step() -> Self {
        Self::step_by(Duration::from_millis(1))
    }

    /// Makes a clock that moves by this time after each answer, in whole milliseconds.
    pub fn step_by(step: Duration) -> Self {
        let step_ms = u64::try_from(step.as_millis()).unwrap_or(u64::MAX);
        Self { mode: ClockMode::Step { step_ms }, at: None }
    }

    /// Makes a clock that moves as the machine's does.
    pub fn real() -> Self {
        Self { mode: ClockMode::Real, at: None }
    }

    /// Starts the clock at this ISO 8601 time in UTC. Default: 2024-01-20T10:00:00.000Z. A real clock starts now, and
    /// takes no other time.
    pub fn at(mut self, time: &str) -> Self {
        self.at = Some(time.to_owned());
        self
    }
}
