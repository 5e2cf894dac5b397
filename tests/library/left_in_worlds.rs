//! What control clients leave in worlds is shared where it can be, and counted.

use allocation_counter::measure;
use serde_json::{Value, json};
use standin::{Standin, WorldHandle};

const CELIGO: [(&str, &str); 1] = [("authorization", "Bearer any-token")];

/// A scenario with that many rules which never fire.
fn with_rules(many: usize, on: &str) -> String {
    let rule = |n| json!({ "id": format!("r{n}"), "on": on, "at": { "nth": 1_000_000 }, "do": { "abort": "reset" } });
    let rules: Value = (0..many).map(rule).collect();
    json!({ "scenario": 1, "api": ["celigo", "edlink"], "faults": rules }).to_string()
}

fn playing(world: WorldHandle, scenario: &str) -> WorldHandle {
    world.load_text("s.json", scenario).unwrap();
    world
}

#[test]
fn rules_on_all_operations_cost_what_rules_on_one_do() {
    let cost = |on: &str| {
        let world = Standin::builder().offline().unwrap();
        let text = with_rules(1_000, on);
        let mut loaded = None;
        let held = measure(|| loaded = Some(playing(world, &text))).bytes_current;
        let world = loaded.unwrap();
        let mut fork = None;
        let forked = measure(|| fork = Some(world.fork())).bytes_current;
        println!("on {on}: {held} bytes, a fork {forked}");
        (held, forked)
    };
    let (one, all) = (cost("celigo.flows.list"), cost("*"));
    assert!(all.0 < one.0 * 3 / 2, "{one:?} {all:?}");
    assert!(one.1 < 128 << 10 && all.1 < 128 << 10, "a fork has counters of its own, and no more: {one:?} {all:?}");
}

#[test]
fn rules_on_some_operations_are_not_those_of_others() {
    let world = Standin::builder().offline().unwrap();
    let rule = |id: &str, on: Value| json!({ "id": id, "on": on, "do": { "delay_ms": 1 } });
    let rules = [
        rule("all", json!("*")),
        rule("celigo", json!("celigo.*")),
        rule("flows", json!("celigo.flows.*")),
        rule("list", json!("celigo.flows.list")),
        rule("edlink", json!("edlink.*")),
        rule("lists", json!(["celigo.flows.list", "celigo.exports.list"])),
    ];
    let world = playing(world, &json!({ "scenario": 1, "api": ["celigo", "edlink"], "faults": rules }).to_string());
    for (target, wanted) in [
        ("/v1/flows", &["all", "celigo", "flows", "list", "lists"][..]),
        ("/v1/exports", &["all", "celigo", "lists"]),
        ("/v1/flows/abc", &["all", "celigo", "flows"]),
        ("/api/v2/graph/people", &["all", "edlink"]),
    ] {
        world.answer("GET", target, &CELIGO, b"");
        let entry = world.journal().pop().unwrap();
        assert_eq!(entry.slowed_by, wanted, "{target}");
    }
}

#[test]
fn verdicts_on_many_rules_count_with_the_calls_that_they_are_about() {
    let bound = 4 << 20;
    let world = Standin::builder().journal_entries(100_000).journal_bytes(bound).offline().unwrap();
    let world = playing(world, &with_rules(500, "celigo.flows.list"));
    let call = |times: usize| {
        (0..times).for_each(|_| assert_eq!(world.answer("GET", "/v1/flows?limit=1", &CELIGO, b"").status, Some(200)));
    };
    call(1);
    let held = measure(|| call(2_000));
    println!("{} bytes held, {} calls lost", held.bytes_current, world.journal_lost());
    assert!(held.bytes_max < 2 * u64::try_from(bound).unwrap(), "{} bytes", held.bytes_max);
    assert!(world.journal_lost() > 1_000, "{} lost", world.journal_lost());
    assert!(!world.journal().is_empty());
}
