//! Scenario files: which are accepted, which are refused and with which words. The files are `tests/scenario-corpus/`:
//! `accepted`; `refused`, by their form; `senseless`, whose form is right; and `assumed`, refused by strict fidelity only.
//! Accepted files stay accepted for ever. `tests/apart` holds the published schema against them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use standin::{Operation, Standin, WorldHandle};

fn corpus(kind: &str) -> Vec<PathBuf> {
    let folder = Path::new("tests/scenario-corpus").join(kind);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 5, "{kind} has files");
    files
}

fn world() -> WorldHandle {
    Standin::builder().offline().unwrap()
}

fn schema() -> Value {
    let printed = Command::new(env!("CARGO_BIN_EXE_standin")).arg("schema").output().unwrap();
    serde_json::from_slice(&printed.stdout).unwrap()
}

#[test]
fn accepted_files_are_accepted_without_a_warning() {
    let world = world();
    let builtin_scenarios =
        standin::builtin_scenarios().into_iter().map(|scenario| (scenario.name.to_owned(), scenario.text.to_owned()));
    let files =
        corpus("accepted").into_iter().map(|path| (path.display().to_string(), fs::read_to_string(&path).unwrap()));
    for (name, text) in files.chain(builtin_scenarios) {
        let warnings = world.load_text(&name, &text).unwrap_or_else(|error| panic!("{name}:\n{error}"));
        assert!(warnings.is_empty(), "{name}: {warnings:?}");
        if Path::new(&name).exists() {
            // A probe is played against the fake too.
            world.check(&name).unwrap_or_else(|error| panic!("{error}"));
        }
    }
}

#[test]
fn files_of_the_wrong_form_are_refused_with_place_and_remedy() {
    let world = world();
    for path in corpus("refused") {
        let error = world.check(&path).err().unwrap_or_else(|| panic!("{} is accepted", path.display()));
        let first = &error.diagnostics[0];
        assert!(first.place.line > 0 && first.place.column > 0 && !first.help.is_empty(), "{error}");
    }
}

#[test]
fn files_of_the_right_form_without_sense_are_refused_by_their_code() {
    let world = world();
    for path in corpus("senseless") {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let code = name.split('-').next().unwrap();
        let said = match world.check(&path) {
            Ok(warnings) => warnings.join("\n"),
            Err(error) => error.to_string(),
        };
        assert!(name == "many" || said.contains(&format!(" {code} ")), "{name}: {said}");
    }
}

#[test]
fn every_operation_can_be_named() {
    let world = world();
    for some in standin::operations().chunks(50) {
        let rule = |(n, of): (usize, &Operation)| serde_json::json!({ "id": format!("r{n}"), "on": of.name, "do": { "abort": "close" } });
        let faults: Vec<Value> = some.iter().enumerate().map(rule).collect();
        let cover: Vec<String> = some.iter().map(|of| format!("{} {}", of.name, of.outcomes[0].0)).collect();
        let scenario = serde_json::json!({
            "scenario": 1, "api": ["celigo", "edlink"], "faults": faults, "expect": { "cover": cover }
        });
        world.load_text("x", &scenario.to_string()).unwrap_or_else(|error| panic!("{error}"));
        let _ = world.verify();
    }
}

/// The name of a file of the corpus and of its snapshot: `refused-at-p`.
fn name_of(path: &Path) -> String {
    let kind = path.parent().and_then(Path::file_name).unwrap().to_str().unwrap();
    format!("{kind}-{}", path.file_stem().unwrap().to_str().unwrap())
}

/// Compares what is said about each file with the snapshot of its name, and at last names all files of which something
/// else is said. Fails for snapshots that no file has any more.
fn assert_told(kinds: &[&str], said: impl Fn(&Path) -> String) {
    let files: Vec<PathBuf> = kinds.iter().flat_map(|kind| corpus(kind)).collect();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots/files");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let _bound = settings.bind_to_scope();
    let differ = files.iter().filter(|path| {
        let told = || insta::assert_snapshot!(name_of(path), said(path).replace("tests/scenario-corpus/", ""));
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(told)).is_err()
    });
    let differ: Vec<String> = differ.map(|path| path.display().to_string()).collect();
    assert!(differ.is_empty(), "something else is said about {}", differ.join(", "));

    let names: BTreeSet<String> = files.iter().map(|path| format!("{}.snap", name_of(path))).collect();
    let stored = fs::read_dir("tests/scenarios/snapshots/files").unwrap();
    let stored = stored.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let ours = stored.filter(|name| kinds.iter().any(|kind| name.starts_with(&format!("{kind}-"))));
    let left: Vec<String> = ours.filter(|name| !name.ends_with(".snap.new") && !names.contains(name)).collect();
    assert!(left.is_empty(), "snapshots without a file: {}", left.join(", "));
}

/// Returns what `standin check` says of a file.
fn findings(world: &WorldHandle, path: &Path) -> String {
    match world.check(path) {
        Ok(warnings) => warnings.join("\n"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn every_fault_has_its_words() {
    let world = world();
    assert_told(&["refused", "senseless"], |path| findings(&world, path));
}

#[test]
fn every_code_has_a_file() {
    let world = world();
    let mut codes = BTreeSet::new();
    for path in corpus("refused").iter().chain(&corpus("senseless")) {
        let said = findings(&world, path);
        let words = said.split_whitespace().filter(|word| word.len() == 3 && word.starts_with(['E', 'W']));
        codes.extend(words.filter(|word| word[1..].bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned));
    }
    // An API without next links is needed for E15, and all have some. E21 comes with strict fidelity only.
    let all = (1..=23).filter(|n| ![15, 21].contains(n)).map(|n| format!("E{n:02}"));
    let all = all.chain((1..=8).map(|n| format!("W{n:02}")));
    assert_eq!(codes, all.collect());
}

#[test]
fn strict_fidelity_refuses_what_depends_on_assumptions_and_says_why() {
    let (usual, strict) = (world(), Standin::builder().strict_fidelity().offline().unwrap());
    assert_told(&["assumed"], |path| {
        let warnings = usual.check(path).unwrap_or_else(|error| panic!("{error}"));
        assert!(warnings.is_empty(), "{warnings:?}");
        let error = strict.check(path).err().unwrap_or_else(|| panic!("{} is accepted", path.display()));
        assert_eq!(strict.load(path), Err(error.clone()), "what cannot be checked cannot be loaded");
        assert_eq!(error.diagnostics.len(), error.to_string().matches(" E21 ").count(), "{error}");
        error.to_string()
    });
}

#[test]
fn strict_fidelity_accepts_what_depends_on_nothing_assumed() {
    let strict = Standin::builder().strict_fidelity().offline().unwrap();
    strict.check("celigo-lost-create").unwrap();
    for kind in ["expect", "known-in-live", "least", "matchers"] {
        strict.check(format!("tests/scenario-corpus/accepted/{kind}.json")).unwrap();
    }
}

#[test]
fn a_scenario_that_is_neither_file_nor_ready_made_is_told_the_nearest() {
    let error = world().check("celigo-lost-creat").unwrap_err();
    assert!(error.to_string().contains("celigo-lost-create"), "{error}");
}

#[test]
fn a_file_that_is_not_utf_8_is_told_where() {
    let path = std::env::temp_dir().join(format!("standin-{}-latin.json", std::process::id()));
    fs::write(&path, b"{\n  \"name\": \"Caf\xe9\"\n}").unwrap();
    let error = world().check(&path).unwrap_err();
    fs::remove_file(&path).unwrap();
    let first = &error.diagnostics[0];
    assert_eq!((first.place.line, first.place.column), (2, 15), "{error}");
    assert!(first.message.contains("not UTF-8") && first.help == "save it as UTF-8", "{error}");
}

/// A fact that depends on the consumer is not known before it is there.
#[test]
fn data_of_later_steps_is_warned_of_only_when_no_state_could_make_it_right() {
    let check = |data: Value| {
        let path = std::env::temp_dir().join(format!("standin-{}-steps.json", std::process::id()));
        let ends = serde_json::json!({ "on": "celigo.integrations.list" });
        let steps = serde_json::json!([{ "name": "a", "ends": ends }, { "name": "b", "data": data }]);
        let scenario = serde_json::json!({ "scenario": 1, "api": "celigo", "steps": steps });
        fs::write(&path, scenario.to_string()).unwrap();
        let warnings = world().check(&path).unwrap();
        fs::remove_file(&path).unwrap();
        warnings.join("\n")
    };
    let of = |key: &str, value: Value| check(serde_json::json!({ key: { "celigo.flows": value } }));
    assert_eq!(of("remove", serde_json::json!(["#99", "gone"])), "");
    assert_eq!(of("patch", serde_json::json!({ "#99": { "name": 1 } })), "");
    assert_eq!(of("add", serde_json::json!([{ "name": "F", "_integrationId": "000000000000000000000009" }])), "");
    assert!(of("add", serde_json::json!([{ "name": 1 }])).contains(" W05 steps[1].data.add.celigo.flows[0] "));
    assert!(of("patch", serde_json::json!({ "#1": { "name": 1 } })).contains(" W05 "));
    assert!(of("generate", serde_json::json!({ "count": 1, "like": { "name": 1 } })).contains(" W05 "));
}

/// An editor shows the description where the author writes the key.
#[test]
fn every_property_of_the_schema_is_described_with_its_default() {
    fn walk(at: &str, value: &Value, wrong: &mut Vec<String>) {
        let members = value.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), value));
        let items = value.as_array().into_iter().flatten().enumerate().map(|(n, value)| (n.to_string(), value));
        if let Some(properties) = value.get("properties").and_then(Value::as_object) {
            for (name, property) in properties {
                let text = property["description"].as_str().unwrap_or_default();
                let is_measure = ["_ms", "_s"].iter().any(|unit| name.ends_with(unit)) || name == "ms";
                let has_unit = ["illiseconds", "Seconds", "bytes per second"].iter().any(|unit| text.contains(unit));
                if !text.contains("Default: ") && !text.contains("Required") || is_measure && !has_unit {
                    wrong.push(format!("{at}/{name}: {text:?}"));
                }
            }
        }
        for (name, inner) in members.chain(items) {
            walk(&format!("{at}/{name}"), inner, wrong);
        }
    }
    let mut wrong = Vec::new();
    walk("", &schema(), &mut wrong);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
