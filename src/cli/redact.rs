//! What may be shown of a request: logs are kept and passed on, credentials in them are not.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::history::journal::redacted;
use crate::http::target::decode;

/// What stands for a value that is not shown.
const BLACK: &str = "…";

/// Bodies are shown up to here.
const SHOWN_BYTES: usize = 16 * 1024;

/// Names that hold these hold credentials.
const TELLING: &[&str] = &["token", "secret", "signature", "key", "password", "credential"];

fn is_telling(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    TELLING.iter().any(|word| name.contains(word))
}

/// A target, or any URL, without the values of telling query parameters.
pub fn target(target: &str) -> Cow<'_, str> {
    match target.split_once('?') {
        None => Cow::Borrowed(target),
        Some((path, query)) => Cow::Owned(format!("{path}?{}", parameters(query))),
    }
}

fn parameters(query: &str) -> String {
    let parts = query.split('&').map(|part| match part.split_once('=') {
        Some((name, _)) if is_telling(&decode(name)) => Cow::Owned(format!("{name}={BLACK}")),
        _ => Cow::Borrowed(part),
    });
    parts.collect::<Vec<_>>().join("&")
}

/// A header's value.
pub fn header(name: &str, value: &str) -> String {
    if name == "set-cookie" || name == "authorization" || name == "standin-control-token" || !is_telling(name) {
        let shown = if name == "set-cookie" { Cow::Borrowed(BLACK) } else { redacted(name, value) };
        return urls(&shown);
    }
    BLACK.to_owned()
}

/// The URLs in a text, each without its telling parameters.
fn urls(text: &str) -> String {
    if !text.contains("://") {
        return text.to_owned();
    }
    // A URL ends where a space, a quote or an angle bracket stands.
    let parts = text.split_inclusive([' ', '"', '>']);
    parts.map(|part| if part.contains("://") || part.contains('?') { target(part) } else { part.into() }).collect()
}

/// A body as far as it can be shown: JSON and forms without credentials, of everything else only its length.
pub fn body(content_type: Option<&str>, body: &[u8]) -> Value {
    let length = body.len();
    if body.is_empty() {
        return Value::Null;
    }
    if length > SHOWN_BYTES {
        return format!("({length} bytes)").into();
    }
    if content_type.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
        return parameters(&String::from_utf8_lossy(body)).into();
    }
    match serde_json::from_slice(body) {
        Ok(json) => within(json),
        Err(_) => format!("({length} bytes that are not JSON)").into(),
    }
}

fn within(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(name, value)| {
                    let is_black = is_telling(&name) && matches!(value, Value::String(_) | Value::Number(_));
                    (name, if is_black { BLACK.into() } else { within(value) })
                })
                .collect::<Map<String, Value>>(),
        ),
        Value::Array(items) => items.into_iter().map(within).collect(),
        Value::String(text) => urls(&text).into(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telling_parameters_are_blacked_out_however_they_are_written() {
        assert_eq!(target("/v1/flows?limit=2&access_token=abc"), "/v1/flows?limit=2&access_token=…");
        assert_eq!(target("/x?X-Amz-%53ignature=abc&a"), "/x?X-Amz-%53ignature=…&a");
        assert_eq!(target("/v1/token?q=token"), "/v1/token?q=token");
    }

    #[test]
    fn no_credential_stands_whole_in_headers() {
        assert_eq!(header("authorization", "Bearer HZ4MR8NyjdPiP9g8l6gKXT5Kjk9FlJa7"), "Bearer …lJa7");
        assert_eq!(header("cookie", "session=1"), "…");
        assert_eq!(header("set-cookie", "session=1"), "…");
        assert_eq!(header("x-api-key", "abc"), "…");
        assert_eq!(
            header("link", "<http://h/v1/flows?page=2&token=abc>; rel=\"next\""),
            "<http://h/v1/flows?page=2&token=…; rel=\"next\""
        );
    }

    #[test]
    fn no_credential_stands_in_bodies() {
        let json =
            br#"{"$data":[{"id":"1","access_token":"abc"}],"signedURL":"http://h/z?signature=abc&n=1","key":null}"#;
        assert_eq!(
            body(None, json).to_string(),
            r#"{"$data":[{"id":"1","access_token":"…"}],"signedURL":"http://h/z?signature=…&n=1","key":null}"#
        );
        let form = body(Some("application/x-www-form-urlencoded"), b"grant_type=code&client_secret=abc");
        assert_eq!(form, "grant_type=code&client_secret=…");
        assert_eq!(body(None, b"{\"token\": \"abc\""), "(15 bytes that are not JSON)");
    }
}
