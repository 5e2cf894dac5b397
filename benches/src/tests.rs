//! What a test pays: start, ten records, one request, drop.
pub fn run(_: crate::Effort) {}
