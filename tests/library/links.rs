//! Links in answers, behind the fronts that people put before a server.

use standin::{Api, Builder, Standin};

use crate::support::ask;

const AUTHORIZED: (&str, &str) = ("authorization", "Bearer any");

/// The links of both APIs that a client gets who sends these headers.
fn links(standin: &Standin, headers: &[(&str, &str)]) -> [String; 3] {
    let headers = [&[AUTHORIZED], headers].concat();
    let get = |target: &str| ask(standin.address(), "GET", target, &headers, "");
    let page = get("/v1/integrations?limit=1").header("link").unwrap().to_owned();
    let signed = get("/v1/integrations/abc123/template").json()["signedURL"].as_str().unwrap().to_owned();
    let next = get("/api/v1/integrations?$first=1").json()["$next"].as_str().unwrap().to_owned();
    [page, next, signed]
}

fn begin(links: &[String; 3], celigo: &str, edlink: &str) {
    assert!(links[0].starts_with(&format!("<{celigo}/v1/integrations?")), "{links:?}");
    assert!(links[1].starts_with(&format!("{edlink}/api/v1/integrations?")), "{links:?}");
    assert!(links[2].starts_with(&format!("{celigo}/v1/")), "{links:?}");
}

#[test]
fn links_lead_back_through_the_front_a_client_came_by() {
    let standin = Standin::start();
    let links = |headers: &[(&str, &str)]| links(&standin, headers);
    let here = standin.url();
    begin(&links(&[("host", &standin.address().to_string())]), &here, &here);
    let front = &[("x-forwarded-proto", "https"), ("x-forwarded-host", "fake.example.org")];
    begin(&links(front), "https://fake.example.org", "https://fake.example.org");
    let front = &[("forwarded", "for=192.0.2.1;proto=https;host=\"fake.example.org:8443\"")];
    begin(&links(front), "https://fake.example.org:8443", "https://fake.example.org:8443");
    // A host of the services means TLS, at the one whose host it is.
    begin(&links(&[("host", "api.integrator.io")]), "https://api.integrator.io", "http://api.integrator.io");
    begin(&links(&[("host", "ed.link")]), "http://ed.link", "https://ed.link");
}

#[test]
fn each_api_has_a_base_url_of_its_own() {
    let builder = || Standin::builder().base_url_of(Api::Celigo, "https://api.integrator.io");
    let host = |standin: &Standin| format!("http://{}", standin.address());
    let one = builder().start();
    begin(&links(&one, &[("host", &one.address().to_string())]), "https://api.integrator.io", &host(&one));
    let both = builder().base_url("https://fake.example.org/x/").start();
    begin(&links(&both, &[]), "https://api.integrator.io", "https://fake.example.org/x");
}

#[test]
fn a_base_url_of_an_api_that_is_not_served_is_refused() {
    let refused = |builder: Builder| builder.try_start().err().unwrap().to_string();
    let told = refused(Standin::builder().api([Api::Edlink]).base_url_of(Api::Celigo, "https://a.example"));
    assert!(told.contains("the base URL of celigo: that API is not served"), "{told}");
    let told = refused(Standin::builder().trusted_proxy("10.0.0.0/33"));
    assert!(told.contains("the trusted proxy \"10.0.0.0/33\" is no IP address or network"), "{told}");
}
