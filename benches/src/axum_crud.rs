//! A server as one writes it by hand: axum, a map of JSON values behind a lock, serde.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use axum::Json;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::bare::listen;
use crate::load::runtime;
use crate::sample;

/// Records by id, and their ids in creation order.
#[derive(Default)]
struct Integrations {
    by_id: HashMap<String, Value>,
    order: Vec<String>,
}

type Shared = Arc<Mutex<Integrations>>;

/// A server. Dropping it ends it.
pub struct Axum {
    /// The address it listens on.
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Axum {
    /// Starts with these records on a thread of its own.
    pub fn start(records: &[Value]) -> Self {
        let mut integrations = Integrations::default();
        for record in records {
            integrations.order.push(sample::id(record).to_owned());
            integrations.by_id.insert(sample::id(record).to_owned(), record.clone());
        }
        let routes = Router::new()
            .route(sample::PATH, get(list).post(create))
            .route(&format!("{}/{{id}}", sample::PATH), get(read).delete(remove))
            .with_state(Arc::new(Mutex::new(integrations)));
        let (listener, address) = listen();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            runtime().block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("the runtime takes the listener");
                let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
                    stream.set_nodelay(true).expect("a socket has this option");
                });
                tokio::select! {
                    served = axum::serve(listener, routes) => served.expect("connections can be accepted"),
                    _ = stopped => {}
                }
            });
        });
        Self { address, stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Axum {
    fn drop(&mut self) {
        let _ = self.stop.take().map(|stop| stop.send(()));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn failed(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({ "errors": [{ "code": code, "message": message }] }))).into_response()
}

/// The answer to a caller without a credential.
fn stranger(headers: &HeaderMap) -> Option<Response> {
    let bearer = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    bearer.is_none().then(|| failed(StatusCode::UNAUTHORIZED, "unauthorized", "A bearer token is needed."))
}

async fn read(State(shared): State<Shared>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    if let Some(refusal) = stranger(&headers) {
        return refusal;
    }
    match shared.lock().expect("no handler panics").by_id.get(&id) {
        Some(record) => Json(record).into_response(),
        None => failed(StatusCode::NOT_FOUND, "not_found", "There is no such integration."),
    }
}

async fn list(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    if let Some(refusal) = stranger(&headers) {
        return refusal;
    }
    let number = |name: &str, otherwise| query.get(name).and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    let (offset, limit) = (number("offset", 0), number("limit", 1_000));
    let integrations = shared.lock().expect("no handler panics");
    let page: Vec<&Value> =
        integrations.order.iter().skip(offset).take(limit).filter_map(|id| integrations.by_id.get(id)).collect();
    Json(page).into_response()
}

async fn create(State(shared): State<Shared>, headers: HeaderMap, Json(mut record): Json<Value>) -> Response {
    if let Some(refusal) = stranger(&headers) {
        return refusal;
    }
    if !record["name"].is_string() {
        return failed(StatusCode::UNPROCESSABLE_ENTITY, "missing_required_field", "name is required.");
    }
    let mut integrations = shared.lock().expect("no handler panics");
    let id = format!("{:024x}", integrations.order.len() + 1_000_000);
    record["_id"] = json!(id);
    integrations.order.push(id.clone());
    integrations.by_id.insert(id, record.clone());
    (StatusCode::CREATED, Json(record)).into_response()
}

async fn remove(State(shared): State<Shared>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    if let Some(refusal) = stranger(&headers) {
        return refusal;
    }
    let mut integrations = shared.lock().expect("no handler panics");
    if integrations.by_id.remove(&id).is_none() {
        return failed(StatusCode::NOT_FOUND, "not_found", "There is no such integration.");
    }
    integrations.order.retain(|known| *known != id);
    StatusCode::NO_CONTENT.into_response()
}
