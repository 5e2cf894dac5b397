//! Requests, answers, and how answers travel. Answers have the headers of the `http` crate, so that the server sends
//! them as they are; nothing else here knows of an HTTP library.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use crate::http::hold::Hold;

/// The method of a request, as routes declare it. `HEAD` is a `GET` whose body is left out.
///
/// ```
/// use standin::{Method, operations};
///
/// let writes = |method: Method| !method.is_safe();
/// assert!(operations().iter().any(|operation| operation.action.as_str() == "create" && writes(operation.method)));
/// assert_eq!(Method::Patch.to_string(), "PATCH");
/// assert_eq!("GET".parse(), Ok(Method::Get));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Method {
    /// `GET`, and `HEAD` with it.
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
    /// Each of them: for a row that takes all methods.
    Any,
}

impl Method {
    /// Returns the method of that name, or `None` for a method that no route can have.
    #[must_use]
    pub fn of(method: &str) -> Option<Self> {
        Some(match method {
            "GET" | "HEAD" => Self::Get,
            "POST" => Self::Post,
            "PUT" => Self::Put,
            "PATCH" => Self::Patch,
            "DELETE" => Self::Delete,
            _ => return None,
        })
    }

    /// Returns the method name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Any => "ANY",
        }
    }

    /// The methods of requests: all but `Any`.
    pub const ALL: [Self; 5] = [Self::Get, Self::Post, Self::Put, Self::Patch, Self::Delete];

    /// Tells whether the method promises to change nothing.
    #[must_use]
    pub fn is_safe(self) -> bool {
        self == Self::Get
    }
}

/// One request, borrowed from the owner of its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The method as sent, upper case.
    pub method: &'a str,
    /// The target as sent: origin form (`/v1/flows?limit=2`) or absolute form (`https://host/v1/flows`).
    pub target: &'a str,
    /// Header names in lower case, with their values, in the order sent.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The whole body; empty when there was none.
    pub body: &'a [u8],
    /// The time of its arrival, in milliseconds since 1970, as a caller with a clock tells it. Real clocks use it, and
    /// everything that measures elapsed time.
    pub arrived_ms: u64,
    /// True if its `Forwarded` and `X-Forwarded-…` headers are believed: they come from this machine or a trusted
    /// proxy.
    pub believes_front: bool,
}

impl<'a> Request<'a> {
    /// Returns the first header of that (lower-case) name, if it is text.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.iter().find(|(known, _)| *known == name).and_then(|(_, value)| std::str::from_utf8(value).ok())
    }

    /// Returns the credential of an `Authorization: Bearer …` header; the scheme's case does not matter.
    pub fn bearer(&self) -> Option<&'a str> {
        let (scheme, token) = self.header("authorization")?.trim_ascii().split_at_checked("bearer".len())?;
        let is_bearer = scheme.eq_ignore_ascii_case("bearer") && token.starts_with(' ');
        let token = token.trim_ascii_start();
        (is_bearer && !token.is_empty()).then_some(token)
    }
}

/// The number of headers that most answers have.
const HEADERS: usize = 6;

/// The content type of JSON.
const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// The answer to a request.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers, in the order they are sent.
    pub headers: HeaderMap,
    /// The body, shared with the record it shows where possible.
    pub body: Bytes,
}

impl Response {
    /// Makes an answer without body and content type.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: HeaderMap::with_capacity(HEADERS), body: Bytes::new() }
    }

    /// Makes a JSON answer from bytes that are JSON already.
    pub fn json_bytes(status: u16, body: impl Into<Bytes>) -> Self {
        let mut headers = HeaderMap::with_capacity(HEADERS);
        headers.append(CONTENT_TYPE, JSON);
        Self { status, headers, body: body.into() }
    }

    /// Makes a JSON answer.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::json_bytes(status, body.to_string())
    }

    /// Makes an answer of another media type.
    pub fn text(status: u16, media_type: &'static str, body: String) -> Self {
        let mut headers = HeaderMap::with_capacity(HEADERS);
        headers.append(CONTENT_TYPE, HeaderValue::from_static(media_type));
        Self { status, headers, body: body.into() }
    }

    /// Returns the answer with one more header.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.add(name, value);
        self
    }

    /// Adds a header. A header that HTTP cannot carry is left out: only a function of a test makes such headers.
    pub fn add(&mut self, name: &str, value: &str) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            self.headers.append(name, value);
        }
    }

    /// Returns the first header of that name, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
    }

    /// Returns the body, if it is JSON.
    pub fn value(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Returns the status as text.
    pub fn status_text(&self) -> Cow<'static, str> {
        match self.status {
            200 => "200".into(),
            201 => "201".into(),
            204 => "204".into(),
            other => other.to_string().into(),
        }
    }
}

/// The way in which an answer travels. Only the server's sockets make it happen.
///
/// ```
/// use standin::{Delivery, Rule, Standin};
///
/// let world = Standin::builder().offline()?;
/// world.fault(Rule::on("celigo.*").truncate());
/// world.answer("GET", "/v1/integrations", &[("authorization", "Bearer any")], b"");
/// assert_eq!(world.journal()[0].delivery, Delivery::Truncated);
/// # Ok::<(), standin::StartError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delivery {
    /// Whole, in one go.
    #[default]
    Complete,
    /// The head at once, the body at this many bytes a second.
    Throttled {
        /// Bytes of body per second, at least 1.
        bytes_per_s: u64,
    },
    /// Half the body, then the connection is closed.
    Truncated,
    /// The connection is closed before the head.
    Closed,
    /// The connection is reset before the head.
    Reset,
    /// Bytes that are not HTTP, then the connection is closed.
    Garbage,
    /// Nothing, until the peer gives up or the server ends.
    Hang,
}

impl Delivery {
    /// Returns the word for it, as scenarios write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "whole",
            Self::Throttled { .. } => "trickle",
            Self::Truncated => "truncate",
            Self::Closed => "close",
            Self::Reset => "reset",
            Self::Garbage => "garbage",
            Self::Hang => "stall",
        }
    }

    /// Tells whether the answer, or a part of it, is sent at all.
    #[must_use]
    pub fn sends_answer(self) -> bool {
        matches!(self, Self::Complete | Self::Throttled { .. } | Self::Truncated)
    }

    /// Tells whether the consumer gets no usable answer.
    #[must_use]
    pub fn is_abort(self) -> bool {
        !matches!(self, Self::Complete | Self::Throttled { .. })
    }
}

/// The fault of a TLS handshake.
///
/// ```
/// use standin::{Rule, TlsFault};
///
/// assert_eq!("wrong_host".parse::<TlsFault>()?, TlsFault::WrongHost);
/// let first_call = Rule::on("celigo.*").nth(1).tls(TlsFault::Expired);
/// # Ok::<(), standin::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TlsFault {
    /// The certificate is no longer valid.
    Expired,
    /// The certificate is for another host.
    WrongHost,
    /// The certificate is signed by an authority that no client knows.
    Untrusted,
    /// The connection is reset before the server says anything.
    HandshakeReset,
}

impl TlsFault {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Expired, Self::WrongHost, Self::Untrusted, Self::HandshakeReset];

    /// Returns the word for it, as scenarios write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::WrongHost => "wrong_host",
            Self::Untrusted => "untrusted",
            Self::HandshakeReset => "handshake_reset",
        }
    }
}

/// An answer, and how it is to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// The answer.
    pub response: Response,
    /// The time to wait before the first byte.
    pub delay: Duration,
    /// The way in which it travels.
    pub delivery: Delivery,
    /// The facts about the call for the log.
    pub call: CallNote,
    /// The hold that releases it before its time; `None` where nothing holds it back.
    pub hold: Option<Hold>,
}

/// The facts known of a call besides its answer, for the log.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallNote {
    /// The number in the journal of its world; 0 where no world answered.
    pub number: u64,
    /// The fault rule that answered.
    pub rule: Option<Arc<str>>,
    /// The reason why the answer is the fake's own.
    pub miss: Option<&'static str>,
}

impl From<Response> for Outcome {
    fn from(response: Response) -> Self {
        let (delay, delivery) = (Duration::ZERO, Delivery::Complete);
        Self { response, delay, delivery, call: CallNote::default(), hold: None }
    }
}

/// Returns the value of an `Allow` header.
pub(crate) fn allow(methods: &[Method]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for method in methods {
        names.push(method.as_str());
        if *method == Method::Get {
            names.push("HEAD");
        }
    }
    names.push("OPTIONS");
    names.join(", ")
}
