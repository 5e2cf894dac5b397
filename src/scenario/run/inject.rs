//! The replacement that a rule makes for an answer.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::engine::api::dialect::RequestContext;
use crate::engine::schema::problem::{Problem, panic_text};
use crate::engine::state::State;
use crate::http::caught::caught;
use crate::http::message::{Delivery, Response};
use crate::scenario::model::request_view::RequestView;
use crate::scenario::model::rule::{Effect, Rule};

/// The replacement that a rule makes for an answer.
pub(crate) struct Injected {
    /// The answer.
    pub(crate) response: Response,
    /// The name of the error, if it is one.
    pub(crate) error: Option<&'static str>,
    /// The way in which it travels.
    pub(crate) delivery: Delivery,
    /// The failure of a function of the test, in words.
    pub(crate) failure: Option<String>,
}

impl Injected {
    fn whole(response: Response) -> Self {
        Self { response, error: None, delivery: Delivery::Complete, failure: None }
    }
}

/// Makes the replacement of a rule that decides. `carried_out` is the operation's own answer, if the service saw the
/// request.
pub(crate) fn inject(
    state: &mut State,
    request_context: &RequestContext<'_>,
    view: &RequestView<'_>,
    rule: &Rule,
    carried_out: Option<Response>,
) -> Injected {
    let api = request_context.api;
    let whole = |mut response: Response| {
        api.dialect.common_headers(&mut response);
        Injected::whole(response)
    };
    match rule.effect.as_ref().expect("only a rule that replaces the answer decides") {
        Effect::Error { name, message, field, retry_after_s } => {
            let problem = match api.error(name) {
                Some(error) => Problem::Named {
                    error,
                    message: message.clone(),
                    field: field.clone(),
                    retry_after_s: *retry_after_s,
                },
                None => Problem::Internal { what: format!("{} has no error {name}", api.title) },
            };
            let said = api.dialect.problem(state, request_context, &problem);
            let mut response = said.response;
            api.dialect.common_headers(&mut response);
            if let Some(seconds) = retry_after_s.filter(|_| response.header("retry-after").is_none()) {
                response = response.with("retry-after", &seconds.to_string());
            }
            Injected { error: Some(said.error.name), ..Injected::whole(response) }
        }
        Effect::Respond { status, headers, body, .. } => whole(written(*status, headers, body.as_ref())),
        Effect::Abort(delivery) => {
            // The body of an answer that is lost does not matter, but half of it may have to be sent.
            let response = carried_out.unwrap_or_else(|| Response::json_bytes(view.row.route.success, "{}"));
            Injected { delivery: *delivery, ..Injected::whole(response) }
        }
        Effect::Tls(_) => {
            let response = carried_out.unwrap_or_else(|| Response::json_bytes(view.row.route.success, "{}"));
            Injected { delivery: Delivery::Closed, ..Injected::whole(response) }
        }
        Effect::Answer(function) => {
            let function = Arc::clone(function);
            let answered = caught(|| function(view, state));
            match answered {
                Ok(Some(response)) => whole(response),
                Ok(None) => {
                    Injected { delivery: Delivery::Closed, ..Injected::whole(Response::empty(view.row.route.success)) }
                }
                Err(panic) => {
                    let redactor = state.redactor().of_request(request_context.request);
                    panicked(rule, &redactor.text(panic_text(panic.as_ref())))
                }
            }
        }
    }
}

/// Makes the answer for a function of the test that panicked.
fn panicked(rule: &Rule, panic: &str) -> Injected {
    let what = format!("the function of fault rule {} panicked: {panic}", rule.id);
    let hint = "The test's own function failed; the answer tells its message, and the place is on standard error.";
    let body = json!({ "error": { "code": "answer_panicked", "message": what, "hint": hint } });
    Injected { failure: Some(what), ..Injected::whole(Response::json(500, &body)) }
}

/// Makes an answer as a scenario writes it. A text is sent as it is where the content type is not JSON.
fn written(status: u16, headers: &[(String, String)], body: Option<&Value>) -> Response {
    let kind = headers.iter().find(|(name, _)| name == "content-type").map(|(_, value)| value.as_str());
    let is_json = kind.is_none_or(|kind| kind.contains("json"));
    let mut response = match body {
        None => Response::empty(status),
        Some(Value::String(text)) if !is_json => {
            let mut response = Response::empty(status);
            response.body = text.clone().into();
            response
        }
        Some(body) if kind.is_some() => {
            let mut response = Response::empty(status);
            response.body = body.to_string().into();
            response
        }
        Some(body) => Response::json(status, body),
    };
    for (name, value) in headers {
        response = response.with(name, value);
    }
    response
}
