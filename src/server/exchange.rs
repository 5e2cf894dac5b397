//! One request and its answer.

use std::convert::Infallible;
use std::future::pending;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::HeaderName;
use http::header::ACCEPT;
use hyper::body::{Body, Incoming};
use hyper::{Request as HttpRequest, Response as HttpResponse};

use crate::control::{Availability, Changed, ControlService, Handled, Waiting};
use crate::http::headers;
use crate::http::message::{Delivery, Outcome, Request};
use crate::server::connection_context::{ConnectionContext, arrival};
use crate::server::context::{Exchanged, Log, LogEvent, ServerContext};
use crate::server::events::{Events, LOOK};
use crate::server::head::{head_bytes, too_large};
use crate::server::held::hold_back;
use crate::server::moved::MovedRequest;
use crate::server::pulse;
use crate::server::read::{Arrival, Incomplete, Unread, need_not_come, with_request};
use crate::server::refusal::Refusal;
use crate::server::send::{ResponseBody, response};
use crate::server::untaken::count_large;
use crate::world::call_waits::MOST_WAITS;
use crate::world::in_flight::InFlightGuard;
use crate::world::registry::WorldRegistry;

/// The header that names the server that answered, if it is one of several.
const REPLICA: HeaderName = HeaderName::from_static(headers::REPLICA);

/// Tells whether a browser requests the page. Most paths are too long for that, which is checked first.
fn shows_page(serving: &ServerContext, request: &HttpRequest<Incoming>) -> bool {
    let path = request.uri().path();
    let accept = || request.headers().get(ACCEPT)?.to_str().ok().map(str::to_owned);
    (path.len() == 1 || path.starts_with("/w/"))
        && serving.control.as_ref().is_some_and(|control| control.shows_page(request.method().as_str(), path, accept))
}

/// Answers one request. hyper moves this future for every request, so rare waits are boxed to keep it small.
pub(super) async fn exchange(
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
    } else if serving.signals.has_changed().unwrap_or(true) && serving.signals.borrow().availability != Availability::Up
    {
        let _ = Box::pin(serving.signals.clone().wait_for(|signals| signals.availability == Availability::Up)).await;
    }
    let mut in_flight = None;
    let body = match at_once(peer, &mut request) {
        Ok(body) => body,
        Err(incomplete) => Box::pin(the_rest(peer, &mut request, incomplete, &mut in_flight)).await,
    };
    let arrived = SystemTime::now();
    let arrival = arrival(peer, arrived);
    let mut subscription = None;
    let mut outcome: Outcome = match (&body, &serving.control) {
        (Err(refusal), _) => {
            peer.lingers.store(true, Ordering::Relaxed);
            with_request(&request, &[], arrival, |request| serving.refused(request, refusal, is_control))
        }
        (Ok(body), Some(control)) if is_control => {
            let handled = Box::pin(administered_answer(peer, control, &request, body, arrival)).await;
            subscription = handled.subscription;
            serving.warn(&handled.warnings);
            // The request may have changed a world that a stream follows.
            match handled.changed {
                Some(Changed::World(name)) => serving.answered.notify(|| name),
                Some(Changed::Server) => serving.answered.notify_all(),
                None => {}
            }
            handled.response.into()
        }
        (Ok(body), _) => {
            if let Some(outcome) = answer(serving, &request, body, arrival) {
                outcome
            } else {
                let (registry, moved) = (Arc::clone(&serving.registry), MovedRequest::of(&request, body, arrival));
                Box::pin(moved.run(&serving.long_answers, move |request| registry.answer(request))).await
            }
        }
    };
    drop(in_flight);
    if !is_control {
        serving.answered.notify(|| with_request(&request, &[], arrival, WorldRegistry::name_of));
    }
    if let Some(log) = &serving.log {
        let took = arrived.elapsed().unwrap_or_default();
        let body = body.as_deref().unwrap_or_default();
        with_request(&request, body, arrival, |request| log_exchange(log, serving, request, &outcome, took));
    }
    count_large(peer, &mut outcome);
    let mut delivery = outcome.delivery;
    if !outcome.delay.is_zero() || delivery == Delivery::Hang {
        // While a client waits, the server keeps its answer, and not its request.
        request.headers_mut().clear();
        delivery = Box::pin(hold_back(serving, &outcome)).await;
    }
    let mut response = hand_over(peer, outcome, delivery);
    if let Some(subscription) = subscription {
        *response.body_mut() = ResponseBody::Events(Events::new(Arc::clone(&peer.serving), *subscription));
    }
    Ok(response)
}

/// Gives hyper the answer, and the connection the fault that spoils it.
fn hand_over(peer: &ConnectionContext, mut outcome: Outcome, delivery: Delivery) -> HttpResponse<ResponseBody> {
    if let Some(replica) = &peer.serving.replica {
        outcome.response.headers.insert(REPLICA, replica.clone());
    }
    peer.wire_fault.order(delivery);
    response(outcome.response, delivery, outcome.hold)
}

/// Tells the log of a request and its answer.
fn log_exchange(log: &Log, serving: &ServerContext, request: &Request<'_>, outcome: &Outcome, took: Duration) {
    let operation = serving.registry.router().operation_of(request.method, request.target);
    let world = &WorldRegistry::name_of(request);
    let redactor = &serving.registry.redactor().of_request(request);
    log(&LogEvent::Exchanged(Exchanged { request, operation, world, outcome, redactor, took }));
}

/// Returns the body, or the refusal of the request, without waiting: most bodies come with their heads. Otherwise
/// returns the part that came.
#[inline]
fn at_once(
    peer: &ConnectionContext,
    request: &mut HttpRequest<Incoming>,
) -> Result<Result<Bytes, Refusal>, Incomplete> {
    let serving = &*peer.serving;
    if let Some(has_many) = peer.link.is_http2().then(|| too_large(request)).flatten() {
        return Ok(Err(Refusal::large_head(has_many)));
    }
    if request.body().is_end_stream() || need_not_come(request, serving.body_limit_bytes) {
        return Ok(Ok(Bytes::new()));
    }
    let mut body = Incomplete::new(serving.body_limit_bytes);
    match body.at_once(request.body_mut()) {
        Ok(true) => Ok(Ok(body.whole())),
        Ok(false) => Err(body),
        Err(unread) => Ok(Err(refused(serving, &unread, request))),
    }
}

/// Reads a body that is still on its way. Until the request is answered, it counts as in flight.
async fn the_rest<'p>(
    peer: &'p ConnectionContext,
    request: &mut HttpRequest<Incoming>,
    mut body: Incomplete,
    in_flight: &mut Option<InFlightGuard<'p>>,
) -> Result<Bytes, Refusal> {
    let serving = &*peer.serving;
    let world = with_request(request, &[], arrival(peer, SystemTime::now()), WorldRegistry::name_of);
    *in_flight = Some(serving.registry.in_flight().arrival(world));
    let head = head_bytes(request);
    let read = body.the_rest(request.body_mut(), head, serving.body_timeout(), &serving.unfinished).await;
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

/// Returns a consumer's answer; `None` if it may take long and other requests would wait for the only thread.
#[inline]
fn answer(
    serving: &ServerContext,
    request: &HttpRequest<Incoming>,
    body: &[u8],
    arrival: Arrival<'_>,
) -> Option<Outcome> {
    let registry = &serving.registry;
    with_request(request, body, arrival, |request| match &serving.busy {
        Some(busy) => {
            let _answering = busy.answer();
            registry.answer_locking(request, |world| Some(pulse::lock(world)))
        }
        None => registry.answer_locking(request, |world| registry.lock_for_short(world, request)),
    })
}

/// Returns the answer of the control API. A request that waits for calls is handled again when they came, another one
/// that waits whenever a request was answered, and both when their time is over. Another thread handles a request that
/// may take long.
async fn administered_answer(
    peer: &ConnectionContext,
    control: &ControlService,
    request: &HttpRequest<Incoming>,
    body: &Bytes,
    arrival: Arrival<'_>,
) -> Handled {
    let serving = &*peer.serving;
    let (started, waiting) = (Instant::now(), Arc::new(Waiting::default()));
    let is_long = serving.busy.is_none() && with_request(request, body, arrival, |request| control.takes_long(request));
    let moved = is_long.then(|| MovedRequest::of(request, body, arrival));
    let handle = async |is_last: bool| {
        if let Some(moved) = moved.as_ref().filter(|_| !waiting.has_begun()) {
            let (serving, waiting) = (Arc::clone(&peer.serving), Arc::clone(&waiting));
            let handle =
                move |request: &Request<'_>| Some(serving.control.as_ref()?.answer(request, &waiting, is_last));
            return moved.run(&peer.serving.long_work, handle).await;
        }
        let answer = || with_request(request, body, arrival, |request| control.answer(request, &waiting, is_last));
        // Loading a scenario or a verification may take long: the other tasks of this thread move to another one.
        Some(if serving.busy.is_some() { tokio::task::block_in_place(answer) } else { answer() })
    };
    let Some(mut first) = handle(false).await else { pending().await };
    let Some(waits) = first.waits.take() else { return first };
    let most = waits.most;
    let mut charge = serving.unfinished.charge();
    if !charge.set(waiting.bytes(body)) {
        let response = Refusal::crowded_waits(serving.unfinished.most()).response();
        return Handled { response, ..first };
    }
    if let Some(calls) = waits.calls {
        let _ = tokio::time::timeout(most.saturating_sub(started.elapsed()), calls).await;
        let Some(handled) = handle(true).await else { pending().await };
        return handled;
    }
    let listener = serving.answered.listen(waits.world);
    if listener.count() > MOST_WAITS {
        let response = Refusal::many_waits().response();
        return Handled { response, ..first };
    }
    loop {
        let mut answered = pin!(listener.next());
        // From here on no answer is missed.
        answered.as_mut().enable();
        let looked = Instant::now();
        let Some(handled) = handle(false).await else { pending().await };
        let took = looked.elapsed();
        if handled.waits.is_none() {
            return handled;
        }
        match most.checked_sub(started.elapsed()).filter(|left| !left.is_zero()) {
            Some(left) => {
                drop(tokio::time::timeout(left.clamp(Duration::from_millis(1), LOOK), answered).await);
                // Those who wait for one world look at it for half of the time, however many they are.
                let others = u32::try_from(listener.count()).unwrap_or(u32::MAX).saturating_sub(1);
                if others > 0 {
                    tokio::time::sleep(took.saturating_mul(others).min(left)).await;
                }
            }
            None => match handle(true).await {
                Some(handled) => return handled,
                None => pending().await,
            },
        }
    }
}
