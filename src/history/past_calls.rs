//! The part of the journal that operations may know.

use crate::engine::api::past_calls::{PastCall, PastCalls};
use crate::history::journal::{Entry, Journal};

impl PastCalls for Journal {
    fn past_calls(&self) -> Vec<PastCall> {
        self.since(0).map(past_call).collect()
    }
}

fn past_call(entry: Entry) -> PastCall {
    let is_whole = entry.response.len() as u64 == u64::from(entry.reply_bytes);
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
