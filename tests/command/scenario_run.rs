//! Scenarios from outside: the commands, their exit codes and reports, the control API, and faults on the wire.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Output};

use crate::binary::standin;
use crate::support::{Connection, ask};
use serde_json::{Value, json};
use standin::{Expectation, Rule, Standin};

const AUTH: (&str, &str) = ("authorization", "Bearer any");
const JSON: (&str, &str) = ("content-type", "application/json");
const ORDERS: &str = "{\"name\":\"Orders to NetSuite\"}";

/// Runs this very test binary as the consumer: the test below that does what it is told.
fn run(consumer: &str, arguments: &[&str]) -> Output {
    let own = std::env::current_exe().unwrap();
    let own = own.to_str().unwrap();
    let whole = [&["run"], arguments, &["--", own, "--exact", "scenario_run::the_consumer", "--nocapture"]].concat();
    standin(&whole).env("CONSUMER", consumer).output().unwrap()
}

#[test]
fn the_consumer() {
    let Ok(consumer) = std::env::var("CONSUMER") else { return };
    let url = std::env::var("CELIGO_BASE_URL").unwrap();
    let address: SocketAddr = url.strip_prefix("http://").unwrap().strip_suffix("/v1").unwrap().parse().unwrap();
    let create = || {
        let mut connection = Connection::open(address);
        connection.send(crate::support::request("POST", "/v1/integrations", &[AUTH, JSON], ORDERS).as_bytes());
        connection.receive().map(|answer| answer.status).ok()
    };
    match consumer.as_str() {
        "careful" => {
            assert_eq!(create(), None, "the answer is lost");
            assert_eq!(ask(address, "GET", "/v1/integrations", &[AUTH], "").status, 200);
        }
        "careless" => while create() != Some(409) {},
        "idle" => {}
        "failing" => {
            ask(address, "GET", "/v1/integrations", &[AUTH], "");
            create();
            std::process::exit(7);
        }
        other => panic!("no consumer {other}"),
    }
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| panic!("{output:?}"))
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn file(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("standin-{}-{name}", std::process::id()))
}

#[test]
fn run_passes_a_careful_consumer_and_fails_a_careless_one_with_4() {
    let passed = run("careful", &["--scenario", "celigo-lost-create"]);
    assert_eq!(code(&passed), 0, "{}", said(&passed));
    assert!(said(&passed).contains("PASS celigo-lost-create"), "{}", said(&passed));
    assert!(said(&passed).contains("coverage: "), "{}", said(&passed));
    let failed = run("careless", &["--scenario", "celigo-lost-create"]);
    assert_eq!(code(&failed), 4);
    assert!(said(&failed).contains("calls.lookup: celigo.integrations.list called 0 times"), "{}", said(&failed));
}

#[test]
fn run_ends_with_6_when_nothing_was_tested_and_else_as_the_command_did() {
    assert_eq!(code(&run("idle", &["--scenario", "celigo-lost-create"])), 6);
    assert_eq!(code(&run("careful", &[])), 6, "no scenario");
    assert_eq!(code(&run("failing", &["--scenario", "celigo-lost-create"])), 4, "its own code goes before");
    assert_eq!(code(&standin(&["run", "--scenario", "nope", "--", "true"]).output().unwrap()), 2);
    assert_eq!(code(&standin(&["run", "--", "/nowhere/nothing"]).output().unwrap()), 2);
}

#[test]
fn reports_are_written_for_every_reader_and_two_runs_write_the_same() {
    let [json, again, junit, tap, summary] = ["a.json", "b.json", "c.xml", "d.tap", "e.md"].map(file);
    let path = |path: &PathBuf| path.to_str().unwrap().to_owned();
    let own = std::env::current_exe().unwrap();
    let ran = standin(&["run", "--scenario", "celigo-lost-create", "--report-json", &path(&json)])
        .args(["--report-junit", &path(&junit), "--report-tap", &path(&tap), "--"])
        .args([own.to_str().unwrap(), "--exact", "scenario_run::the_consumer"])
        .envs([("CONSUMER", "careless"), ("GITHUB_ACTIONS", "true")])
        .env("GITHUB_STEP_SUMMARY", &summary)
        .output()
        .unwrap();
    assert_eq!(code(&ran), 4);
    run("careless", &["--scenario", "celigo-lost-create", "--report-json", &path(&again)]);
    let read = |path: &PathBuf| std::fs::read_to_string(path).unwrap();
    assert!(read(&json) == read(&again));
    let reports: Value = serde_json::from_str(&read(&json)).unwrap();
    assert_eq!((reports[0]["report"].as_u64(), reports[0]["passed"].as_bool()), (Some(1), Some(false)));
    assert!(read(&junit).contains("<testcase classname=\"celigo-lost-create\" name=\"calls.lookup: "));
    assert!(read(&tap).starts_with("TAP version 14\n1..1\n") && read(&tap).contains("not ok 1 - celigo-lost-create"));
    assert!(read(&summary).contains("| celigo-lost-create | **failed** |"));
    assert!(said(&ran).contains("::error title=celigo-lost-create::calls.lookup"), "{}", said(&ran));
    let merged = standin(&["report", "merge", &path(&json), &path(&again)]).output().unwrap();
    let merged = String::from_utf8(merged.stdout).unwrap();
    assert!(merged.contains("conflict ×2"), "{merged}");
    for path in [json, again, junit, tap, summary] {
        std::fs::remove_file(path).unwrap();
    }
}

#[test]
fn check_explain_scenarios_and_schema_print_what_they_say() {
    let out = |arguments: &[&str]| {
        let output = standin(arguments).output().unwrap();
        (code(&output), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(out(&["check", "celigo-lost-create", "fixtures"]).0, 0);
    let (bad, text) = out(&["check", "celigo-lost-create", "tests/scenario-corpus/senseless/E03-operation.json"]);
    assert!(bad == 2 && text.contains("E03 faults[0].on"), "{text}");
    assert_eq!(out(&["check", "tests/scenario-corpus/senseless/W02-shadowed.json"]).0, 0, "a warning refuses nothing");
    insta::assert_snapshot!(out(&["explain", "celigo-bad-afternoon"]).1);
    assert!(out(&["explain", "celigo.integrations.create"]).1.contains("409  conflict"));
    assert_eq!(out(&["explain", "celigo.integration.create"]).0, 2);
    assert!(out(&["scenarios"]).1.contains("edlink-token-replaced\n"));
    assert!(out(&["scenarios", "celigo-lost-create"]).1.contains("\"lost-create\""));
    assert!(out(&["schema"]).1.contains("\"Scenario file, format 1\""));
}

#[test]
fn explain_tells_how_well_an_operation_and_its_errors_are_known() {
    let explained = standin(&["explain", "edlink.districts.list"]).output().unwrap();
    insta::assert_snapshot!(String::from_utf8(explained.stdout).unwrap());
}

#[test]
fn strict_fidelity_refuses_a_scenario_wherever_it_is_given() {
    let file = "tests/scenario-corpus/assumed/enum.json";
    assert_eq!(code(&standin(&["check", file]).output().unwrap()), 0);
    let refused = |command: &mut Command| {
        let output = command.output().unwrap();
        let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), said(&output));
        assert_eq!(code(&output), 2, "{told}");
        assert!(told.contains(&format!("{file}:6:24: E21 perturb.new_enum_values")), "{told}");
    };
    refused(&mut standin(&["check", "--strict-fidelity", file]));
    refused(standin(&["check", file]).env("STANDIN_STRICT_FIDELITY", "1"));
    refused(&mut standin(&["run", "--strict-fidelity", "--scenario", file, "--", "true"]));
    refused(&mut standin(&["serve", "--port", "0", "--strict-fidelity", "--scenario", file]));
    let strict = Standin::builder().strict_fidelity().start();
    let scenario = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let (status, answer) = control(&strict, "PUT", "/scenario", &scenario);
    assert_eq!(status, 400, "{answer}");
}

fn control(standin: &Standin, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let host = standin.address().to_string();
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let headers = [("host", host.as_str()), JSON];
    let answer = ask(standin.address(), method, &format!("/_standin{path}"), &headers, &body);
    let json = if answer.body.is_empty() { Value::Null } else { answer.json() };
    (answer.status, json)
}

#[test]
fn the_control_api_loads_shows_and_judges() {
    let standin = Standin::start();
    let text =
        standin::builtin_scenarios().into_iter().find(|scenario| scenario.name == "celigo-lost-create").unwrap().text;
    let scenario: Value = serde_json::from_str(text).unwrap();
    assert_eq!(control(&standin, "PUT", "/scenario", &scenario).0, 200);
    let (status, refused) =
        control(&standin, "PUT", "/scenario", &json!({ "scenario": 1, "api": "celigo", "seeds": 1 }));
    assert!(status == 400 && refused["error"]["message"].as_str().unwrap().contains("did you mean seed?"), "{refused}");
    let mut lost = Connection::open(standin.address());
    lost.send(crate::support::request("POST", "/v1/integrations", &[AUTH, JSON], ORDERS).as_bytes());
    assert!(lost.receive().is_err());
    let (_, shown) = control(&standin, "GET", "/scenario", &Value::Null);
    assert_eq!(
        shown["rules"][0],
        json!({ "id": "lost-create", "on": ["celigo.integrations.create"], "matched": 1, "fired": 1, "optional": false })
    );
    assert_eq!(control(&standin, "POST", "/verify", &json!({})).1["passed"], false);
    ask(standin.address(), "GET", "/v1/integrations", &[AUTH], "");
    let (_, report) = control(&standin, "POST", "/verify", &json!({ "wait_ms": 100 }));
    assert_eq!(report["passed"], true, "{report:#}");
    let (_, entry) = control(&standin, "GET", "/journal/1", &Value::Null);
    assert_eq!(entry["why"], json!(["lost-create: fired at its call 1 and answered"]));
    let outcomes = control(&standin, "GET", "/coverage", &Value::Null).1["outcomes"].as_array().unwrap().len();
    assert!(outcomes > 100);
}

#[test]
fn a_world_can_be_made_of_a_scenario() {
    let standin = Standin::start();
    let scenario =
        json!({ "scenario": 1, "api": "celigo", "data": { "add": { "celigo.integrations": [{ "name": "Only" }] } } });
    let (status, made) = control(&standin, "POST", "/worlds", &json!({ "name": "one", "scenario": scenario }));
    assert_eq!((status, made["name"].as_str()), (200, Some("one")), "{made}");
    let all = ask(standin.address(), "GET", "/w/one/v1/integrations", &[AUTH], "").json();
    assert_eq!((all.as_array().unwrap().len(), all[0]["name"].as_str()), (1, Some("Only")));
    assert_eq!(control(&standin, "GET", "/worlds/one/scenario", &Value::Null).1["scenario"], "scenario");
    let (status, _) = control(&standin, "POST", "/worlds", &json!({ "name": "two", "scenario": { "scenario": 2 } }));
    assert_eq!((status, standin.worlds()), (400, vec!["one".to_owned()]), "a world that cannot be made is not there");
}

#[test]
fn a_fork_of_a_declared_world_demands_nothing_on_drop() {
    let standin = Standin::start();
    let world = standin.new_world();
    world.load("celigo-lost-create").unwrap();
    drop(world.fork());
    assert!(world.verify().is_err());
}

#[test]
fn rules_put_over_the_control_api_strike_and_go() {
    let standin = Standin::start();
    let rules =
        json!([{ "id": "down", "on": "celigo.*", "do": { "respond": { "status": 503, "undocumented": true } } }]);
    assert_eq!(control(&standin, "PUT", "/faults", &rules).0, 200);
    let refused = ask(standin.address(), "GET", "/v1/integrations", &[], "");
    assert_eq!(
        (refused.status, refused.header("standin-rule"), refused.header("standin-source")),
        (503, Some("down"), Some("injected"))
    );
    assert_eq!(control(&standin, "GET", "/faults", &Value::Null).1["faults"][0]["fired"], 1);
    assert_eq!(control(&standin, "DELETE", "/faults", &Value::Null).0, 204);
    assert_eq!(ask(standin.address(), "GET", "/v1/integrations", &[AUTH], "").status, 200);
    assert_eq!(control(&standin, "PUT", "/faults", &json!([{ "id": "x", "on": "celigo.nothing", "do": {} }])).0, 400);
}

#[test]
fn waiting_ends_when_the_call_comes_or_the_time_is_over() {
    let standin = Standin::start();
    let address = standin.address();
    let (status, refused) = control(&standin, "POST", "/wait", &json!({ "on": "celigo.flows.list", "timeout_ms": 20 }));
    assert_eq!((status, refused["error"]["code"].as_str()), (408, Some("timeout")));
    let consumer = std::thread::spawn(move || ask(address, "GET", "/v1/flows?limit=1", &[AUTH], "").status);
    let when = json!({ "query": { "limit": "1" } });
    let (status, called) =
        control(&standin, "POST", "/wait", &json!({ "on": "celigo.flows.list", "when": when, "timeout_ms": 30000 }));
    assert_eq!((status, called["called"].as_u64()), (200, Some(1)));
    assert_eq!(consumer.join().unwrap(), 200);
    standin.world().wait_for("celigo.flows.list", 1, std::time::Duration::from_secs(30)).unwrap();
}

#[test]
fn every_abort_shows_on_the_wire() {
    let standin = Standin::start();
    let world = standin.world();
    let broken = |rule: Rule| {
        world.clear_faults();
        world.fault(rule);
        let mut connection = Connection::open(standin.address());
        connection.send(crate::support::request("GET", "/v1/integrations", &[AUTH], "").as_bytes());
        connection.receive().map(|answer| answer.status)
    };
    let on = || Rule::on("celigo.integrations.list");
    for rule in
        [on().close(), on().after().close(), on().reset(), on().garbage(), on().after().truncate(), on().truncate()]
    {
        let shown = format!("{rule:?}");
        assert!(broken(rule).is_err(), "{shown}");
    }
    assert_eq!(broken(on().slow_bytes_per_s(1_000_000).delay_ms(1)).unwrap(), 200);
    assert_eq!(broken(on().error("rate_limited").retry_after_s(3)).unwrap(), 429);
}

#[test]
fn a_function_answers_and_changes_records() {
    let standin = Standin::start();
    let world = standin.world();
    world.fault(Rule::on("celigo.integrations.get").answer(|request, data| {
        let count = data.records("celigo.integrations").unwrap().len();
        standin::Answer::of_json(418, &json!({ "asked": request.param("id"), "there": count }))
    }));
    let answer = ask(standin.address(), "GET", "/v1/integrations/x", &[AUTH], "");
    assert_eq!((answer.status, answer.json()["asked"].as_str()), (418, Some("x")));
}

#[test]
fn what_was_declared_is_verified_on_drop() {
    let dropped = std::panic::catch_unwind(|| {
        let standin = Standin::start();
        standin.world().expect(Expectation::on("celigo.integrations.list").id("looked").times(1));
    });
    let told = *dropped.unwrap_err().downcast::<String>().unwrap();
    assert!(told.contains("calls.looked: celigo.integrations.list called 0 times, expected exactly 1"), "{told}");
    // A second panic while the first unwinds would abort the process.
    let twice = std::panic::catch_unwind(|| {
        let standin = Standin::start();
        standin.world().expect(Expectation::on("celigo.integrations.list"));
        panic!("the test's own");
    });
    assert_eq!(twice.unwrap_err().downcast_ref::<&str>(), Some(&"the test's own"));
}

#[tokio::test]
async fn in_an_async_test_waiting_leaves_the_runtime_alone() {
    let standin = Standin::spawn().await;
    let (world, address) = (standin.world(), standin.address());
    world.expect(Expectation::on("celigo.integrations.list").status(200));
    let consumer = tokio::task::spawn_blocking(move || ask(address, "GET", "/v1/integrations", &[AUTH], "").status);
    world.wait_for_async("celigo.integrations.list", 1, std::time::Duration::from_secs(30)).await.unwrap();
    assert_eq!(consumer.await.unwrap(), 200);
    world.verify().unwrap_or_else(|unmet| panic!("{unmet}"));
}

#[test]
fn a_failed_run_says_how_to_run_it_again_where_there_is_a_file() {
    let expect = json!({ "calls": [{ "on": "celigo.flows.list" }] });
    let scenario = json!({ "scenario": 1, "api": "celigo", "expect": expect });
    let path = file("it's #1.json");
    std::fs::write(&path, scenario.to_string()).unwrap();
    let failed = run("failing", &["--scenario", path.to_str().unwrap()]);
    std::fs::remove_file(&path).unwrap();
    let quoted = format!("'{}'", path.to_str().unwrap().replace('\'', r"'\''"));
    assert!(said(&failed).contains(&format!("again: standin run --scenario {quoted} -- ")), "{}", said(&failed));
    let standin = Standin::start();
    assert_eq!(control(&standin, "PUT", "/scenario", &scenario).0, 200);
    let (_, report) = control(&standin, "POST", "/verify", &json!({}));
    assert_eq!((&report["scenario"], &report["file"]), (&json!("scenario"), &json!("")), "{report:#}");
    let report: standin::Report = serde_json::from_value(report).unwrap();
    assert!(report.checks.iter().any(|check| check.id == "misses"), "{report}");
    assert!(!report.to_string().contains("again: "), "{report}");
    let refused = json!({ "scenario": 1, "api": "celigo", "data": { "remove": { "celigo.flows": ["none"] } } });
    let (_, refused) = control(&standin, "PUT", "/scenario", &refused);
    assert!(refused["error"]["message"].as_str().unwrap().starts_with("scenario:1:"), "{refused}");
}

#[test]
fn the_narrow_credential_a_scenario_lists_is_the_one_its_consumer_gets() {
    let tokens = json!({ "celigo": [{ "token": "m", "access": "monitor" }], "edlink": { "secrets": ["s"] } });
    let path = file("monitor.json");
    let scenario = json!({ "scenario": 1, "api": ["celigo", "edlink"], "tokens": tokens });
    std::fs::write(&path, scenario.to_string()).unwrap();
    let standin = Standin::builder().scenario(&path).start();
    std::fs::remove_file(&path).unwrap();
    standin.world().verify().unwrap();
    let status = |token: &str| {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), JSON];
        ask(standin.address(), "POST", "/v1/integrations", &headers, ORDERS).status
    };
    assert_eq!(standin.celigo_token(), "m");
    assert_eq!(standin.edlink_application_secret(), "s");
    assert_eq!((status("m"), status("other"), status("standin-world-default")), (403, 401, 201));
    let fork = standin.world().fork();
    let (_, variables) = control(&standin, "GET", &format!("/worlds/{}/env", fork.name()), &Value::Null);
    assert_eq!(variables["CELIGO_API_TOKEN"], "m", "{variables}");
}

#[test]
fn the_journal_shows_no_answer_where_none_was_sent() {
    let standin = Standin::start();
    let rules =
        json!([{ "id": "lost", "on": "celigo.integrations.create", "phase": "after", "do": { "abort": "close" } }]);
    assert_eq!(control(&standin, "PUT", "/faults", &rules).0, 200);
    let mut lost = Connection::open(standin.address());
    lost.send(crate::support::request("POST", "/v1/integrations", &[AUTH, JSON], ORDERS).as_bytes());
    assert!(lost.receive().is_err());
    let (_, entry) = control(&standin, "GET", "/journal/1", &Value::Null);
    assert_eq!((&entry["status"], &entry["answer"], &entry["answer_bytes"]), (&Value::Null, &Value::Null, &json!(0)));
    let (_, list) = control(&standin, "GET", "/journal", &Value::Null);
    assert_eq!(list["entries"][0]["status"], Value::Null);
}
