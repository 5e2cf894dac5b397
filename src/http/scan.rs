//! Credentials in texts, found by the names before them: in JSON that may be cut short, parameters and headers.

use std::borrow::Cow;
use std::cell::LazyCell;

use crate::http::beside::{Run, last_part};
use crate::http::elements::{beside_element, element};
use crate::http::extent::{
    LINE_BYTES, Quote, boundary, is_named_beside, is_quote_at, json_value, line_value, name_before, parameter_value,
};
use crate::http::groups::{Beside, Groups, item_before};
use crate::http::marked::{after_scheme, compared, part_of_form, user_of_url};
use crate::http::options::{after_option, of_user};
use crate::http::reading::{TIMES, decoded, other_readings};
use crate::http::shapes::{in_base64, shaped};
use crate::http::telling::{
    BLACK, OF_LOGIN, is_field_name, is_of_name, is_of_value, is_telling, is_telling_parameter, is_telling_word,
};

/// The most bytes of extents for each byte of a text, which may lie in each other. A text beyond it is black.
const COST: usize = 32;

/// The most bytes of all readings of a text for each of its bytes, and the least length that counts. A text that can be
/// read in more ways is black.
const READINGS: usize = 40;
const SHORT: usize = 100;

/// A part of a text that is not shown.
#[derive(Clone, Debug)]
struct Hidden {
    from: usize,
    end: usize,
    /// The place of the quote that stands around what is shown instead, so that JSON stays JSON.
    quote: (usize, usize),
}

/// Blacks out the values of telling names in a text that may be cut short anywhere: members of JSON, quoted or escaped,
/// parameters, lines of headers, elements, and users in URLs; also where they are encoded.
pub(super) fn scan(text: &str) -> Cow<'_, str> {
    shown(text, hidden(text))
}

/// Blacks out the credentials in a target: its query consists of parameters, whatever else it looks like.
pub(super) fn target(text: &str) -> Cow<'_, str> {
    let mut found = hidden(text);
    if let Some(query) = text.find('?') {
        found.extend(parameters_in(&text[query + 1..], query + 1));
    }
    shown(text, found)
}

/// Blacks out the credentials among parameters.
pub(super) fn parameters(query: &str) -> Cow<'_, str> {
    let mut found = hidden(query);
    found.extend(parameters_in(query, 0));
    shown(query, found)
}

fn parameters_in(query: &str, begin: usize) -> Vec<Hidden> {
    let pair = |part: &'_ str| {
        part.split_once('=').map(|(name, value)| (decoded(name).into_owned(), decoded(value).into_owned()))
    };
    let names_one = |(name, value): (String, String)| is_of_name(last_part(&name)) && is_telling_word(&value);
    let is_named = query.split('&').filter_map(pair).any(names_one);
    let secrets = query.split('&').filter_map(|part| {
        let (name, value) = part.split_once('=')?;
        let name = decoded(name);
        let is_secret = is_telling_parameter(&name) || (is_named && is_of_value(last_part(&name)));
        let from = begin + (value.as_ptr() as usize - query.as_ptr() as usize);
        (is_secret && !value.is_empty()).then_some(Hidden { from, end: from + value.len(), quote: (from, from) })
    });
    secrets.collect()
}

/// Returns a text without the hidden parts, which may lie in each other.
fn shown(text: &str, mut found: Vec<Hidden>) -> Cow<'_, str> {
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    found.sort_by_key(|hidden| (hidden.from, std::cmp::Reverse(hidden.end)));
    let (mut shown, mut done) = (String::new(), 0);
    for hidden in found {
        if hidden.end <= done {
            continue;
        }
        if hidden.from < done || done > 0 && hidden.from == done && shown.ends_with(BLACK) {
            done = hidden.end;
            continue;
        }
        shown += &text[done..hidden.from];
        let quote = &text[hidden.quote.0..hidden.quote.1];
        shown += &format!("{quote}{BLACK}{quote}");
        done = hidden.end;
    }
    shown += &text[done..];
    Cow::Owned(shown)
}

/// Finds what is not to be shown, in each reading of a text.
fn hidden(text: &str) -> Vec<Hidden> {
    let mut left = READINGS * text.len().max(SHORT);
    let found = hidden_in(text, TIMES, &mut left);
    if left == 0 { vec![Hidden { from: 0, end: text.len(), quote: (0, 0) }] } else { found }
}

/// Finds what is not to be shown in a text that may be decoded so often. `left` is how many bytes may still be read.
fn hidden_in(text: &str, times: usize, left: &mut usize) -> Vec<Hidden> {
    *left = left.saturating_sub(text.len());
    if *left == 0 {
        return Vec::new();
    }
    #[cfg(test)]
    STEPS.set(STEPS.get() + text.len());
    let mut finder = Finder { text, found: Vec::new(), cost: 0 };
    finder.find();
    let mut found = finder.found;
    let Some(times) = times.checked_sub(1) else { return found };
    other_readings(text, |reading| {
        found.extend(hidden_in(&reading.text, times, left).into_iter().map(|hidden| {
            let [from, end, quote, to] =
                [hidden.from, hidden.end, hidden.quote.0, hidden.quote.1].map(|at| reading.place(at));
            let is_same = text[quote..to] == reading.text[hidden.quote.0..hidden.quote.1];
            Hidden { from, end, quote: if is_same { (quote, to) } else { (from, from) } }
        }));
    });
    let encoded = in_base64(text).filter(|(_, _, plain)| !hidden_in(plain, times, left).is_empty());
    found.extend(encoded.map(|(from, end, _)| Hidden { from, end, quote: (from, from) }));
    found
}

/// A text by itself, and what was found in it.
struct Finder<'t> {
    text: &'t str,
    found: Vec<Hidden>,
    cost: usize,
}

impl Finder<'_> {
    fn find(&mut self) {
        let text = self.text;
        let is_login = OF_LOGIN.iter().any(|name| text.contains(name));
        let (mut attributes, mut parameters) = (None, None);
        // Most texts hold no value that another member could name.
        let groups = LazyCell::new(|| [true, false].map(|has_strings| Groups::of(text, has_strings)));
        shaped(text, |from, end| self.found.push(Hidden { from, end, quote: (from, from) }));
        for (at, byte) in text.bytes().enumerate().filter(|(_, byte)| b":=, >+\t".contains(byte)) {
            // The last of several operators, or of blanks, stands for all of them.
            let is_last =
                |next: &u8| !matches!((byte, next), (b':' | b'=', b':' | b'=' | b'~') | (b' ' | b'\t', b' ' | b'\t'));
            if !text.as_bytes().get(at + 1).is_none_or(is_last) {
                continue;
            }
            // Names within a value count, too: where the quotes do not pair, it may have ended before.
            match byte {
                b':' if text[at..].starts_with("://") => self.add(at, user_of_url(text, at + 3)),
                b':' => {
                    self.add(at, of_user(text, at));
                    let value = self.member(at, is_login, &groups);
                    self.add(at, value);
                }
                b'=' => {
                    let value = self.parameter(at, &mut attributes, &mut parameters);
                    self.add(at, value);
                }
                b',' => self.add(at, self.item(at, &groups)),
                b'>' => {
                    let named = || Run::hides(&mut attributes, text, at - 1, Run::of_attributes);
                    self.add(at, element(text, at, named));
                    beside_element(text, at).into_iter().for_each(|found| self.add(at, found));
                    let arrow = text[..at].strip_suffix('-').and_then(|before| name_before(text, before.len()));
                    if arrow.is_some_and(|(name, _)| is_telling(name)) {
                        self.add(at, Some(json_value(text, at + 1)));
                    }
                }
                _ => {
                    self.add(at, after_scheme(text, at));
                    self.add(at, after_option(text, at));
                    self.add(at, compared(text, at));
                }
            }
            if self.cost > COST * text.len().max(SHORT) {
                self.found.push(Hidden { from: at, end: text.len(), quote: (at, at) });
                return;
            }
        }
    }

    fn add(&mut self, at: usize, found: Option<(usize, usize)>) {
        let Some((from, end)) = found.filter(|(from, end)| from < end) else { return };
        self.cost += end - from;
        #[cfg(test)]
        STEPS.set(STEPS.get() + end - from);
        let quote = quote_of(self.text, at, from, end);
        self.found.push(Hidden { from, end, quote });
    }

    /// Returns the extent of the value behind a colon.
    fn member(
        &self,
        at: usize,
        is_login: bool,
        groups: &impl std::ops::Deref<Target = [Groups; 2]>,
    ) -> Option<(usize, usize)> {
        let text = self.text;
        let (name, quote) = name_before(text, at)?;
        if quote == Quote::Json {
            let is_secret = is_telling(name)
                || (is_telling_parameter(name) && (is_login || groups[0].beside(at) == Beside::Cut))
                || (is_of_value(name)
                    && match groups[0].beside(at) {
                        _ if groups[1].beside(at) == Beside::Telling => true,
                        Beside::Telling => true,
                        // The envelope of an API's answers can have this name, too.
                        Beside::Cut => !name.starts_with('$'),
                        Beside::Plain => false,
                    });
            return is_secret.then(|| json_value(text, at + 1));
        }
        let begin = name.as_ptr() as usize - text.as_ptr() as usize;
        if is_header(name) {
            return Some(line_value(text, begin, at + 1));
        }
        let before = text[..begin].trim_end_matches([' ', '\t']);
        let line = before.trim_end_matches(['-', '?', '>', '<', '*', ' ', '\t', '/', '!']);
        let begins_line = line.is_empty() || line.ends_with(['\n', '\r']);
        let names_secret = |name: &str, value: &str| is_of_name(name) && is_telling_word(value);
        if begins_line && is_of_value(name) && is_named_beside(text, begin, names_secret) {
            return Some(line_value(text, begin, at + 1));
        }
        // A path of a program has two colons: `Key::new`.
        if !is_telling(name) || text[..at].ends_with(':') {
            return None;
        }
        if is_quote_at(text, at + 1) {
            return Some(json_value(text, at + 1));
        }
        let next = text[at + 1..].chars().next();
        if begins_line && next.is_none_or(char::is_whitespace) {
            return Some(line_value(text, begin, at + 1));
        }
        let is_in_group = || line_of(before).contains(['{', '(', '[']);
        if before.ends_with(['{', '(', '[']) || (before.ends_with(',') && is_in_group()) {
            return Some(json_value(text, at + 1));
        }
        let is_word = next.is_some_and(|next| !next.is_whitespace() && !next.is_ascii_digit());
        (is_word && !name.contains(".json")).then(|| parameter_value(text, at + 1))
    }

    /// Returns the extent of the value behind an equals sign.
    fn parameter(
        &self,
        at: usize,
        attributes: &mut Option<Run>,
        parameters: &mut Option<Run>,
    ) -> Option<(usize, usize)> {
        let text = self.text;
        if text[..at].ends_with("name*") {
            return part_of_form(text, at);
        }
        let (name, quote) = name_before(text, at)?;
        if is_telling_parameter(&decoded(name)) {
            if is_quote_at(text, at + 1) || text[at + 1..].trim_start().starts_with(['{', '[']) {
                return Some(json_value(text, at + 1));
            }
            let begin = name.as_ptr() as usize - text.as_ptr() as usize;
            let is_spaced = text[at + 1..].trim_start_matches(['=', '>', '~']).starts_with([' ', '\t']);
            // A line of a file of settings or variables.
            if is_spaced || is_variable(text, begin, name) {
                return Some(line_value(text, begin, at + 1));
            }
            return Some(parameter_value(text, at + 1));
        }
        if name.eq_ignore_ascii_case("name")
            && let Some(part) = part_of_form(text, at)
        {
            return Some(part);
        }
        if quote == Quote::Json || !is_of_value(last_part(&decoded(name))) {
            return None;
        }
        if Run::hides(attributes, text, at, Run::of_attributes) {
            return Some(json_value(text, at + 1));
        }
        Run::hides(parameters, text, at, Run::of_parameters).then(|| parameter_value(text, at + 1))
    }

    /// Returns the extent of the item behind a comma, when the item before it names it.
    fn item(&self, at: usize, groups: &impl std::ops::Deref<Target = [Groups; 2]>) -> Option<(usize, usize)> {
        let text = self.text;
        if let Some(name) = item_before(text, at) {
            let begin = name.as_ptr() as usize - text.as_ptr() as usize;
            let before = text[..begin].trim_end_matches(['"', '\'', '\\']).trim_end();
            let is_named = groups[0].has_turn(at) || name.starts_with('-') || before.ends_with('(');
            return is_named.then(|| item_behind(text, at)).flatten();
        }
        // An argument that a function compares with the next one.
        let (name, _) = name_before(text, at).filter(|(name, _)| is_telling(name))?;
        (text[..at].trim_end().strip_suffix(name)?.ends_with('(') && is_quote_at(text, at + 1))
            .then(|| json_value(text, at + 1))
    }
}

/// Returns the extent of an item of an array, unless that is the name of a field itself.
fn item_behind(text: &str, comma: usize) -> Option<(usize, usize)> {
    let (from, to) = json_value(text, comma + 1);
    let value = text[from..to].trim_matches(['"', '\'', '\\']);
    let is_field = to < text.len() && is_field_name(value);
    (!is_field).then_some((from, to))
}

/// Returns the line that ends with a text, or the last part of a long one.
fn line_of(text: &str) -> &str {
    let near = &text[boundary(text, text.len().saturating_sub(LINE_BYTES))..];
    near.rsplit('\n').next().unwrap_or(near)
}

/// Tells whether a line begins with the name of a variable of the environment.
fn is_variable(text: &str, begin: usize, name: &str) -> bool {
    let before = text[..begin].trim_end_matches([' ', '\t']);
    let before = before.strip_suffix("export").or_else(|| before.strip_suffix("set")).unwrap_or(before);
    let is_upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    name.bytes().all(is_upper) && (before.is_empty() || before.trim_end_matches([' ', '\t']).ends_with(['\n', '\r']))
}

/// Returns the place of the quote for a value at that extent: its own, or for a JSON member the quote of its name.
fn quote_of(text: &str, at: usize, from: usize, end: usize) -> (usize, usize) {
    let value = &text[from..end];
    let slashes = value.len() - value.trim_start_matches('\\').len();
    if value[slashes..].starts_with(['"', '\'']) {
        return (from, from + slashes + 1);
    }
    match name_before(text, at) {
        Some((_, Quote::Json)) if b":=".contains(&text.as_bytes()[at]) => closing_quote(text, at),
        _ => (from, from),
    }
}

/// Returns the place of the quote that closes the name before a separator.
fn closing_quote(text: &str, at: usize) -> (usize, usize) {
    let before = text[..at].trim_end();
    if !before.ends_with(['"', '\'']) {
        return (at, at);
    }
    let slashes = before[..before.len() - 1].len() - before[..before.len() - 1].trim_end_matches('\\').len();
    (before.len() - 1 - slashes, before.len())
}

/// Tells whether a name is that of a header that holds credentials: prose has colons behind words, too.
fn is_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(name.as_str(), "authorization" | "cookie") || (name.contains(['-', '_']) && is_telling(&name))
}

#[cfg(test)]
thread_local! {
    /// The bytes of readings and of extents.
    static STEPS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

#[cfg(test)]
mod tests {
    use super::{STEPS, scan};

    #[test]
    fn values_in_values_and_readings_of_readings_take_a_bounded_number_of_steps() {
        for unit in [
            r#""password":{"#,
            r#""password":[("#,
            "<token>",
            "a-key: ",
            "'password':'it ",
            "-----BEGIN PRIVATE KEY ",
            "<value>x</value><name>password</name>",
            r#"\\u005c"%2525257B&amp;amp;quot;"#,
            "%255C%2522token%253D",
            "eyJwYXNzd29yZCI6ImEi",
            "Content-Disposition: form-data; name=\"password\"\n\n",
        ] {
            let text = unit.repeat(40_000 / unit.len());
            STEPS.set(0);
            let _ = scan(&text);
            assert!(STEPS.get() <= 100 * text.len(), "{unit}: {} steps", STEPS.get() / text.len());
        }
    }

    #[test]
    fn a_text_beyond_the_bound_is_black() {
        let many = "a-key: ".repeat(2_000) + "\nseen";
        assert!(!scan(&many).contains("seen"), "{}", scan(&many).len());
    }
}
