//! Clients and worlds that would wait for ever, and what ends their waiting.

use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::support::{Connection, Response, ask, request};
use serde_json::{Value, json};
use standin::{Answer, Expectation, Rule, Standin, WorldHandle, WorldOptions};

const ANY: (&str, &str) = ("authorization", "Bearer any");
const JSON: (&str, &str) = ("content-type", "application/json");
const LIST: &str = "celigo.integrations.list";

fn control(at: SocketAddr, method: &str, path: &str, body: &Value) -> Response {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    ask(at, method, &format!("/_standin{path}"), &[("host", &at.to_string())], &body)
}

/// A client that waits for the list of a world's integrations.
fn waiting(standin: &Standin, world: &WorldHandle) -> Connection {
    let mut client = Connection::open(standin.address());
    let before = world.journal().len();
    client.send(request("GET", &format!("/w/{}/v1/integrations", world.name()), &[ANY], "").as_bytes());
    until(|| world.journal().len() > before);
    client
}

/// Waits for something that comes soon, or fails.
fn until(holds: impl Fn() -> bool) {
    for _ in 0..3_000 {
        if holds() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("it never came");
}

fn stalled_by(end: impl FnOnce(&Standin, &WorldHandle)) {
    let standin = Standin::start();
    let world = standin.new_world_with(&WorldOptions::default().name("a")).unwrap();
    let fault = json!([{ "id": "never", "on": LIST, "do": { "abort": "stall" } }]);
    assert_eq!(control(standin.address(), "PUT", "/worlds/a/faults", &fault).status, 200);
    let mut client = waiting(&standin, &world);
    end(&standin, &world);
    assert_eq!(client.rest().unwrap(), b"", "the connection is closed without an answer");
}

#[test]
fn a_stalled_client_is_let_go_when_its_world_is_deleted() {
    stalled_by(|standin, _| {
        assert_eq!(control(standin.address(), "DELETE", "/worlds/a", &Value::Null).status, 204);
    });
}

#[test]
fn a_stalled_client_is_let_go_when_its_world_is_reset() {
    stalled_by(|standin, _| {
        assert_eq!(control(standin.address(), "POST", "/worlds/a/reset", &Value::Null).status, 204);
    });
}

#[test]
fn a_stalled_client_is_let_go_when_its_rule_is_taken_away() {
    stalled_by(|standin, _| {
        assert_eq!(control(standin.address(), "DELETE", "/worlds/a/faults", &Value::Null).status, 204);
    });
}

#[test]
fn a_stalled_client_is_let_go_when_other_rules_are_put() {
    stalled_by(|standin, _| {
        let other = json!([{ "id": "other", "on": "celigo.flows.list", "do": { "abort": "reset" } }]);
        assert_eq!(control(standin.address(), "PUT", "/worlds/a/faults", &other).status, 200);
    });
}

#[test]
fn a_stalled_client_is_let_go_by_another_scenario_and_by_a_snapshot() {
    stalled_by(|standin, _| {
        let other = json!({ "name": "celigo-lost-create" });
        assert_eq!(control(standin.address(), "PUT", "/worlds/a/scenario", &other).status, 200);
    });
    let start = Standin::builder().offline().unwrap().snapshot();
    stalled_by(|_, world| world.restore(&start));
}

#[test]
fn a_delayed_answer_comes_at_once_when_its_rule_is_taken_away() {
    let standin = Standin::start();
    let world = standin.new_world();
    world.fault(Rule::on(LIST).delay_ms(3_600_000));
    let mut client = waiting(&standin, &world);
    world.clear_faults();
    assert_eq!(client.receive().unwrap().status, 200);
}

#[test]
fn a_rule_that_stays_keeps_its_client_waiting() {
    let standin = Standin::start();
    let world = standin.new_world();
    let scenario = json!({ "scenario": 1, "api": "celigo", "faults": [{ "id": "never", "on": LIST, "do": { "abort": "stall" } }] });
    let loaded = control(standin.address(), "PUT", &format!("/worlds/{}/scenario", world.name()), &scenario);
    assert_eq!(loaded.status, 200, "{}", loaded.text());
    let mut client = waiting(&standin, &world);
    world.clear_faults();
    standin.new_world().reset();
    client.close_after(Duration::from_millis(50));
    assert!(client.rest().is_err(), "nothing has come");
}

#[test]
fn a_verification_waits_for_requests_of_its_own_world_only() {
    let standin = Standin::start();
    let (one, other) = (standin.new_world(), standin.new_world());
    let mut half = Connection::open(standin.address());
    let target = format!("/w/{}/v1/integrations", other.name());
    let head =
        format!("POST {target} HTTP/1.1\r\nhost: h\r\nauthorization: Bearer any\r\ncontent-length: 10\r\n\r\n{{");
    half.send(head.as_bytes());
    let verified = |world: &WorldHandle, wait_ms: u64| {
        let (sender, receiver) = mpsc::channel();
        let (at, path) = (standin.address(), format!("/worlds/{}/verify", world.name()));
        thread::spawn(move || sender.send(control(at, "POST", &path, &json!({ "wait_ms": wait_ms })).status));
        receiver
    };
    assert!(verified(&one, 3_600_000).recv_timeout(Duration::from_secs(30)).is_ok(), "it waits for nothing of its own");
    // Until the other request has arrived, nothing waits for it either.
    let waits = || verified(&other, 3_600_000).recv_timeout(Duration::from_millis(100)).is_err();
    until(waits);
}

#[test]
fn a_verification_with_time_waits_until_expectations_hold() {
    let standin = Standin::start();
    let world = standin.world();
    world.expect(Expectation::on(LIST).times(2));
    let at = standin.address();
    let verification = thread::spawn(move || control(at, "POST", "/verify", &json!({ "wait_ms": 3_600_000 })).json());
    ask(at, "GET", "/v1/integrations", &[ANY], "");
    ask(at, "GET", "/v1/integrations", &[ANY], "");
    assert_eq!(verification.join().unwrap()["passed"], true);
}

#[test]
fn a_verification_judges_absence_when_its_time_is_over() {
    let standin = Standin::start();
    let world = standin.world();
    world.expect(Expectation::on(LIST).never());
    let at = standin.address();
    let verification = thread::spawn(move || control(at, "POST", "/verify", &json!({ "wait_ms": 400 })).json());
    ask(at, "GET", "/v1/integrations", &[ANY], "");
    assert_eq!(verification.join().unwrap()["passed"], false, "the call came before the time was over");
}

#[test]
fn a_body_that_never_comes_is_408_in_the_journal_too() {
    let standin = Standin::builder().body_timeout(Duration::from_millis(50)).start();
    let mut client = Connection::open(standin.address());
    client.send(
        b"POST /v1/integrations HTTP/1.1\r\nhost: h\r\nauthorization: Bearer any\r\ncontent-length: 10\r\n\r\n{\"a",
    );
    let answer = client.receive().unwrap();
    assert_eq!((answer.status, answer.header("standin-miss")), (408, Some("http")));
    let message = "The request's body did not come within 50ms: 3 of 10 bytes came.";
    assert_eq!(answer.json()["error"]["message"], message);
    assert!(client.rest().unwrap().is_empty(), "the connection ends");
    let entry = &standin.world().journal()[0];
    assert_eq!((entry.method.as_str(), entry.status), ("POST", Some(408)));
    assert_eq!(ask(standin.address(), "GET", "/v1/integrations", &[ANY], "").status, 200);
}

#[test]
fn a_chunked_body_that_stops_is_408_and_a_broken_one_400() {
    let standin = Standin::builder().body_timeout(Duration::from_millis(50)).start();
    let head =
        "POST /v1/integrations HTTP/1.1\r\nhost: h\r\nauthorization: Bearer any\r\ntransfer-encoding: chunked\r\n\r\n";
    for (rest, status, code) in [("3\r\n{\"a", 408, "request_timeout"), ("xyz\r\n{}\r\n", 400, "broken_body")] {
        let mut client = Connection::open(standin.address());
        client.send(format!("{head}{rest}").as_bytes());
        let answer = client.receive().unwrap();
        assert_eq!((answer.status, answer.json()["error"]["code"].clone()), (status, json!(code)));
    }
}

#[test]
fn a_body_that_is_too_large_is_refused_before_it_is_asked_for() {
    let standin = Standin::builder().body_limit(100).start();
    let mut client = Connection::open(standin.address());
    let head =
        "POST /v1/integrations HTTP/1.1\r\nhost: h\r\nauthorization: Bearer any\r\ncontent-type: application/json\r\n";
    client.send(format!("{head}expect: 100-continue\r\ncontent-length: 101\r\n\r\n").as_bytes());
    let answer = client.receive().unwrap();
    assert_eq!((answer.status, answer.header("standin-op")), (413, Some("celigo.integrations.create")));
    let mut client = Connection::open(standin.address());
    client.send(format!("{head}expect: 100-continue\r\ncontent-length: 15\r\n\r\n").as_bytes());
    assert_eq!(client.receive().unwrap().status, 100, "one that fits is asked for");
    client.send(br#"{"name":"fits"}"#);
    assert_eq!(client.receive().unwrap().status, 201);
}

#[test]
fn unfinished_bodies_together_are_bounded() {
    let standin = Standin::builder().unfinished_bytes(110_000).start();
    let head =
        "POST /v1/integrations HTTP/1.1\r\nhost: h\r\nauthorization: Bearer any\r\ncontent-length: 80000\r\n\r\n";
    let unfinished = || {
        let mut client = Connection::open(standin.address());
        client.send(format!("{head}{}", "x".repeat(60_000)).as_bytes());
        client
    };
    let (mut one, mut other) = (unfinished(), unfinished());
    one.close_after(Duration::from_millis(200));
    other.close_after(Duration::from_millis(200));
    let answers: Vec<_> = [one.receive(), other.receive()].into_iter().flatten().collect();
    assert_eq!(answers.len(), 1, "the other one still has room");
    assert_eq!((answers[0].status, answers[0].json()["error"]["code"].clone()), (503, json!("too_many_bytes")));
}

#[test]
fn what_is_no_http_is_refused_in_words_and_in_the_journal() {
    let standin = Standin::start();
    let long = format!("GET /v1/integrations?x={} HTTP/1.1\r\nhost: h\r\n\r\n", "y".repeat(70_000));
    let many = format!("GET /v1/integrations HTTP/1.1\r\nhost: h\r\n{}\r\n", "x-a: b\r\n".repeat(101));
    let lengths =
        "POST /v1/exports HTTP/1.1\r\nhost: h\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd".to_owned();
    let cases = [
        ("GET /v1/x?a=\"b\" HTTP/1.1\r\nhost: h\r\n\r\n".to_owned(), 400, "bad_request", "/v1/x?a=\"b\""),
        ("GET /v1/<b> HTTP/1.1\r\nhost: h\r\n\r\n".to_owned(), 400, "bad_request", "/v1/<b>"),
        ("GET /v1/a b HTTP/1.1\r\nhost: h\r\n\r\n".to_owned(), 400, "bad_request", "/v1/a b"),
        (many, 431, "headers_too_large", "/v1/integrations"),
        (long, 414, "uri_too_long", "/v1/integrations?x=y"),
        ("GET /v1/flows HTTP/1.1\r\nhost: h\r\nbad header: x\r\n\r\n".to_owned(), 400, "bad_request", "/v1/flows"),
        (lengths, 400, "bad_request", "/v1/exports"),
    ];
    for (n, (text, status, code, target)) in cases.iter().enumerate() {
        let mut client = Connection::open(standin.address());
        client.send(text.as_bytes());
        let answer = client.receive().unwrap();
        let body = answer.json();
        assert_eq!((answer.status, &body["error"]["code"]), (*status, &json!(code)), "{target}");
        assert!(!body["error"]["hint"].as_str().unwrap().is_empty());
        let journal = standin.world().journal();
        assert_eq!((journal.len(), journal[n].status), (n + 1, Some(*status)));
        assert!(journal[n].target.starts_with(target), "{}", journal[n].target);
    }
    let in_a_world = standin.new_world();
    let mut client = Connection::open(standin.address());
    client.send(format!("GET /w/{}/v1/<b> HTTP/1.1\r\nhost: h\r\n\r\n", in_a_world.name()).as_bytes());
    assert_eq!(client.receive().unwrap().status, 400);
    assert_eq!(in_a_world.journal().len(), 1, "the world that it names knows of it");
    let before = standin.world().journal().len();
    for target in ["/_standin/<b>", "/w/x/_standin/<b>", &format!("/_standin/journal?{}", "y".repeat(70_000))] {
        let mut client = Connection::open(standin.address());
        client.send(format!("GET {target} HTTP/1.1\r\nhost: h\r\n\r\n").as_bytes());
        assert!(client.receive().unwrap().status >= 400);
    }
    assert_eq!(standin.world().journal().len(), before, "an administrator's request is no call of a consumer");
}

#[test]
fn a_refusal_behind_answers_on_one_connection_comes_after_them() {
    let standin = Standin::start();
    let mut client = Connection::open(standin.address());
    let good = request("GET", "/v1/integrations/abc123", &[ANY], "");
    client.send(format!("{good}{good}GET /v1/<b> HTTP/1.1\r\nhost: h\r\n\r\n").as_bytes());
    let statuses: Vec<u16> = (0..3).map(|_| client.receive().unwrap().status).collect();
    assert_eq!(statuses, [200, 200, 400]);
}

#[test]
fn a_head_that_cannot_be_read_is_answered_with_its_own_remedy() {
    let standin = Standin::start();
    for (head, remedy) in [
        ("GET /v1/<b> HTTP/1.1\r\nhost: h\r\n\r\n", "Percent-encode"),
        ("GET /v1/flows HTTP/1.1\r\nhost: h\r\nx-a: a\x01b\r\n\r\n", "A header is a name"),
        ("POST /v1/flows HTTP/1.1\r\nhost: h\r\ncontent-length: -5\r\n\r\n", "Send one content-length"),
        ("SSH-2.0-OpenSSH_8.9\r\n\r\n", "another protocol than HTTP"),
        ("GET /v1/flows HTTP/3.0\r\nhost: h\r\n\r\n", "HTTP/1.1"),
    ] {
        let mut client = Connection::open(standin.address());
        client.send(head.as_bytes());
        let hint = client.receive().unwrap().json()["error"]["hint"].to_string();
        assert!(hint.contains(remedy), "{head}: {hint}");
    }
}

#[test]
fn tls_on_the_plain_port_is_told_in_plain_http_and_in_the_journal() {
    let standin = Standin::start();
    let mut client = Connection::open(standin.address());
    client.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03hello");
    let answer = client.receive().unwrap();
    assert_eq!((answer.status, answer.json()["error"]["code"].clone()), (400, json!("tls_on_plain_port")));
    assert_eq!(standin.world().journal()[0].status, Some(400));
}

#[test]
fn a_client_that_gives_up_is_told_as_such_and_can_be_expected() {
    let standin = Standin::start();
    let world = standin.world();
    world.fault(Rule::on(LIST).id("slow").limit(1).delay_ms(3_600_000));
    world.expect(Expectation::on(LIST).id("gave up").gave_up().times(1));
    world.expect(Expectation::on(LIST).id("answered").status(200).times(1));
    let mut client = Connection::open(standin.address());
    client.send(request("GET", "/v1/integrations", &[ANY], "").as_bytes());
    until(|| world.journal().len() == 1);
    let entry = || control(standin.address(), "GET", "/journal/1", &Value::Null).json();
    assert_eq!((entry()["manner"].clone(), entry()["delay_ms"].clone()), (json!("whole"), json!(3_600_000)));
    drop(client);
    until(|| entry()["manner"] == "gave_up");
    assert_eq!(entry()["status"], Value::Null);
    assert_eq!(entry()["slowed_by"], json!(["slow"]));
    assert!(entry()["gave_up_ms"].is_u64());
    assert_eq!(ask(standin.address(), "GET", "/v1/integrations", &[ANY], "").status, 200);
    let report = world.verify().unwrap();
    let served = report.coverage.iter().filter(|cell| cell.operation == LIST).map(|cell| cell.natural + cell.injected);
    assert_eq!(served.sum::<u64>(), 1, "only what arrived is covered");
    let told = &report.journal[0];
    assert!(
        told.starts_with("1 list → not taken, the client gave up after ") && told.ends_with(" ms (slow)"),
        "{told}"
    );
}

#[test]
fn a_client_that_gives_up_on_a_stall_is_counted_too() {
    let standin = Standin::start();
    let world = standin.world();
    world.fault(Rule::on(LIST).limit(1).stall());
    world.expect(Expectation::on(LIST).gave_up().times(1));
    let mut client = Connection::open(standin.address());
    client.send(request("GET", "/v1/integrations", &[ANY], "").as_bytes());
    until(|| world.journal().len() == 1);
    drop(client);
    let at = standin.address();
    assert_eq!(control(at, "POST", "/verify", &json!({ "wait_ms": 3_600_000 })).json()["passed"], true);
    let entry = control(at, "GET", "/journal/1", &Value::Null).json();
    assert_eq!(entry["manner"], "stall");
    assert!(entry["gave_up_ms"].is_u64());
}

#[test]
fn an_encoded_body_is_refused_by_the_name_of_its_encoding() {
    let standin = Standin::start();
    let headers = [ANY, JSON, ("content-encoding", "gzip")];
    let answer = ask(standin.address(), "POST", "/v1/integrations", &headers, "not really gzip");
    assert_eq!(answer.status, 415);
    assert!(answer.text().contains("gzip"), "{}", answer.text());
    let own = standin.address().to_string();
    let to_control = [("host", own.as_str()), ("content-encoding", "br")];
    let answer = ask(standin.address(), "POST", "/_standin/verify", &to_control, "not really br");
    assert!(answer.status == 415 && answer.text().contains(r#"Content-Encoding \"br\""#), "{}", answer.text());
    let utf_16 = [ANY, ("content-type", "application/json; charset=UTF-16")];
    let answer = ask(standin.address(), "POST", "/v1/integrations", &utf_16, "{\0\"\0");
    assert!(answer.status == 415 && answer.text().contains("charset=UTF-16 is not supported"), "{}", answer.text());
    let plain = [ANY, JSON, ("content-encoding", "identity")];
    assert_eq!(ask(standin.address(), "POST", "/v1/integrations", &plain, r#"{"name":"plain"}"#).status, 201);
}

/// A server on two threads, one of which answers in another world until the test says so.
fn while_another_world_is_busy(requests: usize) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let standin = runtime.block_on(Standin::spawn());
    let (one, other) = (standin.new_world(), standin.new_world());
    let (release, released) = mpsc::channel::<()>();
    let (begin, begun) = mpsc::channel::<()>();
    let waits = parking_lot::Mutex::new((begin, released));
    one.fault(Rule::on(LIST).answer(move |_, _| {
        let (begin, released) = &*waits.lock();
        let _ = begin.send(());
        let _ = released.recv_timeout(Duration::from_secs(60));
        Answer::empty(204)
    }));
    let target = format!("/w/{}/v1/integrations/abc123", other.name());
    let mut kept = Connection::open(standin.address());
    assert_eq!(kept.ask("GET", &target, &[ANY], "").status, 200);
    let busy: Vec<Connection> = (0..requests)
        .map(|_| {
            let mut busy = Connection::open(standin.address());
            busy.send(request("GET", &format!("/w/{}/v1/integrations", one.name()), &[ANY], "").as_bytes());
            busy
        })
        .collect();
    begun.recv_timeout(Duration::from_secs(30)).unwrap();
    for _ in 0..20 {
        assert_eq!(kept.ask("GET", &target, &[ANY], "").status, 200, "the other world answers meanwhile");
    }
    drop(release);
    drop(busy);
    drop((one, other, standin));
    runtime.shutdown_background();
}

#[test]
fn with_threads_no_world_waits_for_an_answer_of_another() {
    while_another_world_is_busy(1);
}

#[test]
fn with_threads_no_world_waits_for_requests_that_wait_for_another() {
    while_another_world_is_busy(6);
}

#[test]
fn silent_connections_and_heads_that_never_end_are_closed() {
    let standin = Standin::builder().header_timeout(Duration::from_millis(100)).start();
    let mut silent = Connection::open(standin.address());
    let mut dribbling = Connection::open(standin.address());
    dribbling.send(b"GET /v1/integrations HTTP/1.1\r\nhost: h\r\n");
    let answer = dribbling.receive().unwrap();
    assert_eq!((answer.status, answer.json()["error"]["code"].clone()), (408, json!("request_timeout")));
    assert_eq!(standin.world().journal()[0].target, "/v1/integrations");
    assert!(silent.rest().unwrap().is_empty());
    let mut kept = Connection::open(standin.address());
    assert_eq!(kept.ask("GET", "/v1/integrations", &[ANY], "").status, 200);
    kept.close_after(Duration::from_millis(400));
    assert!(kept.rest().is_err(), "a connection that was used may be idle for longer");
}

#[test]
fn idle_connections_are_closed() {
    let standin = Standin::builder().idle_timeout(Duration::from_millis(100)).start();
    let mut kept = Connection::open(standin.address());
    assert_eq!(kept.ask("GET", "/v1/integrations", &[ANY], "").status, 200);
    assert!(kept.rest().unwrap().is_empty());
}

#[test]
fn at_the_limit_of_connections_the_oldest_idle_one_makes_room() {
    let standin = Standin::builder().max_connections(2).start();
    let world = standin.world();
    world.fault(Rule::on("celigo.flows.list").stall().optional());
    let mut idle = Connection::open(standin.address());
    assert_eq!(idle.ask("GET", "/v1/integrations", &[ANY], "").status, 200);
    let mut busy = Connection::open(standin.address());
    busy.send(request("GET", "/v1/flows", &[ANY], "").as_bytes());
    until(|| world.journal().len() == 2);
    let mut third = Connection::open(standin.address());
    assert_eq!(third.ask("GET", "/v1/integrations", &[ANY], "").status, 200);
    assert!(idle.rest().unwrap().is_empty(), "it made room");
    third.send(request("GET", "/v1/flows", &[ANY], "").as_bytes());
    until(|| world.journal().len() == 4);
    let mut fourth = Connection::open(standin.address());
    fourth.send(request("GET", "/v1/integrations", &[ANY], "").as_bytes());
    let answer = fourth.receive().unwrap();
    assert_eq!((answer.status, answer.json()["error"]["code"].clone()), (503, json!("too_many_connections")));
}

/// Asks for a record of 8 MiB over HTTP/2 by as many streams, and takes nothing of the answers; returns their statuses.
async fn takes_nothing(standin: &Standin, streams: usize) -> (Vec<u16>, tokio::task::JoinHandle<()>) {
    use hyper_util::rt::{TokioExecutor, TokioIo};

    let large = json!({ "_id": "large", "name": "Large", "settings": { "text": "x".repeat(8 << 20) } });
    standin.world().create("celigo.integrations", large).unwrap();
    let stream = tokio::net::TcpStream::connect(standin.address()).await.unwrap();
    let mut client = hyper::client::conn::http2::Builder::new(TokioExecutor::new());
    client.initial_stream_window_size(0).max_concurrent_reset_streams(0);
    let (mut sender, connection) = client.handshake(TokioIo::new(stream)).await.unwrap();
    let mut statuses = Vec::new();
    let (keep, kept) = tokio::sync::oneshot::channel::<()>();
    let ended = tokio::spawn(async move {
        let _ = connection.await;
        drop(keep);
    });
    let mut answers = Vec::new();
    for _ in 0..streams {
        let request = hyper::Request::get("http://h/v1/integrations/large").header("authorization", "Bearer any");
        let request = request.body(http_body_util::Empty::<bytes::Bytes>::new()).unwrap();
        let answer = sender.send_request(request).await.unwrap();
        statuses.push(answer.status().as_u16());
        answers.push(answer);
    }
    // The client lives on, and reads nothing, for as long as the connection.
    tokio::spawn(async move {
        let _ = kept.await;
        drop((answers, sender));
    });
    (statuses, ended)
}

#[tokio::test]
async fn an_http2_client_whose_window_is_closed_is_let_go() {
    let standin = Standin::builder().send_timeout(Duration::from_secs(2)).body_limit(64 << 20).spawn().await;
    let (statuses, ended) = takes_nothing(&standin, 3).await;
    assert_eq!(statuses, [200; 3]);
    tokio::time::timeout(Duration::from_secs(60), ended).await.expect("its connection is closed").unwrap();
    let again = Connection::open(standin.address());
    drop(again);
}

#[tokio::test]
async fn answers_that_an_http2_client_does_not_take_are_bounded_together() {
    let standin = Standin::builder().unfinished_bytes(20 << 20).body_limit(64 << 20).spawn().await;
    let (statuses, ended) = takes_nothing(&standin, 5).await;
    assert_eq!(statuses, [200, 200, 503, 503, 503]);
    ended.abort();
}

#[test]
fn large_answers_that_clients_do_not_take_are_bounded_together() {
    let standin = Standin::builder().unfinished_bytes(20 << 20).body_limit(64 << 20).start();
    let large = json!({ "_id": "large", "name": "Large", "settings": { "text": "x".repeat(8 << 20) } });
    standin.world().create("celigo.integrations", large).unwrap();
    let status = |client: &mut std::net::TcpStream, target: &str| {
        std::io::Write::write_all(client, request("GET", target, &[ANY], "").as_bytes()).unwrap();
        let mut first = [0; 12];
        std::io::Read::read_exact(client, &mut first).unwrap();
        String::from_utf8_lossy(&first[9..]).into_owned()
    };
    let mut clients: Vec<_> = (0..5).map(|_| std::net::TcpStream::connect(standin.address()).unwrap()).collect();
    let statuses: Vec<String> =
        clients.iter_mut().map(|client| status(client, "/v1/integrations?limit=1000")).collect();
    assert_eq!(statuses, ["200", "200", "503", "503", "503"]);
    let mut other = std::net::TcpStream::connect(standin.address()).unwrap();
    assert_eq!(status(&mut other, "/v1/integrations/abc123"), "200", "small answers go on");
    drop(clients);
    until(|| {
        let mut client = std::net::TcpStream::connect(standin.address()).unwrap();
        status(&mut client, "/v1/integrations?limit=1000") == "200"
    });
}

#[test]
fn a_client_that_reads_nothing_of_a_large_answer_is_let_go() {
    let standin = Standin::builder().send_timeout(Duration::from_millis(200)).start();
    let large = json!({ "_id": "large", "name": "Large", "settings": { "text": "x".repeat(8 << 20) } });
    standin.world().create("celigo.integrations", large).unwrap();
    let mut client = Connection::open(standin.address());
    (0..3).for_each(|_| client.send(request("GET", "/v1/integrations/large", &[ANY], "").as_bytes()));
    // Nothing is read until the server has let go: then less comes than was asked for.
    until(|| {
        let mut fresh = Connection::open(standin.address());
        fresh.ask("GET", "/v1/integrations/abc123", &[ANY], "").status == 200 && standin.world().journal().len() > 40
    });
    let got = client.rest().map_or(0, |bytes| bytes.len());
    assert!(got < 3 * (8 << 20), "{got}");
}

#[test]
fn a_call_ends_the_waits_of_its_world_however_it_names_it() {
    let standin = Standin::builder().start();
    let (at, host) = (standin.address(), standin.address().to_string());
    let (one, other) = (standin.new_world(), standin.new_world());
    let wait = |path: &str, wanted: Value| {
        let mut client = Connection::open(at);
        client.send(
            request("POST", &format!("/_standin{path}/wait"), &[("host", &host)], &wanted.to_string()).as_bytes(),
        );
        client
    };
    let of = |world: &WorldHandle| format!("/worlds/{}", world.name());
    let long = |times: u32| json!({ "on": LIST, "times": times, "timeout_ms": 600_000 });
    let mut others = wait(&of(&other), long(1));
    let token = format!("Bearer standin-world-{}", one.name());
    let prefix = format!("/w/{}/v1/integrations", one.name());
    let calls: [(&str, [(&str, &str); 2]); 3] = [
        (&prefix, [ANY, JSON]),
        ("/v1/integrations", [ANY, ("standin-world", one.name())]),
        ("/v1/integrations", [("authorization", &token), JSON]),
    ];
    for (times, (target, headers)) in (1..).zip(calls) {
        let mut client = wait(&of(&one), long(times));
        assert_eq!(ask(at, "GET", target, &headers, "").status, 200);
        let answer = client.receive().unwrap();
        assert_eq!((answer.status, answer.json()["called"].as_u64()), (200, Some(times.into())), "{target}");
    }
    let mut client = wait("", long(1));
    assert_eq!(ask(at, "GET", "/v1/integrations", &[ANY], "").status, 200);
    assert_eq!(client.receive().unwrap().status, 200);
    other.delete().unwrap();
    assert_eq!(others.receive().unwrap().status, 410, "a world that is gone");
}

#[test]
fn matchers_of_requests_that_wait_are_bounded_in_sum() {
    let standin = Standin::builder().unfinished_bytes(1_500_000).start();
    let (at, world) = (standin.address(), standin.new_world());
    let texts: Vec<String> = (0..8_000).map(|n| format!("t{n}")).collect();
    let wanted = |timeout_ms: u64, times: u32| {
        let when = json!({ "query": { "q": { "@in": texts } } });
        json!({ "on": LIST, "when": when, "times": times, "timeout_ms": timeout_ms })
    };
    let path = format!("/worlds/{}/wait", world.name());
    let mut first = Connection::open(at);
    let host = at.to_string();
    let text = wanted(600_000, 1).to_string();
    first.send(request("POST", &format!("/_standin{path}"), &[("host", &host)], &text).as_bytes());
    until(|| control(at, "POST", &path, &wanted(1, 9)).status == 503);
    let refused = control(at, "POST", &path, &wanted(1, 9)).json().to_string();
    assert!(refused.contains("1500000 bytes of requests that wait"), "{refused}");
    let small = json!({ "on": LIST, "times": 9, "timeout_ms": 1 });
    assert_eq!(control(at, "POST", &path, &small).status, 408, "small ones still wait");
    let call = format!("/w/{}/v1/integrations?q=t7", world.name());
    assert_eq!(ask(at, "GET", &call, &[ANY], "").status, 200);
    assert_eq!(first.receive().unwrap().status, 200);
    until(|| control(at, "POST", &path, &wanted(1, 9)).status == 408);
}
