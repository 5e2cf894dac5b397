//! Every key of the format changes what happens.
//!
//! For each key there is a scenario that has it, and the same scenario without it. A fixed consumer plays both, and what
//! it sees, or what the report says, must differ. The keys are taken from the published schema: one that nobody wrote a
//! case for fails.

use std::collections::BTreeSet;

use crate::consumers::Consumer;
use serde_json::{Value, json};
use standin::{Standin, WorldHandle};

const LIST: &str = "celigo.integrations.list";
const ONE: &str = "65a000000000000000000001";

/// Returns the answers that the consumer sees, and the report without coverage.
fn played(scenario: &Value) -> String {
    let world = Standin::builder().seed(0).offline().unwrap();
    let scenario = scenario.to_string();
    let world: WorldHandle = match world.load_text("keys.json", &scenario) {
        Ok(_) => world,
        Err(error) => return format!("refused: {error}"),
    };
    let mut seen = String::new();
    let celigo = Consumer::celigo(&world);
    let other = Consumer::with_token(&world, "other-token");
    let mut note = |answer: standin::Answer| {
        seen += &format!(
            "{} {:?} {}\n",
            answer.status.unwrap_or_default(),
            answer.headers,
            String::from_utf8_lossy(&answer.body)
        );
    };
    for target in ["/v1/integrations", "/v1/integrations?limit=2", "/v1/integrations?limit=2"] {
        note(celigo.get(target));
    }
    for target in ["/v1/integrations?limit=2&offset=2", "/v1/flows"] {
        note(other.get(target));
    }
    note(celigo.get(&format!("/v1/integrations/{ONE}")));
    note(celigo.put(&format!("/v1/integrations/{ONE}"), &json!({ "name": "Renamed", "strange": [1] })));
    note(celigo.post("/v1/integrations", &json!({ "description": "no name" })));
    note(celigo.post("/v1/integrations", &json!({ "description": "no name" })));
    note(Consumer::with_token(&world, "secret").get("/api/v1/integrations"));
    for _ in 0..8 {
        note(celigo.get("/v1/integrations?limit=1"));
    }
    world.advance(std::time::Duration::from_secs(60));
    note(celigo.get("/v1/integrations?limit=1"));
    // Delay and speed of answers show only on the wire and in the journal.
    let entries = world
        .journal()
        .iter()
        .map(|call| format!("{:?} {} {}", call.delivery, call.delay_ms, call.at))
        .collect::<Vec<_>>();
    let mut report = world.report();
    report.coverage.clear();
    let mut report = serde_json::to_value(report).unwrap();
    // Lines move when a key goes.
    for check in report["checks"].as_array_mut().unwrap() {
        check["line"] = Value::Null;
    }
    format!("{seen}{}{report}", entries.join("\n"))
}

/// The scenario without what stands at that path.
fn without(scenario: &Value, path: &str) -> Value {
    let mut changed = scenario.clone();
    let (above, key) = path.rsplit_once('/').unwrap();
    let object = changed.pointer_mut(above).and_then(Value::as_object_mut).unwrap_or_else(|| panic!("no {above}"));
    object.remove(key).unwrap_or_else(|| panic!("no {path}"));
    changed
}

fn base(more: &Value) -> Value {
    let mut scenario = json!({
        "scenario": 1,
        "api": "celigo",
        "data": { "add": { "celigo.integrations": [
            { "_id": ONE, "name": "One", "description": "first", "flowGroupings": [{ "name": "A" }] },
            { "name": "Two" }, { "name": "Three" }
        ] } }
    });
    for (key, value) in more.as_object().unwrap() {
        scenario[key] = value.clone();
    }
    scenario
}

fn rule(more: &Value) -> Value {
    let mut rule = json!({ "id": "r", "on": LIST, "do": { "respond": { "status": 503, "undocumented": true } } });
    for (key, value) in more.as_object().unwrap() {
        rule[key] = value.clone();
    }
    rule
}

fn fault(more: &Value) -> Value {
    base(&json!({ "faults": [rule(more)] }))
}

fn expect(expect: &Value) -> Value {
    base(&json!({ "expect": expect }))
}

fn when(when: &Value) -> Value {
    fault(&json!({ "when": when }))
}

fn body(matcher: &Value) -> Value {
    fault(&json!({ "on": ["celigo.integrations.update", "celigo.integrations.create"], "when": { "body": matcher } }))
}

/// The key in the schema, the scenario, and where it has the key.
fn cases() -> Vec<(&'static str, Value, &'static str)> {
    let steps = |first: Value| {
        base(&json!({ "steps": [first, { "name": "second", "faults": [rule(&json!({}))] }, { "name": "third" }] }))
    };
    let two_steps = json!([{ "name": "first", "ends": { "on": LIST, "calls": 2 } }, { "name": "second" }]);
    vec![
        ("api", base(&json!({})), "/api"),
        ("scenario", base(&json!({})), "/scenario"),
        ("name", base(&json!({ "name": "named" })), "/name"),
        (
            "seed",
            fault(&json!({ "at": { "p": 0.3 } }))
                .as_object()
                .map(|it| {
                    let mut it = it.clone();
                    it.insert("seed".into(), 9.into());
                    Value::Object(it)
                })
                .unwrap(),
            "/seed",
        ),
        ("profile", base(&json!({ "profile": { "celigo": "live" } })), "/profile"),
        ("profile.celigo", base(&json!({ "profile": { "celigo": "live" } })), "/profile/celigo"),
        (
            "profile.edlink",
            base(&json!({ "profile": { "edlink": "live" }, "tokens": { "edlink": { "secrets": ["x"] } } })),
            "/profile/edlink",
        ),
        ("tokens", base(&json!({ "tokens": { "celigo": ["any-token"] } })), "/tokens"),
        ("tokens.celigo", base(&json!({ "tokens": { "celigo": ["any-token"] } })), "/tokens/celigo"),
        (
            "tokens.celigo.token",
            base(&json!({ "tokens": { "celigo": [{ "token": "any-token" }] } })),
            "/tokens/celigo/0/token",
        ),
        (
            "tokens.celigo.integrations",
            base(&json!({ "tokens": { "celigo": [{ "token": "any-token", "integrations": [ONE] }] } })),
            "/tokens/celigo/0/integrations",
        ),
        (
            "tokens.celigo.access",
            base(&json!({ "tokens": { "celigo": [{ "token": "any-token", "access": "monitor" }] } })),
            "/tokens/celigo/0/access",
        ),
        ("tokens.edlink", base(&json!({ "tokens": { "edlink": { "secrets": ["x"] } } })), "/tokens/edlink"),
        (
            "tokens.edlink.secrets",
            base(&json!({ "tokens": { "edlink": { "secrets": ["x"] } } })),
            "/tokens/edlink/secrets",
        ),
        (
            "tokens.edlink.secret",
            base(&json!({ "tokens": { "edlink": { "secrets": [{ "secret": "secret" }] } } })),
            "/tokens/edlink/secrets/0/secret",
        ),
        ("tokens.edlink.integrations", edlink(), "/tokens/edlink/secrets/0/integrations"),
        ("clock", base(&json!({ "clock": { "mode": "frozen" } })), "/clock"),
        ("clock.mode", base(&json!({ "clock": { "mode": "frozen" } })), "/clock/mode"),
        ("clock.at", base(&json!({ "clock": { "at": "2025-01-01T00:00:00Z" } })), "/clock/at"),
        ("clock.step_ms", base(&json!({ "clock": { "step_ms": 100 } })), "/clock/step_ms"),
        ("data", base(&json!({})), "/data"),
        (
            "data.from",
            base(&json!({ "data": { "from": "celigo/default", "patch": { "celigo.integrations": {} } } })),
            "/data/from",
        ),
        ("data.add", base(&json!({})), "/data/add"),
        ("data.generate", generated(), "/data/generate"),
        ("data.generate.count", generated(), "/data/generate/celigo.integrations/count"),
        ("data.generate.like", generated(), "/data/generate/celigo.integrations/like"),
        (
            "data.patch",
            changed(&json!({ "patch": { "celigo.integrations": { "#2": { "name": "Patched" } } } })),
            "/data/patch",
        ),
        ("data.remove", changed(&json!({ "remove": { "celigo.integrations": ["#2"] } })), "/data/remove"),
        ("faults", fault(&json!({})), "/faults"),
        ("fault.id", fault(&json!({})), "/faults/0/id"),
        ("fault.on", fault(&json!({})), "/faults/0/on"),
        ("fault.do", fault(&json!({})), "/faults/0/do"),
        ("fault.when", when(&json!({ "query": { "limit": "1" } })), "/faults/0/when"),
        ("fault.at", fault(&json!({ "at": { "nth": 2 } })), "/faults/0/at"),
        ("fault.limit", fault(&json!({ "limit": 2 })), "/faults/0/limit"),
        ("fault.phase", fault(&json!({ "on": "celigo.integrations.update", "phase": "after" })), "/faults/0/phase"),
        ("fault.optional", fault(&json!({ "on": "celigo.scripts.list", "optional": true })), "/faults/0/optional"),
        (
            "when.params",
            fault(&json!({ "on": "celigo.integrations.get", "when": { "params": { "id": "other" }, "query": {} } })),
            "/faults/0/when/params",
        ),
        ("when.query", when(&json!({ "query": { "limit": "1" }, "params": {} })), "/faults/0/when/query"),
        (
            "when.headers",
            when(&json!({ "headers": { "Authorization": { "@glob": "*other*" } }, "params": {} })),
            "/faults/0/when/headers",
        ),
        (
            "when.body",
            fault(&json!({ "on": "celigo.integrations.create", "when": { "body": { "name": "x" }, "params": {} } })),
            "/faults/0/when/body",
        ),
        ("when.token", when(&json!({ "token": "other-token", "params": {} })), "/faults/0/when/token"),
        ("at.nth", fault(&json!({ "at": { "nth": 2 } })), "/faults/0/at/nth"),
        ("at.every", fault(&json!({ "at": { "every": 2 } })), "/faults/0/at/every"),
        ("at.from", fault(&json!({ "at": { "from": 2, "to": 3 } })), "/faults/0/at/from"),
        ("at.to", fault(&json!({ "at": { "from": 2, "to": 3 } })), "/faults/0/at/to"),
        ("at.p", fault(&json!({ "at": { "p": 0.5 } })), "/faults/0/at/p"),
        ("do.error", effect(&json!({ "error": "rate_limited", "delay_ms": 1 })), "/faults/0/do/error"),
        ("do.with", effect(&json!({ "error": "rate_limited", "with": { "retry_after_s": 9 } })), "/faults/0/do/with"),
        (
            "with.message",
            effect(&json!({ "error": "rate_limited", "with": { "message": "m" } })),
            "/faults/0/do/with/message",
        ),
        (
            "with.field",
            effect(&json!({ "error": "invalid_query_params", "with": { "field": "f" } })),
            "/faults/0/do/with/field",
        ),
        (
            "with.retry_after_s",
            effect(&json!({ "error": "rate_limited", "with": { "retry_after_s": 9 } })),
            "/faults/0/do/with/retry_after_s",
        ),
        (
            "do.respond",
            effect(&json!({ "respond": { "status": 200, "body": 1 }, "delay_ms": 1 })),
            "/faults/0/do/respond",
        ),
        ("respond.status", effect(&json!({ "respond": { "status": 200 } })), "/faults/0/do/respond/status"),
        (
            "respond.headers",
            effect(&json!({ "respond": { "status": 200, "headers": { "x-a": "b" } } })),
            "/faults/0/do/respond/headers",
        ),
        ("respond.body", effect(&json!({ "respond": { "status": 200, "body": [] } })), "/faults/0/do/respond/body"),
        (
            "respond.undocumented",
            effect(&json!({ "respond": { "status": 503, "undocumented": true } })),
            "/faults/0/do/respond/undocumented",
        ),
        ("do.abort", effect(&json!({ "abort": "close", "delay_ms": 1 })), "/faults/0/do/abort"),
        ("do.tls", effect(&json!({ "tls": "expired", "delay_ms": 1 })), "/faults/0/do/tls"),
        ("do.delay_ms", effect(&json!({ "abort": "close", "delay_ms": 1 })), "/faults/0/do/delay_ms"),
        (
            "do.slow_bytes_per_s",
            effect(&json!({ "delay_ms": 1, "slow_bytes_per_s": 5 })),
            "/faults/0/do/slow_bytes_per_s",
        ),
        ("steps", base(&json!({ "steps": two_steps })), "/steps"),
        ("step.name", base(&json!({ "steps": two_steps })), "/steps/0/name"),
        (
            "step.data",
            steps(json!({ "name": "first", "data": { "remove": { "celigo.integrations": ["#1"] } } })),
            "/steps/0/data",
        ),
        (
            "step.faults",
            steps(json!({ "name": "first", "faults": [{ "id": "s", "on": LIST, "do": { "abort": "close" } }] })),
            "/steps/0/faults",
        ),
        ("step.ends", steps(json!({ "name": "first", "ends": { "on": LIST } })), "/steps/0/ends"),
        ("ends.on", steps(json!({ "name": "first", "ends": { "on": LIST } })), "/steps/0/ends/on"),
        (
            "ends.when",
            steps(json!({ "name": "first", "ends": { "on": LIST, "when": { "query": { "limit": "1" } } } })),
            "/steps/0/ends/when",
        ),
        (
            "ends.status",
            steps(json!({ "name": "first", "ends": { "on": "celigo.*", "status": 400 } })),
            "/steps/0/ends/status",
        ),
        ("ends.calls", steps(json!({ "name": "first", "ends": { "on": LIST, "calls": 3 } })), "/steps/0/ends/calls"),
        ("ends.after_ms", steps(json!({ "name": "first", "ends": { "after_ms": 30000 } })), "/steps/0/ends/after_ms"),
        ("ends.to", steps(json!({ "name": "first", "ends": { "on": LIST, "to": "third" } })), "/steps/0/ends/to"),
        ("perturb", perturb(&json!({ "unknown_fields": true })), "/perturb"),
        ("perturb.on", perturb(&json!({ "on": "celigo.integrations.get", "unknown_fields": true })), "/perturb/on"),
        ("perturb.unknown_fields", perturb(&json!({ "unknown_fields": true })), "/perturb/unknown_fields"),
        ("perturb.reorder_keys", perturb(&json!({ "reorder_keys": true })), "/perturb/reorder_keys"),
        ("perturb.omit_optional", perturb(&json!({ "omit_optional": 1 })), "/perturb/omit_optional"),
        ("perturb.null_nullable", enumerated(&json!({ "null_nullable": 1 })), "/perturb/null_nullable"),
        ("perturb.new_enum_values", enumerated(&json!({ "new_enum_values": true })), "/perturb/new_enum_values"),
        ("matcher.@any", body(&json!({ "strange": { "@any": true } })), "/faults/0/when/body/strange/@any"),
        ("matcher.@absent", body(&json!({ "name": { "@absent": true } })), "/faults/0/when/body/name/@absent"),
        ("matcher.@not", body(&json!({ "name": { "@not": "Renamed" } })), "/faults/0/when/body/name/@not"),
        ("matcher.@in", body(&json!({ "name": { "@in": ["Renamed"] } })), "/faults/0/when/body/name/@in"),
        ("matcher.@glob", body(&json!({ "name": { "@glob": "Ren*" } })), "/faults/0/when/body/name/@glob"),
        ("matcher.@type", body(&json!({ "name": { "@type": "string" } })), "/faults/0/when/body/name/@type"),
        ("matcher.@len", body(&json!({ "name": { "@len": 7 } })), "/faults/0/when/body/name/@len"),
        ("matcher.@exact", body(&json!({ "@exact": { "description": "no name" } })), "/faults/0/when/body/@exact"),
        ("matcher.@has", body(&json!({ "strange": { "@has": [1] } })), "/faults/0/when/body/strange/@has"),
        (
            "range.min",
            body(&json!({ "name": { "@len": { "min": 9, "max": 20 } } })),
            "/faults/0/when/body/name/@len/min",
        ),
        (
            "range.max",
            body(&json!({ "name": { "@len": { "min": 1, "max": 3 } } })),
            "/faults/0/when/body/name/@len/max",
        ),
        ("expect", expect(&json!({ "only": LIST })), "/expect"),
        ("expect.calls", expect(&json!({ "only": LIST, "calls": [{ "on": "celigo.scripts.list" }] })), "/expect/calls"),
        ("call.id", expect(&json!({ "calls": [{ "id": "a", "on": LIST }] })), "/expect/calls/0/id"),
        ("call.on", expect(&json!({ "calls": [{ "on": "celigo.scripts.list" }] })), "/expect/calls/0/on"),
        (
            "call.when",
            expect(&json!({ "calls": [{ "on": LIST, "when": { "query": { "limit": "9" } } }] })),
            "/expect/calls/0/when",
        ),
        (
            "call.fault",
            with_rule(&json!({ "calls": [{ "on": "celigo.*", "fault": "r", "times": 1 }] })),
            "/expect/calls/0/fault",
        ),
        (
            "call.step",
            base(&json!({ "steps": two_steps, "expect": { "calls": [{ "on": LIST, "step": "first", "times": 1 }] } })),
            "/expect/calls/0/step",
        ),
        ("call.status", expect(&json!({ "calls": [{ "on": LIST, "status": 404 }] })), "/expect/calls/0/status"),
        (
            "call.outcome",
            expect(&json!({ "calls": [{ "on": LIST, "outcome": "gave_up" }] })),
            "/expect/calls/0/outcome",
        ),
        ("call.times", expect(&json!({ "calls": [{ "on": LIST, "times": 1 }] })), "/expect/calls/0/times"),
        (
            "expect.order",
            expect(
                &json!({ "calls": [{ "id": "a", "on": "celigo.flows.list" }, { "id": "b", "on": "celigo.scripts.list", "times": 0 }], "order": [["a", "b"]] }),
            ),
            "/expect/order",
        ),
        ("data.recreate", changed(&json!({ "recreate": { "celigo.integrations": ["#2"] } })), "/data/recreate"),
        ("lag", lag(&json!({ "calls": 2 })), "/lag"),
        ("lag.on", lag(&json!({ "calls": 2 })), "/lag/0/on"),
        ("lag.calls", lag(&json!({ "calls": 2 })), "/lag/0/calls"),
        ("lag.ms", lag(&json!({ "ms": 5 })), "/lag/0/ms"),
        ("extends", base(&json!({ "extends": "celigo-lost-create" })), "/extends"),
        ("conduct.backoff", unanswered(), "/expect/conduct/backoff"),
        ("backoff.min_ms", unanswered(), "/expect/conduct/backoff/min_ms"),
        ("backoff.factor", unanswered(), "/expect/conduct/backoff/factor"),
        ("perturb.fields", drift(&json!({ "gone": true })), "/perturb/fields"),
        ("field.of", drift(&json!({ "gone": true })), "/perturb/fields/0/of"),
        ("field.field", drift(&json!({ "gone": true })), "/perturb/fields/0/field"),
        ("field.gone", drift(&json!({ "gone": true })), "/perturb/fields/0/gone"),
        ("field.type", drift(&json!({ "type": "null" })), "/perturb/fields/0/type"),
        ("expect.only", expect(&json!({ "only": LIST, "calls": [{ "on": LIST }] })), "/expect/only"),
        (
            "expect.conduct",
            expect(&json!({ "only": "celigo.*", "conduct": { "no_retry_on": [400] } })),
            "/expect/conduct",
        ),
        ("conduct.retry_after", throttled(&json!({ "retry_after": "honour" })), "/expect/conduct/retry_after"),
        ("conduct.paging", throttled(&json!({ "paging": "follow_next" })), "/expect/conduct/paging"),
        ("conduct.no_retry_on", expect(&json!({ "conduct": { "no_retry_on": [400] } })), "/expect/conduct/no_retry_on"),
        ("conduct.max_attempts", throttled(&json!({ "max_attempts": 1 })), "/expect/conduct/max_attempts"),
        (
            "conduct.unknown_fields",
            expect(&json!({ "conduct": { "unknown_fields": "forbid" } })),
            "/expect/conduct/unknown_fields",
        ),
        (
            "expect.final",
            expect(&json!({ "only": "celigo.*", "final": { "celigo.integrations": [{ "count": 9 }] } })),
            "/expect/final",
        ),
        (
            "final.where",
            expect(&json!({ "final": { "celigo.integrations": [{ "where": { "name": "Two" }, "count": 1 }] } })),
            "/expect/final/celigo.integrations/0/where",
        ),
        (
            "final.count",
            expect(&json!({ "final": { "celigo.integrations": [{ "count": 9 }] } })),
            "/expect/final/celigo.integrations/0/count",
        ),
        (
            "expect.cover",
            expect(&json!({ "only": "celigo.*", "cover": ["celigo.integrations.update conflict"] })),
            "/expect/cover",
        ),
        (
            "expect.reach",
            base(&json!({ "steps": two_steps, "expect": { "only": "celigo.*", "reach": "first" } })),
            "/expect/reach",
        ),
    ]
}

fn generated() -> Value {
    base(&json!({ "data": { "generate": { "celigo.integrations": { "count": 3, "like": { "sandbox": true } } } } }))
}

fn changed(more: &Value) -> Value {
    let mut scenario = base(&json!({}));
    for (key, value) in more.as_object().unwrap() {
        scenario["data"][key] = value.clone();
    }
    scenario
}

fn effect(effect: &Value) -> Value {
    fault(&json!({ "do": effect }))
}

fn perturb(perturb: &Value) -> Value {
    base(&json!({ "perturb": perturb }))
}

/// Edlink has nullable and enumerated fields.
fn enumerated(perturb: &Value) -> Value {
    json!({ "scenario": 1, "api": ["celigo", "edlink"], "perturb": perturb })
}

fn edlink() -> Value {
    let integrations = ["77a69705-41a7-49cb-0fe8-ffd425f9716f"];
    json!({ "scenario": 1, "api": ["celigo", "edlink"], "tokens": { "edlink": { "secrets": [{ "secret": "secret", "integrations": integrations }] } } })
}

fn with_rule(expect: &Value) -> Value {
    base(&json!({ "faults": [rule(&json!({ "at": { "nth": 1 } }))], "expect": expect }))
}

/// Several identical calls are refused; and one call has a cursor that nobody issued.
fn throttled(conduct: &Value) -> Value {
    let throttle =
        rule(&json!({ "at": { "from": 4 }, "do": { "error": "rate_limited", "with": { "retry_after_s": 5 } } }));
    base(&json!({ "faults": [throttle], "expect": { "conduct": conduct, "only": "celigo.*" } }))
}

/// Several identical calls get no answer.
fn unanswered() -> Value {
    let silence = rule(&json!({ "at": { "from": 2 }, "do": { "abort": "close" } }));
    let conduct = json!({ "backoff": { "min_ms": 1_000, "factor": 2 } });
    base(&json!({ "faults": [silence], "expect": { "conduct": conduct, "only": "celigo.*" } }))
}

/// Lists see a change later.
fn lag(span: &Value) -> Value {
    let mut lag = span.clone();
    lag["on"] = json!(LIST);
    base(&json!({ "lag": [lag] }))
}

/// The name of integrations is not what the documents say.
fn drift(change: &Value) -> Value {
    let mut field = json!({ "of": "celigo.integrations", "field": "name" });
    for (key, value) in change.as_object().unwrap() {
        field[key] = value.clone();
    }
    perturb(&json!({ "fields": [field] }))
}

#[test]
fn leaving_a_key_out_changes_what_happens() {
    let mut idle = Vec::new();
    for (key, scenario, path) in cases() {
        let whole = played(&scenario);
        assert!(!whole.starts_with("refused"), "{key}: {whole}");
        if whole == played(&without(&scenario, path)) {
            idle.push(key);
        }
    }
    assert!(idle.is_empty(), "these keys change nothing: {idle:?}");
}

/// Keys that are for people and tools, or for the probe, which has tests of its own.
const ELSEWHERE: &[&str] = &["$schema", "about", "probe", "writes", "token_env", "ignore", "bind", "cleanup"];

#[test]
fn every_key_of_the_schema_has_a_case() {
    let schema = std::fs::read_to_string("src/scenario/scenario-1.schema.json").unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let mut keys = BTreeSet::new();
    collect(&schema, &mut keys);
    let cases = cases();
    let tested: BTreeSet<&str> = cases.iter().map(|(key, ..)| key.rsplit('.').next().unwrap()).collect();
    let untested: Vec<&String> =
        keys.iter().filter(|key| !tested.contains(key.as_str()) && !ELSEWHERE.contains(&key.as_str())).collect();
    assert!(untested.is_empty(), "{untested:?}");
}

fn collect(schema: &Value, keys: &mut BTreeSet<String>) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::Object(properties)) = fields.get("properties") {
                keys.extend(properties.keys().cloned());
            }
            fields.values().for_each(|value| collect(value, keys));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, keys)),
        _ => {}
    }
}
