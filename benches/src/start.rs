pub fn run(_: crate::Effort) {}
