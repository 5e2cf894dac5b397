//! Edlink's Graph as a consumer meets it: syncing, scopes, cursors, filters, events.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use standin::{Answer, Standin, WorldHandle};

const SAMPLE: &str = "77a69705-41a7-49cb-0fe8-ffd425f9716f";
const SAMPLE_TOKEN: &str = "HZ4MR8NyjdPiP9g8l6gKXT5Kjk9FlJa7";
const SELECTED: &str = "0442b03d-0d9a-4866-907d-b2a395d0c160";
const SELECTED_TOKEN: &str = "PilLsiSBxxY61vsJjVqHKi5UGAElWJgd";
const PAUSED: &str = "c950791f-864e-44e4-b017-0604e20da150";
const PAUSED_TOKEN: &str = "MD4ywJfr4GM76U6ZFIdGKWl2aberiZ7C";
const READ_EVERYTHING: &str = "39a69700-0fe8-43a7-afa7-bd4ecc936412";

/// A class at the high school, with two sections.
const ALGEBRA: &str = "e418b60d-dbff-4bca-bcc0-4b61b54c0ffb";
const ALGEBRA_2A: &str = "3be8bfc5-c60d-4734-be8a-dc266a63c77f";
const WRENNA: &str = "b711ee0f-45be-4481-aaf6-f7c6f7bb620a";

const KINDS: [&str; 9] =
    ["districts", "schools", "sessions", "courses", "classes", "sections", "people", "enrollments", "agents"];

fn world() -> WorldHandle {
    Standin::builder().clock_frozen("2024-01-20T10:00:00.000Z").offline().unwrap()
}

fn ask(world: &WorldHandle, token: &str, target: &str) -> Answer {
    let authorization = format!("Bearer {token}");
    world.answer("GET", target, &[("host", "ed.link"), ("authorization", &authorization)], b"")
}

fn body(answer: &Answer) -> Value {
    answer.json()
}

/// What a successful request answers.
fn get(world: &WorldHandle, token: &str, path: &str) -> Value {
    let answer = ask(world, token, &format!("/api/v2/graph/{path}"));
    assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
    body(&answer)
}

fn code(answer: &Answer) -> String {
    body(answer)["$errors"][0]["code"].as_str().unwrap_or_default().to_owned()
}

fn ids(body: &Value) -> Vec<String> {
    body["$data"].as_array().unwrap().iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect()
}

/// All ids of a list, by following its next links to the end.
fn sync(world: &WorldHandle, token: &str, path: &str) -> Result<Vec<String>, Answer> {
    let mut all = Vec::new();
    let mut next = Some(format!("/api/v2/graph/{path}"));
    while let Some(target) = next {
        let answer = ask(world, token, &target);
        if answer.status != 200 {
            return Err(answer);
        }
        let page = body(&answer);
        all.extend(ids(&page));
        next = page["$next"].as_str().map(str::to_owned);
    }
    Ok(all)
}

fn store(world: &WorldHandle, kind: &str) -> Vec<String> {
    let records = world.records(&format!("edlink.{kind}")).unwrap();
    records.iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect()
}

fn filter(conditions: &Value) -> String {
    let text = conditions.to_string();
    format!("$filter={}", text.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02X}")))
}

#[test]
fn a_full_sync_of_every_kind_equals_the_store_whatever_the_page_size() {
    let world = world();
    for kind in KINDS {
        for size in [1, 7, 100] {
            assert_eq!(
                sync(&world, SAMPLE_TOKEN, &format!("{kind}?$first={size}")).unwrap(),
                store(&world, kind),
                "{kind}"
            );
        }
        let mut newest_first = sync(&world, SAMPLE_TOKEN, &format!("{kind}?$last=3")).unwrap();
        newest_first.reverse();
        assert_eq!(newest_first, store(&world, kind), "{kind}");
    }
}

#[test]
fn disabling_an_integration_after_the_second_page_ends_its_sync() {
    let world = world();
    let first = get(&world, SAMPLE_TOKEN, "people?$first=5");
    let second = body(&ask(&world, SAMPLE_TOKEN, first["$next"].as_str().unwrap()));
    assert_eq!(ids(&second).len(), 5);
    world.patch("edlink.integrations", SAMPLE, json!({ "status": "disabled" })).unwrap();
    let next = second["$next"].as_str().unwrap();
    let refused = ask(&world, SAMPLE_TOKEN, next);
    assert_eq!((refused.status, code(&refused).as_str()), (400, "INVALID_INTEGRATION_STATE"));
    let refused = ask(&world, SAMPLE_TOKEN, "/api/v1/graph/people");
    assert_eq!((refused.status, code(&refused).as_str()), (403, "INVALID_INTEGRATION_STATE"));
    world.patch("edlink.integrations", SAMPLE, json!({ "status": "active" })).unwrap();
    assert_eq!(ask(&world, SAMPLE_TOKEN, next).status, 200, "the cursor is still good");
}

#[test]
fn only_active_and_paused_integrations_open_their_data() {
    let world = world();
    for integration in world.records("edlink.integrations").unwrap() {
        let (status, token) = (integration["status"].as_str().unwrap(), integration["access_token"].as_str().unwrap());
        let answer = ask(&world, token, "/api/v2/graph/people");
        let opens = answer.status == 200 || code(&answer) == "NO_PERMISSION";
        assert_eq!(opens, ["active", "paused"].contains(&status), "{status}");
    }
}

#[test]
fn tokens_of_the_other_kinds_open_nothing_in_the_graph() {
    let world = world();
    for token in ["application_secret_key", "TqCyBMOggsAKB7qvh5I5T3IaRGYGNPM2"] {
        let refused = ask(&world, token, "/api/v2/graph/people");
        assert_eq!((refused.status, code(&refused).as_str()), (400, "INVALID_TOKEN"));
    }
    assert_eq!(ask(&world, SAMPLE_TOKEN, "/api/v2/my/profile").status, 400);
}

#[test]
fn a_permission_that_is_missing_is_named() {
    let world = world();
    let people_only = ["0eceff2f-0e6d-4079-bf1f-e8bfe349c854"];
    world.patch("edlink.integrations", SAMPLE, json!({ "permissions": people_only })).unwrap();
    assert_eq!(ask(&world, SAMPLE_TOKEN, "/api/v2/graph/people").status, 200);
    let refused = ask(&world, SAMPLE_TOKEN, "/api/v2/graph/sessions");
    let message = "The permission 'Read Sessions' is required for this request.";
    assert_eq!((refused.status, code(&refused).as_str()), (400, "NO_PERMISSION"));
    assert_eq!(body(&refused)["$errors"][0]["message"], message);
    assert_eq!(ask(&world, SAMPLE_TOKEN, "/api/v1/graph/terms").status, 403);
    let page = get(&world, SAMPLE_TOKEN, "people?$first=1&$expand=schools");
    assert_eq!(page["$warnings"][0]["code"], "INVALID_EXPANSION", "what may not be read is not expanded either");
    assert_eq!(page["$data"][0]["email"], Value::Null, "a field may need a permission of its own");
    let known = filter(&json!({ "email": [{ "operator": "is known" }] }));
    assert_eq!(
        get(&world, SAMPLE_TOKEN, &format!("people?{known}"))["$data"],
        json!([]),
        "which a filter cannot get round"
    );
    let v1 = body(&ask(&world, SAMPLE_TOKEN, "/api/v1/graph/people?$first=1"));
    assert_eq!(v1["$data"][0]["email"], Value::Null);
}

/// What hangs on these targets, worked out from the records themselves.
fn expected(world: &WorldHandle, targets: &[&str]) -> Vec<(&'static str, BTreeSet<String>)> {
    let all = |kind: &str| world.records(&format!("edlink.{kind}")).unwrap();
    let is = |value: &Value| value.as_str().is_some_and(|id| targets.contains(&id));
    let (classes, sections, enrollments) = (all("classes"), all("sections"), all("enrollments"));
    let whole: Vec<&Value> =
        classes.iter().filter(|it| is(&it["id"]) || is(&it["school_id"]) || is(&it["course_id"])).collect();
    let in_whole = |id: &Value| whole.iter().any(|class| class["id"] == *id);
    let set = |records: Vec<&Value>| -> BTreeSet<String> {
        records.iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect()
    };
    let shown_sections: Vec<&Value> = sections.iter().filter(|it| is(&it["id"]) || in_whole(&it["class_id"])).collect();
    let shown_enrollments: Vec<&Value> =
        enrollments.iter().filter(|it| is(&it["section_id"]) || in_whole(&it["class_id"])).collect();
    let shown_classes: Vec<&Value> = classes
        .iter()
        .filter(|it| in_whole(&it["id"]) || sections.iter().any(|s| is(&s["id"]) && s["class_id"] == it["id"]))
        .collect();
    let people = all("people");
    let has = |person: &Value| {
        person["school_ids"].as_array().unwrap().iter().any(is)
            || shown_enrollments.iter().any(|it| it["person_id"] == person["id"])
    };
    let agents = all("agents");
    let of = |id: &Value| people.iter().find(|person| person["id"] == *id).unwrap();
    let shown_agents: Vec<&Value> = agents.iter().filter(|it| has(of(&it["target_id"]))).collect();
    let shown_people: Vec<&Value> = people
        .iter()
        .filter(|it| has(it) || shown_agents.iter().any(|agent| agent["observer_id"] == it["id"]))
        .collect();
    vec![
        ("classes", set(shown_classes)),
        ("sections", set(shown_sections)),
        ("enrollments", set(shown_enrollments)),
        ("people", set(shown_people)),
        ("agents", set(shown_agents)),
    ]
}

#[test]
fn a_selected_scope_sees_exactly_its_targets_and_what_hangs_on_them() {
    let world = world();
    let school = "a91e5d17-fb81-48a7-afd5-2c12819c452d";
    let course = "93d38d51-ed34-4cd4-8a80-4a27d03d0662";
    for targets in [vec![school], vec![course], vec![ALGEBRA], vec![ALGEBRA_2A], vec![school, ALGEBRA_2A], vec![]] {
        world.patch("edlink.integrations", SELECTED, json!({ "targets": targets })).unwrap();
        for (kind, wanted) in expected(&world, &targets) {
            let seen: BTreeSet<String> =
                sync(&world, SELECTED_TOKEN, &format!("{kind}?$first=3")).unwrap().into_iter().collect();
            assert_eq!(seen, wanted, "{kind} of {targets:?}");
            for id in store(&world, kind) {
                let status = ask(&world, SELECTED_TOKEN, &format!("/api/v2/graph/{kind}/{id}")).status;
                assert_eq!(status, if wanted.contains(&id) { 200 } else { 404 }, "{kind} {id} of {targets:?}");
            }
        }
    }
}

#[test]
fn what_a_scope_shows_refers_to_nothing_it_hides_but_schools_of_people() {
    let world = world();
    for targets in [vec![ALGEBRA], vec![ALGEBRA_2A], vec!["a91e5d17-fb81-48a7-afd5-2c12819c452d"]] {
        world.patch("edlink.integrations", SELECTED, json!({ "targets": targets })).unwrap();
        let paths = [
            ("school_id", "schools"),
            ("course_id", "courses"),
            ("session_ids", "sessions"),
            ("session_id", "sessions"),
            ("class_id", "classes"),
            ("person_id", "people"),
            ("district_id", "districts"),
            ("observer_id", "people"),
            ("target_id", "people"),
        ];
        for kind in KINDS {
            for record in get(&world, SELECTED_TOKEN, kind)["$data"].as_array().unwrap() {
                for (field, leads_to) in paths {
                    let value = &record[field];
                    let ids = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
                    for id in ids.iter().filter_map(Value::as_str) {
                        let status = ask(&world, SELECTED_TOKEN, &format!("/api/v2/graph/{leads_to}/{id}")).status;
                        assert_eq!(status, 200, "{kind} {}: {field} of {targets:?}", record["id"]);
                    }
                }
            }
        }
    }
}

#[test]
fn an_integration_of_another_source_sees_nothing_of_this_one() {
    let world = world();
    let other = json!({ "permissions": [READ_EVERYTHING], "access_token": "another" });
    world.create("edlink.integrations", other).unwrap();
    for kind in KINDS {
        assert_eq!(get(&world, "another", kind)["$data"], json!([]), "{kind}");
    }
    assert_eq!(ask(&world, "another", &format!("/api/v2/graph/people/{WRENNA}")).status, 404);
}

#[test]
fn a_cursor_remembers_size_filter_and_expansion_and_stands_alone() {
    let world = world();
    let students = filter(&json!({ "email": [{ "operator": "contains", "value": "@students" }] }));
    let first = get(&world, SAMPLE_TOKEN, &format!("people?$first=4&$expand=schools&{students}"));
    let next = first["$next"].as_str().unwrap();
    let cursor = next.strip_prefix("http://ed.link/api/v2/graph/people?$cursor=").expect("nothing but the cursor");
    assert_eq!(cursor.len(), 36);
    let second = body(&ask(&world, SAMPLE_TOKEN, next));
    assert_eq!(ids(&second).len(), 4);
    assert!(second["$data"][3]["email"].as_str().unwrap().contains("@students"));
    assert!(second["$data"][3]["schools"][0]["name"].is_string());
    assert_eq!(second.get("$warnings"), None);
    let again = body(&ask(&world, SAMPLE_TOKEN, &format!("{next}&$first=1&$filter=x")));
    assert_eq!(again["$data"], second["$data"]);
    assert_eq!(again["$warnings"][0]["code"], "PAGING_IGNORED");
}

#[test]
fn a_cursor_lives_two_hours_of_world_time() {
    let world = world();
    let next = get(&world, SAMPLE_TOKEN, "people?$first=4")["$next"].as_str().unwrap().to_owned();
    world.advance(Duration::from_millis(2 * 60 * 60 * 1_000 - 1));
    assert_eq!(ask(&world, SAMPLE_TOKEN, &next).status, 200);
    world.advance(Duration::from_millis(1));
    let expired = ask(&world, SAMPLE_TOKEN, &next);
    assert_eq!((expired.status, code(&expired).as_str()), (400, "INVALID_CURSOR"));
}

#[test]
fn a_cursor_is_good_for_its_own_list_and_token_only_and_goes_with_a_reset() {
    let world = world();
    let next = get(&world, SAMPLE_TOKEN, "people?$first=4")["$next"].as_str().unwrap().to_owned();
    let elsewhere = next.replace("/people?", "/enrollments?");
    assert_eq!(code(&ask(&world, SAMPLE_TOKEN, &elsewhere)), "INVALID_CURSOR");
    assert_eq!(code(&ask(&world, PAUSED_TOKEN, &next)), "INVALID_CURSOR");
    world.reset();
    assert_eq!(code(&ask(&world, SAMPLE_TOKEN, &next)), "INVALID_CURSOR");
}

#[test]
fn records_that_come_and_go_between_pages_are_neither_skipped_nor_repeated() {
    let world = world();
    let before = store(&world, "people");
    let first = get(&world, SAMPLE_TOKEN, "people?$first=10");
    // The very record the page ended with, one that was shown, and one that was not.
    for gone in [&before[9], &before[3], &before[14]] {
        world.remove("edlink.people", gone).unwrap();
    }
    let district = world.records("edlink.districts").unwrap()[0]["id"].clone();
    let new = world.create("edlink.people", json!({ "first_name": "New", "district_id": district })).unwrap();
    let mut seen = ids(&first);
    seen.extend(
        sync(
            &world,
            SAMPLE_TOKEN,
            first["$next"].as_str().unwrap().strip_prefix("http://ed.link/api/v2/graph/").unwrap(),
        )
        .unwrap(),
    );
    let mut wanted: Vec<String> = before.iter().filter(|id| **id != before[14]).cloned().collect();
    wanted.push(new["id"].as_str().unwrap().to_owned());
    assert_eq!(seen, wanted);
}

#[test]
fn each_operator_of_a_filter_does_what_it_says() {
    let world = world();
    let names = |conditions: Value| -> Vec<String> {
        let page = get(&world, SAMPLE_TOKEN, &format!("people?{}", filter(&conditions)));
        let shown = page["$data"].as_array().unwrap().iter();
        shown.map(|person| person["first_name"].as_str().unwrap_or("(none)").to_owned()).collect()
    };
    let by = |field: &str, operator: &str, value: &str| json!({ field: [{ "operator": operator, "value": value }] });
    let all = store(&world, "people").len();
    assert_eq!(names(by("first_name", "equals", "Wrenna")), ["Wrenna"]);
    assert_eq!(names(by("first_name", "equals", "wrenna")), Vec::<String>::new(), "case counts");
    assert_eq!(names(by("first_name", "in", "Ilse,Wrenna, Oriel")), ["Wrenna", "Ilse", "Oriel"]);
    assert_eq!(names(by("first_name", "not in", "Wrenna,ilse")).len(), all - 1);
    assert_eq!(names(by("last_name", "starts with", "castell")), ["Tobiah", "Tamsin"]);
    assert_eq!(names(by("last_name", "contains", "WELL-")), ["Bastian"]);
    assert_eq!(names(json!({ "first_name": [{ "operator": "is unknown" }] })), ["(none)"]);
    assert_eq!(names(json!({ "first_name": [{ "operator": "is known" }] })).len(), all - 1);
    let changed = "2024-01-09T15:00:00.512Z";
    assert_eq!(names(by("updated_date", "gte", changed)), ["Wrenna"]);
    assert_eq!(names(by("updated_date", "gt", changed)), Vec::<String>::new());
    assert_eq!(names(by("updated_date", "lt", changed)).len(), all - 1);
    assert_eq!(names(by("updated_date", "lte", changed)).len(), all);
    let both = json!({
        "last_name": [{ "operator": "starts with", "value": "a" }, { "operator": "contains", "value": "moor" }],
        "email": [{ "operator": "contains", "value": "family" }],
    });
    assert_eq!(names(both), ["Alaric"], "all conditions hold");
}

#[test]
fn every_documented_field_can_be_filtered_and_faults_are_told_one_by_one() {
    let world = world();
    for (kind, fields) in [
        ("schools", vec!["id", "updated_date", "name"]),
        ("sessions", vec!["name"]),
        ("classes", vec!["name", "state"]),
        ("sections", vec!["name", "state"]),
        ("courses", vec!["code", "school_id"]),
        ("people", vec!["first_name", "middle_name", "last_name", "display_name", "email"]),
        ("enrollments", vec!["role", "person_id", "class_id", "section_id"]),
        ("agents", vec!["id", "updated_date"]),
    ] {
        for field in fields {
            let known = filter(&json!({ field: [{ "operator": "is known" }] }));
            assert!(!ids(&get(&world, SAMPLE_TOKEN, &format!("{kind}?{known}"))).is_empty(), "{kind} by {field}");
        }
    }
    let wrong = json!({
        "shoe_size": [{ "operator": "equals", "value": "42" }],
        "first_name": [{ "operator": "like", "value": "W" }, { "operator": "equals" }],
        "updated_date": [{ "operator": "gt", "value": "yesterday" }],
    });
    let refused = ask(&world, SAMPLE_TOKEN, &format!("/api/v2/graph/people?{}", filter(&wrong)));
    let errors = body(&refused)["$errors"].as_array().unwrap().clone();
    assert_eq!((refused.status, errors.len()), (400, 4), "{errors:#?}");
    assert!(errors.iter().all(|error| error["code"] == "INVALID_FILTER"));
    assert_eq!(code(&ask(&world, SAMPLE_TOKEN, "/api/v2/graph/people?$filter=%7B")), "INVALID_FILTER");
}

#[test]
fn expansions_stand_beside_their_ids_and_fields_are_those_asked_for() {
    let world = world();
    let target = "enrollments?$first=1&$expand=person,class&$fields=role,person,class_id".to_owned();
    let page = get(&world, SAMPLE_TOKEN, &target);
    let enrollment = page["$data"][0].as_object().unwrap();
    assert_eq!(enrollment.keys().collect::<Vec<_>>(), ["role", "person", "class_id", "class"]);
    assert_eq!(enrollment["class"]["id"], enrollment["class_id"]);
    let class = get(&world, SAMPLE_TOKEN, &format!("classes/{ALGEBRA}?$expand=sessions,course,school"));
    let keys: Vec<&str> = class["$data"].as_object().unwrap().keys().map(String::as_str).collect();
    for (id, expanded) in [("session_ids", "sessions"), ("course_id", "course"), ("school_id", "school")] {
        let place = keys.iter().position(|key| *key == id).unwrap();
        assert_eq!(keys[place + 1], expanded);
    }
    assert_eq!(class["$data"]["sessions"].as_array().unwrap().len(), 2);
    let warned = get(&world, SAMPLE_TOKEN, &format!("classes/{ALGEBRA}?$expand=shoes&$fields=shoes"));
    let codes: Vec<&Value> = warned["$warnings"].as_array().unwrap().iter().map(|warning| &warning["code"]).collect();
    assert_eq!(codes, ["INVALID_EXPANSION", "INVALID_FIELD_REQUESTED"]);
    assert_eq!(warned["$data"]["name"], "Algebra I - Period 2", "and the record is shown whole");
}

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

#[test]
fn a_person_token_expires_after_sixty_minutes_and_is_refreshed() {
    let world = world();
    let exchange = |fields: Value| {
        let answer = world.answer(
            "POST",
            "/api/authentication/token",
            &[("content-type", "application/json")],
            fields.to_string().as_bytes(),
        );
        (answer.status, body(&answer))
    };
    let login = world.records("edlink.logins").unwrap()[0].clone();
    let secret = "application_secret_key";
    let grant = json!({ "grant_type": "authorization_code", "code": login["code"], "client_secret": secret });
    let (status, granted) = exchange(grant.clone());
    assert_eq!((status, &granted["$data"]["expires_in"]), (200, &json!(3600)));
    assert_eq!(exchange(grant).0, 400, "a code is good once");
    let token = granted["$data"]["access_token"].as_str().unwrap();
    let profile = body(&ask(&world, token, "/api/v2/my/profile"));
    assert_eq!(profile["$data"]["id"], login["person_id"]);
    world.advance(Duration::from_hours(1));
    let expired = ask(&world, token, "/api/v2/my/profile");
    assert_eq!((expired.status, code(&expired).as_str()), (401, "EXPIRED_TOKEN"));
    let refresh = granted["$data"]["refresh_token"].clone();
    let again = json!({ "grant_type": "refresh_token", "refresh_token": refresh, "client_secret": secret });
    let (status, renewed) = exchange(again);
    assert_eq!((status, &renewed["$data"]["refresh_token"]), (200, &refresh));
    let token = renewed["$data"]["access_token"].as_str().unwrap();
    assert_eq!(ask(&world, token, "/api/v2/my/profile").status, 200);
    world.patch("edlink.integrations", SAMPLE, json!({ "status": "disabled" })).unwrap();
    assert_eq!(code(&ask(&world, token, "/api/v2/my/profile")), "INVALID_INTEGRATION_STATE");
}

#[test]
fn v1_organizations_page_across_their_kinds() {
    let world = world();
    let mut all = Vec::new();
    let mut next = Some("/api/v1/graph/organizations?$first=3".to_owned());
    while let Some(target) = next {
        let answer = ask(&world, SAMPLE_TOKEN, &target);
        assert_eq!(answer.status, 200);
        let page = body(&answer);
        all.extend(ids(&page));
        next = page["$next"].as_str().map(str::to_owned);
    }
    let wanted: Vec<String> =
        ["districts", "schools", "classes", "sections"].iter().flat_map(|kind| store(&world, kind)).collect();
    assert_eq!(all, wanted);
    let backward = body(&ask(&world, SAMPLE_TOKEN, "/api/v1/graph/organizations?$last=2"));
    assert_eq!(ids(&backward), wanted.iter().rev().take(2).cloned().collect::<Vec<_>>());
}

#[test]
fn a_made_up_district_holds_together_and_is_the_same_for_the_same_seed() {
    let make = |seed| {
        let world = Standin::builder().seed(seed).generate("edlink.people", 2_000).offline().unwrap();
        KINDS.map(|kind| world.records(&format!("edlink.{kind}")).unwrap())
    };
    let kinds = make(5);
    let count = |kind: &str| kinds[KINDS.iter().position(|known| *known == kind).unwrap()].len();
    assert_eq!(count("people"), 2_032);
    assert_eq!((count("districts"), count("schools")), (1, 3));
    assert!(count("enrollments") > count("people"), "{}", count("enrollments"));
    assert!(count("agents") > 400 && count("classes") > 40 && count("sections") > 20);
    for (kind, records) in KINDS.iter().zip(&kinds) {
        let fields = [
            ("district_id", "districts"),
            ("school_id", "schools"),
            ("school_ids", "schools"),
            ("session_ids", "sessions"),
            ("course_id", "courses"),
            ("class_id", "classes"),
            ("section_id", "sections"),
            ("person_id", "people"),
            ("observer_id", "people"),
            ("target_id", "people"),
        ];
        for (field, leads_to) in fields {
            let known: BTreeSet<&str> = kinds[KINDS.iter().position(|known| *known == leads_to).unwrap()]
                .iter()
                .map(|record| record["id"].as_str().unwrap())
                .collect();
            for record in records {
                let value = &record[field];
                let ids = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
                assert!(ids.iter().filter_map(Value::as_str).all(|id| known.contains(id)), "{kind} {field}");
            }
        }
    }
    assert_eq!(kinds, make(5));
    assert_ne!(kinds, make(6));
}

#[test]
fn every_collection_can_be_made_up_in_a_world_without_records() {
    for kind in ["sources", "providers", "permissions", "integrations", "logins", "events"].iter().chain(&KINDS) {
        let collection = format!("edlink.{kind}");
        let builder = Standin::builder().without_embedded_fixtures().generate(&collection, 3);
        let world = builder.offline().unwrap_or_else(|error| panic!("{collection}: {error}"));
        assert!(world.records(&collection).unwrap().len() >= 3, "{collection}");
        let one = world.records(&collection).unwrap().pop().unwrap();
        let put = world.put(&collection, one["id"].as_str().unwrap(), one.clone());
        assert!(put.is_ok(), "an administrator could have made it: {}", put.unwrap_err());
    }
}
