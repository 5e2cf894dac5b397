//! The bodies of answers, as hyper sends them.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::Response as HttpResponse;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use crate::http::hold::Hold;
use crate::http::message::{Delivery, Response};
use crate::server::events::Events;

/// A body on its way out.
pub(crate) enum ResponseBody {
    /// The body in one piece.
    Whole(Bytes),
    /// The body as another host sends it.
    #[cfg(feature = "tls")]
    Relayed(hyper::body::Incoming),
    /// The body piece by piece.
    Trickle {
        /// The bytes left to send.
        left: Bytes,
        /// The number of bytes of the next piece.
        piece: usize,
        /// The time between pieces.
        pause: Duration,
        /// The timer of the next piece.
        wait: Pin<Box<Sleep>>,
        /// The hold that sends the rest at once when the world releases the answer.
        hold: Option<Hold>,
    },
    /// The first half; then the connection breaks.
    Truncated {
        /// The length the head announced.
        announced: u64,
        /// The half, until it is sent.
        half: Option<Bytes>,
        /// True when the half had its turn to be written.
        flushed: bool,
    },
    /// Events, as they come.
    Events(Events),
}

/// The most pieces of a trickled body in a second.
const PIECES_PER_S: u64 = 20;

impl ResponseBody {
    fn new(body: Bytes, delivery: Delivery, hold: Option<Hold>) -> Self {
        match delivery {
            Delivery::Throttled { bytes_per_s } => {
                let rate = bytes_per_s.max(1);
                let pieces = rate.min(PIECES_PER_S);
                let pause = Duration::from_nanos(1_000_000_000 / pieces);
                let piece = usize::try_from(rate / pieces).unwrap_or(usize::MAX);
                Self::Trickle { left: body, piece, pause, wait: Box::pin(sleep(pause)), hold }
            }
            Delivery::Truncated => {
                let half = body.slice(..body.len() / 2);
                Self::Truncated { announced: body.len() as u64, half: Some(half), flushed: false }
            }
            _ => Self::Whole(body),
        }
    }
}

/// An error that ends the body here, on purpose.
#[derive(Debug)]
pub(crate) struct CutShort;

impl fmt::Display for CutShort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body was cut short by a fault rule")
    }
}

impl std::error::Error for CutShort {}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = CutShort;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, CutShort>>> {
        match self.get_mut() {
            Self::Whole(body) if body.is_empty() => Poll::Ready(None),
            Self::Whole(body) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(body))))),
            #[cfg(feature = "tls")]
            Self::Relayed(body) => Pin::new(body).poll_frame(cx).map_err(|_| CutShort),
            Self::Trickle { left, .. } if left.is_empty() => Poll::Ready(None),
            Self::Trickle { left, piece, pause, wait, hold } => {
                if hold.as_mut().is_some_and(|hold| Pin::new(hold).poll(cx).is_ready()) {
                    return Poll::Ready(Some(Ok(Frame::data(std::mem::take(left)))));
                }
                ready!(wait.as_mut().poll(cx));
                *wait = Box::pin(sleep(*pause));
                let piece = left.split_to(left.len().min(*piece));
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
            Self::Events(events) => events.poll_piece(cx).map(|piece| piece.map(|piece| Ok(Frame::data(piece)))),
            Self::Truncated { half, flushed, .. } => match half.take() {
                Some(half) => Poll::Ready(Some(Ok(Frame::data(half)))),
                // The half must leave before the error throws the connection away.
                None if !*flushed => {
                    *flushed = true;
                    cx.waker().wake_by_ref();
                    Poll::Pending
                }
                None => Poll::Ready(Some(Err(CutShort))),
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(body) => body.is_empty(),
            #[cfg(feature = "tls")]
            Self::Relayed(body) => body.is_end_stream(),
            Self::Trickle { left, .. } => left.is_empty(),
            Self::Truncated { .. } | Self::Events(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        if matches!(self, Self::Events(_)) {
            return SizeHint::default();
        }
        #[cfg(feature = "tls")]
        if let Self::Relayed(body) = self {
            return body.size_hint();
        }
        SizeHint::with_exact(match self {
            #[cfg(feature = "tls")]
            Self::Relayed(_) => 0,
            Self::Events(_) => 0,
            Self::Whole(body) => body.len() as u64,
            Self::Trickle { left, .. } => left.len() as u64,
            Self::Truncated { announced, half, .. } => half.as_ref().map_or(0, |_| *announced),
        })
    }
}

/// Returns an answer as a response of hyper.
pub(crate) fn response(answer: Response, delivery: Delivery, hold: Option<Hold>) -> HttpResponse<ResponseBody> {
    let mut response = HttpResponse::new(ResponseBody::new(answer.body, delivery, hold));
    // Statuses come from route tables, or from rules that were checked when they were loaded.
    *response.status_mut() =
        hyper::StatusCode::from_u16(answer.status).unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    *response.headers_mut() = answer.headers;
    response
}
