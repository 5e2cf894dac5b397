//! A connection that can be told to misbehave.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::engine::message::Manner;

/// What a peer gets that is promised bytes that are not HTTP.
const GARBAGE: &[u8] = b"\x16\x03\x01\x00\x2a not http \x00\xff\xfe\r\n\r\n";

/// What the next write of a connection does instead of writing. Shared with the connection's service.
#[derive(Clone, Default)]
pub struct Misbehaviour(Arc<AtomicU8>);

const NONE: u8 = 0;
const CLOSE: u8 = 1;
const RESET: u8 = 2;
const SPEAK_GARBAGE: u8 = 3;

impl Misbehaviour {
    /// Orders it. Manners that are not misbehaviour of the connection order nothing.
    pub fn order(&self, manner: Manner) {
        let order = match manner {
            Manner::Close => CLOSE,
            Manner::Reset => RESET,
            Manner::Garbage => SPEAK_GARBAGE,
            Manner::Whole | Manner::Trickle { .. } | Manner::Truncate | Manner::Stall => return,
        };
        self.0.store(order, Ordering::Relaxed);
    }
}

/// A connection.
pub struct Wire {
    stream: TcpStream,
    misbehaviour: Misbehaviour,
}

impl Wire {
    /// A connection that behaves until told otherwise.
    pub fn new(stream: TcpStream) -> (Self, Misbehaviour) {
        let misbehaviour = Misbehaviour::default();
        (Self { stream, misbehaviour: misbehaviour.clone() }, misbehaviour)
    }

    /// Does what was ordered, if anything was; the error it ends with makes hyper drop the connection.
    fn misbehave(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.misbehaviour.0.load(Ordering::Relaxed) {
            NONE => return Poll::Ready(Ok(())),
            RESET => self.stream.set_zero_linger()?,
            SPEAK_GARBAGE => {
                ready!(Pin::new(&mut self.stream).poll_write(cx, GARBAGE))?;
            }
            _ => {}
        }
        Poll::Ready(Err(io::Error::new(io::ErrorKind::ConnectionAborted, "a fault rule ended this connection")))
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        ready!(wire.misbehave(cx))?;
        Pin::new(&mut wire.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        ready!(wire.misbehave(cx))?;
        Pin::new(&mut wire.stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_breaks_a_connection_is_ordered() {
        let misbehaviour = Misbehaviour::default();
        misbehaviour.order(Manner::Truncate);
        assert_eq!(misbehaviour.0.load(Ordering::Relaxed), NONE);
        misbehaviour.order(Manner::Reset);
        assert_eq!(misbehaviour.0.load(Ordering::Relaxed), RESET);
    }
}
