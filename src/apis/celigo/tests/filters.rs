//! Records that a filter finds, and their order.

use serde_json::json;

use crate::apis::celigo::API;
use crate::apis::celigo::tests::{Account, SYNC};
use crate::engine::schema::profile::Profile;
use crate::engine::state::settings::Settings;

fn live() -> Account {
    Account::with(Settings { profiles: vec![(API.name, Profile::Live)], ..Settings::default() })
}

/// The field that a wrong query is told about.
fn refused(account: &mut Account, path: &str) -> String {
    let (status, body) = account.ask("GET", path, "");
    let error = &body["errors"][0];
    assert_eq!((status, &error["code"]), (400, &json!("invalid_query_params")), "{path}: {body}");
    error["field"].as_str().unwrap().to_owned()
}

#[test]
fn a_value_among_others_is_compared_as_a_value_alone_is() {
    let mut account = Account::new();
    for (path, field, values) in [
        ("/flows", "disabled", ["true", "false"]),
        ("/jobs", "numSuccess", ["18", "50"]),
        ("/jobs", "status", ["running", "queued"]),
        ("/jobs", "createdAt", ["2024-01-17T18:30:00.000Z", "2024-01-17T18:31:00.000Z"]),
        ("/flows", "_runNextFlowIds", ["flow456", "nothing"]),
    ] {
        let mut alone = Vec::new();
        for value in values {
            let found = account.ids(&format!("{path}?{field}={value}"));
            assert_eq!(account.ids(&format!("{path}?{field}_in={value}")), found, "{field}={value}");
            alone.extend(found);
        }
        let mut among = account.ids(&format!("{path}?{field}_in={}", values.join(",")));
        assert!(!among.is_empty(), "{field}");
        alone.sort();
        among.sort();
        assert_eq!(among, alone, "{field}");
    }
}

#[test]
fn a_value_that_a_field_cannot_have_is_refused() {
    let mut account = Account::new();
    for (path, parameter, value) in [
        ("/flows", "disabled_in", "true,yes"),
        ("/jobs", "numSuccess", "many"),
        ("/jobs", "numSuccess_in", "18,many"),
        ("/jobs", "createdAt", "yesterday"),
        ("/audit", "timestamp_gte", "yesterday"),
        ("/audit", "from", "yesterday"),
    ] {
        assert_eq!(refused(&mut account, &format!("{path}?{parameter}={value}")), parameter);
    }
}

#[test]
fn times_are_compared_as_moments_however_they_are_written() {
    let mut account = Account::new();
    let at = account.ids("/jobs?createdAt=2024-01-17T18:30:00.000Z");
    assert_eq!(at.len(), 1);
    for same in ["2024-01-17T18:30:00Z", "2024-01-17T19:30:00%2B01:00", "2024-01-17T13:30:00.000-0500"] {
        assert_eq!(account.ids(&format!("/jobs?createdAt={same}")), at, "{same}");
        assert_eq!(account.ids(&format!("/jobs?createdAt_in={same}")), at, "{same}");
        assert_eq!(account.ids(&format!("/jobs?createdAt_gte={same}&createdAt_lte={same}")), at, "{same}");
    }
    let since = account.ids("/jobs?createdAt_gte=2024-01-17");
    assert_eq!(since, account.ids("/jobs?createdAt_gte=2024-01-17T00:00:00.000Z"));
    assert_eq!(since.len(), 4, "a day begins with its first moment");
    assert_eq!(account.ids("/jobs?createdAt_gte=0001-01-01"), account.ids("/jobs"));
}

#[test]
fn jobs_are_narrowed_by_every_scope_that_is_asked_for() {
    let mut account = live();
    let job = json!({ "_id": "part", "_flowJobId": "05f8bf7f45ec8a83d4f16add", "_exportId": "e1", "_importId": "i1" });
    let made = crate::engine::schema::document::Document::of(job).unwrap();
    let jobs = &crate::apis::celigo::resources::JOBS;
    account.world.state.create(jobs, &made, crate::engine::schema::schema::Actor::Administrator).unwrap();
    for scope in ["_integrationId", "_flowId", "_jobId", "_flowJobId", "_exportId", "_importId"] {
        assert_eq!(account.ask("GET", &format!("/jobs?{scope}=nope"), "").0, 204, "{scope}");
        assert_eq!(account.ask("GET", &format!("/jobs?{scope}_in=nope,none"), "").0, 204, "{scope}");
    }
    assert_eq!(account.ids("/jobs?_jobId=814ce22fd484d570e4361760"), ["814ce22fd484d570e4361760"]);
    for scope in [
        "_flowJobId=05f8bf7f45ec8a83d4f16add",
        "_exportId=e1",
        "_importId=i1",
        "_flowJobId=05f8bf7f45ec8a83d4f16add&_flowJobId_in=x,05f8bf7f45ec8a83d4f16add",
    ] {
        assert_eq!(account.ids(&format!("/jobs?{scope}")), ["part"], "{scope}");
    }
    assert_eq!(account.ids("/jobs?_flowId_in=flow123,flow456").len(), 3);
    assert_eq!(account.ask("GET", "/jobs?_flowIds=flow123", "").0, 400, "no scope");
}

#[test]
fn what_an_audit_entry_shows_can_be_asked_for_by_the_names_it_shows() {
    let mut account = Account::new();
    account.ask("PUT", &format!("/integrations/{SYNC}"), r#"{"name":"N"}"#);
    for path in ["/audit".to_owned(), format!("/integrations/{SYNC}/audit")] {
        let all = account.get(&path).as_array().unwrap().clone();
        let by = |user: &str| -> Vec<_> { all.iter().filter(|entry| entry["user"] == user).collect() };
        let now = all[0]["timestamp"].as_str().unwrap();
        for newest in [&format!("timestamp={now}"), "timestamp_gte=2024-01-20", "from=2024-01-20"] {
            assert_eq!(account.get(&format!("{path}?{newest}")), json!([all[0]]), "{newest}");
        }
        assert_eq!(account.get(&format!("{path}?to=2024-01-20")), json!(all[1..]));
        for user in ["user@example.com", "odalys.brandreth@example.com", "nobody@example.com"] {
            assert_eq!(account.get(&format!("{path}?user={user}&action=update")), json!(by(user)), "{user}");
            assert_eq!(account.get(&format!("{path}?user_in={user},someone")), json!(by(user)), "{user}");
        }
        assert_eq!(account.get(&format!("{path}?action=create")), json!([]));
        for time in ["timestamp", "time"] {
            let sorted = account.get(&format!("{path}?sort={time}"));
            let mut times: Vec<_> = all.iter().map(|entry| entry["timestamp"].as_str().unwrap()).collect();
            times.sort_unstable();
            let shown: Vec<_> = sorted.as_array().unwrap().iter().map(|entry| &entry["timestamp"]).collect();
            assert_eq!(shown, times, "{time}");
        }
    }
}
