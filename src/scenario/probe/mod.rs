//! A scenario's probe, against the fake and against the live service.

pub mod comparison;
pub mod drift;
#[allow(clippy::module_inception)]
pub mod probe;
