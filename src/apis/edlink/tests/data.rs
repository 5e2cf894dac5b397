//! Records as they lie in a world.

use serde_json::{Value, json};

use crate::apis::edlink::API;
use crate::apis::edlink::integrations::INTEGRATIONS;
use crate::apis::edlink::tests::world;
use crate::engine::schema::schema::Actor;
use crate::world::world::World;

#[test]
fn references_of_the_default_fixtures_lead_somewhere() {
    let world = world();
    for collection in world.state.store.collections() {
        for record in collection.iter() {
            world
                .state
                .check_references(collection.resource(), record.fields())
                .expect("every reference leads somewhere");
        }
    }
    let mut others = world;
    for record in others.state.store.of(&INTEGRATIONS).iter().cloned().collect::<Vec<_>>() {
        others.state.remove(&INTEGRATIONS, &record, Actor::Administrator).expect("it goes");
        others
            .state
            .create(&INTEGRATIONS, record.fields(), Actor::Administrator)
            .expect("an administrator could make it too");
    }
}

#[test]
fn what_is_standins_own_stays_and_is_found_whatever_a_consumer_puts() {
    let mut world = world();
    let districts = API.resource("edlink.districts").expect("the collection exists");
    let old = world.state.store.of(districts).nth(0).cloned().expect("there is a district");
    let source = old.text("standin_source_id").expect("it has a source").to_owned();
    let mut given = old.fields().only(|name| name != "standin_source_id");
    given.insert("standin_source_id", json!("another"));
    let new = world.state.replace(districts, &old, given, Actor::Consumer).expect("it may be replaced");
    assert_eq!(new.text("standin_source_id"), Some(source.as_str()));
    let found = world.state.store.of(districts).find("standin_source_id", &source);
    assert!(found.into_iter().any(|district| district.id() == new.id()));
}

#[test]
fn what_belongs_to_a_record_goes_with_it_and_the_rest_lets_go() {
    use crate::apis::edlink::graph::{CLASSES, ENROLLMENTS, PEOPLE, SCHOOLS, SECTIONS, SESSIONS};
    let mut world = world();
    let first = |world: &World, resource| world.state.store.of(resource).nth(0).cloned().expect("a record");
    let session = first(&world, &SESSIONS);
    let class = first(&world, &CLASSES);
    assert!(class.get("session_ids").and_then(Value::as_array).is_some_and(|ids| ids.contains(&session.id().into())));
    world.state.remove(&SESSIONS, &session, Actor::Administrator).expect("a session goes");
    let class = world.state.store.of(&CLASSES).get(class.id()).cloned().expect("its class stays");
    assert!(class.get("session_ids").and_then(Value::as_array).is_some_and(|ids| !ids.contains(&session.id().into())));
    world.state.remove(&CLASSES, &class, Actor::Administrator).expect("a class goes");
    assert_eq!(world.state.store.of(&SECTIONS).find("class_id", class.id()).count(), 0);
    assert_eq!(world.state.store.of(&ENROLLMENTS).find("class_id", class.id()).count(), 0);
    let people = world.state.store.of(&PEOPLE).len();
    let school = first(&world, &SCHOOLS);
    world.state.remove(&SCHOOLS, &school, Actor::Administrator).expect("a school goes");
    assert_eq!(world.state.store.of(&PEOPLE).len(), people, "people stay");
    for collection in world.state.store.collections() {
        for record in collection.iter() {
            world
                .state
                .check_references(collection.resource(), record.fields())
                .expect("every reference leads somewhere");
        }
    }
}
