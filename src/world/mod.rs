//! Worlds: a state with a scenario, a journal and a coverage; the registry of all of them; the life of a request.

mod ceiling;
#[cfg_attr(not(feature = "cli"), allow(dead_code))] // Only the command line tells commands of all of it.
pub mod entrance;
pub mod error;
pub mod exchange;
pub mod export;
pub mod fake_service;
#[cfg(feature = "tls")]
mod handshakes;
pub mod in_flight;
pub mod lifecycle;
pub mod limits;
mod named_worlds;
pub mod outbox;
mod refused;
pub mod registry;
pub mod registry_limits;
pub mod select;
pub mod selector;
mod size;
pub mod snapshot;
mod start_secrets;
#[allow(clippy::module_inception)]
pub mod world;
