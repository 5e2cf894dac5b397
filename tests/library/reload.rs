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
