//! The life of a server: accept, serve, be paused or refused, stop.

use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::Poll;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use http::header::ACCEPT;
use http::{HeaderName, HeaderValue};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Request as HttpRequest, Response as HttpResponse};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::graceful::GracefulConnection;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::control::{Availability, ControlService, Handled, Waiting};
use crate::http::message::{Delivery, Outcome, Request, Response};
use crate::http::redact::Redactor;
use crate::server::events::Events;
#[cfg(feature = "tls")]
use crate::server::front::Front;
use crate::server::networks::Networks;
use crate::server::read::Channel;
use crate::server::send::{ResponseBody, response};
use crate::server::stream::Stream;
use crate::server::wire::{FaultyStream, Protocol, WireFault};
use crate::server::{AnsweredNotify, Port, read};
use crate::world::registry::WorldRegistry;

/// The header that says which of several servers answered.
const REPLICA: HeaderName = HeaderName::from_static("standin-replica");

/// How a server ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Not yet.
    Running,
    /// It accepts no more and finishes what is in flight, for at most this long.
    Within(Duration),
    /// At once.
    Now,
}

/// What a server is told while it runs. One channel for all of it, because every connection listens.
#[derive(Clone, Copy, Debug)]
pub struct Signals {
    /// Whether it goes on.
    pub stop: Stop,
    /// Whether consumers get through.
    pub gate: Availability,
}

impl Default for Signals {
    fn default() -> Self {
        Self { stop: Stop::Running, gate: Availability::Up }
    }
}

/// What a server serves.
pub struct ServerContext {
    /// Routes and worlds.
    pub engine: Arc<WorldRegistry>,
    /// The door for administrators, unless it is shut.
    pub control: Option<ControlService>,
    /// The most bytes of a body that are read.
    pub body_limit_bytes: usize,
    /// What it is told.
    pub orders: watch::Receiver<Signals>,
    /// Rung whenever a consumer's request was answered.
    pub answered: AnsweredNotify,
    /// Told of every request that was answered.
    pub log: Option<Log>,
    /// The name of this server, for a header of every answer.
    pub replica: Option<HeaderValue>,
    /// The proxies that are believed where they say on whose behalf they call.
    pub trusted: Networks,
    /// TLS and the proxy, where they are on.
    #[cfg(feature = "tls")]
    pub front: Option<Arc<Front>>,
}

/// A request that was answered, for the log. Only the command line keeps one.
#[cfg_attr(not(feature = "cli"), allow(dead_code))]
pub struct Exchanged<'a> {
    /// What was asked.
    pub request: &'a Request<'a>,
    /// The operation, when one has the request's path and method.
    pub operation: Option<&'static str>,
    /// What is answered. A fault rule may keep it from arriving.
    pub response: &'a Response,
    /// The redactor of what is told of it.
    pub redactor: &'a Redactor,
    /// How long answering took, delays left out.
    pub took: Duration,
}

/// Told of every request that was answered.
pub type Log = Box<dyn Fn(&Exchanged<'_>) + Send + Sync>;

/// One connection, as its requests see it.
struct ConnectionContext {
    serving: Arc<ServerContext>,
    misbehaviour: WireFault,
    /// Whether the control API was asked over it.
    administers: AtomicBool,
    /// Whether it is believed where it says on whose behalf it calls.
    believes_front: bool,
    /// The way it came, where that is not plain.
    channel: OnceLock<Channel>,
}

impl ConnectionContext {
    /// Returns whether it came by the proxy.
    fn is_tunnelled(&self) -> bool {
        self.channel.get().is_some_and(|channel| channel.tunnelled)
    }
}

/// Serves until told to stop; returns when the port is free.
pub async fn serve(port: Arc<Port>, serving: Arc<ServerContext>) {
    let mut orders = serving.orders.clone();
    let mut connections = JoinSet::new();
    {
        let mut told = pin!(async { drop(orders.wait_for(|orders| orders.stop != Stop::Running).await) });
        loop {
            tokio::select! {
                biased;
                () = &mut told => break,
                Some(_) = connections.join_next(), if !connections.is_empty() => {}
                accepted = port.accept() => match accepted {
                    Ok((stream, peer)) => {
                        connections.spawn(connection(stream, peer, Arc::clone(&serving)));
                    }
                    // Out of descriptors, or the peer went before it was accepted: the next one may be better.
                    Err(_) => tokio::time::sleep(Duration::from_millis(1)).await,
                },
            }
        }
    }
    port.close();
    let ending = orders.borrow().stop;
    if let Stop::Within(limit) = ending {
        let finished = async { while connections.join_next().await.is_some() {} };
        let hurry = orders.wait_for(|orders| orders.stop == Stop::Now);
        tokio::select! {
            () = finished => {}
            () = tokio::time::sleep(limit) => {}
            _ = hurry => {}
        }
    }
    connections.shutdown().await;
}

async fn connection(stream: TcpStream, address: SocketAddr, serving: Arc<ServerContext>) {
    // A delayed packet would be measured as the fake's slowness.
    let _ = stream.set_nodelay(true);
    let (orders, misbehaviour) = (serving.orders.clone(), WireFault::default());
    let believes_front = serving.trusted.include(address.ip());
    let administers = AtomicBool::new(false);
    let peer = Arc::new(ConnectionContext {
        serving,
        misbehaviour: misbehaviour.clone(),
        administers,
        believes_front,
        channel: OnceLock::new(),
    });
    let (news, mut told) = (orders.clone(), orders);
    // Whoever shut the gate over this connection must be able to open it again.
    let refused = |gate| gate == Availability::Down && !peer.administers.load(Ordering::Relaxed);
    let mut told = pin!(told.wait_for(|orders| orders.stop != Stop::Running || refused(orders.gate)));
    let opened = tokio::select! {
        opened = open(stream, misbehaviour, &peer) => opened,
        _ = &mut told => return,
    };
    // The time is the world's, not the machine's.
    match opened {
        Some((wire, Protocol::Http2)) => {
            let mut http2 = http2::Builder::new(TokioExecutor::new());
            http2.auto_date_header(false);
            let service = service_fn(|request| {
                let peer = Arc::clone(&peer);
                async move { exchange(&peer, request).await }
            });
            // Large, and rare.
            drive(Box::pin(http2.serve_connection(TokioIo::new(wire), service)).as_mut(), told, &news).await;
        }
        Some((wire, Protocol::Http1 | Protocol::Connect | Protocol::Tls)) => {
            let mut http1 = http1::Builder::new();
            http1.auto_date_header(false);
            let service = service_fn(|request| exchange(&peer, request));
            drive(pin!(http1.serve_connection(TokioIo::new(wire), service)), told, &news).await;
        }
        // It went before it said anything, or was no HTTP.
        None => {}
    }
}

/// Returns a connection once its peer has begun to speak HTTP, and which.
async fn open(
    socket: TcpStream,
    misbehaviour: WireFault,
    peer: &ConnectionContext,
) -> Option<(FaultyStream, Protocol)> {
    let (wire, protocol) = FaultyStream::open(Stream::Plain(socket), misbehaviour).await.ok()?;
    #[cfg(feature = "tls")]
    if let Some(front) = peer.serving.front.as_ref().filter(|_| protocol.needs_front()) {
        // Large, and rare.
        return Box::pin(front.enter(wire, protocol, &peer.serving, &peer.channel)).await;
    }
    #[cfg(not(feature = "tls"))]
    let _ = peer;
    Some((wire, protocol))
}

/// Serves a connection until it ends or is told to: then it finishes what is in flight.
async fn drive(
    mut connection: Pin<&mut impl GracefulConnection>,
    mut told: Pin<&mut impl Future>,
    news: &watch::Receiver<Signals>,
) {
    let mut listens = false;
    // Each request passes here. The channel wakes this task once it was listened to; then only news are worth a look.
    let ended = poll_fn(|cx| {
        if connection.as_mut().poll(cx).is_ready() {
            return Poll::Ready(true);
        }
        if listens && !news.has_changed().unwrap_or(true) {
            return Poll::Pending;
        }
        listens = true;
        told.as_mut().poll(cx).map(|_| false)
    });
    // How a connection ended is the peer's business, or a fault rule's.
    if !ended.await {
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}

/// The answer of the control API. One that waits for consumers is asked for again whenever a request was answered.
async fn administered_answer(serving: &ServerContext, answer: impl Fn() -> Handled) -> Handled {
    let started = Instant::now();
    let listener = serving.answered.listen();
    loop {
        let mut answered = pin!(listener.next());
        // From here on nothing that is answered is missed.
        answered.as_mut().enable();
        let handled = answer();
        let left = handled.waits.and_then(|most| most.checked_sub(started.elapsed()));
        match left.filter(|left| !left.is_zero()) {
            Some(left) => drop(tokio::time::timeout(left, answered).await),
            None => return handled,
        }
    }
}

/// Whether a browser asks for the page. Few paths are short enough to be its.
fn shows_page(serving: &ServerContext, request: &HttpRequest<Incoming>) -> bool {
    let path = request.uri().path();
    let accept = || request.headers().get(ACCEPT)?.to_str().ok().map(str::to_owned);
    (path.len() == 1 || path.starts_with("/w/"))
        && serving.control.as_ref().is_some_and(|control| control.shows_page(request.method().as_str(), path, accept))
}

/// Answers one request. Hyper moves this future for every request, so the waits that are rare are boxed: it stays small.
async fn exchange(
    peer: &ConnectionContext,
    mut request: HttpRequest<Incoming>,
) -> Result<HttpResponse<ResponseBody>, hyper::Error> {
    let serving = &*peer.serving;
    #[cfg(feature = "tls")]
    if let Some(proxy) = serving.front.as_ref().and_then(|front| front.proxy_to_other(&request)) {
        // Large, and rare.
        return Ok(Box::pin(proxy.forward(request)).await);
    }
    let is_control =
        (ControlService::serves(request.uri().path()) || shows_page(serving, &request)) && !peer.is_tunnelled();
    if is_control {
        peer.administers.store(true, Ordering::Relaxed);
    } else if serving.orders.has_changed().unwrap_or(true) && serving.orders.borrow().gate != Availability::Up {
        let _ = Box::pin(serving.orders.clone().wait_for(|orders| orders.gate == Availability::Up)).await;
    }
    let in_flight = (!is_control).then(|| serving.engine.bell().arrival());
    let body = read::body(request.body_mut(), serving.body_limit_bytes).await?;
    let arrived = SystemTime::now();
    let since_1970 = arrived.duration_since(UNIX_EPOCH).unwrap_or_default();
    let at_ms = u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX);
    let (believes_front, channel) = (peer.believes_front, peer.channel.get());
    let arrival = read::Arrival { at_ms, believes_front, channel };
    let mut subscription = None;
    let mut outcome: Outcome = match &serving.control {
        Some(control) if is_control => {
            let waiting = Waiting::default();
            let answer = || read::with_request(&request, &body, arrival, |request| control.answer(request, &waiting));
            let handled = Box::pin(administered_answer(serving, answer)).await;
            subscription = handled.subscription;
            if request.method() != hyper::Method::GET {
                // A world may have changed that streams tell of.
                serving.answered.ring();
            }
            handled.response.into()
        }
        _ => read::with_request(&request, &body, arrival, |request| serving.engine.answer(request)),
    };
    drop(in_flight);
    if !is_control {
        serving.answered.ring();
    }
    if let Some(log) = &serving.log {
        let took = arrived.elapsed().unwrap_or_default();
        read::with_request(&request, &body, arrival, |request| {
            let operation = serving.engine.router().operation_of(request.method, request.target);
            let redactor = serving.engine.redactor().of_request(request);
            log(&Exchanged { request, operation, response: &outcome.response, redactor: &redactor, took });
        });
    }
    if !outcome.delay.is_zero() {
        Box::pin(tokio::time::sleep(outcome.delay)).await;
    }
    if outcome.delivery == Delivery::Hang {
        std::future::pending::<()>().await;
    }
    if let Some(replica) = &serving.replica {
        outcome.response.headers.insert(REPLICA, replica.clone());
    }
    peer.misbehaviour.order(outcome.delivery);
    let mut response = response(outcome.response, outcome.delivery);
    if let Some(subscription) = subscription {
        *response.body_mut() = ResponseBody::Events(Events::new(Arc::clone(&peer.serving), *subscription));
    }
    Ok(response)
}
