//! The settings of a server, by subject. Each has the word of its flag on the command line.

mod assemble;
mod contents;
mod fields;
mod limits;
mod serving;
#[cfg(feature = "tls")]
mod tls;

pub use fields::Builder;
