//! Settings are honoured or refused: flags beside scenarios, reports, the environment of a command, bodies of the control
//! API.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::binary::{Folder, said, standin};
use crate::support::ask;
use serde_json::{Value, json};
use standin::Standin;

/// Writes a scenario of these parts; its path.
fn scenario(folder: &Folder, name: &str, parts: &Value) -> String {
    let mut scenario = json!({ "scenario": 1, "api": "celigo" });
    scenario.as_object_mut().unwrap().extend(parts.as_object().unwrap().clone());
    folder.file(name, &scenario.to_string())
}

/// With this very test binary as the command: the test below, which does what it is told.
fn consumed<'c>(command: &'c mut Command, consumer: &str) -> &'c mut Command {
    let own = std::env::current_exe().unwrap();
    command.arg("--").arg(own).args(["--exact", "settings::the_consumer"]).env("CONSUMER", consumer)
}

#[test]
fn the_consumer() {
    let Ok(consumer) = std::env::var("CONSUMER") else { return };
    let url = std::env::var("CELIGO_BASE_URL").unwrap();
    let address = url.strip_prefix("http://").unwrap().strip_suffix("/v1").unwrap().parse().unwrap();
    let list = || ask(address, "GET", "/v1/integrations", &[("authorization", "Bearer any")], "");
    match consumer.as_str() {
        "lists" => drop(list()),
        "lists-once" => {
            let mark = std::env::var("MARK").unwrap();
            if !Path::new(&mark).exists() {
                std::fs::write(mark, "").unwrap();
                list();
            }
        }
        other => panic!("no consumer {other}"),
    }
}

/// Returns the answers of a server with these arguments to these control paths, and its standard error.
fn served(arguments: &[&str], paths: &[&str]) -> (Vec<Value>, String) {
    let mut command = standin(&[&["serve", "--port", "0", "--exit-with-stdin"], arguments].concat());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let answers = match serde_json::from_str::<Value>(&line) {
        Err(_) => Vec::new(),
        Ok(ready) => {
            let address = ready["url"].as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
            let headers = [("host", address.as_str()), ("authorization", "Bearer any")];
            let get = |path: &&str| ask(address.parse().unwrap(), "GET", path, &headers, "").json();
            paths.iter().map(get).collect()
        }
    };
    drop(child.stdin.take());
    let told = child.wait_with_output().unwrap();
    (answers, String::from_utf8(told.stderr).unwrap())
}

#[test]
fn flags_go_before_what_a_scenario_says_and_defaults_do_not() {
    let folder = Folder::new("settings-flags");
    let scenario = scenario(
        &folder,
        "all.json",
        &json!({ "clock": { "mode": "frozen", "at": "2020-01-01T00:00:00Z" }, "profile": { "celigo": "live" }, "seed": 7 }),
    );
    let asked = ["/_standin/clock", "/v1/jobs"];
    let (own, told) = served(&["--scenario", &scenario], &asked);
    assert_eq!(own[0], json!({ "mode": "frozen", "now": "2020-01-01T00:00:00.000Z" }), "{told}");
    assert!(own[1]["errors"].is_array(), "live wants a scope: {}", own[1]);
    let flags = ["--clock", "2021-01-01T00:00:00.000Z", "--profile", "celigo=documented"];
    let (flagged, told) = served(&[&["--scenario", &scenario], flags.as_slice()].concat(), &asked);
    assert_eq!(flagged[0], json!({ "mode": "frozen", "now": "2021-01-01T00:00:00.000Z" }), "{told}");
    assert!(flagged[1].is_array(), "{}", flagged[1]);
    let (real, _) = served(&["--scenario", &scenario, "--clock", "real"], &asked);
    assert_eq!(real[0]["mode"], "real");
}

#[test]
fn a_setting_that_would_change_nothing_is_refused() {
    let folder = Folder::new("settings-refused");
    let nothing = scenario(&folder, "nothing.json", &json!({ "data": { "add": {} } }));
    let cases: &[(&[&str], &str)] = &[
        (&["--scenario", &nothing, "--generate", "celigo.integrations=5"], "data starts from nothing"),
        (&["--api", "edlink", "--profile", "celigo=live"], "the profile of celigo: that API is not served"),
        (&["--api", "edlink", "--rate-limit", "celigo=2/2"], "the rate limit of celigo: that API is not served"),
        (&["--profile", "celigo=live,celigo=documented"], "--profile is given twice for celigo"),
        (&["--rate-limit", "celigo=1/1", "--rate-limit", "celigo=2/2"], "--rate-limit is given twice for celigo"),
        (&["--generate", "celigo.flows=1,celigo.flows=2"], "--generate is given twice for celigo.flows"),
        (&["--generate", "celigo.integrations=99999999999"], "at most 1000000 records can be made up in a world"),
        (&["--threads", "99999"], "not a number from 1 to 1024"),
    ];
    for (arguments, words) in cases {
        let (code, out, err) = said(standin(&["serve", "--port", "0", "--exit-with-stdin"]).args(*arguments));
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}: {err}");
        assert!(err.contains(words), "{arguments:?}: {err}");
    }
}

#[test]
fn one_control_token_is_made_and_said() {
    let folder = Folder::new("settings-token");
    let scenario = scenario(&folder, "any.json", &json!({}));
    let (_, told) = served(&["--expose", "--scenario", &scenario], &[]);
    assert_eq!(told.matches("control_token").count(), 1, "{told}");
}

#[test]
fn a_folder_may_hold_named_sets_only() {
    let folder = Folder::new("settings-sets");
    folder.file("records/celigo/small/integrations.json", r#"[{ "_id": "one", "name": "Only" }]"#);
    let scenario = scenario(&folder, "small.json", &json!({ "data": { "from": "celigo/small" } }));
    let (code, out, err) = said(&mut standin(&["check", &scenario, "--fixtures", &folder.path("records")]));
    assert_eq!(code, 0, "{out}{err}");
    let (code, _, err) =
        said(&mut standin(&["serve", "--port", "0", "--exit-with-stdin", "--fixtures", &folder.path(".")]));
    assert_eq!(code, 2);
    assert!(err.contains("nor <api>/<set>/<collection>.json nor tokens.json in this folder"), "{err}");
}

#[test]
fn a_command_gets_nothing_of_the_callers_own_access_to_the_real_services() {
    let folder = Folder::new("settings-environment");
    let scenario = scenario(&folder, "empty.json", &json!({ "data": { "from": "celigo/default" } }));
    let real = ["EDLINK_BASE_URL", "EDLINK_ACCESS_TOKEN", "EDLINK_APPLICATION_SECRET", "CELIGO_API_TOKEN"];
    for arguments in [["--scenario", &scenario], ["--api", "celigo"]] {
        let mut command = standin(&["run"]);
        command.args(arguments).args(["--", "env"]).envs(real.map(|name| (name, "REAL")));
        let (_, out, _) = said(&mut command);
        assert!(out.contains("CELIGO_API_TOKEN=") && !out.contains("REAL"), "{out}");
    }
}

#[cfg(unix)]
#[test]
fn a_report_that_cannot_be_written_keeps_no_other_from_being() {
    let folder = Folder::new("settings-reports");
    let unread = folder.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&unread).status().unwrap().success());
    let expecting = |name: &str, times: u8| {
        let calls = json!([{ "on": "celigo.integrations.list", "times": times }]);
        scenario(&folder, name, &json!({ "expect": { "calls": calls } }))
    };
    let (passing, failing) = (expecting("passing.json", 1), expecting("failing.json", 0));
    for (scenario, wanted) in [(&passing, 2), (&failing, 4)] {
        let (junit, tap) = (folder.path("out.xml"), folder.path("out.tap"));
        let reports = ["--report-json", &unread, "--report-junit", &junit, "--report-tap", &tap];
        let (code, _, err) = said(consumed(standin(&["run", "--scenario", scenario]).args(reports), "lists"));
        assert_eq!(code, wanted, "{err}");
        assert!(err.contains(&format!("cannot write the report {unread}")), "{err}");
        for file in [junit, tap] {
            std::fs::remove_file(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
        }
    }
}

#[test]
fn a_scenario_that_failed_is_not_hidden_by_one_that_was_not_met() {
    let folder = Folder::new("settings-hidden");
    let calls = |operation: &str| json!({ "expect": { "calls": [{ "on": operation, "times": 5 }] } });
    let failed = scenario(&folder, "failed.json", &calls("celigo.integrations.list"));
    let idle = scenario(&folder, "idle.json", &calls("celigo.integrations.list"));
    // Asks only in its first run.
    let mark = folder.path("mark");
    let mut run = standin(&["run", "--scenario", &failed, "--scenario", &idle]);
    let (code, _, err) = said(consumed(&mut run, "lists-once").env("MARK", mark));
    assert_eq!(code, 4, "{err}");
}

#[test]
fn a_report_that_was_asked_for_is_there_when_nothing_was_to_be_judged() {
    let folder = Folder::new("settings-empty-report");
    let file = folder.path("report.json");
    let (_, told) = served(&["--report-json", &file], &[]);
    assert_eq!(std::fs::read_to_string(&file).ok().as_deref(), Some("[]\n"), "{told}");
}

#[test]
fn a_url_that_leads_into_an_api_is_told_from_a_missing_control_token() {
    let server = Standin::start();
    for command in ["wait", "env"] {
        let (code, _, err) = said(&mut standin(&[command, &server.world().celigo_url()]));
        assert_eq!(code, 2);
        assert!(err.contains("leads into an API: give the URL of the server"), "{err}");
    }
    let guarded = Standin::builder().control_token("secret").start();
    let (code, _, err) = said(&mut standin(&["wait", &guarded.url()]));
    assert_eq!(code, 0, "whether a server is ready is no secret: {err}");
    let (code, _, err) = said(&mut standin(&["env", &guarded.url()]));
    assert_eq!(code, 2);
    assert!(err.contains("wants its control token"), "{err}");
}

#[test]
fn every_flag_has_a_variable_and_every_variable_is_a_flag() {
    let (code, _, err) = said(standin(&["report", "merge", "/nowhere"]).env("STANDIN_JSON", "1"));
    assert!(code == 2 && err.contains("/nowhere is no report"), "{err}");
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let name = std::ffi::OsStr::from_bytes(b"STANDIN_P\xffORT");
        let (code, _, err) = said(standin(&["routes"]).env(name, "1"));
        assert!(code == 2 && err.contains("is no setting; did you mean STANDIN_PORT?"), "{err}");
    }
}

#[test]
fn variables_of_others_are_named_and_empty_ones_say_nothing() {
    let routes = |variables: &[(&str, &str)]| said(standin(&["routes"]).envs(variables.iter().copied()));
    let (code, _, err) =
        routes(&[("STANDIN_BIN", "/bin/standin"), ("STANDIN_PLUGIN_SEED", "1"), ("STANDIN_FORMAT", "")]);
    assert_eq!((code, err.as_str()), (0, ""));
    let (code, _, err) = routes(&[("STANDIN_VERSION", "1")]);
    assert_eq!(
        (code, err.as_str()),
        (0, "warning: the environment variable STANDIN_VERSION is no setting, and changes nothing\n")
    );
    let link = [
        ("STANDIN_SERVICE_HOST", "10.0.0.1"),
        ("STANDIN_SERVICE_PORT", "80"),
        ("STANDIN_PORT_80_TCP", "tcp://10.0.0.1:80"),
    ];
    let (code, _, err) = routes(&link);
    assert!(code == 0 && err.lines().count() == 1, "{err}");
    assert!(err.ends_with("STANDIN_PORT_80_TCP, STANDIN_SERVICE_HOST, STANDIN_SERVICE_PORT\n"), "{err}");
    for (close, meant) in [("STANDIN_SCENARIOS", "STANDIN_SCENARIO"), ("STANDIN_JORNAL_BYTES", "STANDIN_JOURNAL_BYTES")]
    {
        let (code, _, err) = routes(&[(close, "1")]);
        assert!(code == 2 && err.contains(&format!("{close} is no setting; did you mean {meant}?")), "{err}");
    }
    let mut run = standin(&["run", "--", "true"]);
    let (code, _, err) =
        said(run.envs([("STANDIN_PORT", "tcp://10.0.0.1:80"), ("STANDIN_SEED", ""), ("STANDIN_EXPOSE", "")]));
    assert_eq!(code, 6, "the address of a service is no port: {err}");
}

#[test]
fn bodies_of_the_control_api_are_objects_that_say_something_known() {
    let server = Standin::start();
    let host = server.address().to_string();
    let send = |method: &str, path: &str, body: &str| {
        let headers = [("host", host.as_str()), ("content-type", "application/json")];
        let answer = ask(server.address(), method, &format!("/_standin{path}"), &headers, body);
        (answer.status, answer.text())
    };
    let refused = [
        ("/pause", "{\"x\":1}"),
        ("/refuse", "{\"x\":1}"),
        ("/resume", "[]"),
        ("/reset", "[]"),
        ("/worlds", "[\"zz\",null,null,null]"),
        ("/clock", "[5,null]"),
        ("/clock", "{\"advance_ms\":10000000000000000000}"),
        ("/snapshot", "[\"a\"]"),
    ];
    for (path, body) in refused {
        let (status, text) = send("POST", path, body);
        assert_eq!(status, 400, "{path} {body}: {text}");
    }
    let (status, text) = send("GET", "/journal?op=celigo.integrations.lst", "");
    assert!(status == 400 && text.contains("Did you mean celigo.integrations.list?"), "{text}");
    assert_eq!(send("GET", "/journal?op=celigo.integrations.*", "").0, 200);

    let bad = json!({ "name": "bad", "scenario": { "scenario": 1, "api": "nope" } }).to_string();
    assert_eq!(send("POST", "/worlds", &bad).0, 400);
    assert_eq!(send("GET", "/worlds/bad", "").0, 404, "what could not be made was never there");
}

#[test]
fn every_limit_that_can_be_set_is_a_flag_with_the_default_listed() {
    let (code, listed, _) = said(&mut standin(&["limits", "--format", "json"]));
    assert_eq!(code, 0);
    let limits: Value = serde_json::from_str(&listed).unwrap();
    let (_, help, _) = said(&mut standin(&["serve", "--help"]));
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for limit in limits["limits"].as_array().unwrap() {
        let Some(flag) = limit["setting"].as_str() else { continue };
        let after = help.split_once(&format!("{flag} <")).unwrap_or_else(|| panic!("{flag} is no flag")).1;
        assert!(after.contains(&format!("[env: {}=]", limit["variable"].as_str().unwrap())), "{flag}");
        let told = after.split_once("[default: ").unwrap().1.split_once(']').unwrap().0;
        let default = told
            .parse()
            .or_else(|_| humantime::parse_duration(told).map(|time| u64::try_from(time.as_millis()).unwrap()));
        assert_eq!(limit["default"].as_u64(), default.ok(), "{flag}");
    }
    let (_, text, _) = said(&mut standin(&["limits"]));
    assert!(text.contains("body-bytes   33554432 bytes   --body-limit"), "{text}");
}

#[test]
fn a_server_tells_the_limits_in_force() {
    let (answers, _) = served(&["--body-limit", "1000", "--world-idle-s", "0"], &["/_standin/limits"]);
    let limits = answers[0]["limits"].as_array().unwrap();
    let value = |name: &str| limits.iter().find(|limit| limit["name"] == name).unwrap()["value"].clone();
    assert_eq!((value("body-bytes"), value("world-idle"), value("headers")), (json!(1000), json!(0), json!(100)));
}
