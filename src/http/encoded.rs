//! Parts of texts that are percent-encoded, once or more often.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::http::target::decode;
use crate::http::telling::BLACK;

/// The most times a text is decoded.
const TIMES: usize = 5;

/// The letters that are encoded again.
const ENCODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'\'');

/// Returns a name without its percent-encoding.
pub(super) fn decoded(name: &str) -> String {
    let mut name = name.replace('+', " ");
    for _ in 0..TIMES {
        match decode(&name) {
            Cow::Owned(plain) if plain != name => name = plain,
            _ => break,
        }
    }
    name
}

/// Passes the encoded parts of a text, decoded, to `show`, and encodes its results as often as the parts were encoded.
pub(super) fn within_encoded(text: &str, show: impl Fn(&str) -> Cow<'_, str> + Copy) -> Cow<'_, str> {
    at_most(TIMES, text, show)
}

fn at_most(times: usize, text: &str, show: impl Fn(&str) -> Cow<'_, str> + Copy) -> Cow<'_, str> {
    if times == 0 || !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let (mut shown, mut done) = (String::new(), 0);
    let ends = |letter: char| letter.is_whitespace() || "\"<>\\&=?#".contains(letter);
    for part in text.split(ends).filter(|part| part.contains('%')) {
        // In a parameter, that sign is a space.
        let spaced = part.replace('+', " ");
        let plain = decode(&spaced);
        if plain == spaced {
            continue;
        }
        let first = show(&plain);
        let inner = at_most(times - 1, &first, show);
        let outer = if matches!(inner, Cow::Owned(_)) { show(&inner) } else { Cow::Borrowed(&*inner) };
        if [&first, &inner, &outer].iter().all(|shown| matches!(shown, Cow::Borrowed(_))) {
            continue;
        }
        let from = part.as_ptr() as usize - text.as_ptr() as usize;
        shown += &text[done..from];
        let pieces = outer.split(BLACK).map(|piece| utf8_percent_encode(piece, ENCODED).to_string());
        shown += &pieces.collect::<Vec<_>>().join(BLACK);
        done = from + part.len();
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    shown += &text[done..];
    Cow::Owned(shown)
}
