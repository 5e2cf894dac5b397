//! standin
pub mod apis;
pub mod engine;
