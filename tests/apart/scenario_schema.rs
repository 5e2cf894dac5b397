//! The published schema of scenario files accepts and refuses what the parser does, as far as a schema can.

use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use serde_json::{Value, json};

/// Returns the files of the corpus that are JSON, with their names.
fn corpus(kind: &str) -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenario-corpus").join(kind);
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        Some((name, serde_json::from_str(&fs::read_to_string(path).ok()?).ok()?))
    };
    let files: Vec<(String, Value)> = files.filter_map(read).collect();
    assert!(files.len() > 5, "{kind} has files");
    files
}

fn schema() -> Validator {
    jsonschema::validator_for(&serde_json::from_str(standin::SCENARIO_SCHEMA).unwrap()).unwrap()
}

fn assert_accepts(schema: &Validator, name: &str, file: &Value) {
    let faults: Vec<String> = schema.iter_errors(file).map(|error| error.to_string()).collect();
    assert!(faults.is_empty(), "{name}: {faults:?}");
}

#[test]
fn the_schema_accepts_accepted_files_and_those_of_the_right_form() {
    let schema = schema();
    for (name, file) in corpus("accepted").into_iter().chain(corpus("senseless")).chain(corpus("assumed")) {
        // Among its many faults are some of form.
        if name != "many" {
            assert_accepts(&schema, &name, &file);
        }
    }
    for scenario in standin::builtin_scenarios() {
        assert_accepts(&schema, scenario.name, &serde_json::from_str(scenario.text).unwrap());
    }
}

#[test]
fn the_schema_refuses_files_of_the_wrong_form() {
    let schema = schema();
    for (name, file) in corpus("refused") {
        assert!(!schema.is_valid(&file), "the schema accepts {name}");
    }
    assert!(!schema.is_valid(&json!({ "scenario": 1, "api": "celigo", "sead": 1 })));
}

/// Names of operations and collections have letters, digits and underscores that the patterns must know.
#[test]
fn the_schema_accepts_every_operation() {
    let schema = schema();
    for operation in standin::operations() {
        let cover = format!("{} {}", operation.name, operation.outcomes[0].0);
        let rule = json!({ "id": "r", "on": operation.name, "do": { "abort": "close" } });
        let scenario = json!({
            "scenario": 1, "api": ["celigo", "edlink"], "faults": [rule], "expect": { "cover": [cover] }
        });
        assert_accepts(&schema, operation.name, &scenario);
    }
}
