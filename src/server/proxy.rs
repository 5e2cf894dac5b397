//! The proxy's end of `CONNECT`: the requests of clients, the hosts that tunnels may lead to, and the other hosts that
//! clients asked for.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, lookup_host};

use crate::http::origin::is_host;
use crate::server::stream::Rewound;
use crate::world::limits::{CONNECT_HEAD_BYTES, CONNECT_HEADERS, OTHER_HOSTS};

/// The time within which another host must accept a connection.
const PATIENCE: Duration = Duration::from_secs(20);

/// The longest name of a host, in bytes: longer ones are no names, and are not remembered.
const LONGEST_HOST: usize = 253;

/// The treatment of requests for other hosts than those of the APIs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Others {
    /// The proxy refuses them.
    #[default]
    Refused,
    /// The proxy tunnels them to public addresses.
    Tunnelled,
    /// The proxy tunnels them to public and private addresses.
    TunnelledToPrivate,
}

/// The proxy: its settings, and the other hosts that clients asked for.
pub(crate) struct Proxy {
    /// The hosts of the APIs: tunnels to them end here.
    hosts: Vec<String>,
    /// The treatment of requests for other hosts.
    pub others: Others,
    asked: Mutex<BTreeMap<String, u64>>,
}

/// A client's request for a tunnel.
pub(super) struct Connect {
    /// Host and port, as the client wrote them.
    pub target: String,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, Vec<u8>)>,
}

impl Connect {
    /// Reads the head of a `CONNECT` request, and leaves what follows it. Fails with `None` when the connection ended before.
    pub(super) async fn read(io: &mut Rewound) -> Result<Self, Option<NoTunnel>> {
        let mut head = Vec::with_capacity(1_024);
        // One byte at a time, so that no byte behind the head is taken: most bytes are in memory already.
        while !head.ends_with(b"\r\n\r\n") {
            if head.len() >= CONNECT_HEAD_BYTES {
                return Err(Some(NoTunnel::too_large(&format!("is larger than {CONNECT_HEAD_BYTES} bytes"))));
            }
            head.push(io.read_u8().await.map_err(|_| None)?);
        }
        Self::parse(&head).map_err(|error| {
            Some(match error {
                httparse::Error::TooManyHeaders => {
                    NoTunnel::too_large(&format!("has more than {CONNECT_HEADERS} headers"))
                }
                error => NoTunnel {
                    status: 400,
                    code: "no_connect",
                    message: format!("This is no request for a tunnel: {error}"),
                    hint: "Send CONNECT host:port HTTP/1.1, its headers, and an empty line.",
                },
            })
        })
    }

    fn parse(head: &[u8]) -> Result<Self, httparse::Error> {
        let mut headers = [httparse::EMPTY_HEADER; CONNECT_HEADERS];
        let mut request = httparse::Request::new(&mut headers);
        if request.parse(head)?.is_partial() {
            return Err(httparse::Error::NewLine);
        }
        let header = |header: &httparse::Header<'_>| (header.name.to_ascii_lowercase(), header.value.to_vec());
        let target = request.path.ok_or(httparse::Error::Token)?.to_owned();
        Ok(Self { target, headers: request.headers.iter().map(header).collect() })
    }

    /// Returns the host, without port and without the brackets of an IPv6 address, in lower case and without final dot.
    pub(super) fn host(&self) -> String {
        let host = self.split().0;
        let host = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
        host.trim_end_matches('.').to_ascii_lowercase()
    }

    /// Returns the port; that of HTTPS where there is none.
    pub(super) fn port(&self) -> Option<u16> {
        self.split().1.map_or(Some(443), |port| port.parse().ok())
    }

    fn split(&self) -> (&str, Option<&str>) {
        match self.target.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            _ => (&self.target, None),
        }
    }

    /// Returns the first header of that name.
    pub(super) fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_slice())
    }
}

/// The reason why a tunnel does not lead where a client wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NoTunnel {
    /// The status of the answer.
    pub status: u16,
    /// The code of the error.
    pub code: &'static str,
    /// The reason in one sentence.
    pub message: String,
    /// Advice on what to do.
    pub hint: &'static str,
}

impl NoTunnel {
    /// Makes the reason that concerns another host.
    pub(crate) fn to_other_host(message: String, hint: &'static str) -> Self {
        Self { status: 502, code: "other_host", message, hint }
    }

    fn too_large(how: &str) -> Self {
        let hint = "A request for a tunnel needs a host, a port and credentials; leave out the rest.";
        Self { status: 431, code: "head_too_large", message: format!("The head of CONNECT {how}"), hint }
    }

    /// Answers the client. The status line has the message too, because many clients show only that.
    pub(crate) async fn tell(&self, io: &mut Rewound) -> io::Result<()> {
        let body = self.body();
        let reason: String = self.message.chars().filter(|it| it.is_ascii_graphic() || *it == ' ').collect();
        let head = format!(
            "HTTP/1.1 {} {reason}\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: {}\r\nconnection: \
             close\r\n\r\n",
            self.status,
            body.len()
        );
        io.write_all((head + &body).as_bytes()).await?;
        io.shutdown().await
    }

    /// Returns the body of the answer.
    pub(crate) fn body(&self) -> String {
        json!({ "error": { "code": self.code, "message": self.message, "hint": self.hint } }).to_string()
    }
}

impl Proxy {
    /// Makes a proxy.
    pub(crate) fn new(hosts: Vec<String>, others: Others) -> Self {
        Self { hosts, others, asked: Mutex::default() }
    }

    /// Returns the hosts of the APIs.
    pub(crate) fn hosts(&self) -> &[String] {
        &self.hosts
    }

    /// Tells whether a host is one of the APIs'.
    pub(crate) fn covers(&self, host: &str) -> bool {
        is_host(self.hosts.iter().map(String::as_str), host)
    }

    /// Returns the other hosts that clients asked for, and the number of times.
    pub(crate) fn asked(&self) -> Vec<(String, u64)> {
        self.asked.lock().iter().map(|(host, times)| (host.clone(), *times)).collect()
    }

    /// Remembers that a client asked for another host.
    fn remember(&self, host: &str) {
        let mut asked = self.asked.lock();
        if let Some(times) = asked.get_mut(host) {
            *times += 1;
        } else if asked.len() < OTHER_HOSTS && host.len() <= LONGEST_HOST {
            asked.insert(host.to_owned(), 1);
        }
    }

    /// Connects with another host, if that is allowed.
    pub(crate) async fn dial(&self, host: &str, port: Option<u16>) -> Result<TcpStream, NoTunnel> {
        self.remember(host);
        let refused = |message: String, hint| Err(NoTunnel::to_other_host(message, hint));
        if self.others == Others::Refused {
            let hint = "The test talks to it too: have it do without, or let such hosts through with the setting intercept-others; \
                        intercept-host makes it a host of the APIs.";
            return refused(
                format!("standin lets no other host through than those of its APIs, and {host} is none"),
                hint,
            );
        }
        let Some(port) = port.filter(|port| *port > 0) else {
            return refused(format!("{host} is asked for without a port that can be"), "Write host:port.");
        };
        let found = tokio::time::timeout(PATIENCE, lookup_host((host, port))).await;
        let Ok(Ok(addresses)) = found else {
            return refused(format!("{host} has no address that can be found"), "See whether its name is right.");
        };
        let addresses: Vec<SocketAddr> = addresses.collect();
        let (mut is_private, mut last) = (false, None);
        for address in &addresses {
            match reach(address.ip()) {
                Reach::Never => {}
                Reach::Private if self.others != Others::TunnelledToPrivate => is_private = true,
                _ => match tokio::time::timeout(PATIENCE, TcpStream::connect(address)).await {
                    // Both ends are on this machine, though the address does not look like it.
                    Ok(Ok(stream)) if is_same_machine(&stream) => {}
                    Ok(Ok(stream)) => return Ok(stream),
                    Ok(Err(error)) => last = Some(error.to_string()),
                    Err(_) => last = Some("it does not answer".to_owned()),
                },
            }
        }
        match last {
            Some(error) => refused(format!("{host} cannot be reached: {error}"), "Try it without the proxy."),
            None if is_private => {
                refused(format!("{host} is in a private network"), "The setting allow-private lets such hosts through.")
            }
            None => refused(format!("{host} is this machine, and no tunnel leads there"), "Call it without the proxy."),
        }
    }
}

fn is_same_machine(stream: &TcpStream) -> bool {
    let (Ok(here), Ok(there)) = (stream.local_addr(), stream.peer_addr()) else { return true };
    here.ip().to_canonical() == there.ip().to_canonical()
}

/// The reach of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// On the internet.
    Public,
    /// In a private network.
    Private,
    /// On this machine, on its link, or nowhere.
    Never,
}

fn reach(address: IpAddr) -> Reach {
    match address.to_canonical() {
        IpAddr::V4(address) => reach_v4(address),
        IpAddr::V6(address) => {
            let parts = address.segments();
            let embedded = |high: u16, low: u16| reach_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
            match parts {
                // Addresses that embed one of IPv4: translated, tunnelled, compatible.
                [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => embedded(high, low),
                [0, 0, 0, 0, 0, 0, ..] | [0xfe80..=0xfebf | 0xff00..=0xffff, ..] => Reach::Never,
                [0xfc00..=0xfdff | 0xfec0..=0xfeff, ..] => Reach::Private,
                _ => Reach::Public,
            }
        }
    }
}

fn reach_v4(address: Ipv4Addr) -> Reach {
    match address.octets() {
        [0 | 127 | 224..=255, ..] | [169, 254, ..] => Reach::Never,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] | [192, 0, 0, _] | [198, 18 | 19, ..] => {
            Reach::Private
        }
        _ => Reach::Public,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_tunnel_leads_to_this_machine_by_whatever_address() {
        for address in [
            "127.0.0.1",
            "127.8.8.8",
            "0.0.0.0",
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "::7f00:1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::1",
            "169.254.169.254",
            "fe80::1",
            "::ffff:169.254.169.254",
            "224.0.0.1",
            "255.255.255.255",
            "ff02::1",
        ] {
            assert_eq!(reach(address.parse().unwrap()), Reach::Never, "{address}");
        }
        for address in
            ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "fd00::1", "64:ff9b::a00:1"]
        {
            assert_eq!(reach(address.parse().unwrap()), Reach::Private, "{address}");
        }
        for address in ["8.8.8.8", "172.32.0.1", "192.167.1.1", "2606:4700::1111", "64:ff9b::808:808"] {
            assert_eq!(reach(address.parse().unwrap()), Reach::Public, "{address}");
        }
    }

    #[test]
    fn a_client_that_names_many_hosts_is_remembered_for_a_thousand() {
        let proxy = Proxy::new(Vec::new(), Others::Refused);
        proxy.remember(&"x".repeat(LONGEST_HOST + 1));
        (0..3_000).for_each(|n| proxy.remember(&format!("h{}.example", n % 1_500)));
        let asked = proxy.asked();
        assert_eq!((asked.len(), asked.iter().map(|(_, times)| times).sum::<u64>()), (OTHER_HOSTS, 2_000));
        assert!(asked.iter().all(|(host, _)| host.len() <= LONGEST_HOST));
    }

    #[test]
    fn the_host_of_a_connect_is_told_from_its_port() {
        for (target, host, port) in [
            ("api.integrator.io:443", "api.integrator.io", Some(443)),
            ("API.Example.COM.:8443", "api.example.com", Some(8443)),
            ("[::1]:4780", "::1", Some(4780)),
            ("[::1]", "::1", Some(443)),
            ("example.org", "example.org", Some(443)),
            ("example.org:99999", "example.org", None),
        ] {
            let head =
                format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nProxy-Authorization: Basic dzc6eA==\r\n\r\n");
            let connect = Connect::parse(head.as_bytes()).unwrap();
            assert_eq!((connect.host().as_str(), connect.port()), (host, port), "{target}");
            assert_eq!(connect.header("proxy-authorization"), Some(&b"Basic dzc6eA=="[..]));
        }
        assert!(Connect::parse(b"CONNECT\r\n\r\n").is_err());
    }
}
