//! Keys and names without effect are told of: in code, in scenarios, in files of records.

use std::sync::{Arc, Mutex};

use serde_json::json;
use standin::{Answer, Expectation, Lag, Rule, Standin, WorldHandle, WorldOptions};

fn world() -> WorldHandle {
    Standin::builder().offline().unwrap()
}

fn list(world: &WorldHandle) -> Answer {
    world.answer("GET", "/v1/integrations", &[("authorization", "Bearer any")], b"")
}

#[test]
fn an_expectation_of_a_rule_or_step_that_is_not_there_fails() {
    let world = world();
    world.fault(Rule::on("celigo.integrations.list").id("busy").error("rate_limited"));
    world.expect(Expectation::on("celigo.integrations.list").id("rule").by_rule("bussy").never());
    world.expect(Expectation::on("celigo.integrations.list").id("step").in_step("later").never());
    world.expect(Expectation::on("celigo.integrations.list").id("good").by_rule("busy"));
    list(&world);
    let said = world.verify().unwrap_err().to_string();
    let rule = "calls.rule: celigo.integrations.list answered by bussy names the fault rule \"bussy\", which there is not; did you mean busy?";
    let step = "calls.step: celigo.integrations.list in step later names the step \"later\", which there is not; there is none";
    assert!(said.contains(rule) && said.contains(step) && !said.contains("calls.good"), "{said}");
}

#[test]
fn a_rule_may_be_added_behind_the_expectation_and_taken_away_before_the_end() {
    let world = world();
    world.expect(Expectation::on("celigo.integrations.list").by_rule("busy"));
    world.fault(Rule::on("celigo.integrations.list").id("busy").error("rate_limited"));
    list(&world);
    world.clear_faults();
    world.verify().unwrap();
}

#[test]
fn a_function_that_writes_what_is_the_servers_is_told_so() {
    let answers: [(Answer, &str); 3] = [
        (answer(200, "Content-Length", b"{}"), "the header Content-Length of the answer is written by the server"),
        (
            answer(200, "transfer-encoding", b"{}"),
            "the header transfer-encoding of the answer is written by the server",
        ),
        (answer(204, "x-mine", b"{}"), "an answer with status Some(204) has no body; leave it out"),
    ];
    for (made, message) in answers {
        let world = world();
        world.fault(Rule::on("celigo.integrations.list").id("mine").answer(move |_, _| made.clone()));
        let answer = list(&world);
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status, Some(500), "{text}");
        assert!(text.contains(message) && text.contains("the function of fault rule mine panicked"), "{text}");
        assert!(world.verify().unwrap_err().to_string().contains(message));
    }
}

fn answer(status: u16, header: &str, body: &[u8]) -> Answer {
    let mut answer = Answer::empty(status);
    answer.headers = vec![(header.to_owned(), "1".to_owned())];
    answer.body = body.to_vec();
    answer
}

#[test]
fn a_status_that_nothing_answers_is_warned_of() {
    let warnings = |more: serde_json::Value| {
        let mut scenario = json!({ "scenario": 1, "api": "celigo" });
        for (key, value) in more.as_object().unwrap() {
            scenario[key] = value.clone();
        }
        world().load_text("s.json", &scenario.to_string()).unwrap().join("\n")
    };
    let call = |status: serde_json::Value| json!({ "expect": { "calls": [{ "on": "celigo.integrations.list", "status": status, "times": 0 }] } });
    assert!(
        warnings(call(json!(418)))
            .contains("W06 expect.calls[0].status is 418, which none of these operations documents")
    );
    assert_eq!(warnings(call(json!([200, 429]))), "");
    let rule = json!([{ "id": "tea", "on": "celigo.*", "do": { "respond": { "status": 418, "undocumented": true } } }]);
    let mut with_rule = call(json!(418));
    with_rule["faults"] = rule;
    assert_eq!(warnings(with_rule), "", "a fault rule answers with it");
    let end = json!({ "steps": [{ "name": "a", "ends": { "on": "celigo.integrations.list", "status": 404 } }, { "name": "b" }] });
    assert!(warnings(end).contains("W06 steps[0].ends.status is 404"));
}

#[test]
fn what_a_test_adds_is_warned_of_as_a_file_is() {
    let world = world();
    world.fault(Rule::on("celigo.integrations.create").id("body").body(json!({ "nmae": "x" })).close());
    world.fault(Rule::on("celigo.integrations.get").id("param").params(json!({ "_id": "abc123" })).close());
    world.fault(Rule::on("celigo.flows.*").id("all").close());
    world.fault(Rule::on("celigo.flows.get").id("one").reset());
    world.expect(Expectation::on("celigo.integrations.list").id("query").query(json!({ "ofset": "1" })).never());
    world.expect(Expectation::on("celigo.integrations.list").status(418).never());
    let warnings = world.warnings();
    let told: Vec<&str> = warnings.iter().filter_map(|warning| warning.lines().next()).collect();
    assert_eq!(
        told,
        [
            "rule \"body\": W06 when.body.nmae is no field of Integration that a document knows",
            "rule \"param\": W04 when.params._id never matches: no path of celigo.integrations.get has this parameter",
            "rule \"one\": W02 can never fire: rule \"all\" always answers the same calls",
            "call \"query\": W06 when.query.ofset is no parameter that a document of these operations knows",
            "call 1: W06 status is 418, which none of these operations documents",
        ]
    );
    world.clear_faults();
    assert_eq!(world.warnings().len(), 2, "of rules that were taken away nothing is said");
}

#[test]
fn fields_of_records_that_no_document_knows_are_warned_of() {
    let world = world();
    let said = || world.warnings();
    world.create("celigo.integrations", json!({ "_id": "a1", "name": "Own", "colour": "red" })).unwrap();
    let red = "celigo.integrations \"a1\": W06 colour is no field of Integration that a document knows";
    assert_eq!(said(), [format!("{red}\n    if it is meant, call admit_unknown_fields first")]);
    world.patch("celigo.integrations", "a1", json!({ "colour": "blue", "shade": null })).unwrap();
    assert_eq!(said().len(), 1, "what is there already, and what is not written, is not told again");
    world.patch("celigo.integrations", "abc123", json!({ "colour": "blue" })).unwrap();
    world.put("celigo.flows", "f1", json!({ "name": "F", "_integrationId": "a1", "Größe": 1 })).unwrap();
    world
        .replace_all("celigo.tags", vec![json!({ "tag": "t", "wholly": 1 }), json!({ "tag": "u", "wholly": 2 })])
        .unwrap();
    let lines: Vec<String> = said().iter().map(|warning| warning.lines().next().unwrap().to_owned()).collect();
    assert_eq!(lines[0], format!("{red}, written 2 times"));
    assert_eq!(lines[1], "celigo.flows \"f1\": W06 Größe is no field of Flow that a document knows");
    assert!(lines[2].ends_with("W06 wholly is no field of Tag that a document knows, written 2 times"), "{lines:?}");
    let refused = world.replace_all("celigo.tags", vec![json!({ "tag": "t", "quite": 1 }), json!({ "tga": "u" })]);
    assert!(refused.is_err() && said().len() == 3, "of a change that was refused nothing is said");
    world.reset();
    assert_eq!(said(), [""; 0]);
    world.admit_unknown_fields();
    world.create("celigo.integrations", json!({ "name": "Own", "colour": "red" })).unwrap();
    assert_eq!(said(), [""; 0]);
    let function = Rule::on("celigo.flows.list").answer(|_, data| {
        data.patch("celigo.integrations", "abc123", json!({ "depth": 3 })).unwrap();
        Answer::empty(204)
    });
    let other = Standin::builder().offline().unwrap();
    other.fault(function);
    other.answer("GET", "/v1/flows", &[("authorization", "Bearer any")], b"");
    assert!(other.warnings()[0].contains("W06 depth is no field"), "{:?}", other.warnings());
}

#[test]
fn records_as_they_are_can_be_put_without_a_warning() {
    let (from, to) = (world(), world());
    let mut put = 0;
    for operation in ["celigo", "edlink"] {
        let collections: Vec<String> = standin::operations()
            .iter()
            .filter_map(|known| known.name.strip_prefix(&format!("{operation}."))?.split('.').next().map(str::to_owned))
            .map(|name| format!("{operation}.{name}"))
            .collect();
        for collection in collections {
            for record in from.records(&collection).unwrap_or_default() {
                put += usize::from(to.put(&collection, record.id(), record.to_value()).is_ok());
            }
        }
    }
    assert!(put > 100, "{put}");
    assert_eq!(to.warnings(), [""; 0]);
}

#[test]
fn a_step_that_cannot_be_made_is_warned_of_where_it_is_loaded() {
    let scenario = json!({ "scenario": 1, "api": "celigo", "steps": [
        { "name": "first", "ends": { "on": "celigo.integrations.list" } },
        { "name": "later", "data": { "remove": { "celigo.flows": ["nope"] } } },
    ] });
    let world = world();
    let warnings = world.load_text("s.json", &scenario.to_string()).unwrap();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].starts_with("s.json:1:") && warnings[0].contains("W05 steps[1].data.remove"), "{warnings:?}");
    assert_eq!(world.step().as_deref(), Some("first"), "trying it changes nothing");
    list(&world);
    assert_eq!(world.step().as_deref(), Some("later"));
    assert!(world.verify().unwrap_err().to_string().contains("could not be made"));
}

#[test]
fn what_a_test_adds_stands_in_the_log() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&lines);
    let standin = Standin::builder().log(move |line| log.lock().unwrap().push(line.to_owned())).start();
    let world = standin.new_world_with(&WorldOptions::default().name("w1")).unwrap();
    world.fault(Rule::on("celigo.flows.*").close());
    world.fault(Rule::on("celigo.flows.get").id("behind").reset());
    world.lag(Lag::on("celigo.integrations.create").calls(1));
    world.expect(Expectation::on("celigo.flows.list").id("look").status(418).never());
    world.expect(Expectation::on("celigo.flows.list").never());
    world.patch("celigo.integrations", "abc123", json!({ "colour": "red" })).unwrap();
    crate::support::ask(standin.address(), "GET", "/w/w1/v1/integrations", &[("authorization", "Bearer any")], "");
    let _ = world.verify(); // Its rules never fired.
    let lines = lines.lock().unwrap();
    let first = |line: &String| line.lines().next().unwrap().to_owned();
    assert_eq!(
        lines[..9].iter().map(first).collect::<Vec<_>>(),
        [
            "fault rule \"rule-1\" on celigo.flows.* was added in world w1",
            "fault rule \"behind\" on celigo.flows.get was added in world w1",
            "warning: rule \"behind\": W02 can never fire: rule \"rule-1\" always answers the same calls",
            "lag on celigo.integrations.create was added in world w1",
            "warning: lag on celigo.integrations.create: W04 changes nothing: none of these operations reads",
            "expected call \"look\" of celigo.flows.list was added in world w1",
            "warning: call \"look\": W06 status is 418, which none of these operations documents",
            "expected call 1 of celigo.flows.list was added in world w1",
            "warning: celigo.integrations \"abc123\": W06 colour is no field of Integration that a document knows",
        ]
    );
    assert!(lines[9].contains(" #1@w1 GET /w/w1/v1/integrations celigo.integrations.list 200 "), "{}", lines[9]);
}

#[test]
fn warnings_of_the_scenario_of_a_start_stand_in_the_log() {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("warned-of.json");
    let misspelt = json!({ "nmae": "x" });
    let rule = json!({ "id": "a", "on": "celigo.integrations.list", "when": { "query": misspelt }, "do": { "error": "rate_limited" } });
    let said = json!({ "scenario": 1, "api": "celigo", "name": "w", "faults": [rule] });
    std::fs::write(&file, said.to_string()).unwrap();
    let lines = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&lines);
    let standin = Standin::builder().log(move |line| log.lock().unwrap().push(line.to_owned()));
    let _ = standin.scenario(file).start().world().verify(); // Its rule never fired.
    let lines = lines.lock().unwrap();
    assert!(lines[0].contains("W06 faults[0].when.query.nmae is no parameter"), "{lines:?}");
    assert!(!lines.iter().skip(1).any(|line| line.starts_with("warning")), "each is told once: {lines:?}");
}
