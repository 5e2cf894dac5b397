//! Targets that need a socket: bytes of HTTP/1.1, frames of HTTP/2, tunnels with what comes through them, and the control API.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use standin::{Builder, Standin};

fn builder() -> Builder {
    Standin::builder().journal_entries(100).journal_bytes(1 << 20).body_limit(1 << 20)
}

fn server() -> Standin {
    builder().start()
}

/// Sends bytes and returns what is answered. A server may go when it hears that no more come, so a whole request does not
/// say so.
fn exchange(standin: &Standin, bytes: &[u8], is_whole: bool) -> Vec<u8> {
    let mut stream = TcpStream::connect(standin.address()).expect("the server listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout can be set");
    // The server may have answered and gone before all is sent.
    let _ = stream.write_all(bytes);
    if !is_whole {
        let _ = stream.shutdown(Shutdown::Write);
    }
    let mut answer = Vec::new();
    if let Err(error) = stream.read_to_end(&mut answer) {
        let is_late = matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut);
        assert!(!is_late, "the connection neither answers nor ends");
    }
    answer
}

fn check_alive(standin: &Standin) {
    let answer =
        exchange(standin, b"GET /_standin/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n", true);
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
}

/// Bytes of HTTP/1.1.
pub fn http1() -> Box<dyn FnMut(&[u8])> {
    bytes_to(server())
}

/// Bytes to a proxy: requests for tunnels, TLS and requests within them, and requests with the whole URL.
pub fn tunnel() -> Box<dyn FnMut(&[u8])> {
    bytes_to(builder().intercept().start())
}

fn bytes_to(standin: Standin) -> Box<dyn FnMut(&[u8])> {
    let mut n = 0;
    Box::new(move |input| {
        let answer = exchange(&standin, input, false);
        assert!(!answer.starts_with(b"HTTP/1.1 500"), "{}", String::from_utf8_lossy(&answer));
        n += 1;
        if n % 64 == 0 {
            check_alive(&standin);
        }
    })
}

/// Frames of HTTP/2, behind the preface.
pub fn http2() -> Box<dyn FnMut(&[u8])> {
    let (standin, mut n) = (server(), 0);
    Box::new(move |input| {
        exchange(&standin, &[b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", input].concat(), false);
        n += 1;
        if n % 64 == 0 {
            check_alive(&standin);
        }
    })
}

/// Requests to the control API: the first line of an input is method and path, what follows is the body.
pub fn control() -> Box<dyn FnMut(&[u8])> {
    let (standin, mut n) = (server(), 0);
    Box::new(move |input| {
        let (head, body) = input.split_at(input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len()));
        let clean = |byte: &&u8| byte.is_ascii_graphic() || **byte == b' ';
        let head: Vec<u8> = head.iter().filter(clean).copied().collect();
        let head = String::from_utf8_lossy(&head).into_owned();
        let (method, path) = head.split_once(' ').unwrap_or(("GET", &head));
        // These would end, stop or hold up what the target needs.
        if path.contains("/pause") || path.contains("/refuse") || path.contains("/wait") || path.contains("/events") {
            return;
        }
        let (method, path) = (method.replace(' ', ""), path.replace(' ', "+"));
        let body = body.get(1..).unwrap_or_default();
        let request = format!(
            "{} /_standin{} HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            if method.is_empty() { "GET" } else { &method },
            path,
            standin.address(),
            body.len()
        );
        let answer = exchange(&standin, &[request.as_bytes(), body].concat(), true);
        let text = String::from_utf8_lossy(&answer);
        assert!(!text.starts_with("HTTP/1.1 500"), "{method} {path}: {text}");
        n += 1;
        if n % 64 == 0 {
            check_alive(&standin);
        }
    })
}
