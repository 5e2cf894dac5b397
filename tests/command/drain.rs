//! A server behind a balancer, stopping.
#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::binary::{said, standin};
use crate::support::ask;
use serde_json::Value;

fn serve(arguments: &[&str]) -> (Child, std::net::SocketAddr) {
    let mut command = standin(&[&["serve", "--port", "0", "-q"], arguments].concat());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    (child, ready["url"].as_str().unwrap().strip_prefix("http://").unwrap().parse().unwrap())
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([format!("-{name}"), child.id().to_string()]).status().unwrap().success());
}

/// Asks until the status is another one than this, for at most 10,000 times.
fn status_after(address: std::net::SocketAddr, first: u16) -> u16 {
    let ready = || ask(address, "GET", "/_standin/ready", &[("host", "balancer")], "").status;
    (0..10_000).map(|_| ready()).find(|status| *status != first).expect("the server changes its mind")
}

#[test]
fn sigterm_drains_first_and_a_second_one_ends_it() {
    let (mut child, address) = serve(&["--drain", "1h", "--name", "a"]);
    signal(&child, "TERM");
    assert_eq!(status_after(address, 200), 503);
    let answer = ask(address, "GET", "/v1/integrations", &[("authorization", "Bearer any")], "");
    assert_eq!((answer.status, answer.header("standin-replica")), (200, Some("a")));
    signal(&child, "TERM");
    assert_eq!(child.wait().unwrap().code(), Some(128 + 15));
}

#[test]
fn after_draining_it_stops_as_ever_and_an_interrupt_does_not_wait() {
    let (mut child, _) = serve(&["--drain", "10ms"]);
    signal(&child, "TERM");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let (mut child, _) = serve(&["--drain", "1h"]);
    signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_scenario_for_a_default_world_that_is_not_there_is_refused() {
    let arguments = ["serve", "--port", "0", "--no-default-world", "--scenario", "celigo-lost-create"];
    let (code, _, err) = said(&mut standin(&arguments));
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("--no-default-world takes away"), "{err}");
    let (code, _, err) = said(&mut standin(&["serve", "--port", "0", "--name", "a b"]));
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("a server cannot be named \"a b\""), "{err}");
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let folder = crate::binary::Folder::new("manual");
    folder.file("pages/x", "");
    let (code, out, err) = said(&mut standin(&["manual", &folder.path("pages")]));
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    for command in ["", "-serve", "-run", "-check"] {
        let page = std::fs::read_to_string(folder.path(&format!("pages/standin{command}.1"))).unwrap();
        assert!(page.contains(".SH SYNOPSIS"), "{command}");
    }
    let (code, _, err) = said(&mut standin(&["manual", &folder.path("nowhere")]));
    assert_eq!(code, 2, "{err}");
}
