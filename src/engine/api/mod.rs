//! An API as tables: routes, resources, errors and a dialect, and what is done with them.

mod admin;
#[allow(clippy::module_inception)]
pub(crate) mod api;
pub(crate) mod caller;
pub(crate) mod check;
pub(crate) mod context;
pub(crate) mod dialect;
mod evidence;
pub(crate) mod fixtures;
pub(crate) mod generate;
pub(crate) mod openapi;
pub(crate) mod past_calls;
pub(crate) mod read_body;
pub(crate) mod route;
pub(crate) mod route_table;
pub(crate) mod router;
