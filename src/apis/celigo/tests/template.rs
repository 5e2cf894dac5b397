//! The template link and the archive behind it.

use std::io::{Cursor, Read};
use std::time::Duration;

use serde_json::{Value, json};

use crate::apis::celigo::tests::{Account, SYNC, TO_NETSUITE};
use crate::engine::state::settings::Settings;
use crate::http::message::Response;

/// The link, without origin and base.
fn link(account: &mut Account) -> String {
    let body = account.get(&format!("/integrations/{SYNC}/template"));
    let url = body["signedURL"].as_str().unwrap();
    url.strip_prefix("http://h/v1").unwrap_or_else(|| panic!("{url}")).to_owned()
}

fn message(response: &Response) -> (u16, String) {
    let body: Value = serde_json::from_slice(&response.body).unwrap();
    (response.status, body["errors"][0]["message"].as_str().unwrap().to_owned())
}

#[test]
fn the_link_leads_to_an_archive_of_the_integration_and_what_it_contains() {
    let mut account = Account::new();
    let link = link(&mut account);
    let response = account.send("GET", &link, "");
    assert_eq!((response.status, response.header("content-type")), (200, Some("application/zip")));
    let mut archive = zip::ZipArchive::new(Cursor::new(response.body.to_vec())).unwrap();
    let mut read = |name: &str| -> Value {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    assert_eq!(read("integration.json"), account.get(&format!("/integrations/{SYNC}")));
    for kind in ["flows", "exports", "imports", "connections"] {
        assert_eq!(read(&format!("{kind}.json")), account.get(&format!("/integrations/{SYNC}/{kind}")), "{kind}");
    }
}

#[test]
fn the_archive_is_the_same_bytes_each_time() {
    let bytes = || {
        let mut account = Account::new();
        let link = link(&mut account);
        account.send("GET", &link, "").body
    };
    assert_eq!(bytes(), bytes());
}

#[test]
fn the_link_is_good_for_an_hour() {
    let mut account = Account::new();
    let link = link(&mut account);
    account.world.state.clock.advance(Duration::from_millis(3_599_999));
    assert_eq!(account.send("GET", &link, "").status, 200);
    account.world.state.clock.advance(Duration::from_millis(1));
    assert_eq!(message(&account.send("GET", &link, "")), (403, "This link has expired".to_owned()));
}

#[test]
fn a_link_that_was_changed_is_no_good() {
    let mut account = Account::new();
    let good = link(&mut account);
    let wrong = [
        good.replace(SYNC, TO_NETSUITE),
        good.replace("T11", "T12"),
        good.split('?').next().unwrap().to_owned(),
        good.replace("signature=", "signature=0"),
    ];
    for link in wrong {
        assert_eq!(message(&account.send("GET", &link, "")), (403, "The signature of this link is wrong".to_owned()));
    }
    let mut elsewhere = Account::with(Settings { seed: 1, ..Settings::default() });
    assert_eq!(elsewhere.send("GET", &good, "").status, 403, "a world of another seed did not sign it");
}

#[test]
fn the_link_needs_no_token_and_ends_with_the_integration() {
    let mut account = Account::new();
    let link = link(&mut account);
    account.token = "";
    assert_eq!(account.send("GET", &link, "").status, 200);
    account.token = "any";
    account.ask("DELETE", &format!("/integrations/{SYNC}"), "");
    let gone = json!({ "errors": [{ "code": "not_found", "message": "Integration not found" }] });
    assert_eq!(account.ask("GET", &link, ""), (404, gone));
}

#[test]
fn the_link_is_on_the_base_url_when_one_is_set() {
    let mut account =
        Account::with(Settings { base_url: Some("https://fake.example/x/".into()), ..Settings::default() });
    let body = account.get(&format!("/integrations/{SYNC}/template"));
    assert!(
        body["signedURL"].as_str().unwrap().starts_with("https://fake.example/x/v1/integrations/abc123/template.zip?")
    );
}
