//! Refusing heads that hyper cannot read: hyper would answer with only a status, and no journal would have the request.

use std::time::{Duration, SystemTime};

use http::StatusCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::control::ControlService;
use crate::http::message::{Request, Response};
use crate::server::connection_context::ConnectionContext;
use crate::server::connection_context::arrival;
use crate::server::context::{Exchanged, LogEvent};
use crate::server::refusal::Refusal;
use crate::server::stream::Stream;
use crate::world::registry::WorldRegistry;

/// The time that a client gets to take its answer and to stop sending.
const LINGER: Duration = Duration::from_secs(2);

/// The most bytes that are read and discarded in that time.
const LINGER_BYTES: usize = 64 * 1024 * 1024;

/// The longest target that is kept of a head that is refused.
const TARGET_BYTES: usize = 2_048;

/// Answers with a refusal, and adds it to the log and the journal with the known part of the head.
pub(super) async fn refuse(peer: &ConnectionContext, stream: &mut Stream, head: &[u8], refusal: &Refusal) {
    let serving = &*peer.serving;
    let arrived = SystemTime::now();
    let arrival = arrival(peer, arrived);
    let head = Head::of(head);
    let headers: Vec<(&str, &[u8])> = head.headers.iter().map(|(name, value)| (name.as_str(), &**value)).collect();
    let request = Request {
        method: &head.method,
        target: &head.target,
        headers: &headers,
        body: b"",
        arrived_ms: arrival.at_ms,
        believes_front: arrival.believes_front,
    };
    let path = head.target.split('?').next().unwrap_or_default();
    let outcome = serving.refused(&request, refusal, serving.control.is_some() && ControlService::serves(path));
    serving.answered.notify(|| WorldRegistry::name_of(&request));
    if let Some(log) = &serving.log {
        let took = arrived.elapsed().unwrap_or_default();
        let world = &WorldRegistry::name_of(&request);
        let redactor = &serving.registry.redactor().of_request(&request);
        let (request, operation, outcome) = (&request, None, &outcome);
        log(&LogEvent::Exchanged(Exchanged { request, operation, world, outcome, redactor, took }));
    }
    let sent = async {
        stream.write_all(&bytes(&outcome.response)).await?;
        stream.shutdown().await
    };
    if matches!(timeout(LINGER, sent).await, Ok(Ok(()))) {
        linger(stream).await;
    }
}

/// Tells a client that there are too many connections, and closes its own.
pub(super) async fn turn_away(socket: TcpStream, most: usize) {
    let mut stream = Stream::Plain(socket);
    let answer = bytes(&Refusal::too_many_connections(most).response());
    if matches!(timeout(LINGER, stream.write_all(&answer)).await, Ok(Ok(()))) {
        linger(&mut stream).await;
    }
}

/// Lets a client that is still sending read its answer: a connection that is closed at once would be reset, and the
/// answer lost.
pub(super) async fn linger(stream: &mut Stream) {
    let _ = stream.shutdown().await;
    let drained = async {
        let mut ignored = [0; 8 * 1024];
        let mut left = LINGER_BYTES;
        while let Ok(read @ 1..) = stream.read(&mut ignored).await {
            left = left.saturating_sub(read);
            if left == 0 {
                break;
            }
        }
    };
    let _ = timeout(LINGER, drained).await;
}

fn bytes(response: &Response) -> Vec<u8> {
    let status = StatusCode::from_u16(response.status).unwrap_or(StatusCode::BAD_REQUEST);
    let reason = status.canonical_reason().unwrap_or_default();
    let mut bytes = format!("HTTP/1.1 {} {reason}\r\n", status.as_str()).into_bytes();
    for (name, value) in &response.headers {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(format!("content-length: {}\r\n\r\n", response.body.len()).as_bytes());
    bytes.extend_from_slice(&response.body);
    bytes
}

/// The head of a request, as far as it can be made out.
struct Head {
    method: String,
    target: String,
    headers: Vec<(String, Vec<u8>)>,
}

impl Head {
    fn of(bytes: &[u8]) -> Self {
        let bytes = bytes.trim_ascii_start();
        let mut lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
        let first = lines.next().unwrap_or_default();
        let mut words = first.splitn(2, |byte| *byte == b' ');
        let method = words.next().unwrap_or_default();
        let target = words.next().unwrap_or_default();
        let target = target.strip_suffix(b" HTTP/1.1").or_else(|| target.strip_suffix(b" HTTP/1.0")).unwrap_or(target);
        let text = |bytes: &[u8], most: usize| String::from_utf8_lossy(&bytes[..bytes.len().min(most)]).into_owned();
        let headers = lines.take_while(|line| !line.is_empty()).filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let name = std::str::from_utf8(&line[..colon]).ok()?.trim().to_ascii_lowercase();
            Some((name, line[colon + 1..].trim_ascii().to_vec()))
        });
        Self { method: text(method, 32), target: text(target, TARGET_BYTES), headers: headers.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_of_a_head_is_made_out() {
        let head = Head::of(b"GET /w/a/v1/<x> y HTTP/1.1\r\nHost: h\r\nbroken\r\nStandin-World:  a \r\n\r\nbody: no");
        assert_eq!((head.method.as_str(), head.target.as_str()), ("GET", "/w/a/v1/<x> y"));
        assert_eq!(head.headers, [("host".into(), b"h".to_vec()), ("standin-world".into(), b"a".to_vec())]);
        let nothing = Head::of(b"\xff\xfe");
        assert_eq!((nothing.target.as_str(), nothing.headers.len()), ("", 0));
    }
}
