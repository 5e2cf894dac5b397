//! The schema of scenario files, and the way from a file to it.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::binary::{Folder, said, standin};

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn a_saved_scenario_names_the_schema_that_lies_beside_it() {
    let folder = Folder::new("schema-saved");
    let (code, out, err) = said(&mut standin(&["scenarios", "celigo-lost-create", "--save", folder.text()]));
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    let file = json(&folder.0.join("celigo-lost-create.json"));
    let schema = json(&folder.0.join(file["$schema"].as_str().unwrap()));
    let (_, printed, _) = said(&mut standin(&["schema"]));
    assert_eq!(schema, serde_json::from_str::<Value>(&printed).unwrap());
    assert_eq!(said(&mut standin(&["check", &folder.path("celigo-lost-create.json")])).0, 0);
}

#[test]
fn a_printed_scenario_says_how_its_schema_is_made() {
    let folder = Folder::new("schema-printed");
    let mut print = standin(&["scenarios", "celigo-lost-create"]);
    let (_, text, err) = said(print.current_dir(&folder.0));
    let name = serde_json::from_str::<Value>(&text).unwrap()["$schema"].as_str().unwrap().to_owned();
    let named = name.strip_prefix("./").unwrap();
    assert_eq!(err, format!("note: for an editor that reads \"$schema\": standin schema > {named}\n"));
    let (_, schema, _) = said(&mut standin(&["schema"]));
    folder.file(named, &schema);
    assert_eq!(said(print.current_dir(&folder.0)).2, "", "nothing is left to say");
}

#[test]
fn ready_made_scenarios_name_the_schema_of_this_repository() {
    for entry in fs::read_dir("scenarios").unwrap() {
        let path = entry.unwrap().path();
        let schema = json(&path)["$schema"].as_str().unwrap().to_owned();
        assert!(Path::new("scenarios").join(&schema).exists(), "{}: {schema}", path.display());
    }
}
