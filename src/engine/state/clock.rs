//! A world's clock, the only source of time in the engine.

use std::time::{Duration, UNIX_EPOCH};

use http::HeaderValue;
use serde_core::de::Error;
use serde_core::{Deserialize, Deserializer, Serialize, Serializer};

use crate::engine::schema::time::{LAST_MS, format_ms};
use crate::http::json_object::json_object;

/// The start of every clock, unless a setting says otherwise: 2024-01-20T10:00:00.000Z.
pub(crate) const DEFAULT_START_MS: u64 = 1_705_744_800_000;

/// The way in which a clock moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockMode {
    /// The clock moves only when an administrator moves it.
    Frozen,
    /// The clock moves by a fixed number of milliseconds after each answered request, and when an administrator moves
    /// it.
    Step {
        /// Milliseconds per request.
        step_ms: u64,
    },
    /// The clock follows the arrival of requests, and moves when an administrator moves it.
    Real,
}

/// A world's clock: its mode, its time, and the sum of its moves by hand.
#[derive(Clone, Debug)]
pub struct Clock {
    mode: ClockMode,
    /// Milliseconds since 1970. In `Real` mode, the time of the latest request without manual moves.
    now_ms: u64,
    /// Sum of the moves by hand: a real clock keeps them, and measuring elapsed time needs them.
    moved_ms: i64,
    /// The arrival of the latest request, on the caller's clock.
    arrived_ms: u64,
    /// The second that was last written as a `Date` header, and that header.
    date: Option<(u64, HeaderValue)>,
    /// The millisecond that was last written as the APIs write it, and that text.
    written: Option<(u64, String)>,
}

/// A clock as data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockParts {
    mode: ClockModeName,
    step_ms: Option<u64>,
    now_ms: u64,
    moved_ms: i64,
}

json_object!(both ClockParts strict { mode, step_ms: omitted, now_ms, moved_ms });

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ClockModeName {
    Frozen,
    Step,
    Real,
}

/// The words of the modes, in their order.
const MODES: [&str; 3] = ["frozen", "step", "real"];

impl Serialize for ClockModeName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(MODES[*self as usize])
    }
}

impl<'de> Deserialize<'de> for ClockModeName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "frozen" => Ok(Self::Frozen),
            "step" => Ok(Self::Step),
            "real" => Ok(Self::Real),
            other => Err(D::Error::unknown_variant(other, &MODES)),
        }
    }
}

impl ClockParts {
    /// Returns how the clock moves.
    pub fn mode(&self) -> ClockMode {
        match self.mode {
            ClockModeName::Frozen => ClockMode::Frozen,
            ClockModeName::Step => ClockMode::Step { step_ms: self.step_ms.unwrap_or(1) },
            ClockModeName::Real => ClockMode::Real,
        }
    }
}

impl Clock {
    /// Returns the clock as data.
    pub fn parts(&self) -> ClockParts {
        let (mode, step_ms) = match self.mode {
            ClockMode::Frozen => (ClockModeName::Frozen, None),
            ClockMode::Step { step_ms } => (ClockModeName::Step, Some(step_ms)),
            ClockMode::Real => (ClockModeName::Real, None),
        };
        ClockParts { mode, step_ms, now_ms: self.now_ms, moved_ms: self.moved_ms }
    }

    /// Returns the clock of such data.
    pub fn from_parts(parts: ClockParts) -> Self {
        Self { moved_ms: parts.moved_ms, ..Self::new(parts.mode(), parts.now_ms) }
    }

    /// Makes a clock that starts at `at_ms`, milliseconds since 1970. A real clock ignores it: it follows the requests.
    pub fn new(mode: ClockMode, at_ms: u64) -> Self {
        Self { mode, now_ms: at_ms, moved_ms: 0, arrived_ms: 0, date: None, written: None }
    }

    /// Returns the way in which this clock moves.
    pub fn mode(&self) -> ClockMode {
        self.mode
    }

    /// Returns the time, in milliseconds since 1970.
    pub fn now_ms(&self) -> u64 {
        match self.mode {
            ClockMode::Real => self.now_ms.saturating_add_signed(self.moved_ms),
            ClockMode::Frozen | ClockMode::Step { .. } => self.now_ms,
        }
    }

    /// Returns the time as the APIs write it.
    pub fn now(&self) -> String {
        format_ms(self.now_ms())
    }

    /// Returns the time as the APIs write it, for callers that need it often: only the digits that changed are written
    /// anew.
    pub fn written(&mut self) -> &str {
        let now_ms = self.now_ms().min(LAST_MS);
        let (last_ms, text) = self.written.get_or_insert_with(|| (now_ms, format_ms(now_ms)));
        if *last_ms / 1_000 != now_ms / 1_000 {
            *text = format_ms(now_ms);
        } else if *last_ms != now_ms {
            text.truncate(text.len() - "000Z".len());
            for unit in [100, 10, 1] {
                text.push(char::from(b'0' + (now_ms / unit % 10) as u8));
            }
            text.push('Z');
        }
        *last_ms = now_ms;
        text
    }

    /// Returns the time as the `Date` header has it, written once per second.
    pub fn http_date(&mut self) -> &HeaderValue {
        let second = self.now_ms().min(LAST_MS) / 1_000;
        if self.date.as_ref().is_some_and(|(written, _)| *written != second) {
            self.date = None;
        }
        let (_, date) = self.date.get_or_insert_with(|| {
            let text = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(second));
            (second, HeaderValue::try_from(text).expect("a date is a header"))
        });
        date
    }

    /// Returns the milliseconds that a `Retry-After` asks to wait from now: it is a number of seconds, or a date.
    pub fn until_ms(&self, retry_after: &str) -> Option<u64> {
        if let Ok(seconds) = retry_after.trim().parse::<u64>() {
            return Some(seconds.saturating_mul(1_000));
        }
        let date = httpdate::parse_http_date(retry_after).ok()?.duration_since(UNIX_EPOCH).ok()?;
        Some(u64::try_from(date.as_millis()).unwrap_or(u64::MAX).saturating_sub(self.now_ms()))
    }

    /// Returns the elapsed time, by which a consumer's wait is measured: real time passed plus moves by hand.
    pub fn elapsed_ms(&self) -> u64 {
        self.arrived_ms.saturating_add_signed(self.moved_ms)
    }

    /// Notes that a request arrived. Time never runs backwards.
    pub fn arrive(&mut self, arrived_ms: u64) {
        self.arrived_ms = self.arrived_ms.max(arrived_ms);
        if self.mode == ClockMode::Real {
            self.now_ms = self.now_ms.max(arrived_ms);
        }
    }

    /// Notes that a request was answered.
    pub fn answered(&mut self) {
        if let ClockMode::Step { step_ms } = self.mode {
            self.now_ms = self.now_ms.saturating_add(step_ms);
        }
    }

    /// Moves the clock forward by hand.
    pub fn advance(&mut self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.shift(by);
    }

    /// Sets the clock by hand, forward or back.
    pub fn set(&mut self, at_ms: u64) {
        let by = i64::try_from(i128::from(at_ms) - i128::from(self.now_ms())).unwrap_or(i64::MAX);
        self.shift(by);
    }

    fn shift(&mut self, by: i64) {
        self.moved_ms = self.moved_ms.saturating_add(by);
        if self.mode != ClockMode::Real {
            self.now_ms = self.now_ms.saturating_add_signed(by);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_written_is_the_time() {
        let mut clock = Clock::new(ClockMode::Frozen, DEFAULT_START_MS);
        let moments = [0, 1, 1, 9, 10, 99, 100, 999, 1_000, 59_999, 59_001, 1_999, DEFAULT_START_MS, LAST_MS, u64::MAX];
        for at_ms in moments {
            clock.now_ms = at_ms;
            assert_eq!(clock.written(), format_ms(at_ms));
        }
    }

    #[test]
    fn the_date_header_follows_the_clock() {
        let mut clock = Clock::new(ClockMode::Frozen, DEFAULT_START_MS);
        assert_eq!(clock.http_date(), "Sat, 20 Jan 2024 10:00:00 GMT");
        clock.advance(Duration::from_millis(1_999));
        assert_eq!(clock.http_date(), "Sat, 20 Jan 2024 10:00:01 GMT");
        clock.set(u64::MAX);
        assert_eq!(clock.http_date(), "Fri, 31 Dec 9999 23:59:59 GMT");
    }

    #[test]
    fn a_step_clock_moves_after_each_answer_and_a_frozen_one_does_not() {
        let mut step = Clock::new(ClockMode::Step { step_ms: 50 }, 1_000);
        step.arrive(9);
        assert_eq!(step.now_ms(), 1_000);
        step.answered();
        assert_eq!(step.now_ms(), 1_050);
        let mut frozen = Clock::new(ClockMode::Frozen, 1_000);
        frozen.answered();
        frozen.advance(Duration::from_millis(7));
        assert_eq!(frozen.now_ms(), 1_007);
    }

    #[test]
    fn a_real_clock_follows_the_requests_and_keeps_what_it_was_moved_by() {
        let mut clock = Clock::new(ClockMode::Real, 0);
        clock.arrive(5_000);
        clock.set(8_000);
        clock.arrive(5_100);
        assert_eq!(clock.now_ms(), 8_100);
        clock.arrive(4_000);
        assert_eq!(clock.now_ms(), 8_100, "time never runs backwards");
    }
}
