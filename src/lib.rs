//! An in-memory fake of two SaaS APIs, for testing the software that consumes them: the *integrations* APIs of **Edlink**
//! (school data) and **Celigo integrator.io** (iPaaS).
//!
//! # In a test
//!
//! [`Standin::start`] listens on a free port of 127.0.0.1, on a thread of its own, with both APIs at their real paths and
//! a small account of invented records. Put its URL where your software has the real one:
//!
//! ```
//! use standin::Standin;
//!
//! let standin = Standin::start();
//! assert!(standin.celigo_url().ends_with("/v1")); // where a consumer has https://api.integrator.io/v1
//! assert!(standin.edlink_url().ends_with("/api")); // where a consumer has https://ed.link/api
//! ```
//!
//! In a tokio test, [`Standin::spawn`] runs as a task on the test's own runtime, which costs two thirds as much:
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let standin = standin::Standin::spawn().await;
//! assert_eq!(standin.address().ip().to_string(), "127.0.0.1");
//! # });
//! ```
//!
//! # Behind the API
//!
//! A [`WorldHandle`] does what an administrator would do in a dashboard, under the same rules as the API: a refused
//! change says why and leaves everything as it was.
//!
//! ```
//! # fn main() -> Result<(), standin::Error> {
//! use serde_json::json;
//! use standin::Standin;
//!
//! let standin = Standin::start();
//! let world = standin.world();
//! let sample = "77a69705-41a7-49cb-0fe8-ffd425f9716f";
//!
//! world.patch("edlink.integrations", sample, json!({ "status": "disabled" }))?;
//! assert_eq!(world.record("edlink.integrations", sample)?.unwrap()["status"], "disabled");
//!
//! let refused = world.patch("edlink.integrations", sample, json!({ "source": { "name": "Another" } })).unwrap_err();
//! assert!(refused.to_string().contains("source cannot be changed"));
//! # Ok(())
//! # }
//! ```
//!
//! # When things go wrong
//!
//! A [`Rule`] makes calls fail, an [`Expectation`] says what a consumer must do about it, and [`WorldHandle::verify`]
//! says in one sentence what it did wrong. [`WorldHandle::load`] does this, and more, from a scenario file or one of
//! the ready-made scenarios.
//!
//! ```
//! use standin::{Expectation, Rule, Standin};
//!
//! let standin = Standin::start();
//! let world = standin.world();
//! world.fault(Rule::on("celigo.integrations.create").nth(1).after().close()); // carried out, but the answer is lost
//! world.expect(Expectation::on("celigo.integrations.list").id("lookup")); // so a careful consumer looks
//!
//! // my_sync(&world.celigo_url(), &world.token());
//!
//! let unmet = world.verify().unwrap_err(); // in a test: world.verify()?
//! assert!(unmet.to_string().contains("calls.lookup: celigo.integrations.list called 0 times, expected at least 1"));
//! ```
//!
//! # Without a socket
//!
//! [`Builder::offline`] makes a world that answers requests as a function, for property tests and for clients that
//! bring their own transport:
//!
//! ```
//! let world = standin::Standin::builder().offline().unwrap();
//! let answer = world.answer("GET", "/v1/integrations/nope", &[("authorization", "Bearer any")], b"");
//! assert_eq!((answer.status, answer.json()["errors"][0]["code"].as_str()), (Some(404), Some("not_found")));
//! assert_eq!(world.journal()[0].operation, Some("celigo.integrations.get"));
//! ```
//!
//! With the feature `tower`, `WorldHandle::service` returns the world as a tower service of `http` requests.
//!
//! # One server, many tests
//!
//! A [`Standin`] holds many worlds. Each has its own records, clock, ids, scenario, journal and coverage, and making one
//! costs microseconds, however many records it starts with: nothing is copied until it is changed. A world is chosen by
//! the prefix of its URL, or by its token, so the software under test needs nothing but the two settings it has anyway.
//!
//! ```
//! use std::sync::LazyLock;
//! use standin::Standin;
//!
//! static STANDIN: LazyLock<Standin> = LazyLock::new(Standin::start);
//!
//! let (one, two) = (STANDIN.new_world(), STANDIN.new_world());
//! one.remove("celigo.integrations", "abc123").unwrap();
//! assert_eq!(one.record("celigo.integrations", "abc123").unwrap(), None);
//! assert!(two.record("celigo.integrations", "abc123").unwrap().is_some());
//! assert_eq!(one.celigo_url(), format!("{}/w/w1/v1", STANDIN.url()));
//!
//! let prepared = one.snapshot();
//! let fork = one.fork(); // as `one` is now
//! one.reset(); // as it began
//! one.restore(&prepared);
//! assert_eq!(one.records("celigo.integrations").unwrap(), fork.records("celigo.integrations").unwrap());
//! ```
//!
//! A world ends with its last handle, or with [`WorldHandle::delete`]; one made over the control API also expires when
//! it has received no request for an hour. Requests to a world that is gone are refused, with the reason.
//!
//! # Feature flags
//!
//! A test needs none of them: `standin = { version = "0.1", default-features = false }` is the quickest to build.
//!
//! | feature | default | adds |
//! |---|---|---|
//! | `cli` | yes | the binary `standin`; implies `archive`, `http2`, `page`, `tls` and `webhooks` |
//! | `archive` | by `cli` | the template of an integration as a zip archive; without it, a 501 that names the feature |
//! | `http2` | by `cli` | HTTP/2; without it, a 505 that names the feature |
//! | `page` | by `cli` | `Builder::page`: the page for people at `/` |
//! | `tls` | by `cli` | `Builder::tls`, and `Builder::intercept` for clients with hard-coded HTTPS hosts |
//! | `webhooks` | by `cli` | webhooks signed, sent, and verified by HMAC; without it, these name the feature |
//! | `tower` | no | `WorldHandle::service`: a world as a tower service of `http` requests |
//! | `api` | no | the module `api`, with which another crate fakes an API of its own; unstable until 1.0 |
//!
//! # Repeatable runs
//!
//! Time, ids and made-up records come from the world: from its clock and its seed. An embedded world begins at
//! 2024-01-20T10:00:00.000Z and moves one millisecond with each answer, unless the [`Builder`] says otherwise.

// Log lines, notes on fixtures and the variables of a probe are read by the command line only.
#![cfg_attr(not(feature = "cli"), allow(dead_code))]
// Some features export what is unreachable without them, so this is held with all of them.
#![cfg_attr(all(feature = "api", feature = "cli", feature = "tower"), warn(unreachable_pub))]

#[cfg(feature = "api")]
pub mod api;
mod apis;
#[cfg(feature = "cli")]
#[doc(hidden)]
#[allow(unnameable_types, missing_debug_implementations)]
pub mod cli;
mod control;
mod embed;
// An API of another crate uses more of this than the built-in ones do, and it is not stable yet; its types stand in `impl`s
// for foreign types.
#[allow(unnameable_types, missing_debug_implementations)]
#[allow(clippy::must_use_candidate, clippy::return_self_not_must_use)]
#[allow(clippy::exhaustive_enums, clippy::exhaustive_structs)]
#[cfg_attr(not(feature = "api"), allow(dead_code))]
mod engine;
mod history;
#[allow(unnameable_types, clippy::must_use_candidate, clippy::return_self_not_must_use)]
#[allow(clippy::exhaustive_enums, clippy::exhaustive_structs)]
#[cfg_attr(not(feature = "api"), allow(dead_code))]
mod http;
mod scenario;
mod server;
mod sync;
mod world;

#[cfg(feature = "tls")]
pub use embed::OtherHosts;
#[cfg(feature = "page")]
pub use embed::PageMode;
pub use embed::{
    Action, Answer, Api, Builder, BuiltinScenario, Clock, Credential, Data, Error, ErrorKind, Expectation,
    JournalEntry, Match, Operation, Record, Snapshot, Standin, StartError, VerifyError, WorldHandle, WorldOptions,
    builtin_scenarios, control_openapi, openapi, operations,
};
#[cfg(feature = "tower")]
pub use embed::{Body, ServiceError, WorldService};

pub use engine::schema::error_def::Evidence;
pub use engine::schema::profile::Profile;
pub use history::coverage::CoverageCell;
pub use http::message::{Delivery, Method, TlsFault};
pub use http::position::Position;
pub use scenario::SCHEMA as SCENARIO_SCHEMA;
pub use scenario::{
    Check, Code, ComparedStep, Comparison, Diagnostic, Difference, Drift, Elsewhere, Lag, NearMiss, Operations,
    OtherHost, ProbeAnswer, ProbeRequest, RefusedHandshake, Report, RequestView, Rule, RuleReport, ScenarioError,
    StepReport, Tier, Violation,
};

/// [`Report`]s for people and for the tools of continuous integration.
///
/// ```
/// use standin::{Expectation, Standin, reports};
///
/// let world = Standin::builder().offline()?;
/// world.expect(Expectation::on("edlink.events.list").id("events"));
/// world.answer("GET", "/v1/integrations", &[("authorization", "Bearer any")], b"");
/// let all = [world.report()];
/// assert!(reports::junit(&all).contains("<failure"));
/// assert!(reports::tap(&all).starts_with("TAP version 14"));
/// assert!(reports::markdown(&all).contains("calls.events"));
/// assert!(reports::github_annotations(&all).starts_with("::error"));
/// let served = reports::merged_coverage(&all);
/// assert!(reports::coverage(&served).contains("celigo.integrations.list  200 ×1"));
/// # Ok::<(), standin::StartError>(())
/// ```
pub mod reports {
    pub use crate::scenario::{coverage, github_annotations, junit, markdown, merged_coverage, tap};
}

/// The Rust examples of the README, run as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
