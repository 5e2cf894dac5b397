//! Heads of HTTP/2 that are too large: refused in the words of HTTP/1.1, and noted as its are.

use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::Value;
use standin::Standin;

type Client = SendRequest<Full<bytes::Bytes>>;

async fn client(standin: &Standin) -> Client {
    let stream = tokio::net::TcpStream::connect(standin.address()).await.unwrap();
    let (sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender
}

/// Sends a request with these headers, and returns status and body.
async fn sent(client: &mut Client, method: &str, headers: &[(String, String)]) -> (u16, Value) {
    let mut request = hyper::Request::builder().method(method).uri("http://h/v1/integrations?limit=1");
    request = request.header("authorization", "Bearer t");
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let response = client.send_request(request.body(Full::new(bytes::Bytes::new())).unwrap()).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

fn header(bytes: usize) -> Vec<(String, String)> {
    // h2 takes no single header beyond a frame or two at once; many make a large head.
    (0..bytes.div_ceil(4_000)).map(|n| (format!("x-{n}"), "y".repeat(4_000.min(bytes - n * 4_000)))).collect()
}

#[tokio::test]
async fn http2_heads_beyond_the_bounds_are_refused_in_words() {
    let standin = Standin::spawn().await;
    let mut client = client(&standin).await;
    assert_eq!(sent(&mut client, "GET", &header(120_000)).await.0, 200, "what HTTP/1.1 takes is taken");
    let many: Vec<_> = (0..101).map(|n| (format!("x-{n}"), "y".to_owned())).collect();
    for (method, headers) in [("GET", header(132_000)), ("POST", header(200_000)), ("GET", many)] {
        let (status, body) = sent(&mut client, method, &headers).await;
        assert_eq!((status, body["error"]["code"].as_str()), (431, Some("headers_too_large")), "{body}");
        assert!(body["error"]["hint"].as_str().unwrap().contains("standin limits"), "{body}");
    }
    let statuses: Vec<_> = standin.world().journal().iter().map(|entry| entry.status).collect();
    assert_eq!(statuses, [Some(200), Some(431), Some(431), Some(431)]);
    let (status, body) = sent(&mut client, "GET", &header(300_000)).await;
    assert_eq!((status, body), (431, Value::Null), "beyond twice as much, the library below refuses");
    assert_eq!(sent(&mut client, "GET", &[]).await.0, 200, "the connection goes on");
}

#[tokio::test]
async fn heads_before_bodies_that_do_not_come_are_bounded_together() {
    let standin = Standin::builder().unfinished_bytes(300_000).body_timeout(Duration::from_secs(60)).spawn().await;
    let stream = tokio::net::TcpStream::connect(standin.address()).await.unwrap();
    let (mut sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let mut unanswered = Vec::new();
    for _ in 0..2 {
        let mut request = hyper::Request::post("http://h/v1/integrations").header("authorization", "Bearer t");
        for (name, value) in header(120_000) {
            request = request.header(name, value);
        }
        let (body, never) = Pending::new();
        unanswered.push((sender.send_request(request.body(body).unwrap()), never));
    }
    let mut request = hyper::Request::post("http://h/v1/integrations").header("authorization", "Bearer t");
    for (name, value) in header(120_000) {
        request = request.header(name, value);
    }
    let (body, _never) = Pending::new();
    let answer = sender.send_request(request.body(body).unwrap()).await.unwrap();
    assert_eq!(answer.status(), 503, "a third head of 120,000 bytes is beyond 300,000");
}

/// A body that does not come.
struct Pending(tokio::sync::oneshot::Receiver<()>);

impl Pending {
    fn new() -> (Self, tokio::sync::oneshot::Sender<()>) {
        let (never, waits) = tokio::sync::oneshot::channel();
        (Self(waits), never)
    }
}

impl hyper::body::Body for Pending {
    type Data = bytes::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<bytes::Bytes>, Self::Error>>> {
        let ended = std::future::Future::poll(std::pin::Pin::new(&mut self.get_mut().0), cx);
        ended.map(|_| None)
    }
}
