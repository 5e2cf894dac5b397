//! Tokens: good ones, narrowed ones, and those that only read.

use serde_json::json;

use crate::apis::celigo::tests::{Account, MARIGOLD_CONNECTOR, SYNC};
use crate::engine::state::settings::ListedCredential;

fn token(token: &str, integrations: Option<&[&str]>, read_only: bool) -> ListedCredential {
    let integrations = integrations.map(|ids| ids.iter().map(|id| (*id).to_owned()).collect());
    ListedCredential { token: token.to_owned(), integrations, read_only }
}

#[test]
fn any_token_is_good_unless_some_are_listed() {
    assert_eq!(Account::new().ask("GET", "/integrations", "").0, 200);
    let mut account = Account::listing(vec![token("good", None, false)]);
    let unknown = json!({
        "message": "Invalid or missing API key",
        "errors": [{ "code": "unauthorized", "message": "Invalid or missing API key" }]
    });
    assert_eq!(account.ask("GET", "/integrations", ""), (401, unknown.clone()));
    assert_eq!(account.ask("GET", "/nowhere", ""), (401, unknown), "before an unknown route");
    account.token = "good";
    assert_eq!(account.ask("GET", "/integrations", "").0, 200);
    assert_eq!(account.ask("GET", "/nowhere", "").0, 501);
}

#[test]
fn a_monitor_token_reads_and_cannot_write() {
    let mut account = Account::listing(vec![token("watch", None, true)]);
    account.token = "watch";
    let forbidden = json!({ "errors": [{ "code": "forbidden", "message": "Insufficient permissions" }] });
    let before = account.get("/integrations");
    for (method, path) in [
        ("POST", "/integrations".to_owned()),
        ("PUT", format!("/integrations/{SYNC}")),
        ("DELETE", format!("/integrations/{SYNC}")),
        ("DELETE", "/integrations/nothing".to_owned()),
        ("POST", format!("/integrations/{MARIGOLD_CONNECTOR}/install")),
    ] {
        assert_eq!(account.ask(method, &path, r#"{"name":"N"}"#), (403, forbidden.clone()), "{method} {path}");
    }
    assert_eq!(account.get("/integrations"), before);
}

#[test]
fn a_narrowed_token_finds_only_its_integrations() {
    let mut account = Account::listing(vec![token("some", Some(&[SYNC, "def456"]), false)]);
    account.token = "some";
    assert_eq!(account.ids("/integrations"), [SYNC, "def456"]);
    assert_eq!(account.ids("/integrations?limit=1&offset=1"), ["def456"], "the page is cut from what it sees");
    let not_found = json!({ "errors": [{ "code": "not_found", "message": "Integration not found" }] });
    for below in ["", "/flows", "/audit", "/errors", "/ashares", "/template"] {
        let path = format!("/integrations/abc123def456{below}");
        assert_eq!(account.ask("GET", &path, ""), (404, not_found.clone()), "{path}");
    }
    assert_eq!(account.ask("PUT", "/integrations/abc123def456", r#"{"name":"N"}"#), (404, not_found.clone()));
    assert_eq!(account.ask("DELETE", "/integrations/abc123def456", ""), (404, not_found));
    for below in ["flows", "exports", "imports", "connections", "audit", "errors", "ashares"] {
        let list = account.get(&format!("/integrations/{SYNC}/{below}"));
        assert_ne!(list, json!([]), "what belongs to an integration it sees: {below}");
    }
}

#[test]
fn a_narrowed_token_cannot_make_integrations() {
    let mut account = Account::listing(vec![token("some", Some(&[SYNC]), false)]);
    account.token = "some";
    assert_eq!(account.ask("POST", "/integrations", r#"{"name":"N"}"#).0, 403);
    assert_eq!(account.ask("POST", &format!("/integrations/{MARIGOLD_CONNECTOR}/install"), "").0, 403);
    assert_eq!(account.ask("PUT", &format!("/integrations/{SYNC}"), r#"{"name":"N"}"#).0, 200);
}

#[test]
fn a_narrowed_token_keeps_sight_of_what_it_makes_outside_of_integrations() {
    let mut account = Account::listing(vec![token("some", Some(&[SYNC]), false)]);
    account.token = "some";
    for (kind, body) in [
        ("connections", r#"{"name":"N","type":"http"}"#),
        ("exports", r#"{"name":"N"}"#),
        ("imports", r#"{"name":"N","_connectionId":"6cdc8563e7b96e7ade83228d"}"#),
        ("scripts", r#"{"name":"N","content":"x"}"#),
        ("flows", r#"{"name":"N"}"#),
    ] {
        let (status, made) = account.ask("POST", &format!("/{kind}"), body);
        assert_eq!(status, 201, "{kind}: {made}");
        let id = made["_id"].as_str().unwrap().to_owned();
        assert_eq!(account.get(&format!("/{kind}/{id}"))["_id"], made["_id"], "{kind}");
        assert!(account.ids(&format!("/{kind}")).contains(&id), "{kind}");
    }
    let (_, flow) = account.ask("POST", "/flows", r#"{"name":"F","_integrationId":"abc123"}"#);
    let path = format!("/flows/{}", flow["_id"].as_str().unwrap());
    assert_eq!(account.ask("PUT", &path, r#"{"name":"F"}"#).0, 200, "taken out of its integration");
    assert_eq!(account.get(&path)["name"], "F");
    let (_, run) = account.ask("POST", &format!("{path}/run"), "");
    assert_eq!(account.ask("GET", &format!("/jobs/{}", run["_jobId"].as_str().unwrap()), "").0, 200);
}

#[test]
fn a_narrowed_token_does_not_see_what_belongs_to_others_only() {
    let mut account = Account::listing(vec![token("all", None, false), token("some", Some(&["def456"]), false)]);
    account.token = "all";
    let (_, export) = account.ask("POST", "/exports", r#"{"name":"E"}"#);
    let export = format!("/exports/{}", export["_id"].as_str().unwrap());
    let using = |integration: &str| json!({ "name": "F", "_integrationId": integration, "pageGenerators": [{ "_exportId": &export[9..] }] });
    account.ask("POST", "/flows", &using(SYNC).to_string());
    for (path, status) in [("/flows/flow123", 404), (export.as_str(), 404), ("/jobs/dee1c62d15495f843cdc3261", 404)] {
        account.token = "some";
        assert_eq!(account.ask("GET", path, "").0, status, "{path}");
    }
    account.token = "all";
    account.ask("POST", "/flows", &using("def456").to_string());
    account.token = "some";
    assert_eq!(account.ask("GET", &export, "").0, 200, "its own flow uses it too");
}

#[test]
fn a_narrowed_token_neither_sees_nor_takes_away_what_a_share_gives_elsewhere() {
    let mut account = Account::listing(vec![token("some", Some(&[SYNC]), false), token("all", None, false)]);
    let share = "/ashares/dc237dd6092a39bee8c1d595";
    let level = |integration: &str, level: &str| json!({ "_integrationId": integration, "accessLevel": level });
    let (ours, theirs) = (level(SYNC, "manage"), level("def456", "monitor"));
    account.token = "all";
    account.ask("PUT", share, &json!({ "integrationAccessLevel": [theirs, ours] }).to_string());
    account.token = "some";
    assert_eq!(account.get(share)["integrationAccessLevel"], json!([ours]));
    for list in ["/ashares", "/ashares?exclude=disabled", "/integrations/abc123/ashares"] {
        assert!(!account.get(list).to_string().contains("def456"), "{list}");
    }
    let change = |level: &serde_json::Value| json!({ "integrationAccessLevel": [level] }).to_string();
    assert_eq!(account.ask("PUT", share, &change(&theirs)).0, 400, "names what it does not see");
    let ours = level(SYNC, "monitor");
    assert_eq!(account.ask("PUT", share, &change(&ours)).0, 204);
    assert_eq!(account.get(share)["integrationAccessLevel"], json!([ours]));
    account.token = "all";
    assert_eq!(account.get(share)["integrationAccessLevel"], json!([ours, theirs]));
    account.token = "some";
    assert_eq!(account.ask("PUT", share, "{}").0, 204);
    account.token = "all";
    assert_eq!(account.get(share)["integrationAccessLevel"], json!([theirs]));
}
