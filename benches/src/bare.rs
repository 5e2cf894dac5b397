//! A bare hyper server. The yardstick is one that answers every request with the same bytes, or with the records it was
//! given.

use std::collections::HashMap;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::load::{Answer, runtime};
use crate::sample;

/// A source of answers.
pub trait Answers: Send + Sync + 'static {
    /// The answer to this request.
    fn answer(&self, request: &Parts, body: &[u8]) -> Response<Full<Bytes>>;
}

/// The answer to every request.
pub struct Canned {
    head: Arc<Head>,
    /// The body of all answers but those of the records.
    body: Bytes,
    /// The records by the path they are asked for by.
    records: HashMap<String, Value>,
}

/// An answer without its body.
pub struct Head {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl From<&Answer> for Head {
    fn from(answer: &Answer) -> Self {
        let headers = answer.headers.iter().filter(|(name, _)| name != "content-length");
        let headers = headers.map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value")));
        Self { status: StatusCode::from_u16(answer.status).expect("a status"), headers: headers.collect() }
    }
}

impl Head {
    /// The whole answer.
    pub fn with(&self, body: Bytes) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.reserve(self.headers.len());
        for (name, value) in &self.headers {
            headers.append(name.clone(), value.clone());
        }
        response
    }
}

impl Canned {
    /// Starts a server that keeps records as they come, and writes down the one that is asked for.
    pub fn with(&self, records: impl IntoIterator<Item = Value>) -> Self {
        let by_path = |record: Value| (format!("{}/{}", sample::PATH, sample::id(&record)), record);
        let records = records.into_iter().map(by_path).collect();
        Self { head: Arc::clone(&self.head), body: self.body.clone(), records }
    }
}

impl From<Answer> for Canned {
    fn from(answer: Answer) -> Self {
        Self { head: Arc::new(Head::from(&answer)), body: answer.body, records: HashMap::new() }
    }
}

impl Answers for Canned {
    fn answer(&self, request: &Parts, _: &[u8]) -> Response<Full<Bytes>> {
        self.head.with(match self.records.get(request.uri.path()) {
            Some(record) => Bytes::from(record.to_string()),
            None => self.body.clone(),
        })
    }
}

/// A bare server. Dropping it ends it.
pub struct Bare {
    /// The address it listens on.
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Bare {
    /// Starts on a thread of its own.
    pub fn on_a_thread(answers: Arc<impl Answers>) -> Self {
        let (listener, address) = listen();
        let (stop, stopped) = oneshot::channel();
        let run = move || runtime().block_on(serve(listener, answers, stopped));
        let thread = std::thread::Builder::new().name("bare".to_owned()).spawn(run).expect("a thread can be started");
        Self { address, stop: Some(stop), thread: Some(thread) }
    }

    /// Starts as a task of the runtime this is called in.
    pub fn as_a_task(answers: Arc<impl Answers>) -> Self {
        let (listener, address) = listen();
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(serve(listener, answers, stopped));
        Self { address, stop: Some(stop), thread: None }
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        let _ = self.stop.take().map(|stop| stop.send(()));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Any free port.
pub fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    listener.set_nonblocking(true).expect("a socket has this option");
    let address = listener.local_addr().expect("a listener has an address");
    (listener, address)
}

async fn serve(listener: TcpListener, answers: Arc<impl Answers>, mut stopped: oneshot::Receiver<()>) {
    let listener = tokio::net::TcpListener::from_std(listener).expect("the runtime takes the listener");
    let mut connections = JoinSet::new();
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => accepted.expect("a connection can be accepted").0,
            _ = &mut stopped => break,
        };
        stream.set_nodelay(true).expect("a socket has this option");
        let answers = Arc::clone(&answers);
        let service = service_fn(move |request| exchange(Arc::clone(&answers), request));
        connections.spawn(async move {
            let mut builder = hyper::server::conn::http1::Builder::new();
            let _ = builder.auto_date_header(false).serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn exchange(
    answers: Arc<impl Answers>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (request, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    Ok(answers.answer(&request, &body))
}
