//! An entry of the journal in the hands of a test.

use crate::engine::schema::time::format_ms;
use crate::history::entry::Entry;
use crate::http::message::Delivery;

/// An entry of the journal: a request and its answer.
///
/// ```
/// use standin::{Delivery, Rule, Standin};
///
/// let world = Standin::builder().offline()?;
/// world.fault(Rule::on("celigo.integrations.list").reset());
/// world.answer("GET", "/v1/integrations", &[("authorization", "Bearer any")], b"");
/// let entry = &world.journal()[0];
/// assert_eq!((entry.status, entry.delivery), (None, Delivery::Reset));
/// # Ok::<(), standin::StartError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct JournalEntry {
    /// The number of the call, from 1, in the order in which calls got the world's lock.
    pub number: u64,
    /// The world's time, in ISO 8601.
    pub at: String,
    /// The operation, such as `celigo.integrations.create`; `None` when no operation has the path.
    pub operation: Option<&'static str>,
    /// The method.
    pub method: String,
    /// The target as the client sent it, with its query.
    pub target: String,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// The request's body.
    pub body: Vec<u8>,
    /// The status of the answer; `None` when nothing of the answer was sent.
    pub status: Option<u16>,
    /// The name of the answer's error, such as `not_found`.
    pub error: Option<&'static str>,
    /// The id of the fault rule that answered.
    pub rule: Option<String>,
    /// The way in which the answer travelled.
    pub delivery: Delivery,
    /// The time for which the answer was held back, in milliseconds.
    pub delay_ms: u64,
    /// The number of the last call whose changes the answer shows, where a scenario lets the read lag behind.
    pub shows_call: Option<u64>,
    /// The fault rules that held the answer back or slowed it down, except the one that answered.
    pub slowed_by: Vec<String>,
}

impl JournalEntry {
    pub(super) fn of(entry: Entry) -> Self {
        Self {
            number: entry.number,
            at: format_ms(entry.meta.now_ms),
            operation: entry.meta.operation(),
            status: entry.sent_status(),
            method: entry.method,
            target: entry.target,
            headers: entry.headers,
            body: entry.body,
            error: entry.meta.error,
            rule: entry.extras.rule.as_ref().map(ToString::to_string),
            delivery: entry.extras.delivery,
            delay_ms: entry.extras.delay_ms,
            shows_call: entry.extras.shows_call,
            slowed_by: entry.extras.slowed_by().map(ToString::to_string).collect(),
        }
    }
}
