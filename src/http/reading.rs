//! Other readings of a text: its letters may be percent-encoded, escaped, entities of HTML, or not seen at all, once or more
//! often.

use std::borrow::Cow;

use crate::http::target::decode;
use crate::http::telling::plain;

/// The most times a text is decoded.
pub(super) const TIMES: usize = 5;

/// Names of entities, and the letters that they stand for.
const ENTITIES: &[(&str, char)] = &[
    ("quot;", '"'),
    ("apos;", '\''),
    ("amp;", '&'),
    ("lt;", '<'),
    ("gt;", '>'),
    ("nbsp;", ' '),
    ("colon;", ':'),
    ("equals;", '='),
    ("lbrace;", '{'),
    ("rbrace;", '}'),
];

/// A text that was decoded, and the place in its source that each of its bytes comes from.
pub(super) struct Reading {
    pub(super) text: String,
    places: Vec<usize>,
}

impl Reading {
    /// Returns the place in the source of a place in the text.
    pub(super) fn place(&self, at: usize) -> usize {
        self.places[at]
    }

    /// Decodes a text that begins at that place of its source, letter by letter. `None` where nothing is to be decoded.
    fn of(text: &str, begin: usize, decode: impl Fn(&str) -> Option<(Letter, usize)>) -> Option<Self> {
        let (mut bytes, mut places) = (Vec::with_capacity(text.len()), Vec::with_capacity(text.len() + 1));
        let (mut at, mut is_other) = (0, false);
        while let Some(letter) = text[at..].chars().next() {
            let (found, length) = match decode(&text[at..]) {
                Some(decoded) => {
                    is_other = true;
                    decoded
                }
                None => (Letter::Char(letter), letter.len_utf8()),
            };
            match found {
                Letter::Char(letter) => bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
                Letter::Byte(byte) => bytes.push(byte),
                Letter::None => {}
            }
            places.resize(bytes.len(), begin + at);
            at += length;
        }
        places.push(begin + at);
        is_other.then(|| Self { text: lossy(bytes), places })
    }
}

/// A letter that was decoded, or a byte of one.
enum Letter {
    Char(char),
    Byte(u8),
    None,
}

/// Returns bytes as a text of as many bytes.
fn lossy(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| {
        let mut bytes = error.into_bytes();
        let mut at = 0;
        while let Err(error) = std::str::from_utf8(&bytes[at..]) {
            let from = at + error.valid_up_to();
            let end = error.error_len().map_or(bytes.len(), |length| from + length);
            bytes[from..end].fill(b'?');
            at = end;
        }
        String::from_utf8(bytes).unwrap_or_default()
    })
}

/// Returns a name without its percent-encoding.
pub(super) fn decoded(name: &str) -> Cow<'_, str> {
    if !name.contains(['%', '+']) {
        return Cow::Borrowed(name);
    }
    let mut name = name.replace('+', " ");
    for _ in 0..TIMES {
        match decode(&name) {
            Cow::Owned(plain) if plain != name => name = plain,
            _ => break,
        }
    }
    Cow::Owned(name)
}

/// Passes the other readings of a text to `read`.
pub(super) fn other_readings(text: &str, mut read: impl FnMut(&Reading)) {
    let mut pass = |part: &str, decode: fn(&str) -> Option<(Letter, usize)>| {
        let begin = part.as_ptr() as usize - text.as_ptr() as usize;
        Reading::of(part, begin, decode).iter().for_each(&mut read);
    };
    pass(text, escaped);
    if text.contains('"') {
        pass(text, in_strings);
    }
    if memchr::memchr2(b'%', b'+', text.as_bytes()).is_some() {
        // A separator that is not encoded stands outside of what is.
        let ends = |letter: char| letter.is_whitespace() || "\"<>\\&=?#".contains(letter);
        text.split(ends).filter(|part| part.contains(['%', '+'])).for_each(|part| pass(part, percent));
    }
}

/// Reads the contents of JSON's strings as lines of a text.
fn in_strings(text: &str) -> Option<(Letter, usize)> {
    match text.as_bytes() {
        [b'"', ..] => Some((Letter::Char('\n'), 1)),
        [b'\\', next @ (b'"' | b'\\'), ..] => Some((Letter::Byte(*next), 2)),
        [b'\\', ..] => escaped(text),
        _ => None,
    }
}

/// Decodes the percent-encoded byte at the beginning of a text.
fn percent(text: &str) -> Option<(Letter, usize)> {
    match text.as_bytes() {
        // In a parameter, that sign is a space.
        [b'+', ..] => Some((Letter::Char(' '), 1)),
        [b'%', b'u', ..] => Some((hex(text.get(2..6)?)?, 6)),
        [b'%', ..] => Some((Letter::Byte(u8::from_str_radix(digits(text.get(1..3)?)?, 16).ok()?), 3)),
        _ => None,
    }
}

/// Decodes the letter at the beginning of a text that is escaped, an entity, a wide form of another, or not seen.
fn escaped(text: &str) -> Option<(Letter, usize)> {
    match text.as_bytes()[0] {
        b'\\' => {
            // Within a string that is itself within one, the backslash is escaped, too.
            let slashes = text.len() - text.trim_start_matches('\\').len();
            let rest = &text[slashes..];
            let (letter, length) = match rest.as_bytes().first()? {
                b'u' if rest[1..].starts_with('{') => {
                    let (digits, _) = rest[2..].split_once('}').filter(|(digits, _)| digits.len() <= 6)?;
                    (hex(digits)?, digits.len() + 3)
                }
                b'u' => (hex(rest.get(1..5)?)?, 5),
                b'x' => (hex(rest.get(1..3)?)?, 3),
                b'/' => (Letter::Char('/'), 1),
                b'n' => (Letter::Char('\n'), 1),
                b'r' => (Letter::Char('\r'), 1),
                b't' => (Letter::Char('\t'), 1),
                _ => return None,
            };
            Some((letter, slashes + length))
        }
        b'&' => {
            let rest = &text[1..];
            if let Some((name, letter)) = ENTITIES.iter().find(|(name, _)| rest.starts_with(name)) {
                return Some((Letter::Char(*letter), 1 + name.len()));
            }
            let number = rest.strip_prefix('#')?;
            let end = number.bytes().take(8).position(|byte| byte == b';')?;
            let number = &number[..end];
            let letter = match number.strip_prefix(['x', 'X']) {
                Some(digits) => hex(digits)?,
                None => Letter::Char(char::from_u32(number.parse().ok()?)?),
            };
            Some((letter, end + 3))
        }
        0 => Some((Letter::None, 1)),
        byte if byte.is_ascii() => None,
        _ => {
            let letter = text.chars().next()?;
            let plain = match letter {
                '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' => {
                    Letter::None
                }
                _ if plain(letter) != letter => Letter::Char(plain(letter)),
                _ => return None,
            };
            Some((plain, letter.len_utf8()))
        }
    }
}

fn hex(text: &str) -> Option<Letter> {
    let number = u32::from_str_radix(digits(text)?, 16).ok()?;
    Some(char::from_u32(number).map_or(Letter::Char('?'), Letter::Char))
}

/// Returns a text of hexadecimal digits: a number may have a sign.
fn digits(text: &str) -> Option<&str> {
    text.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(text)
}
