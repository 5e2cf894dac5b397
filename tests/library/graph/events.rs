//! Events of changes of data and of visibility.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use standin::WorldHandle;

use super::{
    ALGEBRA, ALGEBRA_2A, PAUSED, PAUSED_TOKEN, READ_EMAILS, READ_PEOPLE, SAMPLE, SAMPLE_TOKEN, SELECTED,
    SELECTED_TOKEN, WRENNA, ask, body, code, get, store, sync, world,
};

/// Events of a token since another event: type, target, id.
fn events_since(world: &WorldHandle, token: &str, last: &str) -> Vec<(String, String, String)> {
    let page = get(world, token, &format!("events?$first=10000&$after={last}"));
    let text = |event: &Value, name: &str| event[name].as_str().unwrap().to_owned();
    let all = page["$data"].as_array().unwrap().iter();
    all.map(|event| (text(event, "type"), text(event, "target"), text(event, "target_id"))).collect()
}

fn happened(kind: &str, target: &str, id: &str) -> (String, String, String) {
    (kind.to_owned(), target.to_owned(), id.to_owned())
}

/// A first event for that integration, to read on from.
fn mark(world: &WorldHandle, integration: &str) -> String {
    let event = json!({ "type": "updated", "target": "person", "target_id": WRENNA, "integration_id": integration });
    world.create("edlink.events", event).unwrap()["id"].as_str().unwrap().to_owned()
}

#[test]
fn every_change_of_data_makes_an_event_for_those_who_see_it() {
    let world = world();
    let (mine, theirs) = (mark(&world, SAMPLE), mark(&world, SELECTED));
    world.patch("edlink.people", WRENNA, json!({ "first_name": "Wren" })).unwrap();
    assert_eq!(events_since(&world, SAMPLE_TOKEN, &mine), [happened("updated", "person", WRENNA)]);
    assert_eq!(events_since(&world, SELECTED_TOKEN, &theirs), [happened("updated", "person", WRENNA)]);
    let visitor = "f1ec88b6-f067-4c95-854b-bbef1ee07b1f";
    world.remove("edlink.people", visitor).unwrap();
    assert_eq!(events_since(&world, SAMPLE_TOKEN, &mine)[1..], [happened("deleted", "person", visitor)]);
    assert_eq!(events_since(&world, SELECTED_TOKEN, &theirs).len(), 1, "it never saw the visitor");
    let last = get(&world, SAMPLE_TOKEN, "events?$last=1")["$data"][0].clone();
    assert_eq!(last["data"]["display_name"], "Unassigned Visitor", "as it was when it went");
    let v1 = body(&ask(&world, SAMPLE_TOKEN, "/api/v1/graph/events?$last=2"));
    let types: Vec<&Value> = v1["$data"].as_array().unwrap().iter().map(|event| &event["type"]).collect();
    assert_eq!(types, ["person.deleted", "person.updated"]);
}

#[test]
fn removing_a_class_makes_events_for_all_that_goes_with_it() {
    let world = world();
    let (mine, theirs) = (mark(&world, SAMPLE), mark(&world, SELECTED));
    let sections = world.records("edlink.sections").unwrap();
    let of_class = sections.iter().filter(|section| section["class_id"] == ALGEBRA).count();
    let enrollments = world.records("edlink.enrollments").unwrap();
    let enrolled = enrollments.iter().filter(|enrollment| enrollment["class_id"] == ALGEBRA).count();
    world.remove("edlink.classes", ALGEBRA).unwrap();
    let events = events_since(&world, SAMPLE_TOKEN, &mine);
    let count = |kind: &str, target: &str| events.iter().filter(|(k, t, _)| k == kind && t == target).count();
    assert_eq!((count("deleted", "class"), count("deleted", "section")), (1, of_class));
    assert_eq!((count("deleted", "enrollment"), count("deleted", "person")), (enrolled, 0));
    assert_eq!(events.last(), Some(&happened("deleted", "class", ALGEBRA)), "what hangs on it went before it");
    let theirs = events_since(&world, SELECTED_TOKEN, &theirs);
    assert!(theirs.contains(&happened("deleted", "person", WRENNA)), "whom it saw through that class only");
}

#[test]
fn a_change_of_what_a_token_may_see_makes_events() {
    let world = world();
    let last = mark(&world, SELECTED);
    let before: BTreeSet<String> = sync(&world, SELECTED_TOKEN, "people").unwrap().into_iter().collect();
    world.patch("edlink.integrations", SELECTED, json!({ "targets": [ALGEBRA_2A] })).unwrap();
    let after: BTreeSet<String> = sync(&world, SELECTED_TOKEN, "people").unwrap().into_iter().collect();
    let events = events_since(&world, SELECTED_TOKEN, &last);
    let people = |kind: &str| -> BTreeSet<String> {
        events.iter().filter(|(k, t, _)| k == kind && t == "person").map(|(_, _, id)| id.clone()).collect()
    };
    assert_eq!(people("deleted"), before.difference(&after).cloned().collect());
    assert_eq!(people("created"), BTreeSet::new());
    world.patch("edlink.integrations", SELECTED, json!({ "scope": "all" })).unwrap();
    let events = events_since(&world, SELECTED_TOKEN, &last);
    let created = events.iter().filter(|(kind, target, _)| kind == "created" && target == "person").count();
    assert_eq!(created, store(&world, "people").len() - after.len());
    let none = mark(&world, PAUSED);
    world.patch("edlink.integrations", PAUSED, json!({ "entity": { "name": "Elsewhere" } })).unwrap();
    assert_eq!(events_since(&world, PAUSED_TOKEN, &none), []);
}

#[test]
fn an_enrollment_brings_a_person_into_sight_and_its_end_takes_the_person_out() {
    let world = world();
    world.patch("edlink.integrations", SELECTED, json!({ "targets": [ALGEBRA_2A] })).unwrap();
    let last = mark(&world, SELECTED);
    let seen: BTreeSet<String> = sync(&world, SELECTED_TOKEN, "people").unwrap().into_iter().collect();
    let outside = store(&world, "people").into_iter().find(|id| !seen.contains(id)).unwrap();
    let enrollment = json!({ "role": "student", "person_id": outside, "class_id": ALGEBRA, "section_id": ALGEBRA_2A });
    let enrollment = world.create("edlink.enrollments", enrollment).unwrap()["id"].as_str().unwrap().to_owned();
    let events = events_since(&world, SELECTED_TOKEN, &last);
    assert!(events.contains(&happened("created", "person", &outside)), "{events:?}");
    assert!(events.contains(&happened("created", "enrollment", &enrollment)), "{events:?}");
    world.remove("edlink.enrollments", &enrollment).unwrap();
    let events = events_since(&world, SELECTED_TOKEN, &last);
    assert!(events.contains(&happened("deleted", "person", &outside)), "{events:?}");
}

#[test]
fn events_are_kept_for_thirty_days_and_a_stale_one_is_no_cursor() {
    let world = world();
    let last = get(&world, SAMPLE_TOKEN, "events?$last=1")["$data"][0].clone();
    let (id, date) = (last["id"].as_str().unwrap(), last["date"].as_str().unwrap());
    assert_eq!(date, "2024-01-15T06:00:00.000Z");
    world.set_time("2024-02-14T05:59:59.999Z").unwrap();
    assert_eq!(get(&world, SAMPLE_TOKEN, &format!("events?$after={id}"))["$data"], json!([]));
    world.set_time("2024-02-14T06:00:00.000Z").unwrap();
    let stale = ask(&world, SAMPLE_TOKEN, &format!("/api/v2/graph/events?$after={id}"));
    assert_eq!((stale.status, code(&stale).as_str()), (Some(400), "INVALID_CURSOR"));
    assert_eq!(ask(&world, SAMPLE_TOKEN, &format!("/api/v2/graph/events/{id}")).status, Some(404));
}

/// The latest event of a token, on either version.
fn latest(world: &WorldHandle, token: &str) -> [Value; 2] {
    ["v1", "v2"].map(|version| {
        let events = body(&ask(world, token, &format!("/api/{version}/graph/events?$last=1")));
        events["$data"][0].clone()
    })
}

/// Takes a permission from an integration.
fn deny(world: &WorldHandle, integration: &str, permission: &str) {
    let record = world.record("edlink.integrations", integration).unwrap().unwrap();
    let mut permissions = record["permissions"].as_array().unwrap().clone();
    permissions.retain(|known| known != permission);
    world.patch("edlink.integrations", integration, json!({ "permissions": permissions })).unwrap();
}

#[test]
fn events_show_no_field_that_the_token_may_not_read() {
    let world = world();
    world.patch("edlink.people", WRENNA, json!({ "first_name": "Wren" })).unwrap();
    for event in latest(&world, PAUSED_TOKEN) {
        assert_eq!((&event["data"]["first_name"], &event["data"]["email"]), (&json!("Wren"), &Value::Null));
    }
    for event in latest(&world, SAMPLE_TOKEN) {
        assert!(event["data"]["email"].is_string(), "{event:#}");
    }
    let enrollment = world.records("edlink.enrollments").unwrap()[0]["id"].clone();
    world.patch("edlink.enrollments", enrollment.as_str().unwrap(), json!({ "primary": false })).unwrap();
    let [v1, _] = latest(&world, PAUSED_TOKEN);
    assert!(v1["data"]["person"]["display_name"].is_string(), "{v1:#}");
    assert_eq!((&v1["type"], &v1["data"]["person"]["email"]), (&json!("enrollment.updated"), &Value::Null));
}

#[test]
fn a_field_that_comes_in_or_goes_out_of_sight_makes_events_of_the_records_that_have_it() {
    let world = world();
    world.patch("edlink.people", WRENNA, json!({ "first_name": "Wren" })).unwrap();
    let last = mark(&world, SELECTED);
    let seen = get(&world, SELECTED_TOKEN, "people?$first=100");
    let with_email = seen["$data"].as_array().unwrap().iter().filter(|person| person["email"].is_string());
    let wanted: BTreeSet<_> = with_email.map(|it| happened("updated", "person", it["id"].as_str().unwrap())).collect();
    assert!(!wanted.is_empty());
    deny(&world, SELECTED, READ_EMAILS);
    let events: BTreeSet<_> = events_since(&world, SELECTED_TOKEN, &last).into_iter().collect();
    assert_eq!(events, wanted);
    let shown = get(&world, SELECTED_TOKEN, "events?$first=10000");
    let about_people = shown["$data"].as_array().unwrap().iter().filter(|event| event["target"] == "person");
    assert!(about_people.clone().any(|event| event["data"]["first_name"] == "Wren"), "an older one is still there");
    assert!(about_people.clone().all(|event| event["data"]["email"].is_null()), "but not what it showed");
}

#[test]
fn of_a_kind_that_a_token_may_not_read_any_more_events_show_ids_only() {
    let world = world();
    deny(&world, PAUSED, READ_PEOPLE);
    let [v1, v2] = latest(&world, PAUSED_TOKEN);
    assert_eq!((&v1["type"], &v2["type"]), (&json!("person.deleted"), &json!("deleted")));
    for event in [v1, v2] {
        assert_eq!(event["data"].as_object().unwrap().keys().collect::<Vec<_>>(), ["id"]);
    }
}

#[test]
fn what_goes_with_what_it_hangs_on_keeps_its_place_in_the_events_of_v1() {
    let world = world();
    let of = |kind: &str| -> Vec<Value> {
        let events = body(&ask(&world, SAMPLE_TOKEN, "/api/v1/graph/events?$last=10000"));
        events["$data"].as_array().unwrap().iter().filter(|event| event["type"] == kind).cloned().collect()
    };
    let before = body(&ask(&world, SAMPLE_TOKEN, &format!("/api/v1/graph/sections/{ALGEBRA_2A}")));
    assert_eq!(before["$data"]["ancestry"].as_array().unwrap().len(), 4);
    world.remove("edlink.classes", ALGEBRA).unwrap();
    let gone = of("organization.deleted");
    let section = gone.iter().find(|event| event["data"]["id"] == ALGEBRA_2A).expect("an event of the section");
    assert_eq!(section["data"], before["$data"]);
    let people = of("enrollment.deleted").iter().filter(|event| event["data"]["person"]["id"] == WRENNA).count();
    world.remove("edlink.people", WRENNA).unwrap();
    let enrollments = of("enrollment.deleted");
    assert!(enrollments.iter().filter(|event| event["data"]["person"]["id"] == WRENNA).count() >= people);
    assert!(enrollments.iter().all(|event| event["data"]["person"].is_object()), "{enrollments:#?}");
}
