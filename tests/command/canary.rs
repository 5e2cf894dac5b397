//! A canary through each way in, looked for in each way out of a server: every path of the control API and every command
//! stands in a table here with what it shows, and the test fails for one that does not.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use crate::binary::{Folder, said, standin};
use crate::support::{Response, ask};

/// A way out: what it shows of what came in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shows {
    /// Nothing that is a credential.
    Redacted,
    /// All that it holds, for this reason.
    Verbatim(&'static str),
    /// It cannot be called without ending what the test needs; another test does.
    Elsewhere(&'static str),
}

use Shows::{Elsewhere, Redacted, Verbatim};

const RECORDS: &str = "a test reads and changes records as they are";
const TOKENS: &str = "it hands a consumer what it needs to get in";

/// The paths of the control API, in the order of its index: what each shows, and a query and a body for it.
const PATHS: &[(&str, &str, Shows, &str, &str)] = &[
    ("GET", "/health", Redacted, "", ""),
    ("GET", "/ready", Redacted, "", ""),
    ("GET", "", Redacted, "", ""),
    ("GET", "/limits", Redacted, "", ""),
    ("GET", "/routes", Redacted, "", ""),
    ("GET", "/schema", Redacted, "", ""),
    ("GET", "/openapi.json", Redacted, "?api=celigo", ""),
    ("GET", "/scenarios", Redacted, "", ""),
    ("POST", "/pause", Elsewhere("library: it answers nothing"), "", ""),
    ("POST", "/refuse", Elsewhere("library: it answers nothing"), "", ""),
    ("POST", "/resume", Redacted, "", ""),
    ("POST", "/reload", Elsewhere("at the end"), "", ""),
    ("GET", "/worlds", Redacted, "", ""),
    ("DELETE", "/worlds", Redacted, "?label=none", ""),
    (
        "POST",
        "/worlds",
        Redacted,
        "",
        r#"{"name":"made","scenario":{"scenario":1,"api":["celigo"],"tokens":{"celigo":["CANARY-world-1"]}}}"#,
    ),
    ("GET", "/worlds/{world}/env", Verbatim(TOKENS), "", ""),
    ("POST", "/worlds/{world}/reset", Elsewhere("at the end"), "", ""),
    ("POST", "/worlds/{world}/snapshot", Redacted, "", r#"{"name":"s"}"#),
    ("POST", "/worlds/{world}/restore", Elsewhere("at the end"), "", ""),
    ("GET", "/worlds/{world}/clock", Redacted, "", ""),
    ("POST", "/worlds/{world}/clock", Redacted, "", r#"{"advance_ms":1}"#),
    ("GET", "/worlds/{world}/journal", Redacted, "?text=canary", ""),
    ("GET", "/worlds/{world}/journal/{n}", Redacted, "", ""),
    ("GET", "/worlds/{world}/events", Redacted, "?since=0", ""),
    ("GET", "/worlds/{world}/coverage", Redacted, "", ""),
    ("GET", "/worlds/{world}/scenario", Redacted, "?checks=true", ""),
    ("PUT", "/worlds/{world}/scenario", Elsewhere("at the end"), "", ""),
    ("DELETE", "/worlds/{world}/scenario", Elsewhere("at the end"), "", ""),
    ("GET", "/worlds/{world}/scenario/explain", Redacted, "", ""),
    ("GET", "/worlds/{world}/faults", Redacted, "", ""),
    (
        "PUT",
        "/worlds/{world}/faults",
        Redacted,
        "",
        r#"[{"id":"one","on":"celigo.flows.list","when":{"headers":{"x-api-key":"CANARY-control-1"}},"do":{"respond":{"status":200,"body":{"password":"CANARY-control-2"},"undocumented":true}}}]"#,
    ),
    (
        "POST",
        "/worlds/{world}/faults",
        Redacted,
        "",
        r#"{"id":"two","on":"celigo.imports.create","when":{"body":{"http":{"auth":{"password":"CANARY-control-3"}}},"unknown_fields":"allow"},"do":{"error":"rate_limited"}}"#,
    ),
    ("DELETE", "/worlds/{world}/faults", Redacted, "", ""),
    (
        "POST",
        "/worlds/{world}/expect",
        Redacted,
        "",
        r#"{"on":"celigo.imports.create","when":{"body":{"http":{"auth":{"password":"CANARY-control-4"}}},"unknown_fields":"allow"},"times":1}"#,
    ),
    ("POST", "/worlds/{world}/verify", Redacted, "?format=text&status=200&coverage=all", ""),
    (
        "POST",
        "/worlds/{world}/wait",
        Redacted,
        "",
        r#"{"on":"celigo.imports.create","when":{"body":{"http":{"auth":{"password":"CANARY-control-5"}}},"unknown_fields":"allow"},"timeout_ms":1}"#,
    ),
    (
        "POST",
        "/worlds/{world}/webhooks",
        Verbatim("a test posts it by itself"),
        "",
        r#"{"type":"a.kind","api":"edlink","secret":"CANARY-hook-1","payload":{"password":"CANARY-hook-2"}}"#,
    ),
    (
        "POST",
        "/worlds/{world}/deliver",
        Redacted,
        "",
        r#"{"type":"a.kind","api":"edlink","secret":"CANARY-hook-3","payload":{"password":"CANARY-hook-4"},"to":"http://127.0.0.1:9/x?token=CANARY-hook-6","tries":1}"#,
    ),
    ("GET", "/worlds/{world}/deliveries", Redacted, "", ""),
    ("GET", "/worlds/{world}/deliveries/{n}", Redacted, "", ""),
    ("GET", "/worlds/{world}/data", Verbatim(RECORDS), "", ""),
    ("PUT", "/worlds/{world}/data", Redacted, "", r#"{"celigo.scripts":[]}"#),
    ("GET", "/worlds/{world}/collections", Redacted, "", ""),
    ("GET", "/worlds/{world}/data/{collection}", Verbatim(RECORDS), "", ""),
    (
        "PUT",
        "/worlds/{world}/data/{collection}",
        Redacted,
        "",
        r#"[{"_id":"c1","name":"Store","type":"http","http":{"auth":{"type":"basic","basic":{"username":"u","password":"CANARY-control-6"}}}}]"#,
    ),
    (
        "POST",
        "/worlds/{world}/data/{collection}",
        Verbatim(RECORDS),
        "",
        r#"{"_id":"c3","name":"Other","type":"http","http":{"auth":{"type":"basic","basic":{"username":"u","password":"CANARY-control-7"}}}}"#,
    ),
    ("DELETE", "/worlds/{world}/data/{collection}", Elsewhere("at the end"), "", ""),
    ("GET", "/worlds/{world}/data/{collection}/{id}", Verbatim(RECORDS), "", ""),
    (
        "PUT",
        "/worlds/{world}/data/{collection}/{id}",
        Verbatim(RECORDS),
        "",
        r#"{"name":"Store","type":"http","http":{"auth":{"type":"basic","basic":{"username":"u","password":"CANARY-control-8"}}}}"#,
    ),
    (
        "PATCH",
        "/worlds/{world}/data/{collection}/{id}",
        Verbatim(RECORDS),
        "",
        r#"{"http":{"auth":{"basic":{"password":"CANARY-control-9"}}}}"#,
    ),
    ("DELETE", "/worlds/{world}/data/{collection}/{id}", Elsewhere("at the end"), "", ""),
    ("POST", "/worlds/{world}/data/{collection}/{id}/recreate", Verbatim(RECORDS), "", ""),
    ("GET", "/worlds/{world}", Redacted, "", ""),
    ("PUT", "/worlds/{world}", Elsewhere("POST /worlds makes one, too"), "", ""),
    ("GET", "/worlds/{world}/export", Verbatim("another server goes on with it"), "", ""),
    ("PUT", "/worlds/{world}/import", Elsewhere("at the end"), "", ""),
    ("DELETE", "/worlds/{world}", Elsewhere("at the end"), "", ""),
];

/// The commands: what each shows, and its arguments; `URL` and `FILE` stand for the server and the scenario.
const COMMANDS: &[(&str, Shows, &[&str])] = &[
    ("serve", Redacted, &[]),
    ("run", Redacted, &["run", "--scenario", "FILE", "--", "CONSUMER"]),
    ("check", Redacted, &["check", "FILE"]),
    ("explain", Redacted, &["explain", "FILE"]),
    ("probe", Redacted, &["probe", "FILE", "--against", "URL", "--allow-writes"]),
    (
        "sweep",
        Redacted,
        &[
            "sweep",
            "--scenario",
            "FILE",
            "--fault",
            "unavailable",
            "--on",
            "celigo.connections.update",
            "--show-output",
            "--",
            "CONSUMER",
        ],
    ),
    ("draft", Redacted, &["draft", "--", "CONSUMER"]),
    ("doctor", Redacted, &["doctor", "--", "CONSUMER"]),
    ("wait", Redacted, &["wait", "URL"]),
    ("env", Verbatim(TOKENS), &["env", "URL"]),
    ("tail", Redacted, &[]),
    ("limits", Redacted, &["limits"]),
    ("routes", Redacted, &["routes"]),
    ("scenarios", Redacted, &["scenarios"]),
    ("schema", Redacted, &["schema"]),
    ("report", Elsewhere("secrets"), &[]),
    ("openapi", Redacted, &["openapi", "celigo"]),
    ("completions", Redacted, &["completions", "bash"]),
    ("help", Redacted, &["help"]),
];

const JSON: (&str, &str) = ("content-type", "application/json");
const LISTED: &str = "CANARY-listed-credential-0001";
const CONTROL: (&str, &str) = ("standin-control-token", "CANARY-control-token-0002");
const FAILING: &str = "celigo.exports.create";

/// The scenario that the other one extends.
fn base() -> Value {
    json!({ "scenario": 1, "api": ["celigo", "edlink"], "tokens": { "celigo": [LISTED] } })
}

fn scenario() -> Value {
    json!({
        "scenario": 1, "extends": "base.json", "name": "canary",
        "faults": [{ "id": "busy", "on": "celigo.imports.create", "when": { "body": { "http": { "auth": { "password": "CANARY-scenario-1" } } }, "unknown_fields": "allow" },
            "do": { "respond": { "status": 500, "headers": { "x-api-key": "CANARY-scenario-2" }, "body": { "secret": "CANARY-scenario-3" }, "undocumented": true } } }],
        "expect": { "calls": [{ "on": "celigo.flows.list", "when": { "token": LISTED }, "times": 9 }] },
        "probe": { "writes": true, "token_env": "CANARY_TOKEN", "steps": [
            { "on": "celigo.integrations.create", "body": { "name": "x", "settings": { "password": "CANARY-scenario-4" } }, "status": 201 },
            { "on": "celigo.flows.get", "params": { "id": "none" }, "status": 404 }
        ] }
    })
}

/// Sends canaries by each way that a consumer has. What answers hold is theirs; what their headers say is the fake's.
fn consume(address: SocketAddr) -> Vec<(String, String)> {
    let bearer = format!("Bearer {LISTED}");
    let auth = ("authorization", bearer.as_str());
    let mut headers = Vec::new();
    let mut send = |method: &str, target: &str, more: &[(&str, &str)], body: &str| {
        let answer = ask(address, method, target, more, body);
        let named = answer.headers.iter().filter(|(name, _)| name.starts_with("standin-"));
        headers.push((format!("headers of {method} {target}"), told(named)));
        // The answers of the scenario are the test's own.
        if answer.status >= 400 && target != "/v1/imports" {
            headers.push((format!("error of {method} {target}"), answer.text()));
        }
    };
    for depth in 0..5 {
        let (open, close) = ("{\"a\":[".repeat(depth), "]}".repeat(depth));
        let body =
            format!("{{\"name\":\"x{depth}\",\"settings\":{open}{{\"apiSecret\":\"CANARY-json-{depth}\"}}{close}}}");
        send(
            "POST",
            "/v1/integrations?access_token=CANARY-query-1",
            &[auth, JSON, ("x-api-key", "CANARY-header-1")],
            &body,
        );
    }
    send("GET", "/v1/nothing%3Ftoken%3DCANARY-path-1/x;token=CANARY-path-2", &[auth], "");
    send("GET", "/v1/flows?limit=none&token=CANARY-query-2", &[("authorization", "Bearer CANARY-credential-1")], "");
    send(
        "POST",
        "/v1/connections",
        &[auth, JSON],
        r#"{"name":7,"password":"CANARY-json-6","type":"CANARYless"}"#.replace("CANARYless", "none").as_str(),
    );
    send(
        "PUT",
        "/v1/connections/c1",
        &[auth, JSON],
        r#"{"name":"S","type":"http","http":{"auth":{"token":{"token":"CANARY-json-7"}}}}"#,
    );
    send(
        "PATCH",
        "/v1/integrations/none",
        &[auth, JSON],
        r#"[{"op":"add","path":"/settings/password","value":"CANARY-patch-1"}]"#,
    );
    send(
        "PATCH",
        "/v1/integrations/abc123",
        &[auth, JSON],
        r#"[{"op":"replace","path":"/settings/client_secret","value":"CANARY-patch-2"}]"#,
    );
    send("POST", "/v1/integrations", &[auth, JSON], r#"{"value":"CANARY-cut-1","name":"pass"#);
    send("POST", "/v1/imports", &[auth, JSON], r#"{"name":"x","http":{"auth":{"password":"CANARY-scenario-1"}}}"#);
    send(
        "POST",
        "/v1/exports",
        &[auth, JSON],
        &format!(r#"{{"name":"x","password":"CANARY-panic-1","note":"{LISTED}"}}"#),
    );
    let form = "grant_type=authorization_code&code=CANARY-login-1&client_secret=CANARY-login-2&client_id=x&redirect_uri=http://h";
    send("POST", "/api/authentication/token", &[("content-type", "application/x-www-form-urlencoded")], form);
    send(
        "POST",
        "/api/authentication/token",
        &[JSON],
        r#"{"code":"CANARY-login-3","grant_type":"authorization_code","client_secret":"CANARY-login-4"}"#,
    );
    send("GET", "/sso/login?code=CANARY-login-5&state=x&client_id=none", &[], "");
    send("GET", "/api/v2/graph/people?code=CANARY-login-6", &[("authorization", "Bearer CANARY-credential-2")], "");
    send("GET", "/elsewhere?password=CANARY-query-3", &[("cookie", "session=CANARY-header-2")], "");
    headers
}

#[test]
fn the_consumer_with_canaries() {
    if std::env::var_os("CANARY_CONSUMER").is_none() {
        return;
    }
    let url = std::env::var("STANDIN_URL").unwrap();
    let _ = std::panic::catch_unwind(|| consume(url.strip_prefix("http://").unwrap().parse().unwrap()));
}

/// A server that is ended with the test, and what it says.
struct Server {
    child: Child,
    address: SocketAddr,
    said: String,
}

impl Server {
    fn start(folder: &Folder, scenario: &str, format: &str) -> Self {
        let said = folder.path(&format!("{format}.log"));
        let fixtures = folder.path("fixtures");
        let arguments =
            ["serve", "--port", "0", "--scenario", scenario, "--fixtures", &fixtures, "-v", "--log", format];
        let mut child = standin(&arguments)
            .envs([("STANDIN_CONTROL_TOKEN", CONTROL.1), ("STANDIN_PLUGIN_PANIC_ON", FAILING), ("RUST_BACKTRACE", "0")])
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(&said).unwrap())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        assert!(!ready.is_empty(), "{}", std::fs::read_to_string(&said).unwrap());
        let ready: Value = serde_json::from_str(&ready).unwrap();
        let address = ready["url"].as_str().unwrap().strip_prefix("http://").unwrap().parse().unwrap();
        Self { child, address, said }
    }

    fn control(&self, method: &str, path: &str, body: &str) -> Response {
        let host = self.address.to_string();
        ask(self.address, method, &format!("/_standin{path}"), &[("host", &host), CONTROL, JSON], body)
    }

    /// The beginning of the stream of events.
    fn events(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let head =
            format!("GET /_standin{path} HTTP/1.1\r\nhost: {}\r\n{}: {}\r\n\r\n", self.address, CONTROL.0, CONTROL.1);
        stream.write_all(head.as_bytes()).unwrap();
        let (mut text, mut piece) = (String::new(), [0; 4096]);
        while !text.contains("data:") {
            let length = stream.read(&mut piece).unwrap();
            assert!(length > 0, "the stream ends: {text}");
            text += &String::from_utf8_lossy(&piece[..length]);
        }
        text
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A text of an answer: its head, and its body.
fn whole(answer: &Response) -> String {
    told(answer.headers.iter()) + &answer.text()
}

fn told<'h>(headers: impl Iterator<Item = &'h (String, String)>) -> String {
    headers.map(|(name, value)| [name, ": ", value, "\n"].concat()).collect()
}

fn path_of(path: &str) -> String {
    let path = match path {
        "/worlds/{world}" | "/worlds/{world}/export" | "/worlds/{world}/import" => path.replace("{world}", "made"),
        _ => path.replace("/worlds/{world}", ""),
    };
    path.replace("{collection}", "celigo.connections").replace("{id}", "c1").replace("{n}", "1")
}

/// Collects the answer of each path of the control API, and its refusals.
fn control_ways(server: &Server, ways: &mut Vec<(String, Shows, String)>) {
    let index = server.control("GET", "", "").json();
    let all = ["server", "world"].iter().flat_map(|part| index[part].as_array().unwrap());
    let told: Vec<(String, String)> = all
        .map(|row| {
            (row["method"].as_str().unwrap().to_owned(), row["path"].as_str().unwrap()["/_standin".len()..].to_owned())
        })
        .collect();
    let known: Vec<(String, String)> =
        PATHS.iter().map(|(method, path, ..)| ((*method).to_owned(), (*path).to_owned())).collect();
    for one in told.iter().chain(&known) {
        assert!(told.contains(one) && known.contains(one), "say in PATHS what {} {} shows", one.0, one.1);
    }
    for (method, path, shows, query, body) in PATHS {
        let target = path_of(path);
        let mut add = |shows: Shows, text: String| ways.push((format!("{method} {path}"), shows, text));
        let refused = server.control(method, &format!("{target}?access_token=CANARY-error-1"), "");
        assert!(refused.status >= 400, "{method} {path}: {}", refused.text());
        add(Redacted, whole(&refused));
        if !matches!(shows, Elsewhere(_)) && *method != "GET" {
            for body in [
                r#"{"password":"CANARY-error-2","cut"#,
                r#"{"password":"CANARY-error-3"}"#,
                r#"["password","CANARY-error-4"]"#,
            ] {
                let refused = server.control(method, &target, body);
                if refused.status >= 400 {
                    add(Redacted, whole(&refused));
                }
            }
        }
        match shows {
            Elsewhere(_) => {}
            _ if path.ends_with("/events") => add(*shows, server.events(&format!("{target}{query}"))),
            _ => {
                let answer = server.control(method, &format!("{target}{query}"), body);
                assert!(
                    answer.status < 300 || answer.status == 408,
                    "{method} {target}: {} {}",
                    answer.status,
                    answer.text()
                );
                add(*shows, whole(&answer));
            }
        }
    }
    let entries = server.control("GET", "/journal?only=numbers", "").json();
    for number in entries["numbers"].as_array().unwrap() {
        let entry = server.control("GET", &format!("/journal/{number}"), "");
        ways.push((format!("entry {number}"), Redacted, whole(&entry)));
    }
    let page =
        ask(server.address, "GET", "/_standin/", &[("host", &server.address.to_string()), ("accept", "text/html")], "");
    ways.push(("page".to_owned(), Redacted, page.text()));
    let export = server.control("GET", "/worlds/made/export", "").text();
    let ends = [
        ("PUT", "/worlds/moved/import", export.as_str()),
        ("POST", "/restore", r#"{"name":"s"}"#),
        (
            "PUT",
            "/worlds/put",
            r#"{"scenario":{"scenario":1,"api":["celigo"],"tokens":{"celigo":["CANARY-world-2"]}}}"#,
        ),
        ("PUT", "/scenario", r#"{"scenario":1,"tokens":{"celigo":[{"token":5,"x":"CANARY-error-5"}]}}"#),
        (
            "PUT",
            "/scenario",
            r#"{"scenario":1,"api":["celigo"],"tokens":{"celigo":["CANARY-world-3"]},"expect":{"calls":[{"on":"celigo.flows.list","times":1,"when":{"token":"CANARY-world-3"}}]}}"#,
        ),
        ("POST", "/verify?status=200", ""),
        ("DELETE", "/scenario", ""),
        ("DELETE", "/data/celigo.connections/c1", ""),
        ("DELETE", "/data/celigo.connections", ""),
        ("DELETE", "/worlds/made", ""),
        ("POST", "/reset", ""),
        ("POST", "/reload", ""),
    ];
    for (method, path, body) in ends {
        ways.push((format!("{method} {path}, at the end"), Redacted, whole(&server.control(method, path, body))));
    }
}

fn command_ways(server: &Server, scenario: &str, ways: &mut Vec<(String, Shows, String)>) {
    let help = said(&mut standin(&["--help"])).1;
    let listed = help.split_once("Commands:\n").unwrap().1.split_once("\n\n").unwrap().0;
    let told: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let known: Vec<&str> = COMMANDS.iter().map(|(name, ..)| *name).collect();
    assert_eq!(told, known, "say in COMMANDS what each shows");
    let url = format!("http://{}", server.address);
    let own = std::env::current_exe().unwrap();
    for (name, shows, arguments) in COMMANDS.iter().filter(|(_, _, arguments)| !arguments.is_empty()) {
        let mut command = standin(&[]);
        for argument in *arguments {
            match *argument {
                "URL" => command.arg(&url),
                "FILE" => command.arg(scenario),
                "CONSUMER" => command.arg(&own).args(["--exact", "canary::the_consumer_with_canaries"]),
                other => command.arg(other),
            };
        }
        command.envs([("STANDIN_CONTROL_TOKEN", CONTROL.1), ("CANARY_TOKEN", LISTED), ("CANARY_CONSUMER", "1")]);
        if !matches!(*name, "wait" | "env") {
            command.env_remove("STANDIN_CONTROL_TOKEN");
        }
        let (code, out, err) = said(&mut command);
        assert!([0, 4, 5].contains(&code), "{name} ends with {code}: {err}");
        ways.push((format!("standin {name}"), *shows, out + &err));
    }
}

#[test]
fn each_path_and_command_shows_of_canaries_what_its_row_says() {
    let folder = Folder::new("canary");
    folder.file("base.json", &base().to_string());
    let file = folder.file("canary.json", &scenario().to_string());
    std::fs::create_dir_all(folder.path("fixtures/celigo")).unwrap();
    let fixture = json!([{ "_id": "c1", "name": "Store", "type": "http",
        "http": { "auth": { "type": "basic", "basic": { "username": "u", "password": "CANARY-fixture-1" } } } }]);
    folder.file("fixtures/celigo/connections.json", &fixture.to_string());
    for format in ["text", "json"] {
        let mut ways = Vec::new();
        let server = Server::start(&folder, &file, format);
        let tailed = folder.path("tail.log");
        let mut tail = standin(&["tail", &format!("http://{}", server.address), "--control-token", CONTROL.1])
            .stdout(std::fs::File::create(&tailed).unwrap())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        ways.extend(consume(server.address).into_iter().map(|(way, text)| (way, Redacted, text)));
        if format == "text" {
            command_ways(&server, &file, &mut ways);
        }
        control_ways(&server, &mut ways);
        let log = server.said.clone();
        drop(server);
        tail.wait().unwrap();
        for (way, file) in [("log", log), ("tail", tailed)] {
            ways.push((way.to_owned(), Redacted, std::fs::read_to_string(file).unwrap()));
        }
        if cfg!(debug_assertions) {
            let panics = ways.iter().filter(|(_, _, text)| text.contains("cannot read")).count();
            assert!(panics > 2, "the answer, the journal and the log tell of the panic");
        }
        let wrong = ways.iter().filter_map(|(way, shows, text)| {
            let found = text.find("CANARY").map(|at| &text[text[..at].rfind('\n').map_or(0, |line| line + 1)..]);
            match shows {
                Redacted => found.map(|line| format!("{way} shows {}", line.chars().take(400).collect::<String>())),
                Verbatim(reason) => found.is_none().then(|| format!("{way} shows none, though {reason}: {text}")),
                Elsewhere(_) => None,
            }
        });
        let wrong: Vec<String> = wrong.collect();
        assert!(wrong.is_empty(), "{format}: {} of {}:\n{}", wrong.len(), ways.len(), wrong.join("\n"));
    }
}
