//! A world's past: the exchange, the journal, and the coverage of documented outcomes.

pub(crate) mod coverage;
pub(crate) mod entry;
pub(crate) mod exchange;
pub(crate) mod journal;
mod past_calls;
mod ring;
mod shared_extras;
pub(crate) mod trace;
