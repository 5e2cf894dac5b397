//! `--intercept`, `--isolate` and `--tls` of the commands, with curl as the client that nobody changed.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::binary::{said, standin};

/// A command that calls both services by the names that are written into it.
const CALLS: &str = "curl -sS -o /dev/null -w '%{http_code}\\n' -H 'authorization: Bearer any' https://api.integrator.io/v1/integrations && \
                     curl -sS -o /dev/null -w '%{http_code}\\n' -H 'authorization: Bearer any' https://ed.link/api/v1/integrations";

/// Returns the output of a command with a script of the shell, and the report on it.
fn run(arguments: &[&str], script: &str) -> (i32, String, String) {
    said(standin(arguments).args(["--", "sh", "-c", script]))
}

#[test]
fn a_command_with_hard_coded_hosts_is_intercepted_without_being_changed() {
    let (_, out, told) = run(&["run", "--intercept"], CALLS);
    assert_eq!(out, "200\n200\n", "{told}");
    assert!(told.contains("celigo.integrations.list"), "{}", told);
}

#[test]
fn other_hosts_of_a_command_are_named_at_its_end() {
    let (_, _, told) = run(
        &["run", "--intercept"],
        "curl -s https://example.com; curl -s https://example.com; curl -s http://example.org",
    );
    assert!(told.contains("your test also talks to example.com (2 times), example.org\n"), "{}", told);
}

#[test]
fn reports_name_other_hosts_and_refused_handshakes_in_each_format() {
    let folder = own_folder();
    let file = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let (json, junit, tap) = (file("r.json"), file("r.xml"), file("r.tap"));
    let script = "curl -s https://example.com; curl -s https://example.com; CURL_CA_BUNDLE= SSL_CERT_FILE= curl -s --capath / https://ed.link/; true";
    let reports = ["--report-json", &json, "--report-junit", &junit, "--report-tap", &tap];
    let (_, _, told) = run(&[&["run", "--intercept"], &reports[..]].concat(), script);
    let read = |path: &str| std::fs::read_to_string(path).unwrap();
    let report: serde_json::Value = serde_json::from_str(&read(&json)).unwrap();
    assert_eq!(report[0]["other_hosts"], serde_json::json!([{ "host": "example.com", "times": 2 }]));
    let refused = &report[0]["refused_handshakes"][0];
    assert_eq!((refused["host"].as_str(), refused["times"].as_u64()), (Some("ed.link"), Some(1)), "{refused}");
    assert!(refused["help"].as_str().unwrap().contains("CURL_CA_BUNDLE"));
    for (text, named) in [(told, "told"), (read(&junit), "JUnit"), (read(&tap), "TAP")] {
        assert!(text.contains("your test also talks to example.com (2 times)"), "{named}: {text}");
        assert!(text.contains("does not trust the certificate for ed.link"), "{named}: {text}");
    }
    assert!(read(&junit).contains("<system-err>"));
    std::fs::remove_dir_all(folder).unwrap();
}

/// A folder of its own.
fn own_folder() -> std::path::PathBuf {
    let folder = std::env::temp_dir().join(format!("standin-elsewhere-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn a_sweep_names_other_hosts_of_all_its_runs() {
    let script =
        "curl -s https://example.com >&2; curl -sf -H 'authorization: Bearer any' https://ed.link/api/v1/integrations";
    let (_, out, told) = run(&["sweep", "--intercept", "--fault", "reset", "--format", "json"], script);
    let swept: serde_json::Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{told}"));
    assert_eq!(swept["other_hosts"], serde_json::json!([{ "host": "example.com", "times": 2 }]), "{told}");
    let (_, out, _) = run(&["sweep", "--intercept", "--fault", "reset"], script);
    assert!(out.contains("your test also talks to example.com (2 times)\n"), "{out}");
}

#[test]
fn a_client_that_does_not_trust_is_told_its_variable() {
    let (_, _, told) = run(
        &["run", "--intercept"],
        "curl -s --cacert /dev/null https://ed.link/; CURL_CA_BUNDLE= SSL_CERT_FILE= curl -s --capath / https://ed.link/; git -c http.sslCAInfo=/dev/null ls-remote https://ed.link/x",
    );
    assert!(told.contains("does not trust the certificate for ed.link"), "{told}");
    assert!(told.contains("set CURL_CA_BUNDLE to the bundle"), "{told}");
}

#[test]
fn an_exception_of_the_proxy_that_covers_a_host_is_told() {
    let mut command = standin(&["run", "--intercept", "--", "true"]);
    let (_, _, told) = said(command.env("NO_PROXY", "localhost,.integrator.io"));
    assert!(
        told.contains("NO_PROXY has \".integrator.io\": calls of api.integrator.io will not come here"),
        "{}",
        told
    );
}

#[test]
fn the_variables_are_printed_and_nothing_is_run() {
    let (code, told, _) = run(&["run", "--intercept-print"], "echo run");
    assert_eq!(code, 0);
    for variable in [
        "HTTPS_PROXY='http://127.0.0.1:",
        "NODE_EXTRA_CA_CERTS='/",
        "SSL_CERT_FILE='/",
        "JAVA_TOOL_OPTIONS='-Dhttp.proxyHost",
    ] {
        assert!(told.contains(&format!("export {variable}")), "{told}");
    }
    assert!(!told.contains("run\n"), "{told}");
}

#[test]
fn settings_of_the_proxy_without_the_proxy_are_refused() {
    for (arguments, wanted) in [
        (&["run", "--allow-private"][..], "change nothing without --intercept"),
        (&["run", "--intercept", "--allow-private"], "changes nothing without --intercept-others tunnel"),
        (&["run", "--tls-fault", "expired"], "changes nothing without TLS"),
        (&["run", "--intercept-host", "a b"], "is no host name such as"),
        (&["run", "--tls-cert", "x.pem"], "--tls-key"),
        (&["run", "--tls-cert", "/nowhere.pem", "--tls-key", "/nowhere.key"], "cannot read /nowhere.pem"),
    ] {
        let (code, _, told) = run(arguments, "true");
        assert_eq!(code, 2, "{arguments:?}: {told}");
        assert!(told.contains(wanted), "{arguments:?}: {told}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_command_that_reads_no_variable_is_put_into_a_network_of_its_own() {
    let clear = "for v in $(env | grep -iE 'proxy|cert|bundle|cainfo' | cut -d= -f1); do unset $v; done";
    let script = format!("{clear}; {CALLS}; curl -s https://example.com || echo none");
    let scenarios = ["run", "--isolate", "--scenario", "celigo-lost-create", "--scenario", "edlink-nulls"];
    let (_, out, told) = run(&scenarios, &script);
    if told.contains("--isolate is not allowed here") {
        // Then a sentence says what to do.
        assert!(told.contains("or use --intercept, which needs none"), "{}", told);
        return;
    }
    assert_eq!(out, "200\n200\nnone\n".repeat(2), "{told}");
}

#[test]
fn doctor_says_by_which_way_calls_come_and_what_to_set() {
    let doctor = |script: &str| run(&["doctor"], script);
    let (code, told, _) = doctor(CALLS);
    assert!(
        code == 0 && told.contains("2 calls came by the services' own hosts: the command needs --intercept\n"),
        "{told}"
    );
    let (code, told, _) = doctor("curl -s $CELIGO_BASE_URL/integrations -o /dev/null");
    assert!(code == 0 && told.contains("1 call came by the base URL"), "{told}");
    let (code, told, _) = doctor("exit 3");
    assert!(code == 6 && told.contains("no call came: ") && told.contains("--isolate"), "{told}");
    assert!(told.contains("the command ended with 3\n"), "{told}");
    let (code, told, _) = doctor("curl -s --cacert /dev/null https://ed.link/ || true");
    assert!(code == 6 || told.contains("does not trust"), "{told}");
}

#[test]
fn a_server_that_runs_tells_its_proxy_in_its_ready_line_and_to_env() {
    let mut server = standin(&["serve", "--port", "0", "-q", "--intercept", "--exit-with-stdin"]);
    let mut server = server.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
    let (url, proxy) = (ready["url"].as_str().unwrap(), ready["proxy"].as_str().unwrap());
    assert_eq!(url, proxy);
    assert!(std::fs::read_to_string(ready["ca"].as_str().unwrap()).unwrap().contains("BEGIN CERTIFICATE"));
    let (code, out, told) = said(&mut standin(&["env", "--intercept", url]));
    assert_eq!(code, 0, "{told}");
    let calls = format!("{out}{CALLS}");
    let shell = std::process::Command::new("sh").args(["-c", &calls]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&shell.stdout), "200\n200\n");
    drop(server.stdin.take());
    assert!(server.wait().unwrap().success());
    assert!(!std::path::Path::new(ready["ca"].as_str().unwrap()).exists(), "the files go with the server");
}
