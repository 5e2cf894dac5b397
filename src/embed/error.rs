//! The error that a test gets when a world refuses something.

use std::fmt;

use crate::engine::schema::problem::Problem;
use crate::http::clip::clipped_lines;
use crate::http::error_text::{debug_is_display, write_with_hint};
use crate::scenario::ScenarioError;
use crate::world::error::WorldError;

/// The reason why a world refused a call of a test. Nothing was changed.
///
/// ```
/// use standin::{ErrorKind, Standin};
///
/// let world = Standin::builder().offline()?;
/// let error = world.remove("celigo.integrations", "nope").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::NotFound);
/// # Ok::<(), standin::StartError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    hint: String,
}

/// The kind of an [`Error`], for programs.
///
/// ```
/// use standin::{ErrorKind, Standin};
///
/// let world = Standin::builder().offline()?;
/// let refused = world.remove("celigo.integrations", "nope").unwrap_err();
/// assert_eq!(refused.kind(), ErrorKind::NotFound);
/// # Ok::<(), standin::StartError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value is not valid: a field, a name, a time, a rule.
    Invalid,
    /// There is no such collection, record, operation or world.
    NotFound,
    /// Another record or world is in the way: a value is taken, a record is in use.
    Conflict,
    /// A limit is reached.
    LimitReached,
    /// The world has ended.
    Gone,
    /// An awaited call did not come in time.
    Timeout,
    /// A fault of standin itself.
    Internal,
}

impl ErrorKind {
    /// Returns the kind as a word: `not_found`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::LimitReached => "limit_reached",
            Self::Gone => "gone",
            Self::Timeout => "timeout",
            Self::Internal => "internal",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: clipped_lines(message.into()).into_owned(), hint: String::new() }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, message)
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Returns the kind.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Returns the sentence that says what is wrong.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the advice on what to do about it, if there is one.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        Some(self.hint.as_str()).filter(|hint| !hint.is_empty())
    }
}

impl Error {
    /// Returns the error of a change that the world's rules refuse.
    pub(crate) fn of_problem(problem: &Problem) -> Self {
        let kind = match problem {
            Problem::NotFound { .. } => ErrorKind::NotFound,
            Problem::Taken { .. } | Problem::InUse { .. } => ErrorKind::Conflict,
            Problem::Internal { .. } => ErrorKind::Internal,
            _ => ErrorKind::Invalid,
        };
        Self::new(kind, problem.plain())
    }

    /// Returns the error of a world that is not there, or cannot be made.
    pub(crate) fn of_world(error: &WorldError) -> Self {
        let kind = match error {
            WorldError::Unknown { .. } | WorldError::NoDefault => ErrorKind::NotFound,
            WorldError::Gone { .. } => ErrorKind::Gone,
            WorldError::Disagreement { .. } | WorldError::BadName { .. } | WorldError::BadLabel { .. } => {
                ErrorKind::Invalid
            }
            WorldError::Taken { .. } | WorldError::Default => ErrorKind::Conflict,
            WorldError::TooMany { .. } | WorldError::TooManyOfLabel { .. } => ErrorKind::LimitReached,
        };
        let (_, _, message, hint) = error.words();
        Self::new(kind, message).with_hint(hint)
    }
}

impl From<ScenarioError> for Error {
    fn from(error: ScenarioError) -> Self {
        Self::invalid(error.to_string())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_with_hint(f, &self.message, &self.hint)
    }
}

debug_is_display!(Error);

impl std::error::Error for Error {}
