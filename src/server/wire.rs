//! Connections that misbehave when a fault rule orders it.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use smallvec::SmallVec;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::http::message::Delivery;
use crate::server::links::Link;
use crate::server::stream::Stream;

/// The bytes of the delivery `garbage`, which are not HTTP.
const GARBAGE: &[u8] = b"\x16\x03\x01\x00\x2a not http \x00\xff\xfe\r\n\r\n";

/// The fault that replaces the next write of a connection. The connection shares it with its service.
#[derive(Clone, Default)]
pub(crate) struct WireFault(Arc<Link>);

const NONE: u8 = 0;
const CLOSE: u8 = 1;
const RESET: u8 = 2;
const SPEAK_GARBAGE: u8 = 3;

impl WireFault {
    /// Returns the fault of a connection.
    pub(crate) fn of(link: &Arc<Link>) -> Self {
        Self(Arc::clone(link))
    }

    /// Orders the fault of a delivery, if it has one that concerns the connection.
    pub(crate) fn order(&self, delivery: Delivery) {
        let order = match delivery {
            Delivery::Closed => CLOSE,
            Delivery::Reset => RESET,
            Delivery::Garbage => SPEAK_GARBAGE,
            Delivery::Complete | Delivery::Throttled { .. } | Delivery::Truncated | Delivery::Hang => return,
        };
        self.0.fault.store(order, Ordering::Relaxed);
    }
}

/// The first bytes of a peer that speaks HTTP/2 without negotiation.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The first bytes of a proxy's client.
const CONNECT: &[u8] = b"CONNECT ";

/// The first byte of TLS: that of a handshake's record.
const TLS: u8 = 0x16;

/// The protocol of a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// HTTP/1.1, or bytes that hyper will refuse.
    Http1,
    /// HTTP/2.
    Http2,
    /// TLS.
    Tls,
    /// A request for a tunnel, to the proxy.
    Connect,
}

impl Protocol {
    /// Tells whether a handshake or a `CONNECT` comes before HTTP.
    #[cfg(feature = "tls")]
    pub(crate) fn needs_front(self) -> bool {
        matches!(self, Self::Tls | Self::Connect)
    }

    /// Returns the protocol that a peer's first bytes show.
    pub(crate) fn of(first: &[u8]) -> Self {
        match first.first() {
            Some(&TLS) => Self::Tls,
            Some(b'P') if first.starts_with(PREFACE) => Self::Http2,
            Some(b'C') if first.starts_with(CONNECT) => Self::Connect,
            _ => Self::Http1,
        }
    }
}

/// The most bytes of a refusal by hyper itself.
const REFUSAL_BYTES: usize = 96;

/// Returns the status, if the bytes are an answer with which hyper itself refuses a head: it has no body and no date,
/// while answers of this server have a date.
fn own_refusal(bytes: &[u8]) -> Option<u16> {
    let head = bytes.strip_suffix(b"connection: close\r\ncontent-length: 0\r\n\r\n")?.strip_prefix(b"HTTP/1.1 4")?;
    let is_alone = memchr::memchr_iter(b'\n', head).count() == 1;
    let status = std::str::from_utf8(head.get(..2)?).ok()?.parse::<u16>().ok()?;
    is_alone.then_some(400 + status)
}

/// The number of bytes that most requests do not exceed.
const FIRST_BYTES: usize = 1_024;

/// The length up to which a copy of an answer's parts is quicker than a gathering write.
const SHORT_BYTES: usize = 2_048;

/// A connection.
pub(crate) struct FaultyStream {
    stream: Stream,
    /// The peer's first bytes, until they are read.
    first: Bytes,
    wire_fault: WireFault,
    /// The status with which hyper wanted to refuse what it could not read.
    refused: Option<u16>,
    /// The beginning of the latest head, because hyper does not return a head that it could not read.
    head: SmallVec<[u8; HEAD_BYTES]>,
}

/// The number of bytes that are kept of a head for its refusal.
const HEAD_BYTES: usize = 512;

impl FaultyStream {
    /// Returns a connection and the peer's protocol, once the peer has sent its first bytes.
    pub(crate) async fn open(mut stream: Stream, wire_fault: WireFault) -> io::Result<(Self, Protocol)> {
        let first = first_bytes(&mut stream).await?;
        let protocol = Protocol::of(&first);
        Ok((Self { stream, first, wire_fault, refused: None, head: SmallVec::new() }, protocol))
    }

    /// Makes a connection whose peer has sent bytes that are still to be read.
    #[cfg(feature = "tls")]
    pub(crate) fn new(stream: Stream, first: Bytes, wire_fault: WireFault) -> Self {
        Self { stream, first, wire_fault, refused: None, head: SmallVec::new() }
    }

    /// Returns the stream, the bytes that were read already, and the connection's fault.
    #[cfg(feature = "tls")]
    pub(crate) fn into_parts(self) -> (Stream, Bytes, WireFault) {
        (self.stream, self.first, self.wire_fault)
    }

    /// Returns the status with which hyper wanted to refuse a head. Its answer was not written.
    pub(crate) fn refused(&self) -> Option<u16> {
        self.refused
    }

    /// Returns the stream.
    pub(crate) fn stream(&mut self) -> &mut Stream {
        &mut self.stream
    }

    /// Keeps the beginning of a head until it is whole.
    fn keep(&mut self, read: &[u8]) {
        if !read.is_empty() && self.wire_fault.0.read() {
            self.head.clear();
        }
        if self.wire_fault.0.is_in_head() {
            let room = HEAD_BYTES - self.head.len();
            self.head.extend_from_slice(&read[..read.len().min(room)]);
        }
    }

    /// Returns the beginning of the head that is not whole.
    pub(crate) fn head(&self) -> Bytes {
        if self.wire_fault.0.is_in_head() { Bytes::copy_from_slice(&self.head) } else { Bytes::new() }
    }

    /// Keeps hyper's own refusal from being written.
    fn swallows(&mut self, bytes: &[u8]) -> bool {
        let status = if bytes.len() <= REFUSAL_BYTES { own_refusal(bytes) } else { None };
        self.refused = self.refused.or(status);
        status.is_some()
    }

    /// Executes the ordered fault, if there is one. It ends with an error, which makes hyper drop the connection.
    fn misbehave(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.wire_fault.0.fault.load(Ordering::Relaxed) {
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

/// Returns a peer's first bytes: enough to tell the protocol, or all that it sent.
pub(super) async fn first_bytes(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Bytes> {
    let mut first = vec![0; FIRST_BYTES];
    let mut length = 0;
    let begins = |known: &[u8], said: &[u8]| said.len() < known.len() && known.starts_with(said);
    while begins(PREFACE, &first[..length]) || begins(CONNECT, &first[..length]) {
        let mut buffer = ReadBuf::new(&mut first[length..]);
        poll_fn(|cx| Pin::new(&mut *stream).poll_read(cx, &mut buffer)).await?;
        let read = buffer.filled().len();
        if read == 0 {
            break;
        }
        length += read;
    }
    first.truncate(length);
    Ok(first.into())
}

impl AsyncRead for FaultyStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        let before = buffer.filled().len();
        if wire.first.is_empty() {
            ready!(Pin::new(&mut wire.stream).poll_read(cx, buffer))?;
        } else {
            let mut first = std::mem::take(&mut wire.first);
            buffer.put_slice(&first.split_to(first.len().min(buffer.remaining())));
            if !first.is_empty() {
                wire.first = first;
            }
        }
        wire.keep(&buffer.filled()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for FaultyStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        ready!(wire.misbehave(cx))?;
        if wire.swallows(bytes) {
            return Poll::Ready(Ok(bytes.len()));
        }
        let wrote = Pin::new(&mut wire.stream).poll_write(cx, bytes);
        wire.wire_fault.0.wrote(wrote.is_ready());
        wrote
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        ready!(wire.misbehave(cx))?;
        if parts.iter().map(|part| part.len()).sum::<usize>() > SHORT_BYTES {
            let wrote = Pin::new(&mut wire.stream).poll_write_vectored(cx, parts);
            wire.wire_fault.0.wrote(wrote.is_ready());
            return wrote;
        }
        let mut whole: SmallVec<[u8; SHORT_BYTES]> = SmallVec::new();
        parts.iter().for_each(|part| whole.extend_from_slice(part));
        if wire.swallows(&whole) {
            return Poll::Ready(Ok(whole.len()));
        }
        let wrote = Pin::new(&mut wire.stream).poll_write(cx, &whole);
        wire.wire_fault.0.wrote(wrote.is_ready());
        wrote
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        if wire.refused.is_some() {
            // The server's own refusal follows.
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut wire.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A peer that sends this many bytes at a time.
    struct Pieces<'a>(&'a [u8], usize);

    impl AsyncRead for Pieces<'_> {
        fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            let Self(left, most) = self.get_mut();
            let (piece, rest) = left.split_at((*most).min(left.len()).min(buffer.remaining()));
            buffer.put_slice(piece);
            *left = rest;
            Poll::Ready(Ok(()))
        }
    }

    fn first(said: &[u8], at_a_time: usize) -> (Vec<u8>, Protocol) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let first = runtime.block_on(first_bytes(&mut Pieces(said, at_a_time))).unwrap();
        (first.to_vec(), Protocol::of(&first))
    }

    proptest! {
        #[test]
        fn the_protocol_is_told_from_what_a_peer_says_first_in_whatever_pieces(
            known in proptest::sample::select(vec![PREFACE, CONNECT, b"\x16\x03\x01"]),
            common in 0..=PREFACE.len(), rest in "[A-Z /]{0,40}", at_a_time in 1_usize..40,
        ) {
            let said = [&known[..common.min(known.len())], rest.as_bytes()].concat();
            let (first, protocol) = first(&said, at_a_time);
            prop_assert!(said.starts_with(&first), "nothing is lost or made up");
            prop_assert_eq!(protocol, Protocol::of(&said));
        }
    }

    #[test]
    fn only_what_breaks_a_connection_is_ordered() {
        let wire_fault = WireFault::default();
        wire_fault.order(Delivery::Truncated);
        assert_eq!(wire_fault.0.fault.load(Ordering::Relaxed), NONE);
        wire_fault.order(Delivery::Reset);
        assert_eq!(wire_fault.0.fault.load(Ordering::Relaxed), RESET);
    }
}
