//! The state of an expectation while a test still runs.

use std::collections::HashSet;

use crate::scenario::run::scenario_run::ScenarioRun;
use crate::scenario::verify::report::Check;
use crate::scenario::verify::verify::name_of_calls;

/// The state of an expectation while a test still runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExpectationState {
    /// It holds now.
    Met,
    /// It does not hold yet; further calls can change that.
    Open,
    /// It does not hold, and no further call can change that.
    Violated,
}

impl ExpectationState {
    /// Returns the word for it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Open => "open",
            Self::Violated => "violated",
        }
    }
}

/// The beginnings of the names of checks that a later call may still meet.
const WAITING: [&str; 5] = ["order[", "final.", "cover.", "fired.", "reach"];

impl ScenarioRun {
    /// Returns the states of the expectations that these checks of this run judged.
    pub(crate) fn states_of(&self, checks: &[Check]) -> Vec<ExpectationState> {
        let calls = self.expected().enumerate();
        let too_few = calls.filter(|(_, (expected, count))| *count < expected.times.min);
        let too_few: HashSet<String> = too_few.map(|(n, (expected, _))| name_of_calls(n, expected)).collect();
        let state = |check: &Check| {
            if check.passed {
                ExpectationState::Met
            } else if WAITING.iter().any(|start| check.id.starts_with(start)) || too_few.contains(&check.id) {
                ExpectationState::Open
            } else {
                ExpectationState::Violated
            }
        };
        checks.iter().map(state).collect()
    }
}
