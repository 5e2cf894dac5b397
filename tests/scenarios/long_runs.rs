//! A scenario of many parts is played and judged in time and memory in proportion to them.

use allocation_counter::measure;
use serde_json::{Value, json};
use standin::{Standin, WorldHandle};

const CELIGO: [(&str, &str); 2] = [("authorization", "Bearer any-token"), ("content-type", "application/json")];

/// A world that plays a scenario with this part.
fn world(mut part: Value) -> WorldHandle {
    (part["scenario"], part["api"]) = (json!(1), json!("celigo"));
    let world = Standin::builder().offline().unwrap();
    world.load_text("s.json", &part.to_string()).unwrap_or_else(|error| panic!("{error}"));
    world
}

fn lists_flows(world: &WorldHandle, times: usize) {
    for n in 0..times {
        world.answer("GET", &format!("/v1/flows?n={n}"), &CELIGO, b"");
    }
}

fn calls(n: usize, one: impl Fn(usize) -> Value) -> Value {
    (0..n).map(one).collect()
}

#[test]
fn a_verification_four_times_as_large_costs_little_more_than_four_times_as_much() {
    type Part = fn(usize) -> Value;
    let parts: [(&str, Part); 4] = [
        ("expectations that no call comes near to", |n| {
            let call =
                |n| json!({ "on": "celigo.flows.list", "when": { "query": { "q": format!("v{n}") } }, "times": 1 });
            json!({ "expect": { "calls": calls(n, call) } })
        }),
        ("rules that no call matches", |n| {
            let rule = |n| json!({ "id": format!("r{n}"), "on": "celigo.flows.list", "when": { "query": { "q": format!("v{n}") } }, "do": { "abort": "reset" } });
            json!({ "faults": calls(n, rule) })
        }),
        ("expectations of a step behind one with many ends", |n| {
            let end = |n| json!({ "on": "celigo.flows.list", "calls": 100_000 + n, "to": "b" });
            let call = |_| json!({ "on": "celigo.flows.list", "step": "b", "times": 1 });
            json!({
                "steps": [{ "name": "a", "ends": calls(n, end) }, { "name": "b" }],
                "expect": { "calls": calls(n, call) },
            })
        }),
        ("records that are expected in the end", |n| {
            let record = |n| json!({ "name": format!("Orders {n}") });
            let wanted = |n| json!({ "where": { "name": format!("Orders {n}") }, "count": 1 });
            json!({
                "data": { "add": { "celigo.integrations": calls(n, record) } },
                "expect": { "final": { "celigo.integrations": calls(n, wanted) } },
            })
        }),
    ];
    for (name, part) in parts {
        let cost = |n: usize| {
            let world = world(part(n));
            lists_flows(&world, n);
            let mut checks = 0;
            let cost = measure(|| checks = world.report().checks.len());
            assert!(checks >= n, "{name}: {checks} checks");
            cost.bytes_total
        };
        // More comparisons than a report makes, so that those that are left out are told.
        let (short, long) = (cost(500), cost(2_000));
        println!("{name}: {short} and {long} bytes");
        assert!(long < 7 * short, "{name}: {short} bytes became {long}");
    }
}

#[test]
fn what_a_consumer_repeats_does_not_make_a_scenario_grow() {
    let ring = |data: Value| {
        world(json!({
            "steps": [
                { "name": "a", "ends": { "on": "celigo.flows.list", "to": "b" } },
                { "name": "b", "data": data, "ends": { "on": "celigo.flows.list", "to": "a" } },
            ],
            "expect": { "conduct": { "paging": "follow_next" } },
        }))
    };
    let gone = json!({ "remove": { "celigo.flows": ["000000000000000000000001"] } });
    for (name, data) in [("steps", json!({ "unknown_fields": "allow" })), ("changes that cannot be made", gone)] {
        let world = ring(data);
        lists_flows(&world, 12_000);
        let held = measure(|| lists_flows(&world, 12_000)).bytes_current;
        println!("{name}: {held} bytes");
        assert!(held < 64 * 1024, "{name}: {held} bytes more after 12,000 calls");
        let report = world.report();
        assert!(report.steps.len() < 11_000, "{name}: {} steps", report.steps.len());
        assert_eq!((report.steps[0].call, report.steps[1].call), (0, 1), "{name}");
        assert_eq!(report.steps.last().map(|step| step.call), Some(24_000), "{name}");
    }
}

#[test]
fn next_links_beyond_what_is_kept_are_said_and_no_cursor_is_blamed() {
    let world = world(json!({
        "data": { "add": { "celigo.integrations": calls(3, |n| json!({ "name": format!("Orders {n}") })) } },
        "expect": { "conduct": { "paging": "follow_next" } },
    }));
    let page = |n: usize| {
        let target = format!("/v1/integrations?limit=1&x={n}{}", "x".repeat(10_000));
        world.answer("GET", &target, &CELIGO, b"").header("link").map(str::to_owned)
    };
    let link = page(0).expect("there is a next page");
    assert!(world.report().passed);
    let held = measure(|| (0..2_000).for_each(|n| drop(page(n)))).bytes_current;
    let report = world.report();
    let said = report.failed().map(|check| check.violations[0].message.as_str()).collect::<Vec<_>>();
    println!("{} bytes of a link; {held} bytes; {said:?}", link.len());
    assert_eq!(said, ["more next links were issued than are kept: later calls cannot be judged"]);
}
