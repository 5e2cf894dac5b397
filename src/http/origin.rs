//! The origin that links begin with: the scheme and the host the client used, behind any front.

use crate::http::message::Request;
use crate::http::target::{Target, world_prefix};

/// The room for an origin: most origins have no more bytes.
const ORIGIN_BYTES: usize = 64;

/// Returns the origin that the client used, with the world prefix that it used, and without trailing slash.
///
/// The base URL decides, if it is set. Else a trusted front tells the origin by `Forwarded` or `X-Forwarded-…`; else
/// the target's absolute form does, else `Host`. Clients call a host of the real service over TLS, so its links are
/// `https`.
pub(crate) fn origin(target: &Target<'_>, request: &Request<'_>, base_url: Option<&str>, hosts: &[&str]) -> String {
    let mut origin = match base_url {
        Some(base) => base.trim_end_matches('/').to_owned(),
        None => of_client(target, request, hosts),
    };
    if let Some(world) = target.world {
        origin.push_str(&world_prefix(world));
    }
    origin
}

fn of_client(target: &Target<'_>, request: &Request<'_>, hosts: &[&str]) -> String {
    let front = if request.believes_front { Front::of(request) } else { Front::default() };
    let said = request.header("host").map(str::trim).filter(|host| !host.is_empty());
    let host = front.host.or(target.authority.filter(|host| !host.is_empty())).or(said).unwrap_or("localhost");
    let is_real = || is_host(hosts.iter().copied(), host.strip_suffix(":443").unwrap_or(host));
    let scheme = match (front.scheme, target.scheme) {
        (Some(scheme), _) => scheme,
        (None, _) if is_real() => "https",
        (None, scheme) => scheme.unwrap_or("http"),
    };
    let mut origin = String::with_capacity(ORIGIN_BYTES);
    [scheme, "://", host].iter().for_each(|part| origin.push_str(part));
    if let Some(port) = front.port
        && !has_port(host)
        && !matches!((scheme, port), ("http", "80") | ("https", "443"))
    {
        [":", port].iter().for_each(|part| origin.push_str(part));
    }
    origin.push_str(front.prefix);
    origin
}

/// Tells whether a host, without port, is one of these; `.example.org` in the list is every host below `example.org`.
pub(crate) fn is_host<'h>(hosts: impl IntoIterator<Item = &'h str>, host: &str) -> bool {
    hosts.into_iter().any(|known| match known.strip_prefix('.') {
        None => host.eq_ignore_ascii_case(known),
        Some(domain) => host
            .len()
            .checked_sub(domain.len() + 1)
            .filter(|dot| *dot > 0 && host.as_bytes()[*dot] == b'.')
            .is_some_and(|dot| host.as_bytes()[dot + 1..].eq_ignore_ascii_case(domain.as_bytes())),
    })
}

fn has_port(host: &str) -> bool {
    host.rsplit_once(':').is_some_and(|(_, port)| !port.contains(']'))
}

/// The client's view of the server, as the nearest front to the client reports it.
#[derive(Default)]
struct Front<'a> {
    scheme: Option<&'static str>,
    host: Option<&'a str>,
    port: Option<&'a str>,
    prefix: &'a str,
}

impl<'a> Front<'a> {
    /// Reads the headers of a request. A value that is no scheme, host, port or path is ignored.
    fn of(request: &Request<'a>) -> Self {
        let mut front = Self::default();
        for (name, value) in request.headers {
            // Every link is made with this, and nearly every header is none of these: the first test is cheap.
            let Some(kind) = name.strip_prefix("x-forwarded-").or((*name == "forwarded").then_some("")) else {
                continue;
            };
            let Ok(value) = std::str::from_utf8(value) else { continue };
            // Each front of a chain appends its value: the first value is of the front that the client reached.
            let first = value.split(',').next().unwrap_or_default().trim();
            match kind {
                "" => front.forwarded(first),
                "proto" if front.scheme.is_none() => front.scheme = scheme(first),
                "host" if front.host.is_none() => front.host = host(first),
                "port" if front.port.is_none() => front.port = port(first),
                "prefix" if front.prefix.is_empty() => front.prefix = prefix(first),
                _ => {}
            }
        }
        front
    }

    /// Reads an element of RFC 7239: `for=…;host="…";proto=https`. It counts more than the older headers.
    fn forwarded(&mut self, element: &'a str) {
        for pair in element.split(';') {
            let Some((name, value)) = pair.split_once('=') else { continue };
            let value = value.trim();
            let value = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value);
            match name.trim() {
                name if name.eq_ignore_ascii_case("host") => self.host = host(value).or(self.host),
                name if name.eq_ignore_ascii_case("proto") => self.scheme = scheme(value).or(self.scheme),
                _ => {}
            }
        }
    }
}

fn scheme(text: &str) -> Option<&'static str> {
    ["https", "http"].into_iter().find(|known| text.eq_ignore_ascii_case(known))
}

fn host(text: &str) -> Option<&str> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'[' | b']');
    (!text.is_empty() && text.bytes().all(fits)).then_some(text)
}

fn port(text: &str) -> Option<&str> {
    text.parse().is_ok_and(|port: u16| port > 0).then_some(text)
}

fn prefix(text: &str) -> &str {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'%' | b'/');
    let text = text.trim_end_matches('/');
    if text.starts_with('/') && !text.starts_with("//") && text.bytes().all(fits) { text } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTS: &[&str] = &["api.example.com", ".example.com"];

    fn seen(target: &str, headers: &[(&str, &[u8])], believes_front: bool) -> String {
        let request = Request { method: "GET", target, headers, body: b"", arrived_ms: 0, believes_front };
        origin(&Target::parse(target), &request, None, HOSTS)
    }

    #[test]
    fn an_origin_is_never_without_a_host() {
        assert_eq!(seen("/v1", &[("host", b""), ("x-forwarded-host", b"proxy")], true), "http://proxy");
        assert_eq!(seen("/v1", &[("host", b" "), ("x-forwarded-host", b"")], true), "http://localhost");
        assert_eq!(seen("http:///v1", &[("host", b"h")], true), "http://h");
    }

    #[test]
    fn the_front_nearest_to_the_client_says_where_it_is() {
        for (headers, origin) in [
            (&[("x-forwarded-proto", &b"https"[..])][..], "https://h:1"),
            (&[("x-forwarded-proto", b"https, http"), ("x-forwarded-host", b"a.b, c")], "https://a.b"),
            (
                &[("x-forwarded-host", b"a"), ("x-forwarded-port", b"8443"), ("x-forwarded-proto", b"https")],
                "https://a:8443",
            ),
            (&[("x-forwarded-host", b"a"), ("x-forwarded-port", b"443"), ("x-forwarded-proto", b"https")], "https://a"),
            (&[("x-forwarded-host", b"a:1"), ("x-forwarded-port", b"443")], "http://a:1"),
            (&[("x-forwarded-host", b"[::1]"), ("x-forwarded-port", b"81")], "http://[::1]:81"),
            (&[("x-forwarded-prefix", b"/fake/")], "http://h:1/fake"),
            (
                &[("forwarded", b"for=9.9.9.9; Host=\"a:8443\" ;proto=https, host=c"), ("x-forwarded-host", b"b")],
                "https://a:8443",
            ),
            (&[("x-forwarded-host", b"b"), ("forwarded", b"for=9.9.9.9;proto=HTTPS")], "https://b"),
            (
                &[("x-forwarded-host", b"a b"), ("x-forwarded-proto", b"gopher"), ("x-forwarded-prefix", b"//evil")],
                "http://h:1",
            ),
        ] {
            let headers: Vec<(&str, &[u8])> = [&[("host", &b"h:1"[..])], headers].concat();
            assert_eq!(seen("/v1", &headers, true), origin, "{headers:?}");
            assert_eq!(seen("/v1", &headers, false), "http://h:1", "a front that is not trusted says nothing");
        }
    }

    #[test]
    fn a_host_of_the_real_service_is_spoken_to_over_tls() {
        for (host, origin) in [
            ("api.example.com", "https://api.example.com"),
            ("API.eu.example.com:443", "https://API.eu.example.com:443"),
            ("api.example.com:8080", "http://api.example.com:8080"),
            ("example.com", "http://example.com"),
            ("badexample.com", "http://badexample.com"),
        ] {
            assert_eq!(seen("/v1", &[("host", host.as_bytes())], false), origin);
            assert_eq!(seen(&format!("http://{host}/v1"), &[("host", b"other")], false), origin);
        }
        assert_eq!(
            seen("/v1", &[("host", b"api.example.com"), ("x-forwarded-proto", b"http")], true),
            "http://api.example.com"
        );
    }
}
