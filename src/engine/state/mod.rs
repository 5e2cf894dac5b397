//! The state that an API may read and change: records, time, ids to come, settings, rate limits.

pub mod clock;
pub mod hooks;
pub mod mutate;
pub mod rate_limit;
pub mod settings;
#[allow(clippy::module_inception)]
mod state;
mod whole;
pub mod world_token;

pub use state::State;
