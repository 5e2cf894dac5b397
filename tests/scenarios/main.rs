//! Scenario files: their keys, their rules, and the ready-made ones with consumers that pass and fail.

#[path = "../consumers/mod.rs"]
mod consumers;
#[path = "../support/mod.rs"]
mod support;

mod extending;
mod flow_consumers;
mod ignored;
mod lagging;
mod long_files;
mod long_runs;
mod long_tellings;
mod more_keys;
mod near_misses;
mod ready_made;
mod scenario;
mod scenario_files;
mod scenario_keys;
mod scenario_matching;
mod scenario_properties;
mod scenario_rules;
mod verification;
