//! The context of a connection, as its requests see it.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::server::context::ServerContext;
use crate::server::links::Link;
use crate::server::read::{Arrival, Channel};
use crate::server::wire::WireFault;

/// One connection, as its requests see it.
pub(super) struct ConnectionContext {
    /// The server.
    pub serving: Arc<ServerContext>,
    /// The state of the connection that the server reads.
    pub link: Arc<Link>,
    /// The fault that replaces the next write.
    pub wire_fault: WireFault,
    /// True once a request to the control API came over it.
    pub administers: AtomicBool,
    /// True when the peer's forwarding headers are believed.
    pub believes_front: bool,
    /// The channel by which the connection came; unset for plain HTTP.
    pub channel: OnceLock<Channel>,
    /// True when the client may still be sending when the connection ends.
    pub lingers: AtomicBool,
}

impl ConnectionContext {
    /// Tells whether the connection came by the proxy.
    pub(super) fn is_tunnelled(&self) -> bool {
        self.channel.get().is_some_and(|channel| channel.tunnelled)
    }
}

/// Returns a time in milliseconds since 1970.
pub(super) fn ms_since_1970(at: SystemTime) -> u64 {
    let since_1970 = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX)
}

/// Returns the time and the connection of a request's arrival.
pub(super) fn arrival(peer: &ConnectionContext, arrived: SystemTime) -> Arrival<'_> {
    let at_ms = ms_since_1970(arrived);
    Arrival { at_ms, believes_front: peer.believes_front, channel: peer.channel.get() }
}
