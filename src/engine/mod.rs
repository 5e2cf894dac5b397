//! A request in, an outcome out: a pure function of a world.
//!
//! No socket, no file, no system clock, no random number of its own, and no API's name stands here. Read
//! [`answer`] first.
#![deny(clippy::disallowed_methods)]

pub mod action;
mod admin;
pub mod answer;
pub mod api;
mod bell;
pub mod chance;
pub mod choice;
pub mod clock;
pub mod coverage;
pub mod data;
mod dialect;
pub mod document;
pub mod field;
mod generate;
pub mod journal;
pub mod json;
pub mod load;
pub mod message;
pub mod no_world;
pub mod openapi;
pub mod origin;
pub mod path;
pub mod point;
pub mod problem;
pub mod rate;
mod resource;
pub mod router;
pub mod scenario;
pub mod store;
pub mod table;
mod tape;
pub mod tree;
pub mod world;
mod worlds;

pub use worlds::{DEFAULT_WORLD, Engine, Limits, Wanted};
