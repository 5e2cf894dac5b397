//! Credentials among the options of commands, and users with their passwords.

use crate::http::extent::{boundary, json_value, parameter_value};
use crate::http::marked::user_of_url;
use crate::http::telling::{is_telling, is_telling_word};

/// The most bytes of a word before a password in it.
const WORD_BYTES: usize = 256;

/// Options of commands whose value is a user and a password, without their dashes.
const OPTIONS_OF_USER: &[&str] = &["u", "U", "user", "proxy-user"];

/// Returns the extent of the value of an option of a command: `--password x`, `-u user:x`.
pub(super) fn after_option(text: &str, at: usize) -> Option<(usize, usize)> {
    let before = text[..at].trim_end_matches([' ', '\t']);
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "-_./".contains(letter);
    let word = &before[before.trim_end_matches(is_part).len()..];
    let is_option = word.starts_with('-') || (word.starts_with('/') && !word[1..].contains('/'));
    if !is_option && !word.contains(['.', '_']) {
        return None;
    }
    let (from, end) = word_value(text, at);
    if text[from..].starts_with('-') || from == end {
        return None;
    }
    let is_property = || {
        let line = before[..before.len() - word.len()].trim_end_matches([' ', '\t']);
        let rest = text[end..].trim_start_matches([' ', '\t']);
        (line.is_empty() || line.ends_with('\n'))
            && (rest.is_empty() || rest.starts_with(['\n', '\r']))
            && !word.contains('/')
    };
    if is_telling(word.trim_start_matches(['-', '/'])) && (is_option || is_property()) {
        return Some((from, end));
    }
    let colon = text[from..end].find(':')?;
    is_of_user(word).then_some((from + colon + 1, end))
}

fn is_of_user(option: &str) -> bool {
    option.starts_with('-') && OPTIONS_OF_USER.contains(&option.trim_start_matches('-'))
}

/// Tells whether an argument of a command is an option whose value is a credential.
pub(super) fn is_option(text: &str) -> bool {
    text.starts_with('-') && !text.contains('=') && (is_of_user(text) || is_telling_word(text))
}

/// Returns the extent of a password that stands with its user in one word: `-uuser:x`, `//user:x@host`.
pub(super) fn of_user(text: &str, at: usize) -> Option<(usize, usize)> {
    let near = boundary(text, at.saturating_sub(WORD_BYTES));
    let edge = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'');
    let begin = text.as_bytes()[near..at].iter().rposition(edge).map_or(near, |begin| near + begin + 1);
    let authority = text[begin..at].rfind("//").map(|slashes| begin + slashes + 2);
    if let Some(authority) = authority.filter(|authority| !text[*authority..at].contains([':', '/'])) {
        return user_of_url(text, authority);
    }
    let is_option = text.get(begin..at).is_some_and(|word| {
        word.starts_with("-u") || word.split_once('=').is_some_and(|(option, _)| is_of_user(option))
    });
    // In a list of arguments, the option stands in a string of its own.
    let is_behind = || {
        let before = text[..begin].trim_end_matches(['"', '\'', '\\', ' ', ',', '\n']);
        before.len() < begin
            && is_of_user(
                before
                    .rsplit(|letter: char| letter.is_whitespace() || "\"'[,".contains(letter))
                    .next()
                    .unwrap_or(before),
            )
    };
    (is_option || is_behind()).then(|| parameter_value(text, at + 1))
}

/// Returns the extent of a word behind a blank, maybe in quotes.
fn word_value(text: &str, at: usize) -> (usize, usize) {
    let rest = text[at..].trim_start_matches(' ');
    if rest.trim_start_matches('\\').starts_with(['"', '\'']) {
        return json_value(text, at);
    }
    let from = text.len() - rest.len();
    let end = rest.find(|letter: char| letter.is_whitespace() || "\"'\\,]".contains(letter)).unwrap_or(rest.len());
    (from, from + end)
}
