//! Behaviour that needs a socket: protocols, forms of targets, bounds, starting and stopping.

use std::net::TcpListener;
use std::time::Duration;

use crate::support::{Connection, ask, request};
use serde_json::{Value, json};
use standin::{Rule, Standin, StartError};

const CELIGO: (&str, &str) = ("authorization", "Bearer any-token");
const EDLINK: (&str, &str) = ("authorization", "Bearer any-secret");
const JSON: (&str, &str) = ("content-type", "application/json");

#[test]
fn both_apis_answer_on_one_port_at_their_real_paths() {
    let standin = Standin::start();
    let celigo = ask(standin.address(), "GET", "/v1/integrations/abc123", &[CELIGO], "");
    let edlink = ask(standin.address(), "GET", "/api/v1/integrations", &[EDLINK], "");
    assert_eq!((celigo.status, edlink.status), (200, 200));
    assert_eq!(celigo.json()["name"], "Salesforce Sync");
    assert_eq!(edlink.json()["$data"][0]["id"], "77a69705-41a7-49cb-0fe8-ffd425f9716f");
    assert_eq!(celigo.header("standin-op"), Some("celigo.integrations.get"));
    assert_eq!(celigo.header("standin-source"), Some("documented"));
    assert_eq!((celigo.header("standin-call"), edlink.header("standin-call")), (Some("1"), Some("2")));
}

#[test]
fn pipelined_requests_are_answered_in_order_on_one_connection() {
    let standin = Standin::start();
    let mut connection = Connection::open(standin.address());
    let targets = ["/v1/integrations/abc123", "/v1/integrations/nope", "/v1/integrations/def456"];
    let all: String = targets.iter().map(|target| request("GET", target, &[CELIGO], "")).collect();
    connection.send(all.as_bytes());
    let statuses: Vec<u16> = targets.iter().map(|_| connection.receive().unwrap().status).collect();
    assert_eq!(statuses, [200, 404, 200]);
}

#[test]
fn the_host_never_decides_and_links_carry_the_one_that_was_used() {
    let standin = Standin::start();
    let link = |target: &str, host: &str| {
        let response = ask(standin.address(), "GET", target, &[CELIGO, ("host", host)], "");
        response.header("link").unwrap_or_default().to_owned()
    };
    assert!(link("/v1/integrations?limit=1", "fake.example").starts_with("<http://fake.example/v1/integrations?"));
    let absolute = link("https://api.integrator.io/v1/integrations?limit=1", "proxy.example:3128");
    assert!(absolute.starts_with("<https://api.integrator.io/v1/integrations?"), "{absolute}");
}

#[test]
fn a_trailing_slash_and_percent_encoding_change_nothing() {
    let standin = Standin::start();
    let slash = ask(standin.address(), "GET", "/v1/integrations/abc123/", &[CELIGO], "");
    let encoded = ask(standin.address(), "GET", "/v1/integrations/abc%3123?", &[CELIGO], "");
    assert_eq!((slash.status, encoded.status), (200, 200));
    let page = ask(standin.address(), "GET", "/api/v1/integrations/?%24first=2&x=a+b", &[EDLINK], "");
    assert_eq!(page.json()["$data"].as_array().map(Vec::len), Some(2));
    assert!(page.json()["$next"].as_str().unwrap().contains("x=a%20b"), "{}", page.text());
}

#[test]
fn head_is_get_without_the_body() {
    let standin = Standin::start();
    let get = ask(standin.address(), "GET", "/v1/integrations", &[CELIGO], "");
    let head = ask(standin.address(), "HEAD", "/v1/integrations", &[CELIGO], "");
    assert_eq!(head.status, 200);
    assert_eq!(head.header("content-length"), get.header("content-length"));
    assert_eq!(head.header("content-type"), get.header("content-type"));
}

#[test]
fn options_needs_no_credential_and_names_the_methods() {
    let standin = Standin::start();
    let celigo = ask(standin.address(), "OPTIONS", "/v1/integrations/abc123", &[], "");
    assert_eq!((celigo.status, celigo.header("allow")), (204, Some("GET, HEAD, PUT, PATCH, DELETE, OPTIONS")));
    let edlink = ask(standin.address(), "OPTIONS", "/api/v1/integrations", &[("origin", "https://app.example")], "");
    assert_eq!(edlink.header("access-control-allow-origin"), Some("*"));
}

#[test]
fn a_path_that_no_row_has_is_the_fakes_own_miss_with_the_nearest_routes() {
    let standin = Standin::start();
    for (target, headers) in
        [("/v1/integration", [CELIGO]), ("/api/v1/integratons", [EDLINK]), ("/v3/integrations", [CELIGO])]
    {
        let miss = ask(standin.address(), "GET", target, &headers, "");
        assert_eq!((miss.status, miss.header("standin-miss")), (501, Some("no-route")), "{target}");
        assert!(miss.text().contains("integrations"), "{target}: {}", miss.text());
    }
    let method = ask(standin.address(), "DELETE", "/v1/integrations", &[CELIGO], "");
    assert_eq!((method.status, method.header("standin-miss")), (501, Some("no-route")), "nobody says it is refused");
}

#[test]
fn a_body_beyond_the_limit_is_413_in_the_apis_words() {
    let standin = Standin::builder().body_limit(1000).start();
    let large = json!({ "name": "x".repeat(5_000_000) }).to_string();
    let refused = ask(standin.address(), "POST", "/v1/integrations", &[CELIGO, JSON], &large);
    assert_eq!(refused.status, 413);
    assert!(refused.json()["errors"][0]["message"].as_str().unwrap().contains("1000"), "{}", refused.text());
    let fits =
        ask(standin.address(), "POST", "/v1/integrations", &[CELIGO, JSON], &json!({ "name": "fits" }).to_string());
    assert_eq!(fits.status, 201);
}

#[tokio::test]
async fn http2_with_prior_knowledge_is_spoken_too() {
    use http_body_util::{BodyExt, Full};
    use hyper_util::rt::{TokioExecutor, TokioIo};

    let standin = Standin::spawn().await;
    let stream = tokio::net::TcpStream::connect(standin.address()).await.unwrap();
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request =
        hyper::Request::get("http://fake.example/v1/integrations?limit=1").header("authorization", "Bearer t");
    let response = sender.send_request(request.body(Full::new(bytes::Bytes::new())).unwrap()).await.unwrap();
    assert_eq!((response.status(), response.version()), (hyper::StatusCode::OK, hyper::Version::HTTP_2));
    assert!(response.headers()["link"].to_str().unwrap().starts_with("<http://fake.example/v1/"));
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(serde_json::from_slice::<Value>(&body).unwrap().as_array().map(Vec::len), Some(1));
}

#[test]
fn parallel_creates_of_one_name_give_exactly_one_201() {
    let standin = Standin::start();
    let address = standin.address();
    let create = || ask(address, "POST", "/v1/integrations", &[CELIGO, JSON], r#"{"name": "Only one"}"#).status;
    let mut statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16).map(|_| scope.spawn(create)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    statuses.sort_unstable();
    assert_eq!(statuses[0], 201);
    assert!(statuses[1..].iter().all(|status| *status == 409), "{statuses:?}");
}

#[test]
fn the_signed_url_of_a_template_really_serves_a_zip() {
    let standin = Standin::start();
    let host = standin.address().to_string();
    let template = ask(standin.address(), "GET", "/v1/integrations/abc123/template", &[CELIGO, ("host", &host)], "");
    let url = template.json()["signedURL"].as_str().unwrap().to_owned();
    let target = url.strip_prefix(&standin.url()).expect("a link to this server");
    let archive = ask(standin.address(), "GET", target, &[], "");
    assert_eq!((archive.status, archive.header("content-type")), (200, Some("application/zip")));
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive.body)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    let name = names.iter().find(|name| name.contains("integration")).unwrap_or_else(|| panic!("{names:?}"));
    let integration: Value = serde_json::from_reader(archive.by_name(name).unwrap()).unwrap();
    assert!(integration.to_string().contains("Salesforce Sync"));
}

#[test]
fn shutdown_returns_when_the_port_is_free_and_dropping_frees_it_too() {
    let standin = Standin::start();
    let address = standin.address();
    let _idle = Connection::open(address);
    standin.shutdown();
    TcpListener::bind(address).expect("the port is free");
    let second = Standin::builder().host(address.ip()).port(address.port()).start();
    drop(second);
    TcpListener::bind(address).expect("the port is free again");
}

#[tokio::test]
async fn a_connection_that_says_nothing_does_not_hold_up_the_stop() {
    let standin = Standin::spawn().await;
    let mut silent = tokio::net::TcpStream::connect(standin.address()).await.unwrap();
    // Its connection is accepted before this one's is answered.
    let answered = tokio::task::spawn_blocking({
        let address = standin.address();
        move || ask(address, "GET", "/v1/integrations/abc123", &[CELIGO], "").status
    });
    assert_eq!(answered.await.unwrap(), 200);
    let stopped = standin.stop(Duration::from_hours(1));
    tokio::time::timeout(Duration::from_mins(1), stopped).await.expect("the stop does not wait for it");
    assert_eq!(tokio::io::AsyncReadExt::read(&mut silent, &mut [0]).await.unwrap(), 0);
}

#[tokio::test]
async fn it_starts_as_a_task_of_a_single_threaded_runtime() {
    let standin = Standin::spawn().await;
    let address = standin.address();
    let status =
        tokio::task::spawn_blocking(move || ask(address, "GET", "/v1/integrations", &[CELIGO], "").status).await;
    assert_eq!(status.unwrap(), 200);
    standin.stop(Duration::from_secs(5)).await;
    TcpListener::bind(address).expect("the port is free");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_starts_as_a_task_and_on_a_thread_of_a_multi_threaded_runtime() {
    for standin in [Standin::spawn().await, Standin::start()] {
        let address = standin.address();
        let status = tokio::task::spawn_blocking(move || ask(address, "GET", "/v1/integrations", &[CELIGO], "").status);
        assert_eq!(status.await.unwrap(), 200);
        standin.stop(Duration::from_secs(5)).await;
    }
}

#[test]
fn a_port_in_use_is_a_typed_error_that_names_it() {
    let taken = Standin::start();
    let error = Standin::builder().port(taken.address().port()).try_start().expect_err("the port is taken");
    assert!(matches!(error, StartError::Listen { .. }));
    assert!(error.to_string().contains(&taken.address().port().to_string()), "{error}");
}

#[test]
fn an_address_others_can_reach_must_be_asked_for() {
    let everywhere = "0.0.0.0".parse().unwrap();
    let error = Standin::builder().host(everywhere).try_start().expect_err("refused");
    assert!(matches!(error, StartError::Exposed { .. }));
}

#[test]
fn a_web_page_cannot_drive_the_control_api() {
    let standin = Standin::start();
    let own = standin.address().to_string();
    let reset = |headers: &[(&str, &str)]| ask(standin.address(), "POST", "/_standin/reset", headers, "");
    assert_eq!(reset(&[("host", &own)]).status, 204);
    assert_eq!(reset(&[("host", "rebound.example")]).json()["error"]["code"], "foreign_host");
    assert_eq!(reset(&[("host", &own), ("origin", "https://evil.example")]).json()["error"]["code"], "foreign_origin");
    assert_eq!(reset(&[("host", &own), ("sec-fetch-site", "cross-site")]).status, 403);
    let preflight = ask(standin.address(), "OPTIONS", "/_standin/reset", &[("host", &own)], "");
    assert_eq!(preflight.header("access-control-allow-origin"), None);
}

#[test]
fn with_a_control_token_nobody_else_comes_in() {
    let standin = Standin::builder().control_token("s3cret").start();
    let clock = |headers: &[(&str, &str)]| ask(standin.address(), "GET", "/_standin/clock", headers, "").status;
    assert_eq!(clock(&[]), 401);
    assert_eq!(clock(&[("standin-control-token", "s3cret")]), 200);
    assert_eq!(clock(&[("authorization", "Bearer s3cret"), ("host", "anything.example")]), 200);
}

#[test]
fn without_control_there_is_no_control_api() {
    let standin = Standin::builder().no_control().start();
    let health = ask(standin.address(), "GET", "/_standin/health", &[("host", &standin.address().to_string())], "");
    assert_eq!((health.status, health.header("standin-miss")), (501, Some("no-route")));
}

#[test]
fn a_paused_server_answers_nobody_until_it_resumes() {
    let standin = Standin::start();
    standin.pause().unwrap();
    let mut connection = Connection::open(standin.address());
    connection.send(request("GET", "/v1/integrations", &[CELIGO], "").as_bytes());
    let own = standin.address().to_string();
    let health = ask(standin.address(), "GET", "/_standin/health", &[("host", &own)], "");
    assert_eq!(health.status, 200, "the control API answers all the same");
    assert!(standin.world().journal().is_empty(), "the paused request has not reached the world");
    standin.resume().unwrap();
    assert_eq!(connection.receive().unwrap().status, 200);
}

#[test]
fn a_refusing_server_closes_its_port_and_opens_it_again() {
    let standin = Standin::start();
    let mut open = Connection::open(standin.address());
    for _ in 0..3 {
        assert_eq!(open.ask("GET", "/v1/integrations", &[CELIGO], "").status, 200);
    }
    standin.refuse();
    assert!(open.rest().is_ok_and(|rest| rest.is_empty()), "what was open is closed");
    assert!(std::net::TcpStream::connect(standin.address()).is_err());
    standin.resume().unwrap();
    assert_eq!(ask(standin.address(), "GET", "/v1/integrations", &[CELIGO], "").status, 200);
}

#[test]
fn a_panic_of_a_function_of_the_test_is_500_and_the_server_lives_on() {
    let standin = Standin::start();
    let broken = Rule::on("celigo.integrations.get").answer(|_, _| panic!("this function is broken"));
    standin.world().fault(broken);
    let mut connection = Connection::open(standin.address());
    let failed = connection.ask("GET", "/v1/integrations/abc123", &[CELIGO], "");
    assert_eq!((failed.status, failed.header("standin-source")), (500, Some("injected")));
    assert!(failed.text().contains("this function is broken"), "{}", failed.text());
    assert_eq!(connection.ask("GET", "/v1/integrations", &[CELIGO], "").status, 200, "on the same connection");
    assert_eq!(standin.world().journal().len(), 2);
}
