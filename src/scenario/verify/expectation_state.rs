//! The state of an expectation while a test still runs.

use crate::scenario::run::scenario_run::ScenarioRun;
use crate::scenario::verify::report::Check;

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
    /// Returns the state of the expectation that a check of this run judged.
    pub(crate) fn state_of(&self, check: &Check) -> ExpectationState {
        let too_few = || {
            let mut calls = self.expected().enumerate();
            calls.any(|(n, (expected, count))| {
                let id = expected.id.as_ref().map_or_else(|| format!("calls[{n}]"), |id| format!("calls.{id}"));
                id == check.id && count < expected.times.min
            })
        };
        if check.passed {
            ExpectationState::Met
        } else if WAITING.iter().any(|start| check.id.starts_with(start)) || too_few() {
            ExpectationState::Open
        } else {
            ExpectationState::Violated
        }
    }
}
