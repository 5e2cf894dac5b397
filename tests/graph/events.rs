//! Events of changes of data and of visibility.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use standin::WorldHandle;

use crate::{
    ALGEBRA, ALGEBRA_2A, PAUSED, PAUSED_TOKEN, SAMPLE, SAMPLE_TOKEN, SELECTED, SELECTED_TOKEN, WRENNA, ask, body, code,
    get, store, sync, world,
};

/// What happened for a token since an event: type, target, id.
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
    assert_eq!((stale.status, code(&stale).as_str()), (400, "INVALID_CURSOR"));
    assert_eq!(ask(&world, SAMPLE_TOKEN, &format!("/api/v2/graph/events/{id}")).status, 404);
}
