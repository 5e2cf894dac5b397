//! Values in attributes and parameters that another one beside them names.

use crate::http::clip::CUT;
use crate::http::extent::{boundary, json_value, name_before};
use crate::http::reading::decoded;
use crate::http::telling::{is_of_name, is_surely_of_name, is_telling_word};

/// The bytes at the end of an element among which a mark of a cut is looked for.
const NEAR: usize = 1_000;

/// A mark of a cut, and not of a credential that was blacked out before.
pub(super) const CLIPPED: &str = "… (";

/// Tells whether a sentence that was too long was cut there.
fn is_clipped(text: &[u8]) -> bool {
    let near = text.len().saturating_sub(NEAR);
    memchr::memmem::find(&text[near..], CLIPPED.as_bytes()).is_some()
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
            if let Some((name, _)) = name_before(text, sign).filter(|(name, _)| is_of_name(name)) {
                let near = &text[..boundary(text, bytes.len().min(sign + NEAR))];
                let (from, to) = json_value(near, sign + 1);
                let value = text[from..to].trim_matches(['"', '\'', '\\']);
                found.add(value, from < to && to < bytes.len() && is_surely_of_name(name));
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
                    found.add(&decoded(value), is_whole && is_surely_of_name(last_part(&decoded(name))));
                    found.is_cut |= !is_whole;
                }
                Some(_) => {}
            }
        }
        Self { end, hides_values: found.hides_values() }
    }
}

/// The names that were found for values beside them.
#[derive(Clone, Copy, Default)]
pub(super) struct Found {
    pub(super) is_telling: bool,
    pub(super) is_other: bool,
    pub(super) is_cut: bool,
}

impl Found {
    /// Adds the name that the member behind that colon holds.
    pub(super) fn add_member(&mut self, text: &str, colon: usize) {
        let value = text[colon + 1..].trim_start().trim_start_matches('\\');
        let value = value.strip_prefix(['"', '\'']).unwrap_or_default();
        let length = value.find(['"', '\'', '\\']);
        self.add(&value[..length.unwrap_or(value.len())], length.is_some());
    }

    fn add(&mut self, name: &str, is_whole: bool) {
        self.is_telling |= is_telling_word(name);
        self.is_other |= is_whole && !name.contains(CUT);
    }

    fn hides_values(self) -> bool {
        self.is_telling || (self.is_cut && !self.is_other)
    }
}

/// Returns the last part of a name like `filter[0][value]`.
pub(super) fn last_part(name: &str) -> &str {
    name.trim_end_matches(']').rsplit(['[', '.']).next().unwrap_or(name)
}
