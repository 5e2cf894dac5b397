//! HTTP/2 answers on their way: a client may ask for many and take none.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::Response as HttpResponse;
use hyper::body::{Body, Frame, SizeHint};

use crate::http::message::Delivery;
use crate::server::connection_context::ConnectionContext;
use crate::server::links::Untaken;
use crate::server::refusal::Refusal;
use crate::server::send::{CutShort, ResponseBody, response};

/// The body of an HTTP/2 answer, counted until its client has taken it.
pub struct UntakenBody {
    body: ResponseBody,
    untaken: Option<Untaken>,
}

/// Counts an answer until its client has taken it. Where too many bytes wait already, a refusal takes its place.
pub fn counted(peer: &ConnectionContext, answer: HttpResponse<ResponseBody>) -> HttpResponse<UntakenBody> {
    let links = &peer.serving.links;
    let bytes = answer.body().size_hint().exact().and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(0);
    if let Some(untaken) = links.hold(&peer.link, bytes) {
        return answer.map(|body| UntakenBody { body, untaken: Some(untaken) });
    }
    peer.serving
        .note("untaken", "too many answers wait for clients that do not take them; new ones are refused with 503");
    let refusal = response(Refusal::untaken().response(), Delivery::Complete, None);
    refusal.map(|body| UntakenBody { body, untaken: None })
}

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
