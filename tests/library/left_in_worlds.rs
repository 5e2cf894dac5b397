//! The things that control clients leave in worlds are shared where they can be, and counted.

use allocation_counter::measure;
use serde_json::{Value, json};
use standin::{Standin, WorldHandle};

const CELIGO: [(&str, &str); 1] = [("authorization", "Bearer any-token")];

/// A scenario with that many rules which never fire.
fn with_rules(many: usize, on: &str) -> String {
    let rule = |n| json!({ "id": format!("r{n}"), "on": on, "at": { "nth": 1_000_000 }, "do": { "abort": "reset" } });
    let rules: Value = (0..many).map(rule).collect();
    json!({ "scenario": 1, "api": ["celigo", "edlink"], "faults": rules }).to_string()
}

fn playing(world: WorldHandle, scenario: &str) -> WorldHandle {
    world.load_text("s.json", scenario).unwrap();
    world
}

#[test]
fn rules_on_all_operations_cost_what_rules_on_one_do() {
    let cost = |on: &str| {
        let world = Standin::builder().offline().unwrap();
        let text = with_rules(1_000, on);
        let mut loaded = None;
        let held = measure(|| loaded = Some(playing(world, &text))).bytes_current;
        let world = loaded.unwrap();
        let mut fork = None;
        let forked = measure(|| fork = Some(world.fork())).bytes_current;
        println!("on {on}: {held} bytes, a fork {forked}");
        (held, forked)
    };
    let (one, all) = (cost("celigo.flows.list"), cost("*"));
    assert!(all.0 < one.0 * 3 / 2, "{one:?} {all:?}");
    assert!(one.1 < 128 << 10 && all.1 < 128 << 10, "a fork has counters of its own, and no more: {one:?} {all:?}");
}

#[test]
fn rules_on_some_operations_are_not_those_of_others() {
    let world = Standin::builder().offline().unwrap();
    let rule = |id: &str, on: Value| json!({ "id": id, "on": on, "do": { "delay_ms": 1 } });
    let rules = [
        rule("all", json!("*")),
        rule("celigo", json!("celigo.*")),
        rule("flows", json!("celigo.flows.*")),
        rule("list", json!("celigo.flows.list")),
        rule("edlink", json!("edlink.*")),
        rule("lists", json!(["celigo.flows.list", "celigo.exports.list"])),
    ];
    let world = playing(world, &json!({ "scenario": 1, "api": ["celigo", "edlink"], "faults": rules }).to_string());
    for (target, wanted) in [
        ("/v1/flows", &["all", "celigo", "flows", "list", "lists"][..]),
        ("/v1/exports", &["all", "celigo", "lists"]),
        ("/v1/flows/abc", &["all", "celigo", "flows"]),
        ("/api/v2/graph/people", &["all", "edlink"]),
    ] {
        world.answer("GET", target, &CELIGO, b"");
        let entry = world.journal().pop().unwrap();
        assert_eq!(entry.slowed_by, wanted, "{target}");
    }
}

#[test]
fn verdicts_on_many_rules_count_with_the_calls_that_they_are_about() {
    let bound = 4 << 20;
    let world = Standin::builder().journal_entries(100_000).journal_bytes(bound).offline().unwrap();
    let world = playing(world, &with_rules(500, "celigo.flows.list"));
    let call = |times: usize| {
        (0..times).for_each(|_| assert_eq!(world.answer("GET", "/v1/flows?limit=1", &CELIGO, b"").status, Some(200)));
    };
    call(1);
    let held = measure(|| call(2_000));
    println!("{} bytes held, {} calls lost", held.bytes_current, world.journal_lost());
    assert!(held.bytes_max < 2 * u64::try_from(bound).unwrap(), "{} bytes", held.bytes_max);
    assert!(world.journal_lost() > 1_000, "{} lost", world.journal_lost());
    assert!(!world.journal().is_empty());
}

/// Sends a control request: the method, the path and the body; returns the status, and what is said.
type Control<'c> = &'c dyn Fn(&str, &str, &Value) -> (u16, String);

/// Sends requests to a server whose worlds may be left a megabyte until one is refused, and returns the number of those
/// before it. After the `remedy`, one is taken again.
fn until_full(send: fn(Control<'_>, usize) -> (u16, String), remedy: (&str, &str)) -> usize {
    let standin = Standin::builder().total_control_bytes(1 << 20).start();
    let (at, host) = (standin.address(), standin.address().to_string());
    let control = |method: &str, path: &str, body: &Value| {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let path = format!("/_standin{path}");
        let answer = crate::support::ask(at, method, &path, &[("host", &host)], &body);
        (answer.status, String::from_utf8_lossy(&answer.body).into_owned())
    };
    let (taken, said) = (0..2_000)
        .find_map(|n| {
            let (status, said) = send(&control, n);
            assert!(status < 300 || status == 507, "{status} {said}");
            (status == 507).then_some((n, said))
        })
        .expect("one is refused");
    assert!(said.contains("1048576 bytes in all worlds") && said.contains("total-control-bytes"), "{said}");
    let freed = control(remedy.0, remedy.1, &Value::Null);
    assert!(freed.0 < 300, "{freed:?}");
    let again = send(&control, 5_000);
    assert!(again.0 < 300, "{again:?}");
    taken
}

/// Makes a world of the label `many` if it is not there, and sends a request to it.
fn in_world(control: Control<'_>, world: &str, (method, path): (&str, &str), body: &Value) -> (u16, String) {
    let made = control("PUT", &format!("/worlds/{world}"), &json!({ "label": "many" }));
    if made.0 < 300 { control(method, &format!("/worlds/{world}{path}"), body) } else { made }
}

fn long_rule(n: usize) -> Value {
    let text = "x".repeat(10_000);
    json!({ "id": format!("r{n}"), "on": "celigo.flows.list", "when": { "query": { "q": text } }, "do": { "abort": "reset" } })
}

#[test]
fn rules_calls_scenarios_snapshots_and_webhooks_are_bounded_together() {
    let rules = until_full(|control, n| control("POST", "/faults", &long_rule(n)), ("DELETE", "/faults"));
    let calls = until_full(
        |control, _| {
            let call = json!({ "on": "celigo.flows.list", "when": { "query": { "q": "x".repeat(10_000) } } });
            control("POST", "/expect", &call)
        },
        ("POST", "/reset"),
    );
    let scenarios = until_full(
        |control, n| {
            let scenario = json!({ "scenario": 1, "api": "celigo", "faults": [long_rule(n)] });
            in_world(control, &format!("w{n}"), ("PUT", "/scenario"), &scenario)
        },
        ("DELETE", "/worlds?label=many"),
    );
    let snapshots = until_full(
        |control, n| {
            in_world(control, &format!("s{}", n / 90), ("POST", "/snapshot"), &json!({ "name": format!("n{n}") }))
        },
        ("DELETE", "/worlds?label=many"),
    );
    println!("{rules} rules, {calls} calls, {scenarios} scenarios, {snapshots} snapshots");
    assert!([rules, calls, scenarios].iter().all(|many| (15..40).contains(many)) && (200..400).contains(&snapshots));
}

#[cfg(feature = "webhooks")]
#[test]
fn webhooks_that_wait_for_their_receiver_are_bounded_by_their_bytes() {
    let webhooks = until_full(
        |control, _| {
            let payload = json!({ "text": "x".repeat(50_000) });
            let order = json!({ "to": "http://127.0.0.1:1/", "type": "a.b", "secret": "abcdefgh", "payload": payload });
            control("POST", "/deliver", &order)
        },
        ("POST", "/reset"),
    );
    assert!((15..40).contains(&webhooks), "{webhooks}");
}

/// Changes an integration that often.
fn change(world: &WorldHandle, times: usize) {
    for n in 0..times {
        let body = format!("{{\"name\":\"n{n}\"}}");
        let headers = [CELIGO[0], ("content-type", "application/json")];
        let answer = world.answer("PUT", "/v1/integrations/abc123", &headers, body.as_bytes());
        assert_eq!(answer.status, Some(200));
    }
}

/// A world with that many lags, which keeps few calls and a short history.
fn lagging(lags: usize) -> WorldHandle {
    let builder = Standin::builder().journal_entries(10).history_records(10);
    let lag = vec![json!({ "on": "celigo.integrations.list", "ms": 100_000_000 }); lags];
    playing(builder.offline().unwrap(), &json!({ "scenario": 1, "api": "celigo", "lag": lag }).to_string())
}

#[test]
fn a_lag_hides_a_thousand_changes_one_by_one_and_no_more() {
    let world = lagging(1);
    let first = measure(|| change(&world, 1_100)).bytes_current;
    let held = measure(|| change(&world, 1_500)).bytes_current;
    println!("{first} bytes, then {held} more");
    assert!(first > 256 << 10, "{first} bytes: are they hidden at all?");
    assert!(held < 64 << 10, "{held} bytes more");
    let many = lagging(1_000);
    let held = measure(|| change(&many, 1_100)).bytes_current;
    println!("{held} bytes for a thousand lags");
    assert!(held < first, "many lags share what one may hide: {held} bytes");
}
