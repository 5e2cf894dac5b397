//! A kind of record: its fields, ids, references and unique values, and the problems a request can have with them.

pub mod field;
pub mod problem;
pub mod resource;
pub mod rng;
pub mod suggest;
