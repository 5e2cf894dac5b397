//! The body of a request, as its row takes it.

use serde_json::Value;

use crate::engine::api::context::Body;
use crate::engine::api::router::Row;
use crate::engine::schema::problem::Problem;
use crate::engine::state::State;
use crate::http::media;
use crate::http::media::charset;
use crate::http::message::{Method, Request};
use crate::http::position::SyntaxFault;
use crate::http::tree::TreeLimits;

/// Reads the body of a request that may have one.
pub(crate) fn read_body(state: &State, row: &Row, request: &Request<'_>) -> Result<Option<Body>, Problem> {
    if row.route.takes_raw {
        return Ok(None);
    }
    let limit_bytes = row.api.body_limit_bytes(&state.settings);
    if request.body.len() > limit_bytes {
        return Err(Problem::TooLarge { limit_bytes });
    }
    let has_none = match row.route.method {
        Method::Get => true,
        Method::Delete => row.route.takes.is_empty(),
        _ => false,
    };
    if has_none {
        return Ok(None);
    }
    if request.body.is_empty() {
        // A client that waits to be asked for its body is not asked for one that is too large.
        let announced = request.header("content-length").and_then(|length| length.parse().ok());
        let is_unread = announced.is_some_and(|announced: usize| announced > limit_bytes);
        return if is_unread { Err(Problem::TooLarge { limit_bytes }) } else { Ok(None) };
    }
    if let Some(encoding) = request.header("content-encoding").filter(|it| !it.eq_ignore_ascii_case("identity")) {
        return Err(Problem::Encoded { encoding: encoding.to_owned() });
    }
    let sent = request.header("content-type").unwrap_or_default();
    let essence = media::essence(sent);
    if row.route.takes_forms && media::is_utf8(sent) && essence == "application/x-www-form-urlencoded" {
        let limit = state.settings.body_members;
        if memchr::memchr_iter(b'&', request.body).count() >= limit {
            let reason = format!("the form has more than {limit} fields");
            return Err(Problem::Syntax { line: 1, column: 1, reason });
        }
        let form = form_urlencoded::parse(request.body);
        let fields = form.map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())));
        return Ok(Some(Body::Object(fields.collect())));
    }
    if !media::is_utf8(sent) || (essence != "application/json" && !essence.ends_with("+json")) {
        return Err(Problem::MediaType { sent: sent.to_owned() });
    }
    let syntax = |SyntaxFault { place, reason }| match charset(sent) {
        // The body may be JSON in a charset that this program does not read.
        Some(other) if !["utf-8", "us-ascii"].contains(&&*other) => Problem::MediaType { sent: sent.to_owned() },
        _ => Problem::Syntax { line: place.line, column: place.column, reason },
    };
    TreeLimits::body(state.settings.body_members).check(request.body).map_err(syntax)?;
    let is_object = request.body.trim_ascii_start().starts_with(b"{");
    let body = match std::str::from_utf8(request.body) {
        Ok(text) if is_object => serde_json::from_str(text).map(Body::Object),
        // The reader refuses bytes that are no text, and tells their position.
        _ => serde_json::from_slice(request.body).map(Body::Other),
    };
    body.map(Some).map_err(|error| syntax(SyntaxFault::of(request.body, &error)))
}
