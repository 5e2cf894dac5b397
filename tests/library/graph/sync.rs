//! Whole syncs, and what ends them.

use serde_json::{Value, json};

use super::{KINDS, SAMPLE, SAMPLE_TOKEN, ask, body, code, filter, get, ids, store, sync, world};

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
    assert_eq!((refused.status, code(&refused).as_str()), (Some(400), "INVALID_INTEGRATION_STATE"));
    let refused = ask(&world, SAMPLE_TOKEN, "/api/v1/graph/people");
    assert_eq!((refused.status, code(&refused).as_str()), (Some(403), "INVALID_INTEGRATION_STATE"));
    world.patch("edlink.integrations", SAMPLE, json!({ "status": "active" })).unwrap();
    assert_eq!(ask(&world, SAMPLE_TOKEN, next).status, Some(200), "the cursor is still good");
}

#[test]
fn only_active_and_paused_integrations_open_their_data() {
    let world = world();
    for integration in world.records("edlink.integrations").unwrap() {
        let (status, token) = (integration["status"].as_str().unwrap(), integration["access_token"].as_str().unwrap());
        let answer = ask(&world, token, "/api/v2/graph/people");
        let opens = answer.status == Some(200) || code(&answer) == "NO_PERMISSION";
        assert_eq!(opens, ["active", "paused"].contains(&status), "{status}");
    }
}

#[test]
fn tokens_of_the_other_kinds_open_nothing_in_the_graph() {
    let world = world();
    for token in ["application_secret_key", "TqCyBMOggsAKB7qvh5I5T3IaRGYGNPM2"] {
        let refused = ask(&world, token, "/api/v2/graph/people");
        assert_eq!((refused.status, code(&refused).as_str()), (Some(400), "INVALID_TOKEN"));
    }
    assert_eq!(ask(&world, SAMPLE_TOKEN, "/api/v2/my/profile").status, Some(400));
}

#[test]
fn a_permission_that_is_missing_is_named() {
    let world = world();
    let people_only = ["0eceff2f-0e6d-4079-bf1f-e8bfe349c854"];
    world.patch("edlink.integrations", SAMPLE, json!({ "permissions": people_only })).unwrap();
    assert_eq!(ask(&world, SAMPLE_TOKEN, "/api/v2/graph/people").status, Some(200));
    let refused = ask(&world, SAMPLE_TOKEN, "/api/v2/graph/sessions");
    let message = "The permission 'Read Sessions' is required for this request.";
    assert_eq!((refused.status, code(&refused).as_str()), (Some(400), "NO_PERMISSION"));
    assert_eq!(body(&refused)["$errors"][0]["message"], message);
    assert_eq!(ask(&world, SAMPLE_TOKEN, "/api/v1/graph/terms").status, Some(403));
    let page = get(&world, SAMPLE_TOKEN, "people?$first=1&$expand=schools");
    assert_eq!(page["$warnings"][0]["code"], "INVALID_EXPANSION", "what may not be read is not expanded either");
    assert_eq!(page["$data"][0]["email"], Value::Null, "a field may need a permission of its own");
    let known = filter(&json!({ "email": [{ "operator": "contains", "value": "@" }] }));
    assert_eq!(
        get(&world, SAMPLE_TOKEN, &format!("people?{known}"))["$data"],
        json!([]),
        "which a filter cannot get round"
    );
    let v1 = body(&ask(&world, SAMPLE_TOKEN, "/api/v1/graph/people?$first=1"));
    assert_eq!(v1["$data"][0]["email"], Value::Null);
}
