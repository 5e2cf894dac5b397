//! Reading a text into a checked scenario, with diagnostics that name the place and the remedy.

pub(crate) mod check;
pub(crate) mod dead_matchers;
pub(crate) mod extends;
pub(crate) mod fidelity;
pub(crate) mod fragments;
pub(crate) mod listed_tokens;
pub(in crate::scenario) mod paths;
pub(crate) mod read;
pub(crate) mod read_expect;
pub(crate) mod read_lag;
pub(crate) mod read_matchers;
pub(crate) mod read_rules;
pub(crate) mod reader;
pub(crate) mod slow_clock;
pub(in crate::scenario) mod statuses;
pub(crate) mod unknown_fields;
