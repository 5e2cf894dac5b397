//! Tokens: good ones, narrowed ones, and those that only read.

use serde_json::json;

use super::{Account, MARIGOLD_CONNECTOR, SYNC};
use crate::engine::world::Credential;

fn token(token: &str, integrations: Option<&[&str]>, read_only: bool) -> Credential {
    let integrations = integrations.map(|ids| ids.iter().map(|id| (*id).to_owned()).collect());
    Credential { token: token.to_owned(), integrations, read_only }
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
