//! From a text to a checked scenario, with diagnostics that name the place and the remedy.

pub mod added;
pub mod check;
pub mod dead_matchers;
pub mod extends;
pub mod fidelity;
pub mod fragments;
pub mod listed_tokens;
pub mod read;
pub mod read_expect;
pub mod read_lag;
pub mod read_matchers;
pub mod read_rules;
pub mod reader;
pub mod slow_clock;
pub mod unknown_fields;
