//! Who may see what.

use serde_json::json;

use crate::apis::edlink::integrations::INTEGRATIONS;
use crate::apis::edlink::tests::{ROUTER, SAMPLE, SCHEDULED, ask, code, ids, integration, settings, world, world_with};
use crate::engine::schema::schema::Actor;
use crate::engine::state::settings::{ListedCredential, Settings};
use crate::http::message::Request;
use crate::world::exchange::answer;

#[test]
fn tokens_of_the_wrong_kind_are_refused() {
    let mut world = world();
    let token = integration(&world, SAMPLE).text("access_token").map(str::to_owned);
    for token in [None, token.as_deref()] {
        let (response, body) = ask(&mut world, "GET", "/api/v1/integrations", token);
        assert_eq!((response.status, code(&body)), (401, "INVALID_TOKEN"));
        assert_eq!(body["$errors"][0]["message"], "You must supply a valid access token to access this endpoint.");
        assert!(body["$request"].is_string());
    }
    for header in ["Bearer", "Basic c2VjcmV0", "Bearer  "] {
        let headers: [(&str, &[u8]); 1] = [("authorization", header.as_bytes())];
        let request = Request {
            method: "GET",
            target: "/api/v1/integrations",
            headers: &headers,
            body: b"",
            arrived_ms: 0,
            believes_front: true,
        };
        assert_eq!(answer(&ROUTER, &mut world, &request).response.status, 401, "{header}");
    }
}

#[test]
fn applications_with_secrets_see_only_what_is_theirs() {
    let secret = |token: &str, integrations: Option<&[&str]>| ListedCredential {
        token: token.to_owned(),
        integrations: integrations.map(|ids| ids.iter().map(|id| (*id).to_owned()).collect()),
        read_only: false,
    };
    let listed = vec![secret("all", None), secret("one", Some(&[SAMPLE])), secret("none", Some(&[]))];
    let mut world = world_with(Settings { credentials: vec![("edlink", listed)], ..settings() });
    let mut list = |target: &str, token| ask(&mut world, "GET", target, Some(token));
    assert_eq!(ids(&list("/api/v1/integrations", "all").1).len(), 7);
    assert_eq!(ids(&list("/api/v1/integrations", "one").1), [SAMPLE]);
    assert_eq!(list("/api/v1/integrations", "none").1, json!({ "$data": [] }));
    assert_eq!(list("/api/v1/integrations", "other").0.status, 401);
    let hidden = format!("/api/v1/integrations/{SCHEDULED}");
    assert_eq!(list(&hidden, "all").0.status, 200);
    assert_eq!(list(&hidden, "one").0.status, 404);
    let cursor = format!("/api/v1/integrations?$after={SCHEDULED}");
    assert_eq!(code(&list(&cursor, "one").1), "INVALID_CURSOR");
    let sample = integration(&world, SAMPLE);
    let again = world.state.recreate(&INTEGRATIONS, &sample, Actor::Administrator).expect("recreated");
    assert_eq!(ids(&ask(&mut world, "GET", "/api/v1/integrations", Some("one")).1), [again.id()]);
}
