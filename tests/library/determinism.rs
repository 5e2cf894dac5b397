//! Equal settings, seed and requests give the same bytes: in another process, beside other worlds, on the wire.

use std::net::SocketAddr;
use std::process::Command;
use std::thread;
use std::time::Duration;

use crate::support::{Connection, request};
use serde_json::{Value, json};
use standin::{Clock, Standin, WorldHandle, WorldOptions};

/// Set for a test process that is only to print its transcript.
const CHILD: &str = "TRANSCRIPT_OF_A_CHILD";

fn standin() -> Standin {
    let builder =
        Standin::builder().seed(42).clock(Clock::step_by(Duration::from_millis(250)).at("2024-01-20T10:00:00.000Z"));
    builder.generate("celigo.integrations", 60).generate("edlink.integrations", 60).start()
}

/// One exchange, byte by byte.
fn exchange(
    address: SocketAddr,
    transcript: &mut String,
    method: &str,
    target: &str,
    token: &str,
    body: &str,
) -> String {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json"), ("connection", "close")];
    let mut connection = Connection::open(address);
    connection.send(request(method, target, &headers, body).as_bytes());
    let answer = String::from_utf8(connection.rest().unwrap()).unwrap();
    *transcript += &format!(">>> {method} {target} {body}\n{answer}\n");
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}

/// Everything a consumer and an administrator may do, in a world at that prefix.
fn transcript(address: SocketAddr, world: &WorldHandle, prefix: &str) -> String {
    let mut all = String::new();
    let mut ask = |method: &str, path: &str, token: &str, body: &str| {
        exchange(address, &mut all, method, &format!("{prefix}{path}"), token, body)
    };
    let parsed = |body: &str| serde_json::from_str::<Value>(body).unwrap_or_else(|error| panic!("{error}: {body}"));
    let path_of = |link: &Value| {
        let link = link.as_str().unwrap();
        let at = link.find("/api/").unwrap();
        link[at..].to_owned()
    };
    // Pages to the end, by offset and by cursor.
    for page in 0..4 {
        ask("GET", &format!("/v1/integrations?limit=20&offset={}", page * 20), "t", "");
    }
    let mut next = Some("/api/v1/integrations?$first=25".to_owned());
    while let Some(path) = next {
        let page = parsed(&ask("GET", &path, "secret", ""));
        next = page.get("$next").filter(|link| !link.is_null()).map(path_of);
    }
    // Made, changed, removed; ids, tokens and times.
    let made = parsed(&ask("POST", "/v1/integrations", "t", r#"{"name":"New","sandbox":true}"#));
    let id = made["_id"].as_str().unwrap().to_owned();
    ask("PUT", &format!("/v1/integrations/{id}"), "t", r#"{"name":"Newer"}"#);
    ask("GET", &format!("/v1/integrations/{id}/audit"), "t", "");
    for below in ["", "/flows", "/exports", "/imports", "/connections", "/errors", "/audit", "/template", "/ashares"] {
        ask("GET", &format!("/v1/integrations/abc123{below}"), "t", "");
    }
    ask("DELETE", &format!("/v1/integrations/{id}"), "t", "");
    // Errors in both APIs' words, and the fake's own.
    ask("GET", &format!("/v1/integrations/{id}"), "t", "");
    ask("POST", "/v1/integrations", "t", "{");
    ask("GET", "/v1/nothing", "t", "");
    ask("GET", "/api/v1/integrations/not-a-uuid", "secret", "");
    ask("GET", "/api/v2/nothing", "secret", "");
    // Behind the APIs.
    let recreated = world.recreate("edlink.integrations", "77a69705-41a7-49cb-0fe8-ffd425f9716f").unwrap();
    ask("GET", &format!("/api/v1/integrations/{}", recreated["id"].as_str().unwrap()), "secret", "");
    world.create("edlink.integrations", json!({})).unwrap();
    world.advance(std::time::Duration::from_secs(24 * 60 * 60));
    ask("GET", "/api/v1/integrations?$last=3", "secret", "");
    all += &serde_json::to_string(&world.records("edlink.integrations").unwrap()).unwrap();
    all
}

/// Not a test of its own: the other process of the next one.
#[test]
fn prints_its_transcript_when_it_is_asked_to() {
    if std::env::var_os(CHILD).is_some() {
        let standin = standin();
        let transcript = transcript(standin.address(), &standin.world(), "");
        println!("<<<{}>>>", serde_json::to_string(&transcript).unwrap());
    }
}

#[test]
fn two_processes_give_the_same_bytes() {
    let child = |zone: &str, noise: &[(&str, &str)]| {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "determinism::prints_its_transcript_when_it_is_asked_to", "--nocapture"]);
        child.env(CHILD, "1").env("TZ", zone).envs(noise.iter().copied()).current_dir(std::env::temp_dir());
        let output = child.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let transcript = text.split_once("<<<").unwrap_or_else(|| panic!("{text}")).1.rsplit_once(">>>").unwrap().0;
        serde_json::from_str::<String>(transcript).unwrap()
    };
    let one = child("UTC", &[]);
    let two = child("Asia/Kathmandu", &[("LANG", "tr_TR.UTF-8"), ("HOME", "/nowhere")]);
    assert!(one.len() > 50_000 && one.contains("standin-call: 25"), "{} bytes", one.len());
    same(&one, &two);
    let standin = standin();
    same(&one, &transcript(standin.address(), &standin.world(), ""));
}

#[test]
fn what_other_worlds_do_changes_no_byte_in_a_world() {
    let quiet = standin();
    let named = WorldOptions::default().name("a");
    let world = quiet.new_world_with(&named).unwrap();
    let alone = transcript(quiet.address(), &world, "/w/a");

    let busy = standin();
    let others: Vec<WorldHandle> = (0..50).map(|_| busy.new_world()).collect();
    let world = busy.new_world_with(&named).unwrap();
    let crowded = thread::scope(|scope| {
        for other in &others[..4] {
            scope.spawn(|| transcript(busy.address(), other, &format!("/w/{}", other.name())));
        }
        transcript(busy.address(), &world, "/w/a")
    });
    same(&alone, &crowded);
}

#[test]
fn a_reset_world_gives_the_same_bytes_again() {
    let standin = standin();
    let world = standin.world();
    let first = transcript(standin.address(), &world, "");
    world.reset();
    same(&first, &transcript(standin.address(), &world, ""));
}

/// Tells the first line that differs, not two transcripts.
fn same(one: &str, two: &str) {
    for (one, two) in one.lines().zip(two.lines()) {
        assert_eq!(one, two);
    }
    assert_eq!(one.len(), two.len());
}

fn assert_ids_are_unique(world: &WorldHandle) {
    for collection in ["celigo.integrations", "celigo.audit"] {
        let records = world.records(collection).unwrap();
        let mut ids: Vec<&str> = records.iter().filter_map(|record| record["_id"].as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), records.len(), "{collection}");
    }
}

#[test]
fn records_kept_from_a_run_are_not_overwritten_by_the_same_run_on_top_of_them() {
    let post = |world: &WorldHandle, name: &str| {
        let headers = [("authorization", "Bearer any"), ("content-type", "application/json")];
        let body = json!({ "name": name }).to_string();
        world.answer("POST", "/v1/integrations", &headers, body.as_bytes()).json()
    };
    let offline = || Standin::builder().no_embedded_fixtures().seed(7).offline().unwrap();
    let first = offline();
    let kept = [post(&first, "one"), post(&first, "two")];
    let (audit, second) = (first.records("celigo.audit").unwrap(), offline());
    for entry in audit {
        second.create("celigo.audit", entry).unwrap();
    }
    for record in &kept {
        second.create("celigo.integrations", record.clone()).unwrap();
    }
    let made = [post(&second, "three"), post(&second, "four")];
    assert_ids_are_unique(&second);
    assert_eq!(second.records("celigo.integrations").unwrap().len(), kept.len() + made.len());
}

#[test]
fn a_world_with_the_seed_of_the_one_it_is_made_from_gives_no_id_twice() {
    let standin = Standin::builder().no_embedded_fixtures().seed(7).start();
    let make = |world: &WorldHandle, name: &str| {
        for n in 0..20 {
            world.create("celigo.integrations", json!({ "name": format!("{name} {n}") })).unwrap();
        }
    };
    let changed = standin.world().create("celigo.integrations", json!({ "name": "changed" })).unwrap();
    for n in 0..7 {
        let description = json!({ "description": n.to_string() });
        standin.world().patch("celigo.integrations", changed.id(), description).unwrap();
    }
    make(&standin.world(), "first");
    let world = standin.world().fork_with(&WorldOptions::default().seed(7)).unwrap();
    make(&world, "second");
    assert_ids_are_unique(&world);
}
