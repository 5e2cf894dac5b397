//! Secrets through each way in, looked for in each way out.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::binary::{Folder, said, standin};
use crate::support::ask;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("content-type", "application/json");

/// A secret for each way in. The last four characters of a bearer token are shown, to tell one from another.
const LISTED: &str = "CANARY-listed-credential-0001";
const BEARER: &str = "CANARY-bearer-of-edlink-0002";
const FIXTURE: &str = "CANARY/fixture+password=1";
const SECRETS: [&str; 10] = [
    "CANARY-spelled",
    "CANARY-listed-credential",
    "CANARY-bearer-of-edlink",
    "CANARY/fixture+password",
    "CANARY-query",
    "CANARY-form",
    "CANARY-json",
    "CANARY-header",
    "CANARY-code",
    "CANARY%2Ffixture",
];

/// Calls that spell a telling name, or the place of a secret, in another way: a target below `/v1`, and a body.
const SPELLED: [(&str, &str); 18] = [
    ("/integrations?pass+phrase=CANARY-spelled-1", r#"{"my-pass-phrase":"CANARY-spelled-2"}"#),
    ("/integrations?client%5Bsecret%5D=CANARY-spelled-1", r#"{"client.secret":["CANARY-spelled-2"]}"#),
    ("/integrations?a=1&access%255Ftoken=CANARY-spelled-1", r#"{"settings":{"APIKEY":{"x":"CANARY-spelled-2"}}}"#),
    ("/nothing%3Faccess_token%3DCANARY-spelled-1", r#"{"settings":[["password","CANARY-spelled-2"]]}"#),
    ("/nothing%253Ftoken%253DCANARY-spelled-1/x", r#"{"settings":["n","x","x-api-key","CANARY-spelled-2"]}"#),
    ("/nothing;token=CANARY-spelled-1", r#"[{"name":"password","value":"CANARY-spelled-2"}]"#),
    (
        "/integrations?redirect_uri=https://h/?code=CANARY-spelled-1",
        r#"{"a":{"key":"token","value":"CANARY-spelled-2"}}"#,
    ),
    (
        "/integrations?to=https%253A%252F%252Fh%252F%253Fcode%253DCANARY-spelled-1",
        r#"{"headers":[{"value":"CANARY-spelled-2","header":"X-Api-Key"}]}"#,
    ),
    ("/integrations?to=https%3A%2F%2Fu%3ACANARY-spelled-1%40h", r#"{"name":"https://u:CANARY-spelled-2@h/x"}"#),
    ("/integrations?note=Bearer%20CANARY-spelled-1", r#"{"name":"Bearer CANARY-spelled-2"}"#),
    ("/integrations?f=%7B%22pass+word%22%3A%22CANARY-spelled-1%22%7D", r#"{"name":"Basic CANARY-spelled-2"}"#),
    (
        "/integrations#token=CANARY-spelled-1",
        r#"{"name":"https://h/?next=https%3A%2F%2Fh%2F%3Ftoken%3DCANARY-spelled-2"}"#,
    ),
    ("/x", r#"{"name":"{\"name\":\"password\",\"value\":\"CANARY-spelled-2\"}"}"#),
    ("/x", r#"{"name":"password","value":"CANARY-spelled-2","cut"#),
    ("/x", r#"["password","CANARY-spelled-2"#),
    ("/x", "<login><password>CANARY-spelled-2</password></login>"),
    ("/x", r#"<login api-key="CANARY-spelled-2 x"/>"#),
    ("/x", "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nCANARY-spelled-2\r\n--b--"),
];

/// The calls of the consumer, all of which the journal holds.
const CALLS: usize = 3 * 9 + 2 * SPELLED.len() + 5;

/// The scenario that the other one extends: secrets come in by a file that is not named.
fn base() -> Value {
    json!({
        "scenario": 1,
        "api": ["celigo", "edlink"],
        "tokens": { "celigo": [LISTED] },
        "data": { "from": "default", "add": { "celigo.connections": [
            { "_id": "c1", "name": "Store", "type": "http",
              "http": { "auth": { "type": "basic", "basic": { "username": "u", "password": FIXTURE } } } }
        ] } }
    })
}

fn scenario() -> Value {
    json!({
        "scenario": 1,
        "extends": "base.json",
        "name": "secrets",
        "faults": [{ "id": "busy", "on": "celigo.integrations.create", "do": { "error": "rate_limited" } }],
        "expect": {
            "calls": [
                { "on": "celigo.flows.list", "times": 1 },
                { "on": "celigo.integrations.create", "when": { "body": { "password": "CANARY-json-other", "name": "No" } } }
            ],
            "final": { "celigo.integrations": [
                { "where": { "name": "x", "settings": { "password": "CANARY-json-final", "tokens": ["CANARY-json-last"] } }, "count": 1 }
            ] },
            "only": ["celigo.flows.list"],
            "conduct": { "no_retry_on": [429, 404, 400, 401], "max_attempts": 1, "unknown_fields": "forbid", "paging": "follow_next" }
        }
    })
}

#[test]
fn the_consumer_with_secrets() {
    if std::env::var_os("SECRET_CONSUMER").is_none() {
        return;
    }
    let url = std::env::var("STANDIN_URL").unwrap();
    let address: SocketAddr = url.strip_prefix("http://").unwrap().parse().unwrap();
    let bearer = format!("Bearer {LISTED}");
    let auth = ("authorization", bearer.as_str());
    let other = format!("Bearer {BEARER}");
    let nested = json!({
        "name": "Orders", "password": "CANARY-json-1", "strange": { "apiKey": "CANARY-json-2" },
        "settings": { "a": { "b": [{ "client_secret": "CANARY-json-3" }, { "encrypted": { "deep": ["CANARY-json-4"] } }] },
            "tokens": ["CANARY-json-5", { "x": "CANARY-json-6" }], "text": "{\"passphrase\":\"CANARY-json-7\"}",
            "echo": FIXTURE, "echo2": LISTED }
    });
    let encoded = "CANARY%2Ffixture%2Bpassword%3D1";
    for _ in 0..3 {
        ask(address, "POST", "/v1/integrations?access_token=CANARY-query-1&x=1", &[auth, JSON], &nested.to_string());
        ask(address, "GET", "/v1/nothing-here?X-Api-Key=CANARY-query-2", &[auth, ("x-api-key", "CANARY-header-1")], "");
        ask(address, "GET", &format!("/v1/integrations/{encoded}?note={encoded}"), &[auth], "");
        ask(address, "GET", "/v1/integrations", &[("authorization", "Bearer CANARY-header-2-wrong")], "");
        let form = "grant_type=authorization_code&code=CANARY-code-1&client_secret=CANARY-form-1&client_id=x";
        ask(address, "POST", "/api/authentication/token", &[FORM], form);
        let login =
            json!({ "grant_type": "authorization_code", "code": "CANARY-code-2", "client_secret": "CANARY-json-8" });
        ask(address, "POST", "/api/authentication/token", &[JSON], &login.to_string());
        ask(address, "GET", "/api/v2/graph/people?code=CANARY-code-3", &[("authorization", &other)], "");
        ask(address, "POST", "/v1/integrations", &[auth, JSON], "{\"password\": \"CANARY-json-9\", \"cut");
        ask(
            address,
            "PUT",
            "/v1/connections/c1",
            &[auth, JSON],
            "{\"http\":{\"auth\":{\"token\":{\"token\":\"CANARY-json-10\"}}}}",
        );
    }
    for (target, body) in SPELLED {
        ask(address, "POST", &format!("/v1{target}"), &[auth, JSON], body);
        ask(address, "PUT", &format!("/api/v2/graph{target}"), &[("authorization", &other), JSON], body);
    }
    for depth in 1..=5 {
        let (open, close) = ("{\"a\":[".repeat(depth), "]}".repeat(depth));
        let body = format!("{{\"name\":\"x\",\"settings\":{open}{{\"apiSecret\":\"CANARY-json-{depth}\"}}{close}}}");
        ask(address, "POST", "/v1/integrations", &[auth, JSON], &body);
    }
    let control = |method: &str, path: &str, body: &str| {
        let host = address.to_string();
        let answer = ask(address, method, &format!("/_standin{path}"), &[("host", &host)], body);
        assert!(!path.starts_with("/journal/") || answer.status == 200, "{path}: {}", answer.text());
        println!("OUT {method} {path} {}", answer.text());
    };
    let order = json!({ "type": "a.kind", "secret": "CANARY-json-hook", "payload": { "password": "CANARY-json-hook" },
        "to": "http://127.0.0.1:9/hook?token=CANARY-query-3", "tries": 1 });
    control("POST", "/deliver", &order.to_string());
    for path in ["/deliveries", "/deliveries/1"] {
        control("GET", path, "");
    }
    let entries: Vec<String> = (1..=CALLS).map(|n| format!("/journal/{n}")).collect();
    for path in entries.iter().map(String::as_str).chain(["/journal", "/journal?text=canary", "/scenario", "/faults"]) {
        control("GET", path, "");
    }
    // The files of the page, and the paths that it asks for.
    for path in ["/journal?only=numbers&text=canary", "/scenario?checks=true", "/collections", "/scenarios"] {
        control("GET", path, "");
    }
    let host = address.to_string();
    for path in ["/", "/app.js", "/calls.js"] {
        println!(
            "OUT GET {path} {}",
            ask(address, "GET", path, &[("host", &host), ("accept", "text/html")], "").text()
        );
    }
    for path in
        ["/scenario/explain", "/coverage", "/openapi.json", "/routes", "/health", "/limits", "/worlds", "/clock"]
    {
        control("GET", path, "");
    }
    control("POST", "/verify", "");
    control("POST", "/verify?status=200", "");
    control(
        "PUT",
        "/scenario",
        &json!({ "scenario": 1, "tokens": { "celigo": [{ "token": 5, "x": "CANARY-json" }] } }).to_string(),
    );
    control(
        "PUT",
        "/faults",
        &json!([{ "on": "celigo.flows.list", "when": { "token": { "password": "CANARY-json" } } }]).to_string(),
    );
}

fn ways_out(folder: &Folder, more: &[&str]) -> Vec<(String, String)> {
    folder.file("base.json", &base().to_string());
    let scenario = folder.file("secrets.json", &scenario().to_string());
    let files = ["report.json", "report.xml", "report.tap", "summary.md"].map(|name| folder.path(name));
    let own = std::env::current_exe().unwrap();
    let arguments = ["--report-json", &files[0], "--report-junit", &files[1], "--report-tap", &files[2]];
    let mut command = standin(&["run", "--scenario", &scenario]);
    command.args(arguments).args(more).args(["--", own.to_str().unwrap()]);
    command.args(["--exact", "secrets::the_consumer_with_secrets", "--nocapture"]);
    command.envs([("SECRET_CONSUMER", "1"), ("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", &files[3])]);
    let (code, out, err) = said(&mut command);
    assert_eq!(code, 4, "{err}");
    assert!(out.contains("OUT POST /verify"), "{out}");
    let read = files.iter().map(|file| (file.clone(), std::fs::read_to_string(file).unwrap()));
    let page = said(&mut standin(&["report", "html", &files[0]])).1;
    let merged = said(&mut standin(&["report", "merge", &files[0]])).1;
    assert!(page.contains("<h2") && merged.contains("celigo"), "{page} {merged}");
    let checked = said(&mut standin(&["check", &scenario])).1;
    let explained = said(&mut standin(&["explain", &scenario])).1;
    [("stdout".to_owned(), out), ("stderr".to_owned(), err), ("explain".to_owned(), explained)]
        .into_iter()
        .chain([("html".to_owned(), page), ("merge".to_owned(), merged), ("check".to_owned(), checked)])
        .chain(read)
        .collect()
}

#[test]
fn no_secret_that_came_in_by_any_door_goes_out_by_another() {
    let folder = Folder::new("secrets");
    let text = ["--log", "text"];
    let levels: [&[&str]; 2] = [&[], &["-v"]];
    let logs = levels.iter().flat_map(|level| [[*level, &text].concat(), [*level, &["--log", "json"]].concat()]);
    for log in logs.chain([vec!["-q"]]) {
        for (way, text) in ways_out(&folder, &log) {
            for secret in SECRETS {
                if let Some(at) = text.find(secret) {
                    let from = text[..at].rfind('\n').map_or(0, |line| line + 1);
                    panic!("{log:?} {way} shows {secret}: {}", text[from..].chars().take(700).collect::<String>());
                }
            }
        }
    }
}

#[test]
fn who_asks_for_secrets_sees_them() {
    let folder = Folder::new("shown-secrets");
    let ways = ways_out(&folder, &["-v", "--log", "text", "--show-secrets"]);
    for way in ["stdout", "stderr", "report.json", "report.xml"] {
        let (_, text) = ways.iter().find(|(name, _)| name.ends_with(way)).unwrap();
        assert!(text.contains("CANARY-json-1"), "{way}: {text}");
    }
}

#[test]
fn a_drafted_scenario_holds_no_secret() {
    let own = std::env::current_exe().unwrap();
    let mut command = standin(&["draft", "--", own.to_str().unwrap()]);
    command.args(["--exact", "secrets::the_consumer_with_secrets", "--nocapture"]).env("SECRET_CONSUMER", "1");
    let (code, drafted, err) = said(&mut command);
    assert_eq!(code, 0, "{err}");
    assert!(drafted.contains("celigo.integrations.create"), "{drafted}");
    // Nothing says to this server that the text of the other file is one.
    for secret in SECRETS.iter().filter(|secret| !secret.contains("fixture")) {
        for text in [&drafted, &err] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
    }
}
