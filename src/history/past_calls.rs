//! The journal as operations may read it.

use std::ops::Range;

use crate::engine::api::past_calls::{PastCall, PastCalls};
use crate::engine::store::Between;
use crate::history::entry::Entry;
use crate::history::journal::Journal;

impl PastCalls for Journal {
    fn numbers(&self) -> Range<u64> {
        self.lost() + 1..self.next_number()
    }

    fn calls<'c>(
        &'c self,
        between: Between,
        api: &'c str,
        newest_first: bool,
    ) -> Box<dyn Iterator<Item = PastCall> + 'c> {
        let kept = self.numbers();
        let first = between.after.map_or(0, |after| after.saturating_add(1)).max(kept.start);
        let end = between.before.unwrap_or(u64::MAX).min(kept.end).max(first);
        let is_of = move |operation: &str| operation.split_once('.').is_some_and(|(group, _)| group == api);
        let call = move |number: u64| self.get_of(number, is_of).map(past_call);
        if newest_first {
            Box::new((first..end).rev().filter_map(call))
        } else {
            Box::new((first..end).filter_map(call))
        }
    }
}

fn past_call(entry: Entry) -> PastCall {
    let is_whole = entry.response.len() as u64 == u64::from(entry.answer_bytes);
    PastCall {
        number: entry.number,
        operation: entry.meta.row.map(|row| row.operation),
        method: entry.method,
        target: entry.target,
        headers: entry.headers,
        body: entry.body,
        response: is_whole.then_some(entry.response),
        status: entry.meta.status,
        now_ms: entry.meta.now_ms,
    }
}
