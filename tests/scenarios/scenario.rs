//! The worked examples, each with a careful consumer that passes and a careless one that fails for the stated reasons.

use crate::consumers::{Consumer, failed, world};
use serde_json::json;
use standin::WorldHandle;

#[test]
fn a_consumer_that_looks_before_it_creates_again_survives_a_lost_create() {
    let world = world("celigo-lost-create");
    let celigo = Consumer::celigo(&world);
    let body = json!({ "name": "Orders to NetSuite" });
    let lost = celigo.post("/v1/integrations", &body);
    assert_eq!(lost.status, None);
    let all = celigo.get("/v1/integrations").json();
    assert!(all.as_array().unwrap().iter().any(|one| one["name"] == "Orders to NetSuite"));
    world.verify().unwrap_or_else(|unmet| panic!("{unmet}"));
}

#[test]
fn a_consumer_that_retries_blindly_after_a_lost_create_fails_six_times() {
    let world = world("celigo-lost-create");
    let celigo = Consumer::celigo(&world);
    celigo.post("/v1/integrations", &json!({ "name": "Orders to NetSuite" }));
    let again = json!({ "name": "Orders to NetSuite", "attempt": 2 });
    assert_eq!(celigo.post("/v1/integrations", &again).status, Some(409));
    assert_eq!(celigo.post("/v1/integrations", &again).status, Some(409));
    assert_eq!(celigo.post("/v1/integrations", &json!({ "name": "Orders to NetSuite 2" })).status, Some(201));
    let unmet = world.verify().unwrap_err();
    assert_eq!(
        failed(&unmet),
        ["calls.create", "calls.lookup", "order[0]", "conduct.no_retry_on", "conduct.unknown_fields"]
    );
    let violations: usize = unmet.report().checks.iter().map(|check| check.violations.len()).sum();
    assert_eq!(violations, 6);
    insta::assert_snapshot!(unmet);
}

#[test]
fn a_consumer_that_follows_next_reads_every_page_while_records_come_and_go() {
    let world = world("edlink-paging-under-change");
    let edlink = Consumer::edlink(&world);
    let mut link = "/api/v1/integrations?$first=2".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = edlink.get(&link).json();
        seen.extend(page["$data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()));
        match page["$next"].as_str() {
            Some(next) => link = next.to_owned(),
            None => break,
        }
    }
    assert!(seen.contains(&"5d149266-95d2-42cf-8660-8b528b3bfba3".to_owned()), "{seen:?}\n{}", world.report());
    let polled = "/api/v1/integrations/77a69705-41a7-49cb-0fe8-ffd425f9716f";
    while edlink.get(polled).json()["$data"]["status"] != "active" {}
    world.verify().unwrap_or_else(|unmet| panic!("{unmet}"));
}

#[test]
fn a_consumer_that_builds_page_urls_and_polls_once_fails_four_times() {
    let world = world("edlink-paging-under-change");
    let edlink = Consumer::edlink(&world);
    let mut page = edlink.get("/api/v1/integrations?$first=2").json();
    for n in 2.. {
        if page["$next"].is_null() {
            break;
        }
        let last = page["$data"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned();
        page = edlink.get(&format!("/api/v1/integrations?$first=2&page={n}&$after={last}")).json();
    }
    edlink.get("/api/v1/integrations/77a69705-41a7-49cb-0fe8-ffd425f9716f");
    let unmet = world.verify().unwrap_err();
    let violations: usize = unmet.report().checks.iter().map(|check| check.violations.len()).sum();
    insta::assert_snapshot!(unmet);
    assert_eq!(failed(&unmet), ["calls.poll", "conduct.paging", "reach"]);
    assert_eq!(violations, 4);
}

/// Sends a request until it is answered as it should be, waiting as it is told.
fn patient(world: &WorldHandle, send: impl Fn() -> standin::Answer) -> standin::Answer {
    loop {
        let answer = send();
        match (answer.status, answer.header("retry-after")) {
            (Some(429), Some(seconds)) => world.advance(std::time::Duration::from_secs(seconds.parse().unwrap())),
            (None | Some(500..), _) => {}
            _ => return answer,
        }
    }
}

#[test]
fn a_bad_afternoon_ends_well_for_a_patient_consumer() {
    let world = world("celigo-bad-afternoon");
    let celigo = Consumer::celigo(&world);
    let first = celigo.get("/v1/integrations?limit=1").json()[0]["_id"].as_str().unwrap().to_owned();
    assert_eq!(celigo.post("/v1/integrations", &json!({})).status, Some(400));
    assert_eq!(celigo.get("/v1/integrations/000000000000000000000000").status, Some(404));
    assert_eq!(celigo.put(&format!("/v1/integrations/{first}"), &json!({ "name": "Legacy" })).status, Some(409));
    celigo.get("/v1/integrations?limit=1");
    assert_eq!(world.step().as_deref(), Some("throttled"));
    assert_eq!(patient(&world, || celigo.get("/v1/integrations?limit=1")).status, Some(200));
    assert_eq!(world.step().as_deref(), Some("flaky"));
    let rename = |n: u32| {
        let body = json!({ "name": format!("New {n}") });
        patient(&world, || celigo.put(&format!("/v1/integrations/{first}"), &body))
    };
    rename(1);
    rename(2);
    (0..2).for_each(|_| drop(patient(&world, || celigo.get(&format!("/v1/integrations/{first}")))));
    rename(3);
    assert_eq!(world.step().as_deref(), Some("recovered"));
    world.verify().unwrap_or_else(|unmet| panic!("{unmet}"));
}

#[test]
fn a_bad_afternoon_ends_badly_for_a_hasty_consumer() {
    let world = world("celigo-bad-afternoon");
    let celigo = Consumer::celigo(&world);
    for _ in 0..6 {
        celigo.get("/v1/integrations?limit=1");
    }
    let unmet = world.verify().unwrap_err();
    assert!(failed(&unmet).contains(&"conduct.retry_after".to_owned()), "{unmet}");
    assert!(failed(&unmet).contains(&"fired.flake".to_owned()), "{unmet}");
}

#[test]
fn two_runs_give_the_same_report() {
    let run = || {
        let world = world("celigo-bad-afternoon");
        let celigo = Consumer::celigo(&world);
        (0..12).for_each(|_| drop(celigo.get("/v1/integrations?limit=3")));
        (world.report().to_json(), world.journal().iter().map(|call| call.status).collect::<Vec<_>>())
    };
    assert!(run() == run());
}

#[test]
fn a_reset_starts_the_scenario_again() {
    let world = world("celigo-bad-afternoon");
    let celigo = Consumer::celigo(&world);
    let statuses = || (0..7).map(|_| celigo.get("/v1/integrations?limit=1").status).collect::<Vec<_>>();
    let first = statuses();
    world.reset();
    assert_eq!(world.step().as_deref(), Some("healthy"));
    assert_eq!(statuses(), first);
}
