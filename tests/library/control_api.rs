//! The control API: its table, its document, and what its paths answer.

use serde_json::{Value, json};
use standin::Standin;

use crate::support::{Response, ask};

const ANY: (&str, &str) = ("authorization", "Bearer any-token");

/// A request to the control API.
fn control(standin: &Standin, method: &str, path: &str, body: &Value) -> Response {
    let own = standin.address().to_string();
    let body = if body.is_null() { String::new() } else { body.to_string() };
    ask(standin.address(), method, &format!("/_standin{path}"), &[("host", &own)], &body)
}

fn get(standin: &Standin, path: &str) -> Value {
    let answer = control(standin, "GET", path, &Value::Null);
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

/// Two calls that succeed, one that a rule answers, one without an operation.
fn four_calls(standin: &Standin) {
    let rule = json!([{ "id": "busy", "on": "celigo.flows.list", "do": { "error": "rate_limited" } }]);
    assert_eq!(control(standin, "PUT", "/faults", &rule).status, 200);
    let world = standin.world();
    let create = br#"{"name":"Needle"}"#;
    world.answer("GET", "/v1/integrations", &[ANY], b"");
    world.answer("POST", "/v1/integrations", &[ANY, ("content-type", "application/json")], create);
    world.answer("GET", "/v1/flows", &[ANY], b"");
    world.answer("GET", "/v1/nothing-of-the-kind", &[ANY], b"");
}

#[test]
fn every_schema_of_the_document_is_there_and_is_used() {
    let text = standin::control_openapi().to_string();
    let document: Value = serde_json::from_str(&text).unwrap();
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(text.contains(&format!("\"#/components/schemas/{name}\"")), "{name} is not used");
    }
    for (at, _) in text.match_indices("\"#/components/schemas/") {
        let name = text[at + 22..].split('"').next().unwrap();
        assert!(!document["components"]["schemas"][name].is_null(), "{name} is not there");
    }
}

#[test]
fn an_unknown_query_parameter_is_refused_with_the_nearest_name() {
    let standin = Standin::start();
    let refused = |method: &str, path: &str| {
        let answer = control(&standin, method, path, &Value::Null);
        assert_eq!(answer.status, 400, "{path}: {}", answer.text());
        let error = answer.json()["error"].clone();
        (error["message"].as_str().unwrap().to_owned(), error["hint"].as_str().unwrap().to_owned())
    };
    let (message, hint) = refused("GET", "/journal?sinse=3");
    assert_eq!(message, "GET /journal has no query parameter \"sinse\"");
    assert!(hint.starts_with("Did you mean since? It has since, limit, "), "{hint}");
    assert_eq!(refused("POST", "/reset?hard=true").1, "It has none.");
    assert_eq!(refused("GET", "/openapi.json?ap=celigo").1, "Did you mean api? It has api.");
    assert_eq!(refused("DELETE", "/data/celigo.flows?id=1").1, "It has none.");
}

#[test]
fn the_journal_is_read_in_parts_and_loses_none() {
    let standin = Standin::start();
    let world = standin.world();
    (0..700).for_each(|_| drop(world.answer("GET", "/v1/integrations/abc123", &[ANY], b"")));
    let (mut since, mut seen) = (0, Vec::new());
    loop {
        let part = get(&standin, &format!("/journal?since={since}&limit=300"));
        let entries = part["entries"].as_array().unwrap();
        if entries.is_empty() {
            break;
        }
        assert_eq!(part["next"], entries.last().unwrap()["n"]);
        seen.extend(entries.iter().map(|entry| entry["n"].as_u64().unwrap()));
        since = part["next"].as_u64().unwrap();
    }
    assert_eq!(seen, (1..=700).collect::<Vec<_>>());
    let chosen = get(&standin, "/journal?n=7,600,900&only=numbers");
    assert_eq!((&chosen["numbers"], &chosen["next"]), (&json!([7, 600]), &json!(700)));
}

#[test]
fn the_journal_is_searched_by_what_a_call_was() {
    let standin = Standin::start();
    four_calls(&standin);
    let found = |query: &str| get(&standin, &format!("/journal?only=numbers&{query}"))["numbers"].clone();
    assert_eq!(found("is=fault"), json!([3]));
    assert_eq!(found("rule=busy"), json!([3]));
    assert_eq!(found("is=miss"), json!([4]));
    assert_eq!(found("is=error"), json!([3, 4]));
    assert_eq!(found("status=4xx"), json!([3]));
    assert_eq!(found("status=201"), json!([2]));
    assert_eq!(found("op=celigo.integrations.*&status=2xx"), json!([1, 2]));
    assert_eq!(found("text=nEEdle"), json!([2]));
    assert_eq!(found("text=any-token"), json!([]), "credentials are not shown, and not found");
    for wrong in [
        "is=odd",
        "status=4x",
        "status=40",
        "status=9xx",
        "status=600",
        "n=1,x",
        "since=-1",
        "limit=all",
        "only=entries",
        "op=celigo.flow",
    ] {
        assert_eq!(control(&standin, "GET", &format!("/journal?{wrong}"), &Value::Null).status, 400, "{wrong}");
    }
}

#[test]
fn every_value_of_a_header_is_in_its_journal_entry() {
    let standin = Standin::start();
    standin.world().answer("GET", "/v1/integrations", &[ANY, ("x-tag", "a"), ("x-other", "c"), ("x-tag", "b")], b"");
    assert_eq!(get(&standin, "/journal/1")["headers"]["x-tag"], "a, b");
}

#[test]
fn a_ready_made_scenario_is_taken_by_its_name() {
    let standin = Standin::start();
    for (method, path, body) in [
        ("POST", "/worlds", json!({ "name": "text", "scenario": "celigo-lost-create" })),
        ("POST", "/worlds", json!({ "name": "object", "scenario": { "name": "celigo-lost-create" } })),
        ("PUT", "/scenario", json!({ "name": "celigo-lost-create" })),
        ("PUT", "/scenario", json!("celigo-lost-create")),
    ] {
        let answer = control(&standin, method, path, &body);
        assert_eq!(answer.status, 200, "{body}: {}", answer.text());
    }
    assert_eq!(get(&standin, "/worlds/object/scenario")["rules"][0]["id"], "lost-create");
    let refused = control(&standin, "POST", "/worlds", &json!({ "name": "b", "scenario": "celigo-lost-creat" }));
    assert_eq!((refused.status, &refused.json()["error"]["hint"]), (404, &json!("Did you mean celigo-lost-create?")));
    assert!(standin.find_world("b").is_none(), "a world that could not be made is not there");
}

#[test]
fn a_scenario_can_be_taken_away() {
    let standin = Standin::start();
    control(&standin, "PUT", "/scenario", &json!("celigo-lost-create"));
    standin.world().answer("GET", "/v1/integrations", &[ANY], b"");
    assert_eq!(control(&standin, "DELETE", "/scenario", &Value::Null).status, 204);
    assert_eq!(get(&standin, "/scenario"), json!({ "scenario": null }));
    assert_eq!(get(&standin, "/journal")["next"], 1, "the journal stays");
    assert_eq!(control(&standin, "POST", "/reset", &Value::Null).status, 204);
    assert_eq!(get(&standin, "/scenario"), json!({ "scenario": null }), "after a reset too");
}

#[test]
fn fault_rules_are_taken_as_an_array_or_as_a_scenario_has_them() {
    let standin = Standin::start();
    let rules = json!([{ "id": "busy", "on": "celigo.*", "do": { "error": "rate_limited" } }]);
    for body in [rules.clone(), json!({ "faults": rules })] {
        let answer = control(&standin, "PUT", "/faults", &body);
        assert_eq!((answer.status, &answer.json()["faults"][0]["id"]), (200, &json!("busy")));
    }
    let refused = control(&standin, "PUT", "/faults", &json!({ "fault": rules }));
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("faults"), "{}", refused.text());
}

#[test]
fn the_state_of_expectations_is_told_while_a_test_runs() {
    let standin = Standin::start();
    let expect = json!({ "scenario": 1, "name": "x", "api": ["celigo"], "expect": { "calls": [
        { "id": "look", "on": "celigo.integrations.list", "times": 1 },
        { "id": "write", "on": "celigo.integrations.create", "times": 0 },
        { "id": "twice", "on": "celigo.flows.list", "times": 2 },
    ]}});
    let loaded = control(&standin, "PUT", "/scenario", &expect);
    assert_eq!(loaded.status, 200, "{}", loaded.text());
    let states = || {
        let checks = get(&standin, "/scenario?checks=true")["checks"].clone();
        let state = |check: &Value| format!("{} {}", check["id"].as_str().unwrap(), check["state"].as_str().unwrap());
        checks.as_array().unwrap().iter().map(state).filter(|state| state.starts_with("calls")).collect::<Vec<_>>()
    };
    assert_eq!(states(), ["calls.look open", "calls.write met", "calls.twice open"]);
    standin.world().answer("GET", "/v1/integrations", &[ANY], b"");
    standin.world().answer(
        "POST",
        "/v1/integrations",
        &[ANY, ("content-type", "application/json")],
        br#"{"name":"n"}"#,
    );
    (0..3).for_each(|_| drop(standin.world().answer("GET", "/v1/flows", &[ANY], b"")));
    assert_eq!(states(), ["calls.look met", "calls.write violated", "calls.twice violated"]);
}

#[test]
fn records_are_listed_in_parts_with_their_references() {
    let standin = Standin::start();
    let all = get(&standin, "/data/celigo.integrations");
    let part = get(&standin, "/data/celigo.integrations?skip=1&limit=2");
    assert_eq!(part.as_array().unwrap()[..], all.as_array().unwrap()[1..3]);
    let found = get(&standin, "/data/celigo.integrations?text=salesforce%20SYNC");
    assert_eq!(found[0]["_id"], "abc123");
    let collections = get(&standin, "/collections");
    let one = |name: &str| collections.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone();
    assert_eq!(one("celigo.integrations")["records"], all.as_array().unwrap().len());
    let fields = one("celigo.flows")["fields"].clone();
    let reference = fields.as_array().unwrap().iter().find(|field| field["name"] == "_integrationId").unwrap();
    assert_eq!(reference["refers_to"], "celigo.integrations");
}

#[test]
fn the_root_of_the_control_api_answers_what_there_is() {
    let standin = Standin::start();
    let index = get(&standin, "");
    let has = |part: &str, path: &str| {
        let mut rows = index[part].as_array().unwrap().iter();
        rows.any(|row| row["path"] == path && !row["about"].as_str().unwrap().is_empty())
    };
    assert!(has("server", "/_standin/limits") && has("world", "/_standin/worlds/{world}/verify"), "{index}");
    assert_eq!(index, get(&standin, "/"));
}

#[test]
fn an_entry_names_the_expectations_that_it_nearly_meets() {
    let standin = Standin::start();
    let expected = json!([
        { "id": "orders", "on": "celigo.integrations.create", "when": { "body": { "name": "Orders", "password": "hunter22" } }, "times": 1 },
        { "id": "flows", "on": "celigo.flows.list", "times": 1 },
        { "on": "celigo.integrations.create", "status": 409, "times": 1 },
    ]);
    let scenario =
        json!({ "scenario": 1, "api": ["celigo", "edlink"], "name": "near", "expect": { "calls": expected } });
    assert_eq!(control(&standin, "PUT", "/scenario", &scenario).status, 200);
    let create = |body: &str| {
        let headers = [ANY, ("content-type", "application/json")];
        standin.world().answer("POST", "/v1/integrations", &headers, body.as_bytes())
    };
    let near = |number: u64| get(&standin, &format!("/journal/{number}"))["near"].clone();
    create(r#"{"name":"Order","password":"hunter23"}"#);
    let found = near(1);
    let ids: Vec<&str> = found.as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["calls.orders", "calls[2]"], "{found}");
    let differences = found[0]["differences"].as_array().unwrap();
    assert!(
        differences.contains(&json!({ "path": "body.name", "got": "\"Order\"", "expected": "\"Orders\"" })),
        "{found}"
    );
    assert_eq!(found[1]["differences"][0]["path"], "status");
    assert!(!found.to_string().contains("hunter2"), "secrets are masked: {found}");
    create(r#"{"name":"Orders","password":"hunter22"}"#);
    let ids: Vec<Value> = near(1).as_array().unwrap().iter().map(|it| it["id"].clone()).collect();
    assert_eq!(ids, ["calls[2]"], "the other one is met");
    assert_eq!(near(2)[0]["id"], "calls[2]");
}

#[test]
fn what_is_put_is_warned_of_as_a_file_is() {
    let standin = Standin::start();
    let warned = |method: &str, path: &str, body: &Value| {
        let answer = control(&standin, method, path, body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["warnings"].as_array().map_or(Vec::new(), |warnings| {
            warnings.iter().map(|warning| warning.as_str().unwrap().lines().next().unwrap().to_owned()).collect()
        })
    };
    let close = json!({ "abort": "close" });
    let rules = json!([
        { "id": "page", "on": "celigo.integrations.list", "when": { "query": { "ofset": "1" } }, "do": close },
        { "id": "all", "on": "celigo.flows.*", "do": close },
        { "id": "one", "on": "celigo.flows.get", "do": close },
        { "id": "odd", "on": "celigo.exports.list", "at": { "nth": [1, 2] }, "limit": 1, "do": close },
    ]);
    let told = [
        "rule \"page\": W06 when.query.ofset is no parameter that a document of these operations knows",
        "rule \"odd\": W03 never fires at call 2: limit 1 is used up before",
        "rule \"one\": W02 can never fire: rule \"all\" always answers the same calls",
    ];
    assert_eq!(warned("PUT", "/faults", &rules), told);
    let fields = json!({ "id": "body", "on": "celigo.integrations.create", "when": { "body": { "@exact": { "nmae": "x" } } }, "do": close });
    let body = "rule \"body\": W06 when.body.@exact.nmae is no field of Integration that a document knows";
    let all = warned("POST", "/faults", &fields);
    assert_eq!((all.len(), all[2].as_str()), (4, body));
    assert_eq!(warned("GET", "/faults", &Value::Null), all, "they are told as long as the rules are there");
    let call =
        json!({ "id": "c", "on": "celigo.integrations.list", "status": 418, "when": { "body": { "name": "x" } } });
    assert_eq!(
        warned("POST", "/expect", &call),
        [
            "call \"c\": W04 when.body is about a body, and requests for these operations have none",
            "call \"c\": W06 status is 418, which none of these operations documents",
        ]
    );
    let scenario =
        json!({ "scenario": 1, "api": "celigo", "expect": { "calls": [{ "on": "celigo.flows.get", "status": 418 }] } });
    assert_eq!(warned("POST", "/worlds", &json!({ "name": "w", "scenario": scenario })).len(), 1);
    control(&standin, "DELETE", "/faults", &Value::Null);
    assert_eq!(warned("PUT", "/faults", &json!([{ "id": "good", "on": "celigo.*", "do": close }])), [""; 0]);
    let rule = |n| json!({ "id": format!("r{n}"), "on": "celigo.flows.list", "do": close });
    let answer = control(&standin, "PUT", "/faults", &(0..60).map(rule).collect());
    let told: Vec<_> = answer.headers.iter().filter(|(name, _)| name == "standin-warning").collect();
    assert_eq!((told.len(), told[21].1.as_str()), (22, "38 more warnings are not told here"));
    assert_eq!(answer.json()["warnings"].as_array().unwrap().len(), 59);
}

#[test]
fn fields_that_no_document_knows_are_warned_of_in_a_header() {
    let standin = Standin::start();
    let warned = |method: &str, path: &str, body: Value| {
        let answer = control(&standin, method, path, &body);
        assert!(answer.status < 300, "{}", answer.text());
        answer.headers.iter().filter(|(name, _)| name == "standin-warning").map(|(_, value)| value.clone()).collect()
    };
    let of = |collection: &str, id: &str, field: &str, kind: &str| {
        format!(
            "{collection} \"{id}\": W06 {field} is no field of {kind} that a document knows; if it is meant, add ?unknown_fields=allow"
        )
    };
    let one = "/data/celigo.integrations/abc123";
    let none: Vec<String> = Vec::new();
    assert_eq!(
        warned("PATCH", one, json!({ "colour": "red", "Größe": 1 })),
        [
            of("celigo.integrations", "abc123", "colour", "Integration"),
            of("celigo.integrations", "abc123", "Gr\\u{f6}\\u{df}e", "Integration")
        ]
    );
    assert_eq!(warned("PATCH", one, json!({ "colour": "blue" })), none, "it is there");
    assert_eq!(warned("PATCH", &format!("{one}?unknown_fields=allow"), json!({ "other": 1 })), none);
    let tag = |more: &str| json!({ "_id": "t1", "tag": "t", more: 1 });
    assert_eq!(warned("POST", "/data/celigo.tags", tag("whole")), [of("celigo.tags", "t1", "whole", "Tag")]);
    assert_eq!(warned("PUT", "/data/celigo.tags/t1", tag("part")), [of("celigo.tags", "t1", "part", "Tag")]);
    assert_eq!(warned("PUT", "/data/celigo.tags", json!([tag("third")])), [of("celigo.tags", "t1", "third", "Tag")]);
    assert_eq!(
        warned("PUT", "/data", json!({ "celigo.tags": [tag("fourth")] })),
        [of("celigo.tags", "t1", "fourth", "Tag")]
    );
    assert_eq!(warned("PUT", "/data?unknown_fields=allow", json!({ "celigo.tags": [tag("fifth")] })), none);
    let many: serde_json::Map<String, Value> = (0..100).map(|n| (format!("n{n}{n}{n}"), json!(n))).collect();
    let all: Vec<String> = warned("PATCH", one, many.into());
    assert_eq!((all.len(), all[20].as_str()), (21, "W06 and 80 more fields that no document knows"));
}

#[test]
fn steps_that_cannot_be_made_are_warned_of_where_a_scenario_is_put() {
    let standin = Standin::start();
    let scenario = json!({ "scenario": 1, "api": "celigo", "steps": [
        { "name": "first", "ends": { "on": "celigo.integrations.list" } },
        { "name": "later", "data": { "patch": { "celigo.flows": { "nope": { "disabled": true } } } } },
    ] });
    for (method, path, body) in [
        ("PUT", "/scenario", scenario.clone()),
        ("POST", "/worlds", json!({ "name": "a", "scenario": scenario })),
        ("PUT", "/worlds/b", json!({ "scenario": scenario })),
    ] {
        let answer = control(&standin, method, path, &body);
        let warnings = answer.json()["warnings"].to_string();
        assert!(warnings.contains("W05 steps[1].data.patch"), "{method} {path}: {}", answer.text());
    }
}

#[test]
fn a_request_that_says_less_than_it_seems_is_refused_in_plain_words() {
    let standin = Standin::start();
    for (method, path, body, words) in [
        ("GET", "/journal?since=1&since=2", json!(null), "the query parameter \"since\" stands twice"),
        ("GET", "/journal?limit=-1", json!(null), "limit=-1 is not a whole number of at least 0"),
        ("DELETE", "/worlds?label=", json!(null), "which worlds are to be deleted is not said"),
        ("POST", "/verify", json!({ "wait_ms": "3s" }), "expected a whole number of at least 0"),
        ("POST", "/worlds", json!({ "nmae": "x" }), "Did you mean name?"),
    ] {
        let answer = control(&standin, method, path, &body);
        assert_eq!(answer.status, 400, "{path}");
        let error = answer.json()["error"].clone();
        let said = format!("{} {}", error["message"].as_str().unwrap(), error["hint"].as_str().unwrap_or_default());
        assert!(said.contains(words), "{path}: {said}");
    }
}
