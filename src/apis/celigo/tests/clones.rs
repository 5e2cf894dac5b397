//! Copies of integrations.

use serde_json::{Value, json};

use crate::apis::celigo::API;
use crate::apis::celigo::tests::{Account, MARIGOLD, SYNC};
use crate::engine::schema::profile::Profile;
use crate::engine::state::settings::Settings;

fn copy(account: &mut Account, id: &str, body: &str) -> Value {
    let (status, copy) = account.ask("POST", &format!("/integrations/{id}/clone"), body);
    assert_eq!(status, 201, "{id}: {copy}");
    copy
}

#[test]
fn a_copy_has_all_connections_of_its_original() {
    let mut account = Account::new();
    for id in account.ids("/integrations") {
        let wanted = account.ids(&format!("/integrations/{id}/connections"));
        let copy = copy(&mut account, &id, "");
        let path = format!("/integrations/{}", copy["_id"].as_str().unwrap());
        let shared = account.ids(&format!("{path}/connections"));
        assert!(wanted.iter().all(|id| shared.contains(id)), "{id}: {shared:?} lacks one of {wanted:?}");
        for kind in ["exports", "imports"] {
            for step in account.get(&format!("{path}/{kind}")).as_array().unwrap() {
                let used = step["_connectionId"].as_str();
                assert!(used.is_none_or(|used| shared.iter().any(|id| id == used)), "{id}: {used:?} of its {kind}");
            }
        }
    }
}

#[test]
fn a_copy_has_the_connection_that_stands_for_another_instead_of_it() {
    let mut account = Account::new();
    let before = account.ids(&format!("/integrations/{SYNC}/connections"));
    let (old, new) = (&before[0], &before[1]);
    let copy = copy(&mut account, SYNC, &json!({ "connectionMap": { old: new } }).to_string());
    let registered: Vec<&str> =
        copy["_registeredConnectionIds"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    assert_eq!(registered, before[1..], "each of them once");
}

#[test]
fn a_copy_is_one_entry_in_the_audit_trail_and_has_what_it_starts_with() {
    for (profile, changes) in [(Profile::Documented, "changes"), (Profile::Live, "fieldChanges")] {
        let settings = Settings { profiles: vec![(API.name, profile)], ..Settings::default() };
        let mut account = Account::with(settings);
        let made = account.ask("POST", &format!("/integrations/{SYNC}/clone"), r#"{"name":"Copy"}"#).1;
        // The running service lists what it made.
        let id = made[0].get("_id").unwrap_or(&made["_id"]).as_str().unwrap();
        let path = format!("/integrations/{id}");
        let copy = account.get(&path);
        assert!(profile == Profile::Live || made == copy, "nothing follows");
        let audit = account.get(&format!("{path}/audit"));
        let audit: Vec<_> = audit.as_array().unwrap().iter().filter(|it| it["resourceType"] == "integration").collect();
        assert_eq!(audit.len(), 1, "{audit:?}");
        let told = audit[0][changes].to_string();
        assert!(told.contains(&copy["_registeredConnectionIds"].to_string()), "{told}");
        assert!(audit[0].get("source").is_none_or(|source| source == "api"), "a consumer asked for it");
    }
}

#[test]
fn a_copy_has_nothing_of_the_connector_of_its_original() {
    let mut account = Account::new();
    let copy = copy(&mut account, MARIGOLD, "");
    for gone in ["_connectorId", "mode", "install", "version", "updateInProgress"] {
        assert_eq!(copy.get(gone), None, "{gone}");
    }
    assert_eq!(copy["_sourceId"], MARIGOLD);
}
