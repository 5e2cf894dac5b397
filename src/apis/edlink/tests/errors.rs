//! Errors and misses.

use serde_json::json;

use crate::apis::edlink::API;
use crate::apis::edlink::errors::ONE_TEXT;
use crate::apis::edlink::integrations::INTEGRATIONS;
use crate::apis::edlink::tests::{SAMPLE, ask, code, get, settings, world, world_with};
use crate::engine::schema::document::Document;
use crate::engine::schema::profile::Profile;
use crate::engine::schema::schema::Actor;
use crate::engine::state::settings::Settings;

#[test]
fn an_unknown_path_is_told_as_the_fakes_own_miss() {
    let mut world = world();
    let (response, body) = ask(&mut world, "GET", "/api/v1/integration", None);
    assert_eq!(
        (response.status, code(&body), response.header("standin-miss")),
        (501, "NOT_MODELLED", Some("no-route"))
    );
    let message = body["$errors"][0]["message"].as_str().expect("a message");
    assert!(message.contains("GET /api/v1/integrations"), "{message}");
    let (response, body) = ask(&mut world, "PUT", &format!("/api/v1/integrations/{SAMPLE}"), Some("secret"));
    assert_eq!(
        (response.status, code(&body), response.header("standin-miss")),
        (501, "NOT_MODELLED", Some("no-route"))
    );
    assert_eq!(world.state.store.of(&INTEGRATIONS).len(), 7);
}

#[test]
fn a_browser_may_ask_before_it_asks() {
    let (response, _) = ask(&mut world(), "OPTIONS", "/api/v1/integrations", None);
    assert_eq!(response.status, 204);
    assert_eq!(response.header("access-control-allow-origin"), Some("*"));
    assert_eq!(response.header("access-control-allow-methods"), Some("GET, HEAD, OPTIONS"));
    assert_eq!(response.header("access-control-allow-headers"), Some("authorization, content-type"));
}

#[test]
fn the_live_profile_says_error_in_the_singular() {
    let profiles = vec![("edlink", Profile::Live)];
    let (response, body) =
        ask(&mut world_with(Settings { profiles, ..settings() }), "GET", "/api/v1/integrations", None);
    let message = json!("You must supply a valid access token to access this endpoint.");
    assert_eq!((response.status, &body["$error"]), (401, &message));
    assert_eq!(body.get("$errors"), None);
}

#[test]
fn the_parts_of_the_api_say_how_the_live_profile_words_an_error() {
    for (part, _) in ONE_TEXT {
        assert!(API.routes.iter().any(|row| row.path.starts_with(part)), "no row begins with {part}");
    }
    let live = || world_with(Settings { profiles: vec![("edlink", Profile::Live)], ..settings() });
    for (method, target, status, is_one_text) in [
        ("GET", "/api/v2/graph/people", 401, true),
        ("GET", "/api/v1/my/profile", 401, true),
        ("GET", "/api/v2/my/profile", 401, false),
        ("GET", "/api/v1/integrations?$first=0", 401, true),
        ("GET", "/api/v1/providers?$first=0", 400, false),
        ("POST", "/api/authentication/token", 400, true),
        ("POST", "/api/authentication/token/", 400, true),
        ("POST", "/api/authentication/tokens", 501, false),
        ("GET", "/api/v2/my/nothing", 501, false),
    ] {
        let (response, body) = ask(&mut live(), method, target, None);
        let seen = (response.status, body.get("$error").is_some(), body.get("$errors").is_some());
        assert_eq!(seen, (status, is_one_text, !is_one_text), "{method} {target}: {body}");
    }
}

#[test]
fn errors_move_no_id_that_comes_later() {
    let make = |errors: usize| {
        let mut world = world();
        for _ in 0..errors {
            assert_eq!(get(&mut world, "/api/v1/integrations/x").0, 400);
        }
        world.state.create(&INTEGRATIONS, &Document::new(), Actor::Administrator).expect("made").id().to_owned()
    };
    assert_eq!(make(0), make(3));
    let mut world = world();
    let (one, other) = (get(&mut world, "/api/v1/integrations/x").1, get(&mut world, "/api/v1/integrations/x").1);
    assert_ne!(one["$request"], other["$request"]);
}
