//! Verification: expectations compared with what happened, and the reports of it.

pub mod called;
pub mod conduct;
pub mod count_calls;
pub mod elsewhere;
pub mod expectation_state;
pub mod merge;
pub mod near;
pub mod near_expectations;
mod one_line;
pub mod print;
pub mod report;
#[allow(clippy::module_inception)]
pub mod verify;
mod waiting;
