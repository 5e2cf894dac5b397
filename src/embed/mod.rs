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
mod verdict;
mod worlds;

pub use builder::Builder;
pub use error::StartError;
pub use handle::{Answer, Call, WorldHandle};
pub use operations::{Operation, openapi, operations};
pub use record::Record;
#[cfg(feature = "tower")]
pub use service::{Body, Unanswered, WorldService};
pub use standin::Standin;
pub use worlds::{NewWorld, Snapshot};

#[cfg(feature = "cli")]
pub(crate) use crate::server::{Exchanged, Log};
pub use rules::{Data, Expectation};
pub use scenarios::{ReadyMade, ready_made};
pub use verdict::Unmet;
