//! Answers of a listener, as its settings say.

use serde_json::Value;

use crate::apis::celigo::webhook::verify::{ListenerSettings, text};
use crate::http::message::Response;
use crate::http::target::Query;

/// The settings of one kind of answer, by their names.
struct Names {
    status: &'static str,
    usual_status: u16,
    body: &'static str,
    media_type: &'static str,
    headers: &'static str,
}

const SUCCESS: Names = Names {
    status: "successStatusCode",
    usual_status: 204,
    body: "successBody",
    media_type: "successMediaType",
    headers: "successResponseHeaders",
};

const CHALLENGE: Names = Names {
    status: "challengeSuccessStatusCode",
    usual_status: 200,
    body: "challengeSuccessBody",
    media_type: "challengeSuccessMediaType",
    headers: "challengeResponseHeaders",
};

/// Tells whether a listener answers challenges.
pub(super) fn takes_challenges(settings: &ListenerSettings) -> bool {
    !text(settings, CHALLENGE.body, "").is_empty()
}

/// Answers a delivery.
pub(super) fn success(settings: &ListenerSettings, body: &Value, query: &Query<'_>) -> Response {
    answer(&SUCCESS, settings, body, query)
}

/// Answers a challenge.
pub(super) fn challenge(settings: &ListenerSettings, body: &Value, query: &Query<'_>) -> Response {
    answer(&CHALLENGE, settings, body, query)
}

fn answer(names: &Names, settings: &ListenerSettings, body: &Value, query: &Query<'_>) -> Response {
    let status = settings.get(names.status).and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
    let status = status.filter(|status| (200..300).contains(status)).unwrap_or(names.usual_status);
    let mut response = Response::empty(status);
    let words = text(settings, names.body, "");
    if status != 204 && !words.is_empty() {
        let media_type = match text(settings, names.media_type, "json") {
            "xml" => "application/xml; charset=utf-8",
            "plaintext" => "text/plain; charset=utf-8",
            _ => "application/json; charset=utf-8",
        };
        response.add("content-type", media_type);
        response.body = filled(words, body, query).into();
    }
    for header in settings.get(names.headers).and_then(Value::as_array).into_iter().flatten() {
        if let (Some(name), Some(value)) = (header["name"].as_str(), header["value"].as_str()) {
            response.add(name, &filled(value, body, query));
        }
    }
    response
}

/// Replaces `{{a.b}}` by the value of that name in the body, else in the query.
fn filled(words: &str, body: &Value, query: &Query<'_>) -> String {
    let mut text = String::with_capacity(words.len());
    let mut rest = words;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, behind)) = after.split_once("}}") else { break };
        text.push_str(before);
        let path = name.trim_matches(['{', ' ']);
        match path.split('.').try_fold(body, |value, name| value.get(name)) {
            Some(Value::String(value)) => text.push_str(value),
            Some(value) => text.push_str(&value.to_string()),
            None => text.push_str(query.get(path).unwrap_or_default()),
        }
        rest = behind.strip_prefix('}').filter(|_| name.starts_with('{')).unwrap_or(behind);
    }
    text.push_str(rest);
    text
}
