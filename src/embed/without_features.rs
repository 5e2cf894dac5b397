//! Tests of a build without features: a request that needs one gets an answer with its name.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use crate::Standin;

/// Sends these bytes, and returns all of the answer.
fn sent(standin: &Standin, request: &str) -> String {
    let mut stream = TcpStream::connect(standin.address()).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn asked(standin: &Standin, method: &str, target: &str, body: &str) -> String {
    let token = standin.world().token();
    let (host, length) = (standin.address(), body.len());
    sent(
        standin,
        &format!(
            "{method} {target} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        ),
    )
}

fn body(answer: &str) -> Value {
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[test]
fn a_link_to_an_archive_is_501_and_names_the_feature() {
    let standin = Standin::start();
    let made = standin.world().create("celigo.integrations", serde_json::json!({ "name": "Nightly" })).unwrap();
    let id = made["_id"].as_str().unwrap();
    let link = asked(&standin, "GET", &format!("/v1/integrations/{id}/template"), "");
    let link = body(&link)["signedURL"].as_str().unwrap().to_owned();
    let target = link.split_once("://").unwrap().1.split_once('/').unwrap().1.to_owned();
    let answer = asked(&standin, "GET", &format!("/{target}"), "");
    assert!(answer.starts_with("HTTP/1.1 501 ") && answer.contains("its cargo feature `archive`"), "{answer}");
}

#[test]
fn a_client_that_begins_with_http_2_gets_505_and_the_feature() {
    let answer = sent(&Standin::start(), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 505 ") && answer.contains("its cargo feature `http2`"), "{answer}");
}

#[test]
fn webhooks_to_sign_or_deliver_are_refused_and_name_the_feature() {
    let standin = Standin::start();
    for (status, path, wanted) in [
        (400, "/_standin/webhooks", r#"{"type": "edlink.webhook", "payload": {}, "secret": "s"}"#),
        (501, "/_standin/deliver", r#"{"to": "http://127.0.0.1:9/hook", "type": "edlink.webhook", "payload": {}}"#),
    ] {
        let answer = asked(&standin, "POST", path, wanted);
        let is_refused = answer.starts_with(&format!("HTTP/1.1 {status} "));
        assert!(is_refused && answer.contains("its cargo feature `webhooks`"), "{answer}");
    }
}
