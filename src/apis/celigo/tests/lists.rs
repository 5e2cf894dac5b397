//! Filter, then page.

use serde_json::json;

use crate::apis::celigo::API;
use crate::apis::celigo::tests::Account;
use crate::engine::state::settings::Settings;

fn crowded(count: usize) -> Account {
    let mut account = Account::empty(Settings::default());
    account.world.state.generate(&[&API], "celigo.integrations", count, None).unwrap();
    account
}

fn link(account: &mut Account, path: &str) -> Option<String> {
    account.send("GET", path, "").header("link").map(str::to_owned)
}

#[test]
fn the_filter_comes_before_the_page() {
    let mut account = Account::new();
    assert_eq!(account.ids("/integrations?sandbox=true"), ["def456"]);
    assert_eq!(account.ids("/integrations?sandbox=false&limit=1&offset=1"), ["abc123def456"]);
    assert_eq!(account.ids("/integrations?sandbox=true&offset=1"), Vec::<String>::new());
}

#[test]
fn every_way_to_say_where_to_start_is_understood_and_offset_wins() {
    let mut account = Account::new();
    let all = account.ids("/integrations");
    for query in
        ["limit=2&offset=2", "limit=2&skip=2", "pageSize=2&page=2", "limit=2&offset=2&skip=5&page=9", "limit=2&page=2"]
    {
        assert_eq!(account.ids(&format!("/integrations?{query}")), all[2..4], "{query}");
    }
    assert_eq!(account.ids("/integrations?offset=99"), Vec::<String>::new());
    assert_eq!(
        account.ids("/integrations?offset=99999999999999999999999&limit=99999999999999999999999"),
        Vec::<String>::new()
    );
    assert_eq!(account.ids("/integrations?unknown=1"), all);
}

#[test]
fn wrong_query_values_name_their_parameter() {
    let mut account = Account::new();
    let wrong = [
        "limit=0",
        "limit=-1",
        "limit=a",
        "limit=",
        "limit=1.5",
        "limit=%2B5",
        "offset=-1",
        "skip=x",
        "page=0",
        "pageSize=0",
        "sandbox=1",
        "sandbox=TRUE",
    ];
    for query in wrong {
        let (status, body) = account.ask("GET", &format!("/integrations?{query}"), "");
        let error = &body["errors"][0];
        assert_eq!((status, &error["code"]), (400, &json!("invalid_query_params")), "{query}");
        assert_eq!(error["field"], query.split('=').next().unwrap());
    }
    for below in ["flows", "exports", "imports", "connections", "audit", "errors", "ashares"] {
        assert_eq!(account.ask("GET", &format!("/integrations/abc123/{below}?limit=0"), "").0, 400, "{below}");
        assert_eq!(account.ask("GET", &format!("/integrations/nothing/{below}?limit=0"), "").0, 404, "{below}");
    }
}

#[test]
fn links_lead_through_all_pages_and_keep_the_other_parameters() {
    let mut account = Account::new();
    let first = link(&mut account, "/integrations?x=a%20b&limit=2&offset=0").unwrap();
    assert_eq!(first, "<http://h/v1/integrations?x=a%20b&limit=2&offset=2>; rel=\"next\"");
    let second = link(&mut account, "/integrations?x=a%20b&limit=2&offset=2").unwrap();
    assert_eq!(
        second,
        "<http://h/v1/integrations?x=a%20b&limit=2&offset=4>; rel=\"next\", <http://h/v1/integrations?x=a%20b&limit=2&offset=0>; rel=\"prev\""
    );
    assert_eq!(link(&mut account, "/integrations?x=a%20b&limit=2&offset=4"), None, "no further page");
    assert_eq!(link(&mut account, "/integrations"), None, "no limit given");
    assert_eq!(link(&mut account, "/integrations?limit=6"), None, "all there is");
    let skip = link(&mut account, "/integrations/?limit=5").unwrap();
    assert_eq!(skip, "<http://h/v1/integrations?limit=5&skip=5>; rel=\"next\"");
    let pages = link(&mut account, "/integrations?page=2&pageSize=1").unwrap();
    assert!(pages.starts_with("<http://h/v1/integrations?limit=1&skip=2>; rel=\"next\""), "{pages}");
    let flows = link(&mut account, "/integrations/e2aeb5f8cede2a58674d33fa/flows?limit=1").unwrap();
    assert_eq!(flows, "<http://h/v1/integrations/e2aeb5f8cede2a58674d33fa/flows?limit=1&skip=1>; rel=\"next\"");
    assert_eq!(
        link(&mut account, "/integrations/abc123/errors?limit=1").map(|link| link.contains("skip=1")),
        Some(true)
    );
}

#[test]
fn a_list_is_cut_at_a_thousand_and_says_how_to_go_on() {
    let mut account = crowded(1_001);
    for query in ["", "?limit=5000"] {
        let response = account.send("GET", &format!("/integrations{query}"), "");
        let list: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
        assert_eq!(list.as_array().unwrap().len(), 1_000);
        assert_eq!(response.header("link"), Some("<http://h/v1/integrations?limit=1000&skip=1000>; rel=\"next\""));
    }
    assert_eq!(account.ids("/integrations?skip=1000").len(), 1);
}

#[test]
fn made_up_integrations_are_the_same_for_the_same_seed_and_have_names_of_their_own() {
    let names = |account: &mut Account| -> Vec<String> {
        let list = account.get("/integrations");
        list.as_array().unwrap().iter().map(|record| record["name"].as_str().unwrap().to_owned()).collect()
    };
    let (mut one, mut two) = (crowded(300), crowded(300));
    let made = names(&mut one);
    assert_eq!(made, names(&mut two));
    assert!(made[16].ends_with(" 17"), "{}", made[16]);
}

#[test]
fn of_two_audit_entries_of_one_moment_the_later_made_comes_first_and_pages_agree() {
    let mut account = Account::new();
    for n in 0..5 {
        account.ask("PUT", "/integrations/abc123", &format!(r#"{{"name":"N{n}"}}"#));
    }
    let all = account.get("/integrations/abc123/audit");
    let news: Vec<_> =
        all.as_array().unwrap().iter().map(|entry| entry["changes"]["name"]["new"].as_str().unwrap()).collect();
    assert_eq!(news, ["N4", "N3", "N2", "N1", "N0", "New Name"]);
    assert_eq!(account.get("/integrations/abc123/audit?limit=2&offset=3"), json!([all[3], all[4]]));
}

#[test]
fn the_error_summary_counts_open_errors_only_and_leaves_flows_without_any_out() {
    let mut account = Account::new();
    let expected = json!([{ "_flowId": "flow123", "numError": 5 }, { "_flowId": "flow456", "numError": 2 }]);
    assert_eq!(account.get("/integrations/abc123/errors"), expected);
    assert_eq!(account.get("/integrations/def456/errors"), json!([]));
    assert_eq!(account.get("/integrations/abc123/errors?offset=1"), json!([expected[1]]));
}

#[test]
fn a_shared_export_is_listed_under_both_integrations_and_one_that_only_names_its_integration_too() {
    let mut account = Account::new();
    let shared = "4e351404754eb46cb77112fa".to_owned();
    account.share(&shared, "145e918ed2ca5bbfde40f5d9");
    assert!(account.ids("/integrations/e2aeb5f8cede2a58674d33fa/exports").contains(&shared));
    assert_eq!(account.ids("/integrations/abc123def456/exports"), ["2b9b4de95fa22d423b647d60".to_owned(), shared]);
    assert!(account.ids("/integrations/def456/exports").contains(&"6d21fb8f124281640692c80f".to_owned()));
    let legacy = account.ids("/integrations/e2aeb5f8cede2a58674d33fa/imports");
    assert!(legacy.contains(&"552921c300ca969e50a50cdf".to_owned()), "named by a flow of the older kind");
    let connections = account.ids("/integrations/e2aeb5f8cede2a58674d33fa/connections");
    assert!(connections.contains(&"2b198e35e7c75b959a4aa6d8".to_owned()), "not registered, but names it");
}
