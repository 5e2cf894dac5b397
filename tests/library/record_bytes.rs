//! The records that requests make are bounded in memory, in a world and over all of them, and what is refused says so.

use allocation_counter::measure;
use serde_json::{Value, json};
use standin::{Standin, WorldHandle};

use crate::support::ask;

const CELIGO: [(&str, &str); 2] = [("authorization", "Bearer any-token"), ("content-type", "application/json")];

fn make(world: &WorldHandle, name: &str, settings: &Value) -> (u16, Value) {
    let body = json!({ "name": name, "settings": settings }).to_string();
    let answer = world.answer("POST", "/v1/integrations", &CELIGO, body.as_bytes());
    (answer.status.unwrap(), answer.json())
}

/// Makes records until none is taken any more, and returns their ids.
fn fill(world: &WorldHandle, settings: &Value) -> Vec<String> {
    let mut ids = Vec::new();
    loop {
        match make(world, &format!("Record {}", ids.len()), settings) {
            (201, made) => ids.push(made["_id"].as_str().unwrap().to_owned()),
            (507, _) => return ids,
            other => panic!("{other:?}"),
        }
    }
}

fn text(bytes: usize) -> Value {
    json!({ "text": "x".repeat(bytes) })
}

#[test]
fn a_full_world_says_so_and_takes_records_again_when_some_are_gone() {
    let standin = Standin::builder().record_bytes(1 << 20).start();
    let (full, other) = (standin.new_world(), standin.new_world());
    let ids = fill(&full, &text(10_000));
    assert!((30..60).contains(&ids.len()), "{} records", ids.len());
    let body = json!({ "name": "One more", "settings": text(10_000) }).to_string();
    let refused = full.answer("POST", "/v1/integrations", &CELIGO, body.as_bytes());
    assert_eq!((refused.status, refused.header("standin-miss")), (Some(507), Some("full")));
    let said = refused.json()["errors"][0]["message"].as_str().unwrap().to_owned();
    assert!(said.contains("1048576 bytes of records") && said.contains("record-bytes"), "{said}");
    let bearer =
        format!("Bearer {}", full.records("edlink.integrations").unwrap()[0]["access_token"].as_str().unwrap());
    let edlink = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let class = full.records("edlink.classes").unwrap()[0].id().to_owned();
    let homework = json!({ "title": "Fractions", "description": "x".repeat(30_000), "due_date": "2024-01-20T12:00:00.000Z",
        "grading_type": "points", "points_possible": 10 });
    let target = format!("/api/v2/graph/classes/{class}/assignments");
    let refused = full.answer("POST", &target, &edlink, homework.to_string().as_bytes());
    assert_eq!((refused.status, refused.header("standin-miss")), (Some(507), Some("full")));
    assert_eq!(refused.json()["$errors"][0]["code"], "FULL", "{}", refused.json());
    assert_eq!(full.answer("GET", "/v1/integrations", &CELIGO, b"").status, Some(200), "reads go on");
    assert_eq!(make(&other, "Elsewhere", &text(10)).0, 201, "other worlds have room");
    for id in ids.iter().take(2) {
        assert_eq!(full.answer("DELETE", &format!("/v1/integrations/{id}"), &CELIGO, b"").status, Some(204));
    }
    assert_eq!(make(&full, "Again", &text(10)).0, 201);
    full.reset();
    assert_eq!(fill(&full, &text(10_000)).len(), ids.len(), "a reset gives all of it back");
}

#[test]
fn the_bound_holds_for_memory_whatever_records_are_made_of() {
    const MOST: usize = 8 << 20;
    let shapes = [
        ("long texts", text(100_000)),
        ("numbers", json!({ "list": vec![0; 5_000] })),
        ("members", (0..1_000).map(|n| (n.to_string(), Value::from(n))).collect()),
        ("lists of lists", json!({ "list": vec![json!([[], {}]); 500] })),
        ("little", json!({})),
    ];
    for (name, settings) in shapes {
        let world = Standin::builder().record_bytes(MOST).journal_bytes(1 << 16).history_records(0).offline().unwrap();
        let mut made = 0;
        let held = measure(|| {
            made = fill(&world, &settings).len();
            // Looked into, records take more memory.
            let listed = world.answer("GET", "/v1/integrations?limit=1000", &CELIGO, b"");
            assert_eq!(listed.status, Some(200));
            world.records("celigo.integrations").unwrap().iter().for_each(|record| drop(record.to_value()));
        });
        println!("{name}: {made} records, {} bytes", held.bytes_current);
        let bytes = usize::try_from(held.bytes_current).unwrap();
        assert!(bytes < MOST * 3 / 2 + (4 << 20), "{name}: {bytes} bytes for {MOST}");
        assert!(made > 3 && bytes > MOST / 8, "{name}: {bytes} bytes are refused too early");
    }
}

#[test]
fn all_worlds_together_are_bounded_and_forks_share() {
    let standin = Standin::builder().record_bytes(1 << 30).total_record_bytes(2 << 20).start();
    let first = standin.new_world();
    let in_one = fill(&first, &text(10_000)).len();
    let refused = make(&standin.new_world(), "Elsewhere", &text(10_000));
    assert_eq!(refused.0, 507, "no world has room");
    assert!(refused.1.to_string().contains("total-record-bytes"), "{}", refused.1);
    drop(first);
    let half = standin.new_world();
    for n in 0..in_one / 2 {
        assert_eq!(make(&half, &format!("Record {n}"), &text(10_000)).0, 201);
    }
    let forks: Vec<WorldHandle> = (0..50).map(|_| half.fork()).collect();
    assert_eq!(make(&forks[49], "One more", &text(10_000)).0, 201, "what forks share counts once");
    let snapshot = half.snapshot();
    drop((half, forks));
    let last = standin.new_world();
    let beside = fill(&last, &text(10_000)).len();
    assert!(beside < in_one * 3 / 4, "a snapshot holds what it shows: {beside} of {in_one}");
    drop((snapshot, last));
    assert_eq!(fill(&standin.new_world(), &text(10_000)).len(), in_one, "worlds that are gone hold nothing");
}

#[test]
fn each_way_to_add_records_is_refused_when_there_is_no_room() {
    let standin = Standin::builder().record_bytes(200_000).start();
    let at = standin.address();
    let host = at.to_string();
    let control = |method: &str, path: &str, body: &Value| {
        ask(at, method, &format!("/_standin{path}"), &[("host", &host)], &body.to_string())
    };
    let large = |name: &str| json!({ "_id": name, "name": name, "content": "x".repeat(60_000) });
    let refused = control("PUT", "/data", &json!({ "celigo.scripts": [large("a"), large("b")] }));
    assert_eq!((refused.status, refused.json()["error"]["code"].as_str()), (507, Some("full")), "{}", refused.text());
    assert_eq!(standin.world().record("celigo.scripts", "a").unwrap(), None, "nothing of it is there");
    let scenario = json!({ "scenario": 1, "api": "celigo", "data": { "from": "default", "add": {
        "celigo.scripts": [large("a"), large("b")] } } });
    let refused = control("PUT", "/scenario", &scenario);
    assert!(refused.status == 400 && refused.text().contains("record-bytes"), "{} {}", refused.status, refused.text());
    let refused = control("POST", "/worlds", &json!({ "name": "w", "scenario": scenario }));
    assert!(refused.status == 400 && refused.text().contains("record-bytes"), "{} {}", refused.status, refused.text());
    control("PUT", "/worlds/small", &json!({}));
    let mut exported = control("GET", "/worlds/small/export", &Value::Null).json();
    let records = exported["records"]["celigo.scripts"]["records"].as_array_mut().unwrap();
    records.iter_mut().for_each(|record| record[1]["content"] = "x".repeat(90_000).into());
    let refused = control("PUT", "/worlds/other/import", &exported);
    assert!(refused.status == 400 && refused.text().contains("record-bytes"), "{} {}", refused.status, refused.text());
    assert_eq!(control("PUT", "/data/celigo.scripts", &json!([large("a")])).status, 204, "one has room");
    let refused = control("POST", "/data/celigo.scripts", &large("b"));
    assert_eq!(refused.status, 507, "{}", refused.text());
    assert_eq!(control("PUT", "/data/celigo.scripts", &json!([large("c")])).status, 204, "in place of the other");
    let patched = control("PATCH", "/data/celigo.scripts/c", &json!({ "content": "x" }));
    assert_eq!(patched.status, 200, "{}", patched.text());
    assert_eq!(control("POST", "/data/celigo.scripts", &json!({ "name": "Small", "content": "x" })).status, 200);
}

#[test]
fn changes_of_people_leave_no_more_imports_than_the_history_keeps() {
    let world = Standin::builder().history_records(50).offline().unwrap();
    let before = world.records("edlink.materializations").unwrap().len();
    let person = world.records("edlink.people").unwrap()[0].id().to_owned();
    for n in 0..300 {
        world.patch("edlink.people", &person, json!({ "first_name": format!("P{n}") })).unwrap();
        world.advance(std::time::Duration::from_millis(5));
    }
    let kept = world.records("edlink.materializations").unwrap().len();
    assert!((before + 10..=before + 50).contains(&kept), "{kept}");
}

#[test]
fn no_request_takes_a_world_beyond_the_bound_and_a_refused_one_leaves_nothing() {
    let standin = Standin::builder().record_bytes(300_000).start();
    let world = standin.new_world();
    let records = |world: &WorldHandle| world.records("celigo.integrations").unwrap().len();
    let before = (records(&world), world.records("celigo.audit").unwrap().len());
    let (status, said) = make(&world, "Too large at once", &text(400_000));
    assert_eq!((status, said.to_string().contains("setting record-bytes")), (507, true), "{said}");
    assert_eq!((records(&world), world.records("celigo.audit").unwrap().len()), before, "nothing of it is there");
    assert_eq!(make(&world, "A list of digits", &json!({ "list": vec![0; 50_000] })).0, 507);
    assert_eq!(make(&world, "Fits", &text(100_000)).0, 201);
    let body = json!({ "name": "Fits", "settings": text(130_000) }).to_string();
    let id = world.records("celigo.integrations").unwrap().last().unwrap().id().to_owned();
    let put = |world: &WorldHandle, body: &str| {
        world.answer("PUT", &format!("/v1/integrations/{id}"), &CELIGO, body.as_bytes()).status.unwrap()
    };
    assert_eq!(put(&world, &body), 200, "in place of the other");
    assert_eq!(put(&world, &json!({ "name": "Fits", "settings": text(150_000) }).to_string()), 507);
    let standin = Standin::builder().total_record_bytes(300_000).start();
    let first = standin.new_world();
    assert_eq!(make(&first, "Fits", &text(100_000)).0, 201);
    let other = standin.new_world();
    let (status, said) = make(&other, "Elsewhere", &text(100_000));
    assert_eq!((status, said.to_string().contains("setting total-record-bytes")), (507, true), "{said}");
    assert_eq!(make(&other, "Small", &text(10)).0, 201, "there is room for as much as is left");
}
