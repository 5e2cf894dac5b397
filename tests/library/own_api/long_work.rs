//! Long work leaves the answering thread: while records are made, the only thread of a server answers other requests.

use std::fs;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::{Value, json};
use standin::api::{
    Action, Actor, Api as Table, Document, IdFormat, Problem, Record, Resource, Schema, State, get, text,
};
use standin::{Api, Standin};

use super::shop::SHOP;
use crate::support::folder::Folder;
use crate::support::{Connection, Response, ask, request};

const PATIENCE: Duration = Duration::from_secs(60);

/// The mill, whose work on a sack lasts until the test says so.
static MILL: Table = Table::new("mill", "The Mill", "/mill", SHOP.dialect)
    .routes(&[get("/sacks", "sacks.list", Action::List(&SACKS)).fails(SHOP.errors).documented("the mill's guide")])
    .resources(&[Resource::new(&SACKS).before_write(grind).generator(sack)])
    .errors(SHOP.errors, SHOP.common_errors);
static SACKS: Schema = Schema::new("mill.sacks", "Sack", "id", IdFormat::ObjectId, &[text("id"), text("grain")]);

/// One test at a time holds work.
static TURN: Mutex<()> = Mutex::new(());

/// The next work that is held: it says that it has begun, and ends when the other end of the receiver is gone.
static HELD: Mutex<Option<(Sender<()>, Receiver<()>)>> = Mutex::new(None);

fn grind(_: &mut State, _: &str, fields: Document, _: Option<&Record>, _: Actor) -> Document {
    let held = HELD.lock().take();
    if let Some((begin, end)) = held {
        let _ = begin.send(());
        let _ = end.recv_timeout(PATIENCE);
    }
    fields
}

#[allow(clippy::unnecessary_wraps)] // Every generator has this type.
fn sack(_: &mut State, number: usize) -> Result<Document, Problem> {
    Ok(Document::from_iter([("grain", json!(format!("rye {number}")))]))
}

fn control(standin: &Standin, method: &str, path: &str, body: &str) -> Response {
    let host = standin.address().to_string();
    ask(standin.address(), method, &format!("/_standin{path}"), &[("host", &host)], body)
}

/// Asks for work that is held until the sender goes, and returns once it has begun.
fn begun(standin: &Standin, method: &str, path: &str, body: &str) -> (Connection, Sender<()>) {
    let ((begin, begun), (release, end)) = (channel(), channel());
    *HELD.lock() = Some((begin, end));
    let (host, mut long) = (standin.address().to_string(), Connection::open(standin.address()));
    long.send(request(method, &format!("/_standin{path}"), &[("host", &host)], body).as_bytes());
    begun.recv_timeout(PATIENCE).expect("the work has begun");
    (long, release)
}

/// Asks for work that is held until `meanwhile` has returned, and returns its answer.
fn held(standin: &Standin, method: &str, path: &str, body: &str, meanwhile: impl FnOnce()) -> Response {
    let (mut long, release) = begun(standin, method, path, body);
    let host = standin.address().to_string();
    for target in ["/mill/sacks", "/w/other/mill/sacks", "/_standin/worlds"] {
        let headers = [("host", host.as_str()), ("authorization", "Bearer any")];
        assert_eq!(ask(standin.address(), "GET", target, &headers, "").status, 200, "{target} during {method} {path}");
    }
    meanwhile();
    drop(release);
    long.receive().unwrap()
}

fn names(standin: &Standin) -> Vec<Value> {
    let worlds = control(standin, "GET", "/worlds", "").json();
    worlds["worlds"].as_array().unwrap().iter().map(|world| world["name"].clone()).collect()
}

#[test]
fn on_one_thread_other_requests_are_answered_while_records_are_made() {
    let _turn = TURN.lock();
    let folder = Folder::new("long-work");
    fs::create_dir_all(folder.path("mill")).unwrap();
    fs::write(folder.path("mill/sacks.json"), r#"[{"id": "first", "grain": "rye"}]"#).unwrap();
    let standin = Standin::builder().api([Api::Own(&MILL)]).fixtures(folder.path("")).start();
    assert_eq!(control(&standin, "PUT", "/worlds/other", "").status, 200);
    let scenario = json!({
        "scenario": 1, "api": "mill", "name": "rye", "data": { "add": { "mill.sacks": [{ "id": "rye" }] } },
    });
    let made = json!({ "scenario": scenario }).to_string();

    let put = || assert_eq!(control(&standin, "PUT", "/worlds/rye", &made).status, 200);
    let again = held(&standin, "PUT", "/worlds/rye", &made, put);
    assert_eq!((again.status, &again.json()["name"]), (200, &json!("rye")), "it finds what was made meanwhile");
    let other = || assert_eq!(control(&standin, "PUT", "/worlds/wheat", r#"{"seed": 1}"#).status, 200);
    let taken = held(&standin, "PUT", "/worlds/wheat", &made, other);
    assert_eq!((taken.status, &taken.json()["error"]["code"]), (409, &json!("conflict")), "{}", taken.text());
    let chosen = || assert_eq!(control(&standin, "PUT", "/worlds/w1", "").status, 200);
    let unnamed = held(&standin, "POST", "/worlds", &made, chosen);
    assert_eq!((unnamed.status, &unnamed.json()["name"]), (200, &json!("w2")), "another took the name made up first");
    assert_eq!(names(&standin), ["default", "other", "rye", "w1", "w2", "wheat"]);

    let none = || assert_eq!(control(&standin, "GET", "/scenario", "").json()["scenario"], Value::Null);
    let loaded = held(&standin, "PUT", "/scenario", &scenario.to_string(), none);
    assert_eq!((loaded.status, &loaded.json()["scenario"]), (200, &json!("rye")), "{}", loaded.text());
    let exported = control(&standin, "GET", "/worlds/rye/export", "").text();
    assert_eq!(held(&standin, "PUT", "/worlds/copy/import", &exported, || ()).status, 200);
    assert_eq!(held(&standin, "POST", "/reload", "", || ()).status, 204);
}

#[test]
fn worlds_made_up_at_one_time_are_bounded_together() {
    let _turn = TURN.lock();
    let standin = Standin::builder().api([Api::Own(&MILL)]).total_generated_records(150).start();
    assert_eq!(control(&standin, "PUT", "/worlds/other", "").status, 200);
    let of = |count: usize| {
        let data = json!({ "generate": { "mill.sacks": { "count": count } } });
        json!({ "scenario": { "scenario": 1, "api": "mill", "data": data } }).to_string()
    };
    let refused = |name: &str, count: usize| {
        let refused = control(&standin, "PUT", &format!("/worlds/{name}"), &of(count));
        assert!(
            refused.status == 400 && refused.text().contains("at most 150 records can be made up in all worlds"),
            "{}",
            refused.text()
        );
    };
    assert_eq!(held(&standin, "PUT", "/worlds/one", &of(100), || refused("two", 51)).status, 200);
    refused("two", 51);
    assert_eq!(control(&standin, "PUT", "/worlds/two", &of(50)).status, 200, "what was refused takes no room");
    refused("three", 1);
}

#[test]
fn a_server_ends_while_records_are_made_for_a_client_that_has_gone() {
    let _turn = TURN.lock();
    let standin = Standin::builder().api([Api::Own(&MILL)]).start();
    let ((begin, begun), (release, end)) = (channel(), channel());
    *HELD.lock() = Some((begin, end));
    let data = json!({ "add": { "mill.sacks": [{ "id": "rye" }] } });
    let scenario = json!({ "scenario": 1, "api": "mill", "data": data }).to_string();
    let (host, mut long) = (standin.address().to_string(), Connection::open(standin.address()));
    long.send(request("PUT", "/_standin/scenario", &[("host", &host)], &scenario).as_bytes());
    begun.recv_timeout(PATIENCE).expect("the work has begun");
    drop(long);
    drop(standin);
    assert!(release.send(()).is_ok(), "the work is not waited for");
}

#[test]
fn work_that_holds_a_world_keeps_only_that_world_waiting() {
    let _turn = TURN.lock();
    let standin = Standin::builder().api([Api::Own(&MILL)]).start();
    for name in ["other", "full"] {
        assert_eq!(control(&standin, "PUT", &format!("/worlds/{name}"), "").status, 200);
    }
    let sacks: Vec<Value> = (0..2_000).map(|n| json!({ "grain": format!("a sack of rye, number {n}") })).collect();
    let host = standin.address().to_string();
    let headers = [("host", host.as_str()), ("authorization", "Bearer any")];
    let (mut waiting, mut judged) = (Connection::open(standin.address()), Connection::open(standin.address()));
    let (mut put, release) = begun(&standin, "PUT", "/worlds/full/data/mill.sacks", &json!(sacks).to_string());
    waiting.send(request("GET", "/w/full/mill/sacks", &headers, "").as_bytes());
    judged.send(request("POST", "/_standin/worlds/full/verify", &headers, "").as_bytes());
    // Those came first, and the only thread goes on.
    for target in ["/w/other/mill/sacks", "/mill/sacks", "/_standin/health", "/_standin/worlds/other"] {
        assert_eq!(ask(standin.address(), "GET", target, &headers, "").status, 200, "{target}");
    }
    drop(release);
    let answers = [&mut put, &mut waiting, &mut judged].map(|connection| connection.receive().unwrap().status);
    assert_eq!(answers, [204, 200, 200]);
}
