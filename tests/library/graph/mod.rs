//! Edlink's Graph as a consumer meets it: syncing, scopes, cursors, filters, events.

mod asking;
mod events;
mod people;
mod requests;
mod scope;
mod sync;
mod words;

use serde_json::Value;
use standin::{Answer, Clock, Standin, WorldHandle};

const SAMPLE: &str = "77a69705-41a7-49cb-0fe8-ffd425f9716f";
const SAMPLE_TOKEN: &str = "HZ4MR8NyjdPiP9g8l6gKXT5Kjk9FlJa7";
const SELECTED: &str = "0442b03d-0d9a-4866-907d-b2a395d0c160";
const SELECTED_TOKEN: &str = "PilLsiSBxxY61vsJjVqHKi5UGAElWJgd";
const PAUSED: &str = "c950791f-864e-44e4-b017-0604e20da150";
const PAUSED_TOKEN: &str = "MD4ywJfr4GM76U6ZFIdGKWl2aberiZ7C";
/// An integration that may read nothing.
const LOCKED: &str = "7972a36d-51b3-4a6c-a005-0ed31a6e72b9";
const LOCKED_TOKEN: &str = "8lcaNMUo6rVVbFohz1fZFNkPCMGFMQsw";
const READ_EVERYTHING: &str = "39a69700-0fe8-43a7-afa7-bd4ecc936412";
const READ_PEOPLE: &str = "0eceff2f-0e6d-4079-bf1f-e8bfe349c854";
const READ_EMAILS: &str = "75b95c00-8812-4fe2-ba5a-fc82d7b04f04";
const READ_ENROLLMENTS: &str = "c00c3d8d-d489-4a9b-ab66-a8cf06b06291";

/// A class at the high school, with two sections.
const ALGEBRA: &str = "e418b60d-dbff-4bca-bcc0-4b61b54c0ffb";
const ALGEBRA_2A: &str = "3be8bfc5-c60d-4734-be8a-dc266a63c77f";
const WRENNA: &str = "b711ee0f-45be-4481-aaf6-f7c6f7bb620a";

const KINDS: [&str; 9] =
    ["districts", "schools", "sessions", "courses", "classes", "sections", "people", "enrollments", "agents"];

fn world() -> WorldHandle {
    let world = Standin::builder().clock(Clock::frozen().at("2024-01-20T10:00:00.000Z")).offline().unwrap();
    // The default records have no paused integration; the set `edlink/states` has.
    let states: Value =
        serde_json::from_str(include_str!("../../../fixtures/edlink/states/integrations.json")).unwrap();
    let paused = states.as_array().unwrap().iter().find(|it| it["id"] == PAUSED).unwrap();
    world.create("edlink.integrations", paused.clone()).unwrap();
    world
}

fn ask(world: &WorldHandle, token: &str, target: &str) -> Answer {
    let authorization = format!("Bearer {token}");
    world.answer("GET", target, &[("host", "ed.link"), ("authorization", &authorization)], b"")
}

fn body(answer: &Answer) -> Value {
    answer.json()
}

/// Returns the answer of a request, which must succeed.
fn get(world: &WorldHandle, token: &str, path: &str) -> Value {
    let answer = ask(world, token, &format!("/api/v2/graph/{path}"));
    assert_eq!(answer.status, Some(200), "{path}: {}", String::from_utf8_lossy(&answer.body));
    body(&answer)
}

fn code(answer: &Answer) -> String {
    body(answer)["$errors"][0]["code"].as_str().unwrap_or_default().to_owned()
}

fn ids(body: &Value) -> Vec<String> {
    body["$data"].as_array().unwrap().iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect()
}

/// All ids of a list, by following its next links to the end.
fn sync(world: &WorldHandle, token: &str, path: &str) -> Result<Vec<String>, Answer> {
    let mut all = Vec::new();
    let mut next = Some(format!("/api/v2/graph/{path}"));
    while let Some(target) = next {
        let answer = ask(world, token, &target);
        if answer.status != Some(200) {
            return Err(answer);
        }
        let page = body(&answer);
        all.extend(ids(&page));
        next = page["$next"].as_str().map(str::to_owned);
    }
    Ok(all)
}

fn store(world: &WorldHandle, kind: &str) -> Vec<String> {
    let records = world.records(&format!("edlink.{kind}")).unwrap();
    records.iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect()
}

fn filter(conditions: &Value) -> String {
    let text = conditions.to_string();
    format!("$filter={}", text.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02X}")))
}
