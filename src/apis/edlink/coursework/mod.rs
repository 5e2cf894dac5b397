//! Coursework: assignments, submissions, and the categories that assignments are graded by.
//!
//! [`resources`] holds the records, [`table`] the operations, on the Graph and for the person of a token alike.
//! [`room`] has the rights of a caller in a class, [`body`] reads bodies, [`assignments`], [`submissions`] and
//! [`categories`] handle the operations, [`idempotency`] answers repeats, [`openapi`] describes the bodies.

mod assignments;
mod body;
mod categories;
pub(super) mod generator;
pub(super) mod hooks;
pub(super) mod idempotency;
mod openapi;
mod phantoms;
mod resources;
mod room;
pub(super) mod states;
mod submissions;
mod table;

pub(super) use idempotency::IDEMPOTENCY_KEYS;
pub(super) use resources::{ASSIGNMENT_OF, ASSIGNMENTS, CATEGORIES, CLASS_OF, SUBMISSIONS};
pub(super) use table::ROUTES;
