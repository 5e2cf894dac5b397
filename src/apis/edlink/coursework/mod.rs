//! Coursework: assignments, what people hand in, and the categories assignments are graded by.
//!
//! [`resources`] holds the records, [`table`] the operations, on the Graph and for the person of a token alike. [`room`] says
//! who may do what in a class, [`body`] reads what is sent, [`assignments`], [`submissions`] and [`categories`] do it,
//! [`idempotency`] sees to it that a repeat does nothing again.

mod assignments;
mod body;
mod categories;
pub(super) mod generator;
pub(super) mod hooks;
pub(super) mod idempotency;
mod phantoms;
mod resources;
mod room;
pub(super) mod states;
mod submissions;
mod table;

pub(super) use idempotency::IDEMPOTENCY_KEYS;
pub(super) use resources::{ASSIGNMENT_OF, ASSIGNMENTS, CATEGORIES, CLASS_OF, SUBMISSIONS};
pub(super) use table::ROUTES;
