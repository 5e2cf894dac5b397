//! The front of a connection when TLS or the proxy is on: handshakes and tunnels that end in this process.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};

use crate::http::message::Request;
use crate::server::ServerContext;
use crate::server::connection_context::ConnectionContext;
use crate::server::proxy::{Connect, NoTunnel, Proxy};
use crate::server::read::Channel;
use crate::server::stream::{Rewound, Stream};
use crate::server::tls::{Refused, Tls, accept};
use crate::server::wire::{FaultyStream, Protocol, first_bytes};
use crate::world::limits::REFUSED_HANDSHAKES;
use crate::world::registry::WorldRegistry;

/// A handshake that a client refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Untrusting {
    /// The host the client wanted.
    pub host: String,
    /// The client, by its `User-Agent`, where the proxy saw one.
    pub client: Option<String>,
    /// The client's reason, in the words of TLS.
    pub reason: &'static str,
}

/// A function that gets each handshake which a client refused.
pub(crate) type Note = Box<dyn Fn(&Untrusting) + Send + Sync>;

/// The interval between two looks at the life of the certificates.
const LOOK: Duration = Duration::from_secs(10 * 60);

/// TLS and the proxy.
pub(crate) struct Front {
    /// The certificates.
    pub tls: Tls,
    /// The proxy, if it is on.
    pub proxy: Option<Proxy>,
    /// The function that gets the handshakes which clients refuse.
    pub note: Option<Note>,
    untrusting: Mutex<Vec<Untrusting>>,
    /// The address the server listens on, once it does.
    address: OnceLock<SocketAddr>,
}

impl Front {
    /// Makes a front that has seen no client yet.
    pub(crate) fn new(tls: Tls, proxy: Option<Proxy>, note: Option<Note>) -> Self {
        Self { tls, proxy, note, untrusting: Mutex::default(), address: OnceLock::new() }
    }

    /// Waits until the next look at the life of the certificates. Looks are frequent, because machines sleep.
    pub(crate) async fn until_next_look() {
        tokio::time::sleep(LOOK).await;
    }

    /// Sets the address the server listens on.
    pub(crate) fn listens_at(&self, address: SocketAddr) {
        // A server listens once.
        let _ = self.address.set(address);
    }

    /// Tells whether a host and a port are this server, by one of the names that the control API answers to.
    pub(crate) fn is_own(&self, host: &str, port: Option<u16>) -> bool {
        let Some(address) = self.address.get() else { return false };
        let ip = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
        let is_here = |ip: IpAddr| ip == address.ip() || ip == Ipv4Addr::LOCALHOST || ip == Ipv6Addr::LOCALHOST;
        port.unwrap_or(80) == address.port() && ip.map_or(host.eq_ignore_ascii_case("localhost"), is_here)
    }

    /// Returns the handshakes that clients refused.
    pub(crate) fn untrusting(&self) -> Vec<Untrusting> {
        self.untrusting.lock().clone()
    }

    /// Handles the handshake and `CONNECT` of a connection, and returns the HTTP inside; `None` if there is none.
    pub(super) async fn enter(
        &self,
        wire: FaultyStream,
        protocol: Protocol,
        peer: &ConnectionContext,
    ) -> Option<(FaultyStream, Protocol)> {
        let ConnectionContext { serving, channel, link, .. } = peer;
        let speaks_tls = protocol == Protocol::Tls && self.tls.direct;
        let asks_proxy = protocol == Protocol::Connect && self.proxy.is_some();
        if !speaks_tls && !asks_proxy {
            return Some((wire, protocol));
        }
        let (stream, first, wire_fault) = wire.into_parts();
        let Stream::Plain(socket) = stream else { return None };
        let mut io = Rewound::new(first, socket);
        let (mut connect, mut protocol) = (None, protocol);
        if let Some(proxy) = self.proxy.as_ref().filter(|_| asks_proxy) {
            let asked = match Connect::read(&mut io).await {
                Ok(asked) => asked,
                Err(unread) => {
                    refuse(&unread?, io).await;
                    return None;
                }
            };
            let host = asked.host();
            if !proxy.covers(&host) {
                // A tunnel to another host may be idle for long; a request for one, and a handshake, may not.
                let _active = link.begin();
                relay(proxy, &asked, &host, io).await;
                return None;
            }
            io.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.ok()?;
            let first = first_bytes(&mut io).await.ok()?;
            protocol = Protocol::of(&first);
            let (rest, socket) = io.into_parts();
            io = Rewound::new([first, rest].concat().into(), socket);
            connect = Some(asked);
        }
        let tunnel_to = connect.as_ref().map(Connect::host);
        let mut way = Channel {
            host: tunnel_to.clone().unwrap_or_default(),
            secure: protocol == Protocol::Tls,
            tunnelled: connect.is_some(),
            proxy_authorization: connect
                .as_ref()
                .and_then(|asked| asked.header("proxy-authorization"))
                .map(<[u8]>::to_vec),
        };
        if !way.secure {
            let _ = channel.set(way);
            let (first, socket) = io.into_parts();
            return Some((FaultyStream::new(Stream::Plain(socket), first, wire_fault), protocol));
        }
        let fault =
            self.tls.fault.or_else(|| as_request(connect.as_ref(), "", |it| serving.registry.take_tls_fault(it)));
        match accept(io, &self.tls, tunnel_to.as_deref(), fault).await {
            Ok(handshake) => {
                if way.host.is_empty() {
                    way.host = handshake.host.unwrap_or_default();
                }
                let _ = channel.set(way);
                let stream = Stream::Tls(Box::new(handshake.stream));
                FaultyStream::open(stream, wire_fault).await.ok()
            }
            Err(Refused::ByClient { host, reason }) => {
                let host = host.unwrap_or(way.host);
                self.refused(connect.as_ref(), host, reason, serving);
                None
            }
            Err(Refused::Ordered | Refused::Broken) => None,
        }
    }

    fn refused(&self, connect: Option<&Connect>, host: String, reason: &'static str, serving: &ServerContext) {
        as_request(connect, &host, |request| {
            serving.registry.handshake_refused(request);
            serving.answered.notify(|| WorldRegistry::name_of(request));
        });
        let client = connect.and_then(|asked| asked.header("user-agent"));
        let client = client.map(|client| String::from_utf8_lossy(client).into_owned());
        let untrusting = Untrusting { host, client, reason };
        if let Some(note) = &self.note {
            note(&untrusting);
        }
        remember(&mut self.untrusting.lock(), untrusting);
    }
}

/// Remembers a handshake that a client refused, unless enough are.
fn remember(known: &mut Vec<Untrusting>, untrusting: Untrusting) {
    if known.len() < REFUSED_HANDSHAKES {
        known.push(untrusting);
    }
}

/// Passes a `CONNECT` to the worlds as a request. A handshake with this server itself is passed as a `CONNECT` to the
/// host.
fn as_request<T>(connect: Option<&Connect>, host: &str, to: impl FnOnce(&Request<'_>) -> T) -> T {
    let own = format!("{host}:443");
    let target = connect.map_or(own.as_str(), |asked| asked.target.as_str());
    let headers = connect.map_or(&[][..], |asked| asked.headers.as_slice());
    let headers: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let arrived_ms = u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX);
    let headers = headers.as_slice();
    to(&Request { method: "CONNECT", target, headers, body: b"", arrived_ms, believes_front: false })
}

/// Connects a client with another host, or tells it why not.
async fn relay(proxy: &Proxy, asked: &Connect, host: &str, mut io: Rewound) {
    match proxy.dial(host, asked.port()).await {
        Ok(mut other) => {
            if io.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.is_ok() {
                let _ = copy_bidirectional(&mut io, &mut other).await;
            }
        }
        Err(no_tunnel) => refuse(&no_tunnel, io).await,
    }
}

async fn refuse(no_tunnel: &NoTunnel, mut io: Rewound) {
    if no_tunnel.tell(&mut io).await.is_ok() {
        // A socket that is closed with unread bytes would be reset, and the answer lost.
        let mut rest = [0; 1_024];
        let drained = async { while io.read(&mut rest).await.is_ok_and(|read| read > 0) {} };
        let _ = tokio::time::timeout(std::time::Duration::from_secs(1), drained).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_refused_handshakes_are_remembered() {
        let mut known = Vec::new();
        for n in 0..1_000 {
            remember(&mut known, Untrusting { host: format!("h{n}"), client: None, reason: "unknown ca" });
        }
        assert_eq!((known.len(), known[REFUSED_HANDSHAKES - 1].host.as_str()), (REFUSED_HANDSHAKES, "h99"));
    }
}
