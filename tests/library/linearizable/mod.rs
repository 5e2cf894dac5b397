//! A world is linearizable: whatever clients do at the same time, the answers are those of one order, in which nothing
//! is before what had been answered when it was asked.
//!
//! Histories are recorded and checked with the method of Wing and Gong (1993) with Lowe's memory of what was tried
//! (2017), which knows nothing of the order the server claims; and, longer ones, against that order itself: the
//! `standin-call` numbers.

mod model;

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use self::model::{Event, Model, Op, Outcome, is_linearizable};
use crate::support::{Connection, many};
use serde_json::{Value, json};
use standin::{ErrorKind, Snapshot, Standin, WorldHandle, WorldOptions};

const ANY: (&str, &str) = ("authorization", "Bearer any-token");
const JSON: (&str, &str) = ("content-type", "application/json");

/// A scenario without records that lets every second removal fail.
const SCENARIO: &str = r#"{"scenario": 1, "api": ["celigo"], "faults": [
    {"id": "second", "on": "celigo.integrations.delete", "at": {"every": 2}, "do": {"respond": {"status": 503, "undocumented": true}}}
]}"#;

/// Operations drawn from a seed: few names and few records, so that they meet.
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }

    fn op(&mut self, ids: &[String], names: u64, behind: bool) -> Op {
        let name = format!("name {}", self.below(names));
        let id = ids[usize::try_from(self.below(ids.len() as u64)).unwrap()].clone();
        match self.below(10) {
            0 | 1 => Op::Create { name },
            2 | 3 => Op::Get { id },
            4 | 5 => Op::Rename { id, name },
            6 => Op::Delete { id },
            7 if behind => Op::AdminRename { id, name },
            _ => Op::List,
        }
    }

    /// An operation on what belongs to an integration.
    fn inner(&mut self, ids: &[String]) -> Op {
        let id = ids[usize::try_from(self.below(ids.len() as u64)).unwrap()].clone();
        match self.below(6) {
            0 => Op::Set { id, value: self.below(2) },
            1 | 2 => Op::Replace { id, value: self.below(3) },
            3 => Op::AddFlow { id },
            4 => Op::Flows,
            _ => Op::Called,
        }
    }
}

impl Draw {
    /// The operation, or now and then one on the world as a whole.
    fn whole(&mut self, op: Op, client: u64, kept: &[(u64, Snapshot)]) -> Op {
        match self.below(40) {
            0 => Op::Reset,
            1 => Op::Load,
            2..=4 => Op::Fork,
            5 | 6 => Op::Snapshot(client * 1_000 + kept.len() as u64),
            7 | 8 if !kept.is_empty() => Op::Restore(kept[usize::try_from(self.below(kept.len() as u64)).unwrap()].0),
            _ => op,
        }
    }
}

/// The way by which a client reaches a world.
enum Way<'s> {
    Wire(&'s mut Connection, &'s str),
    Handle,
}

fn request(op: &Op) -> (&'static str, String, String) {
    let body = |name: &str| json!({ "name": name }).to_string();
    match op {
        Op::Create { name } => ("POST", "/v1/integrations".to_owned(), body(name)),
        Op::Get { id } => ("GET", format!("/v1/integrations/{id}"), String::new()),
        Op::Rename { id, name } => ("PUT", format!("/v1/integrations/{id}"), body(name)),
        Op::Delete { id } => ("DELETE", format!("/v1/integrations/{id}"), String::new()),
        Op::List => ("GET", "/v1/integrations".to_owned(), String::new()),
        Op::Set { id, value } => {
            let patch = json!([{ "op": "add", "path": "/settings/v", "value": value }]);
            ("PATCH", format!("/v1/integrations/{id}"), patch.to_string())
        }
        Op::Replace { id, value } => {
            let patch = json!([{ "op": "replace", "path": "/settings/v", "value": value }]);
            ("PATCH", format!("/v1/integrations/{id}"), patch.to_string())
        }
        Op::AddFlow { id } => {
            ("POST", "/v1/flows".to_owned(), json!({ "name": "Flow", "_integrationId": id }).to_string())
        }
        Op::Flows => ("GET", "/v1/flows".to_owned(), String::new()),
        _ => unreachable!("it is no request"),
    }
}

fn perform(world: &WorldHandle, way: &mut Way<'_>, op: &Op, kept: &mut Vec<(u64, Snapshot)>) -> (Outcome, Option<u64>) {
    if let Op::AdminRename { id, name } = op {
        let outcome = match world.patch("celigo.integrations", id, json!({ "name": name })) {
            Ok(_) => Outcome::Done,
            Err(refusal) if refusal.kind() == ErrorKind::NotFound => Outcome::Missing,
            Err(refusal) if refusal.kind() == ErrorKind::Conflict => Outcome::NameTaken,
            Err(refusal) => panic!("{refusal}"),
        };
        return (outcome, None);
    }
    let handled = match op {
        Op::Fork => {
            let records = world.fork().records("celigo.integrations").unwrap();
            let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap().to_owned();
            Some(Outcome::Listed(records.iter().map(|it| (it.id().to_owned(), text(it.get("name")))).collect()))
        }
        Op::Reset => {
            world.reset();
            Some(Outcome::Done)
        }
        Op::Load => {
            world.load_text("second.json", SCENARIO).unwrap();
            Some(Outcome::Done)
        }
        Op::Called => {
            let missing = world.wait_for("celigo.integrations.create", u64::MAX, Duration::ZERO).unwrap_err();
            let text = missing.to_string();
            let times = text.split("was called ").nth(1).unwrap().split(' ').next().unwrap();
            Some(Outcome::Counted(times.parse().unwrap()))
        }
        Op::Snapshot(n) => {
            let snapshot = world.snapshot();
            kept.push((*n, snapshot));
            Some(Outcome::Done)
        }
        Op::Restore(n) => {
            world.restore(&kept.iter().find(|(known, _)| known == n).unwrap().1);
            Some(Outcome::Done)
        }
        _ => None,
    };
    if let Some(outcome) = handled {
        return (outcome, None);
    }
    let (method, path, body) = request(op);
    let (status, body, call) = match way {
        Way::Wire(connection, prefix) => {
            let answer = connection.ask(method, &format!("{prefix}{path}"), &[ANY, JSON], &body);
            let call = answer.header("standin-call").map(str::to_owned);
            (answer.status, serde_json::from_slice(&answer.body).unwrap_or(Value::Null), call)
        }
        Way::Handle => {
            let answer = world.answer(method, &path, &[ANY, JSON], body.as_bytes());
            (answer.status.unwrap(), answer.json(), answer.header("standin-call").map(str::to_owned))
        }
    };
    let text = |value: &Value, field: &str| value[field].as_str().unwrap().to_owned();
    let outcome = match (op, status) {
        (Op::Create { .. } | Op::AddFlow { .. }, 201) => Outcome::Created { id: text(&body, "_id") },
        (Op::Get { .. }, 200) => Outcome::Named(text(&body, "name")),
        (Op::Rename { .. }, 200) | (Op::Delete { .. } | Op::Set { .. } | Op::Replace { .. }, 204) => Outcome::Done,
        (Op::Delete { .. }, 503) => Outcome::Refused,
        (Op::Replace { .. }, 422) => Outcome::Unfit,
        (Op::AddFlow { .. }, 400) => Outcome::Dangling,
        (Op::Flows, 200) => {
            let records = body.as_array().unwrap().iter();
            Outcome::Listed(records.map(|record| (text(record, "_id"), text(record, "_integrationId"))).collect())
        }
        (Op::List, 200) => {
            let records = body.as_array().unwrap().iter();
            Outcome::Listed(records.map(|record| (text(record, "_id"), text(record, "name"))).collect())
        }
        (_, 404) => Outcome::Missing,
        (_, 409) => Outcome::NameTaken,
        (op, status) => panic!("{op:?} got {status}: {body}"),
    };
    (outcome, Some(call.unwrap().parse().unwrap()))
}

/// A number of clients, half of them over the wire, that each do a number of operations, all at one time.
struct Clients {
    number: u64,
    each: u64,
    /// From how many names they choose.
    names: u64,
    /// True where they also change records behind the API.
    behind: bool,
    /// True where they also fork, reset, keep, restore and load, patch, add what is removed with an integration, and
    /// ask how many calls came.
    whole: bool,
}

fn record(standin: &Standin, world: &WorldHandle, seed: u64, how: &Clients) -> (Model, Vec<Event>) {
    let mut start = Model::default();
    let ids: Vec<String> = (0..4)
        .map(|n| {
            let name = format!("name {n}");
            let made = world.create("celigo.integrations", json!({ "name": name })).unwrap();
            let id = made["_id"].as_str().unwrap().to_owned();
            assert!(start.apply(&Op::Create { name }, &Outcome::Created { id: id.clone() }));
            id
        })
        .collect();
    // None of these was a call.
    start.creations = 0;
    let time = AtomicU64::new(0);
    let ready = Barrier::new(usize::try_from(how.number).unwrap());
    let prefix = format!("/w/{}", world.name());
    let client = |client: u64| {
        let mut draw = Draw(seed.wrapping_mul(1_000).wrapping_add(client));
        let mut connection = Connection::open(standin.address());
        let mut kept = Vec::new();
        let mut way = if client.is_multiple_of(2) { Way::Wire(&mut connection, &prefix) } else { Way::Handle };
        ready.wait();
        let event = |_| {
            let op = draw.op(&ids, how.names, how.behind);
            let op = if how.whole && draw.below(3) == 0 { draw.inner(&ids) } else { op };
            let op = if how.whole { draw.whole(op, client, &kept) } else { op };
            let asked = time.fetch_add(1, Ordering::SeqCst);
            let (outcome, call) = perform(world, &mut way, &op, &mut kept);
            let answered = time.fetch_add(1, Ordering::SeqCst);
            Event { asked, answered, op, outcome, call }
        };
        (0..how.each).map(event).collect::<Vec<_>>()
    };
    let history = thread::scope(|scope| {
        let clients: Vec<_> = (0..how.number).map(|n| scope.spawn(move || client(n))).collect();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    (start, history)
}

fn empty() -> Standin {
    Standin::builder().no_embedded_fixtures().start()
}

#[test]
fn some_order_explains_what_parallel_clients_saw() {
    let standin = empty();
    for seed in 0..60 {
        let world = standin.new_world();
        let (start, history) =
            record(&standin, &world, seed, &Clients { number: 6, each: 10, names: 6, behind: true, whole: false });
        assert!(is_linearizable(&start, &history), "seed {seed}: no order explains {history:#?}");
    }
}

#[test]
fn a_client_alone_sees_what_the_model_says() {
    let standin = empty();
    for seed in 0..50 {
        let world = standin.new_world();
        let alone = Clients { number: 1, each: 60, names: 6, behind: true, whole: true };
        let (mut state, history) = record(&standin, &world, seed, &alone);
        for event in &history {
            let before = state.clone();
            assert!(state.apply(&event.op, &event.outcome), "seed {seed}: {event:?} after {before:?}");
        }
    }
}

#[test]
fn forks_resets_snapshots_scenarios_patches_and_waits_have_their_place_in_that_order() {
    // 100,000 calls where the code is optimised, or as many as are asked for.
    let asked = std::env::var("LINEARIZABLE_CALLS").ok().and_then(|calls| calls.parse().ok());
    let calls: u64 = asked.unwrap_or(many(100_000, 6_000) as u64);
    for threads in [1, 2, 8] {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build().unwrap();
        let standin = runtime.block_on(Standin::builder().no_embedded_fixtures().spawn());
        let how = Clients { number: 6, each: 10, names: 6, behind: true, whole: true };
        for seed in 0..calls / 3 / 60 {
            let world = standin.new_world();
            let (start, history) = record(&standin, &world, seed, &how);
            assert!(
                is_linearizable(&start, &history),
                "{threads} threads, seed {seed}: no order explains {history:#?}"
            );
        }
        drop(standin);
    }
}

#[test]
fn the_order_of_the_call_numbers_is_that_order() {
    let standin = empty();
    let world = standin.new_world();
    // Behind the API nothing is numbered, so here nothing happens there.
    let clients = Clients { number: 6, each: 250, names: 12, behind: false, whole: false };
    let (mut state, mut history) = record(&standin, &world, 7, &clients);
    history.sort_by_key(|event| event.call);
    let numbers: Vec<u64> = history.iter().filter_map(|event| event.call).collect();
    assert!(numbers.iter().copied().eq(1..=u64::try_from(history.len()).unwrap()), "no number twice, none left out");
    let mut latest_asked = 0;
    for event in &history {
        assert!(event.answered > latest_asked, "call {:?} was answered before an earlier one was asked", event.call);
        latest_asked = latest_asked.max(event.asked);
        assert!(state.apply(&event.op, &event.outcome), "{event:?} does not follow from the calls before it");
    }
    let calls = world.journal();
    assert_eq!(calls.len(), history.len());
    for (call, event) in calls.iter().zip(&history) {
        let (method, path, body) = request(&event.op);
        assert_eq!(
            (call.number, call.method.as_str(), call.body.as_slice()),
            (event.call.unwrap(), method, body.as_bytes())
        );
        assert!(call.target.ends_with(&path), "{} {path}", call.target);
    }
    let records = world.records("celigo.integrations").unwrap();
    let text = |record: &Value, field: &str| record[field].as_str().unwrap().to_owned();
    let left: Vec<(String, String)> =
        records.iter().map(|r| (text(&r.to_value(), "_id"), text(&r.to_value(), "name"))).collect();
    assert!(state.apply(&Op::List, &Outcome::Listed(left.clone())), "the data is what the calls left");
    assert_eq!(left.iter().map(|(_, name)| name).collect::<BTreeSet<_>>().len(), left.len(), "names are unique");
}

#[test]
fn worlds_made_at_the_same_time_have_names_of_their_own() {
    let standin = empty();
    let ready = Barrier::new(8);
    let make = || {
        ready.wait();
        let made = |_| {
            let same = standin.new_world_with(&WorldOptions::default().name("same"));
            (standin.new_world(), same.is_ok_and(|world| world.delete().is_ok()))
        };
        (0..100).map(made).collect::<Vec<_>>()
    };
    let worlds: Vec<_> = thread::scope(|scope| {
        let makers: Vec<_> = (0..8).map(|_| scope.spawn(make)).collect();
        makers.into_iter().flat_map(|maker| maker.join().unwrap()).collect()
    });
    let names: BTreeSet<&str> = worlds.iter().map(|(world, _)| world.name()).collect();
    assert_eq!(names.len(), 800);
    assert!(worlds.iter().any(|(_, made)| *made));
}

#[test]
fn the_checker_refuses_what_no_order_explains() {
    let event = |asked, answered, op, outcome| Event { asked, answered, op, outcome, call: None };
    let (id, name) = ("1".to_owned(), "a".to_owned());
    let create = event(0, 1, Op::Create { name: name.clone() }, Outcome::Created { id: id.clone() });
    let get = |asked, answered, outcome| event(asked, answered, Op::Get { id: id.clone() }, outcome);
    let start = Model::default();
    let stale = [create.clone(), get(2, 3, Outcome::Missing)];
    assert!(!is_linearizable(&start, &stale), "what was answered is seen by whoever asks later");
    let overlapping =
        [Event { answered: 9, ..create.clone() }, get(2, 3, Outcome::Missing), get(4, 5, Outcome::Named(name.clone()))];
    assert!(is_linearizable(&start, &overlapping), "until it is answered, it may be seen or not");
    let back =
        [Event { answered: 9, ..create.clone() }, get(2, 3, Outcome::Named(name.clone())), get(4, 5, Outcome::Missing)];
    assert!(!is_linearizable(&start, &back), "but not first seen and then not");
    let twice = [
        event(0, 5, Op::Create { name: name.clone() }, Outcome::Created { id: id.clone() }),
        event(1, 4, Op::Create { name }, Outcome::Created { id: "2".to_owned() }),
    ];
    assert!(!is_linearizable(&start, &twice), "one of two with the same name is refused");
}
