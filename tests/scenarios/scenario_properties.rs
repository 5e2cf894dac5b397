//! Random scenarios, random texts and random calls: nothing panics, and everything comes out the same twice.

use crate::consumers::Consumer;
use proptest::prelude::*;
use serde_json::{Value, json};
use standin::Standin;

const OPERATIONS: [&str; 5] =
    ["celigo.integrations.list", "celigo.integrations.create", "celigo.integrations.get", "celigo.*", "*"];

fn at() -> impl Strategy<Value = Option<Value>> {
    prop_oneof![
        Just(None),
        (1..9_u64).prop_map(|n| Some(json!({ "nth": n }))),
        (1..5_u64).prop_map(|n| Some(json!({ "every": n }))),
        (1..5_u64, 5..9_u64).prop_map(|(from, to)| Some(json!({ "from": from, "to": to }))),
        (1..10_u32).prop_map(|p| Some(json!({ "p": f64::from(p) / 10.0 }))),
    ]
}

fn effect() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({ "error": "rate_limited", "with": { "retry_after_s": 1 } })),
        (500..600_u16).prop_map(|status| json!({ "respond": { "status": status, "undocumented": true } })),
        prop_oneof!["reset", "close", "truncate", "garbage", "stall"].prop_map(|abort| json!({ "abort": abort })),
        prop_oneof!["expired", "wrong_host", "untrusted", "handshake_reset"].prop_map(|tls| json!({ "tls": tls })),
        (0..50_u64, 50..90_u64).prop_map(|(least, most)| json!({ "delay_ms": [least, most] })),
        Just(json!({ "slow_bytes_per_s": 10 })),
    ]
}

fn rules(prefix: &'static str) -> impl Strategy<Value = Value> {
    let rule = (0..OPERATIONS.len(), at(), effect(), proptest::option::of(1..4_u64), any::<bool>(), any::<bool>());
    proptest::collection::vec(rule, 0..4).prop_map(move |rules| {
        rules
            .into_iter()
            .enumerate()
            .map(|(n, (on, at, effect, limit, after, matching))| {
                let mut rule = json!({ "id": format!("{prefix}-{n}"), "on": OPERATIONS[on], "do": effect });
                at.into_iter().for_each(|at| rule["at"] = at);
                limit.into_iter().for_each(|limit| rule["limit"] = limit.into());
                if after {
                    rule["phase"] = "after".into();
                }
                if matching {
                    rule["when"] = json!({ "query": { "limit": { "@any": true } } });
                }
                rule
            })
            .collect()
    })
}

fn end(steps: usize) -> impl Strategy<Value = Value> {
    prop_oneof![
        (0..OPERATIONS.len(), 1..4_u64, 0..steps)
            .prop_map(|(on, calls, to)| json!({ "on": OPERATIONS[on], "calls": calls, "to": format!("step-{to}") })),
        (0..2000_u64, 0..steps).prop_map(|(ms, to)| json!({ "after_ms": ms, "to": format!("step-{to}") })),
    ]
}

fn scenario() -> impl Strategy<Value = Value> {
    let steps = (rules("a"), rules("b"), rules("c"), proptest::collection::vec(end(3), 3), any::<bool>());
    (0..1000_u64, rules("own"), steps, any::<bool>()).prop_map(|(seed, own, (a, b, c, ends, moves), varies)| {
        let mut steps: Vec<Value> = [a, b, c]
            .into_iter()
            .zip(ends)
            .enumerate()
            .map(|(n, (faults, ends))| json!({ "name": format!("step-{n}"), "faults": faults, "ends": ends }))
            .collect();
        if moves {
            steps[1]["data"] = json!({ "remove": { "celigo.integrations": ["#1"] }, "add": { "celigo.integrations": [{}] } });
            steps[2]["data"] = json!({ "generate": { "celigo.integrations": { "count": 2 } } });
        }
        let mut scenario = json!({ "scenario": 1, "api": "celigo", "seed": seed, "faults": own, "steps": steps });
        if varies {
            scenario["perturb"] = json!({ "unknown_fields": true, "reorder_keys": true, "omit_optional": 0.5 });
        }
        scenario["expect"] = json!({
            "calls": [{ "id": "list", "on": "celigo.integrations.list" }, { "id": "make", "on": "celigo.integrations.create", "times": { "max": 2 } }],
            "order": [["list", "make"]],
            "conduct": { "retry_after": "honour", "paging": "follow_next", "no_retry_on": [400, 404, 409], "max_attempts": 2, "unknown_fields": "forbid" }
        });
        scenario
    })
}

fn calls() -> impl Strategy<Value = Vec<(u8, u64)>> {
    proptest::collection::vec((0..7_u8, 0..3000_u64), 0..40)
}

/// Returns the answers that a consumer with these calls sees, and the report about it.
fn play(scenario: &Value, calls: &[(u8, u64)]) -> String {
    let world = Standin::builder().offline().unwrap();
    world.load_text("random.json", &scenario.to_string()).unwrap_or_else(|error| panic!("{error}\n{scenario:#}"));
    let celigo = Consumer::celigo(&world);
    let mut seen = String::new();
    for (what, number) in calls {
        let answer = match what {
            0 => celigo.get("/v1/integrations"),
            1 => celigo.get(&format!("/v1/integrations?limit=2&offset={}", number % 5)),
            2 => celigo.post("/v1/integrations", &json!({ "name": format!("N{}", number % 3) })),
            3 => celigo.get("/v1/integrations/000000000000000000000000"),
            4 => celigo.send("PUT", "/v1/nowhere", None),
            5 => celigo.get("/v1/flows"),
            _ => {
                world.advance(std::time::Duration::from_millis(*number));
                continue;
            }
        };
        seen += &format!("{} {:?} {:?}\n", answer.status.unwrap_or_default(), answer.headers, answer.body);
    }
    for call in world.journal() {
        seen += &format!("{} {:?} {} {}\n", call.at, call.rule, call.delivery, call.delay_ms);
    }
    let mut report = world.report();
    report.coverage.retain(standin::CoverageCell::is_served);
    let mut report = serde_json::to_value(report).unwrap();
    // The speed of this machine decides whether a wait of a second was kept.
    report["checks"].as_array_mut().unwrap().retain(|check| check["id"] != "conduct.retry_after");
    report["passed"] = Value::Null;
    format!("{seen}{report}")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_scenarios_and_calls_give_the_same_twice(scenario in scenario(), calls in calls()) {
        prop_assert!(play(&scenario, &calls) == play(&scenario, &calls));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[\\[\\]{}\":,0-9a-z@#. \\\\]{0,60}") {
        let world = Standin::builder().offline().unwrap();
        let _ = world.load_text("random", &text);
    }

    #[test]
    fn no_damage_to_a_scenario_makes_the_reader_panic(n in 0..22_usize, from in 0..4000_usize, length in 0..30_usize, junk in "[\\[\\]{}\":,0-9a-z]{0,5}") {
        let all = standin::builtin_scenarios();
        let text = all[n % all.len()].text;
        let mut damaged = String::new();
        damaged.extend(text.chars().take(from));
        damaged += &junk;
        damaged.extend(text.chars().skip(from + length));
        let world = Standin::builder().offline().unwrap();
        if let Err(error) = world.load_text("damaged", &damaged) {
            prop_assert!(error.diagnostics.iter().all(|diagnostic| diagnostic.place.line > 0 && !diagnostic.help.is_empty()));
        }
    }
}
