//! SIGHUP: files are read again.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::binary::{Folder, standin};
use crate::support::ask;

#[test]
fn a_hangup_reads_the_scenario_again_and_one_with_faults_changes_nothing() {
    let folder = Folder::new("hangup");
    let scenario = |on: &str| {
        let text = r#"{"scenario":1,"api":"celigo","faults":[{"id":"busy","on":"ON","do":{"error":"rate_limited"}}]}"#;
        folder.file("scenario.json", &text.replace("ON", on))
    };
    let path = scenario("celigo.flows.list");
    let mut command = standin(&["serve", "--port", "0", "--log", "text", "--scenario", &path]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let address: SocketAddr = ready["url"].as_str().unwrap().strip_prefix("http://").unwrap().parse().unwrap();
    let status = |target: &str| ask(address, "GET", target, &[("authorization", "Bearer any")], "").status;
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let mut hang_up = |expected: &str| {
        assert!(Command::new("kill").args(["-HUP", &child.id().to_string()]).status().unwrap().success());
        assert!(said.by_ref().take(1_000).any(|line| line.contains(expected)), "{expected}");
    };
    assert_eq!((status("/v1/flows"), status("/v1/exports")), (429, 200));
    scenario("celigo.exports.list");
    hang_up("are read again");
    assert_eq!((status("/v1/flows"), status("/v1/exports")), (200, 429));
    scenario("celigo.export.list");
    hang_up("did you mean celigo.exports.list?");
    assert_eq!((status("/v1/flows"), status("/v1/exports")), (200, 429));
    let _ = child.kill();
    let _ = child.wait();
}
