//! Create, replace, delete, and the history they leave.

use serde_json::json;

use crate::apis::celigo::tests::{Account, STOREFRONT, SYNC, TO_NETSUITE, json};

#[test]
fn a_new_integration_has_every_default_in_the_documented_order() {
    let mut account = Account::new();
    let response = account.send("POST", "/integrations", r#"{"sandbox":null,"_id":"x","createdAt":"y","name":"New"}"#);
    let body = std::str::from_utf8(&response.body).unwrap();
    let id = json(body)["_id"].as_str().unwrap().to_owned();
    assert!(id.len() == 24 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "{id}");
    let expected = format!(
        r#"{{"_id":"{id}","name":"New","sandbox":false,"installSteps":[],"uninstallSteps":[],"flowGroupings":[],"_registeredConnectionIds":[],"createdAt":"2024-01-20T10:00:00.000Z","lastModified":"2024-01-20T10:00:00.000Z"}}"#
    );
    assert_eq!(body, expected);
}

#[test]
fn putting_back_what_was_read_changes_nothing_but_last_modified() {
    let mut account = Account::new();
    for id in account.ids("/integrations") {
        let path = format!("/integrations/{id}");
        let mut before = account.send("GET", &path, "");
        let text = String::from_utf8(before.body.to_vec()).unwrap();
        let (status, after) = account.ask("PUT", &path, &text);
        assert_eq!((status, &after["lastModified"]), (200, &json!("2024-01-20T10:00:00.000Z")));
        before.body =
            after.to_string().replace("2024-01-20T10:00:00.000Z", json(&text)["lastModified"].as_str().unwrap()).into();
        assert_eq!(String::from_utf8(before.body.to_vec()).unwrap(), text);
        let latest = &account.get(&format!("{path}/audit"))[0];
        assert_eq!((&latest["timestamp"], &latest["changes"]), (&json!("2024-01-20T10:00:00.000Z"), &json!({})));
    }
}

#[test]
fn a_put_wipes_what_it_leaves_out_but_for_sandbox_and_what_the_service_owns() {
    let mut account = Account::new();
    let before = account.get("/integrations/39991ba2ffc67af145023406");
    let (_, after) = account.ask("PUT", "/integrations/39991ba2ffc67af145023406", r#"{"name":"Bare","sandbox":true}"#);
    for gone in ["description", "mode", "settings", "version", "tag", "install", "updateInProgress"] {
        assert!(before.get(gone).is_some() && after.get(gone).is_none(), "{gone}");
    }
    for kept in ["_id", "createdAt", "_registeredConnectionIds", "_connectorId"] {
        assert_eq!(before[kept], after[kept], "{kept}");
    }
    let (_, again) = account.ask("PUT", "/integrations/39991ba2ffc67af145023406", r#"{"name":"Bare","sandbox":null}"#);
    assert_eq!(again["sandbox"], true, "sandbox stays when it is left out");
}

#[test]
fn what_the_service_owns_cannot_be_put() {
    let mut account = Account::new();
    let body = r#"{"name":"N","_id":"other","createdAt":"2000-01-01T00:00:00.000Z","_registeredConnectionIds":[],"_connectorId":"nothing"}"#;
    let (status, after) = account.ask("PUT", "/integrations/abc123", body);
    assert_eq!((status, &after["_id"]), (200, &json!("abc123")));
    assert_eq!(after["createdAt"], "2023-11-06T09:30:00.000Z");
    assert_eq!(after["_registeredConnectionIds"].as_array().unwrap().len(), 3);
    assert!(after.get("_connectorId").is_none());
}

#[test]
fn unknown_fields_are_kept_and_returned() {
    let mut account = Account::new();
    let (_, made) = account.ask("POST", "/integrations", r#"{"name":"N","colour":{"r":1},"standin_x":1}"#);
    assert_eq!(made["colour"], json!({ "r": 1 }));
    assert!(made.get("standin_x").is_none(), "but none of standin's own");
}

#[test]
fn a_new_flow_grouping_gets_an_id_and_an_old_one_keeps_it() {
    let mut account = Account::new();
    let body = r#"{"name":"N","flowGroupings":[{"name":"new"},{"_id":"6ad04b7735ce7c6d1f6db451","name":"Orders"}]}"#;
    let (_, after) = account.ask("PUT", &format!("/integrations/{STOREFRONT}"), body);
    let groupings = after["flowGroupings"].as_array().unwrap();
    assert_eq!(groupings[0]["_id"].as_str().unwrap().len(), 24);
    assert_eq!(groupings[0].as_object().unwrap().keys().collect::<Vec<_>>(), ["_id", "name"]);
    assert_eq!(groupings[1]["_id"], "6ad04b7735ce7c6d1f6db451");
}

#[test]
fn names_are_compared_exactly_and_free_again_after_deletion() {
    let mut account = Account::new();
    let create = |account: &mut Account, name: &str| {
        account.ask("POST", "/integrations", &json!({ "name": name }).to_string()).0
    };
    assert_eq!(create(&mut account, "Salesforce Sync"), 409);
    assert_eq!(create(&mut account, "salesforce sync"), 201);
    assert_eq!(account.ask("DELETE", "/integrations/abc123", "").0, 204);
    assert_eq!(create(&mut account, "Salesforce Sync"), 201);
    assert_eq!(account.ask("PUT", "/integrations/def456", r#"{"name":"Salesforce Sync"}"#).0, 409);
    assert_eq!(account.ask("PUT", "/integrations/def456", r#"{"name":"NetSuite Integration"}"#).0, 200);
}

#[test]
fn every_fault_of_a_body_is_told() {
    let mut account = Account::new();
    let long = "x".repeat(101);
    let body = json!({ "name": long, "sandbox": "yes", "flowGroupings": {}, "mode": "party", "_connectorId": "gone" });
    let (status, body) = account.ask("POST", "/integrations", &body.to_string());
    let told: Vec<_> = body["errors"].as_array().unwrap().iter().map(|e| e["message"].as_str().unwrap()).collect();
    assert_eq!(status, 400);
    let expected = [
        "Name must have at most 100 characters",
        "Sandbox must be a boolean",
        "Flow groupings must be an array",
        "Mode must be one of install, settings, uninstall",
    ];
    assert_eq!(told, expected);
    let (_, body) = account.ask("POST", "/integrations", r#"{"name":"N","_connectorId":"gone"}"#);
    assert_eq!(body["errors"][0]["message"], "_connectorId refers to \"gone\", which does not exist");
    let umlauts = "ü".repeat(100);
    assert_eq!(
        account.ask("POST", "/integrations", &json!({ "name": umlauts }).to_string()).0,
        201,
        "characters, not bytes"
    );
}

#[test]
fn a_name_that_is_absent_null_or_blank_is_missing() {
    let mut account = Account::new();
    for body in ["", "{}", r#"{"name":null}"#, r#"{"name":"  "}"#] {
        let expected = json(r#"{"errors":[{"code":"validation_error","message":"Name is required","field":"name"}]}"#);
        assert_eq!(account.ask("POST", "/integrations", body), (400, expected.clone()), "{body}");
        assert_eq!(account.ask("PUT", "/integrations/abc123", body), (400, expected), "{body}");
    }
}

#[test]
fn deleting_the_integration_of_the_seed_deletes_all_it_lists_as_its_own() {
    let mut account = Account::new();
    let contents =
        ["flows", "exports", "imports"].map(|kind| (kind, account.ids(&format!("/integrations/abc123/{kind}"))));
    let connections = account.ids("/integrations/abc123/connections");
    assert_eq!(account.ask("DELETE", "/integrations/abc123", ""), (204, json!(null)));
    for below in ["", "/flows", "/exports", "/imports", "/connections", "/audit", "/errors", "/ashares", "/template"] {
        assert_eq!(account.ask("GET", &format!("/integrations/{SYNC}{below}"), "").0, 404, "{below}");
    }
    for (kind, ids) in contents {
        assert!(!ids.is_empty());
        for id in ids {
            assert_eq!(account.ask("GET", &format!("/{kind}/{id}"), "").0, 404, "{kind} {id}");
        }
    }
    for id in connections {
        assert_eq!(account.ask("GET", &format!("/connections/{id}"), "").0, 200, "connections stay");
    }
    use crate::apis::celigo::resources::{ASHARES, ERRORS, JOBS};
    let store = &account.world.state.store;
    assert!(store.of(&ERRORS).is_empty());
    assert_eq!(store.of(&JOBS).len(), 8);
    let share = store.of(&ASHARES).get("dc237dd6092a39bee8c1d595").unwrap();
    assert_eq!(share.get("integrationAccessLevel"), Some(&json!([])));
}

#[test]
fn deleting_any_integration_of_the_start_deletes_all_it_lists_as_its_own() {
    for integration in Account::new().ids("/integrations") {
        let mut account = Account::new();
        let of = |kind: &str| format!("/integrations/{integration}/{kind}");
        let contents = ["flows", "exports", "imports"].map(|kind| (kind, account.ids(&of(kind))));
        assert_eq!(account.ask("DELETE", &format!("/integrations/{integration}"), ""), (204, json!(null)));
        for (kind, id) in contents.iter().flat_map(|(kind, ids)| ids.iter().map(move |id| (kind, id))) {
            assert_eq!(account.ask("GET", &format!("/{kind}/{id}"), "").0, 404, "{kind} {id} of {integration}");
        }
    }
}

#[test]
fn deleting_an_integration_keeps_what_the_flows_of_another_use() {
    let mut account = Account::new();
    let (export, import) = ("4e351404754eb46cb77112fa", "145e918ed2ca5bbfde40f5d9");
    account.share(export, import);
    let connections = account.ids(&format!("/integrations/{TO_NETSUITE}/connections"));
    assert!(account.ids(&format!("/integrations/{STOREFRONT}/exports")).iter().any(|id| id == export));
    assert_eq!(account.ask("DELETE", &format!("/integrations/{STOREFRONT}"), ""), (204, json!(null)));
    use crate::apis::celigo::resources::{EXPORTS, FLOWS, IMPORTS};
    let store = &account.world.state.store;
    let has = |resource, id| store.of(resource).get(id).is_some();
    assert!(has(&EXPORTS, export) && has(&IMPORTS, import), "another integration's flow uses them");
    assert!(!has(&FLOWS, "b938885350d1bc253825ce3d") && !has(&EXPORTS, "2e092de53e03d9cc618bd589"));
    assert_eq!(account.ids(&format!("/integrations/{TO_NETSUITE}/connections")), connections, "connections stay");
}

#[test]
fn nothing_refers_to_a_deleted_integration() {
    let mut account = Account::new();
    for id in account.ids("/integrations") {
        assert_eq!(account.ask("DELETE", &format!("/integrations/{id}"), "").0, 204, "{id}");
        for collection in account.world.state.store.collections() {
            for record in collection.iter() {
                account.world.state.check_references(collection.resource(), record.fields()).unwrap();
                assert_ne!(record.text("_integrationId"), Some(id.as_str()));
            }
        }
    }
    assert_eq!(account.get("/integrations"), json!([]));
}

#[test]
fn the_audit_trail_tells_what_changed_newest_first() {
    let mut account = Account::new();
    let (_, made) = account.ask("POST", "/integrations", r#"{"name":"One"}"#);
    let path = format!("/integrations/{}", made["_id"].as_str().unwrap());
    account.ask("PUT", &path, r#"{"name":"Two","description":"d"}"#);
    account.ask("PUT", &path, r#"{"name":"Two"}"#);
    let audit = account.get(&format!("{path}/audit"));
    let told: Vec<_> = audit.as_array().unwrap().iter().map(|entry| (&entry["action"], &entry["changes"])).collect();
    let expected = [
        (json!("update"), json!({ "description": { "old": "d", "new": null } })),
        (
            json!("update"),
            json!({ "name": { "old": "One", "new": "Two" }, "description": { "old": null, "new": "d" } }),
        ),
    ];
    assert_eq!(told[..2], [(&expected[0].0, &expected[0].1), (&expected[1].0, &expected[1].1)]);
    assert_eq!((told[2].0, &told[2].1["name"]), (&json!("create"), &json!({ "old": null, "new": "One" })));
    assert_eq!(audit[0]["user"], "user@example.com");
    let unchanged = account.get("/integrations/abc123/audit");
    assert_eq!(unchanged.as_array().unwrap().len(), 1, "furnishing a world makes no history");
}

#[test]
fn a_refused_change_leaves_no_trace() {
    let mut account = Account::new();
    let before = (account.get("/integrations"), account.get("/integrations/abc123/audit"));
    account.ask("PUT", "/integrations/abc123", r#"{"name":"NetSuite Integration"}"#);
    account.ask("PUT", "/integrations/abc123", r#"{"name":7}"#);
    account.ask("POST", "/integrations", r#"["name"]"#);
    assert_eq!((account.get("/integrations"), account.get("/integrations/abc123/audit")), before);
}

#[test]
fn a_patch_sees_settings_that_nobody_set_as_absent_but_can_add_to_them() {
    let mut account = Account::new();
    let (_, made) = account.ask("POST", "/integrations", r#"{"name":"One"}"#);
    let path = format!("/integrations/{}", made["_id"].as_str().unwrap());
    for (operation, value) in [("remove", "null"), ("replace", "{}")] {
        let patch = format!(r#"[{{"op":"{operation}","path":"/settings","value":{value}}}]"#);
        let (status, body) = account.ask("PATCH", &path, &patch);
        assert_eq!((status, &body["errors"][0]["code"]), (422, &json!("invalid_patch")), "{operation}");
    }
    assert!(account.get(&path).get("settings").is_none());
    let failing = r#"[{"op":"add","path":"/settings/a","value":1},{"op":"remove","path":"/settings/b"}]"#;
    let (status, body) = account.ask("PATCH", &path, failing);
    assert_eq!(status, 422);
    assert!(body["errors"][0]["message"].as_str().unwrap().contains("'/1'"), "says which operation: {body}");
    assert!(account.get(&path).get("settings").is_none(), "all of them or none");
    let both = r#"[{"op":"add","path":"/settings/a","value":2},{"op":"replace","path":"/settings/a","value":1}]"#;
    assert_eq!(account.ask("PATCH", &path, both).0, 204);
    assert_eq!(account.get(&path)["settings"], json!({ "a": 1 }));
    assert_eq!(account.ask("PATCH", &path, r#"[{"op":"remove","path":"/settings"}]"#).0, 204);
    assert!(account.get(&path).get("settings").is_none());
    assert_eq!(account.ask("PATCH", &path, r#"[{"op":"add","path":"/settings","value":{}}]"#).0, 204);
    assert_eq!(account.get(&path)["settings"], json!({}), "as PUT keeps it");
}

#[test]
fn last_modified_moves_on_every_change_even_where_the_clock_does_not() {
    let mut account = Account::new();
    let (_, made) = account.ask("POST", "/integrations", r#"{"name":"One"}"#);
    let path = format!("/integrations/{}", made["_id"].as_str().unwrap());
    let mut times = vec![made["lastModified"].as_str().unwrap().to_owned()];
    for _ in 0..3 {
        let (_, changed) = account.ask("PUT", &path, r#"{"name":"One"}"#);
        times.push(changed["lastModified"].as_str().unwrap().to_owned());
        assert_eq!(changed["createdAt"], made["createdAt"]);
    }
    let expected = ["000", "001", "002", "003"].map(|ms| format!("2024-01-20T10:00:00.{ms}Z"));
    assert_eq!(times, expected);
}
