//! `/_standin/…`: what an administrator can do to a running server, as a table of paths to methods of the engine.
//!
//! Requests and answers are JSON. Unknown fields are refused. Errors are `{"error":{"code","message","hint"}}`. No
//! answer carries a CORS header, and requests that a web page could have sent are refused.
#![allow(clippy::unnecessary_wraps)] // Every act of the table has one type.

mod data;
mod door;
mod gate;
mod journal;
mod openapi;
mod refusal;
mod scenario;
mod server;
mod table;
mod world;
mod worlds;

pub use door::{Control, Guarded, Handled, Supplies};
pub use gate::Gate;
pub use openapi::{NAME as CONTROL_API, document as control_openapi};
pub use refusal::Refusal;
