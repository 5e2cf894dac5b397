//! The deepest trees that each door lets in, through all their readers, on threads with a quarter of the usual stack.
#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::binary::standin;
use crate::support::ask;

const CELIGO: (&str, &str) = ("authorization", "Bearer any");
const EDLINK: (&str, &str) = ("authorization", "Bearer HZ4MR8NyjdPiP9g8l6gKXT5Kjk9FlJa7");
const JSON: (&str, &str) = ("content-type", "application/json");

/// The stack of each thread. They have 2 MiB unless this variable says otherwise; unoptimised code needs the most.
const STACK: (&str, &str) = ("RUST_MIN_STACK", "524288");

/// A server whose threads have small stacks.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start() -> Self {
        let mut command = standin(&["serve", "--port", "0", "--threads", "2"]);
        let command = command.env(STACK.0, STACK.1).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let address = ready["url"].as_str().unwrap().strip_prefix("http://").unwrap().parse().unwrap();
        Self { child, address }
    }

    fn sends(&self, (method, target): (&str, &str), caller: (&str, &str), body: &str, wanted: &[u16]) {
        let answer = ask(self.address, method, target, &[caller, JSON], body);
        let said = String::from_utf8_lossy(&answer.body);
        let said: String = said.chars().take(300).collect();
        assert!(wanted.contains(&answer.status), "{method} {target}: {} {said}", answer.status);
    }

    fn control(&self, method: &str, path: &str, body: &str, wanted: &[u16]) {
        let host = self.address.to_string();
        self.sends((method, &format!("/_standin{path}")), ("host", &host), body, wanted);
    }
}

/// An object in an object and so on, of that many levels.
fn objects(levels: usize) -> String {
    "{\"a\":".repeat(levels) + "1" + &"}".repeat(levels)
}

/// A list in a list and so on, of that many levels, in an object.
fn lists(levels: usize) -> String {
    format!("{{\"b\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1))
}

#[test]
fn the_deepest_trees_that_are_let_in_pass_all_readers_on_a_small_stack() {
    let server = Server::start();
    let integration = "/v1/integrations/abc123";
    let body = |settings: &str| format!("{{\"name\":\"Deep\",\"settings\":{settings}}}");
    let again = "[{\"op\":\"copy\",\"from\":\"/settings\",\"path\":\"/settings\"},{\"op\":\"test\",\"path\":\"/settings\",\"value\":{}}]";
    for settings in [objects(62), lists(62)] {
        server.sends(("PUT", integration), CELIGO, &body(&settings), &[200]);
        server.sends(("PUT", integration), CELIGO, &body(&settings.replace('1', "2")), &[200]);
        server.sends(("PATCH", integration), CELIGO, again, &[400, 409, 422]);
        for target in
            ["/v1/audit", "/v1/audit?exclude=user", "/v1/integrations", "/v1/integrations?exclude=settings.a.a"]
        {
            server.sends(("GET", target), CELIGO, "", &[200]);
        }
    }
    // Records of an administrator may be deeper.
    let person = "/data/edlink.people/0bad1e7a-308d-4266-8c2c-218bced3969e";
    for _ in 0..2 {
        server.control("PATCH", person, &format!("{{\"properties\":{}}}", objects(79)), &[200]);
        server.control("PATCH", "/data/celigo.integrations/abc123", &format!("{{\"settings\":{}}}", lists(79)), &[200]);
    }
    server.sends(("GET", "/v1/audit?exclude=user"), CELIGO, "", &[200]);
    for target in ["/events", "/people", "/people?$expand=classes.people.classes"] {
        server.sends(("GET", &format!("/api/v2/graph{target}")), EDLINK, "", &[200]);
    }
    let filter = "[".repeat(62) + &"]".repeat(62);
    server.sends(("GET", &format!("/api/v2/graph/people?$filter={{%22id%22:{filter}}}")), EDLINK, "", &[400]);
    let deep = objects(84);
    let when = format!("{{\"on\":\"celigo.integrations.update\",\"when\":{{\"body\":{{\"settings\":{deep}}}}}}}");
    let rule = when.replacen('{', "{\"id\":\"r\",\"do\":{\"abort\":\"reset\"},", 1);
    let scenario = format!(
        "{{\"scenario\":1,\"api\":[\"celigo\"],\"data\":{{\"from\":\"default\"}},\"faults\":[{rule}],\"expect\":{{\"calls\":[{when}],\
         \"final\":{{\"celigo.integrations\":[{{\"where\":{{\"name\":\"Deep\",\"settings\":{deep}}},\"count\":7}}]}}}}}}"
    );
    server.control("PUT", "/scenario", &scenario, &[200]);
    for _ in 0..2 {
        server.sends(("PUT", integration), CELIGO, &body(&objects(62)), &[200]);
    }
    for format in ["json", "text", "junit", "tap", "github"] {
        server.control("POST", &format!("/verify?format={format}"), "{}", &[422]);
    }
    let answered = format!(
        "[{{\"id\":\"f\",\"on\":\"celigo.flows.list\",\"do\":{{\"respond\":{{\"status\":200,\"undocumented\":true,\"body\":{deep}}}}}}}]"
    );
    server.control("PUT", "/faults", &answered, &[200]);
    server.sends(("GET", "/v1/flows"), CELIGO, "", &[200]);
    for path in [
        "/scenario?checks=true",
        "/scenario/explain",
        "/faults",
        "/journal",
        "/journal?text=zz",
        "/journal/1",
        "/data",
        "/data/celigo.integrations?text=zz",
        "/worlds/default/export",
    ] {
        server.control("GET", path, "", &[200]);
    }
    server.control("POST", "/worlds", "{\"from\":\"default\",\"name\":\"fork\"}", &[200, 201]);
    server.control("DELETE", "/worlds/fork", "", &[200, 204]);
    server.control("POST", "/reset", "", &[200, 204]);
    server.control("DELETE", "/scenario", "", &[200, 204]);
    server.control("GET", "/health", "", &[200]);
}
