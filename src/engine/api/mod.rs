//! An API as tables: routes, resources, errors and a dialect, and what is done with them.

mod admin;
#[allow(clippy::module_inception)]
pub mod api;
pub mod caller;
pub mod check;
pub mod context;
pub mod dialect;
pub mod fixtures;
pub mod generate;
pub mod openapi;
pub mod past_calls;
pub mod route;
pub mod route_table;
pub mod router;
