//! Sockets: accept, read whole, answer, send as the outcome says, stop.
//!
//! This is the only part that waits, and it never waits while it holds a world.

mod listen;
mod read;
mod send;
mod serve;
mod wire;

pub use listen::{Port, bind};
pub use serve::{Exchanged, Log, Serving, Stop, serve};
