//! Verification over HTTP, and the errors that tests unwrap.

use crate::support::{Response, ask};
use serde_json::json;
use standin::{Answer, Expectation, Lag, Rule, Standin, WorldHandle};

/// Asks for a verification over HTTP.
fn verify(standin: &Standin, query: &str) -> Response {
    let host = standin.address().to_string();
    ask(standin.address(), "POST", &format!("/_standin/verify{query}"), &[("host", &host)], "")
}

#[test]
fn a_failed_verification_is_no_success_unless_that_is_asked_for() {
    let standin = Standin::start();
    let verify = |query: &str| verify(&standin, query);
    assert_eq!(verify("").status, 200);
    let world = standin.world();
    world.expect(Expectation::on("celigo.integrations.list").id("look"));
    let failed = verify("");
    assert_eq!((failed.status, failed.json()["passed"].as_bool()), (422, Some(false)));
    let sentence = "calls.look: celigo.integrations.list called 0 times, expected at least 1";
    assert!(failed.json()["text"].as_str().unwrap().contains(sentence), "{}", failed.text());
    assert_eq!(failed.json()["coverage"], json!([]));
    assert!(failed.body.len() < 2_000, "{}", failed.text());
    assert_eq!(verify("?status=200").status, 200);
    assert!(verify("?coverage=all").json()["coverage"].as_array().unwrap().len() > 50);
}

#[test]
fn a_verification_speaks_the_formats_of_the_command_line() {
    let standin = Standin::start();
    standin.world().expect(Expectation::on("celigo.integrations.list").id("look"));
    for (format, kind, part) in [
        ("text", "text/plain", "FAIL -   "),
        ("junit", "application/xml", "<testsuites name=\"standin\""),
        ("tap", "text/plain", "TAP version 14"),
        ("github", "text/plain", "::error "),
        ("json", "application/json", "\"report\":1"),
    ] {
        let answer = verify(&standin, &format!("?format={format}"));
        assert_eq!(answer.status, 422);
        assert!(answer.header("content-type").unwrap().starts_with(kind), "{format}");
        assert!(answer.text().contains(part) && answer.text().contains("calls.look"), "{}", answer.text());
    }
    for (query, hint) in [
        ("?format=jnuit", "Did you mean format=junit?"),
        ("?status=201", "Did you mean status=200?"),
        ("?fromat=tap", "Did you mean format?"),
    ] {
        let refused = verify(&standin, query);
        assert_eq!(refused.status, 400);
        assert!(refused.json()["error"]["hint"].as_str().unwrap().starts_with(hint), "{}", refused.text());
    }
}

#[test]
fn errors_that_tests_unwrap_show_their_text() {
    let world = Standin::builder().offline().unwrap();
    let refused = world.load_text("x.json", "{}").unwrap_err();
    assert_eq!(format!("{refused:?}"), refused.to_string());
    let refused = world.record("celigo.nothing", "x").unwrap_err();
    assert_eq!(format!("{refused:?}"), refused.to_string());
    let refused = Standin::builder().fixtures("/nowhere").offline().err().unwrap();
    assert_eq!(format!("{refused:?}"), refused.to_string());
    world.expect(Expectation::on("celigo.integrations.list"));
    let unmet = world.verify().unwrap_err();
    assert_eq!(format!("{unmet:?}"), unmet.to_string());
    assert!(format!("{unmet:?}").len() < 300, "{unmet:?}");
}

#[test]
fn a_panic_of_a_call_that_is_wrong_points_at_the_test() {
    let world = Standin::builder().offline().unwrap();
    let place = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let noted = std::sync::Arc::clone(&place);
    let before = std::panic::take_hook();
    let own_thread = std::thread::current().id();
    std::panic::set_hook(Box::new(move |panic| {
        // Other tests panic meanwhile.
        let place = panic.location().filter(|_| std::thread::current().id() == own_thread);
        noted.lock().unwrap().extend(place.map(|location| location.file().to_owned()));
    }));
    let list = "celigo.integrations.list";
    let crowded = Standin::builder().max_worlds(1).start();
    let _only = crowded.new_world();
    let calls: [&dyn Fn(); 8] = [
        &|| world.lag(Lag::on(list)),
        &|| drop(crowded.new_world()),
        &|| drop(crowded.world().fork()),
        &|| world.expect(Expectation::on(list).body(json!({ "@nope": 1 }))),
        &|| world.fault(Rule::on(list).query(json!({ "@nope": 1 })).close()),
        &|| drop(Standin::builder().fixtures("/nowhere").start()),
        &|| world.expect(Expectation::on("celigo.nothing.at_all")),
        &|| world.fault(Rule::on("celigo.nothing.at_all").close()),
    ];
    for call in calls {
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(call)).is_err());
    }
    std::panic::set_hook(before);
    let own: Vec<String> =
        place.lock().unwrap().iter().filter(|file| file.ends_with("verification.rs")).cloned().collect();
    assert_eq!(own.len(), 8, "{:?}", place.lock().unwrap());
}

#[test]
fn an_error_of_long_values_stays_short_and_says_where_they_differ() {
    let world = Standin::builder().offline().unwrap();
    let long = |end: &str| json!({ "name": "Orders", "description": format!("{}{end}", "x".repeat(200_000)) });
    let many = |last: u64| json!({ "name": "Orders", "installSteps": (0..5_000).chain([last]).collect::<Vec<_>>() });
    world.expect(Expectation::on("celigo.integrations.create").body(long("a")).id("long"));
    world.expect(Expectation::on("celigo.integrations.create").body(many(7)).id("many"));
    let headers = [("authorization", "Bearer any"), ("content-type", "application/json")];
    for body in [long("b"), many(8)] {
        world.answer("POST", "/v1/integrations", &headers, body.to_string().as_bytes());
    }
    let unmet: Box<dyn std::error::Error> = world.verify().unwrap_err().into();
    let said = format!("{unmet:?}");
    assert!(said.len() < 3_000, "{} bytes", said.len());
    assert!(said.contains("body.installSteps[5000] is 8, expected 7"), "{said}");
    assert!(said.contains("call 1: body.description"), "{said}");
}

#[test]
fn a_function_that_panics_is_told_with_its_text_and_its_rule() {
    let world = Standin::builder().offline().unwrap();
    world.fault(Rule::on("celigo.integrations.list").answer(|_, _| panic!("no orders in {}", "the test's table")));
    let answer = world.answer("GET", "/v1/integrations", &[("authorization", "Bearer any")], b"");
    let message = "the function of fault rule rule-1 panicked: no orders in the test's table";
    assert_eq!((answer.status, answer.json()["error"]["message"].as_str()), (Some(500), Some(message)));
    let unmet = world.verify().unwrap_err().to_string();
    assert!(unmet.contains(&format!("answers: call 1: GET /v1/integrations: {message}")), "{unmet}");
    assert!(!unmet.contains("does not model"), "{unmet}");
}

#[test]
fn a_function_may_panic_with_anything_at_any_time() {
    let world = Standin::builder().offline().unwrap();
    let ask = |target: &str| world.answer("GET", target, &[("authorization", "Bearer a-very-own-token")], b"");
    let said = |answer: &Answer| answer.json()["error"]["message"].as_str().unwrap_or_default().to_owned();
    world.fault(Rule::on("celigo.integrations.list").id("any").answer(|_, _| std::panic::panic_any(7)));
    world.fault(
        Rule::on("celigo.flows.list")
            .id("shown")
            .after()
            .answer(|asked, _| panic!("got {:?}", asked.header("authorization"))),
    );
    world.fault(Rule::on("celigo.exports.list").id("late").answer(|_, data| {
        data.patch("celigo.integrations", "abc123", json!({ "name": "Changed" })).unwrap();
        let statuses: &[u16] = &[];
        Answer::empty(*statuses.first().expect("a status"))
    }));
    let any = ask("/v1/integrations");
    assert_eq!(any.status, Some(500));
    assert!(said(&any).starts_with("the function of fault rule any panicked"), "{}", said(&any));
    let shown = said(&ask("/v1/flows"));
    assert!(shown.contains("rule shown panicked: got") && !shown.contains("a-very-own-token"), "{shown}");
    assert!(said(&ask("/v1/exports")).ends_with("rule late panicked: a status"));
    assert_eq!(ask("/v1/integrations/abc123").status, Some(200), "the world goes on");
    let unmet = world.verify().unwrap_err().to_string();
    for rule in ["any", "shown", "late"] {
        assert!(unmet.contains(&format!("the function of fault rule {rule} panicked")), "{unmet}");
    }
}

#[test]
fn a_report_says_that_calls_were_lost_and_which_checks_that_touches() {
    let judged = |conduct: &str| {
        let world = Standin::builder().journal_entries(2).journal_bytes(1 << 20).offline().unwrap();
        let expect = format!("{{\"calls\":[{{\"on\":\"celigo.integrations.list\",\"times\":5}}]{conduct}}}");
        world.load_text("s.json", &format!("{{\"scenario\":1,\"api\":\"celigo\",\"expect\":{expect}}}")).unwrap();
        for _ in 0..5 {
            world.answer("GET", "/v1/integrations", &[("authorization", "Bearer any")], b"");
        }
        world.verify().map_or_else(|unmet| unmet.to_string(), |report| report.to_string())
    };
    let passed = judged("");
    assert!(
        passed.starts_with("PASS") && passed.contains("\n  lost: the journal lost its 3 oldest calls; "),
        "{passed}"
    );
    let failed = judged(",\"conduct\":{\"max_attempts\":9}");
    assert!(failed.contains("but these could not be judged: conduct.max_attempts"), "{failed}");
}

#[test]
fn a_field_that_is_almost_documented_is_refused_unless_it_is_marked() {
    let standin = Standin::start();
    let world = standin.world();
    let id = world.records("edlink.integrations").unwrap()[0]["id"].as_str().unwrap().to_owned();
    let patch = || world.patch("edlink.integrations", &id, json!({ "statsu": "disabled" }));
    let refused = patch().unwrap_err().to_string();
    assert!(refused.contains("statsu is no field of Integration; did you mean status?"), "{refused}");
    assert!(
        world.patch("edlink.integrations", &id, json!({ "somethingElse": 1 })).is_ok(),
        "the services keep others too"
    );
    let host = standin.address().to_string();
    let over_http = |query: &str| {
        let target = format!("/_standin/data/edlink.integrations/{id}{query}");
        let headers = [("host", host.as_str()), ("content-type", "application/json")];
        ask(standin.address(), "PATCH", &target, &headers, "{\"statsu\":\"x\"}")
    };
    let refused = over_http("");
    assert_eq!(refused.status, 400);
    assert_eq!(refused.json()["error"]["hint"], "?unknown_fields=allow takes it as it is.");
    assert_eq!(over_http("?unknown_fields=allow").status, 200);
    world.admit_unknown_fields();
    assert!(patch().is_ok());
}

#[test]
fn records_put_all_at_once_are_refused_for_slips_like_single_ones() {
    let standin = Standin::start();
    let world = standin.world();
    let host = standin.address().to_string();
    let put = |target: &str, body: &serde_json::Value| {
        let headers = [("host", host.as_str()), ("content-type", "application/json")];
        ask(standin.address(), "PUT", &format!("/_standin{target}"), &headers, &body.to_string())
    };
    let slip = json!([{ "name": "one", "typ": "lambda" }]);
    for (target, body) in [("/data/celigo.stacks", slip.clone()), ("/data", json!({ "celigo.stacks": slip }))] {
        let before = world.records("celigo.stacks").unwrap();
        let refused = put(target, &body);
        assert_eq!(refused.status, 400);
        let error = &refused.json()["error"];
        assert_eq!(error["message"], "celigo.stacks[0]: typ is no field of Stack; did you mean type?");
        assert_eq!(error["hint"], "?unknown_fields=allow takes it as it is.");
        assert_eq!(world.records("celigo.stacks").unwrap().len(), before.len(), "nothing is lost");
        assert_eq!(put(&format!("{target}?unknown_fields=allow"), &body).status, 204);
        let there = json!(world.records("celigo.stacks").unwrap());
        assert_eq!(put("/data/celigo.stacks", &there).status, 204, "what is there may be put back");
        world.reset();
    }
}

#[test]
fn what_a_browser_asks_before_a_call_is_no_call() {
    let world = Standin::builder().offline().unwrap();
    let scenario = json!({ "scenario": 1, "api": "edlink", "expect": {
        "only": "edlink.people.*", "calls": [{ "on": "edlink.people.list", "times": 1 }] } });
    world.load_text("s.json", &scenario.to_string()).unwrap();
    let browser = [("origin", "http://app.example"), ("access-control-request-method", "GET")];
    for path in ["/api/v2/graph/people", "/api/v1/integrations", "/nowhere"] {
        world.answer("OPTIONS", path, &browser, b"");
    }
    let secret = world.environment().into_iter().find(|(name, _)| *name == "EDLINK_ACCESS_TOKEN").unwrap().1;
    let token = format!("Bearer {secret}");
    assert_eq!(world.answer("GET", "/api/v2/graph/people", &[("authorization", &token)], b"").status, Some(200));
    world.verify().unwrap();
}

#[test]
fn a_verdict_says_how_much_of_the_clock_was_missing() {
    let world = Standin::builder().offline().unwrap();
    let scenario = json!({ "scenario": 1, "api": "celigo",
        "steps": [{ "name": "down", "ends": { "after_ms": 5000 } }, { "name": "up" }],
        "expect": { "reach": "up", "calls": [{ "id": "again", "on": "celigo.integrations.list", "step": "up" }] } });
    let warnings = world.load_text("s.json", &scenario.to_string()).unwrap();
    assert!(warnings[0].contains("5000 answers") && warnings[0].contains("\"mode\": \"real\""), "{warnings:?}");
    for _ in 0..12 {
        world.answer("GET", "/v1/integrations", &[("authorization", "Bearer any")], b"");
    }
    let unmet = world.verify().unwrap_err().to_string();
    let missing = "step down ends when 5000 ms later: 12 of 5000 ms passed on the world's clock, 4988 ms were missing";
    assert_eq!(unmet.matches(missing).count(), 2, "{unmet}");
}

#[test]
fn calls_that_go_before_a_verification_looks_at_them_are_told() {
    let scenario = r#"{"scenario":1,"api":"celigo","expect":{"calls":[{"on":"celigo.flows.list","times":0}]}}"#;
    let list = |world: &WorldHandle| {
        world.answer("GET", "/v1/flows", &[("authorization", "Bearer any-token")], b"");
    };
    type Way = fn(&WorldHandle);
    let ways: [(&str, Way); 3] = [
        ("a reset", WorldHandle::reset),
        ("a restored snapshot", |world| world.restore(&Standin::builder().offline().unwrap().snapshot())),
        ("another scenario", |world| {
            world.load_text("t.json", r#"{"scenario":1,"api":"celigo"}"#).unwrap();
        }),
    ];
    for (name, throw_away) in ways {
        let world = Standin::builder().offline().unwrap();
        list(&world);
        world.load_text("s.json", scenario).unwrap();
        assert_eq!(world.report().calls_unjudged, 0, "{name}: a world without expectations judges no call");
        (0..2).for_each(|_| list(&world));
        throw_away(&world);
        list(&world);
        throw_away(&world);
        let report = world.report();
        let told = "unjudged: 3 calls were not judged, because the world was reset, restored or given another scenario";
        let wanted = if name == "a restored snapshot" { 2 } else { 3 };
        assert_eq!(report.calls_unjudged, wanted, "{name}");
        let text = report.to_string();
        assert!(report.passed && text.contains(&told.replace('3', &wanted.to_string())), "{name}: {text}");
        let again: standin::Report = serde_json::from_value(serde_json::to_value(&report).unwrap()).unwrap();
        assert_eq!(again, report);
        // A verification told it; what it looked at may go.
        let _ = world.verify();
        list(&world);
        let _ = world.verify();
        throw_away(&world);
        assert_eq!(world.report().calls_unjudged, 0, "{name}");
    }
}
