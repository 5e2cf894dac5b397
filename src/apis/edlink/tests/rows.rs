//! Every row of the table, whatever it does: what it answers, and what its path answers to other methods.

use crate::apis::edlink::API;
use crate::apis::edlink::tests::{ROUTER, world};
use crate::engine::schema::profile::Profile;
use crate::http::message::{Method, Request, Response};
use crate::world::exchange::answer;
use crate::world::world::World;

const ID: &str = "00000000-0000-4000-8000-000000000000";

/// The path of a row, with an id for each parameter.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { ID } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn send(world: &mut World, method: &str, target: &str, body: &[u8]) -> Response {
    let headers: [(&str, &[u8]); 3] = [
        ("host", b"ed.link"),
        ("authorization", b"Bearer HZ4MR8NyjdPiP9g8l6gKXT5Kjk9FlJa7"),
        ("content-type", b"application/json"),
    ];
    let request = Request { method, target, headers: &headers, body, arrived_ms: 0, believes_front: true };
    answer(&ROUTER, world, &request).response
}

#[test]
fn what_is_not_modelled_is_501_with_a_miss_before_its_body_is_looked_at() {
    let mut world = world();
    for route in API.routes.iter().filter(|route| !route.is_modelled()) {
        let target = filled(&API.path_of(route));
        let response = send(&mut world, route.method.as_str(), &target, b"{ not json");
        let miss = response.header("standin-miss");
        assert_eq!((response.status, miss), (501, Some("not-modelled")), "{} {target}", route.method.as_str());
    }
}

#[test]
fn a_method_that_no_row_has_is_501_with_a_miss_on_every_path() {
    let (mut world, mut tried) = (world(), 0);
    for route in API.routes {
        let (path, target) = (API.path_of(route), filled(&API.path_of(route)));
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let has = |other: &crate::engine::api::route::Route| {
                filled(&API.path_of(other)) == target && [method, "ANY"].contains(&other.method.as_str())
            };
            if API.routes.iter().any(has) {
                continue;
            }
            let response = send(&mut world, method, &target, b"{ not json");
            let miss = response.header("standin-miss");
            assert_eq!((response.status, miss), (501, Some("no-route")), "{method} {path}");
            tried += 1;
        }
    }
    assert!(tried > 300, "{tried}");
}

#[test]
fn every_modelled_row_answers_only_what_it_documents() {
    let mut world = world();
    for route in API.routes.iter().filter(|route| route.is_modelled()) {
        let target = filled(&API.path_of(route));
        let row = ROUTER.operation(&format!("edlink.{}", route.name)).expect("a row");
        for body in [&b""[..], b"{}", b"[]", b"{ not json"] {
            let body = if matches!(route.method, Method::Get | Method::Delete) { b"" } else { body };
            let status = send(&mut world, route.method.as_str(), &target, body).status;
            assert!(
                row.documents_status(status, Profile::Documented),
                "{} answers {status}, which it does not document",
                route.name
            );
        }
    }
}
