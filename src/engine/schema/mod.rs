//! A kind of record: its fields, ids, references and unique values, and the problems a request can have with them.

pub(crate) mod document;
pub(crate) mod error_def;
pub(crate) mod field;
pub(crate) mod problem;
pub(crate) mod profile;

pub(crate) mod rng;
#[allow(clippy::module_inception)]
pub(crate) mod schema;
pub(crate) mod suggest;
pub(crate) mod time;
