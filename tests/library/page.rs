//! The page for people: its files, and when a browser gets it.

use std::fs;
use std::path::Path;

use serde_json::json;
use standin::{PageMode, Standin, WorldOptions};

use crate::support::{Response, ask};

const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

fn get(standin: &Standin, target: &str, headers: &[(&str, &str)]) -> Response {
    ask(standin.address(), "GET", target, headers, "")
}

fn files() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("page");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<_> = files
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap()))
        .collect();
    files.sort();
    assert!(files.len() > 5, "{files:?}");
    files
}

#[test]
fn the_files_of_the_page_stay_below_60_kb() {
    let bytes: usize = files().iter().map(|(_, text)| text.len()).sum();
    assert!(bytes <= 60_000, "{bytes} bytes");
}

#[test]
fn the_page_makes_nothing_of_markup_and_runs_no_text() {
    let never = [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "DOMParser",
        "createContextualFragment",
        "srcdoc",
        "setHTML",
        "eval",
        "new Function",
        "import(",
        "localStorage",
        "sessionStorage",
        "cookie",
        "style=\"",
        "<style",
        "onclick=\"",
        "javascript:",
    ];
    for (name, text) in files() {
        for word in never {
            assert!(!text.contains(word), "{name} has {word}");
        }
        for (at, _) in text.match_indices("://") {
            let address = &text[at.saturating_sub(8)..(at + 28).min(text.len())];
            // The names of two vocabularies are no addresses that anybody asks.
            assert!(address.contains("://www.w3.org/2000/svg"), "{name} has a foreign address: {address}");
        }
    }
}

#[test]
fn a_browser_gets_the_page_and_every_other_client_what_it_got() {
    let standin = Standin::builder().page(PageMode::Full).start();
    let _a = standin.new_world_with(&WorldOptions::default().name("a")).unwrap();
    for target in ["/", "/?x=1", "/w/a/"] {
        let page = get(&standin, target, &[HTML]);
        assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")), "{target}");
        assert!(page.text().contains("content=\"full\""));
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"));
        assert!(policy.ends_with("base-uri 'none'; form-action 'none'; frame-ancestors 'none'"), "{policy}");
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(page.header("set-cookie"), None);
    }
    let slash = get(&standin, "/w/a", &[HTML]);
    assert_eq!((slash.status, slash.header("location")), (307, Some("a/")));
    assert_eq!(standin.world().journal().len(), 0, "looking is no call of the consumer's");
    for (method, headers) in [("GET", &[][..]), ("GET", &[("accept", "*/*")]), ("POST", &[HTML])] {
        let answer = ask(standin.address(), method, "/", headers, "");
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (501, &json!("no_route")), "{method} {headers:?}");
    }
    assert_eq!(get(&Standin::start(), "/", &[HTML]).status, 501, "only where it is asked for");
}

#[test]
fn every_file_the_page_names_is_served_with_its_kind() {
    let standin = Standin::builder().page(PageMode::Full).start();
    for (name, text) in files() {
        for root in ["", "/w/default"] {
            let answer = get(&standin, &format!("{root}/_standin/page/{name}"), &[]);
            assert_eq!((answer.status, answer.text() == text), (200, true), "{name}");
            let kind = answer.header("content-type").unwrap();
            let wanted = match name.rsplit('.').next().unwrap() {
                "js" => "text/javascript; charset=utf-8",
                "css" => "text/css; charset=utf-8",
                _ => "text/html; charset=utf-8",
            };
            assert_eq!(kind, wanted, "{name}");
            assert!(answer.header("content-security-policy").is_some());
        }
        for named in text.split("from './").skip(1).map(|rest| rest.split('\'').next().unwrap()) {
            assert!(files().iter().any(|(name, _)| name == named), "{name} names {named}");
        }
    }
    for wrong in ["/_standin/page/../Cargo.toml", "/_standin/page/nope.js"] {
        assert_eq!(get(&standin, wrong, &[]).status, 404, "{wrong}");
    }
    assert_eq!(ask(standin.address(), "PUT", "/_standin/page/app.js", &[], "").status, 405);
}

#[test]
fn a_page_that_only_shows_says_so_to_its_script() {
    let standin = Standin::builder().page(PageMode::ReadOnly).start();
    let page = get(&standin, "/", &[HTML]).text();
    assert!(page.contains("<meta name=\"standin-mode\" content=\"read-only\">"), "{page}");
}

#[test]
fn any_host_gets_the_page_but_only_an_own_one_the_control_api() {
    let proxied = [HTML, ("host", "tools.example")];
    let standin = Standin::builder().page(PageMode::Full).start();
    assert_eq!(get(&standin, "/", &proxied).status, 200, "it says what to do about it");
    let refused = get(&standin, "/_standin/worlds", &proxied);
    assert_eq!((refused.status, &refused.json()["error"]["code"]), (403, &json!("foreign_host")));
    assert!(refused.text().contains("base-url"), "{}", refused.text());

    let behind = Standin::builder().page(PageMode::Full).base_url("https://tools.example/standin").start();
    assert_eq!(get(&behind, "/_standin/worlds", &proxied).status, 200);
    let with = |origin| get(&behind, "/_standin/worlds", &[("host", "tools.example"), ("origin", origin)]).status;
    assert_eq!(with("https://tools.example"), 200);
    assert_eq!(
        [with("https://tools.example.evil"), with("http://tools.example:1"), with("https://evil.example")],
        [403; 3]
    );

    let guarded = Standin::builder().page(PageMode::Full).control_token("secret").start();
    assert_eq!(get(&guarded, "/", &proxied).status, 200, "the files hold nothing of the server's");
    assert_eq!(get(&guarded, "/_standin/worlds", &proxied).status, 401);
}
