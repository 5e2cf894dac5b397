//! Scenario files, format 1: they fill a world with records, make calls fail at the right moment, and judge the
//! consumer.
//!
//! `parse` reads a text into a `model`; `run` acts in the life of a request; `verify` judges the expectations; `probe`
//! compares the fake with the live service; `draft` writes a scenario from recorded calls.
#![allow(clippy::single_match_else)] // A match shows that both ways out are meant.

#[cfg(feature = "cli")]
mod draft;
mod explain;
pub(crate) mod model;
pub(crate) mod parse;
pub(crate) mod probe;
pub(crate) mod run;
pub(crate) mod verify;

#[cfg(feature = "cli")]
pub(crate) use draft::drafted::draft;
#[cfg(feature = "cli")]
pub(crate) use draft::recording::{HELD_MS, Recording};
#[cfg(feature = "cli")]
pub(crate) use draft::written::written;
pub(crate) use explain::{explain_operation, explain_scenario, forecast_of};
pub use model::diagnostics::{Code, Diagnostic, ScenarioError};
pub use model::difference::{Difference, NearMiss};
pub(crate) use model::fixture_sets::Fixtures;
pub(crate) use model::format::{CallExpectation, Overruling, Scenario};
pub use model::lag::Lag;
pub(crate) use model::lag::LagSpan;
pub(crate) use model::matchers::{Matcher, Range, Type};
pub use model::request_view::RequestView;
pub(crate) use model::request_view::view_of_entry;
pub(crate) use model::rule::Phase;
pub(crate) use model::rule::{Effect, Trigger};
pub use model::rule::{Operations, Rule};
pub(crate) use model::wait_for::WaitFor;
pub(crate) use model::when::When;
pub(crate) use parse::extends::{Extended, MOST_EXTENDED, NoScenarios, ScenarioFinder};
pub(crate) use parse::fragments::{read_call, read_rule, read_rules};
pub(crate) use parse::read_rules::servers_own;
pub(crate) use parse::unknown_fields::warnings_of_fields;
pub use probe::comparison::{ComparedStep, Comparison};
pub use probe::drift::{Drift, Tier};
pub use probe::probe::{ProbeAnswer, ProbeRequest};
pub(crate) use run::inject::inject;
pub(crate) use run::progress::Progress;
pub(crate) use run::scenario_run::{Decision, ScenarioRun};
pub use verify::elsewhere::{Elsewhere, OtherHost, RefusedHandshake};
#[cfg(feature = "cli")]
pub(crate) use verify::merge::merged;
pub use verify::merge::merged_coverage;
pub(crate) use verify::near_expectations::NearExpectation;
pub use verify::print::{coverage, github_annotations, junit, markdown, tap};
pub use verify::report::{Check, Report, RuleReport, StepReport, Violation};
pub(crate) use verify::verify::Verification;

/// The version of the format that this crate reads.
pub(crate) const SCENARIO_VERSION: u32 = 1;
/// The published schema of the format.
///
/// ```
/// let schema: serde_json::Value = serde_json::from_str(standin::SCENARIO_SCHEMA)?;
/// assert_eq!(schema["properties"]["scenario"]["const"], 1);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub const SCHEMA: &str = include_str!("scenario-1.schema.json");
