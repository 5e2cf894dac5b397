//! One server for the tests of many jobs: worlds by path, labels, replicas, pieces added over HTTP.

use serde_json::{Value, json};
use standin::Standin;

use crate::support::{Response, ask};

const ANY: (&str, &str) = ("authorization", "Bearer any-token");

fn control(standin: &Standin, method: &str, path: &str, body: &Value) -> Response {
    let own = standin.address().to_string();
    let body = if body.is_null() { String::new() } else { body.to_string() };
    ask(standin.address(), method, &format!("/_standin{path}"), &[("host", &own)], &body)
}

fn names(standin: &Standin, query: &str) -> Vec<String> {
    let listed = control(standin, "GET", &format!("/worlds{query}"), &Value::Null).json();
    let worlds = listed["worlds"].as_array().unwrap().iter();
    worlds.map(|world| world["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_world_put_twice_is_one_world() {
    let standin = Standin::start();
    let wanted = json!({ "seed": 7, "label": "job 1" });
    let first = control(&standin, "PUT", "/worlds/a", &wanted);
    assert_eq!(first.status, 200, "{}", first.text());
    control(&standin, "POST", "/worlds/a/data/celigo.integrations", &json!({ "name": "Only here" }));
    let second = control(&standin, "PUT", "/worlds/a", &wanted);
    assert_eq!((second.status, second.json()), (200, first.json()));
    let records = control(&standin, "GET", "/worlds/a/data/celigo.integrations?text=Only+here", &Value::Null).json();
    assert_eq!(records.as_array().unwrap().len(), 1, "what is in it stays");
    let other = control(&standin, "PUT", "/worlds/a", &json!({ "seed": 8 }));
    assert_eq!((other.status, &other.json()["error"]["code"]), (409, &json!("conflict")));
    let renamed = control(&standin, "PUT", "/worlds/a", &json!({ "name": "b", "seed": 7, "label": "job 1" }));
    assert_eq!(renamed.status, 400, "{}", renamed.text());
    assert_eq!(control(&standin, "PUT", "/worlds/default", &json!({})).status, 409);
    assert_eq!(control(&standin, "PUT", "/worlds/-a", &json!({})).status, 400);
}

#[test]
fn a_world_whose_scenario_is_wrong_is_not_made() {
    let standin = Standin::start();
    let refused = control(&standin, "PUT", "/worlds/a", &json!({ "scenario": { "scenario": 1, "faults": 3 } }));
    assert_eq!((refused.status, &refused.json()["error"]["code"]), (400, &json!("invalid_scenario")));
    assert_eq!(names(&standin, ""), ["default"]);
}

#[test]
fn a_seed_said_beside_a_scenario_goes_before_its_own() {
    let standin = Standin::start();
    let wanted = json!({ "scenario": "celigo-lost-create", "seed": 99 });
    assert_eq!(control(&standin, "PUT", "/worlds/a", &wanted).status, 200);
    assert_eq!(standin.find_world("a").unwrap().seed(), 99);
}

#[test]
fn worlds_of_a_label_are_listed_and_deleted_together() {
    let standin = Standin::builder().max_worlds_per_label(2).start();
    for (name, label) in [("a", "org/repo#1"), ("b", "org/repo#1"), ("c", "org/repo#2")] {
        assert_eq!(control(&standin, "PUT", &format!("/worlds/{name}"), &json!({ "label": label })).status, 200);
    }
    let refused = control(&standin, "POST", "/worlds", &json!({ "label": "org/repo#1" }));
    assert_eq!((refused.status, &refused.json()["error"]["code"]), (409, &json!("too_many_worlds")));
    assert_eq!(names(&standin, "?label=org%2Frepo%231"), ["a", "b"]);
    let deleted = control(&standin, "DELETE", "/worlds?label=org%2Frepo%231", &Value::Null);
    assert_eq!(deleted.json(), json!({ "deleted": 2 }));
    assert_eq!(names(&standin, ""), ["default", "c"]);
    assert_eq!(ask(standin.address(), "GET", "/w/a/v1/flows", &[ANY], "").status, 410);
    assert_eq!(control(&standin, "DELETE", "/worlds", &Value::Null).status, 400, "never all by accident");
}

#[test]
fn health_and_ready_answer_anyone_and_tell_details_to_administrators_only() {
    let standin = Standin::builder().control_token("secret").name("a").start();
    let stranger = [("host", "balancer.internal")];
    let health = ask(standin.address(), "GET", "/_standin/health", &stranger, "");
    assert_eq!((health.status, health.json()), (200, json!({ "status": "ok" })));
    assert_eq!(ask(standin.address(), "GET", "/_standin/ready", &stranger, "").status, 200);
    assert_eq!(ask(standin.address(), "GET", "/_standin/worlds", &stranger, "").status, 401);
    let own = [("standin-control-token", "secret")];
    let health = ask(standin.address(), "GET", "/_standin/health", &own, "").json();
    assert_eq!((&health["name"], &health["apis"]), (&json!("a"), &json!(["celigo", "edlink"])));
}

#[test]
fn a_server_that_drains_is_not_ready_and_answers_all_the_same() {
    let standin = Standin::start();
    standin.drain();
    assert_eq!(control(&standin, "GET", "/ready", &Value::Null).status, 503);
    assert_eq!(control(&standin, "GET", "/health", &Value::Null).status, 200);
    assert_eq!(ask(standin.address(), "GET", "/v1/integrations", &[ANY], "").status, 200);
    assert_eq!(control(&standin, "PUT", "/worlds/a", &json!({})).status, 200);
}

#[test]
fn every_answer_says_which_replica_gave_it_unless_headers_are_off() {
    let replica = |standin: &Standin, path: &str| {
        ask(standin.address(), "GET", path, &[ANY], "").header("standin-replica").map(str::to_owned)
    };
    let standin = Standin::builder().name("eu-1").start();
    for path in ["/v1/integrations", "/w/lost/v1/integrations", "/_standin/ready"] {
        assert_eq!(replica(&standin, path).as_deref(), Some("eu-1"), "{path}");
    }
    assert_eq!(replica(&Standin::builder().name("eu-1").no_headers().start(), "/v1/flows"), None);
    assert_eq!(replica(&Standin::start(), "/v1/flows"), None);
    let error = Standin::builder().name("eu 1").try_start().err().unwrap().to_string();
    assert!(error.contains("cannot be named \"eu 1\""), "{error}");
}

#[test]
fn without_a_default_world_whoever_names_none_is_told_so() {
    let standin = Standin::builder().no_default_world().start();
    let lost = ask(standin.address(), "GET", "/v1/integrations", &[ANY], "");
    assert_eq!((lost.status, lost.header("standin-miss")), (404, Some("world")));
    assert_eq!(lost.json()["error"]["code"], "no_world_named");
    assert_eq!(control(&standin, "GET", "/data", &Value::Null).status, 404);
    assert_eq!(control(&standin, "GET", "/worlds/default", &Value::Null).status, 404);
    assert!(names(&standin, "").is_empty());
    assert_eq!(control(&standin, "PUT", "/worlds/a", &json!({})).status, 200);
    assert_eq!(ask(standin.address(), "GET", "/w/a/v1/integrations", &[ANY], "").status, 200);
    let by_token = [("authorization", "Bearer standin-world-a")];
    assert_eq!(ask(standin.address(), "GET", "/v1/integrations", &by_token, "").status, 200);
}

#[test]
fn rules_and_expectations_are_added_one_by_one() {
    let standin = Standin::start();
    control(&standin, "PUT", "/worlds/a", &json!({}));
    let add = |path: &str, body: Value| control(&standin, "POST", &format!("/worlds/a{path}"), &body);
    let busy = json!({ "on": "celigo.flows.list", "do": { "error": "rate_limited" } });
    assert_eq!(add("/faults", busy.clone()).json()["faults"][0]["id"], "rule-1");
    let call = || ask(standin.address(), "GET", "/w/a/v1/flows", &[ANY], "").status;
    assert_eq!(call(), 429);
    let faults = add("/faults", json!({ "on": "celigo.jobs.list", "do": { "error": "rate_limited" } })).json();
    assert_eq!(faults["faults"][0]["fired"], 1, "counters of the others go on");
    assert_eq!(add("/faults", json!([busy])).status, 400, "one rule, not a list");
    assert_eq!(add("/expect", json!({ "id": "flows", "on": "celigo.flows.list", "times": 1 })).status, 200);
    assert_eq!(add("/expect", json!({ "id": "flows", "on": "celigo.jobs.list" })).status, 409);
    assert_eq!(add("/expect", json!({ "on": "celigo.flow.list" })).status, 400);
    assert_eq!(add("/expect", json!({ "on": "celigo.flows.list", "step": "later" })).status, 400);
    let failed = || {
        let report = add("/verify", json!({})).json();
        let checks = report["checks"].as_array().unwrap().clone();
        let failed = checks.iter().filter(|check| check["passed"] == false).map(|check| check["id"].clone());
        failed.collect::<Vec<_>>()
    };
    assert_eq!(failed(), ["calls.flows", "fired.rule-2"], "calls before the expectation do not count");
    call();
    assert_eq!(failed(), ["fired.rule-2"]);
}

/// Requests that write, delete, page and fail, in a world.
fn work(standin: &Standin, world: &str, round: u32) -> Vec<String> {
    let to = |method: &str, path: &str, body: Value| {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let headers = [ANY, ("content-type", "application/json"), ("host", "fake.test")];
        let answer = ask(standin.address(), method, &format!("/w/{world}{path}"), &headers, &body);
        format!("{method} {path} {}\n{:?}\n{}", answer.status, answer.headers, answer.text())
    };
    let mut told = vec![
        to("POST", "/v1/integrations", json!({ "name": format!("Round {round}") })),
        to("POST", "/v1/integrations", json!({ "name": format!("Gone {round}") })),
        to("GET", "/v1/integrations?limit=3", Value::Null),
        to("GET", "/v1/flows", Value::Null),
        to("PUT", "/v1/integrations/abc123", json!({ "name": format!("Renamed {round}") })),
        to("GET", "/v1/integrations/abc123/audit", Value::Null),
        to("GET", "/api/v1/integrations?$first=1", Value::Null),
        to("POST", "/v1/integrations/abc123/clone", json!({ "name": format!("Copy {round}") })),
        to("GET", "/v1/nothing-of-the-kind", Value::Null),
    ];
    let made: Value = serde_json::from_str(told[1].rsplit('\n').next().unwrap()).unwrap();
    told.push(to("DELETE", &format!("/v1/integrations/{}", made["_id"].as_str().unwrap()), Value::Null));
    told
}

#[test]
fn a_world_that_moved_goes_on_as_it_would_have() {
    let (old, new) = (Standin::start(), Standin::start());
    let scenario = json!({
        "scenario": 1, "api": ["celigo", "edlink"], "name": "moved", "seed": 7,
        "profile": { "edlink": "documented" },
        "faults": [
            { "id": "third", "on": "celigo.flows.list", "at": { "nth": 3 }, "do": { "error": "rate_limited" } },
            { "id": "now-and-then", "on": "celigo.integrations.*", "at": { "p": 0.3 }, "do": { "delay_ms": 1 } },
        ],
        "steps": [
            { "name": "first", "ends": { "on": "celigo.integrations.update" } },
            { "name": "second" },
        ],
        "expect": { "calls": [{ "id": "lists", "on": "celigo.flows.list", "times": 4 }], "reach": "second" },
    });
    let made = control(&old, "PUT", "/worlds/a", &json!({ "scenario": scenario, "label": "job 7" }));
    assert_eq!(made.status, 200, "{}", made.text());
    control(&old, "POST", "/worlds/a/clock", &json!({ "advance_ms": 90_000 }));
    let busy = json!({ "on": "celigo.flows.list", "at": { "nth": 4 }, "do": { "error": "unauthorized" } });
    assert_eq!(control(&old, "POST", "/worlds/a/faults", &busy).status, 200);
    let expected = json!({ "id": "clones", "on": "celigo.integrations.clone", "times": 4 });
    control(&old, "POST", "/worlds/a/expect", &expected);
    (1..=2).for_each(|round| drop(work(&old, "a", round)));

    let exported = control(&old, "GET", "/worlds/a/export", &Value::Null);
    assert_eq!(exported.status, 200, "{}", exported.text());
    let imported = control(&new, "PUT", "/worlds/a/import", &exported.json());
    assert_eq!(imported.status, 200, "{}", imported.text());
    assert_eq!(control(&new, "PUT", "/worlds/a/import", &exported.json()).status, 200, "sent again");
    assert_eq!(control(&new, "GET", "/worlds/a/export", &Value::Null).json(), exported.json());
    assert_eq!(names(&new, "?label=job+7"), ["a"]);
    for round in 3..=4 {
        assert_eq!(work(&old, "a", round), work(&new, "a", round), "round {round}");
    }
    let report = |standin: &Standin| {
        let report = control(standin, "POST", "/worlds/a/verify?status=200", &json!({})).json();
        let of = |key: &str| report[key].clone();
        (of("checks"), of("rules"), of("steps"), of("calls"))
    };
    assert_eq!(report(&old), report(&new));
    control(&new, "POST", "/worlds/a/reset", &Value::Null);
    assert_eq!(control(&new, "GET", "/worlds/a/export", &Value::Null).json()["records"], exported.json()["records"]);
}

#[test]
fn an_export_says_what_lagging_reads_did_not_see_yet() {
    let (old, new) = (Standin::start(), Standin::start());
    let lag = json!([{ "on": "celigo.integrations.list", "calls": 2 }, { "on": "edlink.people.list", "ms": 99 }]);
    let scenario = json!({ "scenario": 1, "api": ["celigo", "edlink"], "lag": lag });
    assert_eq!(control(&old, "PUT", "/worlds/a", &json!({ "scenario": scenario })).status, 200);
    let export = || control(&old, "GET", "/worlds/a/export", &Value::Null).json();
    let list = |standin: &Standin| ask(standin.address(), "GET", "/w/a/v1/integrations", &[ANY], "").text();
    assert!(!list(&old).contains("Late") && export().get("warnings").is_none(), "{}", export()["warnings"]);
    control(&old, "POST", "/worlds/a/data/celigo.integrations", &json!({ "name": "Late" }));
    let said = "reads of celigo.integrations.list do not see 1 change yet";
    let exported = export();
    let warnings = exported["warnings"].as_array().unwrap();
    assert!(warnings.len() == 1 && warnings[0].as_str().unwrap().starts_with(said), "{warnings:?}");
    let imported = control(&new, "PUT", "/worlds/a/import", &exported).json();
    assert_eq!(imported["warnings"], exported["warnings"]);
    assert_eq!([&old, &new].map(|standin| list(standin).contains("Late")), [false, true], "as it was said");
}

#[test]
fn data_that_is_no_world_is_refused_with_its_place() {
    let standin = Standin::start();
    control(&standin, "PUT", "/worlds/a", &json!({}));
    let good = control(&standin, "GET", "/worlds/a/export", &Value::Null).json();
    let refused = |change: &dyn Fn(&mut Value), words: &str| {
        let mut data = good.clone();
        change(&mut data);
        let answer = control(&standin, "PUT", "/worlds/b/import", &data);
        let told = answer.text();
        assert!(answer.status == 400 && told.contains(words), "{words}: {} {told}", answer.status);
    };
    refused(&|data| data["world"] = json!(2), "world is 2, this version reads 1");
    refused(&|data| data["sede"] = json!(2), "unknown field `sede`");
    refused(&|data| data["records"]["celigo.flow"] = json!({}), "did you mean celigo.flows?");
    refused(&|data| data["records"]["celigo.flows"]["records"][1][0] = json!(0), "celigo.flows.records[1]: its number");
    refused(
        &|data| data["records"]["celigo.flows"]["records"][0][1] = json!(3),
        "celigo.flows.records[0]: a record must",
    );
    refused(&|data| data["records"]["celigo.flows"]["records"][0][1]["name"] = json!(3), "celigo.flows.records[0]: ");
    refused(&|data| data["records"]["celigo.integrations"]["records"] = json!([]), "records: celigo.");
    refused(&|data| data["profiles"] = json!({ "celigo": "dead" }), "profiles.celigo");
    refused(&|data| data["scenario"] = json!({ "name": "x", "text": "{" }), "scenario: ");
    assert_eq!(names(&standin, ""), ["default", "a"], "nothing of them was made");
    assert_eq!(control(&standin, "PUT", "/worlds/a/import", &good).status, 409, "the name is taken");
    standin.world().fault(standin::Rule::on("celigo.flows.list").close());
    let in_code = control(&standin, "GET", "/worlds/default/export", &Value::Null);
    assert_eq!((in_code.status, &in_code.json()["error"]["code"]), (409, &json!("not_exportable")));
}
