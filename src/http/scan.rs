//! Credentials in texts, found by the names before them: in JSON that may be cut short, parameters and headers.

use std::borrow::Cow;

use crate::http::encoded::{decoded, within_encoded};
use crate::http::extent::{json_value, line_value, parameter_value};
use crate::http::marked::{after_scheme, element, part_of_form, user_of_url};
use crate::http::telling::{
    BLACK, OF_LOGIN, is_of_name, is_of_value, is_telling, is_telling_parameter, is_telling_word,
};

/// Blacks out the credentials among parameters.
pub(super) fn parameters(query: &str) -> String {
    let parts = query.split('&').map(|part| match part.split_once('=') {
        Some((name, value)) if !value.is_empty() && is_telling_parameter(&decoded(name)) => {
            Cow::Owned(format!("{name}={BLACK}"))
        }
        Some((name, value)) => match scan(value) {
            Cow::Owned(shown) => Cow::Owned(format!("{name}={shown}")),
            Cow::Borrowed(_) => Cow::Borrowed(part),
        },
        None => scan(part),
    });
    parts.collect::<Vec<_>>().join("&")
}

/// Blacks out the values of telling names in a text that may be cut short anywhere: members of JSON, quoted or escaped,
/// parameters, lines of headers, elements, and users in URLs; also where they are percent-encoded.
pub(super) fn scan(text: &str) -> Cow<'_, str> {
    match within_encoded(text, scan_plain) {
        Cow::Borrowed(text) => scan_plain(text),
        Cow::Owned(text) => Cow::Owned(scan_plain(&text).into_owned()),
    }
}

fn scan_plain(text: &str) -> Cow<'_, str> {
    let is_login = OF_LOGIN.iter().any(|name| text.contains(name));
    let bytes = text.as_bytes();
    let mut shown = String::new();
    let mut done = 0;
    for (at, byte) in bytes.iter().enumerate().filter(|(_, byte)| b":=, >".contains(byte)) {
        if at < done {
            continue;
        }
        let found = match byte {
            b':' if text[at..].starts_with("://") => user_of_url(text, at + 3),
            b':' => match name_before(text, at) {
                Some((name, Quote::Json)) if is_telling(name) || (is_login && is_telling_parameter(name)) => {
                    Some(json_value(text, at + 1))
                }
                Some((name, Quote::Json)) if is_of_value(name) && is_named_beside(text, at) => {
                    Some(json_value(text, at + 1))
                }
                Some((name, Quote::None)) if is_header(name) => Some(line_value(text, at + 1)),
                Some((name, Quote::None)) if is_telling(name) && is_quote_at(text, at + 1) => {
                    Some(json_value(text, at + 1))
                }
                _ => None,
            },
            b'=' => match name_before(text, at) {
                Some((name, _)) if is_telling_parameter(&decoded(name)) && is_quote_at(text, at + 1) => {
                    Some(json_value(text, at + 1))
                }
                Some((name, _)) if is_telling_parameter(&decoded(name)) => Some(parameter_value(text, at + 1)),
                Some(("name", _)) => part_of_form(text, at),
                _ => None,
            },
            b',' => after_name(text, at),
            b'>' => element(text, at),
            _ => after_scheme(text, at),
        };
        if let Some((from, end)) = found.filter(|(from, end)| from < end) {
            shown += &text[done..from];
            // Where a quote opened, one closes: JSON stays JSON.
            let quote = quote_of(text, at, from, end);
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

/// The bytes before and behind a value among which the member that names it is looked for.
const NEAR: usize = 2_000;

/// Returns the quote for a value at that extent: its own, or for a member of JSON the one of its name.
fn quote_of(text: &str, at: usize, from: usize, end: usize) -> &str {
    let value = &text[from..end];
    let slashes = value.len() - value.trim_start_matches('\\').len();
    if value[slashes..].starts_with(['"', '\'']) {
        return &value[..=slashes];
    }
    match name_before(text, at) {
        Some((_, Quote::Json)) if text.as_bytes()[at] != b' ' => opening_quote(text, at),
        _ => "",
    }
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
    let is_part = |letter: char| {
        letter.is_alphanumeric() || matches!(letter, '_' | '-' | '$' | '%' | '.' | '@' | '[' | ']' | '+')
    };
    let start = before.trim_end_matches(|letter| is_part(letter) || (quoted.is_some() && letter == ' ')).len();
    let name = &before[start..];
    let kind = if quoted.is_some() { Quote::Json } else { Quote::None };
    (!name.is_empty()).then_some((name, kind))
}

/// Tells whether a name is that of a header that holds credentials: prose has colons behind words, too.
fn is_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(name.as_str(), "authorization" | "cookie") || (name.contains(['-', '_']) && is_telling(&name))
}

/// Tells whether the value behind a separator is quoted.
fn is_quote_at(text: &str, at: usize) -> bool {
    text[at..].trim_start_matches([' ', '\t']).trim_start_matches('\\').starts_with(['"', '\''])
}

/// Tells whether another member of the object around that colon says that its value has a telling name. Looks only near
/// it: what is whole is read as JSON.
fn is_named_beside(text: &str, at: usize) -> bool {
    let near = || text.bytes().enumerate();
    let begin = edge(near().take(at).skip(at.saturating_sub(NEAR)).rev(), (b'}', b']'), (b'{', b'['));
    let end = edge(near().skip(at).take(NEAR), (b'{', b'['), (b'}', b']'));
    let (begin, end) = (begin.unwrap_or(at.saturating_sub(NEAR)), end.unwrap_or((at + NEAR).min(text.len())));
    memchr::memchr_iter(b':', &text.as_bytes()[begin..end]).any(|colon| {
        let colon = begin + colon;
        name_before(text, colon).is_some_and(|(name, quote)| quote == Quote::Json && is_of_name(name)) && {
            let value = text[colon + 1..].trim_start().trim_start_matches('\\');
            let value = value.strip_prefix(['"', '\'']).unwrap_or_default();
            is_telling_word(&value[..value.find(['"', '\'', '\\']).unwrap_or(value.len())])
        }
    })
}

/// Returns the place where what was entered is left.
fn edge(bytes: impl Iterator<Item = (usize, u8)>, enter: (u8, u8), leave: (u8, u8)) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in bytes {
        if byte == enter.0 || byte == enter.1 {
            depth += 1;
        } else if byte == leave.0 || byte == leave.1 {
            match depth {
                0 => return Some(at),
                _ => depth -= 1,
            }
        }
    }
    None
}

/// Returns the extent of an item of an array, when the one before that comma is a telling name: names and values stand by
/// turns.
fn after_name(text: &str, at: usize) -> Option<(usize, usize)> {
    let (name, quote) = name_before(text, at)?;
    if quote != Quote::Json || !is_telling_word(name) {
        return None;
    }
    let near = || text.bytes().enumerate();
    let before = at.saturating_sub(NEAR)..at;
    let begin = edge(near().take(at).skip(before.start).rev(), (b'}', b']'), (b'{', b'['));
    let begin = begin.filter(|begin| text.as_bytes()[*begin] == b'[')?;
    let end = edge(near().skip(at).take(NEAR), (b'{', b'['), (b'}', b']'));
    let commas = |from: usize, end: usize| {
        let mut depth = 0_i32;
        text.as_bytes()[from..end]
            .iter()
            .filter(|byte| {
                depth += i32::from(matches!(byte, b'{' | b'[')) - i32::from(matches!(byte, b'}' | b']'));
                depth == 0 && **byte == b','
            })
            .count()
    };
    let is_name = commas(begin + 1, at) % 2 == 0;
    let has_turns = end.is_none_or(|end| commas(begin + 1, end) % 2 == 1);
    (is_name && has_turns).then(|| json_value(text, at + 1))
}
