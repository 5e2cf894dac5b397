//! HTTP in words: requests, responses and how they travel, targets and queries, and JSON that knows its places.
//!
//! Nothing here opens a socket, and nothing here knows of another room.

pub mod cors;
pub mod document;
pub mod headers;
pub mod hold;
pub mod html;
pub mod json;
pub mod json_object;
pub mod media;
pub mod message;
pub mod origin;
pub mod position;
pub mod positions;
pub mod redact;
mod scan;
pub mod target;
pub mod telling;
pub mod tree;
