//! JSON that would end a server, or be taken now and break a reader later: refused at each door, with the world unchanged.

use allocation_counter::measure;
use serde_json::{Value, json};
use standin::{Rule, Standin, WorldHandle};

use crate::support::ask;

const CELIGO: [(&str, &str); 2] = [("authorization", "Bearer any-token"), ("content-type", "application/json")];
const EDLINK: [(&str, &str); 2] = [("authorization", "Bearer any-secret"), ("content-type", "application/json")];
const INTEGRATION: &str = "/v1/integrations/abc123";
/// The depth that a consumer's record may have, with the record itself.
const LEVELS: usize = 64;
/// The depth that any record may have.
const RECORD_LEVELS: usize = 80;

fn nested(levels: usize) -> Value {
    (0..levels).fold(json!(1), |inner, _| json!({ "a": inner }))
}

fn patched(world: &WorldHandle, patch: &Value) -> (u16, String) {
    let answer = world.answer("PATCH", INTEGRATION, &CELIGO, patch.to_string().as_bytes());
    (answer.status.unwrap(), String::from_utf8(answer.body).unwrap())
}

fn settings(world: &WorldHandle) -> Value {
    world.record("celigo.integrations", "abc123").unwrap().unwrap().to_value()["settings"].clone()
}

/// A patch that copies a value into itself, again and again.
fn doubling(times: usize, seed: &Value, from: &str, to: impl Fn(usize) -> String) -> Value {
    let begin = json!({ "op": "add", "path": "/settings", "value": { "a": seed } });
    let copies = (0..times).map(|n| json!({ "op": "copy", "from": from, "path": to(n) }));
    std::iter::once(begin).chain(copies).collect()
}

#[test]
fn a_patch_that_doubles_a_document_is_bounded_in_bytes() {
    let world = Standin::builder().offline().unwrap();
    let before = settings(&world);
    let inputs = [
        doubling(30, &json!("x".repeat(1_000)), "/settings", |n| format!("/settings/b{n}")),
        doubling(30, &json!(["x".repeat(1_000)]), "/settings/a", |_| "/settings/a/-".to_owned()),
        doubling(2_000, &json!("x".repeat(100_000)), "/settings/a", |_| "/settings/b".to_owned()),
    ];
    for patch in inputs {
        let mut answer = (0, String::new());
        let cost = measure(|| answer = patched(&world, &patch));
        // A copy is no operation that the service takes.
        assert_eq!(answer.0, 400, "{answer:?}");
        assert!(answer.1.contains("Op must be add, replace or remove"), "{answer:?}");
        assert!(cost.bytes_max < 100 << 20, "{} bytes at a time", cost.bytes_max);
        assert_eq!(settings(&world), before);
    }
}

#[test]
fn a_patch_that_moves_much_with_few_bytes_is_bounded_in_work() {
    let world = Standin::builder().offline().unwrap();
    let begin = json!({ "op": "add", "path": "/settings", "value": { "a": vec![0; 100_000] } });
    let inserts = (0..100).map(|_| json!({ "op": "add", "path": "/settings/a/0", "value": 0 }));
    let moves = (0..100).flat_map(|_| {
        [("/settings/a", "/settings/b"), ("/settings/b", "/settings/a")]
            .map(|(from, to)| json!({ "op": "move", "from": from, "path": to }))
    });
    let one = std::iter::once(begin.clone());
    assert_eq!(patched(&world, &one.clone().chain(inserts).collect()).0, 413);
    assert_eq!(patched(&world, &one.chain(moves.cycle().take(2_000)).collect()).0, 400, "a move is none it takes");
    let change = |op: &str, n: usize| json!({ "op": op, "path": format!("/settings/b/k{n}"), "value": 1 });
    let members = |many: usize| {
        let begin = json!({ "op": "add", "path": "/settings", "value": { "b": {} } });
        let changes = (0..many).map(|n| change("add", n)).chain((0..many).map(|n| change("remove", n)));
        std::iter::once(begin).chain(changes).collect::<Value>()
    };
    assert_eq!(patched(&world, &members(10_000)).0, 413, "each member that goes moves those behind it");
    assert_eq!(patched(&world, &members(2_000)).0, 204);
    let appends = (0..10_000).map(|n| json!({ "op": "add", "path": "/settings/a/-", "value": n }));
    let list = json!({ "op": "add", "path": "/settings", "value": { "a": [] } });
    assert_eq!(
        patched(&world, &std::iter::once(list).chain(appends).collect()).0,
        204,
        "what is appended moves nothing"
    );
    assert_eq!(patched(&world, &json!([begin])).0, 204, "a large value by itself is none of it");
}

#[test]
fn a_patch_that_doubles_the_depth_is_refused() {
    let world = Standin::builder().offline().unwrap();
    let before = settings(&world);
    let deepest = |levels: usize| format!("/settings{}", "/a".repeat(levels));
    let copies = (0..17).map(|n| json!({ "op": "copy", "from": "/settings", "path": deepest(1 << n) }));
    let begin = json!({ "op": "add", "path": "/settings", "value": { "a": 1 } });
    let (status, body) = patched(&world, &std::iter::once(begin.clone()).chain(copies).collect());
    assert!(status == 400 && body.contains("Op must be add, replace or remove"), "{status} {body}");
    let deep = json!({ "op": "add", "path": "/settings/a", "value": nested(LEVELS - 4) });
    let deeper = format!("/settings/a{}", "/a".repeat(LEVELS - 4));
    let deeper = json!({ "op": "add", "path": deeper, "value": nested(10) });
    let (status, body) = patched(&world, &json!([begin, deep, deeper]));
    assert!((400..=422).contains(&status) && body.contains("more than 64 levels deep"), "{status} {body}");
    assert_eq!(settings(&world), before);
}

#[test]
fn what_one_door_lets_in_every_reader_takes() {
    let standin = Standin::start();
    let world = standin.world();
    // The record is one level.
    let deepest = nested(LEVELS - 1);
    let body = json!({ "name": "Deep", "settings": deepest }).to_string();
    let made = world.answer("POST", "/v1/integrations", &CELIGO, body.as_bytes());
    assert_eq!(made.status, Some(201), "{}", made.json());
    let id = made.json()["_id"].as_str().unwrap().to_owned();
    world.patch("celigo.integrations", &id, json!({ "settings": nested(RECORD_LEVELS - 1) })).unwrap();
    let person = world.records("edlink.people").unwrap()[0].id().to_owned();
    world.patch("edlink.people", &person, json!({ "properties": nested(RECORD_LEVELS - 1) })).unwrap();
    let readers = [
        "/v1/audit?exclude=user",
        "/v1/audit?include=changes",
        "/v1/integrations?include=settings",
        &format!("/v1/integrations/{id}/audit"),
        &format!("/v1/integrations/{id}/template"),
    ];
    for target in readers {
        let status = world.answer("GET", target, &CELIGO, b"").status;
        assert!(status < Some(500), "{target}: {status:?}");
    }
    for target in ["/api/v2/graph/events", "/api/v2/graph/people?$expand=schools"] {
        let status = world.answer("GET", target, &EDLINK, b"").status;
        assert!(status < Some(500), "{target}: {status:?}");
    }
    let host = standin.address().to_string();
    let control = |method: &str, path: &str, body: &str| {
        ask(standin.address(), method, &format!("/_standin{path}"), &[("host", &host)], body)
    };
    for path in ["/data", "/journal", "/journal/1", "/coverage"] {
        assert_eq!(control("GET", path, "").status, 200, "{path}");
    }
    let all = control("GET", "/data/celigo.integrations", "").text();
    assert_eq!(control("PUT", "/data/celigo.integrations", &all).status, 204, "what is shown can be put back");
    assert_eq!(control("POST", "/verify", "").status, 200);
}

#[test]
fn deeper_than_that_is_refused_at_each_door() {
    let standin = Standin::start();
    let world = standin.world();
    let person = world.records("edlink.people").unwrap()[0].id().to_owned();
    let before = settings(&world);
    let records = world.records("celigo.integrations").unwrap().len();
    for levels in [LEVELS, RECORD_LEVELS, 94, 100, 126, 127, 10_000] {
        let deep = "[".repeat(levels) + &"]".repeat(levels);
        let body = format!("{{\"name\":\"Deep\",\"settings\":{deep}}}");
        for (method, target) in [("POST", "/v1/integrations"), ("PUT", INTEGRATION)] {
            let answer = world.answer(method, target, &CELIGO, body.as_bytes());
            let text = String::from_utf8(answer.body).unwrap();
            assert!(answer.status == Some(400) && text.contains("more than 64 levels deep"), "{levels}: {text}");
        }
        let patch = format!("[{{\"op\":\"add\",\"path\":\"/settings\",\"value\":{deep}}}]");
        assert_eq!(world.answer("PATCH", INTEGRATION, &CELIGO, patch.as_bytes()).status, Some(400));
        let filter = format!("/api/v2/graph/people?$filter={{\"id\":{deep}}}");
        assert_eq!(world.answer("GET", &filter, &EDLINK, b"").status, Some(400));
        if levels < RECORD_LEVELS {
            continue;
        }
        let host = standin.address().to_string();
        let control = |method: &str, path: &str, body: &str| {
            let target = format!("/_standin{path}");
            ask(standin.address(), method, &target, &[("host", &host)], body).status
        };
        let record = format!("{{\"settings\":{deep}}}");
        assert_eq!(control("PATCH", "/data/celigo.integrations/abc123", &record), 400, "{levels}");
        assert_eq!(control("PUT", "/data/celigo.integrations/new", &body), 400);
        assert_eq!(control("PATCH", &format!("/data/edlink.people/{person}"), &record.replace("settings", "x")), 400);
        assert_eq!(control("PUT", "/data/celigo.integrations", &format!("[{body}]")), 400);
        assert_eq!(control("PUT", "/faults", &deep), 400);
        let scenario = format!(
            "{{\"scenario\":1,\"api\":[\"celigo\"],\"data\":{{\"add\":{{\"celigo.integrations\":[{body}]}}}}}}"
        );
        assert_eq!(control("PUT", "/scenario", &scenario), 400);
        assert_eq!(control("POST", "/worlds", &format!("{{\"scenario\":{scenario}}}")), 400);
        assert!(world.load_text("deep.json", &scenario).is_err());
    }
    assert_eq!(settings(&world), before);
    assert_eq!(world.records("celigo.integrations").unwrap().len(), records);
}

#[test]
fn members_are_bounded_before_anything_is_made_of_them() {
    let world = Standin::builder().body_members(1_000).offline().unwrap();
    let body = |members: usize| {
        let list = vec!["[]"; members].join(",");
        format!("{{\"name\":\"Wide\",\"settings\":{{\"a\":[{list}]}}}}")
    };
    assert_eq!(world.answer("POST", "/v1/integrations", &CELIGO, body(400).as_bytes()).status, Some(201));
    let large = body(1_000_000);
    let mut status = None;
    let cost = measure(|| status = world.answer("POST", "/v1/integrations", &CELIGO, large.as_bytes()).status);
    assert_eq!(status, Some(400));
    // The journal keeps the body, and grows by doubling.
    assert!(cost.bytes_max < 4 * large.len() as u64, "{} bytes for {}", cost.bytes_max, large.len());
}

#[test]
fn numbers_that_nothing_can_hold_are_refused_at_each_door() {
    let world = Standin::builder().offline().unwrap();
    for number in ["1e400", "-1e999", "1e99999999999999999999", "NaN", "Infinity", "1.", "01"] {
        let body = format!("{{\"name\":\"n\",\"settings\":{{\"a\":{number}}}}}");
        assert_eq!(world.answer("POST", "/v1/integrations", &CELIGO, body.as_bytes()).status, Some(400), "{number}");
        let patch = format!("[{{\"op\":\"add\",\"path\":\"/settings/a\",\"value\":{number}}}]");
        assert_eq!(world.answer("PATCH", INTEGRATION, &CELIGO, patch.as_bytes()).status, Some(400), "{number}");
        let scenario = format!("{{\"scenario\":1,\"api\":[\"celigo\"],\"seed\":{number}}}");
        assert!(world.load_text("number.json", &scenario).is_err(), "{number}");
    }
    let digits = "9".repeat(1_000_000);
    let body = format!("{{\"name\":\"n\",\"settings\":{{\"a\":0.{digits}}}}}");
    assert_eq!(world.answer("POST", "/v1/integrations", &CELIGO, body.as_bytes()).status, Some(201));
}

#[test]
fn merges_cannot_make_a_record_larger_than_a_body() {
    let world = Standin::builder().body_limit(10_000).offline().unwrap();
    let refused = (0..100).find_map(|n| {
        let more = json!({ "settings": { format!("a{n}"): "x".repeat(1_000) } });
        world.patch("celigo.integrations", "abc123", more).err()
    });
    assert_eq!(refused.unwrap().message(), "the body is larger than 10000 bytes");
    assert!(settings(&world).to_string().len() < 10_000);
}

#[test]
fn a_control_body_over_the_limit_is_refused_not_cut() {
    let standin = Standin::builder().body_limit(1_000).start();
    let host = standin.address().to_string();
    // Cut after the limit, it would be a good body.
    let body = "{}".to_owned() + &" ".repeat(2_000);
    for (method, path) in [("POST", "/reset"), ("PUT", "/data"), ("POST", "/worlds"), ("POST", "/verify")] {
        let answer = ask(standin.address(), method, &format!("/_standin{path}"), &[("host", &host)], &body);
        assert_eq!((answer.status, answer.json()["error"]["code"].as_str()), (413, Some("too_large")), "{path}");
    }
}

#[test]
fn each_service_takes_bodies_as_large_as_it_says_unless_a_setting_does() {
    const MIB: usize = 1024 * 1024;
    let answers = |world: &standin::WorldHandle, bytes: usize| {
        let body = format!(r#"{{"name":"{}"}}"#, "x".repeat(bytes));
        let headers =
            [("authorization", "Bearer HZ4MR8NyjdPiP9g8l6gKXT5Kjk9FlJa7"), ("content-type", "application/json")];
        let class = "/api/v2/graph/classes/e418b60d-dbff-4bca-bcc0-4b61b54c0ffb/assignments";
        ["/v1/scripts", class].map(|path| world.answer("POST", path, &headers, body.as_bytes()).status.unwrap())
    };
    let usual = Standin::builder().offline().unwrap();
    assert_eq!(answers(&usual, 9 * MIB), [400, 400]);
    assert_eq!(answers(&usual, 11 * MIB), [413, 400]);
    assert_eq!(answers(&usual, 33 * MIB), [413, 413]);
    let set = Standin::builder().body_limit(20 * MIB).offline().unwrap();
    assert_eq!(answers(&set, 11 * MIB), [400, 400]);
    assert_eq!(answers(&set, 21 * MIB), [413, 413]);
}

#[test]
fn a_panic_that_quotes_a_secret_shows_none() {
    let standin = Standin::start();
    let world = standin.world();
    world.fault(Rule::on("celigo.integrations.create").answer(|request, _| {
        panic!("cannot read {} of {:?}", request.body().map(ToString::to_string).unwrap_or_default(), request.token())
    }));
    let headers = [("authorization", "Bearer CANARY-token-0123456789"), ("content-type", "application/json")];
    let body = br#"{"name":"x","password":"CANARY-password","settings":{"a":[{"client_secret":"CANARY-deep"}]}}"#;
    let answer = world.answer("POST", "/v1/integrations", &headers, body);
    assert_eq!(answer.status, Some(500));
    let entry = ask(standin.address(), "GET", "/_standin/journal/1", &[("host", &standin.address().to_string())], "");
    let shown = [String::from_utf8_lossy(&answer.body).into_owned(), entry.text()].concat();
    assert!(shown.contains("cannot read"), "{shown}");
    for canary in ["CANARY-password", "CANARY-deep", "CANARY-token-012345"] {
        assert!(!shown.contains(canary), "{canary}: {shown}");
    }
}
