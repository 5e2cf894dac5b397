//! A scenario in the life of a request: rules, steps, variations, counters.

pub mod inject;
pub mod lagging;
pub mod make_change;
pub mod perturb;
pub mod progress;
pub mod rule_index;
pub mod scenario_run;
pub mod start;
pub mod steps;
