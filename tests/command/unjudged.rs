//! Expectations that no verification looked at: the report of a run and the log of a server name their worlds.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::binary::{Folder, said, standin};

/// A request that makes a world whose scenario expects a call.
fn makes(name: &str) -> String {
    let calls = r#"[{"on":"celigo.flows.list","times":1}]"#;
    format!(
        r#"curl -s -o /dev/null -d '{{"name":"{name}","scenario":{{"scenario":1,"api":"celigo","expect":{{"calls":{calls}}}}}}}' "$STANDIN_URL/_standin/worlds""#
    )
}

#[test]
fn worlds_whose_expectations_were_never_verified_are_named() {
    let folder = Folder::new("unjudged");
    let file = folder.path("r.json");
    let expects = r#"{"scenario":1,"api":"celigo","expect":{"calls":[{"on":"celigo.flows.list","times":1}]}}"#;
    let scenario = folder.file("s.json", expects);
    let list = r#"curl -s -o /dev/null -H 'authorization: Bearer x' "$CELIGO_BASE_URL/flows""#;
    let verify = r#"curl -s -o /dev/null -X POST "$STANDIN_URL/_standin/worlds/verified/verify""#;
    let delete = |name: &str| format!(r#"curl -s -X DELETE "$STANDIN_URL/_standin/worlds/{name}""#);
    let fork = r#"curl -s -o /dev/null -d '{"name":"fork","from":"default"}' "$STANDIN_URL/_standin/worlds""#;
    let plain = r#"curl -s -o /dev/null -d '{"name":"plain"}' "$STANDIN_URL/_standin/worlds""#;
    let script = [
        list.to_owned(),
        makes("left"),
        makes("deleted"),
        delete("deleted"),
        makes("verified"),
        verify.to_owned(),
        delete("verified"),
        fork.to_owned(),
        plain.to_owned(),
    ];
    let run = ["run", "--scenario", &scenario, "--report-json", &file, "--", "sh", "-c", &script.join("; ")];
    let (code, _, err) = said(&mut standin(&run));
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("unjudged: worlds whose expectations were never verified: deleted, left\n"), "{err}");
    let reports: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(reports[0]["worlds_unjudged"], serde_json::json!(["deleted", "left"]));
    let quiet = ["run", "-q", "--scenario", &scenario, "--", "sh", "-c", &[list.to_owned(), makes("left")].join("; ")];
    let (_, _, err) = said(&mut standin(&quiet));
    assert_eq!(err, "unjudged: worlds whose expectations were never verified: left\n");
}

#[test]
fn a_server_says_at_its_end_which_worlds_were_never_verified() {
    let mut serve = standin(&["serve", "--port", "0", "--exit-with-stdin"]);
    let mut serve = serve.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(serve.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let making: Vec<String> = (0..12).map(|n| makes(&format!("w{n:02}"))).collect();
    let mut shell = Command::new("sh");
    shell.args(["-c", &making.join(" && ")]).env("STANDIN_URL", ready["url"].as_str().unwrap());
    assert!(shell.status().unwrap().success());
    drop(serve.stdin.take());
    let output = serve.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{err}");
    let names: Vec<String> = (0..10).map(|n| format!("w{n:02}")).collect();
    let told = format!("unjudged: worlds whose expectations were never verified: {}, 2 more", names.join(", "));
    assert!(err.contains(&told), "{err}");
}
