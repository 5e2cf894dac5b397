//! The peers: mock servers that are told each answer beforehand.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::runtime::Runtime;

use crate::sample::{self, PATH};

/// Their names.
pub const NAMES: [&str; 3] = ["wiremock", "mockito", "httpmock"];

/// The peers, and the peers without the pool of servers they keep by default.
pub const WAYS: [&str; 5] = ["wiremock", "wiremock, fresh", "mockito", "mockito, fresh", "httpmock"];

const JSON: &str = "application/json; charset=utf-8";

/// A running mock server. Dropping it ends it, or gives it back to the pool of its crate.
pub struct Peer {
    /// The address it listens on.
    pub address: SocketAddr,
    _server: Box<dyn std::any::Any>,
}

/// The answer that it is told to give.
pub struct Stub {
    method: &'static str,
    path: String,
    /// The status of its answer: 200, 201 or 404.
    status: u16,
    body: String,
}

/// One stub for each record, before them one each for the list, for a record that is not there and for creating.
pub fn stubs(records: &[Value]) -> Vec<Stub> {
    let page = Value::from_iter(records.iter().take(sample::PAGE).cloned()).to_string();
    let made = records.first().map(Value::to_string).unwrap_or_default();
    let stub = |method, path, status, body| Stub { method, path, status, body };
    let mut stubs = vec![
        stub("GET", PATH.to_owned(), 200, page),
        stub("GET", format!("{PATH}/ffffffffffffffffffffffff"), 404, r#"{"errors":[{"code":"not_found"}]}"#.to_owned()),
        stub("POST", PATH.to_owned(), 201, made),
    ];
    stubs.extend(gets(records));
    stubs
}

/// One stub for each record.
pub fn gets(records: &[Value]) -> Vec<Stub> {
    let path = |record: &Value| format!("{PATH}/{}", sample::id(record));
    let stub = |record: &Value| Stub { method: "GET", path: path(record), status: 200, body: record.to_string() };
    records.iter().map(stub).collect()
}

/// Starts one; a pooled one if its crate has a pool.
pub fn start(name: &str, runtime: &Runtime, stubs: &[Stub]) -> Peer {
    match name {
        "wiremock" => wiremock(runtime, stubs, true),
        "wiremock, fresh" => wiremock(runtime, stubs, false),
        "mockito" => mockito(mockito::Server::new(), stubs),
        "mockito, fresh" => mockito(Box::new(mockito::Server::new_with_opts(mockito::ServerOpts::default())), stubs),
        "httpmock" => httpmock(stubs),
        other => panic!("there is no peer {other}"),
    }
}

fn wiremock(runtime: &Runtime, stubs: &[Stub], pooled: bool) -> Peer {
    use wiremock::matchers::{method, path};
    use wiremock::{Mock, MockServer, ResponseTemplate};
    runtime.block_on(async {
        let server = if pooled { MockServer::start().await } else { MockServer::builder().start().await };
        for stub in stubs {
            let answer = ResponseTemplate::new(stub.status).set_body_raw(stub.body.clone(), JSON);
            Mock::given(method(stub.method)).and(path(&stub.path)).respond_with(answer).mount(&server).await;
        }
        Peer { address: *server.address(), _server: Box::new(server) }
    })
}

fn mockito(mut server: impl std::ops::DerefMut<Target = mockito::Server> + 'static, stubs: &[Stub]) -> Peer {
    for stub in stubs {
        // A path without its query would match no request that has one.
        let path = if stub.path == PATH && stub.method == "GET" {
            mockito::Matcher::Regex(format!("^{PATH}(\\?.*)?$"))
        } else {
            mockito::Matcher::Exact(stub.path.clone())
        };
        let mock = server.mock(stub.method, path).with_status(stub.status.into());
        mock.with_header("content-type", JSON).with_body(&stub.body).expect_at_least(0).create();
    }
    Peer { address: server.socket_address(), _server: Box::new(server) }
}

fn httpmock(stubs: &[Stub]) -> Peer {
    let server = httpmock::MockServer::start();
    for stub in stubs {
        server.mock(|when, then| {
            when.method(stub.method).path(&stub.path);
            then.status(stub.status).header("content-type", JSON).body(&stub.body);
        });
    }
    Peer { address: *server.address(), _server: Box::new(server) }
}
