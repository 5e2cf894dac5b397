//! Ends of commands and servers: which processes and port files go with them, and which stay.
#![cfg(unix)] // Processes are looked for with `kill`.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::binary::{Folder, said, standin};
use serde_json::Value;

/// Waits for something that comes soon, or fails.
fn until(mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < end, "it never came");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A script that starts a child which outlives it, and says in a file which.
fn script(folder: &Folder, then: &str) -> (String, String) {
    let pid = folder.path("pid");
    let text = format!("sleep 3600 >/dev/null 2>&1 &\necho $! > {pid}.new\nmv {pid}.new {pid}\n{then}\n");
    (folder.file("script.sh", &text), pid)
}

fn is_running(pid: &str) -> bool {
    let Ok(pid) = std::fs::read_to_string(pid) else { return false };
    // One that ended and that nobody waits for is not running either.
    let state = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
    state.is_ok_and(|state| !state.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('Z')))
}

#[test]
fn a_run_ends_what_its_command_left_behind() {
    let folder = Folder::new("left-behind");
    let (script, pid) = script(&folder, "true");
    said(&mut standin(&["run", "--", "sh", &script]));
    assert!(Path::new(&pid).exists() && !is_running(&pid));
}

#[test]
fn a_sweep_ends_all_processes_of_a_command_that_takes_too_long() {
    let folder = Folder::new("too-long");
    let (script, pid) = script(&folder, "sleep 3600");
    let (code, _, _) = said(&mut standin(&["sweep", "--timeout", "500ms", "--", "sh", &script]));
    assert_eq!(code, 4);
    until(|| !is_running(&pid));
}

/// Sends a signal to a run of a script whose child outlives it; both must end, the run with that code.
fn a_signal_ends(signal: &str, code: i32, script_ends: &str) {
    let folder = Folder::new(&format!("signalled-{signal}"));
    let (script, pid) = script(&folder, script_ends);
    for arguments in [&["run"][..], &["sweep"], &["draft"], &["doctor"], &["run", "--watch"]] {
        let mut command = standin(&[arguments, &["--", "sh", &script]].concat());
        let mut run = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        until(|| is_running(&pid));
        let sent = Command::new("kill").args(["-s", signal, &run.id().to_string()]).status().unwrap();
        assert!(sent.success());
        until(|| run.try_wait().unwrap().is_some());
        assert_eq!(run.wait().unwrap().code(), Some(code), "{arguments:?}");
        until(|| !is_running(&pid));
    }
}

#[test]
fn a_termination_ends_all_processes_of_a_command() {
    a_signal_ends("TERM", 143, "sleep 3600");
}

#[test]
fn a_hangup_ends_all_processes_of_a_command() {
    a_signal_ends("HUP", 129, "sleep 3600");
}

#[test]
fn a_quit_ends_all_processes_of_a_command() {
    a_signal_ends("QUIT", 131, "sleep 3600");
}

#[test]
fn a_command_that_ignores_signals_is_killed_in_the_end() {
    let folder = Folder::new("stubborn");
    let pid = folder.path("pid");
    let script = format!("trap '' TERM\necho $$ > {pid}.new\nmv {pid}.new {pid}\nwhile true; do sleep 1; done\n");
    let script = folder.file("script.sh", &script);
    let run = standin(&["run", "--", "sh", &script]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    until(|| is_running(&pid));
    assert!(Command::new("kill").args(["-s", "TERM", &run.id().to_string()]).status().unwrap().success());
    let said = run.wait_with_output().unwrap();
    assert_eq!(said.status.code(), Some(143));
    let words = String::from_utf8_lossy(&said.stderr);
    assert!(words.contains("the command did not end within 10s of the signal, and is killed"), "{words}");
    assert!(!is_running(&pid));
}

#[test]
fn a_run_under_nohup_goes_on_after_a_hangup() {
    let folder = Folder::new("nohup");
    let (script, pid) = script(&folder, "sleep 3600");
    let arguments = ["-c", "trap '' HUP; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_standin"), "run", "--", "sh", &script];
    let mut run = Command::new("sh").args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until(|| is_running(&pid));
    for (signal, ends) in [("HUP", false), ("TERM", true)] {
        assert!(Command::new("kill").args(["-s", signal, &run.id().to_string()]).status().unwrap().success());
        if ends {
            until(|| run.try_wait().unwrap().is_some());
        }
    }
    assert_eq!(run.wait().unwrap().code(), Some(143), "the hangup would have been 129");
}

#[test]
fn a_port_file_goes_with_its_server_and_is_gone_before_anything_slow() {
    let folder = Folder::new("port-file-life");
    let file = folder.file("port.json", r#"{"url":"http://127.0.0.1:1","port":1,"pid":1}"#);
    let (code, _, said_first) = said(&mut standin(&["serve", "--port-file", &file, "--fixtures", "nowhere-at-all"]));
    assert_eq!(code, 2, "{said_first}");
    assert!(!Path::new(&file).exists(), "the old one was gone before fixtures were read");
    let mut server = standin(&["serve", "--port", "0", "--port-file", &file, "--exit-with-stdin", "-q"]);
    let mut server = server.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    until(|| Path::new(&file).exists());
    drop(server.stdin.take());
    assert!(server.wait().unwrap().success());
    assert!(!Path::new(&file).exists());
}

#[test]
fn a_port_file_takes_the_place_of_nothing_else() {
    let folder = Folder::new("port-file-else");
    let text = folder.file("notes.txt", "remember the milk");
    let other = folder.file("other.json", r#"{"url":"http://127.0.0.1:1"}"#);
    let pipe = folder.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for path in [&text, &other, &pipe, "/dev/null"] {
        let (code, _, words) = said(&mut standin(&["serve", "--port", "0", "--port-file", path]));
        assert_eq!(code, 2, "{path}");
        assert!(words.contains("give another path with --port-file"), "{words}");
        assert!(Path::new(path).exists());
    }
    assert_eq!(std::fs::read_to_string(&text).unwrap(), "remember the milk");
}

#[test]
fn localhost_is_listened_to_on_both_families() {
    let mut server = standin(&["serve", "--host", "localhost", "--port", "0", "--exit-with-stdin", "-q"]);
    let mut server = server.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let port = u16::try_from(ready["port"].as_u64().unwrap()).unwrap();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
    // A machine without IPv6 has one family only.
    if std::net::TcpListener::bind(("::1", 0)).is_ok() {
        assert!(TcpStream::connect(("::1", port)).is_ok());
    }
    drop(server.stdin.take());
    assert!(server.wait().unwrap().success());
}
