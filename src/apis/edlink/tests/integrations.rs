//! The life of an integration: its token, its source, its start.

use serde_json::json;

use crate::apis::edlink::integrations::{INTEGRATIONS, START_DATE};
use crate::apis::edlink::tests::{SAMPLE, SCHEDULED, empty, fields, get, ids, integration, patch, settings, world};
use crate::engine::schema::schema::Actor;
use crate::engine::schema::time::parse_ms;
use crate::engine::store::Record;

#[test]
fn a_token_survives_changes_of_permissions_and_targets_but_not_recreation() {
    let mut world = world();
    let token = |record: &Record| record.text("access_token").expect("a token").to_owned();
    let before = integration(&world, SAMPLE);
    let change = json!({ "permissions": [], "scope": "selected", "targets": ["a91e5d17-fb81-48a7-afd5-2c12819c452d"] });
    let after = patch(&mut world, SAMPLE, change).expect("a change an administrator can make");
    assert_eq!(token(&after), token(&before));
    assert_eq!(after.text("created_date"), before.text("created_date"));
    assert_eq!(after.text("updated_date"), Some("2024-01-20T10:00:00.000Z"));
    let again = world.state.recreate(&INTEGRATIONS, &after, Actor::Administrator).expect("recreated");
    assert_ne!(again.id(), SAMPLE);
    assert_ne!(token(&again), token(&before));
    assert_eq!(token(&again).len(), 32);
    assert_eq!(again.get("source"), before.get("source"));
    assert_eq!(get(&mut world, &format!("/api/v1/integrations/{SAMPLE}")).0, 404);
    let listed = ids(&get(&mut world, "/api/v1/integrations").1);
    assert_eq!(listed.last().map(String::as_str), Some(again.id()));
}

#[test]
fn a_source_cannot_be_changed() {
    let mut world = world();
    for change in [json!({ "source": { "name": "Other" } }), json!({ "source": null }), json!({ "access_token": "x" })]
    {
        let refused = patch(&mut world, SAMPLE, change).expect_err("refused");
        assert!(refused.contains("cannot be changed after it is set"), "{refused}");
    }
    let same = integration(&world, SAMPLE).fields().clone();
    let old = integration(&world, SAMPLE);
    world.state.replace(&INTEGRATIONS, &old, same, Actor::Administrator).expect("the same source is no change");
}

#[test]
fn an_administrator_cannot_grant_what_does_not_exist() {
    let mut world = world();
    let gone = "00000000-0000-4000-8000-000000000000";
    let refused = patch(&mut world, SAMPLE, json!({ "permissions": [gone] })).expect_err("refused");
    assert_eq!(refused, format!("permissions refers to {gone:?}, which edlink.permissions does not have"));
    let refused = patch(&mut world, SAMPLE, json!({ "targets": [gone], "status": "gone" })).expect_err("refused");
    assert!(refused.starts_with("status must be one of inactive, active"), "{refused}");
    assert!(patch(&mut world, SAMPLE, json!({ "targets": ["x"] })).is_err());
    let mut bare = empty(settings());
    let add = fields(json!({ "id": SAMPLE, "scope": "selected", "targets": [gone], "permissions": [gone] }));
    bare.state.create(&INTEGRATIONS, &add, Actor::Administrator).expect("a world without such records takes any id");
    patch(&mut bare, SAMPLE, json!({ "status": "disabled" })).expect("and keeps them");
}

#[test]
fn an_integration_is_inactive_until_its_start_and_active_from_then_on() {
    let mut world = world();
    let target = format!("/api/v1/integrations/{SCHEDULED}");
    assert_eq!(get(&mut world, &target).1["$data"]["status"], "inactive");
    world.state.clock.set(parse_ms("2029-12-31T23:59:59.999Z").expect("a time"));
    assert_eq!(get(&mut world, &target).1["$data"]["status"], "inactive");
    world.state.clock.advance(std::time::Duration::from_millis(1));
    let listed = get(&mut world, "/api/v1/integrations").1;
    let shown = listed["$data"].as_array().and_then(|all| all.iter().find(|one| one["id"] == SCHEDULED)).expect("it");
    assert_eq!((&shown["status"], &shown["updated_date"]), (&json!("active"), &json!("2030-01-01T00:00:00.000Z")));
    assert_eq!(shown.get(START_DATE), None);
    patch(&mut world, SCHEDULED, json!({ "status": "inactive" })).expect("an administrator stops it");
    assert_eq!(get(&mut world, &target).1["$data"]["status"], "inactive", "the start was used up");
}

#[test]
fn a_start_in_the_future_makes_an_integration_wait_unless_somebody_decides_otherwise() {
    let mut world = world();
    let later = json!({ START_DATE: "2025-01-01T00:00:00.000Z" });
    assert_eq!(patch(&mut world, SAMPLE, later).expect("scheduled").text("status"), Some("inactive"));
    let now = patch(&mut world, SAMPLE, json!({ "status": "active" })).expect("started by hand");
    assert_eq!((now.text("status"), now.get(START_DATE)), (Some("active"), None));
    let new = fields(json!({ START_DATE: "2025-01-01T00:00:00.000Z" }));
    let new = world.state.create(&INTEGRATIONS, &new, Actor::Administrator).expect("made");
    assert_eq!(new.text("status"), Some("inactive"));
    let both = json!({ "status": "disabled", START_DATE: "2025-01-01T00:00:00.000Z" });
    let disabled = patch(&mut world, SAMPLE, both.clone()).expect("disabled by hand");
    assert_eq!((disabled.text("status"), disabled.get(START_DATE)), (Some("disabled"), None));
    let made = world.state.create(&INTEGRATIONS, &fields(both), Actor::Administrator).expect("made");
    assert_eq!((made.text("status"), made.get(START_DATE)), (Some("disabled"), None));
    let active = json!({ "status": "active", START_DATE: "2025-01-01T00:00:00.000Z" });
    let waits = patch(&mut world, made.id(), active).expect("to be active from then on");
    assert_eq!((waits.text("status"), waits.get(START_DATE).is_some()), (Some("inactive"), true));
    assert!(patch(&mut world, SAMPLE, json!({ START_DATE: "tomorrow" })).is_err());
}
