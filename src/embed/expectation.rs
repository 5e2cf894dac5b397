//! Expectations, made in code.

use crate::embed::matching::{Match, part_matchers};
use crate::scenario::{CallExpectation, Matcher, Operations, Range, When};

/// The number of calls that a consumer must make: at least one, unless the expectation says otherwise.
///
/// ```
/// use standin::{Expectation, Standin};
///
/// let world = Standin::builder().offline()?;
/// world.expect(Expectation::on("celigo.integrations.list").status(200).times(1));
/// world.answer("GET", "/v1/integrations", &[("authorization", "Bearer any")], b"");
/// assert!(world.verify().is_ok());
/// # Ok::<(), standin::StartError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Expectation {
    pub(super) calls: CallExpectation,
    /// The first fault of the expectation.
    pub(super) invalid: Option<String>,
}

impl Expectation {
    /// Expects calls of these operations: `celigo.integrations.create`, `celigo.*`.
    pub fn on(operations: impl Into<Operations>) -> Self {
        let calls = CallExpectation {
            id: None,
            on: Some(operations.into()),
            when: None,
            fault: None,
            step: None,
            status: Vec::new(),
            gave_up: false,
            times: Range::at_least(1),
            place: None,
            source: None,
        };
        Self { calls, invalid: None }
    }

    /// Sets the expectation's name in reports.
    pub fn id(mut self, id: &str) -> Self {
        self.calls.id = Some(id.to_owned());
        self
    }

    fn part(mut self, look: Match, part: impl FnOnce(&mut When) -> &mut Option<Matcher>) -> Self {
        match look.read() {
            Ok(matcher) => *part(self.calls.when.get_or_insert_default()) = Some(matcher),
            Err(fault) => drop(self.invalid.get_or_insert(fault)),
        }
        self
    }

    /// Counts only calls whose client gave up before the answer came, for instance because a rule delays it.
    pub fn gave_up(mut self) -> Self {
        self.calls.gave_up = true;
        self
    }

    /// Counts only calls answered with this status.
    pub fn status(mut self, status: u16) -> Self {
        self.calls.status.push(status);
        self
    }

    /// Counts only calls answered by the fault rule of this id.
    pub fn by_rule(mut self, id: &str) -> Self {
        self.calls.fault = Some(id.to_owned());
        self
    }

    /// Counts only calls made while the scenario is in this step.
    pub fn in_step(mut self, name: &str) -> Self {
        self.calls.step = Some(name.to_owned());
        self
    }

    /// Expects exactly `times` calls.
    pub fn times(mut self, times: u64) -> Self {
        self.calls.times = Range::exactly(times);
        self
    }

    /// Expects at least `times` calls.
    pub fn at_least(mut self, times: u64) -> Self {
        self.calls.times.min = times;
        self
    }

    /// Expects at most `times` calls. Without [`at_least`](Self::at_least), no call is fine too.
    pub fn at_most(mut self, times: u64) -> Self {
        let min = if self.calls.times == Range::at_least(1) { 0 } else { self.calls.times.min };
        self.calls.times = Range { min, max: times };
        self
    }

    /// Expects no call.
    pub fn never(self) -> Self {
        self.times(0)
    }
}

part_matchers!(Expectation, "Counts only calls");
