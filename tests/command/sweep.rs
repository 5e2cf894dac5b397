//! `standin sweep`: which single faults a command survives.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use crate::binary::{Folder, said, standin};
use crate::support::Connection;
use serde_json::{Value, json};

const AUTH: (&str, &str) = ("authorization", "Bearer any");
const JSON: (&str, &str) = ("content-type", "application/json");
const NAME: &str = "Orders to NetSuite";

/// Writes a scenario in which there must be one integration of that name in the end; its path.
fn scenario(folder: &Folder) -> String {
    let wanted = json!([{ "where": { "name": NAME }, "count": 1 }]);
    let expect = json!({ "final": { "celigo.integrations": wanted } });
    folder.file("expect.json", &json!({ "scenario": 1, "api": "celigo", "expect": expect }).to_string())
}

/// Sweeps with this very test binary as the command: the test below, which does what it is told.
fn sweep(consumer: &str, arguments: &[&str]) -> Command {
    let own = std::env::current_exe().unwrap();
    let mut command = standin(&[&["sweep"], arguments, &["--"]].concat());
    command.arg(own).args(["--exact", "sweep::the_consumer", "--nocapture"]).env("CONSUMER", consumer);
    command
}

/// A call's operation, and what came of each fault.
type Swept = (String, Vec<(String, String)>);

/// Exit code, and every call.
fn outcomes(consumer: &str, arguments: &[&str]) -> (i32, Vec<Swept>) {
    let (code, out, err) = said(&mut sweep(consumer, &[arguments, &["--format", "json"]].concat()));
    let found: Value = serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{err}"));
    assert_eq!(found["sweep"], 1);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let calls = found["calls"].as_array().unwrap().iter().map(|call| {
        let faults = call["faults"].as_array().unwrap().iter();
        (text(&call["operation"]), faults.map(|it| (text(&it["fault"]), text(&it["outcome"]))).collect())
    });
    (code, calls.collect())
}

/// The status and the body of an answer, if one came that is whole.
fn ask(method: &str, body: &str) -> Option<(u16, String)> {
    let url = std::env::var("CELIGO_BASE_URL").unwrap();
    let address: SocketAddr = url.strip_prefix("http://").unwrap().strip_suffix("/v1").unwrap().parse().unwrap();
    let mut connection = Connection::open(address);
    connection.send(crate::support::request(method, "/v1/integrations", &[AUTH, JSON], body).as_bytes());
    connection.receive().ok().map(|answer| (answer.status, answer.text()))
}

fn is_there() -> bool {
    ask("GET", "").is_some_and(|(status, body)| status == 200 && body.contains(NAME))
}

fn create() -> bool {
    ask("POST", &json!({ "name": NAME }).to_string()).is_some_and(|(status, _)| status == 201)
}

#[test]
fn the_consumer() {
    let Ok(consumer) = std::env::var("CONSUMER") else { return };
    let done = match consumer.as_str() {
        "sturdy" => (0..3).any(|_| is_there() || create()),
        "naive" => create() && is_there(),
        "waiting" => create() || create(),
        "heedless-at-first" => ask("GET", "").is_some() | ask("GET", "").is_some() && ask("GET", "").is_some(),
        "idle" => true,
        "failing" => false,
        // Looks only when it runs for the first time.
        "fickle" => {
            let mark = std::env::var("MARK").unwrap();
            let first = !Path::new(&mark).exists();
            std::fs::write(mark, "").unwrap();
            create() && (!first || is_there())
        }
        other => panic!("no consumer {other}"),
    };
    assert!(done);
}

#[test]
fn a_consumer_that_looks_before_it_tries_again_survives_every_fault_at_every_call() {
    let folder = Folder::new("sweep-sturdy");
    let scenario = scenario(&folder);
    let (code, calls) = outcomes("sturdy", &["--scenario", &scenario]);
    let survived = |faults: &[&str]| -> Vec<_> {
        faults.iter().map(|fault| ((*fault).to_owned(), "survived".to_owned())).collect()
    };
    let wanted = vec![
        (
            "celigo.integrations.list".to_owned(),
            survived(&["rate-limited", "unavailable", "reset", "truncate", "garbage"]),
        ),
        (
            "celigo.integrations.create".to_owned(),
            survived(&["rate-limited", "unavailable", "reset", "lost", "truncate", "garbage"]),
        ),
    ];
    assert_eq!((code, calls), (0, wanted));
}

#[test]
fn one_that_does_not_is_told_which_faults_it_does_not_survive_and_how_to_see_each_alone() {
    let folder = Folder::new("sweep-naive");
    let scenario = scenario(&folder);
    let (code, out, _) = said(&mut sweep("naive", &["--scenario", &scenario]));
    assert_eq!(code, 4);
    assert!(out.starts_with("FAIL   2 calls   0 faults survived, 11 not\n"), "{out}");
    let reset = "      FAILED reset: the command ended with 101\n          as a rule of a scenario: \
                 {\"id\":\"sweep\",\"on\":\"celigo.integrations.create\",\"at\":{\"nth\":1},\"do\":{\"abort\":\"reset\"}}\n";
    assert!(out.contains(reset), "{out}");
    let only = ["--scenario", &scenario, "--on", "celigo.integrations.l*", "--fault", "reset,lost"];
    let (code, calls) = outcomes("naive", &only);
    let failed = ("reset".to_owned(), "failed".to_owned());
    assert_eq!((code, calls), (4, vec![("celigo.integrations.list".to_owned(), vec![failed])]), "lost is for writes");
}

#[test]
fn a_fault_happens_at_one_call_only_and_each_call_has_its_turn() {
    let (code, calls) = outcomes("heedless-at-first", &["--fault", "reset"]);
    let found: Vec<&str> = calls.iter().flat_map(|(_, faults)| faults).map(|(_, outcome)| outcome.as_str()).collect();
    assert_eq!((code, found), (4, vec!["survived", "survived", "failed"]));
}

#[test]
fn expectations_count_as_much_as_the_exit_code() {
    let folder = Folder::new("sweep-waiting");
    let scenario = scenario(&folder);
    let (code, out, _) = said(&mut sweep("waiting", &["--scenario", &scenario, "--fault", "reset,lost"]));
    assert_eq!(code, 4);
    assert!(out.contains("      survived: reset\n"), "{out}");
    // The second attempt meets the first one's work: 409.
    assert!(out.contains("FAILED lost: the command ended with 101"), "{out}");
    let nothing = json!({ "celigo.integrations": [{ "where": { "name": "Nobody's" }, "count": 1 }] });
    let scenario = json!({ "scenario": 1, "api": "celigo", "expect": { "final": nothing } });
    let scenario = folder.file("unmet.json", &scenario.to_string());
    let (code, out, err) = said(&mut sweep("sturdy", &["--scenario", &scenario]));
    assert_eq!((code, out.as_str()), (4, ""));
    assert!(err.contains("without any fault it fails already: final.celigo.integrations"), "{err}");
}

#[test]
fn a_rule_of_the_scenario_that_a_fault_stands_in_for_need_not_fire() {
    let lost = json!([{ "id": "own", "on": "celigo.integrations.create", "at": { "nth": 1 }, "phase": "after", "do": { "abort": "close" } }]);
    let folder = Folder::new("sweep-shadow");
    let scenario = json!({ "scenario": 1, "api": "celigo", "faults": lost });
    let scenario = folder.file("shadow.json", &scenario.to_string());
    let (code, calls) = outcomes("sturdy", &["--scenario", &scenario, "--fault", "lost"]);
    assert_eq!((code, calls.len()), (0, 1), "{calls:?}");
}

#[test]
fn a_command_that_waits_for_ever_is_killed_and_has_not_survived() {
    // Long enough for a slow machine to run the command without a fault.
    let arguments = ["--fault", "stall", "--timeout", "3s", "--on", "celigo.integrations.list"];
    let (code, out, err) = said(&mut sweep("naive", &arguments));
    assert_eq!(code, 4, "{err}");
    assert!(out.contains("FAILED stall: the command did not end within 3s"), "{out}");
}

#[test]
fn a_call_that_is_not_made_again_is_not_met() {
    let folder = Folder::new("sweep-mark");
    let mark = folder.path("mark");
    let (code, out, _) = said(sweep("fickle", &["--fault", "reset", "--on", "*.list"]).env("MARK", &mark));
    assert_eq!(code, 2, "only what begins alike is selected: {out}");
    let only = ["--fault", "reset", "--on", "celigo.integrations.list"];
    let (code, out, _) = said(sweep("fickle", &only).env("MARK", &mark));
    assert_eq!(code, 0, "{out}");
    assert!(out.starts_with("PASS   1 call   0 faults survived, 0 not, 1 not met\n"), "{out}");
}

#[test]
fn what_cannot_be_swept_says_why() {
    let (code, _, err) = said(&mut sweep("naive", &["--on", "celigo.integration.list"]));
    assert_eq!(code, 2);
    assert!(err.contains("--on celigo.integration.list selects no operation"), "{err}");
    let folder = Folder::new("sweep-refused");
    let faults = json!([{ "id": "sweep", "on": "celigo.flows.list", "optional": true, "do": { "delay_ms": 1 } }]);
    let own = json!({ "scenario": 1, "api": "celigo", "faults": faults });
    let own = folder.file("own.json", &own.to_string());
    let (code, _, err) = said(&mut sweep("naive", &["--scenario", &own]));
    assert!(code == 2 && err.contains("\"sweep\" is the id of another rule"), "{err}");
    let (code, _, err) = said(&mut sweep("naive", &["--journal-entries", "1"]));
    assert!(code == 2 && err.contains("more calls than the journal keeps (1 were lost)"), "{err}");
    let (code, out, err) = said(&mut sweep("idle", &[]));
    assert_eq!((code, out.as_str()), (6, ""));
    assert!(err.contains("nothing was tested: the command made no call; it must read"), "{err}");
    let (code, out, err) = said(&mut sweep("failing", &[]));
    assert_eq!((code, out.as_str()), (4, ""));
    assert!(err.contains("without any fault it fails already: the command ended with 101"), "{err}");
    let (code, out, _) =
        said(sweep("sturdy", &["--show-output", "--fault", "reset"]).env("STANDIN_ON", "celigo.integrations.create"));
    assert_eq!(code, 0);
    assert!(out.contains("running 1 test"), "{out}");
}

#[test]
fn a_command_that_fails_without_any_fault_shows_what_it_printed() {
    let script = "echo this is why; echo and this >&2; exit 3";
    let (code, out, err) = said(&mut standin(&["sweep", "--", "sh", "-c", script]));
    assert_eq!((code, out.as_str()), (4, ""));
    assert_eq!(
        err,
        "without any fault it fails already: the command ended with 3\nit printed:\nthis is why\nand this\n"
    );
    let (_, _, err) = said(&mut standin(&["sweep", "--", "false"]));
    assert!(err.ends_with("it printed nothing\n"), "{err}");
}

#[test]
fn a_sweep_on_no_terminal_tells_no_progress() {
    let script = "curl -s -o /dev/null -H 'authorization: Bearer x' \"$CELIGO_BASE_URL/integrations\"; true";
    let (code, out, err) = said(&mut standin(&["sweep", "--fault", "reset", "--", "sh", "-c", script]));
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
}
