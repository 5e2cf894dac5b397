//! One server for many tests: README's chapter in Rust, run.

use std::sync::LazyLock;

use serde_json::json;
use standin::{Standin, WorldHandle};

/// One server for all tests of this process.
static STANDIN: LazyLock<Standin> = LazyLock::new(Standin::start);

/// The world that many tests begin with, made once; a fork of it costs microseconds, however many records it has.
static BUSY: LazyLock<WorldHandle> = LazyLock::new(|| {
    let world = STANDIN.new_world();
    for n in 1..=100 {
        world.create("celigo.integrations", json!({ "name": format!("Busy {n}") })).unwrap();
    }
    world
});

#[test]
fn deletes_what_is_not_wanted() {
    let world = STANDIN.new_world(); // this test's own; it ends with its last handle
    run_my_sync(&world.celigo_url(), &world.token());
    assert!(world.records("celigo.integrations").unwrap().is_empty());
}

#[test]
fn deletes_a_hundred_too() {
    let world = BUSY.fork();
    run_my_sync(&world.celigo_url(), &world.token());
    assert!(world.records("celigo.integrations").unwrap().is_empty());
    assert_eq!(BUSY.records("celigo.integrations").unwrap().len(), 106, "no other world is changed");
}

// The software under test: here it deletes all integrations, over plain sockets.
fn run_my_sync(base_url: &str, token: &str) {
    let mut client = Client::new(base_url, token);
    let all: serde_json::Value = serde_json::from_str(&client.ask("GET", "/integrations")).unwrap();
    for integration in all.as_array().unwrap() {
        client.ask("DELETE", &format!("/integrations/{}", integration["_id"].as_str().unwrap()));
    }
}

struct Client {
    base_url: String,
    token: String,
}

impl Client {
    fn new(base_url: &str, token: &str) -> Self {
        Self { base_url: base_url.to_owned(), token: token.to_owned() }
    }

    fn ask(&mut self, method: &str, path: &str) -> String {
        use std::io::{Read, Write};
        let (host, base) = self.base_url["http://".len()..].split_once('/').unwrap();
        let mut stream = std::net::TcpStream::connect(host).unwrap();
        let head =
            format!("{method} /{base}{path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {}\r\n", self.token);
        stream.write_all(format!("{head}connection: close\r\n\r\n").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split_once("\r\n\r\n").unwrap().1.to_owned()
    }
}
