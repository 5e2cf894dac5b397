//! The path by which files of the library find the totals.

#[path = "store.rs"]
pub mod store;
