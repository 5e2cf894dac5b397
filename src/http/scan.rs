//! Credentials in texts, found by the names before them: in JSON that may be cut short, parameters and headers.

use std::borrow::Cow;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::http::target::decode;
use crate::http::telling::{BLACK, OF_LOGIN, is_telling, is_telling_parameter};

/// Blacks out the credentials among parameters.
pub(super) fn parameters(query: &str) -> String {
    let parts = query.split('&').map(|part| match part.split_once('=') {
        Some((name, value)) if !value.is_empty() && is_telling_parameter(&decode(&name.replace('+', " "))) => {
            Cow::Owned(format!("{name}={BLACK}"))
        }
        Some((name, value)) => match scan_decoded(value) {
            Some(shown) => Cow::Owned(format!("{name}={shown}")),
            None => Cow::Borrowed(part),
        },
        None => Cow::Borrowed(part),
    });
    parts.collect::<Vec<_>>().join("&")
}

/// Returns a parameter's value that holds credentials in JSON or in a URL of its own.
fn scan_decoded(value: &str) -> Option<String> {
    let decoded = decode(value);
    match scan(&decoded) {
        Cow::Owned(shown) => Some(utf8_percent_encode(&shown, NON_ALPHANUMERIC).to_string()),
        Cow::Borrowed(_) => None,
    }
}

/// Blacks out the values of telling names in a text that may be cut short anywhere: members of JSON, quoted or escaped,
/// parameters, and lines of headers.
pub(super) fn scan(text: &str) -> Cow<'_, str> {
    let is_login = OF_LOGIN.iter().any(|name| text.contains(name));
    let bytes = text.as_bytes();
    let mut shown = String::new();
    let mut done = 0;
    for at in memchr::memchr3_iter(b':', b'=', b' ', bytes) {
        if at < done {
            continue;
        }
        let mut is_line = false;
        let (from, end) = match bytes[at] {
            b':' => match name_before(text, at) {
                Some((name, Quote::Json)) if is_telling(name) || (is_login && is_telling_parameter(name)) => {
                    json_value(text, at + 1)
                }
                Some((name, Quote::None)) if is_header(name) => {
                    is_line = true;
                    line_value(text, at + 1)
                }
                _ => continue,
            },
            b'=' => match name_before(text, at) {
                Some((name, _)) if is_telling_parameter(&decode(name)) => parameter_value(text, at + 1),
                _ => continue,
            },
            _ if text[..at].ends_with("Bearer") || text[..at].ends_with("Basic") => {
                let (from, end) = parameter_value(text, at + 1);
                // A word is no credential.
                if end - from < 8 {
                    continue;
                }
                (from, end)
            }
            _ => continue,
        };
        if from < end {
            shown += &text[done..from];
            // Where a quote opened, one closes: JSON stays JSON.
            let quote = match bytes[at] {
                b':' if !is_line => opening_quote(text, at),
                _ => "",
            };
            shown += &format!("{quote}{BLACK}{quote}");
            done = end;
        }
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    shown += &text[done..];
    Cow::Owned(shown)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Quote {
    None,
    Json,
}

/// Returns the quote that closes the name before a colon.
fn opening_quote(text: &str, at: usize) -> &str {
    let before = text[..at].trim_end();
    let slashes = before[..before.len() - 1].len() - before[..before.len() - 1].trim_end_matches('\\').len();
    &before[before.len() - 1 - slashes..]
}

/// Returns the name before a separator, and whether it is a quoted one.
fn name_before(text: &str, at: usize) -> Option<(&str, Quote)> {
    let before = text[..at].trim_end_matches([' ', '\t']);
    let quoted = before.strip_suffix(['"', '\'']);
    let before = quoted.map_or(before, |before| before.trim_end_matches('\\'));
    let is_part =
        |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '$' | '%' | '.' | '@' | '[' | ']');
    let start = before.trim_end_matches(|letter| is_part(letter) || (quoted.is_some() && letter == ' ')).len();
    let name = &before[start..];
    let kind = if quoted.is_some() { Quote::Json } else { Quote::None };
    (!name.is_empty()).then_some((name, kind))
}

/// Tells whether a name is that of a header that holds credentials: prose has colons behind words, too.
fn is_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(name.as_str(), "authorization" | "cookie") || (name.contains('-') && is_telling(&name))
}

/// Returns the extent of a JSON value, to the end of a text that is cut in it. Nothing, if it could be no credential.
fn json_value(text: &str, at: usize) -> (usize, usize) {
    let rest = &text[at..];
    let from = at + rest.len() - rest.trim_start().len();
    let rest = &text[from..];
    let slashes = rest.len() - rest.trim_start_matches('\\').len();
    if slashes > 0 && rest[slashes..].starts_with('"') {
        // A string of JSON that stands in another: it ends at the next quote that is escaped as often.
        let quote = format!("{}\"", &rest[..slashes]);
        let mut end = slashes + 1;
        while let Some(next) = rest[end..].find(&quote) {
            let close = end + next;
            end = close + quote.len();
            if !rest[..close].ends_with('\\') {
                return if close == slashes + 1 { (from, from) } else { (from, from + end) };
            }
        }
        return (from, text.len());
    }
    match rest.as_bytes().first() {
        Some(b'"') => {
            let end = end_of_string(rest, 0);
            if end == 2 { (from, from) } else { (from, from + end) }
        }
        Some(b'[' | b'{') => {
            let end = end_of_tree(rest);
            if rest[1..end].trim_start().len() <= 1 { (from, from) } else { (from, from + end) }
        }
        _ => {
            let end = rest.find([',', '}', ']', '&', '"', '\\', '\n', ' ']).unwrap_or(rest.len());
            if matches!(&rest[..end], "null" | "true" | "false") { (from, from) } else { (from, from + end) }
        }
    }
}

/// Returns the end of a string that begins at that quote.
fn end_of_string(text: &str, begin: usize) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(begin + 1) {
        match byte {
            b'"' if !is_escaped => return at + 1,
            _ => is_escaped = byte == b'\\' && !is_escaped,
        }
    }
    text.len()
}

/// Returns the end of an array or object. Where its strings are escaped, as in another string, all that follows counts
/// to it.
fn end_of_tree(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    let bytes = text.as_bytes();
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => return text.len(),
            b'"' => {
                at = end_of_string(text, at);
                continue;
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    text.len()
}

/// Returns the extent of a parameter's value.
fn parameter_value(text: &str, at: usize) -> (usize, usize) {
    let rest = &text[at..];
    let end = rest.find(|letter: char| letter.is_whitespace() || matches!(letter, '&' | '"' | '\'' | '<' | '>' | '\\'));
    (at, at + end.unwrap_or(rest.len()))
}

/// Returns the extent of what follows on a line.
fn line_value(text: &str, at: usize) -> (usize, usize) {
    let rest = &text[at..];
    let from = at + rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let end = text[from..].find(['\n', '\r', '"', '\\']).unwrap_or(text.len() - from);
    (from, from + end)
}
