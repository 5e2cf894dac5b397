//! The calls that a test waits for.

use crate::engine::api::router::Router;
use crate::history::journal::Journal;
use crate::scenario::model::request_view::{RequestView, view_of_entry};
use crate::scenario::model::rule::Operations;
use crate::scenario::model::when::When;

/// The calls that a caller waits for.
#[derive(Debug)]
pub(crate) struct WaitFor {
    /// The operations.
    pub on: Operations,
    /// The matchers of the request.
    pub when: Option<When>,
    /// The number of calls.
    pub times: u64,
    /// The time after which the caller gives up, in milliseconds.
    pub timeout_ms: u64,
}

impl WaitFor {
    /// Returns the number of these calls in a journal.
    pub(crate) fn called(&self, journal: &Journal, router: &Router) -> u64 {
        let is_of_kind = |operation: Option<&'static str>| operation.is_some_and(|operation| self.on.select(operation));
        let count = if self.when.is_none() {
            journal.operations_since(0).filter(|operation| is_of_kind(*operation)).count()
        } else {
            let of_kind = journal.since(0).filter(|entry| is_of_kind(entry.meta.operation()));
            of_kind.filter(|entry| view_of_entry(entry, router, |view| self.is_met_by(view)) == Some(true)).count()
        };
        count as u64
    }

    /// Tells whether a request to one of the operations is such a call.
    pub(crate) fn is_met_by(&self, view: &RequestView<'_>) -> bool {
        self.when.as_ref().is_none_or(|when| when.fault(view).is_none())
    }
}
