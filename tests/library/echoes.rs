//! Refusals repeat only so much of what was sent, at each door that repeats any of it.

use allocation_counter::measure;
use serde_json::{Value, json};
use standin::Standin;

use crate::support::ask;

const JSON: (&str, &str) = ("content-type", "application/json");

/// The most bytes of a refusal, its headers left out. Some name all the collections there are.
const MOST: usize = 4_000;

fn long() -> String {
    "é".repeat(300_000)
}

#[test]
fn no_refusal_is_as_long_as_the_name_that_it_refuses() {
    let standin = Standin::start();
    let world = standin.world();
    let edlink = world.records("edlink.integrations").unwrap()[0]["access_token"].as_str().unwrap().to_owned();
    let (long, edlink) = (long(), format!("Bearer {edlink}"));
    let (segment, celigo) = ("x".repeat(60_000), "Bearer any-token");
    let graph = |query: &str| format!("/api/v2/graph/people?{query}");
    let filter = |count: usize| {
        let one = |n: usize| format!("\"x{n}\":[{{\"operator\":\"y\",\"value\":1}}]");
        format!("$filter={{{}}}", (0..count).map(one).collect::<Vec<_>>().join(","))
    };
    let consumers: Vec<(&str, &str, String, Value)> = vec![
        (celigo, "GET", format!("/{segment}"), Value::Null),
        (celigo, "GET", format!("/v1/{segment}"), Value::Null),
        (celigo, "GET", format!("/v1/integrations?after={segment}"), Value::Null),
        (celigo, "GET", format!("/v1/integrations?include=name&exclude={segment}"), Value::Null),
        (celigo, "GET", format!("/v1/integrations?sort={segment}"), Value::Null),
        (&segment[..40_000], "GET", "/v1/integrations".to_owned(), Value::Null),
        (celigo, &segment[..1_000], "/v1/integrations".to_owned(), Value::Null),
        (celigo, "PATCH", "/v1/integrations/abc123".to_owned(), json!([{ "op": long, "path": "/name" }])),
        (celigo, "PATCH", "/v1/integrations/abc123".to_owned(), json!([{ "op": "add", "path": long, "value": 1 }])),
        (
            celigo,
            "PATCH",
            "/v1/integrations/abc123".to_owned(),
            json!([{ "op": "add", "path": format!("/{long}/b"), "value": 1 }]),
        ),
        (
            celigo,
            "PATCH",
            "/v1/integrations/abc123".to_owned(),
            json!([{ "op": "remove", "path": format!("/settings/{long}") }]),
        ),
        (celigo, "POST", "/v1/flows".to_owned(), json!({ "name": "f", "_integrationId": long })),
        (celigo, "POST", "/v1/integrations".to_owned(), json!({ "name": long, "mode": long })),
        (&edlink, "GET", format!("/api/v2/graph/{segment}"), Value::Null),
        (&edlink, "GET", format!("/api/v2/graph/people/{segment}"), Value::Null),
        (&edlink, "GET", graph(&format!("$filter={segment}")), Value::Null),
        (&edlink, "GET", graph(&format!("$filter={{\"{segment}\":[]}}")), Value::Null),
        (&edlink, "GET", graph(&filter(1_500)), Value::Null),
        (&edlink, "GET", graph(&format!("$expand={segment}")), Value::Null),
        (&edlink, "GET", graph(&format!("$fields={segment}")), Value::Null),
        (&edlink, "GET", graph(&format!("$first={segment}")), Value::Null),
        (&edlink, "GET", graph(&format!("$after={segment}")), Value::Null),
        (&edlink, "POST", "/api/authentication/token".to_owned(), json!({ "grant_type": long })),
    ];
    for (token, method, target, body) in consumers {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = world.answer(method, &target, &[("authorization", token), JSON], body.as_bytes());
        let shown = String::from_utf8_lossy(&answer.body);
        // A good answer links to its next page, and tells each fault of a filter up to a number of them.
        let most = if target.contains("x1499") { 40_000 } else { MOST };
        if answer.status < Some(400) {
            continue;
        }
        assert!(shown.len() < most, "{method} {}: {} bytes", &target[..target.len().min(60)], shown.len());
    }
    for (name, value) in [("content-type", &segment), ("content-encoding", &segment), ("standin-world", &segment)] {
        for target in ["/v1/integrations", "/api/authentication/token"] {
            let headers = [("authorization", celigo), JSON, (name, value.as_str())];
            let headers = if name == JSON.0 { &[headers[0], headers[2]][..] } else { &headers };
            let answer = world.answer("POST", target, headers, b"{}");
            assert!(answer.body.len() < MOST, "{name}: {} bytes", answer.body.len());
        }
    }
}

#[test]
fn no_refusal_of_the_control_api_is_as_long_as_what_it_refuses() {
    let standin = Standin::start();
    let (long, segment) = (long(), "x".repeat(60_000));
    let lines = "x\n".repeat(100_000);
    let rule = |rule: Value| ("PUT", "/faults".to_owned(), json!([rule]));
    let cases: Vec<(&str, String, Value)> = vec![
        ("GET", format!("/{segment}"), Value::Null),
        ("GET", format!("/worlds/{segment}"), Value::Null),
        ("GET", format!("/data/{segment}"), Value::Null),
        ("GET", format!("/data/celigo.integrations/{segment}"), Value::Null),
        ("GET", format!("/journal?{segment}=1"), Value::Null),
        ("GET", format!("/journal?op={segment}"), Value::Null),
        ("GET", format!("/journal?only={segment}"), Value::Null),
        (&segment[..1_000], "/journal".to_owned(), Value::Null),
        rule(json!({ &long: 1 })),
        rule(json!({ "on": long, "do": { "status": 500 } })),
        rule(json!({ "id": long, "on": "celigo.flows.list", "do": { "error": long } })),
        rule(json!({ "on": "celigo.flows.list", "when": { "query": { &long: { format!("@{long}"): 1 } } }, "do": 1 })),
        ("PUT", "/scenario".to_owned(), json!({ "scenario": 1, "api": [long], &long: 1 })),
        ("PUT", "/scenario".to_owned(), json!({ "scenario": 1, "api": ["celigo"], "extends": long })),
        ("POST", "/worlds".to_owned(), json!({ "name": long })),
        ("POST", "/worlds".to_owned(), json!({ "label": long })),
        ("POST", "/worlds".to_owned(), json!({ "from": long })),
        ("POST", "/worlds".to_owned(), json!({ &long: 1 })),
        ("POST", "/worlds".to_owned(), json!({ "scenario": long })),
        ("PUT", "/data".to_owned(), json!({ &long: [] })),
        ("PUT", "/data".to_owned(), json!({ &lines: [] })),
        ("PUT", "/data/celigo.integrations/new".to_owned(), json!({ "_id": long, "name": "n" })),
        ("PUT", "/data/celigo.flows/new".to_owned(), json!({ "name": "n", "_integrationId": long })),
        ("POST", "/deliver".to_owned(), json!({ "to": format!("http://{long}/"), "type": "x" })),
        ("POST", "/wait".to_owned(), json!({ "on": long })),
        ("POST", "/wait".to_owned(), json!({ "on": "celigo.flows.list", "when": { &long: 1 } })),
        ("POST", "/verify".to_owned(), json!({ &long: 1 })),
    ];
    let host = standin.address().to_string();
    for (method, path, body) in cases {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = ask(standin.address(), method, &format!("/_standin{path}"), &[("host", &host)], &body);
        let (text, path) = (answer.text(), &path[..path.len().min(40)]);
        assert!(answer.status >= 400, "{method} {path}: {}", answer.status);
        assert!(text.len() < MOST, "{method} {path}: {} bytes, {}", text.len(), &text[..200]);
    }
    let world = standin.world();
    let errors = [
        world.create("celigo.flows", json!({ "name": "f", "_integrationId": long })).unwrap_err().to_string(),
        world.remove("celigo.integrations", &long).unwrap_err().to_string(),
        world.records(&long).unwrap_err().to_string(),
        world.load_text("long.json", &json!({ "scenario": 1, &long: 1 }).to_string()).unwrap_err().to_string(),
    ];
    errors.iter().for_each(|error| assert!(error.len() < MOST, "{}", &error[..200]));
}

#[test]
fn a_part_of_a_credential_that_a_cut_leaves_is_black_in_the_journal() {
    let standin = Standin::start();
    let world = standin.world();
    let scenario = json!({ "scenario": 1, "api": ["celigo"], "tokens": { "celigo": ["CANARY-of-the-listed-ones"] } });
    world.load_text("listed.json", &scenario.to_string()).unwrap();
    let headers = [("authorization", "Bearer CANARY-of-the-listed-ones"), JSON];
    for before in 150..210 {
        let id = format!("{}CANARY-of-the-listed-ones{}", "x".repeat(before), "y".repeat(2_000));
        let body = json!({ "name": "f", "_integrationId": id }).to_string();
        assert_eq!(world.answer("POST", "/v1/flows", &headers, body.as_bytes()).status, Some(400));
    }
    let host = standin.address().to_string();
    for n in 1..=60 {
        let path = format!("/_standin/journal/{n}");
        let shown = ask(standin.address(), "GET", &path, &[("host", &host)], "").text();
        assert!(shown.contains("characters)") && !shown.contains("CANARY-o"), "{shown}");
    }
}

#[test]
fn a_path_that_no_row_has_is_compared_with_little_work_however_long() {
    let world = Standin::builder().offline().unwrap();
    let segment = "x".repeat(60_000);
    for target in [format!("/{segment}"), format!("/v1/{segment}"), format!("/v1{}", "/xxxxxxxx".repeat(6_000))] {
        let cost = measure(|| {
            assert_eq!(world.answer("GET", &target, &[("authorization", "Bearer any")], b"").status, Some(501));
        });
        assert!(cost.bytes_total < 3 << 20, "{} bytes for {}", cost.bytes_total, &target[..20]);
    }
}
