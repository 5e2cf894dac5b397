//! Scenarios drafted from what a consumer did, twice: what both runs have in common is expected, and nothing else.

pub(super) mod common;
pub(super) mod drafted;
pub(super) mod recording;
pub(super) mod written;
