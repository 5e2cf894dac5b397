//! Refusals: the answers to requests that are not whole, or not HTTP.

use std::time::Duration;

use serde_json::json;

use crate::http::headers;
use crate::http::message::Response;
use crate::server::head::{HEAD_BYTES, HEADERS};
use crate::world::call_waits::many_waits;

/// Returns the remedy for a head that cannot be read, by the part that hyper's error names.
fn remedy(why: &str) -> &'static str {
    let remedies = [
        ("URI", "Percent-encode what a target may not hold, such as spaces, quotes and angle brackets."),
        ("content-length", "Send one content-length, the number of the body's bytes in decimal digits."),
        ("transfer-encoding", "Send a body chunked, or with a content-length, and not both."),
        (
            "header",
            "A header is a name of letters, digits and dashes, a colon, and a value without control characters.",
        ),
        ("method", "A request begins with its method, such as GET; what began here may be another protocol than HTTP."),
        ("version", "This server speaks HTTP/1.1 and HTTP/1.0."),
    ];
    let found = remedies.into_iter().find(|(part, _)| why.contains(part));
    found.map_or("Send the head as RFC 9112 has it: a request line, headers, an empty line.", |(_, remedy)| remedy)
}

/// The reason why a request is answered before it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The status.
    pub status: u16,
    /// The name, in the journal too.
    pub code: &'static str,
    message: String,
    hint: &'static str,
}

impl Refusal {
    /// Makes the refusal of a body that did not come in time.
    pub(super) fn body_timeout(limit: Duration, got: usize, announced: Option<u64>) -> Self {
        let of = announced.map(|announced| format!(" of {announced}")).unwrap_or_default();
        let message = format!("The request's body did not come within {limit:?}: {got}{of} bytes came.");
        Self { status: 408, code: "request_timeout", message, hint: "The setting body-timeout raises this." }
    }

    /// Makes the refusal of a head that did not come in time.
    pub(super) fn head_timeout(limit: Duration) -> Self {
        let message = format!("The request's head did not come within {limit:?}.");
        Self { status: 408, code: "request_timeout", message, hint: "The setting header-timeout raises this." }
    }

    /// Makes the refusal of a body because all unfinished bodies together are too large.
    pub(super) fn crowded(most: usize) -> Self {
        let message = format!("This server holds {most} bytes of unfinished bodies, which is its limit.");
        Self {
            status: 503,
            code: "too_many_bytes",
            message,
            hint: "Send fewer bodies at a time; the setting unfinished-bytes raises this.",
        }
    }

    /// Makes the refusal of a request because too many bytes of requests wait for calls.
    pub(super) fn crowded_waits(most: usize) -> Self {
        let message =
            format!("This server holds {most} bytes of requests that wait and of unfinished bodies, its limit.");
        Self {
            status: 503,
            code: "too_many_bytes",
            message,
            hint: "Wait with fewer or smaller matchers at a time; the setting unfinished-bytes raises this.",
        }
    }

    /// Makes the refusal of a request because too many bytes of answers wait for clients that do not take them.
    pub(super) fn untaken() -> Self {
        let message = "Too many bytes of answers wait for clients that do not take them.".to_owned();
        Self {
            status: 503,
            code: "too_many_bytes",
            message,
            hint: "Read answers as they come; the setting unfinished-bytes raises this.",
        }
    }

    /// Makes the refusal of a connection because there are too many.
    pub(super) fn too_many_connections(most: usize) -> Self {
        let message = format!("This server has {most} connections that are all in use, which is its limit.");
        Self {
            status: 503,
            code: "too_many_connections",
            message,
            hint: "Close connections after use; the setting max-connections raises this.",
        }
    }

    /// Makes the refusal of a verification that would wait beside too many.
    pub(super) fn many_waits() -> Self {
        let (code, message, hint) = many_waits();
        Self { status: 503, code, message, hint }
    }

    /// Makes the refusal of a body that broke off, or is not what its head announced.
    pub(super) fn broken_body(why: &str) -> Self {
        let message = format!("The request's body cannot be read: {why}.");
        Self {
            status: 400,
            code: "broken_body",
            message,
            hint: "Send as many bytes as content-length says, or whole chunks.",
        }
    }

    /// Makes the refusal of a head that is no HTTP, or too large.
    pub(super) fn bad_head(status: u16, why: &str) -> Self {
        let (code, message, hint) = if status == 414 {
            let message = "The request's target is longer than 65534 bytes.".to_owned();
            ("uri_too_long", message, "Send long lists in several requests.")
        } else {
            let message = format!("The request is not HTTP that this server can read: {why}.");
            ("bad_request", message, remedy(why))
        };
        Self { status, code, message, hint }
    }

    /// Makes the refusal of a head that is too large: it has too many headers, or else too many bytes.
    pub(super) fn large_head(has_many: bool) -> Self {
        let message = if has_many {
            format!("The request has more than {HEADERS} headers.")
        } else {
            format!("The request's head is larger than {HEAD_BYTES} bytes.")
        };
        let hint = "Send fewer headers; `standin limits` tells the bounds.";
        Self { status: 431, code: "headers_too_large", message, hint }
    }

    /// Makes the refusal of a peer that speaks TLS.
    pub(super) fn tls() -> Self {
        let message = "This port speaks plain HTTP, and the client began with TLS.".to_owned();
        Self {
            status: 400,
            code: "tls_on_plain_port",
            message,
            hint: "Use http:// in place of https:// in the client's base URL.",
        }
    }

    /// Makes the refusal of a peer that speaks HTTP/2, which this build does not.
    #[cfg(not(feature = "http2"))]
    pub fn http2() -> Self {
        let message = "This build of standin speaks HTTP/1.1, and the client began with HTTP/2.".to_owned();
        Self {
            status: 505,
            code: "http2_left_out",
            message,
            hint: "Build standin with its cargo feature `http2`, or let the client speak HTTP/1.1.",
        }
    }

    /// Returns the refusal as an answer that ends the connection.
    pub(super) fn response(&self) -> Response {
        let body = json!({ "error": { "code": self.code, "message": self.message, "hint": self.hint } });
        Response::json(self.status, &body).with(headers::MISS, "http").with("connection", "close")
    }
}
