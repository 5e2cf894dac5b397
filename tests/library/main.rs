//! The library and its server, as a test or a client sees them.

#[path = "../support/mod.rs"]
mod support;

mod beside;
mod celigo;
mod control_api;
mod cors;
mod cost;
mod deliver;
mod determinism;
mod drops;
mod echoes;
mod edges;
mod event_stream;
mod examples;
mod graph;
mod growing;
mod growth;
mod hanging;
mod heads;
#[cfg(feature = "tls")]
mod intercept;
mod layers;
mod left_in_worlds;
mod linearizable;
mod links;
mod list_parameters;
mod many_jobs;
mod neighbours;
mod nightly;
#[path = "../clients/worlds.rs"]
mod one_server;
#[cfg(feature = "api")]
mod own_api;
#[cfg(feature = "page")]
mod page;
mod paging_by_cursor;
mod paging_by_offset;
mod readers;
mod record_bytes;
mod recursive;
mod reload;
mod rings;
mod rows;
mod starts;
#[cfg(feature = "tower")]
mod tower;
mod untrusted;
mod waits;
mod wire;
mod worlds;
