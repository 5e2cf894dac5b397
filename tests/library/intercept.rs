//! Clients with hard-coded HTTPS hosts, as the proxy serves them; and what the proxy does not do.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::json;
use standin::{OtherHosts, Rule, Standin, TlsFault, WorldHandle};

use crate::support;

type Secure = StreamOwned<ClientConnection, TcpStream>;

/// A stream to a server, which fails a test rather than to hang it.
fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream
}

/// The first line of the answer to a request, and the stream behind its head.
fn head(stream: &mut impl Read) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte).unwrap_or(0) == 0 {
            break;
        }
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap().lines().next().unwrap_or_default().to_owned()
}

/// Asks a proxy for a host: the status line, and the stream.
fn tunnel(address: SocketAddr, host: &str, user: Option<&str>) -> (String, TcpStream) {
    let mut stream = connect(address);
    let user = user.map(|user| format!("Proxy-Authorization: Basic {user}\r\n")).unwrap_or_default();
    write!(stream, "CONNECT {host} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: curl/8.0\r\n{user}\r\n").unwrap();
    (head(&mut stream), stream)
}

fn trusting(pem: &str) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    builder.with_root_certificates(roots).with_no_client_auth()
}

/// Speaks TLS on a stream: the error of the handshake, or the stream inside.
fn secure(stream: TcpStream, host: &str, pem: &str) -> Result<Secure, String> {
    let name = ServerName::try_from(host.to_owned()).unwrap();
    let mut client = ClientConnection::new(Arc::new(trusting(pem)), name).unwrap();
    let mut stream = stream;
    while client.is_handshaking() {
        client.complete_io(&mut stream).map_err(|error| error.to_string())?;
    }
    Ok(StreamOwned::new(client, stream))
}

/// Returns the answer to a request over a stream: the status, and all that follows the head.
fn ask(
    stream: &mut (impl Read + Write),
    method: &str,
    target: &str,
    host: &str,
) -> Result<(u16, String), std::io::Error> {
    let head =
        format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer any\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut rest = String::new();
    // An end without farewell is one.
    let _ = reader.read_to_string(&mut rest);
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
    status.map(|status| (status, rest)).ok_or_else(|| std::io::ErrorKind::InvalidData.into())
}

/// The user of the proxy, as clients encode it from the URL of a world.
fn user_of(world: &WorldHandle) -> Option<String> {
    let url = world.proxy_url();
    let user = url.strip_prefix("http://").unwrap().split_once('@').map(|(user, _)| user.to_owned());
    user.map(|user| base64(user.as_bytes()))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let encode = |chunk: &[u8]| {
        let number = chunk.iter().fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        (0..4)
            .map(|n| if n <= chunk.len() { char::from(DIGITS[(number >> (18 - 6 * n)) as usize & 63]) } else { '=' })
            .collect::<String>()
    };
    bytes.chunks(3).map(encode).collect()
}

fn call(world: &WorldHandle, standin: &Standin, host: &str, target: &str) -> Result<(u16, String), String> {
    let (status, stream) = tunnel(standin.address(), &format!("{host}:443"), user_of(world).as_deref());
    assert!(status.starts_with("HTTP/1.1 200 "), "{status}");
    let mut stream = secure(stream, host, &world.ca_pem())?;
    ask(&mut stream, "GET", target, host).map_err(|error| error.to_string())
}

#[test]
fn a_client_of_the_real_hosts_reaches_the_world_that_is_its_proxys_user() {
    let standin = Standin::builder().intercept().start();
    let (one, other) = (standin.new_world(), standin.new_world());
    one.create("celigo.integrations", json!({ "name": "only in one" })).unwrap();
    let names = |world: &WorldHandle| call(world, &standin, "api.integrator.io", "/v1/integrations").unwrap();
    assert!(names(&one).1.contains("only in one"));
    assert!(!names(&other).1.contains("only in one") && !names(&standin.world()).1.contains("only in one"));
    let (status, page) = call(&one, &standin, "api.integrator.io", "/v1/integrations?limit=1").unwrap();
    assert_eq!(status, 200);
    assert!(page.contains("link: <https://api.integrator.io/v1/integrations?limit=1&skip=1>"), "{page}");
    let (_, page) = call(&other, &standin, "ed.link", "/api/v1/integrations?$first=1").unwrap();
    assert!(page.contains("\"$next\":\"https://ed.link/api/v1/integrations?"), "{page}");
    assert_eq!((one.journal().len(), other.journal().len(), standin.world().journal().len()), (2, 2, 1));
    assert_eq!(one.journal()[1].target, "https://api.integrator.io/v1/integrations?limit=1");
}

#[test]
fn hosts_below_a_domain_and_those_named_have_certificates_of_their_own() {
    let standin = Standin::builder().intercept_host("fake.example.org").intercept_host(".corp.example").start();
    let world = standin.world();
    for host in ["api.eu.integrator.io", "fake.example.org", "a.b.corp.example"] {
        assert_eq!(call(&world, &standin, host, "/v1/integrations").unwrap().0, 200, "{host}");
    }
    for wrong in ["", "127.0.0.1", "a..b", "http://x", "a/b", "."] {
        let told = Standin::builder().intercept_host(wrong).try_start().err().unwrap().to_string();
        assert!(told.contains("is no host name such as"), "{wrong:?}: {told}");
    }
}

#[test]
fn a_user_of_the_proxy_that_is_no_world_is_told_so() {
    let standin = Standin::builder().intercept().start();
    let (_, stream) = tunnel(standin.address(), "ed.link:443", Some(&base64(b"w9:x")));
    let mut stream = secure(stream, "ed.link", &standin.world().ca_pem()).unwrap();
    let (status, told) = ask(&mut stream, "GET", "/api/v1/integrations", "ed.link").unwrap();
    assert!(status >= 400 && told.contains("w9"), "{status} {told}");
}

#[test]
fn plain_http_inside_a_tunnel_and_absolute_form_are_served_too() {
    let standin = Standin::builder().intercept().start();
    let (_, mut stream) = tunnel(standin.address(), "api.integrator.io:80", None);
    assert_eq!(ask(&mut stream, "GET", "/v1/integrations", "api.integrator.io").unwrap().0, 200);
    let world = standin.new_world();
    let user = format!("Basic {}", user_of(&world).unwrap());
    let headers = [("authorization", "Bearer any"), ("proxy-authorization", user.as_str())];
    let target = "https://api.integrator.io/v1/integrations";
    assert_eq!(support::ask(standin.address(), "GET", target, &headers, "").status, 200);
    assert_eq!(world.journal().len(), 1);
}

#[test]
fn faults_that_break_a_connection_do_so_inside_tls() {
    let standin = Standin::builder().intercept().start();
    let world = standin.new_world();
    world.fault(Rule::on("celigo.integrations.list").nth(1).reset());
    world.fault(Rule::on("celigo.integrations.list").nth(2).close());
    for _ in 0..2 {
        assert!(call(&world, &standin, "api.integrator.io", "/v1/integrations").is_err());
    }
    assert_eq!(call(&world, &standin, "api.integrator.io", "/v1/integrations").unwrap().0, 200);
}

#[test]
fn the_port_itself_speaks_tls_beside_plain_http_where_it_is_asked_to() {
    let standin = Standin::builder().tls().start();
    let pem = standin.world().ca_pem();
    for name in ["localhost", "127.0.0.1", "api.integrator.io"] {
        let mut stream = secure(connect(standin.address()), name, &pem).unwrap();
        assert_eq!(ask(&mut stream, "GET", "/v1/integrations", name).unwrap().0, 200, "{name}");
    }
    assert_eq!(
        support::ask(standin.address(), "GET", "/v1/integrations", &[("authorization", "Bearer t")], "").status,
        200
    );
    let plain = Standin::builder().intercept().start();
    assert!(secure(connect(plain.address()), "localhost", &plain.world().ca_pem()).is_err());
}

#[test]
fn a_certificate_of_ones_own_is_shown() {
    let own = rcgen::generate_simple_self_signed(["fake.example.org".to_owned()]).unwrap();
    let (chain, key) = (own.cert.pem(), own.signing_key.serialize_pem());
    let standin = Standin::builder().tls_cert(chain.as_bytes()).tls_key(key.as_bytes()).start();
    let mut stream = secure(connect(standin.address()), "fake.example.org", &chain).unwrap();
    assert_eq!(ask(&mut stream, "GET", "/v1/integrations", "fake.example.org").unwrap().0, 200);
    let told = Standin::builder().tls_cert(b"").tls_key(key.as_bytes()).try_start().err().unwrap().to_string();
    assert!(told.contains("no -----BEGIN CERTIFICATE-----"), "{told}");
    let other = rcgen::KeyPair::generate().unwrap().serialize_pem();
    assert!(Standin::builder().tls_cert(chain.as_bytes()).tls_key(other.as_bytes()).try_start().is_err());
}

#[test]
fn a_handshake_has_what_is_to_be_wrong_with_it_and_nothing_else() {
    for (fault, told) in [
        (TlsFault::Expired, "expired"),
        (TlsFault::WrongHost, "not valid for name"),
        (TlsFault::Untrusted, "UnknownIssuer"),
        (TlsFault::HandshakeReset, "reset"),
    ] {
        let standin = Standin::builder().intercept().tls_fault(fault).start();
        let error = call(&standin.world(), &standin, "api.integrator.io", "/v1/integrations").unwrap_err();
        assert!(error.to_lowercase().contains(&told.to_lowercase()), "{fault}: {error}");
    }
    let told = Standin::builder().tls_fault(TlsFault::Expired).try_start().err().unwrap().to_string();
    assert!(told.contains("changes nothing without TLS"), "{told}");
    let told = "expird".parse::<TlsFault>().unwrap_err().to_string();
    assert_eq!(told, "there is no TLS fault \"expird\"; did you mean expired?");
}

#[test]
fn a_rule_spoils_the_next_handshake_of_its_world_and_of_no_other() {
    let standin = Standin::builder().intercept().start();
    let (world, other) = (standin.new_world(), standin.new_world());
    world.fault(Rule::on("celigo.integrations.list").nth(1).tls(TlsFault::Expired));
    let list = |world: &WorldHandle| call(world, &standin, "api.integrator.io", "/v1/integrations");
    assert!(list(&world).is_err(), "the call that the rule met has no answer");
    assert_eq!(list(&other).unwrap().0, 200);
    let error = list(&world).unwrap_err();
    assert!(error.contains("expired"), "{error}");
    assert_eq!(list(&world).unwrap().0, 200, "one handshake, and no more");
    assert_eq!(world.journal().len(), 2);
}

#[test]
fn a_handshake_that_a_client_refuses_is_in_the_journal_of_its_world() {
    let standin = Standin::builder().intercept().start();
    let world = standin.new_world();
    let (_, stream) = tunnel(standin.address(), "api.integrator.io:443", user_of(&world).as_deref());
    let other = rcgen::generate_simple_self_signed(["other".to_owned()]).unwrap().cert.pem();
    assert!(secure(stream, "api.integrator.io", &other).is_err());
    let started = std::time::Instant::now();
    let mut journal = world.journal();
    while journal.is_empty() && started.elapsed() < Duration::from_secs(30) {
        std::thread::yield_now();
        journal = world.journal();
    }
    assert_eq!((journal[0].method.as_str(), journal[0].target.as_str()), ("CONNECT", "api.integrator.io:443"));
    assert_eq!(journal[0].status, None);
}

/// A service of somebody else's on this machine: it counts who connects.
fn service() -> (SocketAddr, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    (listener.local_addr().unwrap(), listener)
}

#[test]
fn no_tunnel_leads_to_this_machine_whatever_it_is_called() {
    let (service, listener) = service();
    for builder in [
        Standin::builder().intercept(),
        Standin::builder().intercept().intercept_others(OtherHosts::Tunnel).allow_private(),
    ] {
        let standin = builder.start();
        for port in [service.port(), standin.address().port()] {
            for host in [
                "127.0.0.1",
                "localhost",
                "localhost.",
                "[::1]",
                "0.0.0.0",
                "127.1",
                "2130706433",
                "0x7f.1",
                "[::ffff:127.0.0.1]",
                "[::]",
                "169.254.169.254",
                "ip6-localhost",
            ] {
                let (status, _) = tunnel(standin.address(), &format!("{host}:{port}"), None);
                assert!(status.starts_with("HTTP/1.1 502 "), "{host}: {status}");
                let target = format!("http://{host}:{port}/_standin/worlds");
                let absolute = support::ask(standin.address(), "GET", &target, &[], "");
                let own = ["127.0.0.1", "localhost", "[::1]"].contains(&host) && port == standin.address().port();
                assert!(own || absolute.status == 502 || absolute.status == 403, "{target}: {}", absolute.text());
            }
        }
    }
    assert!(listener.accept().is_err(), "somebody connected");
}

#[test]
fn the_control_api_is_not_reached_through_the_proxy_under_another_name() {
    let standin = Standin::builder().intercept().tls().start();
    let own = standin.address().to_string();
    for host in ["api.integrator.io", own.as_str(), "localhost"] {
        for target in ["/_standin/worlds", "/w/default/_standin/worlds"] {
            let (_, stream) = tunnel(standin.address(), "api.integrator.io:443", None);
            let mut stream = secure(stream, "api.integrator.io", &standin.world().ca_pem()).unwrap();
            let (status, told) = ask(&mut stream, "GET", target, host).unwrap();
            assert!(status == 501 && !told.contains("\"worlds\""), "{host} {target}: {status} {told}");
            let (_, mut stream) = tunnel(standin.address(), "ed.link:80", None);
            assert_eq!(ask(&mut stream, "GET", target, host).unwrap().0, 501, "{host} {target}");
        }
    }
    // Absolute form names another host, or a page sends it.
    for (target, origin) in
        [("http://api.integrator.io/_standin/worlds", ""), ("/_standin/worlds", "https://evil.example")]
    {
        let headers: &[(&str, &str)] = if origin.is_empty() { &[] } else { &[("origin", origin)] };
        assert_eq!(support::ask(standin.address(), "GET", target, headers, "").status, 403, "{target}");
    }
    // Nor by TLS to the port, for a page whose name leads there.
    let mut stream = secure(connect(standin.address()), "localhost", &standin.world().ca_pem()).unwrap();
    assert_eq!(ask(&mut stream, "GET", "/_standin/worlds", "evil.example").unwrap().0, 403);
}

#[test]
fn other_hosts_are_refused_in_one_sentence_and_remembered() {
    let standin = Standin::builder().intercept().start();
    let (status, _) = tunnel(standin.address(), "example.com:443", None);
    assert_eq!(
        status,
        "HTTP/1.1 502 standin lets no other host through than those of its APIs, and example.com is none"
    );
    let absolute = support::ask(standin.address(), "GET", "http://example.org/x", &[], "");
    assert_eq!(absolute.status, 502, "{}", absolute.text());
    assert_eq!(standin.other_hosts(), [("example.com".to_owned(), 1), ("example.org".to_owned(), 1)]);
    let private = Standin::builder().intercept().intercept_others(OtherHosts::Tunnel).start();
    let (status, _) = tunnel(private.address(), "10.0.0.1:443", None);
    assert_eq!(status, "HTTP/1.1 502 10.0.0.1 is in a private network");
}

#[test]
fn no_key_is_written_and_the_files_go_with_the_server() {
    let standin = Standin::builder().intercept().tls().start();
    let bundle = standin.world().ca_bundle();
    let folder = bundle.parent().unwrap().to_owned();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    }
    call(&standin.world(), &standin, "ed.link", "/api/v1/integrations").unwrap();
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let entry = entry.unwrap();
        let bytes = std::fs::read(entry.path()).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("PRIVATE KEY"), "{:?}", entry.path());
        names.push(entry.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(names, ["bundle.pem", "ca.p12", "ca.pem", "node-hook.cjs", "standin.ini"]);
    assert!(std::fs::read_to_string(&bundle).unwrap().contains(&standin.world().ca_pem()));
    drop(standin);
    assert!(!folder.exists());
}

#[test]
fn a_request_for_a_tunnel_and_a_handshake_in_it_are_not_waited_for_without_end() {
    let standin = Standin::builder().intercept().header_timeout(Duration::from_millis(200)).start();
    let at = standin.address();
    let connect_to = "CONNECT api.integrator.io:443 HTTP/1.1\r\n";
    let hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
    for (what, sent, dribbles) in [
        ("a head that stops", [connect_to.as_bytes(), b"x: "].concat(), false),
        ("a head that dribbles", [connect_to.as_bytes(), b"x: "].concat(), true),
        ("no handshake", [connect_to.as_bytes(), b"\r\n"].concat(), false),
        ("a handshake that stops", [connect_to.as_bytes(), b"\r\n", hello].concat(), false),
        ("a handshake that dribbles", [connect_to.as_bytes(), b"\r\n", hello].concat(), true),
    ] {
        let mut stream = connect(at);
        stream.write_all(&sent).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
        let is_closed = (0..1_000).any(|_| {
            let is_over = match stream.read(&mut [0; 1_024]) {
                Ok(read) => read == 0,
                Err(error) => !matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut),
            };
            is_over || (dribbles && stream.write_all(b"x").is_err())
        });
        assert!(is_closed, "{what}");
    }
}
