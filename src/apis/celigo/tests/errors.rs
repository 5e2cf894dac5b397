//! Errors asked for by their names.

use serde_json::{Value, json};

use crate::apis::celigo::API;
use crate::apis::celigo::wording;
use crate::engine::api::dialect::RequestContext;
use crate::engine::api::route::Route;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::profile::Profile;
use crate::http::message::{Request, Response};
use crate::http::target::Target;

fn worded(route: &str, problem: &Problem) -> (&'static str, Response, Value) {
    let request =
        Request { method: "GET", target: "/v1/x", headers: &[], body: b"", arrived_ms: 0, believes_front: true };
    let target = Target::parse(request.target);
    let route: Option<&'static Route> = API.routes.iter().find(|known| known.name == route);
    let said = wording::problem(
        Profile::Documented,
        &RequestContext { api: &API, route, request: &request, target: &target },
        problem,
    );
    let body = serde_json::from_slice(&said.response.body).unwrap();
    (said.error.name, said.response, body)
}

fn by_name(error: &str) -> Problem {
    let error = API.error(error).unwrap();
    Problem::Named { error, message: None, field: None, retry_after_s: None }
}

#[test]
fn an_error_asked_for_by_name_says_what_the_documents_say() {
    let one = |entry: Value| json!({ "errors": [entry] });
    let expected = [
        ("not_found", one(json!({ "code": "not_found", "message": "Integration not found" }))),
        (
            "validation_error",
            one(json!({ "code": "validation_error", "message": "Name is required", "field": "name" })),
        ),
        ("conflict", one(json!({ "code": "conflict", "message": "Integration with this name already exists" }))),
    ];
    for (name, body) in expected {
        assert_eq!(worded("integrations.get", &by_name(name)).2, body);
    }
}

#[test]
fn a_429_says_when_to_come_back() {
    let mut problem = by_name("rate_limited");
    let (_, response, body) = worded("integrations.list", &problem);
    assert_eq!((response.status, response.header("retry-after")), (429, Some("1")));
    assert_eq!(body["errors"][0]["message"], "Too many requests. Retry after 1 seconds.");
    if let Problem::Named { retry_after_s, .. } = &mut problem {
        *retry_after_s = Some(30);
    }
    let (_, response, body) = worded("integrations.list", &problem);
    assert_eq!(response.header("retry-after"), Some("30"));
    assert_eq!(body["errors"][0]["message"], "Too many requests. Retry after 30 seconds.");
}

#[test]
fn every_error_of_the_table_can_be_answered_and_every_route_names_errors_of_the_table() {
    for error in API.errors {
        let (name, response, body) = worded("integrations.list", &by_name(error.name));
        assert_eq!((name, response.status, &body["errors"][0]["code"]), (error.name, error.status, &json!(error.code)));
    }
    for route in API.routes {
        for error in route.errors.iter().chain(API.common_errors) {
            assert!(API.errors.contains(error), "{} names {}", route.name, error.name);
        }
        assert!(!route.about.is_empty() && !route.source.is_empty(), "{}", route.name);
    }
}
