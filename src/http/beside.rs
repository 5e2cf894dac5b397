//! Values in texts that another member, item or attribute beside them names.

use crate::http::clip::CUT;
use crate::http::encoded::decoded;
use crate::http::extent::{Quote, json_value, name_before};
use crate::http::telling::{is_field_name, is_of_name, is_telling_word};

/// The bytes behind a value among which its name is looked for.
const NEAR: usize = 1_000;

/// The most groups in each other that are told apart. No reader of JSON takes as many.
const DEPTH: usize = 128;

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

/// The objects and arrays around a place that goes forward in a text. Each byte is looked at once for each group that it
/// is near to, and not once for each value.
#[derive(Default)]
pub(super) struct Groups {
    open: Vec<Group>,
    deeper: usize,
}

/// An object or array that is open.
#[derive(Default)]
struct Group {
    begin: usize,
    is_array: bool,
    /// The commas so far.
    commas: usize,
    found: Found,
    /// The part behind the place that was last looked at.
    ahead: Option<Ahead>,
}

/// The part of a group ahead.
struct Ahead {
    to: usize,
    depth: usize,
    commas: usize,
    is_whole: bool,
    is_clipped: bool,
}

impl Groups {
    /// Follows a bracket or comma.
    pub(super) fn pass(&mut self, at: usize, byte: u8) {
        match byte {
            b'{' | b'[' if self.open.len() < DEPTH => {
                self.open.push(Group { begin: at, is_array: byte == b'[', ..Group::default() });
            }
            b'{' | b'[' => self.deeper += 1,
            b'}' | b']' if self.deeper > 0 => self.deeper -= 1,
            b'}' | b']' => drop(self.open.pop()),
            _ => {
                if let Some(group) = self.open.last_mut().filter(|_| self.deeper == 0) {
                    group.commas += 1;
                }
            }
        }
    }

    /// Notes the name that a member says for the values beside it.
    pub(super) fn note_name(&mut self, text: &str, colon: usize) {
        if let Some(group) = self.open.last_mut().filter(|_| self.deeper == 0) {
            group.found.add_member(text, colon);
        }
    }

    /// Tells what the members beside the value behind that colon say of its name.
    pub(super) fn beside(&mut self, text: &str, at: usize) -> Beside {
        if self.deeper > 0 {
            return Beside::Cut;
        }
        let Some(group) = self.open.last_mut() else { return Beside::Plain };
        let is_whole = group.look_ahead(text, at).is_whole;
        match group.found {
            Found { is_telling: true, .. } => Beside::Telling,
            Found { is_other: true, .. } => Beside::Plain,
            _ if is_whole && !is_clipped(&text.as_bytes()[group.begin..at]) => Beside::Plain,
            _ => Beside::Cut,
        }
    }

    /// Returns the extent of an item of an array, when the one before that comma is a telling name: names and values stand
    /// by turns. An item that is the name of a field itself is no value.
    pub(super) fn after_name(&mut self, text: &str, at: usize) -> Option<(usize, usize)> {
        let group = self.open.last_mut().filter(|group| self.deeper == 0 && group.is_array)?;
        // This comma is counted.
        let is_name = group.commas % 2 == 1;
        let (name, quote) = name_before(text, at).filter(|_| is_name)?;
        if quote != Quote::Json || !is_telling_word(name) {
            return None;
        }
        let ahead = group.look_ahead(text, at + 1);
        let has_turns = !ahead.is_whole || ahead.commas % 2 == 1;
        let (from, to) = json_value(text, at + 1);
        let value = text[from..to].trim_matches(['"', '\'', '\\']);
        let is_field = to < text.len() && is_field_name(value);
        (has_turns && !is_field).then_some((from, to))
    }
}

impl Group {
    /// Looks at what lies behind a place, as far as that was not done.
    fn look_ahead(&mut self, text: &str, at: usize) -> &Ahead {
        let bytes = text.as_bytes();
        let ahead = self.ahead.get_or_insert(Ahead {
            to: at,
            depth: 0,
            commas: self.commas,
            is_whole: false,
            is_clipped: false,
        });
        if ahead.to > at + NEAR / 2 {
            return ahead;
        }
        let end = (at + NEAR).min(bytes.len());
        while ahead.to < end && !ahead.is_whole && !ahead.is_clipped {
            #[cfg(test)]
            STEPS.set(STEPS.get() + 1);
            match bytes[ahead.to] {
                b'{' | b'[' => ahead.depth += 1,
                b'}' | b']' if ahead.depth == 0 => ahead.is_whole = true,
                b'}' | b']' => ahead.depth -= 1,
                b',' if ahead.depth == 0 => ahead.commas += 1,
                b':' if ahead.depth == 0 => self.found.add_member(text, ahead.to),
                0xe2 => ahead.is_clipped = bytes[ahead.to..].starts_with(CLIPPED.as_bytes()),
                _ => {}
            }
            ahead.to += 1;
        }
        ahead
    }
}

#[cfg(test)]
thread_local! {
    /// The bytes that were looked at ahead.
    static STEPS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

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
#[derive(Clone, Copy, Default)]
struct Found {
    is_telling: bool,
    is_other: bool,
    is_cut: bool,
}

impl Found {
    /// Adds the value of a member that holds a name.
    fn add_member(&mut self, text: &str, colon: usize) {
        if !name_before(text, colon).is_some_and(|(name, quote)| quote == Quote::Json && is_of_name(name)) {
            return;
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::redact::Redactor;

    #[test]
    fn a_long_text_is_looked_at_a_bounded_number_of_times() {
        for (unit, most) in [
            (r#""value":"x","#, 3),
            (r#"{"value":"x"},"#, 3),
            (r#"{"value":"x","#, 3),
            (r#""name":"q","value":"p","#, 3),
            (r#"{"value":1,"value":{},"#, 3),
            (r#"["token",["token","#, 3),
            (r#""token","#, 3),
            (r#"{"value":1,{},"#, 3),
        ] {
            for length in [10_000, 100_000] {
                let text = unit.repeat(length / unit.len());
                for text in [text.clone(), format!("{{{text}"), format!("[{text}")] {
                    STEPS.set(0);
                    let _ = Redactor::default().text(&text);
                    let groups = DEPTH * 2 * NEAR;
                    assert!(STEPS.get() <= most * text.len() + groups, "{unit}: {} steps", STEPS.get());
                }
            }
        }
        // Groups that end and begin again look as far ahead each time: not further than that.
        let text = [r#"{"value":1,"#.repeat(DEPTH), "}".repeat(DEPTH)].concat().repeat(60);
        STEPS.set(0);
        let _ = Redactor::default().text(&text);
        assert!(STEPS.get() <= NEAR / 10 * text.len(), "{} steps", STEPS.get());
    }
}
