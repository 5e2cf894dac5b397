//! Credentials in texts, found by the names before them: in JSON that may be cut short, parameters and headers.

use std::borrow::Cow;
use std::cell::LazyCell;

use crate::http::beside::{Run, last_part};
use crate::http::encoded::{decoded, within_encoded};
use crate::http::extent::{Quote, is_quote_at, json_value, line_value, name_before, parameter_value};
use crate::http::groups::{Beside, Groups, item_before};
use crate::http::marked::{after_scheme, element, part_of_form, user_of_url};
use crate::http::telling::{
    BLACK, OF_LOGIN, is_field_name, is_of_name, is_of_value, is_telling, is_telling_parameter, is_telling_word,
};

/// Blacks out the credentials among parameters.
pub(super) fn parameters(query: &str) -> String {
    let pair = |part: &'_ str| part.split_once('=').map(|(name, value)| (decoded(name), decoded(value)));
    let names_one = |(name, value): (String, String)| is_of_name(last_part(&name)) && is_telling_word(&value);
    let is_named = query.split('&').filter_map(pair).any(names_one);
    let parts = query.split('&').map(|part| match part.split_once('=') {
        Some((name, value)) if !value.is_empty() && is_secret(&decoded(name), is_named) => {
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

/// Tells whether a parameter of that name holds a credential, also because another parameter gives its name.
fn is_secret(name: &str, is_named: bool) -> bool {
    is_telling_parameter(name) || (is_named && is_of_value(last_part(name)))
}

/// Blacks out the values of telling names in a text that may be cut short anywhere: members of JSON, quoted or escaped,
/// parameters, lines of headers, elements, and users in URLs; also where they are percent-encoded.
pub(super) fn scan(text: &str) -> Cow<'_, str> {
    let plain = scan_plain(text);
    // A name that is not encoded may stand behind an encoded part, and must not be taken for a part of its value.
    let shown = match within_encoded(&plain, scan_plain) {
        Cow::Borrowed(_) => None,
        Cow::Owned(text) => Some(scan_plain(&text).into_owned()),
    };
    shown.map_or(plain, Cow::Owned)
}

fn scan_plain(text: &str) -> Cow<'_, str> {
    let is_login = OF_LOGIN.iter().any(|name| text.contains(name));
    let bytes = text.as_bytes();
    let (mut attributes, mut parameters) = (None, None);
    // Most texts hold no value that another member could name.
    let groups = LazyCell::new(|| Groups::of(text));
    let mut shown = String::new();
    let mut done = 0;
    for (at, byte) in bytes.iter().enumerate().filter(|(_, byte)| b":=, >+".contains(byte)) {
        if at < done {
            continue;
        }
        let found = match byte {
            b':' if text[at..].starts_with("://") => user_of_url(text, at + 3),
            b':' => match name_before(text, at) {
                Some((name, Quote::Json)) if is_telling(name) || (is_login && is_telling_parameter(name)) => {
                    Some(json_value(text, at + 1))
                }
                Some((name, Quote::Json)) if is_of_value(name) => match groups.beside(at) {
                    Beside::Telling => Some(json_value(text, at + 1)),
                    // The envelope of an API's answers can have this name, too.
                    Beside::Cut if !name.starts_with('$') => Some(json_value(text, at + 1)),
                    _ => None,
                },
                // The cut part may show that this is a login.
                Some((name, Quote::Json)) if is_telling_parameter(name) && groups.beside(at) == Beside::Cut => {
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
                Some(("name", _)) if part_of_form(text, at).is_some() => part_of_form(text, at),
                Some((name, Quote::None)) if is_of_value(last_part(&decoded(name))) => {
                    if Run::hides(&mut attributes, text, at, Run::of_attributes) {
                        Some(json_value(text, at + 1))
                    } else if Run::hides(&mut parameters, text, at, Run::of_parameters) {
                        Some(parameter_value(text, at + 1))
                    } else {
                        None
                    }
                }
                _ => None,
            },
            b',' => item_before(text, at).filter(|_| groups.has_turn(at)).and_then(|_| item_behind(text, at)),
            b'>' => element(text, at),
            _ => after_scheme(text, at),
        };
        if let Some((from, end)) = found.filter(|(from, end)| from < end) {
            shown += &text[done..from];
            // A quote that opened is closed, so that JSON stays JSON.
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

/// Returns the extent of an item of an array, unless that is the name of a field itself.
fn item_behind(text: &str, comma: usize) -> Option<(usize, usize)> {
    let (from, to) = json_value(text, comma + 1);
    let value = text[from..to].trim_matches(['"', '\'', '\\']);
    let is_field = to < text.len() && is_field_name(value);
    (!is_field).then_some((from, to))
}

/// Returns the quote for a value at that extent: its own, or for a JSON member the quote of its name.
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

/// Returns the quote that closes the name before a colon.
fn opening_quote(text: &str, at: usize) -> &str {
    let before = text[..at].trim_end();
    let slashes = before[..before.len() - 1].len() - before[..before.len() - 1].trim_end_matches('\\').len();
    &before[before.len() - 1 - slashes..]
}

/// Tells whether a name is that of a header that holds credentials: prose has colons behind words, too.
fn is_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(name.as_str(), "authorization" | "cookie") || (name.contains(['-', '_']) && is_telling(&name))
}
