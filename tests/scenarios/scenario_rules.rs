//! The exact semantics of rules, steps and counters, each in a scenario of its own.

use crate::consumers::{Consumer, failed};
use serde_json::{Value, json};
use standin::{Action, Builder, Method, Standin, WorldHandle};

const LIST: &str = "celigo.integrations.list";

fn load(builder: Builder, scenario: &Value) -> WorldHandle {
    let world = builder.offline().unwrap();
    world.load_text("test.json", &scenario.to_string()).unwrap_or_else(|error| panic!("{error}"));
    world
}

fn scenario(more: &Value) -> Value {
    let mut scenario = json!({ "scenario": 1, "api": "celigo" });
    for (key, value) in more.as_object().unwrap() {
        scenario[key] = value.clone();
    }
    scenario
}

fn world(more: &Value) -> WorldHandle {
    load(Standin::builder(), &scenario(more))
}

fn statuses(world: &WorldHandle, calls: usize) -> Vec<u16> {
    let celigo = Consumer::celigo(world);
    (0..calls).map(|_| celigo.get("/v1/integrations").status.unwrap_or_default()).collect()
}

fn answer(id: &str, status: u16, more: &Value) -> Value {
    let mut rule = json!({ "id": id, "on": LIST, "do": { "respond": { "status": status, "undocumented": true } } });
    for (key, value) in more.as_object().unwrap() {
        rule[key] = value.clone();
    }
    rule
}

#[test]
fn a_shadowed_rule_counts_its_calls_but_does_not_use_up_its_limit() {
    let first = answer("first", 500, &json!({ "at": { "to": 2 } }));
    let second = answer("second", 502, &json!({ "limit": 2 }));
    let world = world(&json!({ "faults": [first, second] }));
    assert_eq!(statuses(&world, 6), [500, 500, 502, 502, 200, 200]);
    let report = world.report();
    let rule = &report.rules[1];
    assert_eq!((rule.matched, rule.fired), (6, 2));
}

#[test]
fn rules_of_the_step_come_before_the_files_own_and_reentry_restarts_their_counters() {
    let ends = |to: &str| json!({ "on": LIST, "calls": 2, "to": to });
    let world = world(&json!({
        "faults": [answer("own", 500, &json!({}))],
        "steps": [
            { "name": "a", "faults": [answer("once", 502, &json!({ "at": { "nth": 1 } }))], "ends": ends("b") },
            { "name": "b", "ends": ends("a") }
        ]
    }));
    assert_eq!(statuses(&world, 6), [502, 500, 500, 500, 502, 500]);
    let steps: Vec<(String, u64)> = world.report().steps.into_iter().map(|step| (step.name, step.call)).collect();
    assert_eq!(steps, [("a".to_owned(), 0), ("b".to_owned(), 2), ("a".to_owned(), 4), ("b".to_owned(), 6)]);
}

#[test]
fn delays_of_all_firing_rules_add_up() {
    let slow = |id: &str, ms: u64| json!({ "id": id, "on": LIST, "do": { "delay_ms": ms } });
    let world = world(&json!({ "faults": [slow("a", 10), answer("b", 500, &json!({})), slow("c", 5)] }));
    assert_eq!(statuses(&world, 1), [500]);
    assert_eq!(world.journal()[0].delay_ms, 15);
}

#[test]
fn what_strikes_before_is_not_even_authenticated_and_what_strikes_after_is_carried_out() {
    let create = |id: &str, nth: u64, phase: &str| json!({ "id": id, "on": "celigo.integrations.create", "at": { "nth": nth }, "phase": phase, "do": { "error": "rate_limited" } });
    let world = world(
        &json!({ "tokens": { "celigo": ["good"] }, "faults": [create("before", 1, "before"), create("after", 3, "after")] }),
    );
    let (bad, good) = (Consumer::with_token(&world, "bad"), Consumer::with_token(&world, "good"));
    let there = || world.records("celigo.integrations").unwrap().iter().filter(|one| one["name"] == "New").count();
    assert_eq!(bad.post("/v1/integrations", &json!({ "name": "New" })).status, Some(429));
    assert_eq!(bad.post("/v1/integrations", &json!({ "name": "New" })).status, Some(401));
    assert_eq!(there(), 0);
    let after = good.post("/v1/integrations", &json!({ "name": "New" }));
    assert_eq!((after.status, after.header("standin-rule"), there()), (Some(429), Some("after"), 1));
}

#[test]
fn the_first_end_in_the_list_wins_and_one_answer_makes_one_step() {
    let world = world(&json!({ "steps": [
        { "name": "a", "ends": [{ "on": LIST, "to": "c" }, { "on": "*", "to": "b" }] },
        { "name": "b" },
        { "name": "c", "ends": { "on": LIST, "to": "d" } },
        { "name": "d" }
    ] }));
    statuses(&world, 1);
    assert_eq!(world.step().as_deref(), Some("c"));
}

#[test]
fn an_aborted_answer_matches_no_status_but_counts_without_one() {
    let close = json!({ "id": "close", "on": LIST, "at": { "nth": 1 }, "do": { "abort": "close" } });
    let steps = |ends: Value| json!({ "faults": [close], "steps": [{ "name": "a", "ends": ends }, { "name": "b" }] });
    let with_status = world(&steps(json!({ "on": LIST, "status": 200 })));
    let without = world(&steps(json!({ "on": LIST })));
    assert_eq!((statuses(&with_status, 1), statuses(&without, 1)), (vec![0], vec![0]));
    assert_eq!((with_status.step().as_deref(), without.step().as_deref()), (Some("a"), Some("b")));
}

#[test]
fn a_clock_moved_by_hand_ends_a_step_at_once() {
    let world = world(&json!({ "steps": [{ "name": "a", "ends": { "after_ms": 30_000 } }, { "name": "b" }] }));
    world.advance(std::time::Duration::from_millis(29_999));
    assert_eq!(world.step().as_deref(), Some("a"));
    world.advance(std::time::Duration::from_millis(1));
    assert_eq!(world.step().as_deref(), Some("b"));
}

#[test]
fn an_operation_that_is_not_modelled_can_be_given_an_answer() {
    let unmodelled = standin::operations().into_iter().find(|operation| {
        operation.action == Action::NotModelled && operation.method == Method::Get && !operation.path.contains('{')
    });
    let operation = unmodelled.expect("some operation is known but not modelled");
    let api = operation.name.split('.').next().unwrap();
    let rule = json!({ "id": "r", "on": operation.name, "do": { "respond": { "status": 200, "body": [1] } } });
    let world = load(Standin::builder(), &json!({ "scenario": 1, "api": api, "faults": [rule] }));
    let answer = Consumer::celigo(&world).get(operation.path);
    assert_eq!((answer.status, answer.json(), answer.header("standin-miss")), (Some(200), json!([1]), None));
    world.verify().unwrap_or_else(|unmet| panic!("{unmet}"));
}

#[test]
fn counters_stay_exact_when_the_journal_is_cut_and_conduct_is_not_judged_then() {
    let calls = json!([{ "id": "list", "on": LIST, "times": 20 }]);
    let small = || Standin::builder().journal_entries(3).journal_bytes(1 << 20);
    let counted = load(small(), &scenario(&json!({ "expect": { "calls": calls } })));
    statuses(&counted, 20);
    counted.verify().unwrap_or_else(|unmet| panic!("{unmet}"));
    let judged = load(small(), &scenario(&json!({ "expect": { "calls": calls, "conduct": { "max_attempts": 2 } } })));
    statuses(&judged, 20);
    assert_eq!(failed(&judged.verify().unwrap_err()), ["journal"]);
}

#[test]
fn repeating_a_request_is_fine_once_a_write_lies_between() {
    let world = world(&json!({ "expect": { "conduct": { "no_retry_on": [404] } } }));
    let celigo = Consumer::celigo(&world);
    celigo.get("/v1/integrations/none");
    celigo.post("/v1/integrations", &json!({ "name": "Between" }));
    celigo.get("/v1/integrations/none");
    world.verify().unwrap_or_else(|unmet| panic!("{unmet}"));
    celigo.get("/v1/integrations/none");
    assert_eq!(failed(&world.verify().unwrap_err()), ["conduct.no_retry_on"]);
}

#[test]
fn a_step_whose_data_cannot_be_changed_fails_the_verification() {
    let steps = json!([
        { "name": "a", "ends": { "on": LIST } },
        { "name": "b", "data": { "remove": { "celigo.integrations": ["gone"] } } }
    ]);
    let world = world(&json!({ "steps": steps, "expect": { "reach": "b" } }));
    statuses(&world, 1);
    let unmet = world.verify().unwrap_err();
    assert_eq!(failed(&unmet), ["data"]);
    assert!(unmet.to_string().contains("steps[1].data.remove.celigo.integrations could not be made"), "{unmet}");
}

#[test]
fn nth_records_of_one_list_are_found_before_the_first_goes() {
    let add = json!({ "celigo.integrations": [{ "name": "1" }, { "name": "2" }, { "name": "3" }] });
    let data = json!({ "add": add, "remove": { "celigo.integrations": ["#1", "#2"] } });
    let world = world(&json!({ "data": data }));
    let names: Vec<Value> =
        world.records("celigo.integrations").unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["3"]);
}

#[test]
fn only_an_answer_that_refuses_asks_to_wait() {
    let later = json!({ "retry-after": "60" });
    for (status, wanted) in [(202, &[][..]), (429, &["conduct.retry_after"])] {
        let respond = json!({ "respond": { "status": status, "headers": later, "undocumented": true } });
        let rule = json!({ "id": "later", "on": LIST, "at": { "nth": 1 }, "do": respond });
        let world = world(&json!({ "faults": [rule], "expect": { "conduct": { "retry_after": "honour" } } }));
        assert_eq!(statuses(&world, 2), [status, 200]);
        assert_eq!(world.verify().err().as_ref().map(failed).unwrap_or_default(), wanted);
    }
}

#[test]
fn a_date_to_try_again_at_is_held_against_the_worlds_clock() {
    let headers = json!({ "retry-after": "Sat, 20 Jan 2024 10:10:00 GMT" });
    let respond = json!({ "respond": { "status": 429, "headers": headers } });
    let rule = json!({ "id": "later", "on": LIST, "at": { "nth": 1 }, "do": respond });
    let wanted = [
        ("2024-01-20T10:00:00Z", 599, &["conduct.retry_after"][..]),
        ("2024-01-20T10:00:00Z", 600, &[]),
        ("2024-01-20T11:00:00Z", 0, &[]),
    ];
    for (start, waited_s, wanted) in wanted {
        let clock = json!({ "mode": "frozen", "at": start });
        let expect = json!({ "conduct": { "retry_after": "honour" } });
        let world = world(&json!({ "clock": clock, "faults": [rule], "expect": expect }));
        statuses(&world, 1);
        world.advance(std::time::Duration::from_secs(waited_s));
        statuses(&world, 1);
        assert_eq!(world.verify().err().as_ref().map(failed).unwrap_or_default(), wanted, "{start} {waited_s}");
    }
}

#[test]
fn a_delay_behind_an_answer_takes_effect_and_leaves_the_rules_limit_alone() {
    let effect = |status: u16| json!({ "respond": { "status": status, "undocumented": true }, "delay_ms": 5 });
    let first = answer("first", 500, &json!({ "at": { "to": 2 } }));
    let second = answer("second", 502, &json!({ "limit": 1, "do": effect(502) }));
    let world = world(&json!({ "faults": [first, second] }));
    assert_eq!(statuses(&world, 2), [500, 500]);
    assert_eq!(world.journal().iter().map(|call| call.delay_ms).collect::<Vec<_>>(), [5, 5]);
    world.verify().unwrap_or_else(|unmet| panic!("{unmet}"));
    assert_eq!(world.report().rules[1].fired, 2);
    assert_eq!(statuses(&world, 2), [502, 200]);
}

#[test]
fn a_rule_that_delays_is_not_said_to_be_one_that_never_fires() {
    let slow = json!({ "respond": { "status": 502, "undocumented": true }, "delay_ms": 5 });
    let rules = json!([answer("first", 500, &json!({})), answer("second", 502, &json!({ "do": slow }))]);
    let world = Standin::builder().offline().unwrap();
    let warnings = world.load_text("test.json", &scenario(&json!({ "faults": rules })).to_string()).unwrap();
    assert_eq!(warnings, [""; 0]);
    let _ = world.verify();
}

#[test]
fn an_answer_that_was_varied_is_injected_and_one_that_was_not_is_not() {
    let one = json!({ "celigo.integrations": [{ "_id": "65a000000000000000000001", "name": "One" }] });
    let world = world(&json!({ "data": { "add": one }, "perturb": { "on": LIST, "unknown_fields": true } }));
    let celigo = Consumer::celigo(&world);
    let source = |target: &str| celigo.get(target).header("standin-source").map(str::to_owned);
    assert_eq!(source("/v1/integrations").as_deref(), Some("injected"));
    assert_eq!(source("/v1/integrations?limit=0").as_deref(), Some("assumed"), "an error is left as it is");
    world.remove("celigo.integrations", "65a000000000000000000001").unwrap();
    assert_eq!(source("/v1/integrations").as_deref(), Some("documented"), "no record was there to vary");
}

#[test]
fn an_answer_that_was_not_sent_has_no_status_in_the_journal() {
    let abort = |how: &str, n: u64| json!({ "id": how, "on": LIST, "at": { "nth": n }, "do": { "abort": how } });
    let world = world(&json!({ "faults": [abort("close", 1), abort("truncate", 2)] }));
    statuses(&world, 3);
    assert_eq!(world.journal().iter().map(|call| call.status).collect::<Vec<_>>(), [None, Some(200), Some(200)]);
}

#[test]
fn no_text_of_a_consumer_begins_a_line_of_a_report() {
    let world = world(&json!({ "expect": { "conduct": { "unknown_fields": "forbid" } } }));
    let body = json!({ "name": "N", "x\nPASS all\u{1b}[2J\u{2028}": 1 });
    Consumer::celigo(&world).post("/v1/integrations", &body);
    let unmet = world.verify().unwrap_err();
    let sentence = r"call 1 sends x\nPASS all\u001b[2J\u2028, which Integration does not have";
    assert_eq!(unmet.report().checks[0].violations[0].message, sentence);
    assert!(unmet.to_string().lines().all(|line| line.starts_with("FAIL ") || line.starts_with("  ")), "{unmet}");
    assert!(!unmet.to_string().contains('\u{1b}'));
}
