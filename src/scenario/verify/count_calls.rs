//! Counts of calls in the journal, for a test that waits for some.

use crate::engine::api::router::Router;
use crate::history::entry::Entry;
use crate::history::journal::Journal;
use crate::scenario::model::request_view::view_of_entry;
use crate::scenario::model::rule::Operations;
use crate::scenario::model::when::When;

/// A count that continues: each call is looked at once, even if a caller counts many times.
#[derive(Debug, Default)]
pub(crate) struct CallCount {
    /// The run of the journal that it counts: each reset begins another.
    run: u64,
    /// The latest call that was looked at.
    seen: u64,
    called: u64,
}

impl CallCount {
    /// Returns the number of calls so far of these operations that match `when`, if it is given.
    pub(crate) fn go_on(&mut self, journal: &Journal, router: &Router, on: &Operations, when: Option<&When>) -> u64 {
        if self.run != journal.run() {
            *self = Self { run: journal.run(), ..Self::default() };
        }
        let matches = |entry: &Entry, when| view_of_entry(entry, router, |view| When::fault(when, view).is_none());
        let is_of_kind = |operation: Option<&'static str>| operation.is_some_and(|operation| on.select(operation));
        let new = match when {
            None => journal.operations_since(self.seen).filter(|operation| is_of_kind(*operation)).count(),
            Some(when) => {
                let of_kind = journal.since(self.seen).filter(|entry| is_of_kind(entry.meta.operation()));
                of_kind.filter(|entry| matches(entry, when) == Some(true)).count()
            }
        };
        self.called += new as u64;
        self.seen = journal.next_number() - 1;
        self.called
    }
}

#[cfg(test)]
mod tests {
    use allocation_counter::measure;

    use super::*;
    use crate::engine::state::clock::{Clock, ClockMode};
    use crate::engine::state::settings::JournalBounds;
    use crate::engine::store::Total;
    use crate::history::exchange::Exchange;
    use crate::http::message::{Request, Response};

    #[test]
    fn each_call_is_looked_at_once_by_each_that_waits() {
        let router = Router::new(&[]).expect("nothing conflicts");
        let mut journal = Journal::new(JournalBounds::default(), &Total::new(1));
        let add = |journal: &mut Journal| {
            let (method, target, headers, body) = ("GET", "/v1/x", &[("host", b"h".as_slice())], b"{}");
            let request = Request { method, target, headers, body, arrived_ms: 5, believes_front: true };
            let mut exchange = Exchange::new(journal.next_number(), &request, None);
            exchange.response = Response::json_bytes(200, "{}");
            journal.add(&exchange, &Clock::new(ClockMode::Frozen, 1));
        };
        let (on, when, mut count) = (Operations::from("*"), When::default(), CallCount::default());
        let mut look = |journal: &Journal| {
            let mut called = 0;
            let cost = measure(|| called = count.go_on(journal, &router, &on, Some(&when)));
            assert_eq!(called, 0, "a miss is no call of an operation");
            cost.count_total
        };
        (0..1_000).for_each(|_| add(&mut journal));
        let first = look(&journal);
        let again = look(&journal);
        add(&mut journal);
        let one_more = look(&journal);
        assert!(first >= 1_000 && again <= 1 && one_more <= 20, "{first}, {again} and {one_more} allocations");
        journal.restart(JournalBounds::default(), &Total::new(1));
        add(&mut journal);
        assert!(look(&journal) > 1, "after a reset all is new");
    }
}
