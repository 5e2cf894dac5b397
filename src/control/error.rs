//! What an administrator is told when something cannot be done.

use std::fmt;

use serde_json::json;

use crate::engine::schema::problem::Problem;
use crate::http::message::Response;
use crate::world::error::WorldError;

/// Why something an administrator asked for was not done. Nothing was changed.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Error {
    /// The status it has on the wire.
    pub status: u16,
    /// A word for programs: `not_found`, `invalid`, `conflict`, …
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do about it; may be empty.
    pub hint: String,
}

impl Error {
    /// A refusal without a hint.
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), hint: String::new() }
    }

    /// The same with a hint.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// The refusal on the wire.
    pub fn response(&self) -> Response {
        let mut error = json!({ "code": self.code, "message": self.message });
        if !self.hint.is_empty() {
            error["hint"] = self.hint.as_str().into();
        }
        Response::json(self.status, &json!({ "error": error }))
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        let (status, code) = match &problem {
            Problem::NotFound { .. } => (404, "not_found"),
            Problem::Taken { .. } | Problem::InUse { .. } => (409, "conflict"),
            _ => (400, "invalid"),
        };
        Self::new(status, code, problem.plain())
    }
}

impl From<WorldError> for Error {
    fn from(no_world: WorldError) -> Self {
        let (status, code, message, hint) = no_world.words();
        Self { status, code, message, hint }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if self.hint.is_empty() { Ok(()) } else { write!(f, "\n    {}", self.hint) }
    }
}

/// The same text as [`Display`](fmt::Display) gives: it is what `unwrap` shows.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}
