//! A kind of record: its fields, ids, references and unique values, and the problems a request can have with them.

pub mod document;
pub mod error_def;
pub mod field;
pub mod problem;
pub mod profile;

pub mod rng;
#[allow(clippy::module_inception)]
pub mod schema;
pub mod suggest;
pub mod time;
