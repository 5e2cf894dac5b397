//! The APIs that are served. One line each.
#![deny(clippy::disallowed_methods)]

pub mod celigo;
pub mod edlink;

use crate::engine::api::Api;

/// All of them.
pub static APIS: &[&Api] = &[&celigo::API, &edlink::API];
