//! Paths to the parts of a scenario, as diagnostics name them.

use std::sync::Arc;

use crate::http::position::PathSegment;
use crate::scenario::model::format::Scenario;
use crate::scenario::model::rule::Rule;

/// Returns the path of these steps.
pub(super) fn at(steps: &[&dyn Fn() -> PathSegment]) -> Vec<PathSegment> {
    steps.iter().map(|step| step()).collect()
}

/// Makes the step to a member.
pub(super) fn key(name: &'static str) -> impl Fn() -> PathSegment {
    move || PathSegment::from(name)
}

/// Makes the step to an item.
pub(super) fn item(n: usize) -> impl Fn() -> PathSegment {
    move || PathSegment::from(n)
}

/// Returns the path of the n-th rule of the file or of a step.
pub(super) fn rule_path(step: Option<usize>, n: usize) -> Vec<PathSegment> {
    match step {
        None => at(&[&key("faults"), &item(n)]),
        Some(step) => at(&[&key("steps"), &item(step), &key("faults"), &item(n)]),
    }
}

/// Returns the path of a member of the object at a path.
pub(in crate::scenario) fn below(path: &[PathSegment], name: &str) -> Vec<PathSegment> {
    path.iter().cloned().chain([PathSegment::from(name)]).collect()
}

/// Returns all rules with their step, in the order of the file.
pub(super) fn all_rules(scenario: &Scenario) -> impl Iterator<Item = (Option<usize>, usize, &Arc<Rule>)> {
    let own = scenario.rules.iter().enumerate().map(|(n, rule)| (None, n, rule));
    let stepped = scenario.steps.iter().enumerate();
    own.chain(stepped.flat_map(|(step, it)| it.rules.iter().enumerate().map(move |(n, rule)| (Some(step), n, rule))))
}
