//! Eventual consistency: reads that see a change only later.

use std::time::Duration;

use serde_json::{Value, json};
use standin::{Answer, Lag, Standin, WorldHandle};

fn world(lag: &Value) -> WorldHandle {
    let world = Standin::builder().offline().unwrap();
    let scenario = json!({ "scenario": 1, "api": ["celigo", "edlink"], "lag": lag });
    let warnings = world.load_text("s.json", &scenario.to_string()).unwrap_or_else(|error| panic!("{error}"));
    assert!(warnings.iter().all(|warning| warning.contains("W07")), "{warnings:?}");
    world
}

fn ask(world: &WorldHandle, method: &str, target: &str, body: &str) -> Answer {
    let headers = [("authorization", "Bearer any"), ("content-type", "application/json")];
    world.answer(method, target, &headers, body.as_bytes())
}

fn status(answer: &Answer) -> u16 {
    answer.status.unwrap()
}

fn make(world: &WorldHandle, name: &str) -> String {
    let made = ask(world, "POST", "/v1/integrations", &json!({ "name": name }).to_string());
    serde_json::from_slice::<Value>(&made.body).unwrap()["_id"].as_str().unwrap().to_owned()
}

fn header(answer: &Answer, name: &str) -> Option<String> {
    answer.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
}

/// Returns whether a list has an integration of that name, and what the header says.
fn lists(world: &WorldHandle, name: &str) -> (bool, Option<String>) {
    let answer = ask(world, "GET", "/v1/integrations", "");
    let has = String::from_utf8_lossy(&answer.body).contains(&format!("\"{name}\""));
    (has, header(&answer, "standin-lag"))
}

#[test]
fn a_list_sees_a_create_after_as_many_calls_as_it_lags() {
    let world = world(&json!([{ "on": "celigo.integrations.list", "calls": 2 }]));
    assert_eq!(lists(&world, "Late"), (false, None));
    let id = make(&world, "Late");
    assert_eq!(lists(&world, "Late"), (false, Some("1".into())), "call 3 shows what call 1 left");
    let one = ask(&world, "GET", &format!("/v1/integrations/{id}"), "");
    assert_eq!((status(&one), header(&one, "standin-lag")), (200, None), "other operations do not lag");
    assert_eq!(lists(&world, "Late"), (false, Some("1".into())));
    assert_eq!(lists(&world, "Late"), (true, None));
}

#[test]
fn a_read_lags_for_a_time_of_the_worlds_clock() {
    let world = world(&json!([{ "on": "celigo.integrations.get", "ms": 500 }]));
    let id = make(&world, "Late");
    let read = || status(&ask(&world, "GET", &format!("/v1/integrations/{id}"), ""));
    // Each answer moves the clock by 1 ms.
    assert_eq!(read(), 404);
    world.advance(Duration::from_millis(497));
    assert_eq!(read(), 404);
    assert_eq!(read(), 200);
    ask(&world, "DELETE", &format!("/v1/integrations/{id}"), "");
    assert_eq!(read(), 200, "what is gone is seen for a while");
    world.advance(Duration::from_millis(500));
    assert_eq!(read(), 404);
}

#[test]
fn each_change_comes_into_sight_by_itself() {
    let world = world(&json!([{ "on": "celigo.integrations.*", "calls": 1 }]));
    make(&world, "First");
    assert!(!lists(&world, "First").0);
    make(&world, "Second");
    assert_eq!((lists(&world, "First").0, lists(&world, "Second").0), (true, true));
    make(&world, "Third");
    make(&world, "Fourth");
    assert_eq!(lists(&world, "Third"), (false, Some("5".into())));
    assert_eq!((lists(&world, "Third").0, lists(&world, "Fourth").0), (true, true));
}

#[test]
fn what_lags_is_told_in_journal_and_report_and_counts_as_injected() {
    let world = world(&json!([{ "on": "celigo.integrations.list", "calls": 1 }]));
    world.expect(standin::Expectation::on("celigo.integrations.delete"));
    make(&world, "Late");
    let answer = ask(&world, "GET", "/v1/integrations", "");
    assert_eq!(header(&answer, "standin-source").as_deref(), Some("injected"));
    let shown: Vec<_> = world.journal().iter().map(|entry| entry.shows_call).collect();
    assert_eq!(shown, [None, Some(0)]);
    let said = world.verify().unwrap_err().to_string();
    assert!(said.contains("1 create → 201 · 2 list → 200 as after call 0"), "{said}");
}

#[test]
fn changes_of_other_records_are_no_reason_to_lag() {
    let world = world(&json!([{ "on": "celigo.integrations.list", "calls": 5 }]));
    let made = ask(&world, "POST", "/v1/connections", r#"{"type":"http","name":"C","http":{"formType":"rest"}}"#);
    assert!(status(&made) < 300, "{made:?}");
    assert_eq!(lists(&world, "x").1, None);
}

#[test]
fn the_final_records_are_those_of_now_and_a_reset_begins_anew() {
    let world = world(&json!([{ "on": "*", "calls": 100 }]));
    make(&world, "Late");
    let names: Vec<String> =
        world.records("celigo.integrations").unwrap().iter().map(|record| record["name"].to_string()).collect();
    assert!(names.contains(&"\"Late\"".to_owned()));
    assert!(!lists(&world, "Late").0);
    world.reset();
    assert_eq!(lists(&world, "Late"), (false, None));
}

#[test]
fn a_snapshot_remembers_what_its_reads_do_not_see_yet() {
    let world = world(&json!([{ "on": "celigo.integrations.list", "calls": 1 }]));
    make(&world, "Late");
    let point = world.snapshot();
    let course = || [lists(&world, "Late"), lists(&world, "Late")];
    let first = course();
    assert_eq!(first, [(false, Some("0".into())), (true, None)]);
    world.restore(&point);
    assert_eq!(course(), first);
}

#[test]
fn records_changed_behind_the_api_lag_too() {
    let world = world(&json!([{ "on": "celigo.integrations.list", "calls": 1 }]));
    assert!(!lists(&world, "Behind").0);
    world.create("celigo.integrations", json!({ "name": "Behind" })).unwrap();
    assert!(!lists(&world, "Behind").0);
    assert!(lists(&world, "Behind").0);
}

#[test]
fn more_changes_than_are_remembered_are_never_seen_too_soon() {
    let world = world(&json!([{ "on": "celigo.integrations.get", "ms": 10_000 }]));
    let ids: Vec<String> = (0..1_200).map(|n| make(&world, &format!("n{n}"))).collect();
    // The last was made 1 ms ago, the first 1,200 ms ago.
    world.advance(Duration::from_millis(10_000 - 1_200));
    let sees = |n: usize| status(&ask(&world, "GET", &format!("/v1/integrations/{}", ids[n]), "")) == 200;
    assert!(sees(0) && !sees(500) && !sees(1_199));
    world.advance(Duration::from_millis(1_150));
    assert!(sees(500) && !sees(1_100), "the last ones come into sight together");
    world.advance(Duration::from_millis(50));
    assert!(sees(1_100) && sees(1_199));
}

#[test]
fn a_lag_made_in_code_is_as_one_of_a_scenario() {
    let world = Standin::builder().offline().unwrap();
    let early = make(&world, "Early");
    world.lag(Lag::on("celigo.integrations.list").calls(2));
    world.lag(Lag::on(["celigo.integrations.get", "celigo.flows.*"]).ms(500));
    assert_eq!(lists(&world, "Early"), (true, None), "what was there before is seen");
    let id = make(&world, "Late");
    let read = |id: &str| status(&ask(&world, "GET", &format!("/v1/integrations/{id}"), ""));
    assert_eq!((read(&early), read(&id)), (200, 404));
    assert_eq!((lists(&world, "Late").0, lists(&world, "Late").0, lists(&world, "Late").0), (false, false, true));
    world.create("celigo.integrations", json!({ "name": "Behind" })).unwrap();
    assert!(!lists(&world, "Behind").0, "a change of the test lags too");
    let fork = world.fork();
    world.advance(Duration::from_millis(500));
    assert_eq!((read(&id), status(&ask(&fork, "GET", &format!("/v1/integrations/{id}"), ""))), (200, 404));
    world.reset();
    make(&world, "Anew");
    assert_eq!(lists(&world, "Anew"), (true, None), "a reset takes it away, as it does fault rules");
}

#[test]
fn a_lag_made_in_code_comes_before_those_of_the_scenario() {
    let world = world(&json!([{ "on": "celigo.*", "calls": 50 }]));
    world.lag(Lag::on("celigo.integrations.list").calls(1));
    make(&world, "Late");
    assert_eq!((lists(&world, "Late").0, lists(&world, "Late").0), (false, true));
    make(&world, "Later");
    assert_eq!((lists(&world, "Later").0, lists(&world, "Later").0), (false, true));
}

#[test]
fn a_lag_that_is_none_is_refused_and_an_idle_one_warned_of() {
    let world = Standin::builder().offline().unwrap();
    let refused = |lag: Lag| world.try_lag(lag).unwrap_err().to_string();
    assert_eq!(
        refused(Lag::on("celigo.integrations.lst").calls(1)),
        r#""celigo.integrations.lst" selects no operation; did you mean celigo.integrations.list?"#
    );
    let nothing = "the lag on celigo.integrations.list hides nothing; say for how many calls or ms";
    for idle in ["on", "calls", "ms"] {
        let lag = Lag::on("celigo.integrations.list");
        assert_eq!(refused(if idle == "ms" { lag.ms(0) } else { lag.calls(0) }), nothing);
    }
    assert_eq!(world.warnings(), [""; 0]);
    world.lag(Lag::on("celigo.integrations.create").calls(1));
    world.lag(Lag::on("celigo.integrations.*").calls(1));
    world.lag(Lag::on("celigo.integrations.list").ms(9));
    let warnings = world.warnings();
    let told: Vec<&str> = warnings.iter().filter_map(|warning| warning.lines().next()).collect();
    assert_eq!(
        told,
        [
            "lag on celigo.integrations.create: W04 changes nothing: none of these operations reads",
            "lag on celigo.integrations.list: W04 changes nothing: one before it is for these operations",
        ]
    );
}
