//! From the wire to the engine's words.

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use hyper::http::request::Parts;

/// What is read and thrown away of a body beyond the limit, so that the sender gets to the answer.
const DRAINED_BYTES: usize = 64 * 1024 * 1024;

/// Reads a body whole, but no more of it than one byte beyond the limit: enough for the engine to see that it is too large.
pub async fn body(mut incoming: Incoming, limit_bytes: usize) -> Result<Bytes, hyper::Error> {
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

/// The headers as the engine takes them. HTTP/2 says the host in its target; consumers of headers find it here too.
pub fn headers(parts: &Parts) -> Vec<(&str, &[u8])> {
    let mut headers = Vec::with_capacity(parts.headers.len());
    headers.extend(parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())));
    headers
}

/// The target as sent, or, where the host stands in it, in absolute form.
pub fn target(parts: &Parts) -> std::borrow::Cow<'_, str> {
    if parts.uri.authority().is_some() {
        parts.uri.to_string().into()
    } else {
        parts.uri.path_and_query().map_or("/", |target| target.as_str()).into()
    }
}
