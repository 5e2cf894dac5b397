//! The context of a server, which all its connections share, and the signals that stop it.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use http::HeaderValue;
use tokio::sync::{Semaphore, watch};

use crate::control::{Availability, ControlService};
use crate::http::message::{CallNote, Outcome, Request};
use crate::http::redact::Redactor;
use crate::server::AnsweredNotify;
use crate::server::budget::Budget;
#[cfg(feature = "tls")]
use crate::server::front::Front;
use crate::server::links::Links;
use crate::server::networks::Networks;
use crate::server::pulse::Busy;
use crate::server::refusal::Refusal;
use crate::world::registry::WorldRegistry;

/// The way a server ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The server runs on.
    Running,
    /// The server accepts no more connections and finishes the requests in flight, for at most this long.
    Within(Duration),
    /// The server ends at once.
    Now,
}

/// Signals to a running server. One channel carries all of them, because every connection listens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signals {
    /// The signal to stop.
    pub stop: Stop,
    /// The state in which consumers find the server.
    pub availability: Availability,
}

impl Default for Signals {
    fn default() -> Self {
        Self { stop: Stop::Running, availability: Availability::Up }
    }
}

/// Everything that a server needs to serve.
pub(crate) struct ServerContext {
    /// Routes and worlds.
    pub registry: Arc<WorldRegistry>,
    /// The control API, unless it is left out.
    pub control: Option<ControlService>,
    /// The most bytes of a body that are read.
    pub body_limit_bytes: usize,
    /// The signals to the server.
    pub signals: watch::Receiver<Signals>,
    /// The notification of every answered consumer's request.
    pub answered: AnsweredNotify,
    /// The log of every answered request.
    pub log: Option<Log>,
    /// The name of this server, for a header of every answer.
    pub replica: Option<HeaderValue>,
    /// The count of answers in the making, on runtimes with several threads.
    pub busy: Option<Arc<Busy>>,
    /// The room for long work of the control API beside the answering thread, on runtimes with one.
    pub long_work: Arc<Semaphore>,
    /// The room for long answers to consumers.
    pub long_answers: Arc<Semaphore>,
    /// The server's connections.
    pub links: Arc<Links>,
    /// The budget of bytes of bodies that are still arriving.
    pub unfinished: Budget,
    /// True while the server ends connections whose clients still wait for answers.
    pub is_ending: AtomicBool,
    /// The proxies whose forwarding headers are believed.
    pub trusted: Networks,
    /// TLS and the proxy, where they are on.
    #[cfg(feature = "tls")]
    pub front: Option<Arc<Front>>,
}

/// An event for the log.
pub(crate) enum LogEvent<'a> {
    /// A request was answered.
    Exchanged(Exchanged<'a>),
    /// A client gave up before its answer came.
    GaveUp {
        /// The time, in milliseconds since 1970.
        at_ms: u64,
        /// The world that answered.
        world: &'a str,
        /// The number of the call in that world.
        number: u64,
        /// The time for which the client waited.
        waited: Duration,
    },
    /// A message of the server about itself.
    Note(&'a str),
}

/// A request that was answered.
pub(crate) struct Exchanged<'a> {
    /// The request.
    pub request: &'a Request<'a>,
    /// The operation, when one has the request's path and method.
    pub operation: Option<&'static str>,
    /// The world that answers, or that a refused request names.
    pub world: &'a str,
    /// The answer, and its delivery.
    pub outcome: &'a Outcome,
    /// The redactor for the log.
    pub redactor: &'a Redactor,
    /// The time that the answer took, without delays.
    pub took: Duration,
}

/// A log, which is told of every answered request.
pub(crate) type Log = Arc<dyn Fn(&LogEvent<'_>) + Send + Sync>;

impl ServerContext {
    /// Writes a line about a kind of trouble into the log, unless the last one of that kind is recent.
    pub(crate) fn note(&self, kind: &'static str, message: &str) {
        if let Some(log) = self.log.as_ref().filter(|_| self.links.is_news(kind)) {
            log(&LogEvent::Note(message));
        }
    }

    /// Returns the answer to a request that is refused before it is read. A consumer's request is added to the journal
    /// of its world, an administrator's is not.
    pub(super) fn refused(&self, request: &Request<'_>, refusal: &Refusal, is_control: bool) -> Outcome {
        let response = refusal.response();
        if is_control {
            let call = CallNote { number: 0, rule: None, miss: Some("http") };
            return Outcome { call, ..response.into() };
        }
        self.registry.refused(request, refusal.code, response)
    }

    /// Writes warnings into the log.
    pub(crate) fn warn(&self, warnings: &[String]) {
        if let Some(log) = &self.log {
            warnings.iter().for_each(|warning| log(&LogEvent::Note(&format!("warning: {warning}"))));
        }
    }

    /// Returns the time in which a body must arrive.
    pub(crate) fn body_timeout(&self) -> Duration {
        timeout_of(self.registry.limits().body_ms)
    }
}

/// Returns a time limit of `ms` milliseconds; 0 is no limit, for which a year stands.
pub(super) fn timeout_of(ms: u64) -> Duration {
    if ms == 0 { Duration::from_secs(365 * 24 * 60 * 60) } else { Duration::from_millis(ms) }
}
