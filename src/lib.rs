//! standin
mod apis;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
mod control;
mod embed;
mod engine;
mod server;

pub use control::Refusal;
pub use embed::{Answer, Builder, Call, Operation, Standin, StartError, WorldHandle, operations};
