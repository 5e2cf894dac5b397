//! Webhooks that a fake service sends: signed, posted, tried again by the world's clock.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use standin::{Clock, Standin};

use crate::support::{Response, ask};

const SECRET: &str = "a-webhook-secret";

pub fn control(standin: &Standin, method: &str, path: &str, body: &Value) -> Response {
    let own = standin.address().to_string();
    let body = if body.is_null() { String::new() } else { body.to_string() };
    ask(standin.address(), method, &format!("/_standin{path}"), &[("host", &own)], &body)
}

/// A customer that answers with these statuses, one by one, and tells the text of each request.
pub fn customer(statuses: &'static [u16]) -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for status in statuses {
            let (mut stream, _) = listener.accept().unwrap();
            let (mut text, mut part) = (Vec::new(), [0; 4096]);
            // The body ends with the envelope's end.
            while !text.ends_with(b"]}") {
                let read = stream.read(&mut part).unwrap();
                assert!(read > 0, "the request ended early");
                text.extend_from_slice(&part[..read]);
            }
            write!(stream, "HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
            sender.send(String::from_utf8(text).unwrap()).unwrap();
        }
    });
    (address, receiver)
}

pub fn received(requests: &Receiver<String>) -> String {
    requests.recv_timeout(Duration::from_secs(20)).expect("a request comes")
}

/// Waits, at most for a while, until a delivery has been tried this often.
pub fn tried(standin: &Standin, times: usize) -> Value {
    for _ in 0..2_000 {
        let delivery = control(standin, "GET", "/deliveries/1", &Value::Null).json();
        if delivery["tries"].as_array().unwrap().len() == times {
            return delivery;
        }
        thread::yield_now();
    }
    panic!("not tried {times} times");
}

#[test]
fn a_webhook_is_signed_on_demand() {
    let standin = Standin::builder().clock(Clock::frozen().at("2024-01-20T10:00:00.000Z")).start();
    let order = json!({ "type": "person.sign_in", "payload": { "id": "1" }, "secret": SECRET });
    let signed = control(&standin, "POST", "/webhooks", &order).json();
    let body = r#"{"$events":[{"type":"person.sign_in","payload":{"id":"1"}}]}"#;
    assert_eq!(signed["body"], body);
    let mac = hmac_sha256::HMAC::mac(format!("1705744800.{body}"), SECRET);
    let hex = mac.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    assert_eq!(signed["headers"]["edlink-signature"], format!("t=1705744800,v0={hex}"));
    let without = control(&standin, "POST", "/webhooks", &json!({ "type": "x" }));
    assert_eq!((without.status, without.text().contains("webhook_secret")), (400, true));
    let own = json!({ "id": "3a95a779-0ed1-499b-a352-9ea30d0bd5ea", "name": "Reader", "webhook_secret": SECRET });
    standin.world().create("edlink.applications", own).unwrap();
    let order = json!({ "type": "person.sign_in", "payload": { "id": "1" } });
    assert_eq!(
        control(&standin, "POST", "/webhooks", &order).json(),
        signed,
        "the application's secret, the world's time"
    );
}

#[test]
fn a_webhook_is_posted_again_by_the_worlds_clock_until_it_is_taken() {
    let standin = Standin::builder().clock(Clock::frozen().at("2024-01-20T10:00:00.000Z")).start();
    let (address, requests) = customer(&[500, 503, 204]);
    let order = json!({ "to": format!("http://{address}/hook?a=b"), "type": "import.complete", "secret": SECRET });
    let delivery = control(&standin, "POST", "/deliver", &order).json();
    assert_eq!((&delivery["number"], &delivery["state"]), (&json!(1), &json!("pending")));
    let first = received(&requests);
    assert!(first.starts_with("POST /hook?a=b HTTP/1.1\r\n") && first.contains("edlink-signature: t=1705744800,v0="));
    let delivery = tried(&standin, 1);
    assert_eq!(delivery["next_try"], "2024-01-20T10:00:01.000Z");
    assert!(requests.try_recv().is_err(), "nothing is sent before its time");
    control(&standin, "POST", "/clock", &json!({ "advance_ms": 1_000 }));
    assert_eq!(received(&requests), first, "the same request, signature and all");
    assert_eq!(tried(&standin, 2)["next_try"], "2024-01-20T10:00:03.000Z");
    control(&standin, "POST", "/clock", &json!({ "advance_ms": 2_000 }));
    received(&requests);
    let delivery = tried(&standin, 3);
    assert_eq!((&delivery["state"], &delivery["next_try"]), (&json!("delivered"), &Value::Null));
    let statuses: Vec<u64> =
        delivery["tries"].as_array().unwrap().iter().map(|it| it["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [500, 503, 204]);
}

#[test]
fn a_webhook_goes_to_this_machine_only_and_a_reset_ends_it() {
    let standin = Standin::builder().clock(Clock::frozen().at("2024-01-20T10:00:00.000Z")).start();
    let order = |to: &str| json!({ "to": to, "type": "x", "secret": SECRET });
    let addresses = [
        ("http://192.0.2.1/hook", 403),
        ("http://example.org/", 403),
        ("http://localhost.example.org/", 403),
        ("http://127.0.0.1.nip.io/", 403),
        ("http://localhost./", 403),
        ("http://0.0.0.0/", 403),
        ("http://2130706433/", 403),
        ("http://[::ffff:192.0.2.1]/", 403),
        ("http://[::]/", 403),
        ("http://127.0.0.1@example.org/", 400),
        ("http://user:word@127.0.0.1/", 400),
        ("http://localhost:99999/", 400),
        ("https://127.0.0.1/", 400),
        ("nowhere", 400),
    ];
    for (to, status) in addresses {
        let refused = control(&standin, "POST", "/deliver", &order(to));
        assert_eq!(refused.status, status, "{to}: {}", refused.text());
    }
    let too_many = json!({ "to": "http://localhost/", "type": "x", "secret": SECRET, "tries": 11 });
    assert_eq!(control(&standin, "POST", "/deliver", &too_many).status, 400);
    // A port that was free a moment ago, where nothing listens now.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(control(&standin, "POST", "/deliver", &order(&format!("http://{closed}/"))).status, 200);
    assert!(tried(&standin, 1)["tries"][0]["error"].is_string());
    control(&standin, "POST", "/reset", &Value::Null);
    assert_eq!(control(&standin, "GET", "/deliveries", &Value::Null).json(), json!([]));
    let (address, requests) = customer(&[200]);
    control(&standin, "POST", "/deliver", &order(&format!("http://localhost:{}/", address.port())));
    received(&requests);
}

#[test]
fn a_webhook_of_a_deleted_world_is_not_tried_again() {
    let standin = Standin::builder().clock(Clock::real()).start();
    let (first, first_requests) = customer(&[500, 500]);
    let (second, second_requests) = customer(&[500, 204]);
    for (world, to) in [("first", first), ("second", second)] {
        control(&standin, "POST", "/worlds", &json!({ "name": world }));
        let order = json!({ "to": format!("http://LOCALHOST:{}/", to.port()), "type": "x", "secret": SECRET });
        let path = format!("/worlds/{world}/deliver");
        assert_eq!(control(&standin, "POST", &path, &order).status, 200);
    }
    received(&first_requests);
    assert_eq!(control(&standin, "DELETE", "/worlds/first", &Value::Null).status, 204);
    // The second try of the other world comes after the time at which that of this one would have come.
    received(&second_requests);
    received(&second_requests);
    assert!(first_requests.try_recv().is_err());
}

#[test]
fn a_scenario_breaks_off_the_tries_of_what_it_drops() {
    let standin = Standin::start();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = format!("http://{}/hook", listener.local_addr().unwrap());
    let order = json!({ "to": to, "type": "x", "secret": SECRET });
    let deliver = || control(&standin, "POST", "/deliver", &order).json();
    let first = deliver();
    assert_eq!(first["number"], 1, "{first}");
    let (mut hanging, _) = listener.accept().unwrap();
    let scenario = json!({ "scenario": 1, "api": ["edlink"], "data": { "from": "default" } });
    assert!(control(&standin, "PUT", "/scenario", &scenario).status < 300);
    assert_eq!(deliver()["number"], 2, "the result of the first must not be noted for it");
    // The first ends before the receiver gets another.
    hanging.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    hanging.read_to_end(&mut Vec::new()).expect("its connection is closed");
    let _second = listener.accept().unwrap();
    assert_eq!(control(&standin, "GET", "/deliveries", &Value::Null).json().as_array().unwrap().len(), 1);
}

#[test]
fn a_receiver_that_hangs_does_not_hold_back_the_others() {
    let standin = Standin::builder().clock(Clock::frozen().at("2024-01-20T10:00:00.000Z")).start();
    let order =
        |address: SocketAddr, kind: &str| json!({ "to": format!("http://{address}/"), "type": kind, "secret": SECRET });
    // It takes connections, and never answers.
    let hanging = TcpListener::bind("127.0.0.1:0").unwrap();
    control(&standin, "POST", "/deliver", &order(hanging.local_addr().unwrap(), "x"));
    let taken = hanging.accept().unwrap();
    let (address, requests) = customer(&[204, 204, 204]);
    for kind in ["one", "two", "three"] {
        control(&standin, "POST", "/deliver", &order(address, kind));
    }
    for kind in ["one", "two", "three"] {
        assert!(received(&requests).contains(kind), "each receiver gets its own in order");
    }
    let first = control(&standin, "GET", "/deliveries/1", &Value::Null).json();
    assert_eq!((&first["state"], &first["tries"]), (&json!("pending"), &json!([])), "it still hangs");
    drop(taken);
}
