//! Counts of calls in the journal, for a test that waits for some.

use crate::engine::api::router::Router;
use crate::history::journal::{Entry, Journal};
use crate::scenario::model::request_view::asked_again;
use crate::scenario::model::rule::Operations;
use crate::scenario::model::when::When;

/// Returns the number of calls in the journal that are of these operations and, where it is given, look like this.
pub fn count_calls(journal: &Journal, router: &Router, on: &Operations, when: Option<&When>) -> u64 {
    let Some(when) = when else {
        return journal.operations().filter(|operation| on.select(operation)).count() as u64;
    };
    let entries = journal.since(0);
    let of_kind = entries.filter(|entry| entry.meta.operation().is_some_and(|operation| on.select(operation)));
    let matches = |entry: &Entry| asked_again(entry, router, |asked| when.fault(asked).is_none()) == Some(true);
    of_kind.filter(matches).count() as u64
}
