//! The answers of the control API, and their schemas in its document.

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
fn every_answer_is_as_the_document_says() {
    let standin = Standin::start();
    four_calls(&standin);
    assert_eq!(
        control(&standin, "POST", "/worlds", &json!({ "name": "a", "scenario": "celigo-lost-create" })).status,
        200
    );
    let document = get(&standin, "/openapi.json?api=control");
    assert_eq!(document, standin::control_openapi());
    let mut compared = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        let Some(operation) = methods.get("get") else { continue };
        let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        if schema.is_null() {
            continue;
        }
        let filled = [("{world}", "a"), ("{n}", "1"), ("{collection}", "celigo.integrations"), ("{id}", "abc123")];
        let target = filled.iter().fold(path.clone(), |path, (name, value)| path.replace(name, value));
        if target.ends_with("/worlds/a/journal/1") {
            standin.find_world("a").unwrap().answer("GET", "/v1/integrations", &[ANY], b"");
        }
        if let Some(world) = target.strip_suffix("/deliveries/1") {
            let order = json!({ "to": "http://127.0.0.1:9/", "type": "a.kind", "secret": "s" });
            let world = world.strip_prefix("/_standin").unwrap();
            assert_eq!(control(&standin, "POST", &format!("{world}/deliver"), &order).status, 200);
        }
        let query = if target.ends_with("openapi.json") { "?api=celigo" } else { "" };
        let answer = get(&standin, &format!("{}{query}", target.strip_prefix("/_standin").unwrap()));
        let whole = json!({ "$ref": schema["$ref"], "components": document["components"] });
        let validator = jsonschema::validator_for(&whole).unwrap();
        let wrong: Vec<String> =
            validator.iter_errors(&answer).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{path}: {wrong:?}");
        compared += 1;
    }
    assert!(compared > 20, "{compared}");
}
