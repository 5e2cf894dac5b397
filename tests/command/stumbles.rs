//! First mistakes of users: each gets a sentence that helps.

use crate::binary::{Folder, said, standin};

const SCENARIO: &str = r#"{"scenario":1,"api":"celigo"}"#;
const INTEGRATIONS: &str = r#"[{"_id": "5f2b00000000000000000001", "name": "Only mine"}]"#;

#[test]
fn a_folder_of_one_collection_is_enough_and_what_is_left_out_is_said() {
    let folder = Folder::new("partial");
    folder.file("celigo/integrations.json", INTEGRATIONS);
    let (code, out, err) = said(&mut standin(&["check", folder.text()]));
    assert_eq!(code, 0, "{out}{err}");
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines.len() > 3, "{out}");
    for line in &lines {
        assert!(line.contains(" left out, which would refer to records that this folder replaces: "), "{line}");
    }
    assert!(out.contains("of celigo.flows left out"), "{out}");
    let (code, out, _) = said(&mut standin(&["check", "--no-embedded-fixtures", folder.text()]));
    assert_eq!((code, folder.said(&out)), (0, "DIR: good\n".to_owned()));
    folder
        .file("celigo/flows.json", r#"[{"_id": "5f2b00000000000000000002", "name": "f", "_integrationId": "abc123"}]"#);
    let (code, out, _) = said(&mut standin(&["check", folder.text()]));
    assert!(code == 2 && out.contains("flows.json:1:") && out.contains("abc123"), "own records must not dangle: {out}");
}

#[test]
fn a_folder_of_scenarios_is_checked_file_by_file() {
    let folder = Folder::new("scenarios");
    folder.file("good.json", SCENARIO);
    folder.file("wrong.json", r#"{"scenario":1,"api":"celigoo"}"#);
    folder.file("notes.txt", "no scenario");
    let (code, out, _) = said(&mut standin(&["check", folder.text()]));
    assert_eq!(code, 2);
    assert!(out.contains("wrong.json:1:") && out.contains("celigoo"), "{out}");
    assert!(out.contains("good.json") && !out.contains("notes.txt"), "{out}");
    let (code, out, err) = said(&mut standin(&["check", concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios")]));
    assert_eq!(code, 0, "{out}{err}");
}

#[test]
fn a_file_that_is_larger_than_any_is_not_read_whole() {
    let folder = Folder::new("large");
    let path = folder.file("large.json", "");
    // Nothing but zeros, which take no room on the disk.
    std::fs::File::options().write(true).open(&path).unwrap().set_len(1 << 40).unwrap();
    let extends = folder.file("extends.json", r#"{"scenario": 1, "api": "celigo", "extends": "large.json"}"#);
    let for_records = folder.file("celigo/integrations.json", "");
    std::fs::File::options().write(true).open(&for_records).unwrap().set_len(1 << 40).unwrap();
    for arguments in [
        ["check", &path].as_slice(),
        &["check", &extends],
        &["check", folder.path("celigo").as_str()],
        &["run", "--scenario", &path, "--", "true"],
        &["serve", "--port", "0", "--fixtures", folder.text()],
        &["report", "merge", &path],
        &["serve", "--port", "0", "--tls-cert", &path, "--tls-key", &path],
    ] {
        let (code, out, err) = said(&mut standin(arguments));
        assert!(code == 2 && format!("{out}{err}").contains("bytes; split it"), "{arguments:?}: {code} {out}{err}");
    }
}

#[test]
fn yaml_and_comments_are_called_by_their_names() {
    let folder = Folder::new("yaml");
    for (text, place, sentence) in [
        ("scenario: 1\napi: celigo\n", ":1:1:", "looks like YAML"),
        ("---\nscenario: 1\n", ":1:", "looks like YAML"),
        ("- a\n- b\n", ":1:", "looks like YAML"),
        ("{\n  // says more\n  \"scenario\": 1\n}", ":2:3:", "JSON has no comments"),
        ("{ \"scenario\": 1, /* more */ \"api\": \"celigo\" }", ":1:", "JSON has no comments"),
        ("# a comment\n{}", ":1:1:", "JSON has no comments"),
        ("", ":1:1:", "there is nothing in it"),
        ("\n  \n", ":", "there is nothing in it"),
        ("{'scenario': 1}", ":1:2:", "double quotes"),
        ("{\"scenario\": 'one'}", ":1:", "double quotes"),
    ] {
        let path = folder.file("x.json", text);
        let (code, out, _) = said(&mut standin(&["check", &path]));
        assert!(code == 2 && out.contains(sentence) && out.contains(place), "{text}: {out}");
    }
    let path = folder.file("x.json", "{ \"scenario\": 1,, }");
    assert!(!said(&mut standin(&["check", &path])).1.contains("YAML"));
}

#[test]
fn explain_suggests_what_is_nearest_a_scenario_or_an_operation() {
    let hint = |what: &str| said(&mut standin(&["explain", what])).2;
    assert!(hint("celigo-lost-creat").contains("did you mean celigo-lost-create?"));
    assert!(hint("celigo.integration.create").contains("did you mean celigo.integrations.create?"));
    assert!(
        hint("lost").ends_with("`standin scenarios` and `standin routes` list what there is\n"),
        "{}",
        hint("lost")
    );
}

#[test]
fn a_command_without_its_dashes_is_shown_with_them() {
    let (code, _, err) = said(&mut standin(&["run", "--scenario", "celigo-lost-create", "sh", "-c", "true"]));
    assert!(code == 2 && err.contains("standin run --scenario celigo-lost-create -- sh -c true"), "{err}");
    let (code, _, err) = said(&mut standin(&["sweep", "pytest"]));
    assert!(code == 2 && err.contains("standin sweep -- pytest"), "{err}");
    for other in [&["run", "--scenaro", "x", "--", "true"][..], &["serve", "x"], &["run", "--nope"]] {
        let (code, _, err) = said(&mut standin(other));
        assert!(code == 2 && !err.contains("stands behind --"), "{other:?}: {err}");
    }
}

#[test]
fn a_flag_without_a_value_is_told_apart_from_the_one_that_takes_it() {
    let (code, _, err) = said(&mut standin(&["run", "--watch", "src", "--", "true"]));
    assert!(code == 2 && err.contains("--watch takes no value. Did you mean --watch --watch-path src?"), "{err}");
    let (code, _, err) = said(&mut standin(&["serve", "--quiet", "yes"]));
    assert!(code == 2 && err.contains("\n--quiet takes no value.\n"), "{err}");
    for other in
        [&["serve", "--port", "0", "x"][..], &["serve", "--watch", "x"], &["run", "--watch", "--nope", "--", "true"]]
    {
        let (code, _, err) = said(&mut standin(other));
        assert!(code == 2 && !err.contains("takes no value"), "{other:?}: {err}");
    }
}

#[test]
fn help_is_a_command_too() {
    let (code, out, _) = said(&mut standin(&["help"]));
    assert!(code == 0 && out.contains("Usage: standin"), "{out}");
    let (code, out, _) = said(&mut standin(&["help", "check"]));
    assert!(code == 0 && out.contains("Usage: standin check"), "{out}");
}

#[test]
fn it_is_said_whose_token_the_environment_holds() {
    let (_, out, _) = said(&mut standin(&["env", "--help"]));
    let words: Vec<&str> = out.split_whitespace().collect();
    assert!(
        words.join(" ").contains("EDLINK_ACCESS_TOKEN is the access token of the first active integration"),
        "{out}"
    );
}

#[test]
fn fields_of_records_that_no_document_knows_are_told_once_with_the_nearest() {
    let folder = Folder::new("unknown-in-fixtures");
    let records = r#"[
  {"_id": "5f2b00000000000000000001", "name": "a", "content": "x", "descripton": "b"},
  {"_id": "5f2b00000000000000000002", "name": "b", "content": "x", "descripton": "c", "mine": 1}
]"#;
    folder.file("celigo/scripts.json", records);
    let (code, out, _) = said(&mut standin(&["check", folder.text()]));
    let lines: Vec<String> =
        folder.said(&out).lines().filter(|line| line.contains("no field")).map(str::to_owned).collect();
    let meant = "DIR/celigo/scripts.json:2:82: descripton is no field of Script that a document knows; did you mean description?";
    assert_eq!((code, lines.len()), (0, 2), "{out}");
    assert_eq!(lines[0].to_lowercase(), meant.to_lowercase());
    assert!(lines[1].contains("mine is no field of"), "{}", lines[1]);
    let arguments = ["run", "--fixtures", folder.text(), "--scenario", "celigo-lost-create", "--", "true"];
    let (_, _, err) = said(&mut standin(&arguments));
    assert!(err.contains("did you mean description?"), "{err}");
}

#[test]
fn a_name_that_is_far_from_all_is_not_taken_for_one() {
    let (code, _, err) = said(&mut standin(&["run", "--scenario", "nope", "--", "true"]));
    assert_eq!(code, 2);
    assert!(!err.contains("nearest") && err.contains("`standin scenarios` lists"), "{err}");
    let (_, _, err) = said(&mut standin(&["scenarios", "nope"]));
    assert!(!err.contains("did you mean") && err.contains("there is celigo-"), "{err}");
}
