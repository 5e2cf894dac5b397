//! Reading requests from hyper, as the engine takes them.

use std::borrow::Cow;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::body::{Body, Incoming};
use hyper::header::EXPECT;
use hyper::{Request as HttpRequest, Uri};
use smallvec::SmallVec;
use tokio::time::timeout;

use crate::http::message::Request;
use crate::server::budget::Budget;

/// The most bytes of a body beyond the limit that are read and discarded, so that the sender reads the answer.
const DRAINED_BYTES: usize = 64 * 1024 * 1024;

/// The reason why a body was not read whole.
pub(super) enum Unread {
    /// The body did not come in time; this many bytes did.
    TimedOut(usize),
    /// All unfinished bodies together are too large.
    Crowded,
    /// The body broke off.
    Broken(hyper::Error),
}

/// A body that is arriving. At most one byte beyond the limit is kept, by which the engine sees that it is too large.
pub(super) struct Incomplete {
    limit_bytes: usize,
    first: Bytes,
    rest: Vec<u8>,
    drained: usize,
}

impl Incomplete {
    /// Makes a body without bytes.
    pub(super) fn new(limit_bytes: usize) -> Self {
        Self { limit_bytes, first: Bytes::new(), rest: Vec::new(), drained: 0 }
    }

    /// Reads on until the body is whole.
    fn poll(&mut self, incoming: &mut Incoming, cx: &mut Context<'_>) -> Poll<Result<(), hyper::Error>> {
        while !incoming.is_end_stream() {
            let Some(frame) = ready!(Pin::new(&mut *incoming).poll_frame(cx)) else { break };
            let Ok(data) = frame?.into_data() else { continue };
            let room = self.limit_bytes.saturating_add(1) - (self.first.len() + self.rest.len());
            let kept = data.len().min(room);
            self.drained += data.len() - kept;
            if self.drained > DRAINED_BYTES {
                break;
            }
            if self.first.is_empty() {
                // Most bodies come in one frame, which then needs no copy.
                self.first = data.slice(..kept);
            } else {
                if self.rest.capacity() - self.rest.len() < kept {
                    // The room grows by a quarter: all held bytes count, and doubling could hold twice the bytes that
                    // came.
                    self.rest.reserve_exact(kept.max(self.rest.len() / 4));
                }
                self.rest.extend_from_slice(&data[..kept]);
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Reads the bytes that are there already, and tells whether the body is whole.
    pub(super) fn at_once(&mut self, incoming: &mut Incoming) -> Result<bool, Unread> {
        match self.poll(incoming, &mut Context::from_waker(Waker::noop())) {
            Poll::Ready(read) => read.map(|()| true).map_err(Unread::Broken),
            Poll::Pending => Ok(false),
        }
    }

    /// Reads the rest of a body behind a head of `head_bytes`, for at most `limit` and within the budget.
    pub(super) async fn the_rest(
        &mut self,
        incoming: &mut Incoming,
        head_bytes: usize,
        limit: Duration,
        budget: &Budget,
    ) -> Result<(), Unread> {
        let started = Instant::now();
        let mut charge = budget.charge();
        loop {
            let step = poll_fn(|cx| match self.poll(incoming, cx) {
                Poll::Ready(read) => Poll::Ready(read.map_err(Unread::Broken)),
                Poll::Pending if !charge.set(head_bytes + self.first.len() + self.rest.capacity()) => {
                    Poll::Ready(Err(Unread::Crowded))
                }
                Poll::Pending => Poll::Pending,
            });
            match timeout(limit.saturating_sub(started.elapsed()), step).await {
                Ok(read) => return read,
                // A test may have paused tokio's clock, so the machine's decides.
                Err(_) if started.elapsed() < limit => {}
                Err(_) => return Err(Unread::TimedOut(self.first.len() + self.rest.len() + self.drained)),
            }
        }
    }

    /// Returns the bytes that were read.
    pub(super) fn whole(self) -> Bytes {
        if self.rest.is_empty() {
            return self.first;
        }
        let mut whole = Vec::with_capacity(self.first.len() + self.rest.len());
        whole.extend_from_slice(&self.first);
        whole.extend_from_slice(&self.rest);
        whole.into()
    }
}

/// Tells whether the client waits for "100 Continue" before it sends a body that is too large. It gets the refusal
/// instead, and need not send the body.
pub(super) fn need_not_come(request: &HttpRequest<Incoming>, limit_bytes: usize) -> bool {
    let is_too_large = || request.body().size_hint().exact().is_some_and(|bytes| bytes > limit_bytes as u64);
    request.headers().get(EXPECT).is_some_and(|expected| expected.as_bytes().eq_ignore_ascii_case(b"100-continue"))
        && is_too_large()
}

/// The number of headers that most requests do not exceed.
const HEADERS: usize = 16;

/// The channel of a connection that is not plain HTTP to the port itself: TLS, or the proxy.
#[derive(Clone, Debug)]
pub(crate) struct Channel {
    /// The host that the client wants.
    pub host: String,
    /// True when the client speaks TLS.
    pub secure: bool,
    /// True when the connection came by the proxy: then there is no control API on it.
    pub tunnelled: bool,
    /// The user of the proxy, who names a world, as the client's header has it.
    pub proxy_authorization: Option<Vec<u8>>,
}

/// The time and the connection of a request's arrival.
#[derive(Clone, Copy)]
pub(crate) struct Arrival<'a> {
    /// The time of arrival, in milliseconds since 1970.
    pub at_ms: u64,
    /// True when the peer's forwarding headers are believed.
    pub believes_front: bool,
    /// The channel of the connection; `None` for plain HTTP.
    pub channel: Option<&'a Channel>,
}

impl Channel {
    /// Returns the target in absolute form with `https`, which a request inside TLS does not carry itself.
    fn target<B>(&self, head: &HttpRequest<B>) -> String {
        if head.uri().authority().is_some() {
            return head.uri().to_string();
        }
        let host = head.headers().get(hyper::header::HOST).and_then(|host| host.to_str().ok()).map(str::trim);
        let host = host.filter(|host| !host.is_empty()).unwrap_or(&self.host);
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{host}{}", target(head.uri()))
    }
}

/// Calls a function with a request as the engine takes it.
pub(crate) fn with_request<B, T>(
    head: &HttpRequest<B>,
    body: &[u8],
    arrival: Arrival<'_>,
    to: impl FnOnce(&Request<'_>) -> T,
) -> T {
    let mut headers: SmallVec<[(&str, &[u8]); HEADERS]> = SmallVec::new();
    headers.extend(head.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())));
    let Arrival { at_ms: arrived_ms, believes_front, channel } = arrival;
    let method = head.method().as_str();
    let target = match channel {
        None => target(head.uri()),
        Some(channel) => {
            headers.extend(channel.proxy_authorization.as_ref().map(|user| ("proxy-authorization", user.as_slice())));
            channel.target(head).into()
        }
    };
    to(&Request { method, target: &target, headers: &headers, body, arrived_ms, believes_front })
}

/// Returns the target as the client sent it, in absolute form if it names the host.
fn target(uri: &Uri) -> Cow<'_, str> {
    if uri.authority().is_some() {
        uri.to_string().into()
    } else {
        uri.path_and_query().map_or("/", |target| target.as_str()).into()
    }
}
