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

/// When and over which connection a request arrived.
#[derive(Clone, Copy)]
pub struct Arrival {
    /// In milliseconds since 1970.
    pub at_ms: u64,
    /// Whether the peer is believed where it says on whose behalf it calls.
    pub believes_front: bool,
}

/// Lends a request in the engine's words.
pub fn with_request<B, T>(
    head: &HttpRequest<B>,
    body: &[u8],
    arrival: Arrival,
    to: impl FnOnce(&Request<'_>) -> T,
) -> T {
    let mut headers: SmallVec<[(&str, &[u8]); HEADERS]> = SmallVec::new();
    headers.extend(head.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())));
    let (method, target) = (head.method().as_str(), target(head.uri()));
    let Arrival { at_ms: arrived_ms, believes_front } = arrival;
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
