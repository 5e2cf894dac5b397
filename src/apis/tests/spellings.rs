//! The paths of every row in each of their spellings.

use std::sync::Arc;

use crate::apis::APIS;
use crate::engine::api::api::hooks_of;
use crate::engine::api::router::{Router, Row};
use crate::engine::state::settings::Settings;
use crate::engine::store::Store;
use crate::http::message::{Method, Request, Response};
use crate::world::exchange::answer;
use crate::world::world::World;

/// A value that is an id of both APIs.
const ID: &str = "0d752461-d555-4a20-a0d9-6e9da6d7b5af";

/// The step between rows whose misses are looked at: a miss looks for the nearest of all routes.
const FEW: usize = 7;

struct Server {
    router: Router,
    world: World,
}

impl Server {
    fn new() -> Self {
        let store = Store::new(APIS.iter().flat_map(|api| api.schemas()));
        let world = World::new("test", store, hooks_of(APIS), Arc::new(Settings::default()));
        Self { router: Router::new(APIS).unwrap(), world }
    }

    fn ask(&mut self, method: &str, target: &str) -> Response {
        let headers: &[(&str, &[u8])] =
            &[("host", b"h"), ("authorization", b"Bearer any"), ("content-type", b"application/json")];
        let request = Request { method, target, headers, body: b"{}", arrived_ms: 0, believes_front: true };
        answer(&self.router, &mut self.world, &request).response
    }

    /// Asks every path of every n-th row, changed so that it is spelled otherwise, and returns how many it asked.
    fn walk(
        &mut self,
        nth: usize,
        spelled: impl Fn(&str) -> Option<String>,
        check: impl Fn(&Row, &str, &Response),
    ) -> usize {
        let known = Router::new(APIS).unwrap();
        let mut asked = 0;
        for row in known.rows().iter().step_by(nth) {
            let method = if row.route.method == Method::Any { "GET" } else { row.route.method.as_str() };
            for path in std::iter::once(&row.route.path).chain(row.route.also) {
                let Some(target) = spelled(&format!("{}{path}", row.api.base_of(row.route))) else { continue };
                let response = self.ask(method, &target);
                check(row, &format!("{method} {target}"), &response);
                asked += 1;
            }
        }
        asked
    }
}

/// Changes the parts of a path: its words, and the places of parameters.
fn changed(path: &str, word: impl Fn(&str) -> String, parameter: &str) -> String {
    let part = |part: &str| match part {
        "" => String::new(),
        part if part.starts_with("{*") => format!("{parameter}/{parameter}"),
        part if part.starts_with('{') => parameter.to_owned(),
        part => word(part),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn is_answered_by_its_row(row: &Row, asked: &str, response: &Response) {
    assert_eq!(response.header("standin-op"), Some(row.operation), "{asked}: {}", response.status);
    assert_ne!(response.status, 405, "{asked}");
}

#[test]
fn every_spelling_of_a_row_leads_to_its_operation() {
    let mut server = Server::new();
    let plain = |path: &str| changed(path, str::to_owned, ID);
    let asked = server.walk(1, |path| Some(plain(path)), is_answered_by_its_row);
    assert!(asked > 450, "{asked} paths");
    server.walk(1, |path| Some(plain(path) + "/"), is_answered_by_its_row);
    server.walk(1, |path| Some(plain(path) + "?"), is_answered_by_its_row);
    server.walk(1, |path| Some(format!("http://api.example{}", plain(path))), is_answered_by_its_row);
    // An id may be encoded, as clients do that encode what they put into paths.
    let encoded = format!("%30{}", &ID[1..]);
    server.walk(1, |path| Some(changed(path, str::to_owned, &encoded)), is_answered_by_its_row);
    server.walk(1, |path| Some(changed(path, str::to_owned, &ID.to_ascii_uppercase())), is_answered_by_its_row);
}

#[test]
fn a_path_that_no_document_spells_so_is_a_miss_never_404_or_405() {
    let mut server = Server::new();
    let is_miss = |row: &Row, asked: &str, response: &Response| {
        // A row with a tail takes any spelling of that.
        let takes_tail = std::iter::once(&row.route.path).chain(row.route.also).any(|path| path.contains("{*"));
        if !takes_tail || response.header("standin-op") != Some(row.operation) {
            let got = (response.status, response.header("standin-miss"));
            assert_eq!(got, (501, Some("no-route")), "{asked} is like {}", row.operation);
        }
    };
    let doubled = |path: &str| format!("/{}", changed(path, str::to_owned, ID)[1..].replace('/', "//"));
    server.walk(FEW, |path| Some(doubled(path)), is_miss);
    server.walk(FEW, |path| Some(changed(path, str::to_ascii_uppercase, ID)), is_miss);
    // A path without a version has no place for it.
    let dotted = |path: &str| path.contains("/v").then(|| changed(path, str::to_owned, ID).replacen("/v", "/../v", 1));
    server.walk(FEW, dotted, is_miss);
}

#[test]
fn a_fixed_word_that_is_encoded_is_never_taken_for_an_id() {
    let mut server = Server::new();
    let encoded = |word: &str| format!("%{:02x}{}", word.as_bytes()[0], &word[1..]);
    let last = |path: &str| {
        let (parent, word) = path.rsplit_once('/')?;
        let is_word = !word.is_empty() && !word.starts_with('{');
        is_word.then(|| format!("{}/{}", changed(parent, str::to_owned, ID), encoded(word)))
    };
    let asked = server.walk(1, last, |row, asked, response| {
        let operation = response.header("standin-op");
        let is_right = operation == Some(row.operation) || response.status == 501;
        assert!(is_right, "{asked} leads to {operation:?}: {}", response.status);
    });
    assert!(asked > 300, "{asked} paths");
}
