//! The error that an administrator gets when something cannot be done.

use std::fmt;

use serde_json::json;

use crate::engine::schema::problem::Problem;
use crate::http::clip::clipped_lines;
use crate::http::error_text::{debug_is_display, write_with_hint};
use crate::http::message::Response;
use crate::world::error::WorldError;

/// The reason why a request of an administrator was refused. Nothing was changed.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub(super) struct Error {
    /// The status of the control API's answer.
    pub status: u16,
    /// A word for programs: `not_found`, `invalid`, `conflict`, …
    pub code: &'static str,
    /// One sentence that says what is wrong.
    pub message: String,
    /// Advice on what to do about it; may be empty.
    pub hint: String,
}

impl Error {
    /// Creates an error without a hint.
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), hint: String::new() }
    }

    /// Adds a hint.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Returns the error as an answer of the control API.
    pub(super) fn response(&self) -> Response {
        let mut error = json!({ "code": self.code, "message": clipped_lines(&*self.message) });
        if !self.hint.is_empty() {
            error["hint"] = clipped_lines(&*self.hint).into();
        }
        Response::json(self.status, &json!({ "error": error }))
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        let (status, code) = match &problem {
            Problem::NotFound { .. } => (404, "not_found"),
            Problem::Taken { .. } | Problem::InUse { .. } => (409, "conflict"),
            Problem::Full { .. } => (507, "full"),
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
        write_with_hint(f, &self.message, &self.hint)
    }
}

debug_is_display!(Error);

impl std::error::Error for Error {}
