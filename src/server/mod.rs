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
mod head;
mod held;
mod links;
mod listen;
mod log_text;
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
mod task;
mod thread;
#[cfg(feature = "tls")]
mod tls;
mod untaken;
mod wire;

pub(crate) use answered_notify::AnsweredNotify;
pub(crate) use budget::Budget;
pub(crate) use context::{Log, LogEvent, ServerContext, Signals, Stop};
#[cfg(feature = "webhooks")]
pub(crate) use courier::carry;
#[cfg(feature = "tls")]
pub(crate) use front::{Front, Note, Untrusting};
pub(crate) use links::Links;
pub(crate) use listen::Port;
pub(crate) use log_text::log_text;
#[cfg(feature = "cli")]
pub(crate) use log_text::{answer_headers, miss, reason, request_headers, slowed_by};
pub(crate) use networks::Networks;
#[cfg(feature = "tls")]
pub(crate) use proxy::{Others, Proxy};
pub(crate) use pulse::Busy;
#[cfg(feature = "tower")]
pub(crate) use race::first_of;
#[cfg(feature = "tower")]
pub(crate) use read::{Arrival, with_request};
#[cfg(feature = "tower")]
pub(crate) use send::{ResponseBody, response};
pub(crate) use serve::serve;
pub(crate) use task::Task;
pub(crate) use thread::{BusyWorker, IdleWorker};
#[cfg(feature = "tls")]
pub(crate) use tls::{Authority, Tls, TlsError, config_of_pem};

#[cfg(feature = "cli")]
pub(crate) use context::Exchanged;
