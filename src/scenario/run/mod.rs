//! A scenario in the life of a request: rules, steps, variations, counters.

pub mod inject;
pub mod perturb;
pub mod rule_index;
pub mod scenario_run;
pub mod steps;
pub mod trace;
