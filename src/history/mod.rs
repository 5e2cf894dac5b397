//! A world's past: the journal of its calls, and which documented outcomes were served.

pub mod coverage;
pub mod journal;
mod ring;
