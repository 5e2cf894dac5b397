//! Scenario files, format 1: they furnish a world, make things go wrong at the right moment, and judge the consumer.
//!
//! `read` → `check` → `load` lead from a text to a world; `play`, `steps` and `perturb` act in the life of a request;
//! `verify` → `report` → `print` tell what came of it. The format's words are in `format` and `rule`.
#![allow(clippy::single_match_else)] // A match shows that both ways out are meant.

mod asked;
mod check;
mod comparison;
mod conduct;
mod considered;
mod difference;
mod drift;
mod expectation_state;
mod explain;
mod fidelity;
mod finding;
mod format;
mod load;
mod matchers;
mod merge;
mod near;
mod perturb;
mod pieces;
mod play;
mod print;
mod probe;
mod read;
mod read_expect;
mod read_rules;
mod reader;
mod report;
mod rule;
mod sieve;
mod steps;
mod strike;
mod texts;
mod unmatched;
mod verify;
mod waiting;
mod when;

pub use asked::Asked;
pub use comparison::{ComparedStep, Comparison};
pub use considered::Why;
pub use difference::{Difference, NearMiss};
pub use drift::{Drift, Tier};
pub use explain::{explain_operation, explain_scenario, forecast_of};
pub use finding::{Code, Finding, ScenarioError};
pub use format::{CallExpectation, Overruling, Scenario};
pub use load::Fixtures;
pub use matchers::{Matcher, Range};
pub use merge::merged_coverage;
pub use pieces::{WaitFor, read_rules};
pub use play::{Play, Strike};
pub use print::{coverage, github_annotations, junit, markdown, tap};
pub use probe::{ProbeAnswer, ProbeRequest};
pub use report::{Check, CoverageCell, Report, RuleReport, StepReport, Violation};
pub use rule::{Operations, Phase, Rule};
pub(in crate::engine) use steps::Answered;
pub(in crate::engine) use strike::inject;

/// The published schema of the format.
pub const SCHEMA: &str = include_str!("scenario-1.schema.json");
