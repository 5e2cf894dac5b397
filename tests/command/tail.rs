//! `standin tail`: calls as they come.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Stdio};

use serde_json::{Value, json};

use crate::binary::{said, standin};
use crate::support::{Response, ask};

const ANY: (&str, &str) = ("authorization", "Bearer any");

/// A process that is ended with the test.
struct Running(Child, BufReader<ChildStdout>);

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let mut child = standin(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self(child, out)
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.1.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A server, its URL and its address.
fn serve(arguments: &[&str]) -> (Running, String, SocketAddr) {
    let mut server = Running::start(&[&["serve", "--port", "0", "-q", "--clock", "step"], arguments].concat());
    let ready: Value = serde_json::from_str(&server.line()).unwrap();
    let url = ready["url"].as_str().unwrap().to_owned();
    let address = url.strip_prefix("http://").unwrap().parse().unwrap();
    (server, url, address)
}

fn control(address: SocketAddr, method: &str, path: &str, body: &Value) -> Response {
    let own = address.to_string();
    let answer = ask(address, method, &format!("/_standin{path}"), &[("host", &own)], &body.to_string());
    assert!(answer.status < 300, "{}", answer.text());
    answer
}

#[test]
fn calls_show_one_line_each_with_what_matters_of_them() {
    let (_server, url, address) = serve(&[]);
    control(
        address,
        "POST",
        "/faults",
        &json!({ "id": "busy", "on": "celigo.flows.list", "do": { "error": "rate_limited" } }),
    );
    ask(address, "GET", "/v1/integrations/nope", &[ANY], "");
    let mut tail = Running::start(&["tail", &url]);
    assert_eq!(
        tail.line(),
        "1 10:00:00.000 default GET /v1/integrations/nope celigo.integrations.get 404 error=not_found"
    );
    ask(address, "GET", "/v1/flows", &[ANY], "");
    assert_eq!(tail.line(), "2 10:00:00.001 default GET /v1/flows celigo.flows.list 429 error=rate_limited rule=busy");
    ask(address, "GET", "/v1/nothing%1B", &[ANY], "");
    assert!(
        tail.line().starts_with("3 10:00:00.002 default GET /v1/nothing%1B - 501 error=not_modelled miss=no-route")
    );
    control(address, "POST", "/reset", &json!({}));
    ask(address, "GET", "/v1/exports", &[ANY], "");
    assert_eq!(tail.line(), "1 10:00:00.000 default GET /v1/exports celigo.exports.list 200");
}

#[test]
fn calls_are_selected_and_told_as_json_until_the_world_ends() {
    let (_server, url, address) = serve(&[]);
    control(address, "POST", "/worlds", &json!({ "name": "a" }));
    let arguments =
        ["tail", &url, "--world", "a", "--op", "celigo.integrations.*", "--is", "error", "--format", "json"];
    for target in ["/w/a/v1/integrations/first", "/w/a/v1/flows/nope", "/w/a/v1/integrations", "/v1/integrations/other"]
    {
        ask(address, "GET", target, &[ANY], "");
    }
    let mut tail = Running::start(&arguments);
    let line: Value = serde_json::from_str(&tail.line()).unwrap();
    assert_eq!((&line["n"], &line["world"], &line["status"]), (&json!(1), &json!("a"), &json!(404)));
    (0..1_200).for_each(|_| drop(ask(address, "GET", "/w/a/v1/integrations/nope", &[ANY], "")));
    for n in 4..1_204 {
        assert_eq!(serde_json::from_str::<Value>(&tail.line()).unwrap()["n"], n);
    }
    let own = address.to_string();
    assert_eq!(ask(address, "DELETE", "/_standin/worlds/a", &[("host", &own)], "").status, 204);
    assert_eq!(tail.line(), "");
    assert!(tail.0.wait().unwrap().success());
}

#[test]
fn before_it_begins_it_says_what_is_wrong() {
    let (_server, url, _) = serve(&["--control-token", "secret"]);
    let (code, _, err) = said(&mut standin(&["tail", &url]));
    assert!(code == 2 && err.contains("wants its control token"), "{code}: {err}");
    let (code, _, err) = said(&mut standin(&["tail", &url, "--control-token", "secret", "--world", "none"]));
    assert!(code == 2 && err.contains("none"), "{code}: {err}");
    let (code, _, err) =
        said(&mut standin(&["tail", &url, "--control-token", "secret", "--op", "celigo.integration.list"]));
    assert!(code == 2 && err.contains("Did you mean celigo.integrations.list?"), "{code}: {err}");
    let (code, _, err) = said(&mut standin(&["tail", &url.replace("http:", "https:")]));
    assert!(code == 3 && err.contains("it speaks plain HTTP: write http:// in place of https://"), "{code}: {err}");
    let (code, _, err) = said(&mut standin(&["tail", "http://127.0.0.1:1"]));
    assert!(code == 3 && err.contains("does not answer"), "{code}: {err}");
}
