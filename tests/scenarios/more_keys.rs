//! Keys of scenarios beyond the first plan: records made again, waits that grow, fields that drift, answers that lag.

use serde_json::{Value, json};
use standin::{Answer, Standin, WorldHandle};

fn world(scenario: Value) -> WorldHandle {
    let world = Standin::builder().offline().unwrap();
    let mut scenario = scenario;
    scenario["scenario"] = json!(1);
    world.load_text("s.json", &scenario.to_string()).unwrap_or_else(|error| panic!("{error}"));
    world
}

fn ask(world: &WorldHandle, method: &str, target: &str, body: &str) -> Answer {
    let secret = world.environment().into_iter().find(|(name, _)| *name == "EDLINK_APPLICATION_SECRET");
    let secret = if target.starts_with("/api/") { secret.map(|(_, secret)| secret) } else { None };
    let token = format!("Bearer {}", secret.unwrap_or_else(|| "any".to_owned()));
    world.answer(method, target, &[("authorization", &token), ("content-type", "application/json")], body.as_bytes())
}

#[test]
fn records_are_destroyed_and_made_again_at_the_start_and_in_a_step() {
    let ids = |world: &WorldHandle| -> Vec<String> {
        let records = world.records("edlink.integrations").unwrap();
        records.iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect()
    };
    let before = ids(&Standin::builder().offline().unwrap());
    let world = world(json!({
        "api": "edlink",
        "data": { "from": "default", "recreate": { "edlink.integrations": ["#1"] } },
        "steps": [
            { "name": "one", "ends": { "on": "edlink.integrations.list" } },
            { "name": "two", "data": { "recreate": { "edlink.integrations": ["#1", "#2"] } } },
        ],
    }));
    let started = ids(&world);
    assert_eq!(started.len(), before.len());
    assert!(!started.contains(&before[0]) && started.contains(&before[1]), "{started:?}");
    assert_eq!(ask(&world, "GET", "/api/v1/integrations", "").status, Some(200));
    let stepped = ids(&world);
    assert_eq!(stepped.iter().filter(|id| !started.contains(id)).count(), 2, "{stepped:?}");
    world.verify().unwrap();
}

#[test]
fn a_consumer_that_tries_again_must_wait_longer_each_time() {
    let judged = |waits: [u64; 3]| {
        let world = world(json!({
            "api": "celigo",
            "faults": [{ "id": "down", "on": "celigo.integrations.list", "do": { "abort": "close" } }],
            "expect": { "conduct": { "backoff": { "min_ms": 1_000, "factor": 2 } } },
        }));
        ask(&world, "GET", "/v1/integrations", "");
        for wait_ms in waits {
            world.advance(std::time::Duration::from_millis(wait_ms));
            ask(&world, "GET", "/v1/integrations", "");
        }
        world.verify().map_or_else(|unmet| unmet.to_string(), |report| report.to_string())
    };
    assert!(judged([1_000, 2_000, 4_000]).starts_with("PASS"), "{}", judged([1_000, 2_000, 4_000]));
    let said = judged([1_000, 1_000, 4_000]);
    let message = "conduct.backoff: call 3 came 1000 ms after call 2, expected at least 2000 ms before retry 2";
    assert!(said.contains(message) && said.matches("conduct.backoff").count() == 1, "{said}");
}

#[test]
fn an_answer_that_says_when_to_come_back_is_not_judged_by_its_backoff() {
    let world = world(json!({
        "api": "celigo",
        "faults": [{ "id": "busy", "on": "celigo.integrations.list",
            "do": { "error": "rate_limited", "with": { "retry_after_s": 1 } } }],
        "expect": { "conduct": { "backoff": { "min_ms": 60_000 } } },
    }));
    ask(&world, "GET", "/v1/integrations", "");
    world.advance(std::time::Duration::from_secs(1));
    ask(&world, "GET", "/v1/integrations", "");
    world.verify().unwrap();
}

#[test]
fn a_field_changes_type_or_name_or_goes_from_a_step_on() {
    let world = world(json!({
        "api": "celigo",
        "steps": [{ "name": "one", "ends": { "on": "celigo.integrations.get" } }, { "name": "two" }],
        "perturb": { "fields": [
            { "of": "celigo.integrations", "field": "name", "name": "title", "from": "two" },
            { "of": "celigo.integrations", "field": "lastModified", "gone": true, "from": "two" },
            { "of": "celigo.integrations", "field": "sandbox", "type": "string" },
        ] },
    }));
    let shown = || ask(&world, "GET", "/v1/integrations/abc123", "").json();
    let (before, after) = (shown(), shown());
    assert!(
        before["name"].is_string() && before["lastModified"].is_string() && before["sandbox"] == "false",
        "{before}"
    );
    assert_eq!(after["title"], before["name"]);
    assert!(after.get("name").is_none() && after.get("lastModified").is_none(), "{after}");
    assert!(
        world.record("celigo.integrations", "abc123").unwrap().unwrap()["name"].is_string(),
        "the record itself stays"
    );
}

#[test]
fn an_explanation_says_start_variations_and_checks() {
    let scenario = json!({
        "scenario": 1, "api": "celigo",
        "data": { "from": "default", "recreate": { "celigo.integrations": ["abc123"] } },
        "steps": [{ "name": "old", "ends": { "on": "celigo.flows.list" } }, { "name": "new" }],
        "perturb": { "on": "celigo.flows.*", "omit_optional": 0.5, "fields": [
            { "of": "celigo.flows", "field": "disabled", "type": "string" },
            { "of": "celigo.flows", "field": "name", "name": "title", "from": "new" },
            { "of": "celigo.flows", "field": "schedule", "gone": true },
        ] },
        "expect": {
            "conduct": { "backoff": { "min_ms": 100, "factor": 2 } },
            "calls": [{ "on": "celigo.flows.list", "outcome": "gave_up", "times": 1 }],
        },
    });
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("explained.json");
    std::fs::write(&file, scenario.to_string()).unwrap();
    let said = Standin::builder().offline().unwrap().explain(file).unwrap();
    for line in [
        "records at the start: those of default\n  abc123 of celigo.integrations are destroyed and made again\n",
        "answers that vary\n  celigo.flows.*   50 % of optional fields left out\n",
        "  celigo.flows.*   disabled of celigo.flows is a text\n",
        "  celigo.flows.*   name of celigo.flows has the name title, from step new on\n",
        "  celigo.flows.*   schedule of celigo.flows is not there\n",
        "expected\n  calls[0]          celigo.flows.list given up by the client exactly 1 time\n",
        "  conduct.backoff   waits 100 ms before it tries again, then 2 times as long\n",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
}
