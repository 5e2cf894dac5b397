//! A running scenario, in the life of a request: rules, steps, variations, counters.

mod added;
pub(crate) mod inject;
mod issued;
pub(crate) mod lagging;
pub(crate) mod lags;
pub(crate) mod make_change;
pub(crate) mod perturb;
pub(crate) mod progress;
pub(crate) mod rule_index;
mod rule_scope;
pub(crate) mod scenario_run;
pub(crate) mod start;
pub(crate) mod steps;
mod visits;
mod weight;
