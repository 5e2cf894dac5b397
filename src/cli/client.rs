//! One GET to a running server. Only plain HTTP: that is all a server of this program speaks.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use crate::cli::exit::Failed;

/// Where a server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// As given.
    pub url: String,
    authority: String,
    address: String,
    path: String,
}

/// What it answered.
pub struct Answered {
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Server {
    /// The server of a URL such as `http://127.0.0.1:4780`.
    pub fn of(url: &str) -> Result<Self, Failed> {
        let wrong = || Failed::usage(format!("{url:?} is no URL of a server; write it like http://127.0.0.1:4780"));
        let rest = url.strip_prefix("http://").ok_or_else(wrong)?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = (&rest[..end], rest[end..].trim_end_matches('/'));
        if authority.is_empty() || path.contains(['?', '#', ' ']) || authority.contains(['@', ' ']) {
            return Err(wrong());
        }
        let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let address = if has_port { authority.to_owned() } else { format!("{authority}:80") };
        Ok(Self { url: url.to_owned(), authority: authority.to_owned(), address, path: path.to_owned() })
    }

    /// Asks for a path of its control API.
    pub fn get(&self, path: &str, token: Option<&str>, within: Duration) -> io::Result<Answered> {
        let mut failed = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        for address in self.address.to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, within) {
                Ok(stream) => return self.exchange(stream, path, token, within),
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }

    fn exchange(
        &self,
        mut stream: TcpStream,
        path: &str,
        token: Option<&str>,
        within: Duration,
    ) -> io::Result<Answered> {
        stream.set_read_timeout(Some(within))?;
        stream.set_write_timeout(Some(within))?;
        let token = token.map(|token| format!("standin-control-token: {token}\r\n")).unwrap_or_default();
        let (before, host) = (&self.path, &self.authority);
        let head = format!("GET {before}/_standin{path} HTTP/1.1\r\nhost: {host}\r\n{token}connection: close\r\n\r\n");
        stream.write_all(head.as_bytes())?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        parse(&bytes).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the answer is not HTTP"))
    }
}

/// What is said when a server answers 401.
pub fn wants_token(url: &str) -> Failed {
    Failed::usage(format!("{url} wants its control token: give the right one with --control-token"))
}

fn parse(bytes: &[u8]) -> Option<Answered> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let status = head.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
    Some(Answered { status, body: bytes[end + 4..].to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart_or_refused() {
        let server = Server::of("http://[::1]:8080/behind/").unwrap();
        assert_eq!((server.address.as_str(), server.path.as_str()), ("[::1]:8080", "/behind"));
        assert_eq!(Server::of("http://localhost").unwrap().address, "localhost:80");
        for wrong in ["127.0.0.1:4780", "https://127.0.0.1", "http://", "http://h?x", "http://a b"] {
            assert!(Server::of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_answer_is_taken_apart() {
        let answered = parse(b"HTTP/1.1 200 OK\r\na: b\r\n\r\n{}").unwrap();
        assert_eq!((answered.status, answered.body.as_slice()), (200, b"{}".as_slice()));
        assert!(parse(b"SSH-2.0-x\r\n\r\n").is_none());
    }
}
