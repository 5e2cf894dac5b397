//! A world's past: an exchange as it is made, the journal of all of them, and which documented outcomes were served.

pub mod coverage;
pub mod entry;
pub mod exchange;
pub mod journal;
mod past_calls;
mod ring;
pub mod trace;
