//! Objects and arrays in texts that may be cut anywhere, and the values in them that another member or item names.

use std::collections::VecDeque;

use crate::http::beside::{CLIPPED, Found};
use crate::http::extent::{Quote, is_quote_at, name_before};
#[cfg(test)]
use crate::http::strings::STEPS;
use crate::http::strings::{Strings, begins_item};
use crate::http::telling::{is_of_name, is_of_value, is_surely_of_name, is_telling_parameter, is_telling_word};

/// The most groups in each other. Of more, the outer ones are taken for cut. No walk of JSON takes as many.
const DEPTH: usize = 128;

/// The members beside a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    /// One of them says that the value has a telling name.
    Telling,
    /// None does, and none is missing.
    Plain,
    /// None does so far: the text is cut within the object.
    Cut,
}

/// The values of a text that stand in groups, which are objects and arrays.
pub(super) struct Groups {
    /// The colons and commas before the values, and the place of each one's group.
    values: Vec<(usize, usize)>,
    read: Vec<(Beside, bool)>,
}

impl Groups {
    /// Reads the groups of a text, forward and once. Where `has_strings` is false, all brackets count, as if none stood in
    /// a string: quotes may not pair.
    pub(super) fn of(text: &str, has_strings: bool) -> Self {
        let groups = Self { values: Vec::new(), read: Vec::new() };
        let open = VecDeque::from([Group::default()]);
        let mut walk = Walk { text, has_strings, strings: Strings::default(), open, groups };
        for (at, byte) in text.bytes().enumerate() {
            #[cfg(test)]
            STEPS.set(STEPS.get() + 1);
            walk.pass(at, byte);
        }
        while let Some(group) = walk.open.pop_back() {
            walk.groups.end(&group, None);
        }
        walk.groups
    }

    /// Tells what the members beside the value behind that colon say of its name.
    pub(super) fn beside(&self, colon: usize) -> Beside {
        self.at(colon).map_or(Beside::Plain, |(beside, _)| beside)
    }

    /// Tells whether names and values stand by turns in an array, and a value stands behind that comma.
    pub(super) fn has_turn(&self, comma: usize) -> bool {
        self.at(comma).is_some_and(|(_, has_turns)| has_turns)
    }

    fn at(&self, at: usize) -> Option<(Beside, bool)> {
        let value = self.values.binary_search_by_key(&at, |(at, _)| *at).ok()?;
        Some(self.read[self.values[value].1])
    }

    /// Adds a value of a group.
    fn add(&mut self, at: usize, group: &mut Group) {
        let place = *group.place.get_or_insert(self.read.len());
        if place == self.read.len() {
            self.read.push((Beside::Cut, false));
        }
        self.values.push((at, place));
    }

    /// Ends a group at a bracket, or where no bracket ends it.
    fn end(&mut self, group: &Group, bracket: Option<u8>) {
        let Some(place) = group.place else { return };
        let is_whole = bracket.is_some() && bracket == group.ended_by() && !group.is_clipped;
        let beside = match group.found {
            Found { is_telling: true, .. } => Beside::Telling,
            Found { is_other: true, .. } => Beside::Plain,
            _ if is_whole => Beside::Plain,
            _ => Beside::Cut,
        };
        let has_turns = match group.begin {
            Some(b'[') => !is_whole || group.commas % 2 == 1,
            Some(_) => false,
            None => bracket == Some(b']'),
        };
        self.read[place] = (beside, has_turns);
    }
}

/// An object or array that is open, or the text outside all of them, which may begin within one.
#[derive(Default)]
struct Group {
    begin: Option<u8>,
    /// The strings around it.
    depth: usize,
    commas: usize,
    found: Found,
    is_clipped: bool,
    place: Option<usize>,
}

impl Group {
    fn ended_by(&self) -> Option<u8> {
        self.begin.map(|bracket| if bracket == b'[' { b']' } else { b'}' })
    }
}

/// A place that goes forward in a text, and all that is open there. The first group is the one without a bracket.
struct Walk<'t> {
    text: &'t str,
    has_strings: bool,
    strings: Strings,
    open: VecDeque<Group>,
    groups: Groups,
}

impl Walk<'_> {
    fn pass(&mut self, at: usize, byte: u8) {
        match byte {
            b'"' | b'\'' if self.has_strings => self.quote(at),
            b'{' | b'[' => self.begin(byte),
            b'}' | b']' => self.end(byte),
            b':' => self.member(at),
            b',' => self.item(at),
            0xe2 if self.text.as_bytes()[at..].starts_with(CLIPPED.as_bytes()) => {
                let open = self.open.iter_mut().rev().take_while(|group| !group.is_clipped);
                open.for_each(|group| group.is_clipped = true);
            }
            _ => {}
        }
    }

    fn quote(&mut self, at: usize) {
        self.strings.pass(self.text.as_bytes(), at);
        while let Some(group) = self.last_if(|group, depth| group.depth > depth) {
            self.groups.end(&group, None);
            // The quote may be one of prose, and the group may go on.
            if let Some(around) = self.open.back_mut() {
                around.found.is_telling |= group.found.is_telling;
            }
        }
    }

    fn begin(&mut self, bracket: u8) {
        if self.open.len() > DEPTH
            && let Some(outer) = self.open.remove(1)
        {
            self.groups.end(&outer, None);
        }
        let depth = self.strings.depth();
        self.open.push_back(Group { begin: Some(bracket), depth, ..Group::default() });
    }

    fn end(&mut self, bracket: u8) {
        // Another bracket stands in a string.
        let Some(group) = self.last_if(|group, depth| group.depth == depth) else { return };
        self.groups.end(&group, Some(bracket));
        if self.open.is_empty() {
            self.open.push_back(Group::default());
        }
    }

    fn last_if(&mut self, is_over: fn(&Group, usize) -> bool) -> Option<Group> {
        let is_over = self.open.back().is_some_and(|group| is_over(group, self.strings.depth()));
        if is_over { self.open.pop_back() } else { None }
    }

    fn member(&mut self, colon: usize) {
        let Some((name, Quote::Json)) = name_before(self.text, colon) else { return };
        let Some(group) = self.open.back_mut() else { return };
        if is_of_name(name) {
            let mut found = Found::default();
            found.add_member(self.text, colon);
            group.found.is_telling |= found.is_telling;
            // A name in a string, or behind a cut, says nothing certain.
            group.found.is_other |=
                found.is_other && is_surely_of_name(name) && group.depth == self.strings.depth() && !group.is_clipped;
        }
        if (is_of_value(name) || is_telling_parameter(name)) && (group.begin.is_some() || is_member(self.text, colon)) {
            self.groups.add(colon, group);
        }
    }

    fn item(&mut self, comma: usize) {
        let Some(group) = self.open.back_mut().filter(|group| group.depth == self.strings.depth()) else { return };
        group.commas += 1;
        let may_be_turn = group.begin.is_none() || (group.begin == Some(b'[') && group.commas % 2 == 1);
        if may_be_turn && item_before(self.text, comma).is_some() {
            self.groups.add(comma, group);
        }
    }
}

/// Returns the item before a comma, when it is a telling name.
pub(super) fn item_before(text: &str, comma: usize) -> Option<&str> {
    let (name, quote) = name_before(text, comma)?;
    (quote == Quote::Json && is_telling_word(name)).then_some(name)
}

/// Tells whether a name in quotes is that of a member, and no word of prose.
fn is_member(text: &str, colon: usize) -> bool {
    let Some((name, _)) = name_before(text, colon) else { return false };
    let begin = name.as_ptr() as usize - text.as_ptr() as usize;
    let before = text[..begin].trim_end_matches(['"', '\'']).trim_end_matches('\\');
    let is_sure = !before.trim_ascii().is_empty() || text[colon + 1..].starts_with(['"', '\'', '\\']);
    is_sure && is_quote_at(text, colon + 1) && begins_item(before.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::redact::Redactor;

    /// Pairs of a name and a value with a bracket in a string between them, each in any text around it.
    const PAIRS: &[&str] = &[
        r#"{"name":"password","note":"a } b","value":"HUSHx"}"#,
        r#"{"value":"HUSHx","note":"a } b","name":"password"}"#,
        r#"{"name":"password","note":"} b","value":"HUSHx"}"#,
        r#"{ "value": "HUSHx", "note": "a ]}", "name": "password" }"#,
        r#"{"value":["HUSHx"],"note":"a [\"}\", b","name":"password"}"#,
        r#"{"name":"password","a":{"b":["x ] }"]},"note":"\\","more":"}","value":"HUSHx"}"#,
        r#"{"name":"password","note":"a {\"name\":\"flow\"} } b","value":"HUSHx"}"#,
        r#"{"value":"HUSHx","note":"\"name\":\"flow\",","name":"password"}"#,
        r#"{"name":"password","note":"it's } x","value":"HUSHx"}"#,
        r#"{"name":"password","note":"x, 'y } z","more":"}","value":"HUSHx"}"#,
        r#"["a","b ] c","password","HUSHx"]"#,
        r#"["a, b","c } d","password","HUSHx","e","f]"]"#,
        r#"["a","b\"\"c\"::d?:'e","password","HUSHx"]"#,
        r#"{"code":"HUSHx","note":"a } b","client_id":"c"}"#,
        "{'name': 'password', 'note': 'a } b', 'value': 'HUSHx'}",
        "{'value': 'HUSHx', 'note': \"} it's ]\", 'name': 'password'}",
        "{\n  \"name\": \"password\",\n  \"note\": \"a } b\",\n  \"value\": \"HUSHx\"\n}",
    ];

    fn shown(text: &str) -> String {
        Redactor::default().text(text).into_owned()
    }

    /// Returns a text within JSON strings, and percent-encoded as programs do it.
    fn in_other_texts(text: &str) -> Vec<String> {
        let in_string = serde_json::json!({ "message": text, "n": 1 }).to_string();
        let encode =
            |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
        let like_browsers = encode(text).replace("%27", "'").replace("%2C", ",");
        let in_strings = serde_json::json!({ "why": in_string }).to_string();
        let url = format!("https://h/?q={}", encode(text));
        let twice = serde_json::json!({ "to": format!("https://h/?q={}", encode(&url)) }).to_string();
        let query = ["/v1/x?q=", "&n=1"];
        let form: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        [text.to_owned(), in_string, in_strings, twice]
            .into_iter()
            .chain([encode(text), like_browsers, form].map(|encoded| query.join(&encoded)))
            .collect()
    }

    #[test]
    fn a_bracket_in_a_string_parts_no_value_from_its_name() {
        let around = ["", "said: ", "it's 5\" wide: ", "\"a\" and {\"b\": ", "} ] ", "see \"", "'"];
        let mut leaks = Vec::new();
        for text in PAIRS.iter().flat_map(|pair| in_other_texts(pair)) {
            for before in around {
                let text = format!("{before}{text} and more");
                let step = if before.is_empty() { 5 } else { 97 };
                let ends = text.char_indices().map(|(at, _)| at).rev().step_by(step);
                leaks.extend(ends.map(|end| shown(&text[..end])).filter(|shown| shown.contains('H')));
            }
        }
        assert!(leaks.is_empty(), "{} {:#?}", leaks.len(), &leaks[..leaks.len().min(20)]);
    }

    #[test]
    fn a_text_that_begins_within_a_string_shows_no_value_that_lacks_its_name() {
        for text in [
            r#"s } x","value":"HUSHx"}"#,
            r#"s","value":"HUSHx","a":"b"#,
            r#", "value": "HUSHx", "a": "b"}"#,
            r#""value":"HUSHx"}"#,
            r#"s { x","value":"HUSHx","name":"password"}"#,
            r#"s ] x\",\"value\":\"HUSHx\"}" and more"#,
            r#"s","token","HUSHx"]"#,
        ] {
            assert!(!shown(text).contains('H'), "{text} is shown as {}", shown(text));
        }
    }

    #[test]
    fn what_another_member_does_not_name_is_shown() {
        for text in [
            r#"said {"name":"flow","note":"a } b","value":"seen"} and more"#,
            r#"said {"value":"seen","note":"a } b { [","name":"flow"} and more"#,
            r#""value": "seen" is none"#,
            r#"the name "value": "seen" is none"#,
            r#"said {"note":"{\"name\":\"password\"}","value":"seen"} and more"#,
        ] {
            assert_eq!(shown(text), text);
        }
    }

    #[test]
    fn a_long_text_is_looked_at_a_bounded_number_of_times() {
        let deep = [r#"{"value":1,"#.repeat(DEPTH), "}".repeat(DEPTH)].concat();
        let slashes = format!(r#""value":{}"x","#, "\\".repeat(999));
        for unit in [
            r#""value":"x","#,
            r#"{"value":"x"},"#,
            r#"{"value":"x","#,
            r#""name":"q","value":"p","#,
            r#"{"value":1,"value":{},"#,
            r#"["token",["token","#,
            r#""token","#,
            r#"{"value":1,{},"#,
            r#"{"value":1,"{'["#,
            r#""value":"\n  \n"\n  \n"#,
            "\"value\":   \"   \n   '",
            "{\"value\":1,… (",
            &deep,
            &slashes,
        ] {
            for length in [5_000, 50_000] {
                let text = unit.repeat(length / unit.len());
                for text in [text.clone(), format!("{{{text}"), format!("[{text}"), format!("{text}\"{text}")] {
                    STEPS.set(0);
                    let _ = Redactor::default().text(&text);
                    assert!(STEPS.get() <= 12 * text.len(), "{unit}: {} steps", STEPS.get());
                }
            }
        }
    }
}
