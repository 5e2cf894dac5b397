//! Scenarios drafted from two runs of a consumer: they expect only what both runs have in common.

pub(super) mod common;
pub(super) mod drafted;
pub(super) mod recording;
pub(super) mod written;
