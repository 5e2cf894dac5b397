use std::sync::{Arc, LazyLock};

use serde_json::{Value, json};

use super::API;
use super::integrations::{INTEGRATIONS, START_DATE};
use crate::engine::answer::answer;
use crate::engine::api::{By, Profile};
use crate::engine::clock::{ClockMode, parse_ms};
use crate::engine::load::RecordFile;
use crate::engine::message::{Reply, Request};
use crate::engine::router::Router;
use crate::engine::store::{Fields, Record, Store};
use crate::engine::world::{Credential, Settings, World};

const SAMPLE: &str = "77a69705-41a7-49cb-0fe8-ffd425f9716f";
const SCHEDULED: &str = "0d752461-d555-4a20-a0d9-6e9da6d7b5af";

static ROUTER: LazyLock<Router> = LazyLock::new(|| Router::new(&[&API]).expect("the table fits together"));

macro_rules! fixtures {
    ($($name:literal),*) => {
        [$(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/edlink/", $name, ".json")))),*]
    };
}

const FIXTURES: [(&str, &str); 15] = fixtures!(
    "integrations",
    "sources",
    "providers",
    "permissions",
    "districts",
    "schools",
    "sessions",
    "courses",
    "classes",
    "sections",
    "people",
    "enrollments",
    "agents",
    "events",
    "logins"
);

fn settings() -> Settings {
    Settings { clock_mode: ClockMode::Frozen, ..Settings::default() }
}

fn empty(settings: Settings) -> World {
    World::new("default", Store::new(API.resources.iter().copied()), Arc::new(settings))
}

fn world_with(settings: Settings) -> World {
    let mut world = empty(settings);
    let file = |(name, text)| RecordFile { name, collection: format!("edlink.{name}"), text };
    let faults = world.furnish(&[&API], &FIXTURES.map(file)).err();
    assert_eq!(faults, None, "the default fixtures are good");
    world
}

fn world() -> World {
    world_with(settings())
}

fn ask(world: &mut World, method: &str, target: &str, token: Option<&str>) -> (Reply, Value) {
    let authorization = token.map(|token| format!("Bearer {token}"));
    let mut headers: Vec<(&str, &[u8])> = vec![("host", b"ed.link")];
    headers.extend(authorization.as_deref().map(|value| ("authorization", value.as_bytes())));
    let request = Request { method, target, headers: &headers, body: b"", arrived_ms: 0 };
    let reply = answer(&ROUTER, world, &request).reply;
    let body = serde_json::from_slice(&reply.body).unwrap_or(Value::Null);
    (reply, body)
}

fn get(world: &mut World, target: &str) -> (u16, Value) {
    let (reply, body) = ask(world, "GET", target, Some("secret"));
    (reply.status, body)
}

fn ids(body: &Value) -> Vec<String> {
    let records = body["$data"].as_array().expect("a page of records");
    records.iter().map(|record| record["id"].as_str().expect("an id").to_owned()).collect()
}

fn code(body: &Value) -> &str {
    body["$errors"][0]["code"].as_str().unwrap_or_default()
}

fn fields(value: Value) -> Fields {
    Fields::of(value).expect("an object")
}

fn integration(world: &World, id: &str) -> Record {
    world.store.of(&INTEGRATIONS).get(id).cloned().expect("that integration")
}

fn patch(world: &mut World, id: &str, patch: Value) -> Result<Record, String> {
    let old = integration(world, id);
    world.patch(&INTEGRATIONS, &old, &fields(patch), By::Administrator).map_err(|problem| problem.plain())
}

#[test]
fn references_of_the_default_fixtures_lead_somewhere() {
    let world = world();
    for collection in world.store.collections() {
        for record in collection.iter() {
            world.check_references(collection.resource(), record.fields()).expect("every reference leads somewhere");
        }
    }
    let mut others = world;
    for record in others.store.of(&INTEGRATIONS).iter().cloned().collect::<Vec<_>>() {
        others.remove(&INTEGRATIONS, &record, By::Administrator).expect("it goes");
        others.create(&INTEGRATIONS, record.fields(), By::Administrator).expect("an administrator could make it too");
    }
}

#[test]
fn what_is_standins_own_stays_and_is_found_whatever_a_consumer_puts() {
    let mut world = world();
    let districts = API.resource("edlink.districts").expect("the collection exists");
    let old = world.store.of(districts).nth(0).cloned().expect("there is a district");
    let source = old.text("standin_source_id").expect("it has a source").to_owned();
    let mut given = old.fields().only(|name| name != "standin_source_id");
    given.insert("standin_source_id", json!("another"));
    let new = world.replace(districts, &old, given, By::Consumer).expect("it may be replaced");
    assert_eq!(new.text("standin_source_id"), Some(source.as_str()));
    let found = world.store.of(districts).find("standin_source_id", &source);
    assert!(found.into_iter().any(|district| district.id() == new.id()));
}

#[test]
fn an_empty_list_is_an_empty_array() {
    let mut world = empty(settings());
    let (reply, _) = ask(&mut world, "GET", "/api/v1/integrations", Some("secret"));
    assert_eq!(reply.body, r#"{"$data":[]}"#);
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
}

#[test]
fn tokens_of_the_wrong_kind_are_refused() {
    let mut world = world();
    let token = integration(&world, SAMPLE).text("access_token").map(str::to_owned);
    for token in [None, token.as_deref()] {
        let (reply, body) = ask(&mut world, "GET", "/api/v1/integrations", token);
        assert_eq!((reply.status, code(&body)), (401, "INVALID_TOKEN"));
        assert_eq!(body["$errors"][0]["message"], "You must supply a valid access token to access this endpoint.");
        assert!(body["$request"].is_string());
    }
    for header in ["Bearer", "Basic c2VjcmV0", "Bearer  "] {
        let headers: [(&str, &[u8]); 1] = [("authorization", header.as_bytes())];
        let request =
            Request { method: "GET", target: "/api/v1/integrations", headers: &headers, body: b"", arrived_ms: 0 };
        assert_eq!(answer(&ROUTER, &mut world, &request).reply.status, 401, "{header}");
    }
}

#[test]
fn applications_with_secrets_see_only_what_is_theirs() {
    let secret = |token: &str, integrations: Option<&[&str]>| Credential {
        token: token.to_owned(),
        integrations: integrations.map(|ids| ids.iter().map(|id| (*id).to_owned()).collect()),
        read_only: false,
    };
    let listed = vec![secret("all", None), secret("one", Some(&[SAMPLE])), secret("none", Some(&[]))];
    let mut world = world_with(Settings { credentials: vec![("edlink", listed)], ..settings() });
    let mut list = |target: &str, token| ask(&mut world, "GET", target, Some(token));
    assert_eq!(ids(&list("/api/v1/integrations", "all").1).len(), 11);
    assert_eq!(ids(&list("/api/v1/integrations", "one").1), [SAMPLE]);
    assert_eq!(list("/api/v1/integrations", "none").1, json!({ "$data": [] }));
    assert_eq!(list("/api/v1/integrations", "other").0.status, 401);
    let hidden = format!("/api/v1/integrations/{SCHEDULED}");
    assert_eq!(list(&hidden, "all").0.status, 200);
    assert_eq!(list(&hidden, "one").0.status, 404);
    let cursor = format!("/api/v1/integrations?$after={SCHEDULED}");
    assert_eq!(code(&list(&cursor, "one").1), "INVALID_CURSOR");
    let sample = integration(&world, SAMPLE);
    let again = world.recreate(&INTEGRATIONS, &sample, By::Administrator).expect("recreated");
    assert_eq!(ids(&ask(&mut world, "GET", "/api/v1/integrations", Some("one")).1), [again.id()]);
}

#[test]
fn ids_are_taken_in_any_case_and_answered_in_lower_case() {
    let mut world = world();
    let (status, body) = get(&mut world, &format!("/api/v1/integrations/{}", SAMPLE.to_ascii_uppercase()));
    assert_eq!((status, body["$data"]["id"].as_str()), (200, Some(SAMPLE)));
    let gone = "77A69705-41A7-49CB-0FE8-FFD425F97160";
    let (status, body) = get(&mut world, &format!("/api/v1/integrations/{gone}"));
    let message = format!("Integration with id {} not found.", gone.to_ascii_lowercase());
    assert_eq!((status, code(&body), body["$errors"][0]["message"].as_str()), (404, "NOT_FOUND", Some(&*message)));
}

#[test]
fn page_sizes_and_cursors_that_make_no_sense_are_refused() {
    let mut world = world();
    let gone = "00000000-0000-4000-8000-000000000000";
    for (query, wanted) in [
        ("$first=0", "INVALID_PAGE_SIZE"),
        ("$first=10001", "INVALID_PAGE_SIZE"),
        ("%24last=-1", "INVALID_PAGE_SIZE"),
        ("$last=many", "INVALID_PAGE_SIZE"),
        ("$first=", "INVALID_PAGE_SIZE"),
        ("$first=1&$last=1", "INVALID_CURSOR"),
        (&*format!("$after={SAMPLE}&$before={SAMPLE}"), "INVALID_CURSOR"),
        (&*format!("$after={gone}"), "INVALID_CURSOR"),
        (&*format!("$before={gone}"), "INVALID_CURSOR"),
        ("$after=x", "INVALID_UUID"),
    ] {
        let (status, body) = get(&mut world, &format!("/api/v1/integrations?{query}"));
        assert_eq!((status, code(&body)), (400, wanted), "{query}");
    }
    let (_, body) = get(&mut world, "/api/v1/integrations?$first=1&$last=1");
    assert_eq!(body["$errors"][0]["message"], "'$first' and '$last' cannot be used together.");
    assert_eq!(get(&mut world, "/api/v1/integrations?$first=10000").0, 200);
}

#[test]
fn next_is_the_same_address_behind_the_last_record() {
    let mut world = world();
    let target = "http://proxy:8080/w/default/api/v1/integrations/?x=a+b&%24first=2&y=1";
    let (_, body) = get(&mut world, target);
    let [_, last] = &ids(&body)[..] else { panic!("two records") };
    let base = "http://proxy:8080/w/default/api/v1/integrations";
    assert_eq!(body["$next"], format!("{base}?x=a%20b&$first=2&y=1&$after={last}"));
    let (_, body) = get(&mut world, "/api/v1/integrations?$last=3");
    let last = ids(&body).pop().expect("three records");
    assert_eq!(body["$next"], format!("http://ed.link/api/v1/integrations?$last=3&$before={last}"));
    world.generate(&[&API], "edlink.integrations", 90, None).expect("generated");
    let (_, body) = get(&mut world, "/api/v1/integrations?");
    let page = ids(&body);
    assert_eq!(page.len(), 100);
    assert_eq!(body["$next"], format!("http://ed.link/api/v1/integrations?$first=100&$after={}", page[99]));
    let next = body["$next"].as_str().expect("a link").to_owned();
    let (_, body) = get(&mut world, &next);
    assert_eq!(ids(&body).len(), 1);
    assert_eq!(body.get("$next"), None, "the last page has none");
}

#[test]
fn the_last_records_come_newest_first_and_bounds_hold_in_either_direction() {
    let mut world = world();
    let all = ids(&get(&mut world, "/api/v1/integrations").1);
    let mut list = |query: String| get(&mut world, &format!("/api/v1/integrations?{query}")).1;
    let newest_first = |part: &[String]| part.iter().rev().cloned().collect::<Vec<_>>();
    assert_eq!(ids(&list("$last=2".to_owned())), newest_first(&all[9..]));
    assert_eq!(ids(&list(format!("$last=2&$before={}", all[9]))), newest_first(&all[7..9]));
    assert_eq!(ids(&list(format!("$before={}", all[3]))), newest_first(&all[..3]));
    assert_eq!(ids(&list(format!("$after={}", all[8]))), all[9..]);
    assert_eq!(ids(&list(format!("$after={}", all[10]))), Vec::<String>::new());
    let bounded = list(format!("$first=2&$before={}", all[5]));
    assert_eq!((ids(&bounded), bounded.get("$next")), (all[..2].to_vec(), None));
    assert_eq!(ids(&list(format!("$last=2&$after={}", all[5]))), newest_first(&all[9..]));
    assert_eq!(ids(&list(format!("$last=9&$after={}", all[8]))), newest_first(&all[9..]));
}

#[test]
fn an_unknown_path_is_told_as_the_fakes_own_miss() {
    let mut world = world();
    let (reply, body) = ask(&mut world, "GET", "/api/v1/integration", None);
    assert_eq!((reply.status, code(&body), reply.header("standin-miss")), (501, "NOT_MODELLED", Some("no-route")));
    let message = body["$errors"][0]["message"].as_str().expect("a message");
    assert!(message.contains("GET /api/v1/integrations"), "{message}");
    let (reply, body) = ask(&mut world, "DELETE", &format!("/api/v1/integrations/{SAMPLE}"), Some("secret"));
    assert_eq!((reply.status, code(&body), reply.header("standin-miss")), (501, "NOT_MODELLED", Some("no-route")));
    assert_eq!(world.store.of(&INTEGRATIONS).len(), 11);
}

#[test]
fn a_browser_may_ask_before_it_asks() {
    let (reply, _) = ask(&mut world(), "OPTIONS", "/api/v1/integrations", None);
    assert_eq!(reply.status, 204);
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    assert_eq!(reply.header("access-control-allow-methods"), Some("GET, HEAD, OPTIONS"));
    assert_eq!(reply.header("access-control-allow-headers"), Some("authorization, content-type"));
}

#[test]
fn the_live_profile_says_error_in_the_singular() {
    let profiles = vec![("edlink", Profile::Live)];
    let (reply, body) = ask(&mut world_with(Settings { profiles, ..settings() }), "GET", "/api/v1/integrations", None);
    assert_eq!((reply.status, &body["$error"]["code"]), (401, &json!("INVALID_TOKEN")));
    assert_eq!(body.get("$errors"), None);
}

#[test]
fn errors_move_no_id_that_comes_later() {
    let make = |errors: usize| {
        let mut world = world();
        for _ in 0..errors {
            assert_eq!(get(&mut world, "/api/v1/integrations/x").0, 400);
        }
        world.create(&INTEGRATIONS, &Fields::new(), By::Administrator).expect("made").id().to_owned()
    };
    assert_eq!(make(0), make(3));
    let mut world = world();
    let (one, other) = (get(&mut world, "/api/v1/integrations/x").1, get(&mut world, "/api/v1/integrations/x").1);
    assert_ne!(one["$request"], other["$request"]);
}

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
    let again = world.recreate(&INTEGRATIONS, &after, By::Administrator).expect("recreated");
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
    world.replace(&INTEGRATIONS, &old, same, By::Administrator).expect("the same source is no change");
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
    bare.create(&INTEGRATIONS, &add, By::Administrator).expect("a world without such records takes any id");
    patch(&mut bare, SAMPLE, json!({ "status": "disabled" })).expect("and keeps them");
}

#[test]
fn an_integration_is_inactive_until_its_start_and_active_from_then_on() {
    let mut world = world();
    let target = format!("/api/v1/integrations/{SCHEDULED}");
    assert_eq!(get(&mut world, &target).1["$data"]["status"], "inactive");
    world.clock.set(parse_ms("2029-12-31T23:59:59.999Z").expect("a time"));
    assert_eq!(get(&mut world, &target).1["$data"]["status"], "inactive");
    world.clock.advance(std::time::Duration::from_millis(1));
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
    let new = world.create(&INTEGRATIONS, &new, By::Administrator).expect("made");
    assert_eq!(new.text("status"), Some("inactive"));
    let both = json!({ "status": "disabled", START_DATE: "2025-01-01T00:00:00.000Z" });
    let disabled = patch(&mut world, SAMPLE, both.clone()).expect("disabled by hand");
    assert_eq!((disabled.text("status"), disabled.get(START_DATE)), (Some("disabled"), None));
    let made = world.create(&INTEGRATIONS, &fields(both), By::Administrator).expect("made");
    assert_eq!((made.text("status"), made.get(START_DATE)), (Some("disabled"), None));
    let active = json!({ "status": "active", START_DATE: "2025-01-01T00:00:00.000Z" });
    let waits = patch(&mut world, made.id(), active).expect("to be active from then on");
    assert_eq!((waits.text("status"), waits.get(START_DATE).is_some()), (Some("inactive"), true));
    assert!(patch(&mut world, SAMPLE, json!({ START_DATE: "tomorrow" })).is_err());
}

#[test]
fn an_integration_made_from_nothing_is_complete() {
    let mut world = world();
    let made = world.create(&INTEGRATIONS, &Fields::new(), By::Administrator).expect("made");
    let names: Vec<&str> = made.fields().keys().collect();
    let sample = integration(&world, SAMPLE);
    assert_eq!(names, sample.fields().keys().collect::<Vec<_>>());
    for part in ["source", "provider", "team"] {
        let keys = |record: &Record| record.get(part).and_then(Value::as_object).map(|it| it.keys().cloned().collect());
        let (keys, documented): (Option<Vec<String>>, _) = (keys(&made), keys(&sample));
        assert_eq!(keys, documented);
    }
}

#[test]
fn what_belongs_to_a_record_goes_with_it_and_the_rest_lets_go() {
    use super::graph::{CLASSES, ENROLLMENTS, PEOPLE, SCHOOLS, SECTIONS, SESSIONS};
    let mut world = world();
    let first = |world: &World, resource| world.store.of(resource).nth(0).cloned().expect("a record");
    let session = first(&world, &SESSIONS);
    let class = first(&world, &CLASSES);
    assert!(class.get("session_ids").and_then(Value::as_array).is_some_and(|ids| ids.contains(&session.id().into())));
    world.remove(&SESSIONS, &session, By::Administrator).expect("a session goes");
    let class = world.store.of(&CLASSES).get(class.id()).cloned().expect("its class stays");
    assert!(class.get("session_ids").and_then(Value::as_array).is_some_and(|ids| !ids.contains(&session.id().into())));
    world.remove(&CLASSES, &class, By::Administrator).expect("a class goes");
    assert_eq!(world.store.of(&SECTIONS).find("class_id", class.id()).count(), 0);
    assert_eq!(world.store.of(&ENROLLMENTS).find("class_id", class.id()).count(), 0);
    let people = world.store.of(&PEOPLE).len();
    let school = first(&world, &SCHOOLS);
    world.remove(&SCHOOLS, &school, By::Administrator).expect("a school goes");
    assert_eq!(world.store.of(&PEOPLE).len(), people, "people stay");
    for collection in world.store.collections() {
        for record in collection.iter() {
            world.check_references(collection.resource(), record.fields()).expect("every reference leads somewhere");
        }
    }
}

#[test]
fn the_same_seed_makes_up_the_same_integrations() {
    let make = |seed| {
        let mut world = empty(Settings { seed, ..settings() });
        let like = fields(json!({ "status": "paused", "team": { "state": "TX" } }));
        world.generate(&[&API], "edlink.integrations", 3, Some(&like)).expect("generated");
        world.generate(&[&API], "edlink.integrations", 2, None).expect("generated again");
        let all: Vec<Record> = world.store.of(&INTEGRATIONS).iter().cloned().collect();
        assert_eq!(all.len(), 5);
        assert_eq!(
            (all[0].text("status"), &all[0].get("team").expect("a team")["state"]),
            (Some("paused"), &json!("TX"))
        );
        all.iter().map(|record| record.bytes().clone()).collect::<Vec<_>>()
    };
    assert_eq!(make(1), make(1));
    assert_ne!(make(1), make(2));
}

#[test]
fn generating_what_cannot_be_made_up_is_refused_whole() {
    let mut world = empty(settings());
    let mut generate = |collection, like: Value| {
        let like = fields(like);
        world.generate(&[&API], collection, 2, Some(&like)).expect_err("refused").plain()
    };
    assert_eq!(
        generate("edlink.integration", json!({})),
        "there is no collection edlink.integration; did you mean edlink.integrations?"
    );
    let refused = generate("edlink.cursors", json!({}));
    let said = "records of edlink.cursors cannot be made up; those of edlink.integrations and edlink.sources and ";
    assert!(refused.starts_with(said), "{refused}");
    assert_eq!(
        generate("edlink.integrations", json!({ "access_token": "same" })),
        "another record of edlink.integrations has the same access_token; it must be unique"
    );
    assert!(world.store.of(&INTEGRATIONS).is_empty());
}
