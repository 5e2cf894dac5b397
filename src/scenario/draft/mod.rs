//! Scenarios drafted from what a consumer did, twice: what both runs have in common is expected, and nothing else.

pub mod common;
pub mod drafted;
pub mod recording;
pub mod written;
