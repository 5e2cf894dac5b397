//! Scenarios that extend others: own keys win.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use standin::{Standin, WorldHandle};

/// A folder of its own, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("extending-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("sub")).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, value: &Value) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, serde_json::to_string_pretty(value).unwrap()).unwrap();
        path
    }

    fn said(&self, text: &impl ToString) -> String {
        text.to_string().replace(&format!("{}/", self.0.display()), "")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn world() -> WorldHandle {
    Standin::builder().offline().unwrap()
}

fn base() -> Value {
    json!({
        "scenario": 1, "api": "celigo", "name": "base", "about": "The base.", "seed": 7,
        "data": { "from": "default", "remove": { "celigo.integrations": ["#1"] } },
        "faults": [{ "id": "lost", "on": "celigo.integrations.create", "at": { "nth": 1 }, "do": { "abort": "close" } }],
        "expect": { "calls": [{ "id": "create", "on": "celigo.integrations.create" }], "conduct": { "max_attempts": 3 } },
    })
}

#[test]
fn own_keys_win_and_the_others_are_taken_over() {
    let folder = Folder::new("win");
    folder.file("base.json", &base());
    let own = folder.file(
        "sub/own.json",
        &json!({ "scenario": 1, "extends": "../base.json", "seed": 9,
            "data": { "remove": { "celigo.integrations": ["#2", "#3"] } },
            "expect": { "calls": [{ "id": "list", "on": "celigo.integrations.list" }] } }),
    );
    let world = world();
    let before = world.records("celigo.integrations").unwrap().len();
    world.load(&own).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(world.seed(), 9);
    assert_eq!(
        world.records("celigo.integrations").unwrap().len(),
        before - 2,
        "from is taken over, remove is its own"
    );
    let said = folder.said(&world.verify().unwrap_err());
    assert!(said.starts_with("FAIL own   "), "a name is not taken over: {said}");
    assert!(said.contains("calls.list: ") && !said.contains("calls.create"), "{said}");
    assert!(said.contains("lost"), "the fault rule is taken over: {said}");
    let explained = folder.said(&world.explain(&own).unwrap());
    assert!(explained.starts_with("own   seed 9\nextends sub/../base.json\n"), "{explained}");
}

#[test]
fn a_chain_ends_at_a_ready_made_scenario() {
    let folder = Folder::new("chain");
    folder.file("middle.json", &json!({ "scenario": 1, "extends": "celigo-lost-create", "seed": 3 }));
    let own = folder.file("own.json", &json!({ "scenario": 1, "extends": "middle.json", "faults": [] }));
    let world = world();
    let explained = folder.said(&world.explain(&own).unwrap());
    assert!(
        explained.starts_with("own   seed 3\nextends middle.json, which extends celigo-lost-create\n"),
        "{explained}"
    );
    assert!(!explained.contains("lost-create   celigo.integrations.create"), "its faults are its own: {explained}");
}

#[test]
fn faults_are_told_in_the_file_that_has_them() {
    let folder = Folder::new("places");
    let mut wrong = base();
    wrong["faults"][0]["on"] = json!("celigo.integration.create");
    folder.file("base.json", &wrong);
    let own = folder.file("own.json", &json!({ "scenario": 1, "extends": "base.json", "expect": { "cals": [] } }));
    let said = folder.said(&world().check(&own).unwrap_err());
    let lines: Vec<&str> = said.lines().filter(|line| line.contains(" E0")).collect();
    assert!(lines[0].starts_with("own.json:5:13: E02 expect.cals is a key"), "{said}");
    assert!(lines[1].starts_with("base.json:18:13: E03 faults[0].on \"celigo.integration.create\""), "{said}");
}

#[test]
fn a_ring_and_a_missing_file_are_refused_where_they_are_written() {
    let folder = Folder::new("ring");
    folder.file("b.json", &json!({ "scenario": 1, "extends": "sub/../a.json" }));
    let ring = folder.file("a.json", &json!({ "scenario": 1, "extends": "b.json" }));
    let said = folder.said(&world().check(&ring).unwrap_err());
    assert!(said.starts_with("b.json:3:14: E23 extends itself: a.json → b.json → sub/../a.json\n"), "{said}");
    let lost = folder.file("lost.json", &json!({ "scenario": 1, "extends": "nope.json" }));
    let said = folder.said(&world().check(&lost).unwrap_err());
    assert!(said.starts_with("lost.json:3:14: E13 extends \"nope.json\", which is no file"), "{said}");
    let slip = folder.file("slip.json", &json!({ "scenario": 1, "extends": "celigo-lost-creat" }));
    let said = folder.said(&world().check(&slip).unwrap_err());
    assert!(said.contains("the nearest ready-made scenario is celigo-lost-create"), "{said}");
}

#[test]
fn what_is_extended_must_be_a_scenario() {
    let folder = Folder::new("kind");
    folder.file("list.json", &json!([]));
    folder.file("plain.json", &json!({ "name": "x" }));
    fs::write(folder.0.join("broken.json"), "{\n  \"a\": \n}").unwrap();
    let mut said = String::new();
    for base in ["list.json", "plain.json", "broken.json", "sub"] {
        let own = folder.file("own.json", &json!({ "scenario": 1, "extends": base }));
        said += &(folder.said(&world().check(&own).unwrap_err()).lines().next().unwrap().to_owned() + "\n");
    }
    let expected = "list.json:1:1: E05 the file is no object
plain.json:1:1: E06 scenario is not 1
broken.json:3:1: E01 the file is not JSON: expected value
own.json:3:14: E13 extends \"sub\": the file cannot be read: Is a directory (os error 21)
";
    assert_eq!(said, expected);
}

#[test]
fn a_report_points_at_the_line_that_takes_an_expectation_over() {
    let folder = Folder::new("line");
    folder.file("base.json", &base());
    let own = folder.file("own.json", &json!({ "scenario": 1, "extends": "base.json" }));
    let world = world();
    world.load(&own).unwrap();
    let unmet = world.verify().unwrap_err();
    let check = unmet.report().checks.iter().find(|check| check.id == "calls.create").unwrap();
    assert_eq!(check.line, 3);
}
