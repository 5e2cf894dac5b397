//! standin
mod apis;
mod control;
mod embed;
mod engine;
mod server;

pub use control::Refusal;
pub use embed::{Answer, Builder, Call, Operation, Standin, StartError, WorldHandle, operations};
