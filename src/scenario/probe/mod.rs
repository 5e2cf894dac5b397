//! A scenario's probe, played against the fake and against the live service.

pub(crate) mod comparison;
pub(crate) mod drift;
#[allow(clippy::module_inception)]
pub(crate) mod probe;
