//! An exchange: a request, its answer, and all that is known about both.

use std::sync::Arc;

use crate::engine::api::router::Row;
use crate::engine::schema::error_def::Evidence;
use crate::history::trace::Trace;
use crate::http::message::{Delivery, Request, Response};

/// A request, its answer, and all that is known about both. Journal, coverage, scenario and headers read it.
pub(crate) struct Exchange<'a> {
    /// The number of the call, from 1, in the order of the world's lock.
    pub number: u64,
    /// The request.
    pub request: &'a Request<'a>,
    /// The operation; `None` for a miss.
    pub row: Option<&'static Row>,
    /// The answer.
    pub response: Response,
    /// The way the answer travels.
    pub delivery: Delivery,
    /// The time the answer is held back.
    pub delay_ms: u64,
    /// The name of the error that was answered.
    pub error: Option<&'static str>,
    /// The evidence for the answer; `None` when a fault rule made it, or the scenario varied it.
    pub evidence: Option<Evidence>,
    /// The reason why this is the fake's own answer and not the service's.
    pub miss: Option<&'static str>,
    /// True if a fault rule made the answer.
    pub injected: bool,
    /// True if the scenario varied the operation's own answer.
    pub varied: bool,
    /// The number of the last call whose changes the answer shows, where a scenario lets it lag behind.
    pub shows_call: Option<u64>,
    /// True when the operation was carried out, even if its answer was replaced or lost.
    pub reached_service: bool,
    /// The fault rule that decided the answer.
    pub rule: Option<Arc<str>>,
    /// The scenario's step when the request came.
    pub step: Option<Arc<str>>,
    /// The fault rules that were considered; `None` when there are none for the operation.
    pub trace: Option<Trace>,
}

impl<'a> Exchange<'a> {
    /// Returns an exchange that has no answer yet.
    pub(crate) fn new(number: u64, request: &'a Request<'a>, row: Option<&'static Row>) -> Self {
        Self {
            number,
            request,
            row,
            response: Response::default(),
            delivery: Delivery::default(),
            delay_ms: 0,
            error: None,
            evidence: None,
            miss: None,
            injected: false,
            varied: false,
            shows_call: None,
            reached_service: false,
            rule: None,
            step: None,
            trace: None,
        }
    }

    /// Returns the status that the consumer sees; an aborted answer has none.
    pub(crate) fn status(&self) -> Option<u16> {
        (!self.delivery.is_abort()).then_some(self.response.status)
    }
}
