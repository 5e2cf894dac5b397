//! The totals of the library.

#[allow(dead_code)]
#[path = "../../../src/engine/store/total.rs"]
mod total;

pub use total::{Charge, Total};
