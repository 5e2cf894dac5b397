//! Cursors, filters, expansions and fields.

use std::time::Duration;

use serde_json::{Value, json};

use super::{ALGEBRA, PAUSED_TOKEN, SAMPLE_TOKEN, WRENNA, ask, body, code, filter, get, ids, store, sync, world};

#[test]
fn a_cursor_remembers_size_filter_and_expansion_and_stands_alone() {
    let world = world();
    let students = filter(&json!({ "email": [{ "operator": "contains", "value": "@students" }] }));
    let first = get(&world, SAMPLE_TOKEN, &format!("people?$first=4&$expand=schools&{students}"));
    let next = first["$next"].as_str().unwrap();
    let cursor = next.strip_prefix("https://ed.link/api/v2/graph/people?$cursor=").expect("nothing but the cursor");
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
    assert_eq!(ask(&world, SAMPLE_TOKEN, &next).status, Some(200));
    world.advance(Duration::from_millis(1));
    let expired = ask(&world, SAMPLE_TOKEN, &next);
    assert_eq!((expired.status, code(&expired).as_str()), (Some(400), "INVALID_CURSOR"));
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
            first["$next"].as_str().unwrap().strip_prefix("https://ed.link/api/v2/graph/").unwrap(),
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
    let elsewhere = "2024-01-09T17:00:00.512+02:00";
    assert_eq!(names(by("updated_date", "equals", elsewhere)), ["Wrenna"], "the same moment");
    assert_eq!(names(by("updated_date", "gte", elsewhere)), ["Wrenna"]);
    let both = json!({
        "last_name": [{ "operator": "starts with", "value": "a" }, { "operator": "contains", "value": "moor" }],
        "email": [{ "operator": "contains", "value": "family" }],
    });
    assert_eq!(names(both), ["Alaric"], "all conditions hold");
}

#[test]
fn a_filter_takes_times_and_ids_however_they_are_written() {
    let world = world();
    let count = |kind: &str, conditions: Value| {
        ids(&get(&world, SAMPLE_TOKEN, &format!("{kind}?{}", filter(&conditions)))).len()
    };
    let by = |field: &str, operator: &str, value: &str| json!({ field: [{ "operator": operator, "value": value }] });
    world.patch("edlink.people", WRENNA, json!({ "updated_date": "2024-01-10T00:00:00.000Z" })).unwrap();
    for day in ["2024-01-10T00:00:00.000Z", "2024-01-10T00:00:00Z", "2024-01-10"] {
        assert_eq!(count("people", by("updated_date", "equals", day)), 1, "{day}");
    }
    let wrenna = WRENNA.to_uppercase();
    assert_eq!(count("people", by("id", "equals", &wrenna)), 1);
    assert_eq!(count("people", by("id", "in", &format!("{wrenna},other"))), 1);
    assert_eq!(count("people", by("id", "in", &format!("[\"{wrenna}\"]"))), 1, "a JSON array in a text");
    assert_eq!(count("people", by("id", "not in", &wrenna)), store(&world, "people").len() - 1);
    let wanted = count("people", by("roles", "equals", "teacher"));
    assert!(wanted > 1, "of an array, one item is meant");
    assert_eq!(count("people", by("roles", "not in", "teacher")), store(&world, "people").len() - wanted);
    assert_eq!(
        count("enrollments", by("person_id", "equals", &wrenna)),
        count("enrollments", by("person_id", "equals", WRENNA)),
    );
    let wrong =
        ask(&world, SAMPLE_TOKEN, &format!("/api/v2/graph/people?{}", filter(&by("updated_date", "equals", "soon"))));
    assert_eq!(code(&wrong), "INVALID_FILTER");
}

#[test]
fn every_documented_field_can_be_filtered_and_faults_are_told_one_by_one() {
    let world = world();
    for (kind, fields) in [
        ("schools", vec!["id", "updated_date", "name"]),
        ("sessions", vec!["name"]),
        ("classes", vec!["name", "state"]),
        ("sections", vec!["name", "state"]),
        ("courses", vec!["code", "school_id", "session_id", "department_id", "subject_id"]),
        ("people", vec!["first_name", "middle_name", "last_name", "display_name", "email"]),
        ("enrollments", vec!["role", "person_id", "class_id", "section_id"]),
        ("agents", vec!["id", "updated_date"]),
    ] {
        for field in fields {
            let records = get(&world, SAMPLE_TOKEN, kind);
            let known = records["$data"].as_array().unwrap().iter().find_map(|it| it[field].as_str()).unwrap();
            let known = filter(&json!({ field: [{ "operator": "equals", "value": known }] }));
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
    assert_eq!((refused.status, errors.len()), (Some(400), 4), "{errors:#?}");
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
