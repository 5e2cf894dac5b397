//! Standard streams that nobody reads.
#![cfg(unix)] // Signals are sent with `kill`.

use std::io::{BufRead, BufReader, Read, Write, pipe};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::binary::{Folder, standin};
use crate::support::{Connection, ask};
use serde_json::Value;

const ANY: (&str, &str) = ("authorization", "Bearer any");

/// More than a pipe and the queue hold, in lines of the log.
const REQUESTS: usize = 1_000;

/// Ends the process when a test fails.
struct Running(Child);

impl Running {
    fn terminate(&mut self) -> ExitStatus {
        let sent = Command::new("kill").args(["-s", "TERM", &self.0.id().to_string()]).status().unwrap();
        assert!(sent.success());
        // A process that never ends must fail the test, not hang it.
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            match self.0.try_wait().unwrap() {
                Some(status) => return status,
                None if Instant::now() > end => panic!("SIGTERM did not end it"),
                None => std::thread::sleep(Duration::from_millis(10)),
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn address(url: &str) -> SocketAddr {
    url.strip_prefix("http://").unwrap().parse().unwrap()
}

fn ask_many(at: SocketAddr, headers: &[(&str, &str)]) {
    let mut connection = Connection::open(at);
    for n in 0..REQUESTS {
        assert_eq!(connection.ask("GET", "/v1/integrations", headers, "").status, 200, "request {n}");
    }
}

fn serves_with_unread_stderr(threads: &str) {
    let mut command = standin(&["serve", "--port", "0", "--verbose", "--threads", threads]);
    let mut server = Running(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let at = address(ready["url"].as_str().unwrap());
    ask_many(at, &[ANY]);
    let health = ask(at, "GET", "/_standin/health", &[("host", &at.to_string())], "");
    assert_eq!(health.status, 200);
    let mut unread = server.0.stderr.take().unwrap();
    assert_eq!(server.terminate().code(), Some(0));
    let mut log = String::new();
    unread.read_to_string(&mut log).unwrap();
    let whole = log.lines().filter(|line| serde_json::from_str::<Value>(line).is_ok()).count();
    assert!(whole > 10 && whole < REQUESTS, "what is written are whole lines: {whole}");
}

#[test]
fn a_server_whose_log_is_not_read_answers_on_one_thread() {
    serves_with_unread_stderr("1");
}

#[test]
fn a_server_whose_log_is_not_read_answers_on_two_threads() {
    serves_with_unread_stderr("2");
}

#[test]
fn a_server_whose_log_is_not_read_answers_on_four_threads() {
    serves_with_unread_stderr("4");
}

#[test]
fn a_log_that_is_read_again_says_how_many_lines_were_dropped() {
    let mut command = standin(&["serve", "--port", "0", "--verbose", "--log", "text"]);
    let mut server = Running(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    ask_many(address(ready["url"].as_str().unwrap()), &[ANY]);
    let log = BufReader::new(server.0.stderr.take().unwrap());
    let told = log.lines().map_while(Result::ok).find(|line| line.contains("dropped"));
    let told = told.expect("a line that says so");
    assert!(told.ends_with("log lines were dropped: standard error was not read fast enough"), "{told}");
    assert_eq!(server.terminate().code(), Some(0));
}

#[test]
fn a_ready_line_that_cannot_be_written_holds_up_nothing() {
    let folder = Folder::new("full-stdout");
    let (_unread, mut full) = pipe().unwrap();
    // As much as a pipe holds.
    full.write_all(&vec![b'x'; 65_536]).unwrap();
    let file = folder.path("port.json");
    let mut command = standin(&["serve", "--port", "0", "--quiet", "--port-file", &file]);
    let mut server = Running(command.stdout(full).stderr(Stdio::null()).spawn().unwrap());
    let end = Instant::now() + Duration::from_secs(30);
    let ready: Value = loop {
        assert!(Instant::now() < end, "no port file");
        match std::fs::read_to_string(&file) {
            Ok(text) => break serde_json::from_str(&text).unwrap(),
            Err(_) => std::thread::sleep(Duration::from_millis(10)),
        }
    };
    let at = address(ready["url"].as_str().unwrap());
    assert_eq!(ask(at, "GET", "/v1/integrations", &[ANY], "").status, 200);
    assert_eq!(server.terminate().code(), Some(0));
}

#[test]
fn a_run_whose_reports_are_not_read_ends_with_its_code() {
    let (_unread, mut full) = pipe().unwrap();
    full.write_all(&vec![b'x'; 65_536]).unwrap();
    let run = ["run", "--scenario", "celigo-lost-create", "--log", "text", "--", "true"];
    let mut running = Running(standin(&run).stdout(Stdio::null()).stderr(full).spawn().unwrap());
    let end = Instant::now() + Duration::from_secs(30);
    let status = loop {
        assert!(Instant::now() < end, "it never ends");
        match running.0.try_wait().unwrap() {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    };
    assert_eq!(status.code(), Some(6), "the command calls nothing");
}

#[test]
fn the_log_says_world_rule_manner_delay_and_who_gave_up() {
    let folder = Folder::new("log-words");
    let scenario = folder.file(
        "faults.json",
        r#"{ "scenario": 1, "api": "celigo", "faults": [
            { "id": "closes", "on": "celigo.flows.list", "do": { "abort": "close" } },
            { "id": "slow", "on": "celigo.integrations.list", "do": { "delay_ms": 3600000 } } ] }"#,
    );
    let arguments = ["serve", "--port", "0", "--log", "text", "--scenario", &scenario];
    let mut server = Running(standin(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let at = address(ready["url"].as_str().unwrap());
    let log = BufReader::new(server.0.stderr.take().unwrap());
    let mut lines = log.lines().map_while(Result::ok).filter_map(|line| {
        let (_, told) = line.split_once(' ')?;
        (told.starts_with(['#', '-']) || line.starts_with("warning:")).then(|| told.to_owned())
    });
    let mut client = Connection::open(at);
    client.send(crate::support::request("GET", "/v1/flows", &[ANY], "").as_bytes());
    assert!(client.rest().is_ok_and(|rest| rest.is_empty()));
    let told = lines.next().unwrap();
    assert!(told.starts_with("#1 GET /v1/flows celigo.flows.list close ") && told.ends_with(" rule closes"), "{told}");
    let mut client = Connection::open(at);
    client.send(crate::support::request("GET", "/v1/integrations", &[ANY], "").as_bytes());
    let told = lines.next().unwrap();
    assert!(told.starts_with("#2 GET /v1/integrations celigo.integrations.list 200 "), "{told}");
    assert!(told.ends_with(" +3600000ms slowed by slow"), "{told}");
    drop(client);
    let told = lines.next().unwrap();
    assert!(told.starts_with("#2 the client gave up after "), "{told}");
    ask(at, "GET", "/w/nowhere/v1/flows", &[ANY], "");
    let told = lines.next().unwrap();
    assert!(told.ends_with(r#"(world: There is no world "nowhere" on this server.)"#), "{told}");
    ask(at, "GET", "/_standin/nothing", &[("host", &at.to_string())], "");
    let told = lines.next().unwrap();
    assert!(told.ends_with("(no_such_path: The control API has nothing at /_standin/nothing.)"), "{told}");
    let rule = r#"{"id":"odd","on":"celigo.flows.list","optional":true,"when":{"query":{"ofset":"1"}},"do":{"abort":"close"}}"#;
    ask(at, "POST", "/_standin/faults", &[("host", &at.to_string())], rule);
    let told = lines.next().unwrap();
    assert!(told.starts_with(r#"rule "odd": W06 when.query.ofset is no parameter"#), "{told}");
    assert_eq!(server.terminate().code(), Some(0));
}
