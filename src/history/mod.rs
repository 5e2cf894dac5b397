//! A world's past: an exchange as it is made, the journal of all of them, and which documented outcomes were served.

pub(crate) mod coverage;
pub(crate) mod entry;
pub(crate) mod exchange;
pub(crate) mod journal;
mod past_calls;
mod ring;
pub(crate) mod trace;
