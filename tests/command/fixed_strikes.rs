//! Limits that no setting changes, struck: the value passes, and one more does not.
#![cfg(unix)]

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::binary::{said, standin};
use crate::strikes::{Server, told};
use crate::support::{Connection, Response};

/// The limits that would take too many clients to strike from outside, and the tests that strike them inside.
pub(crate) const WITHIN: [(&str, &str, &str); 3] = [
    ("other-hosts", "src/server/proxy.rs", "a_client_that_names_many_hosts_is_remembered_for_a_thousand"),
    ("refused-handshakes", "src/server/front.rs", "a_hundred_refused_handshakes_are_remembered"),
    ("gone-worlds", "src/world/named_worlds.rs", "ten_thousand_gone_worlds_are_remembered"),
];

/// The token of the integration of the sample data.
const EDLINK: (&str, &str) = ("authorization", "Bearer HZ4MR8NyjdPiP9g8l6gKXT5Kjk9FlJa7");

/// The first line of a request for a tunnel.
const TUNNEL: &str = "CONNECT ed.link:443 HTTP/1.1\r\n";

/// Checks a file of a folder that is filled for it, and returns what the command says.
fn checked(limit: &str, file: &str, fill: impl FnOnce(&Path)) -> String {
    let folder = std::env::temp_dir().join(format!("standin-{}-{limit}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fill(&folder);
    let (_, out, told) = said(standin(&["check"]).arg(folder.join(file)));
    fs::remove_dir_all(folder).unwrap();
    out + &told
}

/// Checks a scenario that extends so many others.
fn extending(times: usize) -> String {
    checked("extends", "s0.json", |folder| {
        for n in 0..=times {
            let more = if n < times { format!(r#", "extends": "./s{}.json""#, n + 1) } else { String::new() };
            let text = format!(r#"{{ "scenario": 1, "api": ["celigo"]{more} }}"#);
            fs::write(folder.join(format!("s{n}.json")), text).unwrap();
        }
    })
}

/// Asks the proxy for a tunnel with these headers, and returns what it answers.
fn tunnel(server: &Server, headers: &str) -> String {
    let mut client = TcpStream::connect(server.address).unwrap();
    client.write_all(format!("{TUNNEL}{headers}\r\n").as_bytes()).unwrap();
    let mut answer = [0; 200];
    let length = client.read(&mut answer).unwrap_or_default();
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

/// Sends a webhook to a receiver on this machine.
fn deliver(server: &Server, receiver: &TcpListener, tries: usize) -> Response {
    let to = format!("http://{}/", receiver.local_addr().unwrap());
    let order = json!({ "to": to, "type": "x", "secret": "s", "tries": tries });
    server.control("POST", "/deliver", &order)
}

fn receiver() -> TcpListener {
    let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
    receiver.set_nonblocking(true).unwrap();
    receiver
}

/// Returns the connections that come to the receivers, until there are so many.
fn came(receivers: &[TcpListener], most: usize) -> Vec<TcpStream> {
    let mut came = Vec::new();
    for _ in 0..3_000 {
        for receiver in receivers {
            match receiver.accept() {
                Ok((client, _)) => came.push(client),
                Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
            }
        }
        if came.len() >= most {
            return came;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("{} of {most} deliveries came", came.len())
}

/// Lists pages with a long filter until so many cursors were made, and returns what the first one answers then.
fn first_of_cursors(most: usize) -> Response {
    let server = Server::with(&[]);
    let mut client = Connection::open(server.address);
    let mut list = |target: &str| client.ask("GET", target, &[EDLINK], "");
    let long = "x".repeat(60_000);
    let filter = format!("%7B%22first_name%22:[%7B%22operator%22:%22not%20in%22,%22value%22:%22{long}%22%7D]%7D");
    let target = format!("/api/v2/graph/people?$first=1&$filter={filter}");
    let pages: Vec<Response> = (0..most).map(|_| list(&target)).collect();
    let next = pages[0].json()["$next"].as_str().expect("there is a second page").to_owned();
    list(&next[next.find("/api/").unwrap()..])
}

/// Makes a limit strike, and returns the sentence that says so and a part of it that must be there; `None` for a limit
/// that a setting changes.
pub(crate) fn strike(limit: &str) -> Option<(String, &'static str)> {
    Some(match limit {
        "file-members" => {
            let text = format!(r#"{{"steps": [{}]}}"#, ",".repeat(64_000_000));
            let write = |folder: &Path| fs::write(folder.join("members.json"), text).unwrap();
            (checked(limit, "members.json", write), "more than 64000000 elements")
        }
        "file-bytes" => {
            let make =
                |folder: &Path| File::create(folder.join("large.json")).unwrap().set_len((256 << 20) + 1).unwrap();
            (checked(limit, "large.json", make), "more than 268435456 bytes; split it")
        }
        "extends" => {
            assert!(extending(16).ends_with("good\n"), "{}", extending(16));
            (extending(17), "more than 16 files")
        }
        "findings" => {
            let keys: Vec<String> = (0..150).map(|n| format!(r#""k{n}": 1"#)).collect();
            let text = format!(r#"{{ "scenario": 1, "api": ["celigo"], {} }}"#, keys.join(", "));
            let write = |folder: &Path| fs::write(folder.join("many.json"), text).unwrap();
            (checked(limit, "many.json", write), "50 more findings are not told")
        }
        "connect-head-bytes" | "connect-headers" => {
            let server = Server::with(&["--intercept"]);
            let (most, beyond) = if limit == "connect-headers" {
                ("x: y\r\n".repeat(100), "x: y\r\n".repeat(101))
            } else {
                let of = |bytes: usize| format!("x: {}\r\n", "y".repeat(bytes - TUNNEL.len() - "x: \r\n\r\n".len()));
                (of(16_384), of(16_385))
            };
            assert_eq!(tunnel(&server, &most), "HTTP/1.1 200 Connection established\r\n\r\n");
            let told = if limit == "connect-headers" { "more than 100 headers" } else { "larger than 16384 bytes" };
            (tunnel(&server, &beyond), told)
        }
        "world-name-bytes" => {
            let server = Server::with(&[]);
            let make = |bytes: usize| server.control("PUT", &format!("/worlds/{}", "x".repeat(bytes)), &json!({}));
            assert!(make(64).status < 300);
            (told(&make(65), 400), "cannot be named")
        }
        "snapshot-name-bytes" => {
            let server = Server::with(&[]);
            let keep = |bytes: usize| server.control("POST", "/snapshot", &json!({ "name": "x".repeat(bytes) }));
            assert!(keep(128).status < 300);
            (told(&keep(129), 400), "at most 128 bytes")
        }
        "deliveries" => {
            let (server, receiver) = (Server::with(&[]), receiver());
            (0..1_000).for_each(|n| assert_eq!(deliver(&server, &receiver, 10).status, 200, "{n}"));
            (told(&deliver(&server, &receiver, 10), 409), "1000 deliveries are under way")
        }
        "deliveries-at-once" => {
            let (server, receivers) = (Server::with(&[]), (0..64).map(|_| receiver()).collect::<Vec<_>>());
            receivers.iter().for_each(|receiver| assert_eq!(deliver(&server, receiver, 1).status, 200));
            let mut on_their_way = came(&receivers, 32);
            // Others would come while the server answers these.
            (0..50).for_each(|_| drop(server.control("GET", "/deliveries", &Value::Null)));
            on_their_way.extend(came(&receivers, 0));
            let at_once = on_their_way.len();
            // One that is broken off makes room for the next.
            on_their_way.pop();
            came(&receivers, 1);
            (format!("{at_once} are on their way"), "32 are")
        }
        "delivery-tries" => {
            let (server, receiver) = (Server::with(&[]), receiver());
            assert_eq!(deliver(&server, &receiver, 10).status, 200);
            (told(&deliver(&server, &receiver, 11), 400), "from 1 to 10")
        }
        "cursor-bytes" => {
            let kept = first_of_cursors(100);
            assert_eq!(kept.status, 200, "{}", kept.text());
            (told(&first_of_cursors(300), 400), "is unknown or has expired")
        }
        _ => return None,
    })
}

#[test]
fn limits_that_are_struck_inside_have_their_tests_there() {
    let (_, listed, _) = said(&mut standin(&["limits", "--format", "json"]));
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let names: Vec<&str> = listed["limits"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    for (limit, file, test) in WITHIN {
        assert!(names.contains(&limit), "{limit} is no limit");
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        assert!(
            fs::read_to_string(path).unwrap().contains(&format!("fn {test}()")),
            "{limit}: {test} is not in {file}"
        );
        assert_eq!(strike(limit), None, "{limit} is struck from outside too");
    }
}
