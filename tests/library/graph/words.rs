//! Texts of answers, beside what the document says of them.

use serde_json::{Value, json};
use standin::{Action, Api, Rule, openapi, operations};

use super::{SAMPLE_TOKEN, ask, body, world};

const GONE: &str = "00000000-0000-4000-8000-000000000000";

fn message(body: &Value) -> &str {
    body["$errors"][0]["message"].as_str().unwrap_or_default()
}

#[test]
fn what_v1_does_not_find_it_calls_by_the_words_of_v1() {
    for (kind, name) in [
        ("organizations", "Organization"),
        ("courses", "Organization"),
        ("sections", "Organization"),
        ("terms", "Term"),
        ("people", "Person"),
    ] {
        let world = world();
        let target = format!("/api/v1/graph/{kind}/{GONE}");
        let said = format!("{name} with id {GONE} not found for this integration.");
        assert_eq!(message(&body(&ask(&world, SAMPLE_TOKEN, &target))), said);
        world.fault(Rule::on(&*format!("edlink.{kind}.get_v1")).error("not_found"));
        assert_eq!(message(&body(&ask(&world, SAMPLE_TOKEN, &target))), said, "injected");
    }
}

#[test]
fn an_injected_error_is_about_what_the_operation_could_be_refused_for() {
    let said = |operation: &str, error: &str, target: &str| {
        let world = world();
        world.fault(Rule::on(operation).error(error));
        message(&body(&ask(&world, SAMPLE_TOKEN, target))).to_owned()
    };
    let needs = |name: &str| format!("The permission '{name}' is required for this request.");
    let wants = |name: &str| format!("A valid v4 or v5 UUID or Alias is expected for parameter '{name}'.");
    assert_eq!(said("edlink.people.list", "no_permission", "/api/v2/graph/people"), needs("Read People"));
    assert_eq!(said("edlink.terms.list_v1", "no_permission", "/api/v1/graph/terms"), needs("Read Sessions"));
    let organizations = said("edlink.organizations.list_v1", "no_permission", "/api/v1/graph/organizations");
    assert_eq!(organizations, needs("Read Schools"));
    assert_eq!(said("edlink.people.list", "invalid_uuid", "/api/v2/graph/people"), wants("$after"));
    assert_eq!(said("edlink.people.get", "invalid_uuid", "/api/v2/graph/people/x"), wants("id"));
}

#[test]
fn nobody_is_sent_to_what_is_not_modelled() {
    let world = world();
    let not_modelled: Vec<_> = operations().into_iter().filter(|it| it.action == Action::NotModelled).collect();
    for (method, target) in [
        ("GET", "/api/v2/my/school"),
        ("PUT", "/api/v2/graph/classes/x/assignments"),
        ("DELETE", "/api/v1/graph/organizations"),
        ("GET", "/v1/flows/x/clone"),
    ] {
        let answer = world.answer(method, target, &[("authorization", "Bearer any")], b"");
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        for operation in &not_modelled {
            assert!(!text.contains(&format!("{} {},", operation.method, operation.path)), "{text}");
            assert!(!text.contains(&format!("{} {}.", operation.method, operation.path)), "{text}");
        }
        assert!(!text.contains("POST, OPTIONS"), "{text}");
    }
}

#[test]
fn the_document_tells_the_envelopes_of_the_versions_apart() {
    let document = openapi(Api::Edlink);
    let envelope = |path: &str| {
        document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"].clone()
    };
    let names = |schema: &Value| schema["properties"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let (v1, v2) = (envelope("/v1/integrations"), envelope("/v2/graph/people"));
    assert_eq!((names(&v1), &v1["required"]), (vec!["$data".into(), "$next".into()], &json!(["$data"])));
    assert_eq!(v2["required"], json!(["$data", "$request"]));
    assert!(names(&v2).contains(&"$warnings".to_owned()));
    let missing = |path: &str| document["paths"][path]["get"]["responses"]["401"]["description"].clone();
    assert!(missing("/v2/graph/people").as_str().unwrap().starts_with("missing_token"));
}

#[test]
fn a_status_is_documented_where_its_version_has_it() {
    let is_taken = |operation: &str, status: u16| {
        let respond = json!({ "respond": { "status": status } });
        let scenario =
            json!({ "scenario": 1, "api": "edlink", "faults": [{ "id": "one", "on": operation, "do": respond }] });
        world().load_text("one.json", &scenario.to_string()).is_ok()
    };
    assert_eq!([400, 401, 403].map(|status| is_taken("edlink.people.list", status)), [true, true, false]);
    assert_eq!([401, 403].map(|status| is_taken("edlink.people.list_v1", status)), [true, true]);
}
