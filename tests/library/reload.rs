//! Fixtures and scenarios that are read again while a server runs.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use standin::{Standin, WorldOptions};

use crate::support::{Response, ask};

const ANY: (&str, &str) = ("authorization", "Bearer any");

/// A folder of fixtures and a scenario, gone afterwards.
struct Files(PathBuf);

impl Files {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("celigo")).unwrap();
        Self(path)
    }

    fn scripts(&self, text: &str) {
        fs::write(self.0.join("celigo/scripts.json"), text).unwrap();
    }

    fn scenario(&self, name: &str, on: &str) -> PathBuf {
        let rule = json!({ "id": "busy", "on": on, "do": { "error": "rate_limited" } });
        let path = self.0.join("scenario.json");
        fs::write(&path, json!({ "scenario": 1, "api": "celigo", "name": name, "faults": [rule] }).to_string())
            .unwrap();
        path
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn reload(standin: &Standin) -> Response {
    ask(standin.address(), "POST", "/_standin/reload", &[("host", &standin.address().to_string())], "")
}

fn names(standin: &Standin, world: &str) -> Vec<String> {
    let answer = ask(standin.address(), "GET", &format!("{world}/v1/scripts"), &[ANY], "").json();
    answer.as_array().unwrap().iter().map(|script| script["name"].as_str().unwrap().to_owned()).collect()
}

const SCRIPTS: &str = r#"[{"_id": "5f2b00000000000000000001", "name": "NAME", "content": "function f() {}"}]"#;

#[test]
fn fixtures_are_read_again_and_later_worlds_start_from_them() {
    let files = Files::new("reload-fixtures");
    files.scripts(&SCRIPTS.replace("NAME", "before"));
    let standin = Standin::builder().fixtures(&files.0).start();
    let _early = standin.new_world_with(&WorldOptions::default().name("early")).unwrap();
    assert_eq!(names(&standin, ""), ["before"]);
    files.scripts(&SCRIPTS.replace("NAME", "after"));
    assert_eq!(reload(&standin).status, 204);
    assert_eq!(standin.world().journal().len(), 0, "the default world begins anew");
    assert_eq!(names(&standin, ""), ["after"]);
    standin.world().reset();
    assert_eq!(names(&standin, ""), ["after"], "and so does each reset");
    let _late = standin.new_world_with(&WorldOptions::default().name("late")).unwrap();
    assert_eq!(
        (names(&standin, "/w/early"), names(&standin, "/w/late")),
        (vec!["before".into()], vec!["after".into()])
    );
}

#[test]
fn a_scenario_is_read_again() {
    let files = Files::new("reload-scenario");
    let path = files.scenario("before", "celigo.flows.list");
    let standin = Standin::builder().scenario(&path).start();
    let status = |target: &str| ask(standin.address(), "GET", target, &[ANY], "").status;
    assert_eq!((status("/v1/flows"), status("/v1/exports")), (429, 200));
    files.scenario("after", "celigo.exports.list");
    standin.reload().unwrap();
    assert_eq!((status("/v1/flows"), status("/v1/exports")), (200, 429));
}

#[test]
fn files_with_faults_change_nothing_and_the_answer_names_them() {
    let files = Files::new("reload-faults");
    files.scripts(&SCRIPTS.replace("NAME", "before"));
    let standin = Standin::builder().fixtures(&files.0).start();
    assert_eq!(names(&standin, ""), ["before"]);
    files.scripts("[{]");
    let refused = reload(&standin);
    assert_eq!((refused.status, &refused.json()["error"]["code"]), (400, &json!("invalid_files")));
    assert!(refused.text().contains("scripts.json:1:3"), "{}", refused.text());
    assert_eq!(standin.world().journal().len(), 1);
    assert_eq!(names(&standin, ""), ["before"]);
}

#[test]
fn what_a_scenario_extends_is_read_again_too() {
    let files = Files::new("reload-extended");
    files.scenario("before", "celigo.flows.list");
    let own = files.0.join("own.json");
    fs::write(&own, json!({ "scenario": 1, "extends": "scenario.json" }).to_string()).unwrap();
    let standin = Standin::builder().scenario(&own).start();
    let status = |target: &str| ask(standin.address(), "GET", target, &[ANY], "").status;
    assert_eq!((status("/v1/flows"), status("/v1/exports")), (429, 200));
    files.scenario("after", "celigo.exports.list");
    assert_eq!(reload(&standin).status, 204);
    assert_eq!((status("/v1/flows"), status("/v1/exports")), (200, 429));
}

#[test]
fn a_body_extends_ready_made_scenarios_only_and_is_exported_whole() {
    let files = Files::new("extends-control");
    let path = files.scenario("base", "celigo.flows.list");
    let standin = Standin::start();
    let host = standin.address().to_string();
    let send = |method: &str, target: &str, body: &str| {
        let headers = [("host", host.as_str()), ("content-type", "application/json")];
        ask(standin.address(), method, target, &headers, body)
    };
    let extends = |name: &str| json!({ "scenario": 1, "name": "mine", "extends": name }).to_string();
    let refused = send("PUT", "/_standin/scenario", &extends(path.to_str().unwrap()));
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("which is no ready-made scenario"), "{}", refused.text());
    assert_eq!(send("PUT", "/_standin/scenario", &extends("celigo-lost-create")).status, 200);
    let exported = send("GET", "/_standin/worlds/default/export", "");
    let text = exported.json()["scenario"]["text"].as_str().unwrap().to_owned();
    assert!(text.contains("lookup") && !text.contains("extends"), "{text}");
    let imported = send("PUT", "/_standin/worlds/copy/import", &exported.text());
    assert_eq!(imported.status, 200, "{}", imported.text());
    let made = send(
        "POST",
        "/_standin/worlds",
        &json!({ "name": "m", "scenario": { "scenario": 1, "extends": "celigo-lost-creat" } }).to_string(),
    );
    assert!(made.text().contains("did you mean celigo-lost-create?"), "{}", made.text());
}
