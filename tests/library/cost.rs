//! Costs of worlds: forking, resetting, restoring and the first write after them copy pointers, not records; a journal
//! is bounded; worlds that are gone give their memory back.

use allocation_counter::{AllocationInfo, measure};
use serde_json::json;
use standin::{Snapshot, Standin, WorldHandle, WorldOptions};

use crate::support::many;

const COLLECTION: &str = "celigo.integrations";

/// A world with so many integrations.
fn world(records: usize) -> WorldHandle {
    Standin::builder().no_embedded_fixtures().generate(COLLECTION, records).offline().unwrap()
}

/// Counts the allocations of each.
fn costs(world: &WorldHandle) -> [AllocationInfo; 6] {
    let ids = world.records(COLLECTION).unwrap();
    let (first, second) =
        (ids[0]["_id"].as_str().unwrap().to_owned(), ids[ids.len() / 2]["_id"].as_str().unwrap().to_owned());
    let write = |world: &WorldHandle, id: &str| {
        world.patch(COLLECTION, id, json!({ "description": "changed" })).unwrap();
    };
    let mut fork: Option<WorldHandle> = None;
    let mut snapshot: Option<Snapshot> = None;
    let fork_cost = measure(|| fork = Some(world.fork()));
    let fork = fork.unwrap();
    let first_write = measure(|| write(&fork, &first));
    let snapshot_cost = measure(|| snapshot = Some(fork.snapshot()));
    let snapshot = snapshot.unwrap();
    let write_after_snapshot = measure(|| write(&fork, &second));
    let restore = measure(|| fork.restore(&snapshot));
    let reset = measure(|| fork.reset());
    [fork_cost, first_write, snapshot_cost, write_after_snapshot, restore, reset]
}

#[test]
fn forks_resets_restores_and_the_writes_after_them_do_not_grow_with_the_records() {
    const NAMES: [&str; 6] = ["fork", "first write", "snapshot", "write after a snapshot", "restore", "reset"];
    let (few, many) = (costs(&world(100)), costs(&world(10_000)));
    for ((name, few), many) in NAMES.iter().zip(&few).zip(&many) {
        println!(
            "{name}: {} and {} allocations, {} and {} bytes",
            few.count_total, many.count_total, few.bytes_total, many.bytes_total
        );
        // Trees grow by a level or two; a hundred times the records would be a hundred times the copies.
        assert!(many.count_total <= 2 * few.count_total + 16, "{name}: {few:?} became {many:?}");
        assert!(many.bytes_total <= 2 * few.bytes_total + 16 * 1024, "{name}: {few:?} became {many:?}");
    }
}

#[test]
fn a_start_looks_into_no_record() {
    let start = || drop(Standin::start());
    // The work that a process does once.
    start();
    let info = measure(start);
    println!("{} allocations, {} bytes", info.count_total, info.bytes_total);
    assert!(info.count_total <= 64 && info.bytes_total <= 32 * 1024, "{info:?}");
}

#[test]
fn records_from_a_file_take_little_more_room_than_made_up_ones() {
    const RECORDS: usize = 5_000;
    let folder = std::env::temp_dir().join(format!("standin-cost-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("celigo")).unwrap();
    let record =
        |n: usize| json!({ "_id": format!("{n:024x}"), "name": format!("Orders {n}"), "description": "x".repeat(220) });
    let records: serde_json::Value = (0..RECORDS).map(record).collect();
    let text = records.to_string();
    std::fs::write(folder.join("celigo/integrations.json"), &text).unwrap();
    let start = |builder: standin::Builder| measure(|| drop(builder.offline().unwrap()));
    // The work that a process does once.
    start(Standin::builder());
    let made_up = start(Standin::builder().generate(COLLECTION, RECORDS));
    let read = start(Standin::builder().fixtures(&folder));
    std::fs::remove_dir_all(&folder).unwrap();
    println!("{made_up:?}\n{read:?}");
    // The text itself is there beside what is made of it.
    let text = u64::try_from(text.len()).unwrap();
    assert!(read.bytes_max < 2 * made_up.bytes_max + 2 * text, "{made_up:?} {read:?}");
    assert!(read.count_total < 2 * made_up.count_total, "{made_up:?} {read:?}");
}

#[test]
fn records_made_after_a_fork_cost_the_same_beside_few_and_beside_many() {
    let beside = |records| Standin::builder().generate(COLLECTION, records).offline().unwrap();
    let cost = |world: &WorldHandle| {
        let fork = world.fork();
        let make = |n: usize| {
            fork.create(COLLECTION, json!({ "name": format!("Orders to ledger {n}") })).unwrap();
        };
        measure(|| (0..500).for_each(make))
    };
    let (few, many) = (cost(&beside(10)), cost(&beside(20_000)));
    println!(
        "{} and {} bytes, {} and {} allocations",
        few.bytes_total, many.bytes_total, few.count_total, many.count_total
    );
    assert!(10 * many.bytes_total <= 11 * few.bytes_total, "{few:?} became {many:?}");
    assert!(10 * many.count_total <= 11 * few.count_total, "{few:?} became {many:?}");
}

#[test]
fn a_world_that_is_gone_gives_its_memory_back() {
    let parent = world(200);
    let ids: Vec<String> =
        parent.records(COLLECTION).unwrap().iter().map(|record| record["_id"].as_str().unwrap().to_owned()).collect();
    let named = WorldOptions::default().name("same");
    let live = || {
        let world = parent.fork_with(&named).unwrap();
        for id in ids.iter().take(20) {
            world.patch(COLLECTION, id, json!({ "description": "changed" })).unwrap();
            world.answer("GET", &format!("/v1/integrations/{id}"), &[("authorization", "Bearer x")], b"");
        }
        let _ = world.snapshot();
    };
    // The list of worlds that are gone takes its room first.
    live();
    let info = measure(|| (0..50).for_each(|_| live()));
    let per_world = info.bytes_current / 50;
    assert!(per_world < 256, "{per_world} bytes stay for each world that is gone: {info:?}");
}

#[test]
fn requests_beyond_the_journals_bounds_cost_no_memory() {
    let requests = many(1_000_000, 20_000);
    let world = Standin::builder().journal_entries(1_000).journal_bytes(256 * 1024).offline().unwrap();
    let ask = |n: usize| {
        let body = json!({ "name": "Salesforce Sync", "description": format!("the {n}th") }).to_string();
        let headers = [("authorization", "Bearer any"), ("content-type", "application/json")];
        let (method, body): (&str, &[u8]) = if n.is_multiple_of(8) { ("PUT", body.as_bytes()) } else { ("GET", b"") };
        let target = if n.is_multiple_of(3) { "/v1/integrations/nope" } else { "/v1/integrations/def456" };
        world.answer(method, &format!("{target}?n={n}"), &headers, body).status
    };
    // Fills the journal, and with it the room it may take.
    let ask_all = |range: std::ops::Range<usize>| range.map(ask).filter(|status| *status == Some(200)).count();
    assert!(ask_all(0..5_000) > 0);
    let records = |world: &WorldHandle| world.records("celigo.audit").map(|records| records.len()).unwrap_or_default();
    let audited = records(&world);
    let info = measure(|| assert!(ask_all(0..requests) > 0));
    assert!(world.journal().len() <= 1_000);
    assert_eq!(usize::try_from(world.journal_lost()).unwrap() + world.journal().len(), requests + 5_000);
    // Records that consumers write stay; the journal must not.
    let written = records(&world) - audited;
    let allowed = 64 * 1024 + i64::try_from(written).unwrap() * 4_096;
    assert!(info.bytes_current < allowed, "{} bytes more after {requests} requests", info.bytes_current);
}

#[test]
fn a_parameter_that_is_repeated_is_read_once() {
    let world = world(10);
    let cost = |query: &str| {
        let target = format!("/v1/integrations?{query}");
        let mut status = None;
        let ask = || status = world.answer("GET", &target, &[("authorization", "Bearer any")], b"").status;
        let cost = measure(ask);
        assert_eq!(status, Some(200), "{}", &query[..20]);
        cost
    };
    let many = |part: &str| part.repeat(3_000);
    // Parameters that no list knows cost what the length of a query costs.
    let plain = cost(&many("unknown=1&"));
    for repeated in ["limit=1&", "name=a&", "disabled=true&", "name_in=a,b&"] {
        let repeated = cost(&many(repeated));
        assert!(repeated.count_total < plain.count_total + 300, "{plain:?} became {repeated:?}");
    }
    let (one, all) = (cost(&format!("sort=name&x={}", many("name,"))), cost(&format!("sort={}name", many("name,"))));
    assert!(all.bytes_total < one.bytes_total + 60_000, "{one:?} became {all:?}");
}

#[test]
fn a_field_that_is_asked_for_repeatedly_is_looked_up_once() {
    let world = Standin::builder().offline().unwrap();
    let token = world.records("edlink.integrations").unwrap()[0]["access_token"].as_str().unwrap().to_owned();
    let headers = [("authorization", &*format!("Bearer {token}"))];
    let cost = |query: &str| {
        let target = format!("/api/v2/graph/people?{query}");
        let mut answer = None;
        let cost = measure(|| answer = Some(world.answer("GET", &target, &headers, b"")));
        let people = answer.unwrap().json()["$data"].as_array().unwrap().clone();
        assert!(!people.is_empty() && people[0].get("first_name").is_some(), "{people:?}");
        cost
    };
    cost("$fields=first_name");
    for name in ["first_name", "last_name"] {
        let names = vec![name; 4_000].join(",");
        let (one, all) = (cost(&format!("$fields=first_name&x={names}")), cost(&format!("$fields={names},first_name")));
        assert!(all.count_total < one.count_total + 100, "{one:?} became {all:?}");
    }
}
