//! HTTP as data: requests, answers and how they travel, targets and queries, and JSON with the positions of its values.
//!
//! Nothing here opens a socket, and nothing here knows of another room.

mod beside;
pub(crate) mod caught;
pub(crate) mod clip;
pub(crate) mod cors;
pub(crate) mod document;
mod elements;
pub(crate) mod error_text;
mod extent;
mod groups;
pub(crate) mod headers;
pub(crate) mod hold;
pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod json_object;
mod known;
mod marked;
pub(crate) mod media;
pub(crate) mod message;
mod options;
pub(crate) mod origin;
pub(crate) mod position;
pub(crate) mod positions;
mod reading;
pub(crate) mod redact;
mod scan;
mod shapes;
#[cfg(test)]
mod strangers;
mod strings;
pub(crate) mod target;
pub(crate) mod telling;
pub(crate) mod tree;
