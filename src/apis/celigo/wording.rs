//! Problems, rendered in the words of Celigo: `{"errors":[{"code","message","field"?}]}`.

use std::borrow::Cow;
use std::sync::LazyLock;

use bytes::Bytes;
use serde_json::json;

use crate::apis::celigo::API;
use crate::apis::celigo::errors::{
    BAD_TOKEN, CONFLICT, FORBIDDEN, FULL, INTERNAL, INVALID_FIELDS, INVALID_JSON, INVALID_QUERY_PARAMS, INVALID_REF,
    METHOD_NOT_ALLOWED, MISSING_REQUIRED_FIELD, NO_TOKEN, NOT_FOUND, NOT_MODELLED, RATE_LIMITED, TOO_LARGE,
    UNAUTHORIZED, UNSUPPORTED_MEDIA_TYPE, VALIDATION_ERROR,
};
use crate::engine::api::dialect::{RenderedError, RequestContext};
use crate::engine::api::route::Access;
use crate::engine::schema::error_def::{ErrorDef, Evidence};
use crate::engine::schema::problem::{FieldFault, FieldFaultKind, Problem};
use crate::engine::schema::profile::Profile;
use crate::engine::schema::schema::Schema;
use crate::http::clip::clipped;
use crate::http::json::{Object, write_list};
use crate::http::message::{Response, allow};
use crate::http::redact::told_path;

/// The seconds to wait after a 429 of a rule that does not say them.
const RETRY_AFTER_S: u64 = 1;

/// The room for a body: most bodies have no more bytes.
const BODY_BYTES: usize = 128;

/// One error of an answer: its message, when the table's own would not do, and the field it is about.
#[derive(Default)]
struct Fault<'p> {
    message: Option<Cow<'p, str>>,
    field: Option<Cow<'p, str>>,
}

impl Fault<'_> {
    fn message(&self, error: &ErrorDef) -> &str {
        self.message.as_deref().unwrap_or(error.message)
    }
}

/// Renders a problem.
pub(super) fn problem(profile: Profile, request_context: &RequestContext<'_>, problem: &Problem) -> RenderedError {
    let saying = |message: String| vec![Fault { message: Some(message.into()), field: None }];
    let silent = || vec![Fault::default()];
    let (error, entries): (&'static ErrorDef, _) = match problem {
        Problem::Credential | Problem::CredentialExpired if profile == Profile::Live => {
            return not_authorized_live(request_context);
        }
        Problem::Credential | Problem::CredentialExpired => (UNAUTHORIZED, silent()),
        Problem::Forbidden { .. } => (FORBIDDEN, silent()),
        Problem::NoRoute { nearest } => (NOT_MODELLED, saying(no_route(request_context, nearest))),
        Problem::NotModelled { operation } => {
            (NOT_MODELLED, saying(format!("standin knows {operation} but does not model it")))
        }
        Problem::WrongMethod { allowed } => {
            let allowed = allow(allowed);
            (
                METHOD_NOT_ALLOWED,
                saying(format!("{} is not allowed here; use {allowed}", clipped(request_context.request.method))),
            )
        }
        Problem::MediaType { sent } if request_context.route.is_some_and(|route| route.takes_raw) => {
            let message =
                format!("Content-Type {sent} is not supported; send JSON, XML or a form, or set requestMediaType");
            (UNSUPPORTED_MEDIA_TYPE, saying(message))
        }
        Problem::MediaType { sent } if sent.is_empty() => {
            (UNSUPPORTED_MEDIA_TYPE, saying("Content-Type is missing; send application/json".to_owned()))
        }
        Problem::MediaType { sent } => {
            (UNSUPPORTED_MEDIA_TYPE, saying(format!("Content-Type {sent} is not supported; send application/json")))
        }
        Problem::Encoded { encoding } => {
            (UNSUPPORTED_MEDIA_TYPE, saying(format!("Content-Encoding {encoding} is not supported; send plain JSON")))
        }
        Problem::TooLarge { limit_bytes } => {
            (TOO_LARGE, saying(format!("Request body is larger than {limit_bytes} bytes")))
        }
        Problem::Syntax { line, column, reason } => {
            (INVALID_JSON, saying(format!("Invalid JSON at line {line}, column {column}: {reason}")))
        }
        Problem::NotFound { resource, .. } => return missing(resource),
        Problem::BadId { .. } => (NOT_FOUND, silent()),
        Problem::Fields(_) if profile == Profile::Live && has_one_error_for_fields(request_context) => {
            (INVALID_FIELDS, silent())
        }
        Problem::Fields(faults) if profile == Profile::Live && faults.iter().any(is_missing) => {
            (MISSING_REQUIRED_FIELD, faults.iter().filter(|fault| is_missing(fault)).map(fault).collect())
        }
        Problem::Fields(faults) if profile == Profile::Live && faults.iter().any(is_dangling) => {
            (INVALID_REF, faults.iter().filter(|fault| is_dangling(fault)).map(reference).collect())
        }
        Problem::Fields(faults) => (VALIDATION_ERROR, faults.iter().map(fault).collect()),
        Problem::Taken { resource, field } => {
            (CONFLICT, saying(format!("{} with this {field} already exists", resource.title)))
        }
        Problem::InUse { resource, by } => (CONFLICT, saying(format!("{} is in use by {by}", resource.title))),
        Problem::Query { parameter, reason } => {
            let message = Some(format!("{parameter} {reason}").into());
            (INVALID_QUERY_PARAMS, vec![Fault { message, field: Some(parameter.into()) }])
        }
        Problem::Named { error, message, field, retry_after_s } => {
            let (usual, usual_field) = usual(request_context, error, *retry_after_s);
            let field = field.as_deref().or(usual_field).map(Cow::Borrowed);
            (error, vec![Fault { message: message.as_deref().map(Cow::Borrowed).or(usual.map(Cow::Owned)), field }])
        }
        Problem::Several { error, messages } => {
            let entries = messages.iter().map(|message| Fault { message: Some(message.into()), field: None });
            (*error, entries.collect())
        }
        Problem::RateLimited { retry_after_s } => (RATE_LIMITED, saying(too_many(*retry_after_s))),
        Problem::Full { .. } => (FULL, saying(problem.plain())),
        Problem::Internal { what } | Problem::Refused { reason: what } => (INTERNAL, saying(what.clone())),
    };
    // The answer to a call that needs no token does not speak of one.
    let is_public = request_context.route.is_some_and(|route| route.access == Access::Public);
    let has_message = *error == *UNAUTHORIZED && !is_public;
    let mut response = Response::json_bytes(error.status, body(profile, error, &entries, has_message));
    add_headers(&mut response, error, problem);
    let is_guess = *error == *UNAUTHORIZED && request_context.request.bearer().is_some_and(is_doubled);
    let words = entries.iter().map(|entry| API.words_of(error, entry.message(error))).max();
    let guessed = if is_guess { Evidence::Assumed } else { Evidence::Documented };
    let evidence = error.on("", profile).evidence.max(guessed).max(words.unwrap_or(Evidence::Documented));
    RenderedError { error, evidence, response }
}

/// Tells whether a token begins with the scheme once more, as it does for a client whose setting holds both.
pub(super) fn is_doubled(token: &str) -> bool {
    let (scheme, rest) = token.split_at_checked("bearer ".len()).unwrap_or_default();
    scheme.eq_ignore_ascii_case("bearer ") && !rest.is_empty()
}

/// Renders a bad token as the running service does: with its own message, and another status for a doubled scheme.
fn not_authorized_live(request_context: &RequestContext<'_>) -> RenderedError {
    let token = request_context.request.bearer();
    let words = if request_context.request.header("authorization").is_some() { BAD_TOKEN } else { NO_TOKEN };
    let usual = UNAUTHORIZED.on("", Profile::Live);
    let is_doubled = token.is_some_and(is_doubled);
    let (status, evidence) = if is_doubled { (400, Evidence::Observed) } else { (usual.status, usual.evidence) };
    let response = Response::json(status, &json!({ "message": words }));
    RenderedError { error: UNAUTHORIZED, evidence, response }
}

/// The bodies about missing records, with the evidence for their words. Consumers poll for records that are to come or to
/// go, so these bodies are made once.
static MISSING: LazyLock<Vec<(&'static Schema, (Bytes, Evidence))>> =
    LazyLock::new(|| API.schemas().map(|resource| (resource, missing_body(resource))).collect());

fn missing(resource: &'static Schema) -> RenderedError {
    let known = MISSING.iter().find(|(known, _)| std::ptr::eq(*known, resource));
    let (body, words) = known.map_or_else(|| missing_body(resource), |(_, body)| body.clone());
    let response = Response::json_bytes(NOT_FOUND.status, body);
    RenderedError { error: NOT_FOUND, evidence: NOT_FOUND.evidence.max(words), response }
}

fn missing_body(resource: &Schema) -> (Bytes, Evidence) {
    let message = not_found(resource.title);
    let words = API.words_of(NOT_FOUND, &message);
    let entry = Fault { message: Some(message.into()), field: None };
    (body(Profile::Documented, NOT_FOUND, &[entry], false).into(), words)
}

fn body(profile: Profile, error: &ErrorDef, entries: &[Fault<'_>], has_message: bool) -> Vec<u8> {
    let alone = entries.first().filter(|_| has_message);
    // Some clients read one key, some the other.
    let shown = if alone.is_some() && profile == Profile::Live { &[] } else { entries };
    let mut text = Vec::with_capacity(BODY_BYTES);
    let mut body = Object::new(&mut text);
    if let Some(entry) = alone {
        body.text("message", entry.message(error));
    }
    if !shown.is_empty() {
        write_list(shown, body.member("errors"), |entry, text| {
            let mut one = Object::new(text);
            one.text("code", error.code);
            one.text("message", entry.message(error));
            entry.field.iter().for_each(|field| one.text("field", field));
            one.end();
        });
    }
    body.end();
    text
}

/// Tells whether the row has one error for all wrong fields.
fn has_one_error_for_fields(request_context: &RequestContext<'_>) -> bool {
    request_context.route.is_some_and(|route| route.errors.contains(&INVALID_FIELDS))
}

fn is_dangling(fault: &FieldFault) -> bool {
    matches!(fault.kind, FieldFaultKind::Dangling { .. })
}

/// Renders a dangling reference as the running service does.
fn reference(fault: &FieldFault) -> Fault<'_> {
    let FieldFaultKind::Dangling { to, .. } = &fault.kind else { return Fault::default() };
    let title =
        API.resources.iter().find(|known| known.schema.name == *to).map_or("Record", |known| known.schema.title);
    Fault { message: Some(format!("{title} not found for the given id").into()), field: None }
}

fn is_missing(fault: &FieldFault) -> bool {
    matches!(fault.kind, FieldFaultKind::Missing | FieldFaultKind::MissingAll { .. })
}

fn add_headers(response: &mut Response, error: &ErrorDef, problem: &Problem) {
    match problem {
        Problem::WrongMethod { allowed } => response.add("allow", &allow(allowed)),
        Problem::RateLimited { retry_after_s } => response.add("retry-after", &retry_after_s.to_string()),
        Problem::Named { retry_after_s, .. } if error == RATE_LIMITED => {
            response.add("retry-after", &retry_after_s.unwrap_or(RETRY_AFTER_S).to_string());
        }
        Problem::Named { retry_after_s: Some(seconds), .. } => response.add("retry-after", &seconds.to_string()),
        _ => {}
    }
}

fn no_route(request_context: &RequestContext<'_>, nearest: &[String]) -> String {
    let (method, path) = (request_context.request.method, request_context.target.path);
    let (method, path) = (clipped(method), told_path(path));
    format!("standin has no route {method} {path}; the nearest are {}", nearest.join(", "))
}

fn not_found(title: &str) -> String {
    format!("{title} not found")
}

/// Returns the text of an error that a rule gives by its name alone: the documents' own words, if they show any.
fn usual(
    request_context: &RequestContext<'_>,
    error: &ErrorDef,
    retry_after_s: Option<u64>,
) -> (Option<String>, Option<&'static str>) {
    let title = request_context.route.and_then(|route| route.action.resource()).map_or("Integration", |it| it.title);
    match error {
        it if it == NOT_FOUND => (Some(not_found(title)), None),
        it if it == CONFLICT => (Some(format!("{title} with this name already exists")), None),
        it if it == VALIDATION_ERROR => (Some("Name is required".to_owned()), Some("name")),
        it if it == RATE_LIMITED => (Some(too_many(retry_after_s.unwrap_or(RETRY_AFTER_S))), None),
        _ => (None, None),
    }
}

fn too_many(seconds: u64) -> String {
    format!("Too many requests. Retry after {seconds} seconds.")
}

fn fault(fault: &FieldFault) -> Fault<'_> {
    let name = title(&fault.field);
    let message = match &fault.kind {
        FieldFaultKind::Missing => format!("{name} is required"),
        FieldFaultKind::MissingAll { .. } => fault.plain(),
        FieldFaultKind::WrongType { expected } => format!("{name} must be {expected}"),
        FieldFaultKind::TooLong { max_chars } => format!("{name} must have at most {max_chars} characters"),
        FieldFaultKind::TooDeep { max_depth } => format!("{name} makes the record more than {max_depth} levels deep"),
        FieldFaultKind::NotOneOf { values } => format!("{name} must be one of {}", values.join(", ")),
        FieldFaultKind::Dangling { id, .. } => format!("{name} refers to {id:?}, which does not exist"),
        FieldFaultKind::Fixed => format!("{name} cannot be changed"),
    };
    Fault { message: Some(message.into()), field: Some(Cow::Borrowed(&*fault.field)) }
}

/// Returns a field's name for the start of a sentence: `flowGroupings` becomes `Flow groupings`, `_id` stays as it is.
/// Of a field within another, only its own name.
fn title(field: &str) -> String {
    let field = field.rsplit('.').next().unwrap_or(field);
    if field.starts_with('_') {
        return field.to_owned();
    }
    let mut title = String::with_capacity(field.len() + 4);
    for (n, letter) in field.chars().enumerate() {
        if n == 0 {
            title.extend(letter.to_uppercase());
        } else if letter.is_uppercase() {
            title.push(' ');
            title.extend(letter.to_lowercase());
        } else {
            title.push(letter);
        }
    }
    title
}
