//! Promises of this API beyond single exchanges.

mod access;
mod data;
mod errors;
mod generator;
mod integrations;
mod lists;
mod rows;

use std::sync::{Arc, LazyLock};

use serde_json::Value;

use crate::apis::edlink::API;
use crate::apis::edlink::integrations::INTEGRATIONS;
use crate::engine::api::api::hooks_of;
use crate::engine::api::fixtures::RecordFile;
use crate::engine::api::router::Router;
use crate::engine::schema::document::Document;
use crate::engine::schema::schema::Actor;
use crate::engine::state::clock::ClockMode;
use crate::engine::state::settings::Settings;
use crate::engine::store::{Record, Store};
use crate::http::message::{Request, Response};
use crate::world::exchange::answer;
use crate::world::world::World;

const SAMPLE: &str = "77a69705-41a7-49cb-0fe8-ffd425f9716f";
const SCHEDULED: &str = "0d752461-d555-4a20-a0d9-6e9da6d7b5af";

static ROUTER: LazyLock<Router> = LazyLock::new(|| Router::new(&[&API]).expect("the table fits together"));

macro_rules! fixtures {
    ($($name:literal),*) => {
        [$(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/edlink/", $name, ".json")))),*]
    };
}

const FIXTURES: [(&str, &str); 24] = fixtures!(
    "agents",
    "assignments",
    "categories",
    "classes",
    "courses",
    "departments",
    "districts",
    "enrollments",
    "events",
    "integrations",
    "licenses",
    "logins",
    "materializations",
    "people",
    "periods",
    "permissions",
    "products",
    "providers",
    "schools",
    "sections",
    "sessions",
    "sources",
    "subjects",
    "submissions"
);

fn settings() -> Settings {
    Settings { clock_mode: ClockMode::Frozen, ..Settings::default() }
}

fn empty(settings: Settings) -> World {
    World::new("default", Store::new(API.schemas()), hooks_of(&[&API]), Arc::new(settings))
}

fn world_with(settings: Settings) -> World {
    let mut world = empty(settings);
    let file = |(name, text)| RecordFile { name, collection: format!("edlink.{name}"), text };
    let faults = world.state.load_fixtures(&[&API], &FIXTURES.map(file)).err();
    assert_eq!(faults, None, "the default fixtures are good");
    world
}

fn world() -> World {
    world_with(settings())
}

fn ask(world: &mut World, method: &str, target: &str, token: Option<&str>) -> (Response, Value) {
    let authorization = token.map(|token| format!("Bearer {token}"));
    let mut headers: Vec<(&str, &[u8])> = vec![("host", b"ed.link")];
    headers.extend(authorization.as_deref().map(|value| ("authorization", value.as_bytes())));
    let request = Request { method, target, headers: &headers, body: b"", arrived_ms: 0, believes_front: true };
    let response = answer(&ROUTER, world, &request).response;
    let body = serde_json::from_slice(&response.body).unwrap_or(Value::Null);
    (response, body)
}

fn get(world: &mut World, target: &str) -> (u16, Value) {
    let (response, body) = ask(world, "GET", target, Some("secret"));
    (response.status, body)
}

fn ids(body: &Value) -> Vec<String> {
    let records = body["$data"].as_array().expect("a page of records");
    records.iter().map(|record| record["id"].as_str().expect("an id").to_owned()).collect()
}

fn code(body: &Value) -> &str {
    body["$errors"][0]["code"].as_str().unwrap_or_default()
}

fn fields(value: Value) -> Document {
    Document::of(value).expect("an object")
}

fn integration(world: &World, id: &str) -> Record {
    world.state.store.of(&INTEGRATIONS).get(id).cloned().expect("that integration")
}

fn patch(world: &mut World, id: &str, patch: Value) -> Result<Record, String> {
    let old = integration(world, id);
    world.state.patch(&INTEGRATIONS, &old, &fields(patch), Actor::Administrator).map_err(|problem| problem.plain())
}
