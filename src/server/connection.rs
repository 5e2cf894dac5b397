//! The life of a connection.

use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::Poll;

use hyper::server::conn::http1;
#[cfg(feature = "http2")]
use hyper::server::conn::http2;
use hyper::service::service_fn;
#[cfg(feature = "http2")]
use hyper_util::rt::TokioExecutor;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulConnection;
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::control::Availability;
use crate::server::connection_context::ConnectionContext;
use crate::server::context::{ServerContext, Signals, Stop, timeout_of};
use crate::server::exchange::exchange;
use crate::server::head::{HEAD_BYTES, HEADERS};
use crate::server::links::{Counted, Link, LinkOrder};
use crate::server::race::first_of;
use crate::server::refusal::Refusal;
use crate::server::refuse::{linger, refuse};
use crate::server::stream::Stream;
#[cfg(feature = "http2")]
use crate::server::untaken::counted as counted_answer;
use crate::server::wire::{FaultyStream, Protocol, WireFault};

/// The size from which h2 itself refuses a head, with 431 and without words; this server refuses smaller ones in words.
/// h2 counts 32 bytes more for each header. An endless head holds as many bytes, so the size is not larger.
#[cfg(feature = "http2")]
const HTTP2_HEAD_BYTES: u32 = 256 * 1024;

/// The most HTTP/2 requests of a connection that are answered at a time.
#[cfg(feature = "http2")]
const STREAMS: u32 = 100;

/// Serves a connection to its end.
pub(super) async fn connection(stream: TcpStream, address: SocketAddr, serving: Arc<ServerContext>, counted: Counted) {
    // A test would measure a delayed packet as the fake's slowness.
    let _ = stream.set_nodelay(true);
    let (signals, wire_fault) = (serving.signals.clone(), WireFault::of(&counted.link));
    let believes_front = serving.trusted.include(address.ip());
    let (administers, lingers) = (AtomicBool::new(false), AtomicBool::new(false));
    let peer = Arc::new(ConnectionContext {
        serving,
        link: Arc::clone(&counted.link),
        wire_fault: wire_fault.clone(),
        administers,
        believes_front,
        channel: OnceLock::new(),
        lingers,
    });
    let (news, mut told) = (signals.clone(), signals);
    // A caller that took the server down over this connection must be able to bring it up again.
    let refused = |availability| availability == Availability::Down && !peer.administers.load(Ordering::Relaxed);
    let link = &*counted.link;
    let mut told = pin!(async {
        let stopped = async {
            drop(told.wait_for(|signals| signals.stop != Stop::Running || refused(signals.availability)).await);
            None
        };
        let ordered = async {
            link.order_comes().await;
            link.ordered()
        };
        first_of(pin!(stopped), pin!(ordered)).await
    });
    let told_first = async {
        told.as_mut().await;
        None
    };
    let opened = first_of(pin!(open(stream, wire_fault, &peer)), pin!(told_first)).await;
    // The date of an answer comes from the world's clock, not from hyper.
    match opened {
        Some((wire, Protocol::Http1 | Protocol::Connect)) => {
            let mut http1 = http1::Builder::new();
            http1.auto_date_header(false).max_buf_size(HEAD_BYTES);
            let service = service_fn(|request| exchange(&peer, request));
            let mut connection = http1.serve_connection(TokioIo::new(wire), service);
            let ended = drive(Pin::new(&mut connection), told, &news, link).await;
            let parts = connection.into_parts();
            let mut wire = parts.io.into_inner();
            // For some heads, hyper returns only the bytes behind them.
            let (begun, rest) = (wire.head(), parts.read_buf);
            let is_whole = rest.starts_with(&begun[..begun.len().min(rest.len())]) && !rest.is_empty();
            let head = if is_whole { rest } else { begun };
            if let Some(status) = wire.refused() {
                let why = match ended {
                    Ended::Itself(Err(error)) => error.to_string(),
                    _ => "its head is malformed".to_owned(),
                };
                let refusal = if status == 431 {
                    Refusal::large_head(memchr::memchr_iter(b'\n', &head).count() > HEADERS)
                } else {
                    Refusal::bad_head(status, &why)
                };
                refuse(&peer, wire.stream(), &head, &refusal).await;
            } else if matches!(ended, Ended::Ordered(LinkOrder::HeadTimeout)) {
                let limit = timeout_of(peer.serving.registry.limits().header_ms);
                refuse(&peer, wire.stream(), &head, &Refusal::head_timeout(limit)).await;
            } else if peer.lingers.load(Ordering::Relaxed) {
                linger(wire.stream()).await;
            }
        }
        #[cfg(feature = "http2")]
        Some((wire, Protocol::Http2)) => {
            let mut http2 = http2::Builder::new(TokioExecutor::new());
            http2.auto_date_header(false).max_concurrent_streams(STREAMS).max_header_list_size(HTTP2_HEAD_BYTES);
            link.speaks_http2();
            let service = service_fn(|request| {
                let peer = Arc::clone(&peer);
                async move { exchange(&peer, request).await.map(|answer| counted_answer(&peer, answer)) }
            });
            // Boxed, because the future is large and rare.
            let mut connection = Box::pin(http2.serve_connection(TokioIo::new(wire), service));
            drive(connection.as_mut(), told, &news, link).await;
        }
        #[cfg(not(feature = "http2"))]
        Some((mut wire, Protocol::Http2)) => refuse(&peer, wire.stream(), b"", &Refusal::http2()).await,
        Some((mut wire, Protocol::Tls)) => refuse(&peer, wire.stream(), b"", &Refusal::tls()).await,
        // The peer left before it sent anything, did not speak HTTP, or the server ended the connection.
        None => {}
    }
}

/// Returns a connection once its peer has begun to speak HTTP, and the protocol.
async fn open(socket: TcpStream, wire_fault: WireFault, peer: &ConnectionContext) -> Option<(FaultyStream, Protocol)> {
    let (wire, protocol) = FaultyStream::open(Stream::Plain(socket), wire_fault).await.ok()?;
    #[cfg(feature = "tls")]
    if let Some(front) = peer.serving.front.as_ref().filter(|_| protocol.needs_front()) {
        // Boxed, because the future is large and rare.
        return Box::pin(front.enter(wire, protocol, peer)).await;
    }
    #[cfg(not(feature = "tls"))]
    let _ = peer;
    Some((wire, protocol))
}

/// The way the serving of a connection ended.
enum Ended<E> {
    /// The connection ended by itself.
    Itself(Result<(), E>),
    /// The server stops: the connection finishes what is in flight.
    Stopping,
    /// The connection waited for too long.
    Ordered(LinkOrder),
}

/// Serves a connection until it ends by itself, or the server orders its end: then it finishes the requests in flight.
async fn drive<C: GracefulConnection>(
    mut connection: Pin<&mut C>,
    mut told: Pin<&mut impl Future<Output = Option<LinkOrder>>>,
    news: &watch::Receiver<Signals>,
    link: &Link,
) -> Ended<C::Error> {
    let mut listens = false;
    // Each request polls this. The channel wakes the task once it was polled; after that, only a flag is read.
    let ended = poll_fn(|cx| {
        if let Poll::Ready(ended) = connection.as_mut().poll(cx) {
            return Poll::Ready(Ended::Itself(ended));
        }
        if listens && !news.has_changed().unwrap_or(true) && link.ordered().is_none() {
            return Poll::Pending;
        }
        listens = true;
        told.as_mut().poll(cx).map(|order| order.map_or(Ended::Stopping, Ended::Ordered))
    });
    match ended.await {
        Ended::Stopping => {
            connection.as_mut().graceful_shutdown();
            Ended::Itself(connection.await)
        }
        ended => ended,
    }
}
