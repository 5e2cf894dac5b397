//! Errors, in Celigo's words: `{"errors":[{"code","message","field"?}]}`.

use serde::Serialize;

use crate::engine::answer::allow;
use crate::engine::api::Evidence::{Assumed, Documented, Observed};
use crate::engine::api::{ErrorKind, Evidence, Profile, Situation, Worded};
use crate::engine::message::Reply;
use crate::engine::problem::{FieldFault, FieldFaultKind, Problem};

/// Every error it can answer with.
pub static ERRORS: &[ErrorKind] = &[
    error("unauthorized", 401, "Invalid or missing API key", Observed, "public clients read it"),
    error("forbidden", 403, "Insufficient permissions", Observed, "public clients read it"),
    error("not_found", 404, "Integration not found", Documented, "seed 003, \"Error Handling\""),
    error("validation_error", 400, "Name is required", Documented, "seed 003, \"Error Handling\""),
    error("conflict", 409, "Integration with this name already exists", Documented, "seed 003, \"Error Handling\""),
    error("invalid_json", 400, "Invalid JSON", Assumed, "no document says what answers a body that is not JSON"),
    error(
        "invalid_query_params",
        400,
        "Invalid query parameters",
        Documented,
        "the vendor's API documents; when it is answered is assumed",
    ),
    error(
        "unsupported_media_type",
        415,
        "Content-Type must be application/json",
        Assumed,
        "no document says what answers a body of another type",
    ),
    error("too_large", 413, "Request body is too large", Assumed, "no document says how large a body may be"),
    error("method_not_allowed", 405, "Method not allowed", Assumed, "no document says what answers another method"),
    error(
        "rate_limited",
        429,
        "Too many requests. Retry after 1 seconds.",
        Documented,
        "the vendor's API documents; its words are assumed",
    ),
    error(
        "invalid_operation",
        422,
        "Integration does not belong to a connector",
        Assumed,
        "no document says what answers an operation that the record does not allow",
    ),
    error("invalid_function", 422, "Unknown function", Assumed, "no document says what answers an unknown function"),
    error(
        "invalid_field",
        422,
        "Field cannot be patched",
        Documented,
        "the vendor's API documents, of a path that cannot be patched",
    ),
    error(
        "invalid_patch",
        422,
        "Patch cannot be applied",
        Assumed,
        "no document says what answers a patch that does not apply",
    ),
    error("invalid_query", 400, "Please provide an integration, flow or job", Observed, "public clients run into it"),
    error("missing_required_field", 422, "A required field is missing", Documented, "the vendor's API documents"),
    error("not_modelled", 501, "standin does not model this", Assumed, "standin's own"),
    error("internal", 500, "standin failed while answering", Assumed, "standin's own"),
];

const fn error(
    name: &'static str,
    status: u16,
    message: &'static str,
    evidence: Evidence,
    source: &'static str,
) -> ErrorKind {
    ErrorKind { name, code: name, status, message, evidence, source }
}

/// How long to wait after a 429 that does not say.
const RETRY_AFTER_S: u64 = 1;

/// One error of an answer: its message, when the table's own would not do, and the field it is about.
#[derive(Default)]
struct Entry {
    message: Option<String>,
    field: Option<String>,
}

/// Puts a problem into words.
pub fn problem(profile: Profile, situation: &Situation<'_>, problem: &Problem) -> Worded {
    let saying = |message: String| vec![Entry { message: Some(message), field: None }];
    let silent = || vec![Entry::default()];
    let (name, entries) = match problem {
        Problem::Credential | Problem::CredentialExpired => ("unauthorized", silent()),
        Problem::Forbidden { .. } => ("forbidden", silent()),
        Problem::NoRoute { nearest } => ("not_modelled", saying(no_route(situation, nearest))),
        Problem::NotModelled { operation } => {
            ("not_modelled", saying(format!("standin knows {operation} but does not model it")))
        }
        Problem::WrongMethod { allowed } => {
            let allowed = allow(allowed);
            ("method_not_allowed", saying(format!("{} is not allowed here; use {allowed}", situation.request.method)))
        }
        Problem::MediaType { sent } if sent.is_empty() => {
            ("unsupported_media_type", saying("Content-Type is missing; send application/json".to_owned()))
        }
        Problem::MediaType { sent } => {
            ("unsupported_media_type", saying(format!("Content-Type {sent} is not supported; send application/json")))
        }
        Problem::TooLarge { limit_bytes } => {
            ("too_large", saying(format!("Request body is larger than {limit_bytes} bytes")))
        }
        Problem::Syntax { line, column, reason } => {
            ("invalid_json", saying(format!("Invalid JSON at line {line}, column {column}: {reason}")))
        }
        Problem::NotFound { resource, .. } => ("not_found", saying(format!("{} not found", resource.title))),
        Problem::BadId { .. } => ("not_found", silent()),
        Problem::Fields(faults) if profile == Profile::Live && faults.iter().any(is_missing) => {
            ("missing_required_field", faults.iter().filter(|fault| is_missing(fault)).map(fault).collect())
        }
        Problem::Fields(faults) => ("validation_error", faults.iter().map(fault).collect()),
        Problem::Taken { resource, field } => {
            ("conflict", saying(format!("{} with this {field} already exists", resource.title)))
        }
        Problem::InUse { resource, by } => ("conflict", saying(format!("{} is in use by {by}", resource.title))),
        Problem::Query { parameter, reason } => {
            let message = Some(format!("{parameter} {reason}"));
            ("invalid_query_params", vec![Entry { message, field: Some(parameter.clone()) }])
        }
        Problem::Named { error, message, field, retry_after_s } => {
            let name = situation.api.error(error).map_or("internal", |error| error.name);
            let (usual, usual_field) = usual(situation, name, *retry_after_s);
            let field = field.clone().or_else(|| usual_field.map(str::to_owned));
            (name, vec![Entry { message: message.clone().or(usual), field }])
        }
        Problem::Several { error, messages } => {
            let entries = messages.iter().map(|message| Entry { message: Some(message.clone()), field: None });
            (*error, entries.collect())
        }
        Problem::Internal { what } => ("internal", saying(what.clone())),
    };
    let reply = headers(reply(profile, situation, name, &entries), name, problem);
    Worded { error: name, reply }
}

/// An error as consumers see it.
#[derive(Serialize)]
struct Shown<'e> {
    code: &'static str,
    message: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'e str>,
}

/// The body of an answer that is an error.
#[derive(Serialize)]
struct Body<'e> {
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'e str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Shown<'e>>,
}

fn reply(profile: Profile, situation: &Situation<'_>, name: &'static str, entries: &[Entry]) -> Reply {
    let error = situation.api.error(name).expect("every name used here stands in the table of errors");
    let shown = entries.iter().map(|entry| Shown {
        code: error.code,
        message: entry.message.as_deref().unwrap_or(error.message),
        field: entry.field.as_deref(),
    });
    let mut errors: Vec<Shown<'_>> = shown.collect();
    let message = errors.first().filter(|_| name == "unauthorized").map(|first| first.message);
    // Clients read one key or the other.
    if message.is_some() && profile == Profile::Live {
        errors.clear();
    }
    let body = serde_json::to_vec(&Body { message, errors }).expect("texts are JSON");
    Reply::json_bytes(error.status, body)
}

fn is_missing(fault: &FieldFault) -> bool {
    fault.kind == FieldFaultKind::Missing
}

fn headers(reply: Reply, name: &str, problem: &Problem) -> Reply {
    match problem {
        Problem::WrongMethod { allowed } => reply.with("allow", allow(allowed)),
        Problem::Named { retry_after_s, .. } if name == "rate_limited" => {
            reply.with("retry-after", retry_after_s.unwrap_or(RETRY_AFTER_S).to_string())
        }
        Problem::Named { retry_after_s: Some(seconds), .. } => reply.with("retry-after", seconds.to_string()),
        _ => reply,
    }
}

fn no_route(situation: &Situation<'_>, nearest: &[String]) -> String {
    let (method, path) = (situation.request.method, situation.target.path);
    format!("standin has no route {method} {path}; the nearest are {}", nearest.join(", "))
}

/// What an error says when it is asked for by its name alone: the documents' own words, where they show any.
fn usual(situation: &Situation<'_>, name: &str, retry_after_s: Option<u64>) -> (Option<String>, Option<&'static str>) {
    let title = situation.route.and_then(|route| route.action.resource()).map_or("Integration", |it| it.title);
    match name {
        "not_found" => (Some(format!("{title} not found")), None),
        "conflict" => (Some(format!("{title} with this name already exists")), None),
        "validation_error" => (Some("Name is required".to_owned()), Some("name")),
        "rate_limited" => {
            let seconds = retry_after_s.unwrap_or(RETRY_AFTER_S);
            (Some(format!("Too many requests. Retry after {seconds} seconds.")), None)
        }
        _ => (None, None),
    }
}

fn fault(fault: &FieldFault) -> Entry {
    let name = title(&fault.field);
    let message = match &fault.kind {
        FieldFaultKind::Missing => format!("{name} is required"),
        FieldFaultKind::WrongType { expected } => format!("{name} must be {expected}"),
        FieldFaultKind::TooLong { max_chars } => format!("{name} must have at most {max_chars} characters"),
        FieldFaultKind::NotOneOf { values } => format!("{name} must be one of {}", values.join(", ")),
        FieldFaultKind::Dangling { id, .. } => format!("{name} refers to {id:?}, which does not exist"),
        FieldFaultKind::Fixed => format!("{name} cannot be changed"),
    };
    Entry { message: Some(message), field: Some(fault.field.clone().into_owned()) }
}

/// A field's name at the start of a sentence: `flowGroupings` becomes `Flow groupings`, `_id` stays as it is.
fn title(field: &str) -> String {
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
