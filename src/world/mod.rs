//! Worlds: a state with a scenario, a journal and a coverage; the registry of all of them; the life of a request.

pub(crate) mod call_waits;
mod ceiling;
#[cfg(test)]
mod counted_waits;
pub(crate) mod courier_duty;
#[cfg_attr(not(feature = "cli"), allow(dead_code))] // Only the command line tells commands of all of it.
pub(crate) mod entrance;
pub(crate) mod error;
pub(crate) mod exchange;
pub(crate) mod export;
pub(crate) mod fake_service;
#[cfg(feature = "tls")]
mod handshakes;
pub(crate) mod in_flight;
mod judged;
pub(crate) mod lifecycle;
pub(crate) mod limits;
mod named_worlds;
pub(crate) mod outbox;
mod refused;
pub(crate) mod registry;
pub(crate) mod registry_limits;
pub(crate) mod select;
pub(crate) mod selector;
mod size;
pub(crate) mod snapshot;
mod start_secrets;
#[allow(clippy::module_inception)]
pub(crate) mod world;
