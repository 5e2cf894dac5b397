//! Sockets: accept, read whole, answer, send as the outcome says, stop.
//!
//! This is the only part that waits, and it never waits while it holds a world.

mod answered_notify;
mod events;
mod listen;
mod networks;
mod read;
mod send;
mod serve;
mod thread;
mod wire;

pub use answered_notify::AnsweredNotify;
pub use listen::Port;
pub use networks::Networks;
#[cfg(feature = "tower")]
pub use read::{Arrival, with_request};
#[cfg(feature = "tower")]
pub use send::{ResponseBody, response};
pub use serve::{Log, ServerContext, Signals, Stop, serve};
pub use thread::{BusyWorker, IdleWorker};

#[cfg(feature = "cli")]
pub use serve::Exchanged;
