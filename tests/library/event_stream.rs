//! The stream of numbers of new calls.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;
use standin::{Standin, WorldOptions};

use crate::support::{Connection, ask, request};

const ANY: (&str, &str) = ("authorization", "Bearer any-token");
const TARGET: &str = "/v1/integrations/abc123";

/// A reader of a stream.
struct Reader(BufReader<TcpStream>);

impl Reader {
    fn open(standin: &Standin, query: &str, headers: &[(&str, &str)]) -> Self {
        let mut stream = TcpStream::connect(standin.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let own = standin.address().to_string();
        let headers = [&[("host", own.as_str())], headers].concat();
        stream.write_all(request("GET", &format!("/_standin/events{query}"), &headers, "").as_bytes()).unwrap();
        let mut reader = Self(BufReader::new(stream));
        let head = reader.line().unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        reader
    }

    /// The next line, without its end; `None` when the stream has ended.
    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.0.read_line(&mut line).unwrap();
        (read > 0).then(|| line.trim_end().to_owned())
    }

    /// The next event's number, as its id and its data say it; `None` when the stream has ended.
    fn next(&mut self) -> Option<u64> {
        loop {
            let line = self.line()?;
            if line == "0" {
                // The last chunk: the connection may be used again.
                return None;
            }
            if let Some(id) = line.strip_prefix("id: ") {
                let data = self.line()?;
                assert_eq!(data.strip_prefix("data: "), Some(id));
                return Some(id.parse().unwrap());
            }
        }
    }

    fn take(&mut self, count: usize) -> Vec<u64> {
        (0..count).map(|_| self.next().expect("the stream goes on")).collect()
    }
}

fn call(standin: &Standin, target: &str, times: usize) {
    let mut connection = Connection::open(standin.address());
    (0..times).for_each(|_| drop(connection.ask("GET", target, &[ANY], "")));
}

#[test]
fn every_call_is_told_once_and_in_order() {
    let standin = Standin::start();
    call(&standin, TARGET, 2);
    let mut reader = Reader::open(&standin, "", &[]);
    assert_eq!(reader.take(2), [1, 2]);
    call(&standin, TARGET, 500);
    assert_eq!(reader.take(500), (3..=502).collect::<Vec<_>>());
    standin.world().answer("GET", TARGET, &[ANY], b"");
    assert_eq!(reader.next(), Some(503), "one without a socket too");
}

#[test]
fn a_reader_that_was_cut_goes_on_after_its_last_event() {
    let standin = Standin::start();
    call(&standin, TARGET, 5);
    assert_eq!(Reader::open(&standin, "?since=3", &[]).take(2), [4, 5]);
    assert_eq!(Reader::open(&standin, "?since=1", &[("last-event-id", "4")]).take(1), [5]);
    assert_eq!(
        Reader::open(&standin, "", &[("last-event-id", "9")]).take(5),
        [1, 2, 3, 4, 5],
        "that was before a reset"
    );
}

#[test]
fn after_a_reset_numbers_begin_at_1_and_the_stream_goes_on() {
    let standin = Standin::start();
    let mut reader = Reader::open(&standin, "", &[]);
    call(&standin, TARGET, 3);
    assert_eq!(reader.take(3), [1, 2, 3]);
    // More calls than before, so that the numbers alone would not tell.
    standin.world().reset();
    call(&standin, TARGET, 4);
    assert_eq!(reader.take(4), [1, 2, 3, 4]);
    let own = standin.address().to_string();
    let loaded = ask(standin.address(), "PUT", "/_standin/scenario", &[("host", &own)], "\"celigo-lost-create\"");
    assert_eq!(loaded.status, 200);
    call(&standin, TARGET, 5);
    assert_eq!(reader.take(5), [1, 2, 3, 4, 5], "so it is when a scenario is loaded");
}

#[test]
fn calls_that_the_journal_lost_are_not_told() {
    let standin = Standin::builder().journal_entries(3).journal_bytes(1 << 20).start();
    call(&standin, TARGET, 10);
    assert_eq!(Reader::open(&standin, "", &[]).take(3), [8, 9, 10]);
}

#[test]
fn a_stream_tells_of_its_own_world_and_ends_with_it() {
    let standin = Standin::start();
    let (a, b) = (WorldOptions::default().name("a"), WorldOptions::default().name("b"));
    let (a, b) = (standin.new_world_with(&a).unwrap(), standin.new_world_with(&b).unwrap());
    let mut reader = Reader::open(&standin, "?world=a", &[]);
    call(&standin, TARGET, 1);
    b.answer("GET", TARGET, &[ANY], b"");
    call(&standin, &format!("/w/a{TARGET}"), 2);
    assert_eq!(reader.take(2), [1, 2]);
    drop(a);
    assert_eq!(reader.next(), None);
}

#[test]
fn a_stream_names_one_world_and_one_that_is_there() {
    let standin = Standin::start();
    let _a = standin.new_world_with(&WorldOptions::default().name("a")).unwrap();
    let own = standin.address().to_string();
    let refused = |target: &str, headers: &[(&str, &str)]| {
        let headers = [&[("host", own.as_str())], headers].concat();
        let answer = ask(standin.address(), "GET", target, &headers, "");
        (answer.status, answer.json()["error"]["code"].as_str().unwrap().to_owned())
    };
    assert_eq!(refused("/_standin/events?world=b", &[]).0, 404);
    assert_eq!(refused("/_standin/worlds/a/events?world=default", &[]), (400, "invalid".to_owned()));
    assert_eq!(refused("/_standin/events?since=last", &[]), (400, "invalid".to_owned()));
    assert_eq!(refused("/_standin/events", &[("last-event-id", "x")]), (400, "invalid".to_owned()));
    assert_eq!(refused("/_standin/events", &[("origin", "http://evil.example")]), (403, "foreign_origin".to_owned()));
    let guarded = Standin::builder().control_token("secret").start();
    let answer = ask(guarded.address(), "GET", "/_standin/events", &[], "");
    assert_eq!((answer.status, &answer.json()["error"]["code"]), (401, &json!("unauthorized")));
}

#[test]
fn streams_are_bounded_and_one_that_closes_makes_room() {
    let standin = Standin::start();
    let own = standin.address().to_string();
    let mut readers: Vec<Reader> = (0..64).map(|_| Reader::open(&standin, "", &[])).collect();
    let refused = ask(standin.address(), "GET", "/_standin/events", &[("host", &own)], "");
    assert_eq!((refused.status, &refused.json()["error"]["code"]), (503, &json!("too_many_streams")));
    readers.pop();
    let has_room = || {
        let mut stream = TcpStream::connect(standin.address()).unwrap();
        stream.write_all(request("GET", "/_standin/events", &[("host", &own)], "").as_bytes()).unwrap();
        let mut head = String::new();
        BufReader::new(stream).read_line(&mut head).unwrap();
        head.starts_with("HTTP/1.1 200")
    };
    assert!((0..10_000).any(|_| has_room()), "the room of a reader that left is given back");
}

#[tokio::test]
async fn an_open_stream_does_not_keep_a_server_from_stopping() {
    let standin = Standin::start();
    let mut reader = Reader::open(&standin, "", &[]);
    standin.stop(Duration::from_mins(10)).await;
    assert_eq!(reader.next(), None);
}
