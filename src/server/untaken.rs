//! Counts of answers that clients have not taken: a client may request many and read none.

#[cfg(feature = "http2")]
use std::pin::Pin;
#[cfg(feature = "http2")]
use std::task::{Context, Poll};

use bytes::Bytes;
#[cfg(feature = "http2")]
use hyper::Response as HttpResponse;
#[cfg(feature = "http2")]
use hyper::body::{Body, Frame, SizeHint};

use crate::http::message::{Delivery, Outcome, Response};
use crate::server::connection_context::ConnectionContext;
#[cfg(feature = "http2")]
use crate::server::links::Untaken;
use crate::server::links::UntakenBytes;
use crate::server::refusal::Refusal;
#[cfg(feature = "http2")]
use crate::server::send::{CutShort, ResponseBody, response};

/// The size from which the body of an HTTP/1.1 answer counts.
const LARGE_BYTES: usize = 64 * 1024;

/// A large body, counted until its last byte has left.
struct LargeBody {
    bytes: Bytes,
    _untaken: UntakenBytes,
}

impl AsRef<[u8]> for LargeBody {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Counts a large HTTP/1.1 answer until its client has taken it. If too many bytes wait already, a refusal replaces it.
pub(super) fn count_large(peer: &ConnectionContext, outcome: &mut Outcome) {
    let body = &mut outcome.response.body;
    if body.len() < LARGE_BYTES || peer.link.is_http2() {
        return;
    }
    if let Some(untaken) = peer.serving.links.hold_bytes(body.len()) {
        *body = Bytes::from_owner(LargeBody { bytes: std::mem::take(body), _untaken: untaken });
    } else {
        outcome.response = refusal(peer);
        outcome.delivery = Delivery::Complete;
    }
}

fn refusal(peer: &ConnectionContext) -> Response {
    let line = "too many answers wait for clients that do not take them; new ones are refused with 503";
    peer.serving.note("untaken", line);
    Refusal::untaken().response()
}

/// The body of an HTTP/2 answer, counted until its client has taken it.
#[cfg(feature = "http2")]
pub(super) struct UntakenBody {
    body: ResponseBody,
    untaken: Option<Untaken>,
}

/// Counts an HTTP/2 answer, of which a connection may have many, as [`count_large`] counts large ones.
#[cfg(feature = "http2")]
pub(super) fn counted(peer: &ConnectionContext, answer: HttpResponse<ResponseBody>) -> HttpResponse<UntakenBody> {
    let links = &peer.serving.links;
    let bytes = answer.body().size_hint().exact().and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(0);
    if let Some(untaken) = links.hold(&peer.link, bytes) {
        return answer.map(|body| UntakenBody { body, untaken: Some(untaken) });
    }
    response(refusal(peer), Delivery::Complete, None).map(|body| UntakenBody { body, untaken: None })
}

#[cfg(feature = "http2")]
impl Body for UntakenBody {
    type Data = Bytes;
    type Error = CutShort;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, CutShort>>> {
        let answer = self.get_mut();
        answer.untaken.iter().for_each(Untaken::took);
        Pin::new(&mut answer.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
