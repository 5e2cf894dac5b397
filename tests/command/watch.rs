//! `standin run --watch`: the command runs again when something changes.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, Command, Stdio};

use crate::binary::{Folder, standin};

/// A run that watches; ended with the test, and all that it has started.
struct Watching(Child, BufReader<ChildStderr>);

impl Watching {
    fn start(folder: &Folder, arguments: &[&str], script: &str) -> Self {
        let script = format!("echo $$ >> pids; {script}");
        let arguments = [&["run", "--watch", "-q"], arguments, &["--", "sh", "-c", &script]].concat();
        let mut command = standin(&arguments);
        command.current_dir(&folder.0).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let err = BufReader::new(child.stderr.take().unwrap());
        Self(child, err)
    }

    /// Reads up to a line that has this text; all that was said.
    fn until(&mut self, text: &str) -> String {
        let mut said = String::new();
        while !said.lines().last().is_some_and(|line| line.contains(text)) {
            let read = self.1.read_line(&mut said).unwrap();
            assert!(read > 0, "it ended before it said {text:?}: {said}");
        }
        said
    }

    /// Sends a signal; how it ended, and what else it said.
    fn end(mut self, signal: &str) -> (Option<i32>, String) {
        let sent = Command::new("kill").args([format!("-{signal}"), self.0.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let mut said = String::new();
        std::io::Read::read_to_string(&mut self.1, &mut said).unwrap();
        (self.0.wait().unwrap().code(), said)
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const LISTS: &str =
    r#"{ "scenario": 1, "api": "celigo", "expect": { "calls": [{ "on": "celigo.flows.list", "times": TIMES }] } }"#;

const LIST: &str = "curl -s -o /dev/null -H 'authorization: Bearer x' $CELIGO_BASE_URL/flows";

fn folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.file("s.json", &LISTS.replace("TIMES", "2"));
    folder
}

/// Tells whether a process is still there, and no zombie.
fn is_alive(pid: &str) -> bool {
    let state = Command::new("ps").args(["-o", "stat=", "-p", pid]).output().unwrap();
    let state = String::from_utf8_lossy(&state.stdout).trim().to_owned();
    !state.is_empty() && !state.starts_with('Z')
}

#[test]
fn a_changed_scenario_is_played_again_and_ctrl_c_ends() {
    let folder = folder("watch-scenario");
    let mut watching = Watching::start(&folder, &["--scenario", "s.json"], LIST);
    let said = watching.until("Ctrl-C ends");
    assert!(said.contains("called 1 time, expected exactly 2"), "{said}");
    folder.file("s.json", r#"{ "scenario": 1, "apy": "celigo" }"#);
    let said = watching.until("Ctrl-C ends");
    assert!(said.starts_with("s.json has changed: running again\nerror: invalid scenario\n"), "{said}");
    folder.file("s.json", &LISTS.replace("TIMES", "1"));
    let said = watching.until("Ctrl-C ends");
    assert!(!said.contains("FAIL") && !said.contains("error"), "{said}");
    assert_eq!(watching.end("INT"), (Some(130), String::new()));
}

#[test]
fn what_a_scenario_extends_and_the_fixtures_are_watched_too() {
    let folder = folder("watch-more");
    folder.file("own.json", r#"{ "scenario": 1, "extends": "s.json" }"#);
    folder.file("records/celigo/scripts.json", "[]");
    let mut watching = Watching::start(&folder, &["--scenario", "own.json", "--fixtures", "records"], LIST);
    assert!(watching.until("Ctrl-C ends").contains("expected exactly 2"));
    folder.file("s.json", &LISTS.replace("TIMES", "3"));
    assert!(watching.until("Ctrl-C ends").contains("expected exactly 3"));
    folder.file("records/celigo/scripts.json", "[{]");
    assert!(watching.until("Ctrl-C ends").contains("scripts.json:1:3"));
    assert_eq!(watching.end("TERM").0, Some(143));
}

#[test]
fn a_change_ends_the_running_command_with_all_that_it_started() {
    let folder = folder("watch-group");
    folder.file("src/a.py", "1");
    let script = "sleep 600 & echo $! >> pids; echo begun >&2; wait";
    let arguments = ["--scenario", "s.json", "--watch-path", "src"];
    let mut watching = Watching::start(&folder, &arguments, script);
    watching.until("begun");
    folder.file("src/deep/b.py", "2");
    // The command and this process write to the same place, each when it may.
    let said = watching.until("begun");
    assert!(!said.contains("FAIL") && !said.contains("PASS"), "the ended run is not judged: {said}");
    let pids = fs::read_to_string(folder.0.join("pids")).unwrap();
    let pids: Vec<&str> = pids.lines().collect();
    assert_eq!(pids.iter().map(|pid| is_alive(pid)).collect::<Vec<_>>(), [false, false, true, true]);
    let (code, _) = watching.end("TERM");
    assert_eq!(code, Some(143));
    assert!(!is_alive(pids[3]), "the last child is ended too");
}

#[test]
fn a_command_that_ignores_the_signal_is_killed_at_a_change() {
    let folder = folder("watch-stubborn");
    let script = "trap '' TERM; echo begun >&2; sleep 600 & wait; wait";
    let mut watching = Watching::start(&folder, &["--scenario", "s.json"], script);
    watching.until("begun");
    folder.file("s.json", &LISTS.replace("TIMES", "3"));
    watching.until("begun");
    let pids = fs::read_to_string(folder.0.join("pids")).unwrap();
    assert!(!is_alive(pids.lines().next().unwrap()));
}

#[test]
fn reports_and_what_tools_make_are_no_change() {
    let folder = folder("watch-own");
    folder.file("src/target/x", "1");
    let script = "echo 2 > src/target/x; echo 3 > src/.hidden; echo '[]' > src/report.json; echo begun >&2; sleep 1";
    let arguments = ["--scenario", "s.json", "--watch-path", "src", "--report-json", "src/report.json"];
    let mut watching = Watching::start(&folder, &arguments, script);
    let said = watching.until("Ctrl-C ends");
    assert_eq!(said.matches("begun").count(), 1, "{said}");
    folder.file("src/real", "1");
    watching.until("begun");
}

#[test]
fn a_path_that_is_not_there_is_told_at_once() {
    let folder = folder("watch-missing");
    let arguments = ["run", "--watch", "--watch-path", "nope", "--scenario", "s.json", "--", "true"];
    let (code, _, err) = crate::binary::said(standin(&arguments).current_dir(&folder.0));
    assert_eq!((code, err.as_str()), (2, "error: --watch-path nope: there is no such file or folder\n"));
}
