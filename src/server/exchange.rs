//! One request and its answer.

use std::convert::Infallible;
use std::future::pending;
use std::panic::resume_unwind;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::HeaderName;
use http::header::ACCEPT;
use hyper::body::{Body, Incoming};
use hyper::{Request as HttpRequest, Response as HttpResponse};
use tokio::task::JoinError;

use crate::control::{Availability, ControlService, Handled, Waiting};
use crate::http::headers;
use crate::http::message::{Delivery, Outcome, Request};
use crate::server::connection_context::{ConnectionContext, arrival};
use crate::server::context::{Exchanged, LogEvent, ServerContext};
use crate::server::events::Events;
use crate::server::held::hold_back;
use crate::server::pulse;
use crate::server::read::{Arrival, Incomplete, Unread, need_not_come, with_request};
use crate::server::refusal::Refusal;
use crate::server::send::{ResponseBody, response};
use crate::world::in_flight::InFlightGuard;
use crate::world::registry::WorldRegistry;

/// The header that names the server that answered, one of several.
const REPLICA: HeaderName = HeaderName::from_static(headers::REPLICA);

/// Tells whether a browser asks for the page. Few paths are short enough to be the page's.
fn shows_page(serving: &ServerContext, request: &HttpRequest<Incoming>) -> bool {
    let path = request.uri().path();
    let accept = || request.headers().get(ACCEPT)?.to_str().ok().map(str::to_owned);
    (path.len() == 1 || path.starts_with("/w/"))
        && serving.control.as_ref().is_some_and(|control| control.shows_page(request.method().as_str(), path, accept))
}

/// Answers one request. Hyper moves this future for every request, so the waits that are rare are boxed: it stays small.
pub async fn exchange(
    peer: &ConnectionContext,
    mut request: HttpRequest<Incoming>,
) -> Result<HttpResponse<ResponseBody>, Infallible> {
    let serving = &*peer.serving;
    let _active = peer.link.begin();
    #[cfg(feature = "tls")]
    if let Some(proxy) = serving.front.as_ref().and_then(|front| front.proxy_to_other(&request)) {
        // Large, and rare.
        return Ok(Box::pin(proxy.forward(request)).await);
    }
    let is_control =
        (ControlService::serves(request.uri().path()) || shows_page(serving, &request)) && !peer.is_tunnelled();
    if is_control {
        peer.administers.store(true, Ordering::Relaxed);
    } else if serving.orders.has_changed().unwrap_or(true) && serving.orders.borrow().gate != Availability::Up {
        let _ = Box::pin(serving.orders.clone().wait_for(|orders| orders.gate == Availability::Up)).await;
    }
    let mut in_flight = None;
    let body = if request.body().is_end_stream() || need_not_come(&request, serving.body_limit_bytes) {
        Ok(Bytes::new())
    } else {
        let mut body = Incomplete::new(serving.body_limit_bytes);
        match body.at_once(request.body_mut()) {
            Ok(true) => Ok(body.whole()),
            Ok(false) => Box::pin(the_rest(peer, &mut request, body, &mut in_flight)).await,
            Err(unread) => Err(refused(serving, &unread, &request)),
        }
    };
    let arrived = SystemTime::now();
    let arrival = arrival(peer, arrived);
    let mut subscription = None;
    let mut outcome: Outcome = match (&body, &serving.control) {
        (Err(refusal), _) => {
            peer.lingers.store(true, Ordering::Relaxed);
            let response = refusal.response();
            with_request(&request, &[], arrival, |request| serving.engine.refused(request, refusal.code, response))
        }
        (Ok(body), Some(control)) if is_control => {
            let waiting = Waiting::default();
            let answer = |is_last| {
                let answer =
                    || with_request(&request, body, arrival, |request| control.answer(request, &waiting, is_last));
                // Loading scenarios and judging consumers may take long: the other tasks of the thread move to another.
                if serving.busy.is_some() { tokio::task::block_in_place(answer) } else { answer() }
            };
            let handled = if is_long(serving, &request, body) {
                Box::pin(answer_beside(peer, &request, body.clone(), arrival)).await
            } else {
                Box::pin(administered_answer(serving, answer)).await
            };
            subscription = handled.subscription;
            serving.warn(&handled.warnings);
            if request.method() != hyper::Method::GET {
                // A world that a stream follows may have changed.
                serving.answered.ring();
            }
            handled.response.into()
        }
        (Ok(body), _) => with_request(&request, body, arrival, |request| match &serving.busy {
            Some(busy) => {
                let _answering = busy.answer();
                serving.engine.answer_locking(request, pulse::lock)
            }
            None => serving.engine.answer(request),
        }),
    };
    drop(in_flight);
    if !is_control {
        serving.engine.bell().ring();
        serving.answered.ring();
    }
    if let Some(log) = &serving.log {
        let took = arrived.elapsed().unwrap_or_default();
        with_request(&request, body.as_deref().unwrap_or_default(), arrival, |request| {
            let operation = serving.engine.router().operation_of(request.method, request.target);
            let world = &WorldRegistry::name_of(request);
            let redactor = &serving.engine.redactor().of_request(request);
            log(&LogEvent::Exchanged(Exchanged { request, operation, world, outcome: &outcome, redactor, took }));
        });
    }
    let mut delivery = outcome.delivery;
    if !outcome.delay.is_zero() || delivery == Delivery::Hang {
        delivery = Box::pin(hold_back(serving, &outcome)).await;
    }
    if let Some(replica) = &serving.replica {
        outcome.response.headers.insert(REPLICA, replica.clone());
    }
    peer.misbehaviour.order(delivery);
    let mut response = response(outcome.response, delivery, outcome.hold);
    if let Some(subscription) = subscription {
        *response.body_mut() = ResponseBody::Events(Events::new(Arc::clone(&peer.serving), *subscription));
    }
    Ok(response)
}

/// Reads a body that is still on its way. Until it is answered, its world has a request in flight.
async fn the_rest<'p>(
    peer: &'p ConnectionContext,
    request: &mut HttpRequest<Incoming>,
    mut body: Incomplete,
    in_flight: &mut Option<InFlightGuard<'p>>,
) -> Result<Bytes, Refusal> {
    let serving = &*peer.serving;
    let world = with_request(request, &[], arrival(peer, SystemTime::now()), WorldRegistry::name_of);
    *in_flight = Some(serving.engine.bell().arrival(world));
    let read = body.the_rest(request.body_mut(), serving.body_timeout(), &serving.unfinished).await;
    read.map(|()| body.whole()).map_err(|unread| refused(serving, &unread, request))
}

fn refused(serving: &ServerContext, unread: &Unread, request: &HttpRequest<Incoming>) -> Refusal {
    match unread {
        Unread::TimedOut(got) => {
            let announced = request.headers().get(hyper::header::CONTENT_LENGTH);
            let announced = announced.and_then(|length| length.to_str().ok()?.parse().ok());
            Refusal::body_timeout(serving.body_timeout(), *got, announced)
        }
        Unread::Crowded => Refusal::crowded(serving.unfinished.most()),
        Unread::Broken(error) => Refusal::broken_body(&error.to_string()),
    }
}

/// Returns the answer of the control API. A request that waits for consumers is handled again whenever a request was
/// answered, and a last time when its time is over.
async fn administered_answer(serving: &ServerContext, answer: impl Fn(bool) -> Handled) -> Handled {
    let started = Instant::now();
    let listener = serving.answered.listen();
    loop {
        let mut answered = pin!(listener.next());
        // From here on no answer is missed.
        answered.as_mut().enable();
        let handled = answer(false);
        let Some(most) = handled.waits else { return handled };
        match most.checked_sub(started.elapsed()).filter(|left| !left.is_zero()) {
            Some(left) => drop(tokio::time::timeout(left.max(Duration::from_millis(1)), answered).await),
            None => return answer(true),
        }
    }
}

/// Tells whether the only thread would have to leave the other requests waiting for the answer of this one.
fn is_long(serving: &ServerContext, request: &HttpRequest<Incoming>, body: &[u8]) -> bool {
    let arrival = Arrival { at_ms: 0, believes_front: false, channel: None };
    serving.busy.is_none() && with_request(request, body, arrival, ControlService::takes_long)
}

/// Returns the answer of the control API to a request that may take long, and waits for no consumers: another thread
/// finds it.
async fn answer_beside(
    peer: &ConnectionContext,
    request: &HttpRequest<Incoming>,
    body: Bytes,
    arrival: Arrival<'_>,
) -> Handled {
    let serving = Arc::clone(&peer.serving);
    let room = Arc::clone(&serving.long_work).acquire_owned().await;
    let (at_ms, believes_front, channel) = (arrival.at_ms, arrival.believes_front, arrival.channel.cloned());
    let mut head = HttpRequest::new(());
    *head.method_mut() = request.method().clone();
    *head.uri_mut() = request.uri().clone();
    *head.headers_mut() = request.headers().clone();
    let answer = move || {
        // It goes on when its client has gone, and takes its room until then.
        let _room = room;
        let arrival = Arrival { at_ms, believes_front, channel: channel.as_ref() };
        let control = serving.control.as_ref()?;
        let answer = |request: &Request<'_>| control.answer(request, &Waiting::default(), true);
        Some(with_request(&head, &body, arrival, answer))
    };
    match tokio::task::spawn_blocking(answer).await.map_err(JoinError::try_into_panic) {
        Ok(Some(handled)) => handled,
        Err(Ok(panic)) => resume_unwind(panic),
        // The runtime ends, and with it this.
        Ok(None) | Err(Err(_)) => pending().await,
    }
}
