//! The lists of Edlink.

use serde_json::{Value, json};
use standin::{Answer, Clock, Standin, WorldHandle};

use super::{List, filled, reads, with};

/// The token of the default records' integration that sees everything, and that of a teacher.
const INTEGRATION: &str = "HZ4MR8NyjdPiP9g8l6gKXT5Kjk9FlJa7";
const TEACHER: &str = "a-teachers-token";

fn world() -> WorldHandle {
    let world = Standin::builder().clock(Clock::frozen().at("2024-01-20T10:00:00.000Z")).offline().unwrap();
    let login = json!({
        "access_token": TEACHER, "expires_date": "2024-01-21T00:00:00.000Z",
        "person_id": "0bad1e7a-308d-4266-8c2c-218bced3969e", "integration_id": "77a69705-41a7-49cb-0fe8-ffd425f9716f",
    });
    world.create("edlink.logins", login).unwrap();
    let product =
        world.create("edlink.products", json!({ "name": "Atlas", "code": "A-1", "state": "active" })).unwrap();
    for (collection, mut record) in [
        ("edlink.licenses", json!({ "product_id": product["id"] })),
        ("edlink.departments", json!({ "name": "Sciences" })),
        ("edlink.categories", json!({ "title": "Tests" })),
    ] {
        // As those that are there, but for what is said.
        let alike = world.records(collection).unwrap()[0].to_value();
        for (name, value) in alike.as_object().unwrap().iter().filter(|(name, _)| *name != "id") {
            record.as_object_mut().unwrap().entry(name.clone()).or_insert_with(|| value.clone());
        }
        world.create(collection, record).unwrap();
    }
    world
}

fn ask(world: &WorldHandle, target: &str) -> Answer {
    let token = match target {
        _ if target.contains("/graph/") => INTEGRATION,
        _ if target.contains("/my/") => TEACHER,
        _ => "a-secret",
    };
    super::ask(world, token, target)
}

/// The records of an answer, and the way to the next ones.
fn get(world: &WorldHandle, target: &str) -> Option<(Vec<Value>, Option<String>)> {
    let answer = ask(world, target);
    let body = if answer.status == Some(200) { answer.json() } else { return None };
    Some((body["$data"].as_array()?.clone(), body["$next"].as_str().map(str::to_owned)))
}

fn ids(world: &WorldHandle, before: &str) -> Vec<String> {
    let list = get(world, before.trim_end_matches('/')).unwrap_or_default().0;
    list.iter().filter_map(|record| record["id"].as_str().map(str::to_owned)).collect()
}

/// The lists, each with the target that shows most. Their own calls are in that of requests, which is another each time.
fn lists(world: &WorldHandle) -> Vec<(List, String, Vec<Value>)> {
    let mut lists = Vec::new();
    for list in reads("edlink").into_iter().filter(|list| list.operation != "edlink.requests.list") {
        let targets = filled(&list.path, &|before, _| ids(world, before));
        let shown = targets.into_iter().filter_map(|target| Some((get(world, &target)?.0, target)));
        if let Some((rows, target)) = shown.max_by_key(|(rows, _)| rows.len()) {
            lists.push((list, target, rows));
        }
    }
    lists
}

fn status(world: &WorldHandle, target: &str) -> Option<u16> {
    ask(world, target).status
}

/// Lists of which the sample district has one record, or none. They are put together as others are that have more.
const SHORT: &[&str] = &[
    "edlink.districts.list",
    "edlink.districts.list_v1",
    "edlink.districts.administrators",
    "edlink.schools.sessions",
    "edlink.schools.administrators",
    "edlink.sections.teachers",
    "edlink.people.districts",
    "edlink.people.agents",
    "edlink.my.districts",
    "edlink.my.schools",
    "edlink.my.classes.teachers",
    "edlink.my.sections",
    "edlink.my.agents",
];

#[test]
fn every_array_that_edlink_shows_is_paged() {
    let world = world();
    let unpaged: Vec<String> =
        lists(&world).into_iter().filter(|(list, ..)| !list.has("$first")).map(|(list, ..)| list.operation).collect();
    assert_eq!(unpaged, [] as [&str; 0]);
}

#[test]
fn every_part_of_a_list_of_edlink_is_the_part_asked_for() {
    let world = world();
    let mut tried = 0;
    for (list, target, all) in lists(&world) {
        let operation = &list.operation;
        let is_short = SHORT.contains(&operation.as_str());
        assert!(all.len() > 1 || is_short, "{operation} shows {} of {target}", all.len());
        let part = |name: &str, value: &str| get(&world, &with(&target, name, value)).unwrap();
        let Some(first) = all.first() else { continue };
        let (shown, next) = part("$first", "1");
        assert_eq!(shown, all[..1], "{operation} $first");
        assert_eq!(next.is_some(), all.len() > 1, "{operation} $next");
        for wrong in ["0", "x", "10001"] {
            assert_eq!(status(&world, &with(&target, "$first", wrong)), Some(400), "{operation} $first={wrong}");
        }
        let twice = with(&with(&target, "$first", "1"), "$first", "2");
        assert_eq!(status(&world, &twice), Some(400), "{operation} $first twice");
        if let Some(next) = next {
            let next = next.split_once("/api").unwrap().1;
            assert_eq!(get(&world, &format!("/api{next}")).unwrap().0, all[1..2], "{operation}: {next}");
        }
        if list.has("$last") {
            assert_eq!(part("$last", "1").0, all[all.len() - 1..], "{operation} $last");
            assert_eq!(part("$after", first["id"].as_str().unwrap()).0, all[1..], "{operation} $after");
            if let Some(second) = all.get(1) {
                assert_eq!(part("$before", second["id"].as_str().unwrap()).0, all[..1], "{operation} $before");
            }
        }
        for name in ["$after", "$before", "$cursor"].into_iter().filter(|name| list.has(name)) {
            assert_eq!(status(&world, &with(&target, name, "nowhere")), Some(400), "{operation} {name}");
        }
        tried += 1;
    }
    assert!(tried > 60, "{tried}");
}

#[test]
fn every_list_of_the_graph_filters_expands_and_picks_fields() {
    let world = world();
    let mut expanded = 0;
    for (list, target, all) in lists(&world).into_iter().filter(|(list, _, all)| list.has("$filter") && !all.is_empty())
    {
        let operation = &list.operation;
        let part = |name: &str, value: &str| get(&world, &with(&target, name, value)).unwrap().0;
        let by_id = |operator: &str| json!({ "id": [{ "operator": operator, "value": all[0]["id"] }] }).to_string();
        assert_eq!(part("$filter", &by_id("equals")), all[..1], "{operation} $filter");
        assert_eq!(part("$filter", &by_id("not in")), all[1..], "{operation} $filter");
        assert_eq!(
            status(&world, &with(&target, "$filter", r#"{"shoe_size":[{"operator":"equals","value":"1"}]}"#)),
            Some(400),
            "{operation}"
        );
        let twice = with(&with(&target, "$filter", &by_id("equals")), "$filter", &by_id("not in"));
        assert_eq!(status(&world, &twice), Some(400), "{operation} $filter twice");
        let picked: Vec<Value> = all.iter().map(|record| json!({ "id": record["id"] })).collect();
        assert_eq!(part("$fields", "id"), picked, "{operation} $fields");
        for (name, value) in all[0].as_object().unwrap() {
            let is_named = |suffix: &str| name.strip_suffix(suffix).is_some_and(|stem| !stem.is_empty());
            if !(is_named("_id") || is_named("_ids")) || value.is_null() || *value == json!([]) {
                continue;
            }
            let answer = ask(&world, &with(&target, "$expand", name)).json();
            let is_refused = answer["$warnings"].to_string().contains("INVALID_EXPANSION");
            assert!(is_refused || answer["$data"][0] != all[0], "{operation} $expand={name} is ignored");
            expanded += usize::from(!is_refused);
        }
        let warned = ask(&world, &with(&target, "$expand", "shoes")).json();
        assert_eq!(warned["$warnings"][0]["code"], "INVALID_EXPANSION", "{operation}");
        let warned = ask(&world, &with(&target, "$fields", "shoe_size")).json();
        assert_eq!(warned["$warnings"][0]["code"], "INVALID_FIELD_REQUESTED", "{operation}");
    }
    assert!(expanded > 60, "{expanded}");
}

#[test]
fn the_list_of_requests_is_paged_and_filtered() {
    let world = world();
    let list = "/api/v2/graph/requests";
    for _ in 0..3 {
        ask(&world, "/api/v2/graph/people");
    }
    let all = get(&world, list).unwrap().0;
    assert!(all.len() >= 3);
    assert_eq!(get(&world, &with(list, "$first", "1")).unwrap().0, all[..1]);
    let by_id = json!({ "id": [{ "operator": "equals", "value": all[1]["id"] }] }).to_string();
    assert_eq!(get(&world, &with(list, "$filter", &by_id)).unwrap().0, all[1..2]);
    let behind = get(&world, &with(list, "$after", all[0]["id"].as_str().unwrap())).unwrap().0;
    assert_eq!(behind[..2], all[1..3], "a cursor leads on");
    assert_eq!(status(&world, &with(list, "$after", "e3e70682-c209-4cac-a29f-6fbed82c07cd")), Some(400));
}
