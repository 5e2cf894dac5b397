//! The errors of requests that no world answers, and of worlds that cannot be made. No journal holds such a request.

use serde_json::json;

use crate::http::clip::clipped;
use crate::http::headers;
use crate::http::message::Response;
use crate::world::selector::WorldSelector;

/// The reason why a world is no longer there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GoneReason {
    /// An administrator deleted it.
    Deleted,
    /// The last handle of it was dropped.
    Dropped,
    /// It received no request for that long.
    Idle {
        /// The milliseconds after which a world without a request is deleted.
        after_ms: u64,
    },
}

/// The reason why there is no world to answer, or none was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum WorldError {
    /// There was no world of that name, or the server has forgotten it.
    Unknown {
        /// The name.
        name: String,
        /// The known name most like it.
        nearest: Option<String>,
        /// The number of worlds besides the default one.
        others: usize,
    },
    /// The world is gone.
    Gone {
        /// The name.
        name: String,
        /// The reason that it is gone.
        why: GoneReason,
    },
    /// The request names two worlds.
    Disagreement {
        /// The selector of the first, and its name.
        one: (WorldSelector, String),
        /// The selector of the second, and its name.
        other: (WorldSelector, String),
    },
    /// No world can have that name.
    BadName {
        /// The name.
        name: String,
    },
    /// There is a world of that name already.
    Taken {
        /// The name.
        name: String,
    },
    /// The server has reached its limit of worlds.
    TooMany {
        /// The most it may hold.
        limit: usize,
    },
    /// It cannot be deleted: it answers at `/`.
    Default,
    /// The request names no world, and this server has no default one.
    NoDefault,
    /// No world can have that label.
    BadLabel {
        /// The label.
        label: String,
    },
    /// The server has reached its limit of worlds of that label.
    TooManyOfLabel {
        /// The label.
        label: String,
        /// The most it may hold.
        limit: usize,
    },
}

impl WorldError {
    /// Returns the status, a word for programs, the message, and the hint.
    pub(crate) fn words(&self) -> (u16, &'static str, String, String) {
        match self {
            Self::Unknown { name, nearest, others } => {
                let hint = match (nearest, others) {
                    (Some(nearest), _) => format!("Did you mean {nearest}? "),
                    (None, 0) => "There is none but the default one. ".to_owned(),
                    (None, _) => "GET /_standin/worlds lists those there are. ".to_owned(),
                };
                let hint = hint + "POST /_standin/worlds makes one; the default world answers when none is named.";
                (404, "unknown_world", format!("There is no world {name:?} on this server."), hint)
            }
            Self::Gone { name, why } => {
                let (message, hint) = match why {
                    GoneReason::Deleted => (
                        format!("The world {name:?} was deleted."),
                        "Make a world per test, and delete it after the last request of that test.".to_owned(),
                    ),
                    GoneReason::Dropped => (
                        format!("The world {name:?} ended with its last handle."),
                        "Keep the WorldHandle for as long as the world is used, or call detach() on it.".to_owned(),
                    ),
                    GoneReason::Idle { after_ms } => (
                        format!("The world {name:?} expired: it received no request for {} s.", after_ms / 1_000),
                        "Make another one; how long idle worlds stay is a setting of the server.".to_owned(),
                    ),
                };
                (410, "world_gone", message, hint)
            }
            Self::Disagreement { one, other } => {
                let ((way, name), (other_way, other_name)) = (one, other);
                let message = format!(
                    "The request names two worlds: {name:?} by {}, {other_name:?} by {}.",
                    way.as_str(),
                    other_way.as_str()
                );
                (400, "two_worlds", message, "Name one world, in one way.".to_owned())
            }
            Self::BadName { name } => {
                let hint = "A name has 1 to 64 letters, digits, '-', '_' and '.', and begins with a letter or digit; \
                            without a name, one is made up.";
                (400, "invalid", format!("A world cannot be named {name:?}."), hint.to_owned())
            }
            Self::Taken { name } => {
                let hint = "Leave the name out to get a new one, or delete that world first.";
                (409, "conflict", format!("There is a world {name:?} already."), hint.to_owned())
            }
            Self::TooMany { limit } => {
                let hint = "Delete worlds when their tests end, or start the server with a higher limit.";
                (
                    409,
                    "too_many_worlds",
                    format!("This server holds {limit} worlds, which is its limit."),
                    hint.to_owned(),
                )
            }
            Self::NoDefault => {
                let message = "The request names no world, and this server has no default one.".to_owned();
                let hint =
                    "Make a world with POST /_standin/worlds or PUT /_standin/worlds/<name>, and use its URL or token.";
                (404, "no_world_named", message, hint.to_owned())
            }
            Self::BadLabel { label } => {
                let hint = "A label has 1 to 128 bytes and no control characters.";
                (400, "invalid", format!("A world cannot have the label {label:?}."), hint.to_owned())
            }
            Self::TooManyOfLabel { label, limit } => {
                let hint = "Delete worlds when their tests end (DELETE /_standin/worlds?label=… deletes all of a label), or \
                            start the server with a higher limit.";
                let message = format!("This server holds {limit} worlds of the label {label:?}, which is its limit.");
                (409, "too_many_worlds", message, hint.to_owned())
            }
            Self::Default => {
                let message = "The default world cannot be deleted.".to_owned();
                (409, "conflict", message, "POST /_standin/reset makes it as it was at the start.".to_owned())
            }
        }
    }

    /// Makes the answer to a request that no world can answer.
    pub(crate) fn response(&self) -> Response {
        let (status, code, message, hint) = self.words();
        let body = json!({ "error": { "code": code, "message": clipped(message), "hint": hint } });
        Response::json(status, &body).with(headers::MISS, "world")
    }
}
