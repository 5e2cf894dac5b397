//! Counting calls in the journal, for whoever waits for some.

use crate::engine::api::router::Router;
use crate::history::journal::Entry;
use crate::scenario::model::request_view::asked_again;
use crate::scenario::model::rule::Operations;
use crate::scenario::model::when::When;
use crate::world::world::World;

impl World {
    /// How many calls in the journal are of these operations and, where it is given, look like this.
    pub fn called(&self, router: &Router, on: &Operations, when: Option<&When>) -> u64 {
        let Some(when) = when else {
            return self.journal.operations().filter(|operation| on.select(operation)).count() as u64;
        };
        let entries = self.journal.since(0);
        let of_kind = entries.filter(|entry| entry.answered.operation().is_some_and(|operation| on.select(operation)));
        let matches = |entry: &Entry| asked_again(entry, router, |asked| when.fault(asked).is_none()) == Some(true);
        of_kind.filter(matches).count() as u64
    }
}
