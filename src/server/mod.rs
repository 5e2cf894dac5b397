//! Sockets: accept, read whole, answer, send as the outcome says, stop.
//!
//! This is the only part that waits, and it never waits while it holds a world.

mod answered_notify;
mod budget;
mod connection;
mod connection_context;
mod context;
#[cfg(feature = "webhooks")]
mod courier;
mod events;
mod exchange;
#[cfg(feature = "tls")]
mod forward;
#[cfg(feature = "tls")]
mod front;
mod held;
mod links;
mod listen;
mod moved;
mod networks;
#[cfg(feature = "tls")]
mod proxy;
mod pulse;
mod race;
mod read;
mod refusal;
mod refuse;
mod rest;
mod send;
mod serve;
mod stream;
mod thread;
#[cfg(feature = "tls")]
mod tls;
mod untaken;
mod wire;

pub use answered_notify::AnsweredNotify;
pub use budget::Budget;
pub use context::{Log, ServerContext, Signals, Stop};
#[cfg(feature = "webhooks")]
pub use courier::carry;
#[cfg(feature = "tls")]
pub use front::{Front, Note, Untrusting};
pub use links::Links;
pub use listen::Port;
pub use networks::Networks;
#[cfg(feature = "tls")]
pub use proxy::{Others, Proxy};
pub use pulse::Busy;
#[cfg(feature = "tower")]
pub use race::first_of;
#[cfg(feature = "tower")]
pub use read::{Arrival, with_request};
#[cfg(feature = "tower")]
pub use send::{ResponseBody, response};
pub use serve::serve;
pub use thread::{BusyWorker, IdleWorker};
#[cfg(feature = "tls")]
pub use tls::{Authority, Tls, TlsError, config_of_pem};

#[cfg(feature = "cli")]
pub use context::{Exchanged, LogEvent};
