//! Extents of names and values in texts that may be cut short anywhere.

/// The quoting of a name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Quote {
    None,
    Json,
}

/// Returns the name before a separator, and whether it is a quoted one.
pub(super) fn name_before(text: &str, at: usize) -> Option<(&str, Quote)> {
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

/// Returns the extent of a JSON value, up to the end of a text that was cut within it. A value that could be no
/// credential has an empty extent.
pub(super) fn json_value(text: &str, at: usize) -> (usize, usize) {
    let rest = &text[at..];
    let from = at + rest.len() - rest.trim_start().len();
    let rest = &text[from..];
    let slashes = rest.len() - rest.trim_start_matches('\\').len();
    if slashes > 0 && rest[slashes..].starts_with('"') {
        // A JSON string within another one ends at the next quote that is escaped as often, or where the other one ends,
        // at a quote that is escaped less.
        let begin = slashes + 1;
        for close in memchr::memchr_iter(b'"', &rest.as_bytes()[begin..]).map(|next| begin + next) {
            let inside = &rest[begin..close];
            let escapes = inside.len() - inside.trim_end_matches('\\').len();
            if escapes == slashes && inside.len() == slashes {
                return (from, from);
            }
            if escapes <= slashes {
                return (from, from + close + usize::from(escapes == slashes));
            }
        }
        return (from, text.len());
    }
    match rest.as_bytes().first() {
        Some(b'"') => {
            let end = end_of_string(rest, 0);
            if rest.starts_with("\"\"") { (from, from) } else { (from, from + end) }
        }
        Some(b'\'') => {
            let end = rest[1..].find('\'').map_or(rest.len(), |end| end + 2);
            if rest.starts_with("''") { (from, from) } else { (from, from + end) }
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

/// Returns the end of an array or object. Where its strings are escaped, because it stands within another string, it
/// extends to the end of the text.
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
pub(super) fn parameter_value(text: &str, at: usize) -> (usize, usize) {
    let rest = &text[at..];
    let end = rest.find(|letter: char| letter.is_whitespace() || matches!(letter, '&' | '"' | '\'' | '<' | '>' | '\\'));
    (at, at + end.unwrap_or(rest.len()))
}

/// Returns the extent of the rest of the line.
pub(super) fn line_value(text: &str, at: usize) -> (usize, usize) {
    let rest = &text[at..];
    let from = at + rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let end = text[from..].find(['\n', '\r', '"', '\\']).unwrap_or(text.len() - from);
    (from, from + end)
}

/// Tells whether the value behind a separator is quoted.
pub(super) fn is_quote_at(text: &str, at: usize) -> bool {
    text[at..].trim_start_matches([' ', '\t']).trim_start_matches('\\').starts_with(['"', '\''])
}
