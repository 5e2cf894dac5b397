//! Extents of names and values in texts that may be cut short anywhere.

use crate::http::clip::CUT;

/// The quoting of a name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Quote {
    None,
    Json,
}

/// The most bytes of a name in quotes.
const QUOTED_BYTES: usize = 256;

/// The most bytes of a line before a name that are looked at.
pub(super) const LINE_BYTES: usize = 4_096;

/// The most times that blanks, operators and comments follow each other before a value.
const OPERATORS: usize = 4;

/// Returns that place of a text, or the next one at which a character begins.
pub(super) fn boundary(text: &str, at: usize) -> usize {
    (at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

/// Returns the name before a separator, and whether it is a quoted one.
pub(super) fn name_before(text: &str, at: usize) -> Option<(&str, Quote)> {
    let before = without_comment(text[..at].trim_end());
    let before = before.trim_end_matches([':', '=', '!', '<', '>', '?', '+', '~']).trim_end();
    // Only a quoted name, or a key of YAML that is marked as one, ends on an earlier line.
    let is_earlier = text[before.len()..at].contains('\n') && !before.ends_with(['"', '\'']);
    let before = if is_earlier && !is_marked_key(before) { return None } else { before };
    let Some(quoted) = before.strip_suffix(['"', '\'']) else {
        let name =
            run_before(before, |letter| is_part(letter) || (before.ends_with(']') && matches!(letter, '"' | '\'')));
        return (!name.is_empty()).then_some((name, Quote::None));
    };
    let inside = quoted.trim_end_matches('\\');
    let begin = opening_quote(inside, before.as_bytes()[quoted.len()], quoted.len() - inside.len());
    let name =
        begin.map_or_else(|| run_before(inside, |letter| is_part(letter) || letter == ' '), |begin| &inside[begin..]);
    (!name.is_empty()).then_some((name, Quote::Json))
}

fn is_marked_key(text: &str) -> bool {
    text[boundary(text, text.len().saturating_sub(QUOTED_BYTES))..]
        .rsplit('\n')
        .next()
        .is_some_and(|line| line.trim_start().starts_with("? "))
}

/// Tells whether a letter can be one of a name without quotes.
fn is_part(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '-' | '$' | '%' | '.' | '@' | '[' | ']' | '+')
}

fn run_before(text: &str, is_part: impl Fn(char) -> bool) -> &str {
    &text[text.trim_end_matches(is_part).len()..]
}

/// Returns the place behind the quote that opens a name which ends with the text.
fn opening_quote(text: &str, quote: u8, slashes: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let near = bytes.len().saturating_sub(QUOTED_BYTES);
    let mut from = bytes.len();
    while let Some(at) = memchr::memrchr(quote, &bytes[near..from]).map(|at| near + at) {
        if slashes_before(bytes, at) <= slashes {
            return (slashes_before(bytes, at) == slashes && !bytes[at..].contains(&b'\n')).then_some(at + 1);
        }
        from = at;
    }
    None
}

/// Returns the number of backslashes before a place.
pub(super) fn slashes_before(bytes: &[u8], at: usize) -> usize {
    bytes[..at].iter().rev().take_while(|byte| **byte == b'\\').count()
}

fn without_comment(text: &str) -> &str {
    let begin = text.strip_suffix("*/").and_then(|text| {
        let near = text.len().saturating_sub(QUOTED_BYTES);
        memchr::memmem::rfind(&text.as_bytes()[near..], b"/*").map(|begin| near + begin)
    });
    begin.map_or(text, |begin| text[..begin].trim_end())
}

/// Returns the place where a value begins: behind blanks, operators and comments.
fn value_begin(text: &str, at: usize) -> usize {
    let mut rest = &text[at..];
    for _ in 0..OPERATORS {
        let next = rest.trim_start().trim_start_matches(['=', '>', '~', ':']);
        let next = match next.strip_prefix("/*") {
            Some(comment) => comment.find("*/").map_or(next, |end| &comment[end + 2..]),
            None if next.starts_with("//") => next.find('\n').map_or(next, |end| &next[end..]),
            None => next,
        };
        if next.len() == rest.len() {
            break;
        }
        rest = next;
    }
    text.len() - rest.len()
}

/// Returns the extent of a JSON value, up to the end of a text that was cut within it. A value that could be no
/// credential has an empty extent.
pub(super) fn json_value(text: &str, at: usize) -> (usize, usize) {
    let from = value_begin(text, at);
    let rest = &text[from..];
    let quoted = rest.trim_start_matches('\\');
    if let Some(quoted) = quote_in(quoted) {
        let begin = text.len() - quoted.len();
        return string(text, begin).map_or((from, from), |end| (from.min(begin), end));
    }
    if rest.starts_with(['[', '{', '(']) {
        let end = end_of_tree(rest);
        return if rest[1..end].trim_start().len() <= 1 { (from, from) } else { (from, from + end) };
    }
    let end = rest.find([',', '}', ']', ')', '"', '\\', '\n']).unwrap_or(rest.len());
    let value = rest[..end].trim_end();
    let is_none = matches!(value, "" | "null" | "true" | "false");
    (from, from + if is_none { 0 } else { value.len() })
}

/// Returns the text from the quote on that a value begins with, maybe behind a letter as `b"x"` has one.
fn quote_in(text: &str) -> Option<&str> {
    let behind = text.strip_prefix(['b', 'u', 'r', 'f', '@', '$']).unwrap_or(text);
    [text, behind].into_iter().find(|text| text.starts_with(QUOTES))
}

/// The letters that open a string.
const QUOTES: [char; 6] = ['"', '\'', '`', '“', '«', '‘'];

/// Returns the end of a string whose quote stands there, behind backslashes where it is within another one. `None` for
/// an empty one.
fn string(text: &str, quote: usize) -> Option<usize> {
    let (bytes, slashes) = (text.as_bytes(), slashes_before(text.as_bytes(), quote));
    let open = text[quote..].chars().next()?;
    if !open.is_ascii() {
        let close = if open == '«' {
            '»'
        } else if open == '“' {
            '”'
        } else {
            '’'
        };
        return Some(text[quote..].find(close).map_or(text.len(), |end| quote + end + close.len_utf8()));
    }
    let triple = ["\"\"\"", "'''"].into_iter().find(|triple| text[quote..].starts_with(triple));
    if let Some(triple) = triple.filter(|_| slashes == 0) {
        return Some(text[quote + 3..].find(triple).map_or(text.len(), |end| quote + end + 6));
    }
    let open = bytes[quote];
    let mut is_doubled = false;
    for close in memchr::memchr_iter(open, &bytes[quote + 1..]).map(|next| quote + 1 + next) {
        let escapes = if bytes[close - 1] == b'\\' { slashes_before(bytes, close).min(close - quote - 1) } else { 0 };
        if std::mem::take(&mut is_doubled) {
            continue;
        }
        // A string within another one ends where that one ends, at a quote that is escaped less.
        let is_end = if slashes == 0 { escapes % 2 == 0 } else { escapes <= slashes };
        if !is_end {
            continue;
        }
        if close == quote + 1 + slashes {
            // An empty string, unless it is the first half of an escaped quote.
            return None;
        }
        if slashes > 0 {
            return Some(if escapes == slashes { close + 1 } else { close });
        }
        // A quote within a string is written twice in some languages.
        if bytes.get(close + 1) == Some(&open) {
            is_doubled = true;
            continue;
        }
        return Some(joined(text, close + 1));
    }
    Some(text.len())
}

/// Returns the end of what a shell joins to a string that ends there: `'a'"'"'b'`.
fn joined(text: &str, end: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = end;
    loop {
        let is_quote = |at: usize| bytes.get(at).is_some_and(|byte| b"\"'".contains(byte));
        let ends =
            |at: usize| bytes.get(at).is_none_or(|byte| byte.is_ascii_whitespace() || b",:}]);&<>\\".contains(byte));
        if is_quote(at) && !ends(at + 1) {
            let close = memchr::memchr(bytes[at], &bytes[at + 1..]);
            at = close.map_or(bytes.len(), |close| at + close + 2);
        } else if bytes.get(at) == Some(&b'\\') && is_quote(at + 1) && is_quote(at + 2) {
            at += 2;
        } else if bytes
            .get(at)
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80 || b"$_-+/=".contains(byte))
        {
            at = (at + 1..=bytes.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(bytes.len());
        } else {
            return at;
        }
    }
}

/// Returns the end of an array or object: where single quotes open strings, or where they are apostrophes, whichever is
/// later. Where its strings are escaped, because it stands within another string, it extends to the end of the text.
fn end_of_tree(text: &str) -> usize {
    end_of_tree_with(text, |_, _| false).max(end_of_tree_with(text, |bytes, at| {
        bytes[at] == b'\'' && bytes[..at].trim_ascii_end().last().is_none_or(|byte| b"{[(,:=>".contains(byte))
    }))
}

fn end_of_tree_with(text: &str, opens: impl Fn(&[u8], usize) -> bool) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    let bytes = text.as_bytes();
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => return text.len(),
            byte if byte == b'"' || opens(bytes, at) => {
                at = end_of_string(bytes, at);
                continue;
            }
            b'[' | b'{' | b'(' => depth += 1,
            b']' | b'}' | b')' => {
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

/// Returns the end of a string that begins at that quote.
fn end_of_string(bytes: &[u8], begin: usize) -> usize {
    let mut is_escaped = false;
    for (at, byte) in bytes.iter().enumerate().skip(begin + 1) {
        match byte {
            byte if *byte == bytes[begin] && !is_escaped => return at + 1,
            _ => is_escaped = *byte == b'\\' && !is_escaped,
        }
    }
    bytes.len()
}

/// Returns the extent of a parameter's value.
pub(super) fn parameter_value(text: &str, at: usize) -> (usize, usize) {
    let rest = &text[at..];
    let begin = rest.len() - rest.trim_start_matches(['=', '>', '~']).len();
    let end = rest[begin..]
        .find(|letter: char| letter.is_whitespace() || matches!(letter, '&' | '"' | '\'' | '<' | '>' | '\\'));
    let mut end = at + end.map_or(rest.len(), |end| begin + end);
    // The line goes on behind a backslash.
    while text[end..].starts_with("\\\n") {
        end += 2 + text[end + 2..]
            .find('\n')
            .map_or(text.len() - end - 2, |line| line - usize::from(text[..end + 2 + line].ends_with('\\')));
    }
    (at + begin, end)
}

/// Tells whether the member of YAML with that name stands beside one that gives its name, in lines before and behind it.
pub(super) fn is_named_beside(text: &str, name: usize, names: impl Fn(&str, &str) -> bool) -> bool {
    let begin = memchr::memrchr(b'\n', &text.as_bytes()[..name]).map_or(0, |line| line + 1);
    let column = name - begin;
    let is_item = |line: &str| line.trim_start().starts_with("- ");
    let names_it = |line: &str| {
        let names = |value: &str| key_at(line, column).is_some_and(|(key, _)| names(key, value));
        let [begins, ends] = [0, line.len()].map(|at| line.as_ptr() as usize - text.as_ptr() as usize + at);
        // The text may have been cut within the name.
        let is_last = begins > name && ends == text.len();
        let is_cut = begins > name && line.contains(CUT) || is_last && (!line.contains(':') || names("token"));
        is_cut && line.len() > column || key_at(line, column).is_some_and(|(_, value)| names(value))
    };
    let belongs = |line: &&str| line.len() - line.trim_start_matches([' ', '\t', '-']).len() >= column;
    let before = text[..begin].trim_end_matches('\n').rsplit('\n').take(BESIDE_LINES).take_while(belongs);
    let after = text[begin..].split('\n').skip(1).take(BESIDE_LINES).take_while(|line| belongs(line) && !is_item(line));
    let is_first = is_item(&text[begin..]);
    let mut is_over = is_first;
    let mut before = before.take_while(|line| !std::mem::replace(&mut is_over, is_item(line)));
    (!is_first && before.any(names_it)) || after.into_iter().any(names_it)
}

/// Returns the key and the value of a line of YAML whose key begins at that column.
fn key_at(line: &str, column: usize) -> Option<(&str, &str)> {
    let key = line.trim_start_matches([' ', '\t', '-']);
    let (name, value) = key.split_once(':').filter(|_| line.len() - key.len() == column)?;
    Some((name.trim_matches(QUOTED), value.trim().trim_matches(QUOTED)))
}

/// The most lines before and behind a member that are looked at.
const BESIDE_LINES: usize = 8;

const QUOTED: [char; 2] = ['"', '\''];

/// Returns the extent of the rest of the line behind a separator, and of the lines that belong to it because they begin
/// further right than the name, up to the end of the string that the name stands in.
pub(super) fn line_value(text: &str, name: usize, at: usize) -> (usize, usize) {
    let bytes = text.as_bytes();
    let rest = &text[at..];
    let from = at + rest.len() - rest.trim_start_matches([' ', '\t', '=', '>']).len();
    let near = boundary(text, name.saturating_sub(LINE_BYTES));
    let begin = memchr::memrchr(b'\n', &bytes[near..name]).map_or(near, |line| near + line + 1);
    let around = string_around(&text[begin..name]);
    let is_end = |at: usize| match (bytes[at], around) {
        (b'\n' | b'\r', _) => true,
        (b'\\', None) => matches!(bytes.get(at + 1), Some(b'n' | b'r')),
        (b'\\', Some(_)) => matches!(
            bytes.get(at + 1 + bytes[at + 1..].iter().take_while(|byte| **byte == b'\\').count()),
            Some(b'n' | b'r')
        ),
        (byte, Some((quote, slashes))) => byte == quote && slashes_before(bytes, at) <= slashes,
        _ => false,
    };
    let end = (from..bytes.len()).find(|at| is_end(*at)).unwrap_or(bytes.len());
    if bytes.get(end).is_none_or(|byte| !matches!(byte, b'\n' | b'\r')) {
        let slashes =
            if end < bytes.len() && bytes[end] != b'\\' { slashes_before(bytes, end).min(end - from) } else { 0 };
        return (from, end - slashes);
    }
    let indent = indent_of(&text[begin..]);
    let (mut last, mut next) = (end, end);
    let is_empty = text[from..end].trim().is_empty();
    while next < text.len() {
        let line = text[next..].trim_start_matches(['\r', '\n']);
        let line_begin = text.len() - line.len();
        let line_end = line.find(['\r', '\n']).map_or(text.len(), |end| line_begin + end);
        let line = &text[line_begin..line_end];
        // The items of a list may begin where its name does.
        let is_item = is_empty
            && line.trim_start().starts_with("- ")
            && indent_of(line) == indent
            && !text[begin..].trim_start().starts_with("- ");
        if !line.trim().is_empty() {
            if indent_of(line) <= indent && !is_item {
                break;
            }
            last = line_end;
        }
        next = line_end;
    }
    (from, last)
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// Returns the quote of the string that is open at the end of a line, and the backslashes before it.
fn string_around(line: &str) -> Option<(u8, usize)> {
    let bytes = line.as_bytes();
    let quote = bytes.iter().rposition(|byte| b"\"'".contains(byte))?;
    let slashes = slashes_before(bytes, quote);
    let next = bytes.get(quote + 1);
    let is_word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let opens = next.is_none_or(|byte| !byte.is_ascii_whitespace() && !b",:}])".contains(byte))
        && !is_word(quote.checked_sub(slashes + 1).map(|before| &bytes[before]).filter(|_| bytes[quote] == b'\''))
        || bytes[..quote].ends_with(b"b");
    opens.then_some((bytes[quote], slashes))
}

/// Tells whether the value behind a separator is quoted.
pub(super) fn is_quote_at(text: &str, at: usize) -> bool {
    let from = value_begin(text, at);
    quote_in(text[from..].trim_start_matches('\\')).is_some()
}
