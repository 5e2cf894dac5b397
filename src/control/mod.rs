//! `/_standin/…`: the control API, with which an administrator changes a running server, as a table of paths to
//! functions.
//!
//! Requests and answers are JSON. Unknown fields are refused. Errors are `{"error":{"code","message","hint"}}`. No
//! answer carries a CORS header, and requests that a web page could have sent are refused.
#![allow(clippy::unnecessary_wraps)] // Every handler of the table has one type.

mod availability;
mod data;
mod effect;
mod error;
mod events;
mod journal;
mod openapi;
mod page;
mod path;
mod replica;
mod request;
mod scenario;
mod server;
mod service;
mod subscription;
mod table;
mod waiting;
mod webhooks;
mod world;
mod worlds;

pub(crate) use availability::Availability;
pub(crate) use openapi::document as control_openapi;
pub(crate) use page::Page;
pub(crate) use replica::Replica;
#[cfg(feature = "webhooks")]
pub(crate) use request::SendCourier;
pub(crate) use request::Supplies;
pub(crate) use service::{AccessPolicy, Changed, ControlService, Handled};
pub(crate) use subscription::Subscription;
pub(crate) use waiting::Waiting;
