//! Records, the rules of their changes, and the operations of an API: a function of a state.
//!
//! No socket, no file, no system clock, no random number of its own, and no API's name stands here.
#![deny(clippy::disallowed_methods)]

pub(crate) mod api;
pub(crate) mod schema;
pub(crate) mod state;
pub(crate) mod store;
