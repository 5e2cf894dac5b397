//! Tests that need what takes long to build: a validator of JSON schemas that is not ours, and a scheduler of threads.

#[path = "../support/mod.rs"]
mod support;

// The files of the library that `model` compiles find it here.
#[path = "model/sync.rs"]
mod sync;

mod control_answers;
#[path = "model/engine.rs"]
mod engine;
mod model;
mod scenario_schema;
