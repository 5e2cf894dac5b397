//! Records that a selected scope sees.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use standin::{Record, WorldHandle};

use super::{
    ALGEBRA, ALGEBRA_2A, KINDS, READ_EVERYTHING, SELECTED, SELECTED_TOKEN, WRENNA, ask, get, store, sync, world,
};

/// Records that hang on these targets, worked out from the records themselves.
fn expected(world: &WorldHandle, targets: &[&str]) -> Vec<(&'static str, BTreeSet<String>)> {
    let all = |kind: &str| world.records(&format!("edlink.{kind}")).unwrap();
    let is = |value: &Value| value.as_str().is_some_and(|id| targets.contains(&id));
    let (classes, sections, enrollments) = (all("classes"), all("sections"), all("enrollments"));
    let whole: Vec<&Record> =
        classes.iter().filter(|it| is(&it["id"]) || is(&it["school_id"]) || is(&it["course_id"])).collect();
    let in_whole = |id: &Value| whole.iter().any(|class| class["id"] == *id);
    let set = |records: Vec<&Record>| -> BTreeSet<String> {
        records.iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect()
    };
    let shown_sections: Vec<&Record> =
        sections.iter().filter(|it| is(&it["id"]) || in_whole(&it["class_id"])).collect();
    let shown_enrollments: Vec<&Record> =
        enrollments.iter().filter(|it| is(&it["section_id"]) || in_whole(&it["class_id"])).collect();
    let shown_classes: Vec<&Record> = classes
        .iter()
        .filter(|it| in_whole(&it["id"]) || sections.iter().any(|s| is(&s["id"]) && s["class_id"] == it["id"]))
        .collect();
    let people = all("people");
    let has = |person: &Record| {
        person["school_ids"].as_array().unwrap().iter().any(is)
            || shown_enrollments.iter().any(|it| it["person_id"] == person["id"])
    };
    let agents = all("agents");
    let of = |id: &Value| people.iter().find(|person| person["id"] == *id).unwrap();
    let shown_agents: Vec<&Record> = agents.iter().filter(|it| has(of(&it["target_id"]))).collect();
    let shown_people: Vec<&Record> = people
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
                assert_eq!(status, Some(if wanted.contains(&id) { 200 } else { 404 }), "{kind} {id} of {targets:?}");
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
                        assert_eq!(status, Some(200), "{kind} {}: {field} of {targets:?}", record["id"]);
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
    assert_eq!(ask(&world, "another", &format!("/api/v2/graph/people/{WRENNA}")).status, Some(404));
}

#[test]
fn the_token_of_an_integration_that_is_gone_opens_nothing_and_passes_for_no_secret() {
    let world = world();
    let again = world.recreate("edlink.integrations", SELECTED).unwrap();
    let token = again["access_token"].as_str().unwrap();
    world.remove("edlink.integrations", again["id"].as_str().unwrap()).unwrap();
    for token in [SELECTED_TOKEN, token] {
        for target in ["/api/v1/integrations", "/api/v1/graph/people"] {
            assert_eq!(ask(&world, token, target).status, Some(401), "{target}");
        }
    }
    assert_eq!(ask(&world, "any other", "/api/v1/integrations").status, Some(200));
}
