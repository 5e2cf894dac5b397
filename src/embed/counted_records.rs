//! Tests of the counts of records that requests make: those of a world, and that of all worlds.

use std::collections::HashMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::embed::handle::WorldHandle;

use crate::embed::standin::Standin;
use crate::embed::worlds::Snapshot;
use crate::engine::store::{Collection, Record, Store};

const CELIGO: [(&str, &str); 2] = [("authorization", "Bearer any-token"), ("content-type", "application/json")];

#[derive(Clone, Debug)]
enum Op {
    Create(usize),
    Replace(u8, usize),
    Patch(u8, usize),
    Delete(u8),
    TakeFromBin(u8),
    Clone(u8),
    Run(u8),
    ChangePerson(u8, usize),
    AdminCreate(usize),
    AdminRecreate(u8),
    AdminReplaceAll(u8),
    RefusedReplaceAll,
    Load,
    Reset,
    Fork,
    Keep,
    Restore(u8),
    Forget(u8),
    Go(u8),
    End(u8),
    Later,
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let size = || 0_usize..3_000;
    let op = prop_oneof![
        4 => size().prop_map(Op::Create),
        4 => (any::<u8>(), size()).prop_map(|(which, size)| Op::Replace(which, size)),
        3 => (any::<u8>(), size()).prop_map(|(which, size)| Op::Patch(which, size)),
        4 => any::<u8>().prop_map(Op::Delete),
        2 => any::<u8>().prop_map(Op::TakeFromBin),
        1 => any::<u8>().prop_map(Op::Clone),
        1 => any::<u8>().prop_map(Op::Run),
        2 => (any::<u8>(), size()).prop_map(|(which, size)| Op::ChangePerson(which, size)),
        2 => size().prop_map(Op::AdminCreate),
        1 => any::<u8>().prop_map(Op::AdminRecreate),
        1 => any::<u8>().prop_map(Op::AdminReplaceAll),
        1 => Just(Op::RefusedReplaceAll),
        1 => Just(Op::Load),
        1 => Just(Op::Reset),
        2 => Just(Op::Fork),
        1 => Just(Op::Keep),
        1 => any::<u8>().prop_map(Op::Restore),
        1 => any::<u8>().prop_map(Op::Forget),
        2 => any::<u8>().prop_map(Op::Go),
        1 => any::<u8>().prop_map(Op::End),
        1 => Just(Op::Later),
    ];
    proptest::collection::vec(op, 1..60)
}

/// Returns one of several, if there are some.
fn pick<T>(all: &[T], which: u8) -> Option<&T> {
    all.get(usize::from(which) % all.len().max(1))
}

fn ids(world: &WorldHandle, collection: &str) -> Vec<String> {
    world.records(collection).unwrap().iter().map(|record| record.id().to_owned()).collect()
}

fn ask(world: &WorldHandle, method: &str, target: &str, body: &Value) {
    if target.contains("//") || target.ends_with('/') {
        // There is no record to pick.
        return;
    }
    let status = world.answer(method, target, &CELIGO, body.to_string().as_bytes()).status;
    assert!(status.is_some_and(|status| status < 500), "{method} {target}: {status:?}");
}

fn integration(size: usize) -> Value {
    json!({ "name": format!("Made {size}"), "settings": { "text": "x".repeat(size), "list": vec![0; size / 10] } })
}

const SCENARIO: &str =
    r#"{"scenario":1,"api":"celigo","data":{"from":"default","add":{"celigo.integrations":[{"name":"Of a file"}]}}}"#;

fn run(worlds: &mut Vec<WorldHandle>, kept: &mut Vec<Snapshot>, at: &mut usize, op: &Op) {
    let world = worlds[*at].clone();
    let one = |which: u8| pick(&ids(&world, "celigo.integrations"), which).cloned().unwrap_or_default();
    let path = |which: u8| format!("/v1/integrations/{}", one(which));
    match op {
        Op::Create(size) => ask(&world, "POST", "/v1/integrations", &integration(*size)),
        Op::Replace(which, size) => ask(&world, "PUT", &path(*which), &integration(*size)),
        Op::Patch(which, size) => {
            let patch = json!([{ "op": "add", "path": "/settings", "value": "x".repeat(*size) }]);
            ask(&world, "PATCH", &path(*which), &patch);
        }
        Op::Delete(which) => ask(&world, "DELETE", &path(*which), &Value::Null),
        Op::TakeFromBin(which) => {
            let deleted = world.records("celigo.recycleBin").unwrap();
            if let Some(key) = pick(&deleted, *which).map(|record| record["key"].as_str().unwrap().to_owned()) {
                ask(&world, "POST", &format!("/v1/recycleBinTTL/{key}"), &Value::Null);
            }
        }
        Op::Clone(which) => ask(&world, "POST", &format!("{}/clone", path(*which)), &json!({ "name": "Copy" })),
        Op::Run(which) => {
            let flow = pick(&ids(&world, "celigo.flows"), *which).cloned().unwrap_or_default();
            ask(&world, "POST", &format!("/v1/flows/{flow}/run"), &json!({}));
        }
        Op::ChangePerson(which, size) => {
            let person = pick(&ids(&world, "edlink.people"), *which).cloned().unwrap();
            world.patch("edlink.people", &person, json!({ "first_name": "x".repeat(*size % 50 + 1) })).unwrap();
        }
        Op::AdminCreate(size) => drop(world.create("celigo.integrations", integration(*size))),
        Op::AdminRecreate(which) => drop(world.recreate("celigo.integrations", &one(*which))),
        Op::AdminReplaceAll(n) => {
            let all = (0..*n % 4).map(|n| json!({ "type": "manage", "name": n.to_string() })).collect();
            let _ = world.replace_all("celigo.accesstokens", all);
            let all = (0..*n % 4).map(|n| json!({ "name": format!("Script {n}") })).collect();
            let _ = world.replace_all("celigo.scripts", all);
        }
        Op::RefusedReplaceAll => {
            let all = vec![json!({ "name": "Good" }), json!({ "name": 7 })];
            assert!(world.replace_all("celigo.integrations", all).is_err());
        }
        Op::Load => drop(world.load_text("made.json", SCENARIO).unwrap()),
        Op::Reset => world.reset(),
        Op::Fork if worlds.len() < 5 => worlds.push(world.fork()),
        Op::Keep => kept.push(world.snapshot()),
        Op::Restore(which) => pick(kept, *which).into_iter().for_each(|snapshot| world.restore(snapshot)),
        Op::Forget(which) if !kept.is_empty() => drop(kept.remove(usize::from(*which) % kept.len())),
        Op::Go(which) => *at = usize::from(*which) % worlds.len(),
        Op::End(which) if worlds.len() > 1 && usize::from(*which) % worlds.len() > 0 => {
            let ended = usize::from(*which) % worlds.len();
            drop(world);
            drop(worlds.remove(ended));
            *at = 0;
        }
        Op::Fork | Op::Forget(_) | Op::End(_) => {}
        Op::Later => world.advance(std::time::Duration::from_secs(600)),
    }
}

/// Adds the counted records of a store, each once, and returns their bytes in this store.
fn counted(store: &Store, all: &mut HashMap<usize, usize>) -> usize {
    let records: Vec<&Record> = store.collections().flat_map(Collection::iter).collect();
    let held = store.started_from().flat_map(Collection::iter).chain(records.iter().copied());
    all.extend(held.map(|record| (record.address(), record.counted_memory())));
    records.iter().map(|record| record.counted_memory()).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]
    #[test]
    fn what_is_counted_is_what_worlds_and_snapshots_hold(ops in ops()) {
        // Without histories, no earlier version of a record is kept.
        let standin = Standin::builder().history_records(0).start();
        let total = standin.world().world.lock().state.settings.records.total.clone().unwrap();
        let (mut worlds, mut kept, mut at) = (vec![standin.new_world()], Vec::new(), 0);
        for op in &ops {
            run(&mut worlds, &mut kept, &mut at, op);
            // The latest starts wait to be searched for secrets.
            let _ = worlds[at].registry.redactor();
            let mut all = HashMap::new();
            for world in &worlds {
                let world = world.world.lock();
                let own = counted(&world.state.store, &mut all);
                prop_assert_eq!(world.state.store.counted_bytes(), own, "after {:?}", op);
                counted(&world.baseline().state.store, &mut all);
            }
            for Snapshot(snapshot) in &kept {
                counted(&snapshot.state.store, &mut all);
            }
            prop_assert_eq!(total.held(), all.values().sum::<usize>(), "after {:?}", op);
        }
        drop((worlds, kept));
        prop_assert_eq!(total.held(), 0, "worlds that are gone hold nothing");
    }
}
