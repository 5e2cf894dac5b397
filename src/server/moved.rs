//! Answers that another thread makes, because the requests of a server with one thread would wait for them.

use std::future::pending;
use std::panic::resume_unwind;
use std::sync::Arc;

use bytes::Bytes;
use hyper::Request as HttpRequest;
use hyper::body::Incoming;
use tokio::sync::Semaphore;
use tokio::task::JoinError;

use crate::http::message::Request;
use crate::server::read::{Arrival, Channel, with_request};

/// A copy of a request, for another thread that answers it.
pub(super) struct MovedRequest(Arc<Whole>);

struct Whole {
    head: HttpRequest<()>,
    body: Bytes,
    at_ms: u64,
    believes_front: bool,
    channel: Option<Channel>,
}

impl MovedRequest {
    /// Returns a copy of a request.
    pub(super) fn of(request: &HttpRequest<Incoming>, body: &Bytes, arrival: Arrival<'_>) -> Self {
        let mut head = HttpRequest::new(());
        *head.method_mut() = request.method().clone();
        *head.uri_mut() = request.uri().clone();
        *head.headers_mut() = request.headers().clone();
        let Arrival { at_ms, believes_front, channel } = arrival;
        Self(Arc::new(Whole { head, body: body.clone(), at_ms, believes_front, channel: channel.cloned() }))
    }

    /// Runs work on another thread, when there is room. The work continues when its client has gone, and keeps its room
    /// until it is done.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        rooms: &Arc<Semaphore>,
        work: impl FnOnce(&Request<'_>) -> T + Send + 'static,
    ) -> T {
        let whole = Arc::clone(&self.0);
        let room = Arc::clone(rooms).acquire_owned().await;
        let answer = move || {
            let _room = room;
            let Whole { head, body, at_ms, believes_front, channel } = &*whole;
            let arrival = Arrival { at_ms: *at_ms, believes_front: *believes_front, channel: channel.as_ref() };
            with_request(head, body, arrival, work)
        };
        match tokio::task::spawn_blocking(answer).await.map_err(JoinError::try_into_panic) {
            Ok(done) => done,
            Err(Ok(panic)) => resume_unwind(panic),
            // The runtime ends, and this task with it.
            Err(Err(_)) => pending().await,
        }
    }
}
