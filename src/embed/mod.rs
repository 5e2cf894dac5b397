//! Starting and holding a server: in a test, or behind the command line.

mod answer;
mod builder;
#[cfg(feature = "tls")]
mod certificate_care;
mod clock;
#[cfg(test)]
mod counted_records;
mod credential;
mod data;
mod error;
mod expectation;
mod files;
mod fixtures;
#[cfg(feature = "tls")]
mod front;
#[cfg(feature = "tls")]
mod front_settings;
mod guard;
mod handle;
mod journal;
mod lag;
mod left_out;
mod matching;
mod operations;
#[cfg(feature = "tls")]
mod p12;
#[cfg(feature = "page")]
mod page;
mod record;
mod rule;
mod rules;
mod scenarios;
#[cfg(feature = "tower")]
mod service;
mod standin;
mod start;
mod start_error;
mod starting;
mod survey;
mod tokens;
#[cfg(feature = "tls")]
mod trust;
mod verify;
mod waiting;
#[cfg(all(test, not(any(feature = "archive", feature = "http2", feature = "webhooks"))))]
mod without_features;
mod words;
mod worlds;

pub use answer::Answer;
pub use builder::Builder;
pub use clock::Clock;
pub use credential::Credential;
pub use data::Data;
pub use error::{Error, ErrorKind};
pub use expectation::Expectation;
pub use handle::WorldHandle;
pub use journal::JournalEntry;
pub use matching::Match;
#[cfg(feature = "cli")]
pub(crate) use operations::documented_outcomes;
pub use operations::{Operation, control_openapi, openapi, operations};
pub use record::Record;
pub use scenarios::{BuiltinScenario, builtin_scenarios};
#[cfg(feature = "tower")]
pub use service::{Body, ServiceError, WorldService};
pub use standin::Standin;
pub use start_error::StartError;
pub use verify::VerifyError;
#[cfg(feature = "tls")]
pub use words::OtherHosts;
#[cfg(feature = "page")]
pub use words::PageMode;
pub use words::{Action, Api};
pub use worlds::{Snapshot, WorldOptions};

#[cfg(feature = "cli")]
pub(crate) use crate::server::{
    Exchanged, Log, LogEvent, Untrusting, answer_headers, log_text, miss, reason, request_headers, slowed_by,
};
#[cfg(feature = "cli")]
pub(crate) use files::read_bounded;
#[cfg(feature = "cli")]
pub(crate) use scenarios::files_of;
