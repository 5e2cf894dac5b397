//! Calls that were answered before, for the few operations that tell of them.

use std::ops::Range;

use crate::engine::store::Between;

/// One call.
pub struct PastCall {
    /// The number of the call, from 1.
    pub number: u64,
    /// The operation, with the API's name; `None` for a miss.
    pub operation: Option<&'static str>,
    /// The method.
    pub method: String,
    /// The target as sent.
    pub target: String,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// The answer's body, where all of it is kept.
    pub response: Option<Vec<u8>>,
    /// The status.
    pub status: u16,
    /// The world's time, in milliseconds since 1970.
    pub now_ms: u64,
}

/// The calls of a world.
pub trait PastCalls {
    /// Returns the numbers of the kept calls.
    fn numbers(&self) -> Range<u64>;

    /// Returns the kept calls of an API's operations with a number in `between`, oldest or newest first. The iterator
    /// reads only the calls that its caller takes.
    fn calls<'c>(
        &'c self,
        between: Between,
        api: &'c str,
        newest_first: bool,
    ) -> Box<dyn Iterator<Item = PastCall> + 'c>;
}
