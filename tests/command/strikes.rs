//! Every limit of the list, struck once over the wire or by its flag, with the sentence that says so.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::binary::{said, standin};
use crate::fixed_strikes::{self, WITHIN};
use crate::support::{Connection, Response, ask, request};

const ANY: (&str, &str) = ("authorization", "Bearer any");
const JSON: (&str, &str) = ("content-type", "application/json");

/// A server with these flags, and the lines of its log.
pub(crate) struct Server {
    child: Child,
    pub address: SocketAddr,
    log: Arc<Mutex<String>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    pub fn with(flags: &[&str]) -> Self {
        let mut command = standin(&[&["serve", "--port", "0", "--log", "text"], flags].concat());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let address = ready["url"].as_str().unwrap().strip_prefix("http://").unwrap().parse().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (lines, keeper) = (BufReader::new(child.stderr.take().unwrap()).lines(), Arc::clone(&log));
        std::thread::spawn(move || {
            lines.map_while(Result::ok).for_each(|line| *keeper.lock().unwrap() += &(line + "\n"));
        });
        Self { child, address, log }
    }

    pub fn control(&self, method: &str, path: &str, body: &Value) -> Response {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        ask(self.address, method, &format!("/_standin{path}"), &[("host", &self.address.to_string())], &body)
    }

    fn create(&self, body: &Value) -> Response {
        ask(self.address, "POST", "/v1/integrations", &[ANY, JSON], &body.to_string())
    }

    /// Sends bytes on a connection of its own, and returns what is answered.
    fn sent(&self, bytes: &[u8]) -> Response {
        let mut client = Connection::open(self.address);
        client.send(bytes);
        client.receive().unwrap()
    }

    /// Waits for a line of the log.
    fn logged(&self, words: &str) -> String {
        for _ in 0..3_000 {
            if let Some(line) = self.log.lock().unwrap().lines().find(|line| line.contains(words)) {
                return line.to_owned();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("{words}: {}", self.log.lock().unwrap())
    }

    /// Renames an integration so many times, which the audit trail notes.
    fn rename(&self, times: usize, name: &str) {
        for n in 0..times {
            let body = json!({ "name": format!("{name}{n}") }).to_string();
            let answer = ask(self.address, "PUT", "/v1/integrations/abc123", &[ANY, JSON], &body);
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
    }

    fn lost_of_trail(&self) -> String {
        let listed = ask(self.address, "GET", "/v1/audit?limit=1", &[ANY], "");
        format!("standin-lost: {}", listed.header("standin-lost").expect("the list says what was lost"))
    }

    fn lost_of_journal(&self) -> String {
        let lost = self.control("GET", "/journal", &Value::Null).json()["lost"].as_u64().unwrap();
        assert!(lost > 0, "the journal says what was lost");
        format!("lost: {lost}")
    }
}

/// Returns the sentence of a refusal with that status.
pub(crate) fn told(answer: &Response, status: u16) -> String {
    let body = answer.json();
    assert_eq!(answer.status, status, "{body}");
    let message = ["/error/message", "/errors/0/message", "/$errors/0/message"].iter().find_map(|at| body.pointer(at));
    message.unwrap_or_else(|| panic!("{body}")).as_str().unwrap().to_owned()
}

fn head(lines: &str) -> Vec<u8> {
    format!("GET /v1/integrations HTTP/1.1\r\nhost: h\r\nauthorization: Bearer any\r\n{lines}\r\n").into_bytes()
}

/// Opens an HTTP/2 connection with requests that wait for calls.
fn http2_waits(address: SocketAddr, times: u32) -> TcpStream {
    let frame = |kind: u8, flags: u8, stream: u32, content: &[u8]| {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&length[1..], &[kind, flags], &stream.to_be_bytes(), content].concat()
    };
    let host = address.to_string();
    let head = [(":method", "POST"), (":scheme", "http"), (":path", "/_standin/wait"), (":authority", &host)];
    // Literals without an index, whose lengths fit into seven bits.
    let text = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    let block: Vec<u8> = head.iter().flat_map(|(name, value)| [vec![0], text(name), text(value)].concat()).collect();
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    bytes.extend(frame(4, 0, 0, &[]));
    for n in 0..times {
        bytes.extend(frame(1, 4, 2 * n + 1, &block));
        bytes.extend(frame(0, 1, 2 * n + 1, br#"{"on": "celigo.flows.list", "timeout_ms": 600000}"#));
    }
    let mut client = TcpStream::connect(address).unwrap();
    client.write_all(&bytes).unwrap();
    client
}

/// Makes a limit strike, and returns the sentence that says so and a part of it that must be there.
fn strike(limit: &str) -> (String, &'static str) {
    let long = |bytes: usize| json!({ "name": "n", "settings": { "text": "x".repeat(bytes) } });
    let post =
        "POST /v1/integrations HTTP/1.1\r\nhost: h\r\nauthorization: Bearer any\r\ncontent-type: application/json\r\n";
    match limit {
        "body-bytes" => {
            (told(&Server::with(&["--body-limit", "100"]).create(&long(200)), 413), "larger than 100 bytes")
        }
        "body-members" => {
            let many = json!({ "name": "n", "settings": { "list": vec![0; 20] } });
            (told(&Server::with(&["--body-members", "10"]).create(&many), 400), "more than 10 ")
        }
        "json-depth" => {
            let deep = (0..70).fold(json!(1), |inner, _| json!([inner]));
            (told(&Server::with(&[]).create(&json!({ "name": "n", "settings": { "a": deep } })), 400), "64 levels deep")
        }
        "body-time" => {
            let server = Server::with(&["--body-timeout", "50ms"]);
            (
                told(&server.sent(format!("{post}content-length: 9\r\n\r\n{{").as_bytes()), 408),
                "within 50ms: 1 of 9 bytes",
            )
        }
        "header-time" => {
            let server = Server::with(&["--header-timeout", "50ms"]);
            let silent = TcpStream::connect(server.address).unwrap();
            server.logged("the setting header-timeout");
            drop(silent);
            (told(&server.sent(b"GET /v1/integrations HTTP/1.1\r\nhost: h\r\n"), 408), "head did not come within 50ms")
        }
        "send-time" => {
            let server = Server::with(&["--send-timeout", "2s"]);
            assert_eq!(server.create(&long(9 << 20)).status, 201);
            let mut client = TcpStream::connect(server.address).unwrap();
            client.write_all(request("GET", "/v1/integrations?limit=1000", &[ANY], "").as_bytes()).unwrap();
            (server.logged("did not take their answers"), "the setting send-timeout")
        }
        "idle-time" => {
            let server = Server::with(&["--idle-timeout", "500ms"]);
            let mut kept = Connection::open(server.address);
            assert_eq!(kept.ask("GET", "/v1/integrations", &[ANY], "").status, 200);
            assert!(kept.rest().unwrap().is_empty());
            (server.logged("idle for too long"), "the setting idle-timeout")
        }
        "connections" => {
            let server = Server::with(&["--max-connections", "1"]);
            let fault = json!([{ "id": "s", "on": "celigo.flows.list", "do": { "abort": "stall" } }]);
            assert_eq!(server.control("PUT", "/faults", &fault).status, 200);
            // One that has not been read yet is idle, and makes room.
            let refused = (0..600).find_map(|_| {
                let mut busy = TcpStream::connect(server.address).unwrap();
                busy.write_all(request("GET", "/v1/flows", &[ANY], "").as_bytes()).unwrap();
                std::thread::sleep(Duration::from_millis(50));
                Some(server.sent(&head(""))).filter(|answer| answer.status == 503)
            });
            let refused = refused.expect("all connections are in use");
            server.logged("the setting max-connections");
            (told(&refused, 503), "1 connections that are all in use")
        }
        "http2-streams" => {
            let server = Server::with(&[]);
            let mut client = TcpStream::connect(server.address).unwrap();
            client.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").unwrap();
            let mut frame = [0; 9];
            client.read_exact(&mut frame).unwrap();
            let mut settings = vec![0; usize::from(frame[2])];
            client.read_exact(&mut settings).unwrap();
            let most = settings.chunks(6).find(|setting| setting[..2] == [0, 3]).expect("it is told at once");
            (format!("SETTINGS_MAX_CONCURRENT_STREAMS = {}", most[5]), "= 100")
        }
        "unfinished-bytes" => {
            let server = Server::with(&["--unfinished-bytes", "10000"]);
            let bytes = format!("{post}content-length: 90000\r\n\r\n{}", "x".repeat(60_000));
            (told(&server.sent(bytes.as_bytes()), 503), "10000 bytes of unfinished bodies")
        }
        "target-bytes" => {
            let target = format!("GET /v1/flows?x={} HTTP/1.1\r\nhost: h\r\n\r\n", "y".repeat(70_000));
            (told(&Server::with(&[]).sent(target.as_bytes()), 414), "longer than 65534 bytes")
        }
        "headers" => (told(&Server::with(&[]).sent(&head(&"x-a: b\r\n".repeat(101))), 431), "more than 100 headers"),
        "head-bytes" => {
            let large = format!("x-a: {}\r\n", "b".repeat(2_000)).repeat(80);
            (told(&Server::with(&[]).sent(&head(&large)), 431), "larger than 131072 bytes")
        }
        "journal-entries" => {
            let server = Server::with(&["--journal-entries", "5"]);
            (0..20).for_each(|_| drop(server.sent(&head(""))));
            (format!("entries {}", server.lost_of_journal()), "lost: 15")
        }
        "journal-bytes" => {
            let server = Server::with(&["--journal-bytes", "20000"]);
            (0..20).for_each(|_| drop(server.create(&long(5_000))));
            (format!("bytes {}", server.lost_of_journal()), "lost: ")
        }
        "total-journal-bytes" => {
            let server = Server::with(&["--total-journal-bytes", "40000"]);
            (0..20).for_each(|_| drop(server.create(&long(5_000))));
            (format!("all worlds {}", server.lost_of_journal()), "lost: ")
        }
        "total-control-bytes" => {
            let server = Server::with(&["--total-control-bytes", "10000"]);
            let rule = json!({ "on": "celigo.flows.list", "when": { "query": { "q": "x".repeat(5_000) } }, "do": { "abort": "reset" } });
            let add = || server.control("POST", "/faults", &rule);
            assert_eq!(add().status, 200);
            (told(&add(), 507), "take 10000 bytes in all worlds")
        }
        "history-records" => {
            let server = Server::with(&["--history-records", "5"]);
            server.rename(20, "n");
            (format!("records {}", server.lost_of_trail()), "lost: 15")
        }
        "history-bytes" => {
            let server = Server::with(&["--history-bytes", "5000"]);
            server.rename(40, &"n".repeat(80));
            (format!("bytes {}", server.lost_of_trail()), "lost: ")
        }
        "total-history-bytes" => {
            let server = Server::with(&["--total-history-bytes", "10000"]);
            server.rename(60, &"n".repeat(80));
            (format!("all worlds {}", server.lost_of_trail()), "lost: ")
        }
        "record-bytes" => {
            (told(&Server::with(&["--record-bytes", "10000"]).create(&long(20_000)), 507), "the setting record-bytes")
        }
        "total-record-bytes" => {
            let server = Server::with(&["--total-record-bytes", "10000"]);
            (told(&server.create(&long(20_000)), 507), "the setting total-record-bytes")
        }
        "generated-records" | "total-generated-records" => {
            let flag = format!("--{limit}");
            let server = Server::with(&[&flag, "10"]);
            let data = json!({ "from": "default", "generate": { "celigo.integrations": { "count": 50 } } });
            let scenario = json!({ "scenario": 1, "api": ["celigo"], "data": data });
            let part = if limit == "generated-records" {
                "10 records can be made up in a world"
            } else {
                "10 records can be made up in all worlds together"
            };
            (told(&server.control("PUT", "/scenario", &scenario), 400), part)
        }
        "worlds" | "worlds-per-label" => {
            let flag = format!("--max-{limit}");
            let server = Server::with(&[&flag, "1"]);
            let make = || server.control("POST", "/worlds", &json!({ "label": "ci" }));
            assert!(make().status < 300);
            let part = if limit == "worlds" { "holds 1 worlds, which is" } else { "1 worlds of the label \"ci\"" };
            (told(&make(), 409), part)
        }
        "event-streams" => {
            let server = Server::with(&[]);
            let host = server.address.to_string();
            let open = || {
                let mut stream = TcpStream::connect(server.address).unwrap();
                stream.write_all(request("GET", "/_standin/events", &[("host", &host)], "").as_bytes()).unwrap();
                stream.read_exact(&mut [0; 12]).unwrap();
                stream
            };
            let streams: Vec<_> = (0..64).map(|_| open()).collect();
            let refused = server.control("GET", "/events", &Value::Null);
            drop(streams);
            (told(&refused, 503), "64 streams")
        }
        "waits" => {
            let server = Server::with(&[]);
            let mut waiting: Vec<_> = (0..11).map(|_| http2_waits(server.address, 100)).collect();
            let short = json!({ "on": "celigo.flows.list", "timeout_ms": 1 });
            // A short one may take the last place for a moment, which the next long one gets.
            let refused = (0..500).find_map(|_| {
                waiting.push(http2_waits(server.address, 1));
                Some(server.control("POST", "/wait", &short)).filter(|answer| answer.status == 503)
            });
            (told(&refused.expect("all are there"), 503), "1024 requests wait")
        }
        "label-bytes" => {
            let refused = Server::with(&[]).control("POST", "/worlds", &json!({ "label": "x".repeat(129) }));
            (told(&refused, 400), "cannot have the label")
        }
        "world-idle" => {
            let server = Server::with(&["--world-idle-s", "1"]);
            assert!(server.control("PUT", "/worlds/short", &json!({})).status < 300);
            // A request makes it live on for a second.
            let gone = (0..20).find_map(|_| {
                std::thread::sleep(Duration::from_millis(1_300));
                Some(ask(server.address, "GET", "/w/short/v1/flows", &[ANY], "")).filter(|it| it.status == 410)
            });
            (told(&gone.expect("it expires"), 410), "expired")
        }
        "snapshots" => {
            let server = Server::with(&[]);
            let keep = |n: usize| server.control("POST", "/snapshot", &json!({ "name": format!("s{n}") }));
            (0..100).for_each(|n| assert!(keep(n).status < 300, "{n}"));
            (told(&keep(100), 400), "100 snapshots")
        }
        other => panic!("no test makes the limit {other} strike"),
    }
}

#[test]
fn every_limit_strikes_once_with_a_sentence_of_its_own() {
    let (code, listed, _) = said(&mut standin(&["limits", "--format", "json"]));
    assert_eq!(code, 0);
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let server = Server::with(&[]);
    let of_server = server.control("GET", "/limits", &Value::Null).json();
    let names = |listed: &Value| -> Vec<String> {
        listed["limits"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&listed), names(&of_server), "the command and the server list the same");
    let mut sentences: Vec<(String, String)> = Vec::new();
    for limit in names(&listed) {
        println!("{limit}");
        if WITHIN.iter().any(|(within, ..)| *within == limit) {
            continue;
        }
        let (sentence, part) = fixed_strikes::strike(&limit).unwrap_or_else(|| strike(&limit));
        assert!(sentence.contains(part), "{limit}: {sentence}");
        let without_numbers: String = sentence.chars().filter(|letter| !letter.is_ascii_digit()).collect();
        if let Some((other, _)) = sentences.iter().find(|(_, known)| *known == without_numbers) {
            panic!("{limit} and {other} say the same: {sentence}");
        }
        sentences.push((limit, without_numbers));
    }
}
