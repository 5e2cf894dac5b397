//! Long files are read in time and memory in proportion to their length, and what is wrong with them is cut.

use allocation_counter::measure;
use serde_json::{Value, json};
use standin::Standin;

/// The bytes allocated to read a scenario with these parts, and what was said of it.
fn cost(scenario: &Value) -> (u64, String) {
    let text = scenario.to_string();
    let world = Standin::builder().offline().unwrap();
    let mut said = String::new();
    let allocated = measure(|| {
        said = world.load_text("s.json", &text).map_or_else(|error| error.to_string(), |warnings| warnings.join("\n"));
    });
    (allocated.bytes_total, said)
}

#[test]
fn a_file_four_times_as_long_costs_little_more_than_four_times_as_much() {
    type Part = fn(usize) -> Value;
    let parts: [(&str, Part); 10] = [
        ("records", |n| {
            let records: Value = (0..n).map(|n| json!({ "name": format!("Orders {n}") })).collect();
            json!({ "data": { "add": { "celigo.integrations": records } } })
        }),
        ("empty rules", |n| json!({ "faults": vec![json!({}); n] })),
        ("rules", |n| {
            let rule = |n| json!({ "id": format!("r{n}"), "on": "celigo.flows.list", "at": { "nth": n + 1 }, "do": { "abort": "reset" } });
            json!({ "faults": (0..n).map(rule).collect::<Value>() })
        }),
        ("steps", |n| {
            let step = |n| json!({ "name": format!("s{n}"), "ends": { "on": "celigo.flows.list", "to": "s0" } });
            json!({ "steps": (0..n).map(step).collect::<Value>() })
        }),
        ("calls in many orders", |n| {
            let call = |n| json!({ "id": format!("c{n}"), "on": "celigo.flows.list", "times": 1 });
            let calls: Value = (0..n).map(call).collect();
            let orders: Value = (0..n).map(|at| json!([format!("c{at}"), format!("c{}", n - 1 - at)])).collect();
            json!({ "expect": { "calls": calls, "order": orders } })
        }),
        ("steps that end nowhere", |n| {
            let step =
                |n| json!({ "name": format!("s{n}"), "ends": { "on": "celigo.flows.list", "to": format!("x{n}") } });
            json!({ "steps": (0..n).map(step).collect::<Value>() })
        }),
        ("calls beside a long only", |n| {
            let calls = vec![json!({ "on": "celigo.flows.list", "times": 1 }); n];
            json!({ "expect": { "calls": calls, "only": vec!["celigo.exports.list"; n] } })
        }),
        ("probe steps of what is not bound", |n| {
            let step = |n| json!({ "on": "celigo.flows.list", "status": 200, "query": { "limit": format!("{{x{n}}}") }, "bind": { format!("b{n}"): "/0/_id" } });
            json!({ "probe": { "steps": (0..n).map(step).collect::<Value>() } })
        }),
        (
            "calls of no step",
            |n| json!({ "expect": { "calls": vec![json!({ "on": "celigo.flows.list", "step": "nowhere" }); n] } }),
        ),
        ("unknown keys", |n| {
            let keys: serde_json::Map<String, Value> = (0..n).map(|n| (format!("key{n}"), json!(1))).collect();
            json!({ "clock": keys })
        }),
    ];
    for (name, part) in parts {
        let whole = |n: usize| {
            let mut scenario = part(n);
            (scenario["scenario"], scenario["api"]) = (json!(1), json!("celigo"));
            cost(&scenario).0
        };
        let (short, long) = (whole(500), whole(2_000));
        println!("{name}: {short} and {long} bytes");
        assert!(long < 7 * short, "{name}: {short} bytes became {long}");
    }
}

#[test]
fn findings_are_cut_at_a_hundred_and_the_rest_is_counted() {
    let (_, said) = cost(&json!({ "scenario": 1, "api": "celigo", "faults": vec![json!({}); 1_000] }));
    assert_eq!(said.matches("E06").count(), 101, "a hundred, and the one that tells the rest");
    assert!(said.contains("2900 more findings are not told\n    correct these first"), "{said}");
}

#[test]
fn a_finding_that_is_not_told_is_compared_with_no_name() {
    type Part = fn(usize) -> Value;
    let parts: [(&str, Part); 3] = [
        ("operations", |n| {
            let call = |n| json!({ "on": format!("celigo.flowz.list{n}") });
            json!({ "expect": { "calls": (0..n).map(call).collect::<Value>() } })
        }),
        ("collections", |n| {
            let added: serde_json::Map<String, Value> =
                (0..n).map(|n| (format!("celigo.flowz{n}"), json!([]))).collect();
            json!({ "data": { "add": added } })
        }),
        ("outcomes", |n| {
            let cover = |n| format!("celigo.flowz.list{n} 200");
            json!({ "expect": { "cover": (0..n).map(cover).collect::<Vec<_>>() } })
        }),
    ];
    for (name, part) in parts {
        let whole = |n: usize| {
            let mut scenario = part(n);
            (scenario["scenario"], scenario["api"]) = (json!(1), json!("celigo"));
            cost(&scenario).0
        };
        let (told, all) = (whole(200), whole(2_200));
        let each = (all - told) / 2_000;
        println!("{name}: {each} bytes for each that is not told");
        assert!(each < 8_000, "{name}: {each} bytes for each that is not told");
    }
}
