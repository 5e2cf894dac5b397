//! What can go wrong, in Edlink's words.

use serde_json::json;

use crate::apis::edlink::graph::permissions;
use crate::apis::edlink::sso;
use crate::engine::api::api::{ResponseShape, Route};
use crate::engine::api::dialect::{RenderedError, RequestContext};
use crate::engine::schema::error_def::Evidence::{Assumed, Documented, Observed};
use crate::engine::schema::error_def::{ErrorDef, Evidence, error_table};
use crate::engine::schema::problem::Problem;
use crate::engine::schema::profile::Profile;
use crate::engine::schema::schema::Schema;
use crate::engine::state::State;
use crate::http::message::Response;
use crate::http::message::allow;

/// Stands in a message for the parameter, field or permission it is about.
const WHAT: &str = "<what>";

/// When to try again, if a rule that throttles does not say.
const RETRY_AFTER_S: u64 = 1;

const fn error(
    name: &'static str,
    code: &'static str,
    status: u16,
    evidence: Evidence,
    message: &'static str,
    source: &'static str,
) -> ErrorDef {
    ErrorDef { name, code, status, statuses: &[], message, evidence, source }
}

/// Refusals that are 400 on v2 where the documents say so, and where the service runs what they are on v1.
const fn refusal(kind: ErrorDef, on_v2_live: &'static [(&'static str, Option<Profile>, u16)]) -> ErrorDef {
    ErrorDef { statuses: on_v2_live, ..kind }
}

const UNAUTHORIZED: &[(&str, Option<Profile>, u16)] = &[("/v2/", None, 400), ("/v2/", Some(Profile::Live), 401)];
const FORBIDDEN: &[(&str, Option<Profile>, u16)] = &[
    ("/v2/", None, 400),
    ("/v2/", Some(Profile::Live), 403),
    ("/sso/", None, 400),
    ("/v1/authentication/", None, 400),
];

error_table! {
    /// The errors, with their statuses on v1.
    pub static ERRORS;

    INVALID_TOKEN = refusal(
        error(
            "invalid_token",
            "INVALID_TOKEN",
            401,
            Documented,
            "You must supply a valid access token to access this endpoint.",
            "the vendor's pages on errors, and recorded answers",
        ),
        UNAUTHORIZED,
    );
    MISSING_TOKEN = error(
        "missing_token",
        "INVALID_TOKEN",
        401,
        Assumed,
        "You must supply a valid access token to access this endpoint.",
        "no document says what answers a request without a token; 401 is what HTTP has for it, on both versions",
    );
    EXPIRED_TOKEN = error(
        "expired_token",
        "EXPIRED_TOKEN",
        401,
        Documented,
        "The token you provided is now expired.",
        "the vendor's pages on authorization",
    );
    INVALID_UUID = error(
        "invalid_uuid",
        "INVALID_UUID",
        400,
        Observed,
        "A valid v4 or v5 UUID or Alias is expected for parameter '<what>'.",
        "recorded answers",
    );
    NOT_FOUND = error(
        "not_found",
        "NOT_FOUND",
        404,
        Observed,
        "The requested resource could not be found.",
        "recorded answers",
    );
    INVALID_INTEGRATION_STATE = refusal(
        error(
            "invalid_integration_state",
            "INVALID_INTEGRATION_STATE",
            403,
            Documented,
            "The integration associated with your access token is not marked as 'active' or 'paused'.",
            "the vendor's pages on errors, and recorded answers",
        ),
        FORBIDDEN,
    );
    NO_PERMISSION = refusal(
        error(
            "no_permission",
            "NO_PERMISSION",
            403,
            Documented,
            "The permission '<what>' is required for this request.",
            "the vendor's pages on errors; its words are assumed",
        ),
        FORBIDDEN,
    );
    NO_CLIENT_ID = error(
        "no_client_id",
        "NO_CLIENT_ID",
        400,
        Documented,
        "The parameter 'client_id' is required.",
        "the vendor's pages on sign-on errors; its status and words are assumed",
    );
    NO_REDIRECT_URI = error(
        "no_redirect_uri",
        "NO_REDIRECT_URI",
        400,
        Documented,
        "The parameter 'redirect_uri' is required.",
        "the vendor's pages on sign-on errors; its status and words are assumed",
    );
    INVALID_CLIENT_ID = error(
        "invalid_client_id",
        "INVALID_CLIENT_ID",
        400,
        Assumed,
        "No application has this client id.",
        "the vendor's page on sign-on errors is cut",
    );
    NO_PRIMARY_REDIRECT_URI = error(
        "no_primary_redirect_uri",
        "NO_PRIMARY_REDIRECT_URI",
        400,
        Documented,
        "The application has no redirect address.",
        "the vendor's pages on sign-on errors; its status and words are assumed",
    );
    INVALID_REDIRECT_URI = error(
        "invalid_redirect_uri",
        "INVALID_REDIRECT_URI",
        400,
        Documented,
        "The parameter 'redirect_uri' is none of the application's addresses.",
        "the vendor's pages on sign-on errors; its status and words are assumed",
    );
    NO_SSO_PROVIDER = error(
        "no_sso_provider",
        "NO_SSO_PROVIDER",
        400,
        Documented,
        "The application has no integration to sign in by.",
        "the vendor's pages on sign-on errors; its status and words are assumed",
    );
    PERSON_NOT_SHARED = error(
        "person_not_shared",
        "PERSON_NOT_SHARED",
        400,
        Documented,
        "The person is not shared with this application.",
        "the vendor's pages on sign-on errors; its status and words are assumed",
    );
    DECLINED_AUTHORIZATION = error(
        "declined_authorization",
        "declined_authorization",
        302,
        Documented,
        "The person did not agree.",
        "the vendor's pages on authorization",
    );
    UNSHARED_TOKEN = error(
        "unshared_token",
        "UNSHARED_TOKEN",
        400,
        Documented,
        "The person that this token belongs to is not shared with the application any more.",
        "the vendor's pages on errors; its words are assumed",
    );
    INVALID_PAGE_SIZE = error(
        "invalid_page_size",
        "INVALID_PAGE_SIZE",
        400,
        Documented,
        "The requested page size must be between 1 and 10000.",
        "the vendor's pages on paging; its words are assumed",
    );
    INVALID_CURSOR = error(
        "invalid_cursor",
        "INVALID_CURSOR",
        400,
        Documented,
        "The supplied cursor is invalid.",
        "the vendor's pages on paging; its words are assumed",
    );
    INVALID_FILTER = error(
        "invalid_filter",
        "INVALID_FILTER",
        400,
        Assumed,
        "The supplied filter is invalid.",
        "no document says what answers a filter that is not good",
    );
    INVALID_REQUEST_BODY = error(
        "invalid_request_body",
        "INVALID_REQUEST_BODY",
        400,
        Documented,
        "Your request body was invalid.",
        "the vendor's pages on errors",
    );
    MISSING_REQUIRED_FIELD = error(
        "missing_required_field",
        "MISSING_REQUIRED_FIELD",
        400,
        Documented,
        "A required field is missing.",
        "the vendor's pages on errors; its words are assumed",
    );
    INVALID_SUBMISSION_TYPE = error(
        "invalid_submission_type",
        "INVALID_SUBMISSION_TYPE",
        400,
        Documented,
        "The submission type is invalid.",
        "the vendor's pages on errors; its words are assumed",
    );
    INVALID_ASSIGNEES = error(
        "invalid_assignees",
        "INVALID_ASSIGNEES",
        400,
        Documented,
        "The assignees are invalid.",
        "the vendor's pages on errors; its words are assumed",
    );
    ASSIGNMENT_CANNOT_HAVE_ZERO_POINTS = error(
        "assignment_cannot_have_zero_points",
        "ASSIGNMENT_CANNOT_HAVE_ZERO_POINTS",
        400,
        Documented,
        "The field 'points_possible' must be greater than zero.",
        "the vendor's pages on errors; its words are assumed",
    );
    IDEMPOTENCY_KEY_TOO_LONG = error(
        "idempotency_key_too_long",
        "IDEMPOTENCY_KEY_TOO_LONG",
        400,
        Documented,
        "An idempotency key has at most 255 characters.",
        "the vendor's pages on errors; its words are assumed",
    );
    INVALID_REQUEST = error(
        "invalid_request",
        "INVALID_REQUEST",
        400,
        Assumed,
        "The request is invalid.",
        "no document says what answers a request that cannot be read",
    );
    UNSUPPORTED_MEDIA_TYPE = error(
        "unsupported_media_type",
        "UNSUPPORTED_MEDIA_TYPE",
        415,
        Assumed,
        "The request body is encoded in a way that is not supported.",
        "no document says what answers a body that is encoded",
    );
    PAYLOAD_TOO_LARGE = error(
        "payload_too_large",
        "PAYLOAD_TOO_LARGE",
        413,
        Assumed,
        "The request is too large.",
        "no document says how large a body may be",
    );
    RATE_LIMITED = error(
        "rate_limited",
        "RATE_LIMITED",
        429,
        Assumed,
        "Too many requests. Try again later.",
        "no document says what answers too many requests",
    );
    INTERNAL = error(
        "internal",
        "INTERNAL",
        500,
        Assumed,
        "The server encountered an unexpected condition.",
        "standin's own",
    );
    NOT_MODELLED = error(
        "not_modelled",
        "NOT_MODELLED",
        501,
        Assumed,
        "standin does not model this.",
        "standin's own",
    );
}

/// The operation whose errors the running service tells in one text each.
const TOKEN: &str = "/authentication/token";

/// Puts a problem into words.
pub fn worded(state: &State, request_context: &RequestContext<'_>, problem: &Problem) -> RenderedError {
    let (kind, message) = words(state, request_context, problem);
    let profile = state.settings.profile(request_context.api.name);
    let path = below_base(request_context);
    let status = kind.status_on(path, profile);
    if let Some(response) = signing_in(state, request_context, kind, status, &message) {
        return RenderedError { error: kind, response };
    }
    let request = request_id(state);
    let is_one_text = path == TOKEN || (status == 401 && !path.starts_with("/v2/my/"));
    let messages = match problem {
        Problem::Several { messages, .. } => messages.as_slice(),
        _ => std::slice::from_ref(&message),
    };
    let body = if profile == Profile::Live && is_one_text {
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
    RenderedError { error: kind, response }
}

/// What answers an error while a person signs in, where that is no JSON.
fn signing_in(
    state: &State,
    request_context: &RequestContext<'_>,
    kind: &ErrorDef,
    status: u16,
    message: &str,
) -> Option<Response> {
    let (_, media) = request_context.route?.page?;
    let wants_page = || request_context.request.header("accept").is_some_and(|accept| accept.contains(media));
    let page = || wants_page().then(|| sso::error_page(status, kind.code, message));
    sso::redirected(state, request_context, kind).or_else(page)
}

/// The path asked as the table has it.
fn below_base<'a>(request_context: &RequestContext<'a>) -> &'a str {
    let path = request_context.target.path;
    if request_context.api.is_apart(path) {
        path
    } else {
        path.strip_prefix(request_context.api.base).unwrap_or_default()
    }
}

/// The `$request` of an answer. Drawn apart, so that it leaves the ids that come after it as they are.
pub fn request_id(state: &State) -> String {
    state.rng.derive(&format!("edlink.request:{}", state.call_number)).uuid().to_string()
}

/// The error, and what it says.
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
            (NOT_MODELLED, no_route(request_context, &format!("{} {path}", allow(allowed))))
        }
        Problem::NotModelled { operation } => {
            (NOT_MODELLED, format!("standin knows {operation}, but does not model it."))
        }
        Problem::TooLarge { limit_bytes } => {
            (PAYLOAD_TOO_LARGE, format!("The request is larger than {limit_bytes} bytes."))
        }
        Problem::RateLimited { .. } => usual(RATE_LIMITED, None),
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

/// An error that a rule names: in its own words, or in those the operation itself would use.
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

/// The permission or the parameter that an error of the operation would most likely be about.
fn usual_what(state: &State, request_context: &RequestContext<'_>, error: &ErrorDef) -> String {
    let in_path = || request_context.route?.path.split_once('{')?.1.split_once('}').map(|(name, _)| name.to_owned());
    match request_context.route {
        Some(route) if error == NO_PERMISSION => {
            // Of what shows several kinds, this is the one that is asked for.
            permissions::needed(state, Some(route.needs).filter(|needs| !needs.is_empty()).unwrap_or("schools"))
        }
        // A list has a cursor to be wrong.
        _ => in_path().unwrap_or_else(|| "$after".to_owned()),
    }
}

/// What the operation would say if the record it names were missing.
fn missing(request_context: &RequestContext<'_>) -> Option<String> {
    let route = request_context.route.filter(|route| route.path.ends_with('}'))?;
    let id = request_context.target.path.rsplit('/').next()?;
    Some(not_found(request_context, shown(route)?, &id.to_ascii_lowercase()))
}

/// What a route shows one of, in the words of its version: a course of v1 is an organization, whatever holds it.
fn shown(route: &Route) -> Option<&'static Schema> {
    match route.shows {
        ResponseShape::One(shape) | ResponseShape::Part(shape) => Some(shape),
        _ => route.action.resource(),
    }
}

fn not_found(request_context: &RequestContext<'_>, resource: &Schema, id: &str) -> String {
    let title = request_context.route.and_then(shown).unwrap_or(resource).title;
    let where_ = match request_context.target.path.split('/').nth(3) {
        Some("graph") => " for this integration",
        Some("my") => " for this person",
        _ => "",
    };
    format!("{title} with id {id} not found{where_}.")
}

fn no_route(request_context: &RequestContext<'_>, nearest: &str) -> String {
    let (method, path) = (request_context.request.method, request_context.target.path);
    format!("standin does not model {method} {path}. It models: {nearest}.")
}
