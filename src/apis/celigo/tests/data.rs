//! The records themselves: as the fixtures say, and whole after every change.

use serde_json::{Value, json};

use crate::apis::celigo::API;
use crate::apis::celigo::resources::{CONNECTIONS, CONNECTORS, EXPORTS, FLOWS, INTEGRATIONS};
use crate::apis::celigo::tests::{Account, FIXTURES, json};
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::{Actor, Schema};

fn fields(text: &str) -> Document {
    Document::of(json(text)).unwrap()
}

fn remove(account: &mut Account, resource: &'static Schema, id: &str) -> Result<(), Problem> {
    let record = account.world.state.store.of(resource).get(id).cloned().unwrap();
    account.world.state.remove(resource, &record, Actor::Administrator)
}

#[test]
fn fixtures_are_kept_as_they_are_written() {
    let account = Account::new();
    for (collection, text) in FIXTURES {
        let resource = API.resource(&format!("celigo.{collection}")).unwrap();
        let kept: Vec<Value> =
            account.world.state.store.of(resource).iter().map(|record| record.fields().clone().into()).collect();
        let written: Vec<Value> = serde_json::from_str(text).unwrap();
        for (kept, written) in kept.iter().zip(&written) {
            // Texts, because key order counts.
            assert_eq!(kept.to_string(), written.to_string(), "{collection}");
        }
        assert_eq!(kept.len(), written.len());
    }
}

#[test]
fn an_identifier_that_is_made_looks_like_those_of_the_fixtures() {
    let mut account = Account::new();
    for (path, letter, body) in [
        ("/exports", 'e', json!({ "name": "Orders" })),
        ("/imports", 'i', json!({ "name": "Orders", "_connectionId": "6cdc8563e7b96e7ade83228d" })),
    ] {
        let (status, made) = account.ask("POST", path, &body.to_string());
        assert_eq!(status, 201, "{made}");
        let (status, copy) = account.ask("POST", &format!("{path}/{}/clone", made["_id"].as_str().unwrap()), "{}");
        assert_eq!(status, 201, "{copy}");
        assert_ne!(made["apiIdentifier"], copy["apiIdentifier"], "each has its own");
        let shown = account.get(path);
        for record in shown.as_array().unwrap() {
            let identifier = record["apiIdentifier"].as_str().unwrap_or_default();
            let digits = identifier.strip_prefix(letter).unwrap_or_default();
            let is_hex = |digit: char| digit.is_ascii_digit() || matches!(digit, 'a'..='f');
            assert!(digits.len() == 9 && digits.chars().all(is_hex), "{path}: {record}");
        }
        assert!(shown.as_array().unwrap().contains(&made));
    }
}

#[test]
fn secrets_of_connections_are_masked() {
    let mut account = Account::new();
    let mut shown = String::new();
    for id in account.ids("/integrations") {
        shown += &account.get(&format!("/integrations/{id}/connections")).to_string();
    }
    assert!(!shown.contains("not-a-real-secret"));
    assert!(shown.contains(r#""tokenSecret":"******""#) && shown.contains(r#""token":{"token":"******""#));
    assert!(shown.contains(r#""username":"dropbox""#));
}

#[test]
fn what_is_in_use_cannot_be_removed_behind_the_api_either() {
    let mut account = Account::new();
    let used: [(&'static Schema, &str); 3] = [
        (&CONNECTIONS, "6cdc8563e7b96e7ade83228d"),
        (&EXPORTS, "f35c09bc8f431d5175f197a5"),
        (&CONNECTORS, "23bd17471a705e7197979f31"),
    ];
    for (resource, id) in used {
        let refused = remove(&mut account, resource, id).unwrap_err();
        assert!(matches!(refused, Problem::InUse { .. }), "{refused:?}");
    }
    remove(&mut account, &EXPORTS, "6d21fb8f124281640692c80f").unwrap();
}

#[test]
fn a_removed_connection_is_registered_nowhere() {
    let mut account = Account::new();
    let connection = fields(r#"{"_id":"spare","name":"Spare","type":"http"}"#);
    account.world.state.create(&CONNECTIONS, &connection, Actor::Administrator).unwrap();
    let integration = account.world.state.store.of(&INTEGRATIONS).get("abc123").cloned().unwrap();
    let patch = fields(r#"{"_registeredConnectionIds":["spare"]}"#);
    account.world.state.patch(&INTEGRATIONS, &integration, &patch, Actor::Administrator).unwrap();
    assert_eq!(account.ids("/integrations/abc123/connections"), ["spare"]);
    remove(&mut account, &CONNECTIONS, "spare").unwrap();
    assert_eq!(account.get("/integrations/abc123/connections"), json!([]));
    assert_eq!(account.get("/integrations/abc123")["_registeredConnectionIds"], json!([]));
}

#[test]
fn a_flow_must_name_exports_that_exist_however_deep() {
    let mut account = Account::new();
    let flow = fields(
        r#"{"name":"F","_integrationId":"abc123","pageGenerators":[{"_exportId":"gone"}],
            "routers":[{"branches":[{"pageProcessors":[{"_importId":"gone too"}]}]}]}"#,
    );
    let refused = account.world.state.create(&FLOWS, &flow, Actor::Administrator).unwrap_err();
    assert_eq!(
        refused.plain(),
        "pageGenerators refers to \"gone\", which celigo.exports does not have; routers refers to \"gone too\", which celigo.imports does not have"
    );
}

#[test]
fn a_removed_flow_takes_its_errors_along_and_is_run_by_no_other() {
    let mut account = Account::new();
    remove(&mut account, &FLOWS, "flow456").unwrap();
    assert_eq!(account.get("/integrations/abc123/errors"), json!([{ "_flowId": "flow123", "numError": 5 }]));
    assert_eq!(account.get("/integrations/abc123/flows")[0]["_runNextFlowIds"], json!([]));
}

#[test]
fn an_administrators_edit_of_an_integration_is_in_its_audit_trail() {
    let mut account = Account::new();
    let integration = account.world.state.store.of(&INTEGRATIONS).get("abc123").cloned().unwrap();
    let patch = fields(r#"{"name":"Renamed"}"#);
    account.world.state.patch(&INTEGRATIONS, &integration, &patch, Actor::Administrator).unwrap();
    let latest = &account.get("/integrations/abc123/audit")[0];
    assert_eq!(latest["changes"], json!({ "name": { "old": "Salesforce Sync", "new": "Renamed" } }));
}

/// Were any step to search all fields for each of them, this would not end.
#[test]
fn a_body_of_very_many_unknown_fields_is_stored_shown_changed_and_audited() {
    const MANY: usize = 50_000;
    let mut account = Account::new();
    let unknown = (0..MANY).map(|n| (format!("unknown {n}"), n.into()));
    let body: Value = [("name".to_owned(), Value::from("Many"))].into_iter().chain(unknown).collect();
    let (status, made) = account.ask("POST", "/integrations", &body.to_string());
    assert_eq!((status, made["unknown 0"].as_u64(), made["unknown 49999"].as_u64()), (201, Some(0), Some(49_999)));
    let names: Vec<&String> = made.as_object().unwrap().keys().collect();
    let documented = names.len() - MANY;
    assert!(!names[documented - 1].starts_with("unknown"), "unknown fields stand behind the documented ones");
    assert!(names[documented..].iter().enumerate().all(|(n, name)| **name == format!("unknown {n}")), "in their order");
    let path = format!("/integrations/{}", made["_id"].as_str().unwrap());
    assert_eq!(account.get(&path), made);
    let old = account.world.state.store.of(&INTEGRATIONS).get(&path["/integrations/".len()..]).cloned().unwrap();
    let gone: Document = (0..MANY).filter(|n| n % 2 == 1).map(|n| (format!("unknown {n}"), Value::Null)).collect();
    account.world.state.patch(&INTEGRATIONS, &old, &gone, Actor::Administrator).unwrap();
    let left = account.get(&path);
    assert_eq!(left.as_object().unwrap().len(), documented + MANY / 2);
    assert_eq!((&left["unknown 49998"], left.get("unknown 49999")), (&json!(49_998), None));
    let audit = account.get(&format!("{path}/audit?limit=1"));
    assert_eq!(audit[0]["changes"].as_object().unwrap().len(), MANY / 2);
}

#[test]
fn the_errors_of_a_step_go_when_it_is_taken_out_of_its_flow() {
    let mut account = Account::new();
    let flow = account.get("/flows/flow123");
    let summary = account.get("/flows/flow123/errors");
    let mut without = flow.clone();
    without["pageProcessors"] = json!([]);
    assert_eq!(account.ask("PUT", "/flows/flow123", &without.to_string()).0, 200);
    let counted = account.get("/flows/flow123/errors");
    assert_ne!(counted, summary);
    let mut left = 0;
    for step in counted["flowErrors"].as_array().unwrap() {
        let errors = account.get(&format!("/flows/flow123/{}/errors", step["_expOrImpId"].as_str().unwrap()));
        assert_eq!(errors["errors"].as_array().unwrap().len() as u64, step["numError"].as_u64().unwrap());
        left += step["numError"].as_u64().unwrap();
    }
    let rows = account.get("/integrations/abc123/errors");
    let row = rows.as_array().unwrap().iter().find(|row| row["_flowId"] == "flow123");
    assert_eq!(row.map_or(0, |row| row["numError"].as_u64().unwrap()), left);
    account.ask("PUT", "/flows/flow123", &flow.to_string());
    let again = account.get("/flows/flow123/errors");
    let all: u64 = again["flowErrors"].as_array().unwrap().iter().map(|step| step["numError"].as_u64().unwrap()).sum();
    assert_eq!(all, left, "they do not come back with it");
}

#[test]
fn what_a_share_gives_in_an_integration_is_checked_like_what_it_gives_everywhere() {
    let mut account = Account::new();
    let path = "/ashares/dc237dd6092a39bee8c1d595";
    let levels = "administrator, manage, monitor";
    for (given, message, field) in [
        (json!([5]), "Integration access level must be an array of objects".to_owned(), "integrationAccessLevel"),
        (
            json!([{ "_integrationId": "abc123", "accessLevel": "all" }]),
            format!("Access level must be one of {levels}"),
            "integrationAccessLevel[0].accessLevel",
        ),
        (
            json!([{ "_integrationId": "abc123", "accessLevel": "manage" }, { "accessLevel": "manage" }]),
            "_integrationId is required".to_owned(),
            "integrationAccessLevel[1]._integrationId",
        ),
    ] {
        let (status, body) = account.ask("PUT", path, &json!({ "integrationAccessLevel": given }).to_string());
        let error = json!({ "code": "validation_error", "message": message, "field": field });
        assert_eq!((status, body), (400, json!({ "errors": [error] })));
    }
}
