//! Starting and holding a server: in a test, or behind the command line.

mod builder;
mod error;
mod fixtures;
mod handle;
mod operations;
mod standin;
mod tokens;

pub use builder::Builder;
pub use error::StartError;
pub use handle::{Answer, Call, WorldHandle};
pub use operations::{Operation, operations};
pub use standin::Standin;

#[cfg(feature = "cli")]
pub(crate) use crate::server::{Exchanged, Log};
