//! A request to the control API, as the handlers of the table get it.

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::Value;

use crate::control::availability::{Reload, SetAvailability};
use crate::control::error::Error;
use crate::control::page::Page;
use crate::control::replica::Replica;
use crate::control::subscription::Subscription;
use crate::control::waiting::Waiting;
use crate::engine::schema::suggest::nearest;
use crate::http::json_object::json_object;
use crate::http::message::{Request, Response};
use crate::http::target::{Query, Target};
use crate::http::tree::TreeLimits;
use crate::world::registry::WorldRegistry;
use crate::world::world::World;

/// The functions and settings that the server gives the control API, which opens no socket and reads no file.
pub(crate) struct Supplies {
    /// Changes the availability of the server.
    pub set_availability: SetAvailability,
    /// Reads fixtures and scenario again.
    pub reload: Reload,
    /// The names and texts of the ready-made scenarios.
    pub builtin_scenarios: fn() -> Vec<(&'static str, &'static str)>,
    /// The server as one of several.
    pub replica: Arc<Replica>,
    /// The page for people, if there is one.
    pub page: Option<Page>,
    /// True when webhooks may be posted to other machines.
    pub allows_outbound: bool,
    /// Sends the due parcels of a world's outbox, until the outbox is empty; `None` in a build that sends none.
    pub send_courier: Option<SendCourier>,
}

/// A function that sends a courier to a world.
pub(crate) type SendCourier = Box<dyn Fn(Arc<Mutex<World>>) + Send + Sync>;

/// A request to the control API, taken apart.
pub(super) struct ControlRequest<'a> {
    /// The worlds.
    pub registry: &'a WorldRegistry,
    /// The world that the request is about, where the path belongs to one.
    pub world: Arc<Mutex<World>>,
    /// The request itself.
    pub http: &'a Request<'a>,
    /// True when the caller may see details: it presented the token, or needs none.
    pub is_admitted: bool,
    /// The name of the world, if the request names one.
    pub named: Option<Cow<'a, str>>,
    /// The target of the request.
    pub target: Target<'a>,
    /// The functions and settings that the server gave.
    pub supplies: &'a Supplies,
    /// Path parameters, decoded.
    pub params: Vec<Cow<'a, str>>,
    /// The query, decoded.
    pub query: Query<'a>,
    /// The body, not yet read.
    pub body: &'a [u8],
    /// The time for which the handler is called again, until it has an answer.
    pub waits: Cell<Option<Duration>>,
    /// The handler's memory of the calls it waits for.
    pub waiting: &'a Waiting,
    /// True when the time to wait is over.
    pub is_last: bool,
    /// True when the path names the world; otherwise it is the default one.
    pub names_a_world: bool,
    /// A count of the open streams: each holds a clone.
    pub streams: &'a Arc<()>,
    /// The stream that answers in place of a body.
    pub subscription: Cell<Option<Box<Subscription>>>,
    /// An answer that replaces the handler's value, where it is not 200 with JSON.
    pub response: Cell<Option<Response>>,
    /// The number of records that a bounded history has lost.
    pub lost: Cell<u64>,
    /// Warnings about the request, for the log.
    pub warnings: Cell<Vec<String>>,
}

/// The body of a request that takes no members.
struct Nothing {}

json_object!(read Nothing strict {});

impl ControlRequest<'_> {
    /// Lets the service handle this request again whenever a consumer's request was answered, for at most `most_ms` in
    /// all.
    pub(super) fn wait(&self, most_ms: u64) -> Result<Value, Error> {
        self.waits.set(Some(Duration::from_millis(most_ms)));
        Ok(Value::Null)
    }

    /// Adds warnings to an answer that is an object, and to the log.
    pub(super) fn warn(&self, mut answer: Value, warnings: Vec<String>) -> Value {
        answer["warnings"] = warnings.as_slice().into();
        self.warnings.set(warnings);
        answer
    }

    /// Reads the body as a `T`.
    pub(super) fn body<T: serde_core::de::DeserializeOwned>(&self) -> Result<T, Error> {
        let body = if self.body.is_empty() { b"{}" } else { self.body };
        let limits = TreeLimits::control(self.registry.settings().body_members);
        limits.check(body).map_err(|fault| {
            let (line, column) = (fault.place.line, fault.place.column);
            Error::new(400, "invalid_body", format!("{} at line {line} column {column}", fault.reason))
        })?;
        serde_json::from_slice(body).map_err(|error| invalid_body(&error.to_string()))
    }

    /// Reads the body as a `T` that is an object; an empty body is an empty object. Without this check, an array of the
    /// fields would be accepted too.
    pub(super) fn object<T: serde_core::de::DeserializeOwned>(&self) -> Result<T, Error> {
        match self.body.trim_ascii_start().first() {
            None | Some(b'{') => self.body(),
            Some(_) => Err(Error::new(400, "invalid_body", "the body must be a JSON object")),
        }
    }

    /// Rejects a body that has members.
    pub(super) fn nothing(&self) -> Result<(), Error> {
        self.object::<Nothing>().map(|Nothing {}| ())
    }

    /// Returns a query parameter that is a number.
    pub(super) fn number<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, Error> {
        let Some(text) = self.query.get(name) else { return Ok(None) };
        let refusal = || Error::new(400, "invalid", format!("{name}={text} is not a whole number of at least 0"));
        let number = text.parse().map_err(|_| refusal())?;
        Ok(Some(number))
    }

    /// Returns a query parameter that is `true` or `false`.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Error> {
        match self.query.get(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(text) => Err(Error::new(400, "invalid", format!("{name}={text} is neither true nor false"))),
        }
    }

    /// Returns a query parameter that is one of these words.
    pub(super) fn one_of(&self, name: &str, words: &[&'static str]) -> Result<Option<&'static str>, Error> {
        let Some(text) = self.query.get(name) else { return Ok(None) };
        let known = words.iter().find(|word| **word == text);
        let refusal = || {
            let message = format!("{name}={text} is none of {}", words.join(", "));
            let refusal = Error::new(400, "invalid", message);
            match nearest(text, words.iter().copied()) {
                Some(nearest) => refusal.hint(format!("Did you mean {name}={nearest}?")),
                None => refusal,
            }
        };
        known.map(|word| Some(*word)).ok_or_else(refusal)
    }

    /// Returns the n-th path parameter.
    pub(super) fn param(&self, n: usize) -> &str {
        &self.params[n]
    }
}

/// Returns the refusal of a body, in terms of JSON: the parser's messages name types of Rust.
fn invalid_body(error: &str) -> Error {
    let words = [
        ("expected u64", "expected a whole number of at least 0"),
        ("expected usize", "expected a whole number of at least 0"),
        ("expected a boolean", "expected true or false"),
        ("expected a sequence", "expected an array"),
        ("expected a map", "expected an object"),
        ("invalid type: map", "invalid type: object"),
        ("invalid type: sequence", "invalid type: array"),
    ];
    let message = words.iter().fold(error.to_owned(), |message, (theirs, ours)| message.replace(theirs, ours));
    let refusal = Error::new(400, "invalid_body", message);
    let mut quoted = error.split('`').skip(1).step_by(2);
    let unknown = quoted.next().filter(|_| error.starts_with("unknown field"));
    match unknown.and_then(|unknown| nearest(unknown, quoted)) {
        Some(nearest) => refusal.hint(format!("Did you mean {nearest}?")),
        None => refusal,
    }
}
