//! Install, set up, take down, uninstall.

use serde_json::json;

use crate::apis::celigo::tests::{Account, MARIGOLD, MARIGOLD_CONNECTOR, SYNC};

#[test]
fn an_installed_connector_starts_with_no_step_done_and_a_name_of_its_own() {
    let mut account = Account::new();
    let path = format!("/integrations/{MARIGOLD_CONNECTOR}/install");
    let (status, second) = account.ask("POST", &path, r#"{"sandbox":true,"tag":"apac","name":"ignored"}"#);
    assert_eq!((status, &second["name"]), (200, &json!("Marigold Storefront to ERP 2")));
    assert_eq!(
        [&second["sandbox"], &second["tag"], &second["mode"], &second["version"], &second["_connectorId"]],
        [&json!(true), &json!("apac"), &json!("install"), &json!("1.4.2"), &json!(MARIGOLD_CONNECTOR)]
    );
    let steps = second["install"].as_array().unwrap();
    assert!(steps.len() == 4 && steps.iter().all(|step| step["completed"] == false));
    let (_, third) = account.ask("POST", &path, "");
    assert_eq!(third["name"], "Marigold Storefront to ERP 3");
    let made = format!("/integrations/{}", second["_id"].as_str().unwrap());
    assert_eq!(account.get(&made), second);
    assert_eq!(account.get(&format!("{made}/audit"))[0]["action"], "create");
    let unknown = json!({ "errors": [{ "code": "not_found", "message": "Connector not found" }] });
    assert_eq!(account.ask("POST", "/integrations/abc123/install", ""), (404, unknown));
    assert_eq!(account.ask("POST", &path, r#"{"sandbox":"yes"}"#).0, 400);
}

#[test]
fn an_integration_is_installed_once_all_its_steps_are_done() {
    let mut account = Account::new();
    let path = format!("/integrations/{MARIGOLD}");
    let (status, answer) = account.ask("PUT", &format!("{path}/installer/installErpBundle"), "");
    assert_eq!((status, &answer["success"]), (200, &json!(true)));
    let step = &answer["stepsToUpdate"][0];
    assert_eq!((&step["name"], &step["completed"]), (&json!("ERP bundle"), &json!(true)));
    assert_eq!(account.get(&path)["mode"], "install");
    account.ask("PUT", &format!("{path}/installer/installDefaultFlows"), "{}");
    assert_eq!(account.get(&path)["mode"], "settings");
    let (_, answer) = account.ask("PUT", &format!("{path}/uninstaller/uninstallErpBundle"), "{}");
    assert_eq!(answer["stepsToUpdate"][0]["completed"], false);
    let integration = account.get(&path);
    assert_eq!((&integration["mode"], &integration["install"][2]["completed"]), (&json!("uninstall"), &json!(false)));
}

#[test]
fn persist_settings_merges_what_is_pending() {
    let mut account = Account::new();
    let path = format!("/integrations/{MARIGOLD}/settings/persistSettings");
    account.ask("PUT", &path, r#"{"pending":{"a":{"x":1,"y":2},"b":1}}"#);
    let (status, answer) = account.ask("PUT", &path, r#"{"pending":{"a":{"y":3}}}"#);
    let settings = json!({ "a": { "x": 1, "y": 3 }, "b": 1 });
    assert_eq!(
        (status, &answer),
        (200, &json!({ "success": true, "pending": { "a": { "y": 3 } }, "settings": settings }))
    );
    assert_eq!(account.get(&format!("/integrations/{MARIGOLD}"))["settings"], settings);
    assert_eq!(account.ask("PUT", &path, "{}").1["errors"][0]["message"], "Pending is required");
    assert_eq!(account.ask("PUT", &path, r#"{"pending":1}"#).1["errors"][0]["message"], "Pending must be an object");
    let other = format!("/integrations/{MARIGOLD}/settings/refreshMetadata");
    assert_eq!(account.ask("PUT", &other, r#"{"type":"item"}"#), (200, json!({ "success": true })));
}

#[test]
fn functions_of_a_connector_need_one() {
    let mut account = Account::new();
    for (method, below) in [
        ("PUT", "installer/installErpBundle"),
        ("PUT", "uninstaller/uninstallErpBundle"),
        ("PUT", "settings/persistSettings"),
        ("DELETE", "install"),
    ] {
        let (status, body) = account.ask(method, &format!("/integrations/{SYNC}/{below}"), "");
        assert_eq!((status, &body["errors"][0]["code"]), (422, &json!("invalid_operation")), "{below}");
    }
    for below in ["installer/uninstallErpBundle", "uninstaller/nothing"] {
        let (status, body) = account.ask("PUT", &format!("/integrations/{MARIGOLD}/{below}"), "");
        assert_eq!((status, &body["errors"][0]["code"]), (422, &json!("invalid_function")), "{below}");
    }
}

#[test]
fn uninstalling_takes_the_integration_away() {
    let mut account = Account::new();
    let path = format!("/integrations/{MARIGOLD}");
    assert_eq!(account.ask("DELETE", &format!("{path}/install"), ""), (200, json!({ "success": true })));
    assert_eq!(account.ask("GET", &path, "").0, 404);
}
