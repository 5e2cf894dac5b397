//! Starting and holding a server: in a test, or behind the command line.

mod builder;
mod error;
mod fixtures;
mod handle;
mod operations;
mod record;
mod rules;
mod scenarios;
#[cfg(feature = "tower")]
mod service;
mod standin;
mod tokens;
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
pub(crate) use crate::server::{Exchanged, Log};
pub use rules::{Data, Expectation};
pub use scenarios::{BuiltinScenario, builtin_scenarios};
pub use verify::VerifyError;
