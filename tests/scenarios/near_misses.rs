//! Reports say why: the call or record that comes nearest, and what differs.

use serde_json::{Value, json};
use standin::{Expectation, Report, Standin, VerifyError, WorldHandle, reports};

fn world_with(expect: &Value) -> WorldHandle {
    let world = Standin::builder().offline().unwrap();
    let scenario = json!({ "scenario": 1, "api": ["celigo", "edlink"], "name": "near", "expect": expect });
    let warnings = world.load_text("near.json", &scenario.to_string()).unwrap();
    assert_eq!(warnings, [""; 0]);
    world
}

fn ask(world: &WorldHandle, method: &str, target: &str, body: &Value) -> u16 {
    let headers = [("authorization", "Bearer any"), ("content-type", "application/json")];
    let body = if body.is_null() { String::new() } else { body.to_string() };
    world.answer(method, target, &headers, body.as_bytes()).status.unwrap()
}

fn failed(world: &WorldHandle) -> Report {
    let unmet: VerifyError = world.verify().unwrap_err();
    unmet.report().clone()
}

/// The lines below a failed check, without those of other checks.
fn details(report: &Report, id: &str) -> Vec<String> {
    let check = report.checks.iter().find(|check| check.id == id).unwrap_or_else(|| panic!("no {id}: {report}"));
    check.violations.iter().flat_map(|violation| violation.details.clone()).collect()
}

#[test]
fn the_nearest_call_and_the_value_that_differs_are_in_every_report() {
    let body = json!({ "name": "Orders", "nested": { "a": [1, 2, 3] } });
    let world = world_with(
        &json!({ "calls": [{ "on": "celigo.integrations.create", "when": { "body": body, "unknown_fields": "allow" } }] }),
    );
    ask(&world, "POST", "/v1/integrations", &json!({ "name": "Invoices" }));
    ask(&world, "POST", "/v1/integrations", &json!({ "name": "Orders", "nested": { "a": [1, 2, 4] } }));
    let report = failed(&world);
    let line = "call 2: body.nested.a[2] is 4, expected 3";
    assert_eq!(details(&report, "calls[0]"), [line]);
    let near = &report.checks[0].violations[0].near.clone().unwrap();
    assert_eq!((near.call, near.differences[0].path.as_str()), (Some(2), "body.nested.a[2]"));
    let all = std::slice::from_ref(&report);
    let texts = [
        report.to_string(),
        format!("{}", world.verify().unwrap_err()),
        report.to_json(),
        reports::junit(all),
        reports::tap(all),
        reports::github_annotations(all),
        reports::markdown(all),
    ];
    for text in texts {
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn a_call_in_another_circumstance_says_which() {
    let expect = json!({ "calls": [
        { "on": "celigo.integrations.get", "status": 200 },
        { "on": "celigo.integrations.get", "when": { "params": { "id": "abc123" } } },
        { "on": "celigo.integrations.list", "when": { "query": { "limit": "5" }, "headers": { "x-tag": "a" } } },
        { "on": "celigo.integrations.create", "when": { "body": { "name": "x" } } },
    ]});
    let world = world_with(&expect);
    ask(&world, "GET", "/v1/integrations/abc124", &Value::Null);
    ask(&world, "GET", "/v1/integrations?limit=4", &Value::Null);
    ask(&world, "PUT", "/v1/integrations/abc124", &json!({ "name": "x" }));
    let report = failed(&world);
    assert_eq!(details(&report, "calls[0]"), ["call 1: status is 404, expected 200"]);
    let id = details(&report, "calls[1]");
    assert_eq!(id.len(), 1);
    assert!(id[0].ends_with("is \"abc124\", expected \"abc123\""), "{id:?}");
    assert_eq!(
        details(&report, "calls[2]"),
        ["call 2: query.limit is \"4\", expected \"5\"", "call 2: headers.x-tag is absent, expected \"a\""]
    );
    assert_eq!(
        details(&report, "calls[3]")[0].split(',').next(),
        Some("call 3: operation is celigo.integrations.update")
    );
}

#[test]
fn a_final_names_the_nearest_record_or_those_that_are_too_many() {
    let expect = json!({ "final": {
        "celigo.integrations": [
            { "where": { "_id": "abc123", "name": "Orders" }, "count": 1 },
            { "where": { "_id": { "@any": true } }, "count": 0 },
        ],
    }});
    let world = world_with(&expect);
    ask(&world, "GET", "/v1/integrations", &Value::Null);
    let report = failed(&world);
    let nearest = details(&report, "final.celigo.integrations[0]");
    assert_eq!(nearest.len(), 1, "{nearest:?}");
    assert!(nearest[0].starts_with("record \"abc123\": name is "), "{nearest:?}");
    assert!(nearest[0].ends_with("expected \"Orders\""), "{nearest:?}");
    assert!(details(&report, "final.celigo.integrations[1]")[0].starts_with("matching: \"abc123\", "));
}

#[test]
fn a_call_before_its_expectation_is_told_as_such() {
    let world = Standin::builder().offline().unwrap();
    ask(&world, "GET", "/v1/integrations", &Value::Null);
    world.expect(Expectation::on("celigo.integrations.list"));
    let report = failed(&world);
    assert_eq!(details(&report, "calls[0]"), ["call 1 matches, but was made before it was expected"]);
}

#[test]
fn calls_in_the_journal_of_a_report_carry_their_ids() {
    let world = world_with(&json!({ "calls": [{ "on": "celigo.integrations.create" }] }));
    ask(&world, "GET", "/v1/integrations/abc123", &Value::Null);
    ask(&world, "GET", "/v1/integrations", &Value::Null);
    ask(&world, "GET", "/v1/integrations/abc123/dependencies", &Value::Null);
    let report = failed(&world);
    assert!(report.to_string().contains("1 get abc123 → 200 · 2 list → 200 · 3 "), "{report}");
    assert!(report.journal[2].contains(" abc123 → 200"), "{report}");
}

#[test]
fn a_credential_is_not_told_by_a_near_miss() {
    let when = json!({ "token": "another-secret", "headers": { "authorization": "Bearer another" } });
    let world = world_with(&json!({ "calls": [{ "on": "celigo.integrations.list", "when": when }] }));
    world.answer("GET", "/v1/integrations", &[("authorization", "Bearer long-secret-token")], b"");
    let report = failed(&world);
    assert!(!report.to_json().contains("long-secret"), "{report}");
}

#[test]
fn an_outcome_and_a_step_that_never_came_say_how_far_they_are() {
    let world = Standin::builder().offline().unwrap();
    let scenario = json!({ "scenario": 1, "api": "celigo", "name": "near",
        "steps": [{ "name": "one", "ends": [{ "on": "celigo.integrations.list", "calls": 3 }] }, { "name": "two" }],
        "expect": { "cover": ["celigo.integrations.list 204"], "reach": "two" },
    });
    let scenario = scenario.to_string().replace("list 204", "get not_found");
    world.load_text("near.json", &scenario).unwrap();
    ask(&world, "GET", "/v1/integrations", &Value::Null);
    ask(&world, "GET", "/v1/integrations/abc123", &Value::Null);
    let report = failed(&world);
    assert_eq!(details(&report, "cover.celigo.integrations.get not_found"), ["it answered 200 ×1"]);
    let ends = "step one ends when celigo.integrations.list answered 3 times: 1 of 3 such answers came";
    assert_eq!(details(&report, "reach"), [ends]);
}

#[test]
fn every_value_of_a_header_and_of_a_parameter_is_looked_at() {
    let calls = json!([
        { "id": "header", "on": "celigo.integrations.list", "when": { "headers": { "x-tag": "a" } } },
        { "id": "not", "on": "celigo.integrations.list", "when": { "headers": { "x-tag": { "@not": "a" } } }, "times": 1 },
        { "id": "query", "on": "celigo.integrations.list", "when": { "query": { "tag": "a" } } },
    ]);
    let world = Standin::builder().offline().unwrap();
    let fault = json!({ "id": "x", "on": "celigo.integrations.list", "when": { "headers": { "x-tag": "a" } },
        "do": { "error": "rate_limited" } });
    let scenario = json!({ "scenario": 1, "api": "celigo", "faults": [fault], "expect": { "calls": calls } });
    world.load_text("near.json", &scenario.to_string()).unwrap();
    let headers = [("authorization", "Bearer any"), ("x-tag", "b"), ("x-tag", "a")];
    assert_eq!(world.answer("GET", "/v1/integrations?tag=b&tag=a", &headers, b"").status, Some(429));
    assert_eq!(
        world.answer("GET", "/v1/integrations", &[("authorization", "Bearer any"), ("x-tag", "b")], b"").status,
        Some(200)
    );
    world.verify().unwrap();
}

#[test]
fn a_body_that_is_no_json_is_told_as_one_and_its_text_is_not_shown() {
    let world = world_with(
        &json!({ "calls": [{ "on": "celigo.integrations.create", "when": { "body": { "name": "Orders" } } }] }),
    );
    let headers = [("authorization", "Bearer any"), ("content-type", "application/x-www-form-urlencoded")];
    world.answer("POST", "/v1/integrations", &headers, b"name=Orders&client_secret=hunter2");
    let wanted = r#"call 1: body is no JSON (33 bytes), expected {"name":"Orders"}"#;
    assert_eq!(details(&failed(&world), "calls[0]"), [wanted]);
}

#[test]
fn a_record_of_another_flag_is_nearer_than_one_of_another_name() {
    let wanted = json!({ "where": { "name": "Orders", "sandbox": false }, "count": 1 });
    let world = world_with(&json!({ "final": { "celigo.integrations": [wanted] } }));
    ask(&world, "POST", "/v1/integrations", &json!({ "name": "Orders", "sandbox": true }));
    let lines = details(&failed(&world), "final.celigo.integrations[0]");
    assert!(lines[0].ends_with(": sandbox is true, expected false"), "{lines:?}");
}
