//! Limits at their edges: the value passes and one more does not, at each door and on both protocols.

use http_body_util::{BodyExt, Full};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::json;
use standin::Standin;

type Body = Full<bytes::Bytes>;

/// The doors that take a body.
const DOORS: [(&str, &str); 3] =
    [("POST", "/v1/integrations"), ("POST", "/api/authentication/token"), ("PUT", "/_standin/faults")];

/// Sends a request by HTTP/1.1 and by HTTP/2, and returns the statuses and what the answers say.
async fn sent(standin: &Standin, method: &str, target: &str, headers: usize, body: &str) -> [(u16, String); 2] {
    let host = standin.address().to_string();
    let request = |target: &str| {
        let mut request = hyper::Request::builder().method(method).uri(target).header("authorization", "Bearer t");
        request = request.header("content-type", "application/json");
        for n in 0..headers {
            request = request.header(format!("x-{n}"), "y");
        }
        request
    };
    let connect = || async { TokioIo::new(tokio::net::TcpStream::connect(standin.address()).await.unwrap()) };
    let (mut old, connection) = http1::handshake::<_, Body>(connect().await).await.unwrap();
    tokio::spawn(connection);
    let (mut new, connection) = http2::handshake::<_, _, Body>(TokioExecutor::new(), connect().await).await.unwrap();
    tokio::spawn(connection);
    let full = || Full::new(bytes::Bytes::copy_from_slice(body.as_bytes()));
    let by_old = old.send_request(request(target).header("host", &host).body(full()).unwrap()).await.unwrap();
    let by_new = new.send_request(request(&format!("http://{host}{target}")).body(full()).unwrap()).await.unwrap();
    let mut answers = Vec::new();
    for answer in [by_old, by_new] {
        let status = answer.status().as_u16();
        let text = answer.into_body().collect().await.unwrap().to_bytes();
        answers.push((status, String::from_utf8_lossy(&text).into_owned()));
    }
    answers.try_into().unwrap()
}

/// Sends both bodies to doors: only the second one is refused, with that status and in these words.
async fn strikes(standin: &Standin, doors: &[(&str, &str)], status: u16, words: &str, bodies: [&str; 2]) {
    for (method, target) in doors {
        for (body, is_beyond) in bodies.into_iter().zip([false, true]) {
            for (protocol, (answered, text)) in
                ["1.1", "2"].into_iter().zip(sent(standin, method, target, 0, body).await)
            {
                let is_struck = answered == status && text.contains(words);
                assert_eq!(is_struck, is_beyond, "{words}: {target} by HTTP/{protocol}: {answered} {text}");
            }
        }
    }
}

#[tokio::test]
async fn a_body_of_as_many_bytes_passes_and_one_more_does_not() {
    let standin = Standin::builder().body_limit(100).spawn().await;
    let body = |length: usize| format!("{{\"name\":\"{}\"}}", "x".repeat(length - r#"{"name":""}"#.len()));
    strikes(&standin, &DOORS, 413, " than 100 bytes", [&body(100), &body(101)]).await;
}

#[tokio::test]
async fn a_body_of_as_many_members_passes_and_one_more_does_not() {
    let standin = Standin::builder().body_members(10).spawn().await;
    let body = |members: usize| format!("{{\"settings\":{:?}}}", vec![0; members - 1]);
    strikes(&standin, &DOORS[..2], 400, "more than 10 ", [&body(10), &body(11)]).await;
}

#[tokio::test]
async fn json_of_as_many_levels_passes_and_one_more_does_not() {
    let standin = Standin::spawn().await;
    let body = |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1));
    strikes(&standin, &DOORS[..2], 400, "more than 64 levels", [&body(64), &body(65)]).await;
    strikes(&standin, &DOORS[2..], 400, "more than 96 levels", [&body(96), &body(97)]).await;
    let records = [("PATCH", "/_standin/data/celigo.integrations/abc123")];
    strikes(&standin, &records, 400, "80 levels", [&body(80), &body(81)]).await;
}

#[tokio::test]
async fn rules_count_members_like_files() {
    let standin = Standin::builder().body_members(10).spawn().await;
    let respond = json!({ "status": 400, "body": vec![0; 20], "undocumented": true });
    let rule = json!([{ "id": "many", "on": "celigo.flows.list", "do": { "respond": respond } }]);
    for (status, text) in sent(&standin, "PUT", "/_standin/faults", 0, &rule.to_string()).await {
        assert_eq!(status, 200, "{text}");
    }
}

#[tokio::test]
async fn a_snapshots_name_of_as_many_bytes_passes_and_one_more_does_not() {
    let standin = Standin::spawn().await;
    let body = |bytes: usize| json!({ "name": "x".repeat(bytes) }).to_string();
    let doors = [("POST", "/_standin/snapshot")];
    strikes(&standin, &doors, 400, "at most 128 bytes", [&body(128), &body(129)]).await;
}

#[tokio::test]
async fn as_many_headers_pass_and_one_more_does_not() {
    let standin = Standin::spawn().await;
    for (method, target) in DOORS {
        // The client writes more headers than the test: its host and the length of the body.
        let struck = |headers: usize| {
            let standin = &standin;
            async move { sent(standin, method, target, headers, "{}").await.map(|(status, _)| status == 431) }
        };
        let mut first = [None; 2];
        for headers in 90..105 {
            for (first, is_struck) in first.iter_mut().zip(struck(headers).await) {
                assert!(is_struck || first.is_none(), "{target}: more headers pass again");
                if is_struck {
                    first.get_or_insert(headers);
                }
            }
        }
        // By HTTP/2, the host is no header.
        assert_eq!(
            first,
            [Some(97), Some(98)],
            "{target}: with authorization, content-type, content-length (and host)"
        );
    }
}
