//! The state that an API may read and change: records, time, ids to come, settings, rate limits.

pub mod clock;
pub mod mutate;
pub mod rate_limit;

#[cfg(test)]
pub use crate::world::world::Settings;
pub use crate::world::world::{Credential, World as State};
