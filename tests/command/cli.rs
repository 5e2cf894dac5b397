//! The binary, as a shell sees it: arguments and environment in, exit code, output and files out.
#![cfg(unix)] // Signals are sent with `kill`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use crate::binary::{Folder, said, standin};
use serde_json::{Value, json};

fn run(arguments: &[&str]) -> Output {
    standin(arguments).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| panic!("ended by a signal: {output:?}"))
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A running `standin serve`. Dropping it ends it.
struct Served {
    child: Child,
    out: BufReader<ChildStdout>,
    line: String,
    ready: Value,
}

impl Served {
    fn start(arguments: &[&str]) -> Self {
        Self::from(standin(&[&["serve", "--port", "0"], arguments].concat()))
    }

    fn from(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_else(|_| {
            let mut said = String::new();
            let _ = child.stderr.take().unwrap().read_to_string(&mut said);
            panic!("no ready line but {line:?}, and on stderr: {said}")
        });
        Self { child, out, line, ready }
    }

    fn url(&self) -> &str {
        self.ready["url"].as_str().unwrap()
    }

    fn authority(&self) -> &str {
        self.url().strip_prefix("http://").unwrap()
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(self.authority()).unwrap()
    }

    /// Status and body.
    fn get(&self, target: &str, headers: &str) -> (u16, String) {
        let mut stream = self.connect();
        let authority = self.authority();
        write!(stream, "GET {target} HTTP/1.1\r\nhost: {authority}\r\nconnection: close\r\n{headers}\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for its end: exit code, the rest of standard output, standard error.
    fn end(mut self) -> (i32, String, String) {
        let (mut out, mut err) = (String::new(), String::new());
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        self.out.read_to_string(&mut out).unwrap();
        (self.child.wait().unwrap().code().expect("an exit code"), out, err)
    }

    fn stop(self) -> (i32, String, String) {
        self.signal("TERM");
        self.end()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The names of all commands, as the help lists them.
fn commands() -> Vec<String> {
    let help = stdout(&run(&["--help"]));
    let (_, listed) = help.split_once("Commands:\n").unwrap();
    let lines = listed.lines().take_while(|line| !line.is_empty());
    // A long description goes on below its command.
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let commands: Vec<String> = names.filter(|name| !name.is_empty() && *name != "help").map(str::to_owned).collect();
    assert!(commands.len() > 10, "{help}");
    commands
}

#[test]
fn help_texts() {
    let help = |arguments: &[&str]| {
        let output = run(arguments);
        assert_eq!(code(&output), 0);
        stdout(&output)
    };
    insta::assert_snapshot!("help", help(&["--help"]));
    for command in commands() {
        insta::assert_snapshot!(format!("help-{command}"), help(&[&command, "--help"]));
    }
    assert_eq!(help(&["--version"]), format!("standin {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn every_flag_has_its_variable() {
    for command in commands() {
        let help = stdout(&run(&[&command, "-h"]));
        let flags = help.split_whitespace().filter_map(|word| word.strip_prefix("--"));
        let flags: Vec<&str> = flags.filter(|flag| flag.chars().all(|c| c.is_ascii_lowercase() || c == '-')).collect();
        for flag in flags.iter().filter(|flag| !["help", "version", ""].contains(flag)) {
            let variable = format!("[env: STANDIN_{}", flag.to_ascii_uppercase().replace('-', "_"));
            assert!(help.contains(&variable), "{command} --{flag} has no {variable}\n{help}");
        }
    }
}

#[test]
fn the_ready_line_is_all_there_ever_is_on_standard_output() {
    let served = Served::start(&["--seed", "7"]);
    let (port, pid) = (served.connect().peer_addr().unwrap().port(), served.child.id());
    let url = format!("http://127.0.0.1:{port}");
    let wanted = json!({
        "ready": 1, "url": url, "port": port, "control": format!("{url}/_standin"), "apis": ["celigo", "edlink"],
        "seed": 7, "version": env!("CARGO_PKG_VERSION"), "pid": pid,
    });
    assert_eq!(served.line, format!("{wanted}\n"), "these keys, in this order");
    assert_eq!(served.get("/v1/integrations", "authorization: Bearer t\r\n").0, 200);
    assert_eq!(served.get("/_standin/ready", ""), (200, r#"{"status":"ready"}"#.to_owned()));
    let (code, rest, _) = served.stop();
    assert_eq!((code, rest.as_str()), (0, ""));
}

#[test]
fn the_port_file_is_whole_and_replaces_an_old_one() {
    let folder = Folder::new("port-file");
    let file = folder.file("port.json", r#"{"url":"http://127.0.0.1:1","port":1,"pid":1}"#);
    let served = Served::start(&["--port-file", &file]);
    let written: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(
        written.to_string(),
        json!({ "url": served.url(), "port": served.ready["port"], "pid": served.child.id() }).to_string()
    );
    assert_eq!(std::fs::read_dir(&folder.0).unwrap().count(), 1, "nothing else is left beside it");
    let below = folder.0.join("notes/port.json").display().to_string();
    folder.file("notes", "a file");
    let output = run(&["serve", "--port", "0", "--port-file", &below]);
    assert_eq!((code(&output), stdout(&output).as_str()), (2, ""));
    insta::assert_snapshot!(folder.said(&stderr(&output)), @"error: cannot write the port file DIR/notes/port.json: DIR/notes is no folder; give another path with --port-file");
}

#[test]
fn the_first_signal_lets_what_is_in_flight_finish() {
    for signal in ["TERM", "INT"] {
        let served = Served::start(&[]);
        // Half a request: it is in flight.
        let mut stream = served.connect();
        let head = "POST /v1/integrations HTTP/1.1\r\nhost: h\r\nauthorization: Bearer t\r\n\
                    content-type: application/json\r\ncontent-length: 11\r\nexpect: 100-continue\r\n\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = BufReader::new(stream.try_clone().unwrap());
        let mut line = String::new();
        answer.read_line(&mut line).unwrap();
        assert_eq!(line, "HTTP/1.1 100 Continue\r\n", "the server reads the body");
        served.signal(signal);
        // Once it has stopped listening, it knows.
        while TcpStream::connect(served.authority()).is_ok() {
            std::thread::yield_now();
        }
        stream.write_all(br#"{"name":"a""#).unwrap();
        let mut rest = String::new();
        answer.read_to_string(&mut rest).unwrap();
        assert!(rest.contains("HTTP/1.1 400 Bad Request"), "{rest}");
        assert_eq!(served.end().0, 0);
    }
}

#[test]
fn a_second_signal_ends_at_once() {
    let served = Served::start(&[]);
    let mut stream = served.connect();
    stream
        .write_all(b"POST /v1/integrations HTTP/1.1\r\nhost: h\r\ncontent-length: 9\r\nexpect: 100-continue\r\n\r\n")
        .unwrap();
    let mut line = [0; 12];
    stream.read_exact(&mut line).unwrap();
    served.signal("TERM");
    while TcpStream::connect(served.authority()).is_ok() {
        std::thread::yield_now();
    }
    served.signal("INT");
    assert_eq!(served.end().0, 128 + 2);
}

#[test]
fn with_exit_with_stdin_it_ends_when_its_parent_goes() {
    let mut command = standin(&["serve", "--port", "0", "--exit-with-stdin"]);
    command.stdin(Stdio::piped());
    let mut served = Served::from(command);
    assert_eq!(served.get("/_standin/health", "").0, 200, "it runs while standard input is open");
    drop(served.child.stdin.take());
    assert_eq!(served.end().0, 0);
}

#[test]
fn a_port_in_use_is_3_and_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = run(&["serve", "--port", &port]);
    assert_eq!((code(&output), stdout(&output).as_str()), (3, ""));
    insta::assert_snapshot!(stderr(&output).replace(&port, "PORT"), @"error: cannot listen on 127.0.0.1:PORT: port PORT is in use; stop whatever has it, or take another port (0 is any free one)");
}

#[test]
fn usage_is_2_and_says_what_would_be_right() {
    let mut told = String::new();
    let cases: &[&[&str]] = &[
        &["serv"],
        &["serve", "--prot", "1"],
        &["serve", "--port", "65536"],
        &["serve", "--host", "example.org"],
        &["serve", "--host", "0.0.0.0", "--port", "0"],
        &["serve", "--clock", "slow"],
        &["serve", "--generate", "celigo.integrations"],
        &["serve", "--generate", "celigo.integration=3"],
        &["serve", "--api", "celigo,edlinc"],
        &["serve", "--profile", "live"],
        &["serve", "--profile", "celigo=lively"],
        &["serve", "--rate-limit", "celigo=1000"],
        &["serve", "--rate-limit", "celigo=0/1"],
        &["serve", "--base-url", "example.org"],
        &["serve", "--base-url", "celigoo=https://example.org"],
        &["serve", "--base-url", "celigo=https://a.example,celigo=https://b.example"],
        &["serve", "--trusted-proxy", "10.0.0.0/33"],
        &["serve", "--no-control", "--control-token", "t"],
        &["serve", "-q", "-v"],
        &["wait", "127.0.0.1:4780"],
        &["wait", "--timeout", "soon"],
        &["openapi", "celigoo"],
    ];
    for arguments in cases {
        let output = run(arguments);
        assert_eq!((code(&output), stdout(&output).as_str()), (2, ""), "{arguments:?}");
        told += &format!("$ standin {}\n{}\n", arguments.join(" "), stderr(&output));
    }
    insta::assert_snapshot!("usage", told);
}

#[test]
fn an_unknown_variable_is_2_and_the_nearest_is_named() {
    let with = |name: &str, value: &str| standin(&["routes"]).env(name, value).output().unwrap();
    assert_eq!(code(&with("STANDIN_URL", "http://127.0.0.1:1")), 0);
    assert_eq!(code(&with("STANDIN_SEED", "1")), 0, "another command's setting");
    let output = with("STANDIN_PROT", "1");
    assert_eq!((code(&output), stdout(&output).as_str()), (2, ""));
    insta::assert_snapshot!(stderr(&output), @"error: the environment variable STANDIN_PROT is no setting; did you mean STANDIN_PORT? Else unset it");
}

#[test]
fn a_flag_wins_over_its_variable_and_a_variable_over_the_default() {
    let mut command = standin(&["serve", "--port", "0", "--seed", "2"]);
    command.env("STANDIN_SEED", "1").env("STANDIN_NO_CONTROL", "1").env("STANDIN_API", "celigo");
    let served = Served::from(command);
    assert_eq!((&served.ready["seed"], &served.ready["control"]), (&json!(2), &Value::Null));
    assert_eq!(served.ready["apis"], json!(["celigo"]));
}

#[test]
fn broken_fixtures_are_2_and_every_fault_has_its_place() {
    let folder = Folder::new("broken-fixtures");
    folder.file("celigo/integrations.json", "[\n  {\"name\": 5},\n  {\"name\": \"a\", \"sandbox\": \"no\"}\n]\n");
    folder.file("celigo/flows.json", "[{]");
    folder.file("celigo/flow.json", "[]");
    folder.file("tokens.json", "{\n  \"celigo\": [{\"tokn\": \"a\"}]\n}\n");
    let output = run(&["serve", "--port", "0", "--fixtures", folder.text()]);
    assert_eq!((code(&output), stdout(&output).as_str()), (2, ""));
    insta::assert_snapshot!("broken-fixtures", folder.said(&stderr(&output)));
    let output = run(&["serve", "--port", "0", "--fixtures", &format!("{}/none", folder.text())]);
    assert_eq!(code(&output), 2);
    insta::assert_snapshot!(folder.said(&stderr(&output)), @"error: cannot read DIR/none: No such file or directory (os error 2)");
}

#[test]
fn a_fixture_that_is_not_utf_8_is_2_and_told_where() {
    let folder = Folder::new("latin-fixtures");
    folder.file("celigo/integrations.json", "");
    std::fs::write(folder.path("celigo/integrations.json"), b"[\n  {\"name\": \"Caf\xe9\"}]").unwrap();
    let output = run(&["check", folder.text()]);
    assert_eq!(code(&output), 2);
    insta::assert_snapshot!(folder.said(&stdout(&output)), @"DIR/celigo/integrations.json:2:16: it is not UTF-8, because of the byte 0xE9 here; save it as UTF-8");
}

#[test]
fn a_folder_of_fixtures_brings_records_and_credentials() {
    let folder = Folder::new("fixtures");
    folder.file("celigo/integrations.json", r#"[{"_id": "0123456789abcdef01234567", "name": "Mine"}]"#);
    folder.file("tokens.json", r#"{"celigo": [{"token": "reader", "access": "monitor"}, "writer"]}"#);
    let served = Served::start(&["--fixtures", folder.text(), "--no-embedded-fixtures"]);
    assert_eq!(served.get("/v1/integrations", "authorization: Bearer other\r\n").0, 401);
    let (status, body) = served.get("/v1/integrations", "authorization: Bearer reader\r\n");
    assert_eq!(status, 200);
    assert!(body.contains(r#""name":"Mine""#), "{body}");
    let variables: Value = serde_json::from_str(&served.get("/_standin/env", "").1).unwrap();
    assert_eq!(variables["CELIGO_API_TOKEN"], "writer", "the credential that can do most");
}

#[test]
fn only_the_chosen_apis_are_served() {
    let served = Served::start(&["--api", "edlink", "--generate", "edlink.integrations=3"]);
    assert_eq!(served.get("/v1/integrations", "authorization: Bearer t\r\n").0, 501);
    let (status, body) = served.get("/api/v1/integrations", "authorization: Bearer t\r\n");
    assert_eq!(status, 200, "{body}");
    let (_, data) = served.get("/_standin/data", "");
    let data: serde_json::Map<String, Value> = serde_json::from_str(&data).unwrap();
    assert!(data.keys().all(|collection| collection.starts_with("edlink.")), "{:?}", data.keys());
}

#[test]
fn profile_and_rate_limit_are_those_asked_for() {
    let served = Served::start(&["--clock", "frozen", "--profile", "celigo=live", "--rate-limit", "celigo=1/1"]);
    let (status, body) = served.get("/v1/integrations", "");
    assert_eq!((status, body.as_str()), (401, r#"{"message":"Unauthorized"}"#));
    assert_eq!(served.get("/v1/integrations", "").0, 429);
}

#[test]
fn openapi_documents_are_printed_and_served() {
    let served = Served::start(&[]);
    for api in ["celigo", "edlink"] {
        let output = run(&["openapi", api]);
        assert_eq!(code(&output), 0);
        let printed: Value = serde_json::from_str(&stdout(&output)).unwrap();
        let (status, body) = served.get(&format!("/_standin/openapi.json?api={api}"), "");
        assert_eq!((status, serde_json::from_str(&body).ok()), (200, Some(printed)));
    }
    let (status, body) = served.get("/_standin/openapi.json", "");
    assert_eq!(status, 400, "{body}");
    assert!(body.contains("celigo or edlink"), "{body}");
    assert_eq!(served.get("/_standin/openapi.json?api=celigoo", "").0, 404);
}

#[test]
fn an_exposed_server_wants_the_token_it_prints() {
    let served = Served::start(&["--host", "0.0.0.0", "--expose", "--quiet"]);
    assert!(served.url().starts_with("http://127.0.0.1:"), "an address that can be called");
    assert_eq!(served.get("/_standin/clock", "").0, 401);
    assert_eq!(code(&run(&["wait", served.url()])), 0);
    let output = run(&["env", served.url()]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("--control-token"), "{output:?}");
    let (_, _, said) = served.stop();
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["control_token"].as_str().unwrap().len(), 32);

    let served = Served::start(&["--host", "0.0.0.0", "--expose", "--control-token", "mine"]);
    assert_eq!(served.get("/_standin/clock", "standin-control-token: mine\r\n").0, 200);
    for command in ["wait", "env"] {
        assert_eq!(code(&run(&[command, served.url(), "--control-token", "mine"])), 0);
    }
    assert!(!served.stop().2.contains("mine"), "a token that was given is not printed");
}

#[test]
fn every_request_is_logged_without_its_credentials() {
    let token =
        "authorization: Bearer HZ4MR8NyjdPiP9g8l6gKXT5Kjk9FlJa7\r\ncookie: a=HZ4MR8NyjdPiP9g8l6gKXT5Kjk9FlJa7\r\n";
    let target = "/v1/integrations?limit=1&access_token=HZ4MR8NyjdPiP9g8l6gKXT5Kjk9FlJa7";
    let said = |arguments: &[&str]| {
        let served = Served::start(arguments);
        served.get(target, token);
        served.get("/v1/nothing", token);
        let integration = "/api/v1/integrations/77a69705-41a7-49cb-0fe8-ffd425f9716f";
        served.get(integration, "authorization: Bearer secret-of-an-application\r\n");
        let (_, _, said) = served.stop();
        assert!(!said.contains("HZ4MR8NyjdPiP9g8l6gKXT5Kjk9FlJa7"), "{said}");
        said
    };
    let json = said(&[]);
    let lines: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut request = lines[1].clone();
    assert!(request["took_us"].is_u64());
    (request["took_us"], request["at"]) = (json!(0), json!("…"));
    insta::assert_snapshot!(request, @r#"{"at":"…","world":"default","n":1,"method":"GET","target":"/v1/integrations?limit=1&access_token=…","operation":"celigo.integrations.list","status":200,"manner":"whole","delay_ms":0,"rule":null,"miss":null,"reason":null,"took_us":0}"#);
    assert_eq!(
        (&lines[2]["operation"], &lines[2]["status"], &lines[2]["miss"]),
        (&Value::Null, &json!(501), &json!("no-route"))
    );
    assert!(lines[2]["reason"].as_str().unwrap().starts_with("no-route: "), "{}", lines[2]);

    let text = said(&["--log", "text"]);
    let line = text.lines().nth(1).unwrap().rsplit_once(' ').unwrap();
    assert!(line.1.ends_with("µs"));
    let (at, line) = line.0.split_once(' ').unwrap();
    assert_eq!(at.len(), "10:00:00.000".len());
    insta::assert_snapshot!(line, @"#1 GET /v1/integrations?limit=1&access_token=… celigo.integrations.list 200");

    let verbose = said(&["--log", "text", "-v"]);
    assert!(verbose.contains("  > authorization: Bearer …lJa7\n"), "{verbose}");
    assert!(verbose.contains(r#""access_token":"…""#), "{verbose}");
    assert!(verbose.contains("  < standin-op: celigo.integrations.list\n"), "{verbose}");
    assert_eq!(said(&["-q"]), "");
}

#[test]
fn commands_that_ask_a_server_take_its_url_in_each_way() {
    let served = Served::start(&[]);
    let (url, nowhere) = (served.url(), "http://127.0.0.1:1");
    for asks in [&["wait", "--timeout", "100ms"][..], &["env"], &["tail", "--world", "no-such-world"]] {
        let ask = |arguments: &[&str], variable: &str| {
            said(standin(&[asks, arguments].concat()).env("STANDIN_URL", variable))
        };
        // Of the world of this name, the server says that there is none.
        let met = i32::from(asks[0] == "tail") * 2;
        for (arguments, variable, wanted) in [
            (&["--url", url][..], "", met),
            (&[url], "", met),
            (&[], url, met),
            (&["--url", url], nowhere, met),
            (&[url], nowhere, met),
            (&["--url", url, url], "", met),
            (&["--url", nowhere], url, 3),
            (&[nowhere], url, 3),
        ] {
            let (code, _, err) = ask(arguments, variable);
            assert_eq!(code, wanted, "{asks:?} {arguments:?} {variable}: {err}");
        }
        let (code, _, err) = ask(&["--url", url, nowhere], "");
        assert!(code == 2 && err.contains("there are two servers"), "{err}");
    }
}

#[test]
fn wait_ends_when_the_server_is_ready_and_gives_up_with_3() {
    let served = Served::start(&[]);
    assert_eq!(code(&run(&["wait", served.url()])), 0);
    assert_eq!(code(&standin(&["wait"]).env("STANDIN_URL", served.url()).output().unwrap()), 0);
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let output = run(&["wait", &format!("http://{free}"), "--timeout", "1ms"]);
    assert_eq!(code(&output), 3);
    insta::assert_snapshot!(stderr(&output).replace(&free.to_string(), "ADDRESS"), @"error: http://ADDRESS is not ready after 1ms: Connection refused (os error 111). Is `standin serve` running there, with its control API?");
}

#[test]
fn env_prints_what_a_consumer_needs_and_it_works() {
    let served = Served::start(&[]);
    let said = |format: &str| {
        let output = run(&["env", served.url(), "--format", format]);
        assert_eq!(code(&output), 0, "{output:?}");
        stdout(&output)
    };
    insta::assert_snapshot!(said("sh").replace(served.url(), "URL"), @r"
    export STANDIN_URL='URL'
    export CELIGO_BASE_URL='URL/v1'
    export CELIGO_API_TOKEN='standin-celigo-token'
    export EDLINK_BASE_URL='URL/api'
    export EDLINK_APPLICATION_SECRET='standin-edlink-secret'
    export EDLINK_ACCESS_TOKEN='HZ4MR8NyjdPiP9g8l6gKXT5Kjk9FlJa7'
    ");
    insta::assert_snapshot!(said("github").replace(served.url(), "URL"), @r"
    STANDIN_URL=URL
    CELIGO_BASE_URL=URL/v1
    CELIGO_API_TOKEN=standin-celigo-token
    EDLINK_BASE_URL=URL/api
    EDLINK_APPLICATION_SECRET=standin-edlink-secret
    EDLINK_ACCESS_TOKEN=HZ4MR8NyjdPiP9g8l6gKXT5Kjk9FlJa7
    ");
    let variables: Value = serde_json::from_str(&said("json")).unwrap();
    let below = |name: &str| variables[name].as_str().unwrap().strip_prefix(served.url()).unwrap();
    let bearer = |name: &str| format!("authorization: Bearer {}\r\n", variables[name].as_str().unwrap());
    let celigo = format!("{}/integrations", below("CELIGO_BASE_URL"));
    assert_eq!(served.get(&celigo, &bearer("CELIGO_API_TOKEN")).0, 200);
    let edlink = format!("{}/v1/integrations", below("EDLINK_BASE_URL"));
    assert_eq!(served.get(&edlink, &bearer("EDLINK_APPLICATION_SECRET")).0, 200);
    let (_, integrations) = served.get("/_standin/data/edlink.integrations", "");
    let integrations: Value = serde_json::from_str(&integrations).unwrap();
    let active = integrations.as_array().unwrap().iter().find(|integration| integration["status"] == "active").unwrap();
    assert_eq!(variables["EDLINK_ACCESS_TOKEN"], active["access_token"]);
}

#[test]
fn routes_lists_what_the_tables_say() {
    insta::assert_snapshot!("routes", stdout(&run(&["routes"])));
    insta::assert_snapshot!("routes-markdown", stdout(&run(&["routes", "--format", "markdown"])));
    let all: Value = serde_json::from_str(&stdout(&run(&["routes", "--format", "json"]))).unwrap();
    assert_eq!(all.as_array().unwrap().len(), standin::operations().len());
}

#[test]
fn completions_are_made_for_the_shells() {
    for shell in ["bash", "zsh", "fish"] {
        let output = run(&["completions", shell]);
        assert_eq!(code(&output), 0);
        assert!(stdout(&output).contains("port-file"), "{shell}");
    }
}
