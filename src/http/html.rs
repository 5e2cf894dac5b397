//! Pages for a person at a browser, without script, cookie or a file from another place.

use crate::http::message::Response;

/// The media type that a browser asks for.
pub(crate) const MEDIA: &str = "text/html";

/// Returns a page; the body is markup.
pub(crate) fn page(status: u16, title: &str, body: &str) -> Response {
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{}</title></head>\n<body>\n{body}</body>\n</html>",
        escaped(title)
    );
    Response { body: page.into(), ..Response::empty(status) }.with("content-type", "text/html; charset=utf-8")
}

/// Returns a text with the characters escaped that markup would read as its own.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}
