//! From the wire to the engine's words.

use std::borrow::Cow;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper::{Request as HttpRequest, Uri};
use smallvec::SmallVec;

use crate::http::message::Request;

/// What is read and thrown away of a body beyond the limit, so that the sender gets to the answer.
const DRAINED_BYTES: usize = 64 * 1024 * 1024;

/// Reads a body whole, but no more of it than one byte beyond the limit: enough for the engine to see that it is too large.
pub async fn body(incoming: &mut Incoming, limit_bytes: usize) -> Result<Bytes, hyper::Error> {
    if incoming.is_end_stream() {
        return Ok(Bytes::new());
    }
    let mut first = Bytes::new();
    let mut rest: Vec<u8> = Vec::new();
    let mut drained = 0;
    while let Some(frame) = incoming.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        let room = limit_bytes.saturating_add(1) - (first.len() + rest.len());
        let kept = data.len().min(room);
        drained += data.len() - kept;
        if drained > DRAINED_BYTES {
            break;
        }
        if first.is_empty() {
            // Most bodies come in one frame, which then needs no copy.
            first = data.slice(..kept);
        } else {
            rest.extend_from_slice(&data[..kept]);
        }
    }
    if rest.is_empty() {
        return Ok(first);
    }
    let mut whole = Vec::with_capacity(first.len() + rest.len());
    whole.extend_from_slice(&first);
    whole.append(&mut rest);
    Ok(whole.into())
}

/// Most requests have no more headers.
const HEADERS: usize = 16;

/// The way a connection came, where it is not plain HTTP to the port itself.
#[derive(Debug)]
pub struct Channel {
    /// The host that the client wants.
    pub host: String,
    /// Whether it speaks TLS.
    pub secure: bool,
    /// Whether it came by the proxy: then there is no control API on it.
    pub tunnelled: bool,
    /// The user of the proxy, who is a world, as the client's header says it.
    pub proxy_authorization: Option<Vec<u8>>,
}

/// When and over which connection a request arrived.
#[derive(Clone, Copy)]
pub struct Arrival<'a> {
    /// In milliseconds since 1970.
    pub at_ms: u64,
    /// Whether the peer is believed where it says on whose behalf it calls.
    pub believes_front: bool,
    /// The way its connection came, where that is not plain.
    pub channel: Option<&'a Channel>,
}

impl Channel {
    /// Returns the target in absolute form: a request inside TLS does not say that it is.
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

/// Lends a request in the engine's words.
pub fn with_request<B, T>(
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

/// The target as sent, or, where the host stands in it, in absolute form.
fn target(uri: &Uri) -> Cow<'_, str> {
    if uri.authority().is_some() {
        uri.to_string().into()
    } else {
        uri.path_and_query().map_or("/", |target| target.as_str()).into()
    }
}
