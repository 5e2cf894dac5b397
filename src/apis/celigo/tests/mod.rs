//! Promises of this API beyond single exchanges.

mod access;
mod clones;
mod connectors;
mod data;
mod errors;
mod filters;
mod integrations;
mod lists;
#[cfg(feature = "archive")]
mod template;

use std::sync::{Arc, OnceLock};

use serde_json::Value;

use crate::apis::celigo::API;
use crate::engine::api::api::hooks_of;
use crate::engine::api::fixtures::RecordFile;
use crate::engine::api::router::Router;
use crate::engine::state::clock::ClockMode;
use crate::engine::state::settings::{ListedCredential, Settings};
use crate::engine::store::Store;
use crate::http::message::{Request, Response};
use crate::world::exchange::answer;
use crate::world::world::World;

const FIXTURES: &[(&str, &str)] = &[
    ("ashares", include_str!("../../../../fixtures/celigo/ashares.json")),
    ("audit", include_str!("../../../../fixtures/celigo/audit.json")),
    ("connections", include_str!("../../../../fixtures/celigo/connections.json")),
    ("connectors", include_str!("../../../../fixtures/celigo/connectors.json")),
    ("deliveries", include_str!("../../../../fixtures/celigo/deliveries.json")),
    ("errors", include_str!("../../../../fixtures/celigo/errors.json")),
    ("exports", include_str!("../../../../fixtures/celigo/exports.json")),
    ("flows", include_str!("../../../../fixtures/celigo/flows.json")),
    ("imports", include_str!("../../../../fixtures/celigo/imports.json")),
    ("integrations", include_str!("../../../../fixtures/celigo/integrations.json")),
    ("jobs", include_str!("../../../../fixtures/celigo/jobs.json")),
    ("revisions", include_str!("../../../../fixtures/celigo/revisions.json")),
    ("accesstokens", include_str!("../../../../fixtures/celigo/accesstokens.json")),
    ("apis", include_str!("../../../../fixtures/celigo/apis.json")),
    ("asynchelpers", include_str!("../../../../fixtures/celigo/asynchelpers.json")),
    ("ediTransactions", include_str!("../../../../fixtures/celigo/ediTransactions.json")),
    ("ediprofiles", include_str!("../../../../fixtures/celigo/ediprofiles.json")),
    ("filedefinitions", include_str!("../../../../fixtures/celigo/filedefinitions.json")),
    ("iclients", include_str!("../../../../fixtures/celigo/iclients.json")),
    ("licenses", include_str!("../../../../fixtures/celigo/licenses.json")),
    ("lookupcachedata", include_str!("../../../../fixtures/celigo/lookupcachedata.json")),
    ("lookupcaches", include_str!("../../../../fixtures/celigo/lookupcaches.json")),
    ("mcpservers", include_str!("../../../../fixtures/celigo/mcpservers.json")),
    ("recycleBin", include_str!("../../../../fixtures/celigo/recycleBin.json")),
    ("stacks", include_str!("../../../../fixtures/celigo/stacks.json")),
    ("state", include_str!("../../../../fixtures/celigo/state.json")),
    ("templates", include_str!("../../../../fixtures/celigo/templates.json")),
    ("tools", include_str!("../../../../fixtures/celigo/tools.json")),
    ("scripts", include_str!("../../../../fixtures/celigo/scripts.json")),
    ("tags", include_str!("../../../../fixtures/celigo/tags.json")),
];

/// The integration of seed 003 that most fixtures hang on.
const SYNC: &str = "abc123";
/// Shares an export and an import with it.
const TO_NETSUITE: &str = "abc123def456";
/// A connector, installed half way.
const MARIGOLD: &str = "39991ba2ffc67af145023406";
/// The connector it comes from.
const MARIGOLD_CONNECTOR: &str = "23bd17471a705e7197979f31";
/// Has two flow groupings.
const STOREFRONT: &str = "e2aeb5f8cede2a58674d33fa";

/// The sample account, and a token to ask it with.
struct Account {
    world: World,
    token: &'static str,
}

impl Account {
    fn new() -> Self {
        Self::with(Settings::default())
    }

    fn with(settings: Settings) -> Self {
        let mut account = Self::empty(settings);
        let name = |collection| format!("fixtures/celigo/{collection}.json");
        let names: Vec<String> = FIXTURES.iter().map(|(collection, _)| name(collection)).collect();
        let files: Vec<RecordFile<'_>> = FIXTURES
            .iter()
            .zip(&names)
            .map(|((collection, text), name)| RecordFile { name, collection: format!("celigo.{collection}"), text })
            .collect();
        account.world.state.load_fixtures(&[&API], &files).unwrap_or_else(|faults| panic!("{}", faults[0]));
        account
    }

    fn empty(settings: Settings) -> Self {
        let settings = Settings { clock_mode: ClockMode::Frozen, ..settings };
        let store = Store::new(API.schemas());
        Self { world: World::new("default", store, hooks_of(&[&API]), Arc::new(settings)), token: "any" }
    }

    /// With these tokens only, of which the first asks.
    fn listing(credentials: Vec<ListedCredential>) -> Self {
        Self::with(Settings { credentials: vec![("celigo", credentials)], ..Settings::default() })
    }

    fn send(&mut self, method: &str, path: &str, body: &str) -> Response {
        static ROUTER: OnceLock<Router> = OnceLock::new();
        let router = ROUTER.get_or_init(|| Router::new(&[&API]).unwrap());
        let authorization = format!("Bearer {}", self.token);
        let headers: &[(&str, &[u8])] = &[
            ("host", b"h"),
            ("authorization", authorization.as_bytes()),
            ("content-type", b"application/json; charset=utf-8"),
        ];
        let target = format!("/v1{path}");
        let request =
            Request { method, target: &target, headers, body: body.as_bytes(), arrived_ms: 0, believes_front: true };
        answer(router, &mut self.world, &request).response
    }

    /// Status and body.
    fn ask(&mut self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let response = self.send(method, path, body);
        (response.status, serde_json::from_slice(&response.body).unwrap_or_default())
    }

    /// The body of a GET that succeeds.
    fn get(&mut self, path: &str) -> Value {
        let (status, body) = self.ask("GET", path, "");
        assert_eq!(status, 200, "GET {path}: {body}");
        body
    }

    /// Lets a flow of one integration use an export and an import that another integration's flow uses.
    fn share(&mut self, export: &str, import: &str) {
        let path = "/flows/3fe2385b55a755accfb0ee92";
        let mut flow = self.get(path);
        flow["pageGenerators"][0]["_exportId"] = export.into();
        flow["routers"][0]["branches"][0]["pageProcessors"][0]["_importId"] = import.into();
        assert_eq!(self.ask("PUT", path, &flow.to_string()).0, 200);
    }

    /// The ids of a list.
    fn ids(&mut self, path: &str) -> Vec<String> {
        let list = self.get(path);
        let list = list.as_array().unwrap();
        list.iter().map(|record| record["_id"].as_str().unwrap().to_owned()).collect()
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}
