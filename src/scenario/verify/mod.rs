//! Verification: the judgement of expectations, and its reports.

pub(crate) mod called;
pub(crate) mod conduct;
pub(crate) mod elsewhere;
pub(crate) mod expectation_state;
mod finals;
pub(crate) mod merge;
pub(crate) mod near;
pub(crate) mod near_expectations;
mod one_line;
pub(crate) mod print;
pub(crate) mod report;
#[allow(clippy::module_inception)]
pub(crate) mod verify;
mod waiting;
