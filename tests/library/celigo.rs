//! Behaviour of Celigo that one exchange cannot show: many clients at once, and links that are followed.

use std::thread;

use standin::Standin;

const HEADERS: &[(&str, &str)] = &[("authorization", "Bearer any"), ("content-type", "application/json")];

#[test]
fn of_parallel_creates_of_one_name_exactly_one_succeeds() {
    let standin = Standin::start();
    let address = standin.address();
    let create =
        move || crate::support::ask(address, "POST", "/v1/integrations", HEADERS, r#"{"name":"Only one"}"#).status;
    let clients: Vec<_> = (0..16).map(|_| thread::spawn(create)).collect();
    let mut statuses: Vec<u16> = clients.into_iter().map(|client| client.join().unwrap()).collect();
    statuses.sort_unstable();
    assert_eq!((statuses[0], &statuses[1..]), (201, &[409; 15][..]));
}

#[test]
fn following_the_links_shows_every_integration_once() {
    let standin = Standin::start();
    let mut seen = Vec::new();
    let mut next = Some(format!("{}/integrations?limit=4&offset=0", standin.celigo_url()));
    while let Some(url) = next {
        // The whole URL as the target, as clients behind a proxy send it.
        let page = crate::support::ask(standin.address(), "GET", &url, HEADERS, "");
        let list = page.json();
        seen.extend(list.as_array().unwrap().iter().map(|record| record["_id"].as_str().unwrap().to_owned()));
        let link = page.header("link").unwrap_or_default();
        next = link.split_once(">; rel=\"next\"").map(|(url, _)| url.trim_start_matches('<').to_owned());
    }
    let all = standin.world().records("celigo.integrations").unwrap();
    let all: Vec<String> = all.iter().map(|record| record["_id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(seen, all);
}

#[test]
fn the_signed_url_of_a_template_can_be_downloaded_without_a_token() {
    let standin = Standin::start();
    let template = format!("{}/integrations/abc123/template", standin.celigo_url());
    let link = crate::support::ask(standin.address(), "GET", &template, HEADERS, "").json();
    let url = link["signedURL"].as_str().unwrap();
    assert!(url.starts_with(&standin.celigo_url()), "{url}");
    let archive = crate::support::ask(standin.address(), "GET", url, &[], "");
    assert_eq!((archive.status, archive.header("content-type")), (200, Some("application/zip")));
    assert_eq!(&archive.body[..4], b"PK\x03\x04");
}
