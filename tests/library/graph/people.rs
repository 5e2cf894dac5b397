//! People's tokens, v1, and made-up districts.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use standin::Standin;

use crate::support::many;

use super::{KINDS, LOCKED, LOCKED_TOKEN, READ_ENROLLMENTS, SAMPLE, SAMPLE_TOKEN, ask, body, code, ids, store, world};

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
    let grant = json!({
        "grant_type": "authorization_code",
        "code": login["code"],
        "client_id": "any",
        "client_secret": secret,
        "redirect_uri": "https://app.example.com/callback",
    });
    let (status, granted) = exchange(grant.clone());
    assert_eq!((status, &granted["$data"]["expires_in"]), (Some(200), &json!(3600)));
    assert_eq!(exchange(grant).0, Some(400), "a code is good once");
    let token = granted["$data"]["access_token"].as_str().unwrap();
    let profile = body(&ask(&world, token, "/api/v2/my/profile"));
    assert_eq!(profile["$data"]["id"], login["person_id"]);
    let refresh = granted["$data"]["refresh_token"].clone();
    let again = json!({
        "grant_type": "refresh_token",
        "refresh_token": refresh,
        "client_id": "any",
        "client_secret": secret,
    });
    world.advance(Duration::from_mins(30));
    let early = exchange(again.clone()).1["$data"]["access_token"].clone();
    for token in [token, early.as_str().unwrap()] {
        let answer = ask(&world, token, "/api/v2/my/profile");
        assert_eq!(answer.status, Some(200), "a token that was refreshed lives to its own end");
    }
    world.advance(Duration::from_mins(30));
    assert_eq!(ask(&world, early.as_str().unwrap(), "/api/v2/my/profile").status, Some(200));
    let expired = ask(&world, token, "/api/v2/my/profile");
    assert_eq!((expired.status, code(&expired).as_str()), (Some(401), "EXPIRED_TOKEN"));
    let (status, renewed) = exchange(again);
    assert_eq!((status, &renewed["$data"]["refresh_token"]), (Some(200), &refresh));
    let token = renewed["$data"]["access_token"].as_str().unwrap();
    assert_eq!(ask(&world, token, "/api/v2/my/profile").status, Some(200));
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
        assert_eq!(answer.status, Some(200));
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
fn an_enrollment_of_v1_names_its_person_only_to_those_who_may_read_people() {
    let world = world();
    world.patch("edlink.integrations", LOCKED, json!({ "permissions": [READ_ENROLLMENTS] })).unwrap();
    let list = body(&ask(&world, LOCKED_TOKEN, "/api/v1/graph/enrollments"));
    let stored = world.records("edlink.enrollments").unwrap();
    for (enrollment, stored) in list["$data"].as_array().unwrap().iter().zip(&stored) {
        assert_eq!(enrollment["person"], json!({ "id": stored["person_id"] }));
    }
    let one = body(&ask(&world, LOCKED_TOKEN, &format!("/api/v1/graph/enrollments/{}", ids(&list)[0])));
    assert_eq!(one["$data"], list["$data"][0]);
    let readable = body(&ask(&world, SAMPLE_TOKEN, "/api/v1/graph/enrollments"));
    assert!(readable["$data"][0]["person"]["display_name"].is_string());
}

#[test]
fn a_made_up_district_holds_together_and_is_the_same_for_the_same_seed() {
    // As it is optimised in CI, so large as a district can be.
    let people = many(20_000, 2_000);
    let make = |seed| {
        let world = Standin::builder().seed(seed).generate("edlink.people", people).offline().unwrap();
        KINDS.map(|kind| world.records(&format!("edlink.{kind}")).unwrap())
    };
    let kinds = make(5);
    let count = |kind: &str| kinds[KINDS.iter().position(|known| *known == kind).unwrap()].len();
    let embedded = 32;
    assert_eq!(count("people"), people + embedded);
    assert_eq!((count("districts"), count("schools")), (1, 1 + people / 800));
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
        let builder = Standin::builder().no_embedded_fixtures().generate(&collection, 3);
        let world = builder.offline().unwrap_or_else(|error| panic!("{collection}: {error}"));
        assert!(world.records(&collection).unwrap().len() >= 3, "{collection}");
        let one = world.records(&collection).unwrap().pop().unwrap();
        let put = world.put(&collection, one["id"].as_str().unwrap(), one.clone());
        assert!(put.is_ok(), "an administrator could have made it: {}", put.unwrap_err());
    }
}

#[test]
fn made_up_zip_codes_have_five_digits() {
    let builder = Standin::builder().no_embedded_fixtures();
    let world = builder.generate("edlink.integrations", 300).generate("edlink.schools", 20).offline().unwrap();
    let of = |collection, parent: &str, name: &str| -> Vec<Value> {
        world.records(collection).unwrap().iter().map(|record| record[parent][name].clone()).collect()
    };
    for zip in [of("edlink.integrations", "team", "zip"), of("edlink.schools", "address", "postal_code")].concat() {
        let text = zip.as_str().unwrap();
        assert!(text.len() == 5 && text.bytes().all(|digit| digit.is_ascii_digit()), "{text}");
    }
}
