//! Starting and holding a server: in a test, or behind the command line.

mod builder;
mod error;
mod fixtures;
#[cfg(feature = "tls")]
mod front;
mod handle;
mod operations;
#[cfg(feature = "tls")]
mod p12;
#[cfg(feature = "page")]
mod page;
mod record;
mod rules;
mod scenarios;
#[cfg(feature = "tower")]
mod service;
mod standin;
mod tokens;
#[cfg(feature = "tls")]
mod trust;
mod verify;
mod worlds;

pub use builder::Builder;
pub use error::StartError;
pub use handle::{Answer, JournalEntry, WorldHandle};
#[cfg(feature = "cli")]
pub(crate) use operations::documented_outcomes;
pub use operations::{Operation, openapi, operations};
pub use record::Record;
#[cfg(feature = "tower")]
pub use service::{Body, ServiceError, WorldService};
pub use standin::Standin;
pub use worlds::{Snapshot, WorldOptions};

#[cfg(feature = "cli")]
pub(crate) use crate::server::{Exchanged, Log, LogEvent, Untrusting};
pub use rules::{Data, Expectation};
pub use scenarios::{BuiltinScenario, builtin_scenarios};
pub use verify::VerifyError;
