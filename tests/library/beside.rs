//! On one thread, others are answered while a large world is judged or looked through.

use std::io::Read;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;
use standin::{Expectation, Standin};

use crate::support::{ask, request};

const ANY: (&str, &str) = ("authorization", "Bearer any-token");

/// Tells whether a request to the default world is answered before one that was sent earlier.
fn is_overtaken(token: &str, standin: &Standin, method: &str, target: &str, body: &str) -> bool {
    use std::io::Write;
    let host = standin.address().to_string();
    let headers = [("host", host.as_str()), ("authorization", token)];
    let mut slow = TcpStream::connect(standin.address()).unwrap();
    slow.write_all(request(method, target, &headers, body).as_bytes()).unwrap();
    assert_eq!(
        ask(standin.address(), "GET", "/v1/integrations/abc123", &[("host", host.as_str()), ANY], "").status,
        200
    );
    slow.set_nonblocking(true).unwrap();
    let is_overtaken = slow.peek(&mut [0]).is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock);
    slow.set_nonblocking(false).unwrap();
    slow.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut first = [0; 12];
    slow.read_exact(&mut first).unwrap();
    assert!(
        matches!(&first, b"HTTP/1.1 200" | b"HTTP/1.1 204" | b"HTTP/1.1 422"),
        "{}",
        String::from_utf8_lossy(&first)
    );
    is_overtaken
}

/// An answer in its turn is never overtaken on one thread, and one that is found beside is sooner or later.
fn overtaken_once(standin: &Standin, method: &str, target: &str, body: &str) {
    overtaken_by("Bearer any-token", standin, method, target, body);
}

fn overtaken_by(token: &str, standin: &Standin, method: &str, target: &str, body: &str) {
    assert!(
        (0..100).any(|_| is_overtaken(token, standin, method, target, body)),
        "{method} {target} keeps all others waiting"
    );
}

#[test]
fn a_full_journal_is_judged_beside_the_thread_that_answers() {
    let standin = Standin::start();
    let world = standin.new_world();
    for n in 0..40 {
        let query = json!({ "name": format!("Order 9{n}") });
        world.expect(Expectation::on("celigo.integrations.list").query(query).at_most(1));
    }
    for n in 0..10_000 {
        let target = format!("/v1/integrations?name=Order%20{n}&limit=1");
        assert!(world.answer("GET", &target, &[ANY], b"").status.is_some());
    }
    let path = format!("/_standin/worlds/{}", world.name());
    overtaken_once(&standin, "POST", &format!("{path}/verify"), "");
    overtaken_once(&standin, "POST", &format!("{path}/verify"), r#"{"wait_ms": 1}"#);
    overtaken_once(&standin, "GET", &format!("{path}/journal"), "");
}

#[test]
fn a_call_with_a_long_body_is_shown_while_its_world_answers() {
    let standin = Standin::start();
    let body = "a word, and \"another\": ".repeat(12_000);
    let sent = standin.world().answer("POST", "/v1/integrations", &[ANY], body.as_bytes());
    assert_eq!(sent.status, Some(415));
    overtaken_once(&standin, "GET", "/_standin/journal/1", "");
    overtaken_once(&standin, "GET", "/_standin/journal?text=nowhere", "");
}

#[test]
fn a_list_that_looks_through_many_records_is_made_beside() {
    let standin = Standin::builder().generate("celigo.integrations", 10_000).start();
    let world = standin.new_world();
    let list = |query: &str| format!("/w/{}/v1/integrations?{query}", world.name());
    overtaken_once(&standin, "GET", &list("name=None%20has%20it"), "");
    overtaken_once(&standin, "GET", &format!("/_standin/worlds/{}/export", world.name()), "");
    overtaken_once(&standin, "GET", &format!("/_standin/worlds/{}/data", world.name()), "");
}

#[test]
fn a_list_is_made_beside_when_its_token_sees_few_of_its_records() {
    let standin = Standin::start();
    let world = standin.new_world();
    let id = world.records("celigo.integrations").unwrap()[0].id().to_owned();
    let tokens = json!({ "celigo": [{ "token": "narrow", "integrations": [id] }, { "token": "any-token" }] });
    let scenario = json!({ "scenario": 1, "api": ["celigo"], "tokens": tokens, "data": { "from": "default", "generate": { "celigo.integrations": { "count": 20_000 } } } });
    world.load_text("narrow.json", &scenario.to_string()).unwrap();
    let target = format!("/w/{}/v1/integrations?limit=1", world.name());
    let narrow = || ask(standin.address(), "GET", &target, &[("authorization", "Bearer narrow")], "");
    assert_eq!(narrow().json().as_array().unwrap().len(), 1);
    overtaken_by("Bearer narrow", &standin, "GET", &target, "");
}

#[test]
fn a_removal_that_takes_many_records_with_it_is_made_beside() {
    let standin = Standin::start();
    let world = standin.new_world();
    let flows: Vec<_> = (0..6_000)
        .map(|n| json!({ "_id": format!("f{n}"), "name": format!("Flow {n}"), "_integrationId": "abc123" }))
        .collect();
    let scenario =
        json!({ "scenario": 1, "api": ["celigo"], "data": { "from": "default", "add": { "celigo.flows": flows } } });
    let target = format!("/w/{}/v1/integrations/abc123", world.name());
    let is_overtaken = || {
        world.load_text("many.json", &scenario.to_string()).unwrap();
        is_overtaken("Bearer any-token", &standin, "DELETE", &target, "")
    };
    assert!((0..20).any(|_| is_overtaken()), "others wait for the removal");
    assert_eq!(world.answer("GET", "/v1/flows/f1", &[ANY], b"").status, Some(404));
}
