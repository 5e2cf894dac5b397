//! Problems, rendered in the words of Edlink.

use serde_json::json;

use crate::apis::edlink::errors::{
    EXPIRED_TOKEN, FULL, INTERNAL, INVALID_REQUEST, INVALID_REQUEST_BODY, INVALID_TOKEN, INVALID_UUID, NO_PERMISSION,
    NOT_FOUND, NOT_MODELLED, OneText, PAYLOAD_TOO_LARGE, RATE_LIMITED, UNSUPPORTED_MEDIA_TYPE, WHAT,
};
use crate::apis::edlink::graph::permissions;
use crate::apis::edlink::sso;
use crate::engine::api::dialect::{RenderedError, RequestContext};
use crate::engine::api::route::{ResponseShape, Route};
use crate::engine::schema::error_def::ErrorDef;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::profile::Profile;
use crate::engine::schema::schema::Schema;
use crate::engine::state::State;
use crate::http::clip::clipped;
use crate::http::message::{Response, allow};
use crate::http::redact::told_path;
use crate::http::target::Query;

/// The seconds until the next try, for a rule that throttles and does not say them.
const RETRY_AFTER_S: u64 = 1;

/// Renders a problem.
pub(super) fn worded(state: &State, request_context: &RequestContext<'_>, problem: &Problem) -> RenderedError {
    let (kind, message) = words(state, request_context, problem);
    let profile = state.settings.profile(request_context.api.name);
    let path = below_base(request_context);
    let variant = kind.on(path, profile);
    let status = variant.status;
    let query = Query::parse(request_context.target.query);
    let leads_back = || request_context.route.and_then(|route| route.other_success);
    if let Some(response) = leads_back().and_then(|_| sso::redirected(state, &query, kind)) {
        // The address is told the code alone.
        return RenderedError { error: kind, evidence: kind.evidence, response };
    }
    let messages = match problem {
        Problem::Several { messages, .. } => messages.as_slice(),
        _ => std::slice::from_ref(&message),
    };
    let words = messages.iter().map(|message| request_context.api.words_of(kind, message)).max();
    let evidence = words.map_or(variant.evidence, |words| variant.evidence.max(words));
    if let Some(response) = page(request_context, kind, status, &message) {
        return RenderedError { error: kind, evidence, response };
    }
    let request = request_id(state);
    let body = if profile == Profile::Live && OneText::of(request_context.route).holds(status) {
        json!({ "$error": messages.join(" "), "$request": request })
    } else {
        let errors = messages.iter().map(|message| json!({ "code": kind.code, "message": message }));
        json!({ "$errors": errors.collect::<Vec<_>>(), "$request": request })
    };
    let retry_after_s = match problem {
        Problem::Named { retry_after_s: Some(seconds), .. } => Some(*seconds),
        Problem::RateLimited { retry_after_s } => Some(*retry_after_s),
        _ if kind == RATE_LIMITED => Some(RETRY_AFTER_S),
        _ => None,
    };
    let response = Response::json(status, &body);
    let response = match retry_after_s {
        Some(seconds) => response.with("retry-after", &seconds.to_string()),
        None => response,
    };
    RenderedError { error: kind, evidence, response }
}

/// Answers an error of a sign-on with a page, for a browser.
fn page(request_context: &RequestContext<'_>, kind: &ErrorDef, status: u16, message: &str) -> Option<Response> {
    let (_, media) = request_context.route?.other_success?;
    let wants_page = request_context.request.header("accept").is_some_and(|accept| accept.contains(media));
    wants_page.then(|| sso::error_page(status, kind.code, message))
}

/// Returns the path of the request below the API's base.
fn below_base<'a>(request_context: &RequestContext<'a>) -> &'a str {
    let path = request_context.target.path;
    if request_context.api.is_apart(path) {
        path
    } else {
        path.strip_prefix(request_context.api.base).unwrap_or_default()
    }
}

/// Returns the `$request` of an answer, drawn from a source of its own, so that it does not change the ids after it.
pub(super) fn request_id(state: &State) -> String {
    request_id_of(state, state.call_number)
}

/// Returns the `$request` of the answer to the call of that number.
pub(super) fn request_id_of(state: &State, number: u64) -> String {
    state.rng.derive(&format!("edlink.request:{number}")).uuid().to_string()
}

/// Returns the error, and its message.
fn words(state: &State, request_context: &RequestContext<'_>, problem: &Problem) -> (&'static ErrorDef, String) {
    let usual = |error: &'static ErrorDef, what: Option<&str>| {
        let message = error.message;
        (error, what.map_or_else(|| message.to_owned(), |what| message.replace(WHAT, what)))
    };
    match problem {
        Problem::Credential => usual(INVALID_TOKEN, None),
        Problem::CredentialExpired => usual(EXPIRED_TOKEN, None),
        Problem::Forbidden { needs } => usual(NO_PERMISSION, Some(needs)),
        Problem::BadId { parameter } => usual(INVALID_UUID, Some(parameter)),
        Problem::NotFound { resource, id } => (NOT_FOUND, not_found(request_context, resource, id)),
        Problem::NoRoute { nearest } => (NOT_MODELLED, no_route(request_context, &nearest.join(", "))),
        Problem::WrongMethod { allowed } => {
            let path = request_context.target.path;
            (NOT_MODELLED, no_route(request_context, &format!("{} {}", allow(allowed), told_path(path))))
        }
        Problem::NotModelled { operation } => {
            (NOT_MODELLED, format!("standin knows {operation}, but does not model it."))
        }
        Problem::TooLarge { limit_bytes } => {
            (PAYLOAD_TOO_LARGE, format!("The request is larger than {limit_bytes} bytes."))
        }
        Problem::RateLimited { .. } => usual(RATE_LIMITED, None),
        Problem::Full { .. } => (FULL, format!("{}.", problem.plain())),
        Problem::Internal { what } | Problem::Refused { reason: what } => (INTERNAL, what.clone()),
        Problem::Named { error, message: Some(message), field: None, .. } => (*error, message.clone()),
        Problem::Named { error, message, field, .. } => {
            injected(state, request_context, error, message.as_deref(), field.as_deref())
        }
        Problem::Several { error, messages } => (*error, messages.join(" ")),
        Problem::MediaType { sent } => {
            let takes = if request_context.route.is_some_and(|route| route.takes_forms) { " or a form" } else { "" };
            let sent =
                if sent.is_empty() { "it has no Content-Type" } else { &format!("its Content-Type is '{sent}'") };
            (INVALID_REQUEST_BODY, format!("The request body must be JSON{takes}; {sent}."))
        }
        Problem::Encoded { encoding } => {
            (UNSUPPORTED_MEDIA_TYPE, format!("The Content-Encoding '{encoding}' is not supported; send plain JSON."))
        }
        Problem::Syntax { .. } | Problem::Fields(_) => {
            (INVALID_REQUEST_BODY, format!("The request body is invalid: {}.", problem.plain()))
        }
        other => (INVALID_REQUEST, format!("The request is invalid: {}.", other.plain())),
    }
}

/// Returns the message of an error that a rule names: the rule's own, or the one that the operation would give.
fn injected(
    state: &State,
    request_context: &RequestContext<'_>,
    error: &'static ErrorDef,
    message: Option<&str>,
    field: Option<&str>,
) -> (&'static ErrorDef, String) {
    let known = error.message;
    let said = match (message, field) {
        (None, None) if error == NOT_FOUND => missing(request_context).unwrap_or_else(|| known.to_owned()),
        (None, field) if known.contains(WHAT) => {
            let what = field.map_or_else(|| usual_what(state, request_context, error), str::to_owned);
            known.replace(WHAT, &what)
        }
        (message, None) => message.unwrap_or(known).to_owned(),
        (message, Some(field)) => format!("{} ('{field}')", message.unwrap_or(known)),
    };
    (error, said)
}

/// Returns the permission or the parameter that an error of the operation would most likely be about.
fn usual_what(state: &State, request_context: &RequestContext<'_>, error: &ErrorDef) -> String {
    let in_path = || request_context.route?.path.split_once('{')?.1.split_once('}').map(|(name, _)| name.to_owned());
    match request_context.route {
        Some(route) if error == NO_PERMISSION => {
            // If an operation shows several kinds, its row names the permission.
            permissions::needed(state, Some(route.needs).filter(|needs| !needs.is_empty()).unwrap_or("schools"))
        }
        // For a list, the error is about its cursor.
        _ => in_path().unwrap_or_else(|| "$after".to_owned()),
    }
}

/// Returns the message of the operation for the case that the record it names is missing.
fn missing(request_context: &RequestContext<'_>) -> Option<String> {
    let route = request_context.route.filter(|route| route.path.ends_with('}'))?;
    let id = request_context.target.path.rsplit('/').next()?;
    Some(not_found(request_context, shown(route)?, &clipped(id.to_ascii_lowercase())))
}

/// Returns the schema a route shows one of, in its version: a course of v1 is an organization, whatever holds it.
fn shown(route: &Route) -> Option<&'static Schema> {
    match route.shows {
        ResponseShape::One(shape) | ResponseShape::Part(shape) => Some(shape),
        _ => route.action.resource(),
    }
}

fn not_found(request_context: &RequestContext<'_>, resource: &Schema, id: &str) -> String {
    let of_v1 = request_context.route.filter(|route| route.path.starts_with("/v1")).and_then(shown);
    let title = of_v1.unwrap_or(resource).title;
    let where_ = match request_context.target.path.split('/').nth(3) {
        Some("graph") => " for this integration",
        Some("my") => " for this person",
        _ => "",
    };
    format!("{title} with id {id} not found{where_}.")
}

fn no_route(request_context: &RequestContext<'_>, nearest: &str) -> String {
    let (method, path) = (request_context.request.method, request_context.target.path);
    let (method, path) = (clipped(method), told_path(path));
    format!("standin does not model {method} {path}. It models: {nearest}.")
}
