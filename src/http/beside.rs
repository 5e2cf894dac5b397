//! Values in texts that another member, item or attribute beside them names.

use crate::http::clip::CUT;
use crate::http::encoded::decoded;
use crate::http::extent::{Quote, json_value, name_before};
use crate::http::telling::{is_field_name, is_of_name, is_telling_word};

/// The bytes before and behind a value among which that is looked for.
const NEAR: usize = 2_000;

/// A mark of a cut, and not of a credential that was blacked out before.
const CLIPPED: &str = "… (";

/// The members beside a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    /// One of them says that the value has a telling name.
    Telling,
    /// None does, and none is missing.
    Plain,
    /// None does so far: the text is cut within the object, or the object is larger than what is looked at.
    Cut,
}

/// Looks for another member of the object around that colon that says the name of its value. Looks only near it: what is
/// whole is read as JSON.
pub(super) fn beside(text: &str, at: usize) -> Beside {
    let from = at.saturating_sub(NEAR);
    let near = || text.bytes().enumerate();
    let begin = edge(near().take(at).skip(from).rev(), (b'}', b']'), (b'{', b'['));
    let end = edge(near().skip(at).take(NEAR), (b'{', b'['), (b'}', b']'));
    if begin.is_none() && from == 0 {
        return Beside::Plain;
    }
    let (first, last) = (begin.unwrap_or(from), end.unwrap_or((at + NEAR).min(text.len())));
    let mut is_named = false;
    for colon in memchr::memchr_iter(b':', &text.as_bytes()[first..last]) {
        let colon = first + colon;
        if !name_before(text, colon).is_some_and(|(name, quote)| quote == Quote::Json && is_of_name(name)) {
            continue;
        }
        let value = text[colon + 1..].trim_start().trim_start_matches('\\');
        let value = value.strip_prefix(['"', '\'']).unwrap_or_default();
        let length = value.find(['"', '\'', '\\']);
        if is_telling_word(&value[..length.unwrap_or(value.len())]) {
            return Beside::Telling;
        }
        is_named |= length.is_some_and(|length| !value[..length].contains(CUT));
    }
    let is_whole = begin.is_some() && end.is_some() && !is_clipped(&text.as_bytes()[first..last]);
    if is_named || is_whole { Beside::Plain } else { Beside::Cut }
}

/// Tells whether a sentence that was too long was cut there.
fn is_clipped(text: &[u8]) -> bool {
    memchr::memmem::find(text, CLIPPED.as_bytes()).is_some()
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
/// turns. What is the name of a field itself is no value.
pub(super) fn after_name(text: &str, at: usize) -> Option<(usize, usize)> {
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
    let (from, to) = json_value(text, at + 1);
    let value = text[from..to].trim_matches(['"', '\'', '\\']);
    let is_field = to < text.len() && is_field_name(value);
    (is_name && has_turns && !is_field).then_some((from, to))
}

/// Attributes of an element, or parameters, that stand together.
#[derive(Clone, Copy)]
pub(super) struct Run {
    end: usize,
    /// True when one of them says that the value beside it has a telling name, or could where they are cut.
    hides_values: bool,
}

impl Run {
    /// Reads the attributes or parameters around a place, unless that was done for the ones before.
    pub(super) fn hides(known: &mut Option<Self>, text: &str, at: usize, read: fn(&str, usize) -> Self) -> bool {
        let run = known.filter(|run| at < run.end).unwrap_or_else(|| read(text, at));
        *known = Some(run);
        run.hides_values
    }

    /// Reads the attributes of the element around a place.
    pub(super) fn of_attributes(text: &str, at: usize) -> Self {
        let bytes = text.as_bytes();
        let is_element = |begin: &usize| bytes.get(begin + 1).is_some_and(u8::is_ascii_alphabetic);
        let next = || memchr::memchr(b'<', &bytes[at..]).map_or(bytes.len(), |end| at + end);
        let Some(begin) = memchr::memrchr(b'<', &bytes[..at]).filter(is_element) else {
            return Self { end: next(), hides_values: false };
        };
        let mut quote = None;
        let close = bytes[begin..].iter().position(|byte| match (byte, quote) {
            (b'"' | b'\'', None) => {
                quote = Some(byte);
                false
            }
            (byte, Some(open)) if byte == open => {
                quote = None;
                false
            }
            (byte, None) => *byte == b'>',
            _ => false,
        });
        let end = close.map_or(bytes.len(), |close| begin + close);
        if end < at {
            return Self { end: next(), hides_values: false };
        }
        let mut found = Found { is_cut: close.is_none() || is_clipped(&bytes[begin..end]), ..Found::default() };
        for sign in memchr::memchr_iter(b'=', &bytes[begin..end]) {
            let sign = begin + sign;
            if name_before(text, sign).is_some_and(|(name, _)| is_of_name(name)) {
                let (from, to) = json_value(text, sign + 1);
                let value = text[from..to].trim_matches(['"', '\'', '\\']);
                found.add(value, from < to && to < bytes.len());
            }
        }
        Self { end, hides_values: found.hides_values() }
    }

    /// Reads the parameters around a place.
    pub(super) fn of_parameters(text: &str, at: usize) -> Self {
        let bytes = text.as_bytes();
        let is_edge = |byte: &u8| byte.is_ascii_whitespace() || b"?\"'<>\\".contains(byte);
        let begin = bytes[..at].iter().rposition(is_edge).map_or(0, |edge| edge + 1);
        let end = bytes[at..].iter().position(is_edge).map_or(bytes.len(), |edge| at + edge);
        let run = &text[begin..end];
        let mut found = Found { is_cut: run.ends_with(CUT), ..Found::default() };
        let mut parts = run.split('&').peekable();
        while let Some(part) = parts.next() {
            let is_whole = parts.peek().is_some() || end < bytes.len();
            match part.split_once('=') {
                None => found.is_cut |= !is_whole && !part.is_empty(),
                Some((name, value)) if is_of_name(last_part(&decoded(name))) => {
                    found.add(&decoded(value), is_whole);
                    found.is_cut |= !is_whole;
                }
                Some(_) => {}
            }
        }
        Self { end, hides_values: found.hides_values() }
    }
}

/// The names that were found for values beside them.
#[derive(Default)]
struct Found {
    is_telling: bool,
    is_other: bool,
    is_cut: bool,
}

impl Found {
    fn add(&mut self, name: &str, is_whole: bool) {
        self.is_telling |= is_telling_word(name);
        self.is_other |= is_whole && !name.contains(CUT);
    }

    fn hides_values(&self) -> bool {
        self.is_telling || (self.is_cut && !self.is_other)
    }
}

/// Returns the last part of a name like `filter[0][value]`.
pub(super) fn last_part(name: &str) -> &str {
    name.trim_end_matches(']').rsplit(['[', '.']).next().unwrap_or(name)
}
