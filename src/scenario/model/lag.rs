//! Eventual consistency: reads that see a change only later.

use crate::http::position::{PathSegment, Position};
use crate::scenario::model::rule::Operations;

/// Reads that see a change only later, as those of a service with replicas do.
///
/// ```
/// use serde_json::json;
/// use standin::{Lag, Standin};
///
/// let world = Standin::builder().offline()?;
/// world.lag(Lag::on("celigo.integrations.list").calls(1));
/// world.create("celigo.integrations", json!({ "name": "Late" }))?;
/// let list = || world.answer("GET", "/v1/integrations", &[("authorization", "Bearer any")], b"").json().to_string();
/// assert!(!list().contains("Late"));
/// assert!(list().contains("Late"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Lag {
    /// The operations; only those that read lag.
    pub(crate) on: Operations,
    /// The wait before a change is seen.
    pub(crate) span: LagSpan,
    /// The place where it is written, for one from a file.
    pub(crate) path: Vec<PathSegment>,
    /// That path, as a position.
    pub(crate) place: Position,
}

/// The wait before a change is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LagSpan {
    /// This number of calls of the operations do not see it.
    Calls(u64),
    /// No call sees it for this time on the world's clock, in milliseconds.
    Ms(u64),
}

impl LagSpan {
    /// Returns it in words: `after 2 calls`, `after 500 ms`.
    pub(in crate::scenario) fn words(self) -> String {
        match self {
            Self::Calls(1) => "after 1 call".to_owned(),
            Self::Calls(calls) => format!("after {calls} calls"),
            Self::Ms(ms) => format!("after {ms} ms"),
        }
    }
}
