//! The state that an API may read and change: records, time, ids to come, settings, rate limits.

pub(crate) mod clock;
pub(crate) mod hooks;
pub(crate) mod mutate;
pub(crate) mod rate_limit;
pub(crate) mod settings;
#[allow(clippy::module_inception)]
mod state;
pub(crate) mod unknown_fields;
mod whole;
pub(crate) mod world_token;

pub use state::State;
