//! A front-end under test, on an origin of its own.

use standin::Standin;

use crate::support::{Response, ask};

const FRONT: &str = "http://localhost:5173";

fn preflight(standin: &Standin, target: &str, origin: &str) -> Response {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", "PUT"),
        ("access-control-request-headers", "authorization,content-type,x-own"),
    ];
    ask(standin.address(), "OPTIONS", target, &headers, "")
}

#[test]
fn preflights_of_both_apis_pass_for_an_allowed_origin() {
    for standin in
        [Standin::builder().cors(["*"]).start(), Standin::builder().cors(["https://other.example", FRONT]).start()]
    {
        for target in ["/v1/integrations/abc123", "/api/v2/integrations", "/api/v2/graph/people", "/nothing/there"] {
            let answer = preflight(&standin, target, FRONT);
            assert_eq!(answer.status, 204, "{target}");
            let allowed = answer.header("access-control-allow-origin").unwrap();
            assert!(allowed == "*" || allowed == FRONT, "{allowed}");
            assert!(answer.header("access-control-allow-methods").unwrap().contains("PUT"));
            assert_eq!(
                answer.header("access-control-allow-headers"),
                Some("authorization,content-type,x-own"),
                "{target}"
            );
        }
        let bearer = [("origin", FRONT), ("authorization", "Bearer any")];
        let answer = ask(standin.address(), "GET", "/v1/integrations", &bearer, "");
        assert!(answer.header("access-control-expose-headers").unwrap().contains("standin-op"));
        let miss = ask(standin.address(), "GET", "/v1/nothing", &bearer, "");
        assert_eq!((miss.status, miss.header("standin-miss")), (501, Some("no-route")));
        assert!(miss.header("access-control-allow-origin").is_some(), "the page reads why");
    }
}

#[test]
fn other_origins_and_other_clients_get_nothing_of_it() {
    let standin = Standin::builder().cors([FRONT]).start();
    for target in ["/v1/integrations", "/api/v2/integrations"] {
        assert_eq!(preflight(&standin, target, "http://localhost:5174").header("access-control-allow-origin"), None);
    }
    let plain = ask(standin.address(), "GET", "/v1/integrations", &[("authorization", "Bearer any")], "");
    assert_eq!(plain.header("access-control-allow-origin"), None);
    let own = standin.address().to_string();
    let control = ask(standin.address(), "GET", "/_standin/journal", &[("host", &own), ("origin", FRONT)], "");
    assert_eq!(control.status, 403, "the control API stays closed to pages");
    let off = Standin::start();
    assert_eq!(preflight(&off, "/v1/integrations", FRONT).header("access-control-allow-origin"), None);
}

#[test]
fn what_is_no_origin_is_refused_by_its_name() {
    for wrong in ["localhost:5173", "http://localhost:5173/", "https://", ""] {
        let error = Standin::builder().cors([wrong]).try_start().expect_err("it is refused").to_string();
        assert!(error.contains(&format!("{wrong:?} is no origin")), "{error}");
    }
    let error = Standin::builder().cors(["*", FRONT]).try_start().expect_err("it is refused").to_string();
    assert!(error.contains("\"*\" allows all origins; write it alone"), "{error}");
}
