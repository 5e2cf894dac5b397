//! Sockets: accept, read whole, answer, send as the outcome says, stop.
//!
//! This is the only part that waits, and it never waits while it holds a world.

mod listen;
mod networks;
mod read;
mod send;
mod serve;
mod task_bell;
mod thread;
mod wire;

pub use listen::Port;
pub use networks::Networks;
#[cfg(feature = "tower")]
pub use read::{Arrival, lend};
#[cfg(feature = "tower")]
pub use send::{Sent, response};
pub use serve::{Log, Orders, Serving, Stop, serve};
pub use task_bell::TaskBell;
pub use thread::{Busy, Thread};

#[cfg(feature = "cli")]
pub use serve::Exchanged;
