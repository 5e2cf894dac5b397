//! Targets that answer in process: what is sent is one text.

use serde_json::{Value, json};
use standin::{Answer, Api, Standin, WorldHandle};

use crate::{bounded, operations};

pub const JSON: (&str, &str) = ("content-type", "application/json");
pub const CELIGO: (&str, &str) = ("authorization", "Bearer any-token");

pub fn world() -> WorldHandle {
    Standin::builder()
        .journal_entries(100)
        .journal_bytes(1 << 20)
        .history_records(1_000)
        .history_bytes(8 << 20)
        .offline()
        .expect("a world starts")
}

/// The token of an integration that sees everything.
pub fn edlink(world: &WorldHandle) -> String {
    let integrations = world.records("edlink.integrations").expect("there is that collection");
    format!("Bearer {}", integrations[0]["access_token"].as_str().expect("it has a token"))
}

/// The fake may miss what it does not model, but never fail.
pub fn check(answer: &Answer) {
    let status = answer.status.expect("nothing aborts it");
    assert!(status < 500 || status == 501, "{status}: {}", String::from_utf8_lossy(&answer.body));
}

fn text(input: &[u8]) -> String {
    String::from_utf8_lossy(input).into_owned()
}

/// A target and its query.
pub fn target() -> Box<dyn FnMut(&[u8])> {
    let world = world();
    let edlink = edlink(&world);
    Box::new(move |input| {
        let target = format!("/{}", text(input).trim_start_matches('/'));
        let token = if target.starts_with("/api") { edlink.as_str() } else { CELIGO.1 };
        for method in ["GET", "DELETE", "OPTIONS"] {
            check(&bounded(input, || world.answer(method, &target, &[("authorization", token)], b"")));
        }
        world.reset();
    })
}

/// A body, for the operation and in the form that the first two bytes choose.
pub fn body() -> Box<dyn FnMut(&[u8])> {
    const FORMS: [&str; 4] =
        ["application/json", "application/json; charset=utf-8", "application/x-www-form-urlencoded", "text/plain"];
    let start = world();
    let edlink = edlink(&start);
    let bodies: Vec<_> = operations::all().into_iter().filter(|it| it.has_body || it.method == "POST").collect();
    Box::new(move |input| {
        let [which, form, body @ ..] = input else { return };
        let operation = &bodies[usize::from(*which) % bodies.len()];
        let token = if operation.api == Api::Edlink { edlink.as_str() } else { CELIGO.1 };
        let headers = [("authorization", token), ("content-type", FORMS[usize::from(form % 8).saturating_sub(4)])];
        let world = start.fork();
        let target = operation.target(&world, *form);
        check(&bounded(input, || world.answer(operation.method, &target, &headers, body)));
    })
}

/// A JSON Patch. One that is refused changes nothing.
pub fn patch() -> Box<dyn FnMut(&[u8])> {
    let world = world();
    let record = |world: &WorldHandle| world.record("celigo.integrations", "abc123").unwrap().unwrap().to_value();
    Box::new(move |input| {
        let before = record(&world);
        let answer = bounded(input, || world.answer("PATCH", "/v1/integrations/abc123", &[CELIGO, JSON], input));
        check(&answer);
        if answer.status >= Some(400) {
            assert_eq!(record(&world), before, "a refused patch changed the record");
        } else {
            world.reset();
        }
    })
}

/// The value of `$filter`, and of other parameters that are read.
pub fn filter() -> Box<dyn FnMut(&[u8])> {
    let world = world();
    let edlink = edlink(&world);
    Box::new(move |input| {
        let encoded: String = input.iter().map(|byte| format!("%{byte:02X}")).collect();
        for list in ["people", "classes", "enrollments"] {
            for parameter in ["$filter", "$expand", "$fields"] {
                let target = format!("/api/v2/graph/{list}?{parameter}={encoded}");
                check(&bounded(target.as_bytes(), || world.answer("GET", &target, &[("authorization", &edlink)], b"")));
            }
        }
        let target = format!("/v1/audit?from={encoded}&limit=2");
        check(&bounded(target.as_bytes(), || world.answer("GET", &target, &[CELIGO], b"")));
    })
}

/// A scenario: accepted ones can be played, of others each finding has its place and its remedy.
pub fn scenario() -> Box<dyn FnMut(&[u8])> {
    let world = world();
    Box::new(move |input| {
        let text = text(input);
        match bounded(input, || world.load_text("fuzz.json", &text)) {
            Ok(_) => {
                play(&world);
                let _ = world.report().to_string();
            }
            Err(error) => {
                assert!(error.diagnostics.iter().all(|found| found.place.line > 0), "{error}");
                let _ = error.to_string();
            }
        }
    })
}

fn play(world: &WorldHandle) {
    for target in ["/v1/integrations?limit=2", "/v1/integrations/x", "/api/v1/integrations"] {
        world.answer("GET", target, &[("authorization", "Bearer any")], b"");
    }
    world.answer("POST", "/v1/integrations", &[CELIGO, JSON], b"{\"name\":\"Orders\",\"settings\":{\"a\":[1,2]}}");
}

/// Records of a collection, as an administrator puts them. Refused ones change nothing.
pub fn fixture() -> Box<dyn FnMut(&[u8])> {
    const COLLECTIONS: [&str; 5] =
        ["celigo.integrations", "celigo.connections", "celigo.audit", "edlink.people", "edlink.integrations"];
    let (world, mut n) = (world(), 0);
    Box::new(move |input| {
        let collection = COLLECTIONS[n % COLLECTIONS.len()];
        n += 1;
        let Ok(value) = serde_json::from_slice::<Value>(input) else { return };
        let records = match value {
            Value::Array(records) => records,
            other => vec![other],
        };
        let count = world.records(collection).unwrap().len();
        if bounded(input, || world.replace_all(collection, records)).is_err() {
            assert_eq!(world.records(collection).unwrap().len(), count, "refused records changed the collection");
        } else {
            play(&world);
            world.answer("GET", "/v1/audit", &[CELIGO], b"");
            world.reset();
        }
    })
}

/// A matcher: read, put into a rule, an expectation and a final check, and held against requests.
pub fn matcher() -> Box<dyn FnMut(&[u8])> {
    let world = world();
    Box::new(move |input| {
        let Ok(matcher) = serde_json::from_slice::<Value>(input) else { return };
        let scenario = json!({
            "scenario": 1,
            "api": ["celigo"],
            "data": { "from": "default" },
            "faults": [{ "id": "f", "on": "celigo.integrations.create", "when": { "body": matcher }, "do": { "error": "conflict" } }],
            "expect": {
                "calls": [{ "on": "celigo.integrations.create", "when": { "body": { "settings": matcher } }, "times": 2 }],
                "final": { "celigo.integrations": [{ "where": { "settings": matcher }, "count": 1 }] }
            }
        });
        let text = scenario.to_string();
        if bounded(input, || world.load_text("matcher.json", &text)).is_ok() {
            bounded(input, || {
                play(&world);
                let _ = world.report().to_string();
            });
        }
    })
}
