//! The positions of the values in a JSON text: the text is read once, however many positions a caller needs.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;

use crate::http::position::{PathSegment, Position, unmarked};

/// The distance, in bytes, between two places up to which the characters of a text are counted.
const SAMPLE: usize = 1_024;

/// The positions of all values of a text, which is read when a caller needs the first.
#[derive(Debug)]
pub(crate) struct Positions<'t> {
    text: &'t str,
    index: OnceCell<Index<'t>>,
}

#[derive(Debug)]
struct Index<'t> {
    nodes: Vec<Node<'t>>,
    /// The offsets at which lines begin.
    lines: Vec<usize>,
    /// The numbers of characters that begin before every [`SAMPLE`]-th byte.
    characters: Vec<usize>,
}

#[derive(Debug)]
struct Node<'t> {
    start: usize,
    inner: Inner<'t>,
}

#[derive(Debug)]
enum Inner<'t> {
    Scalar,
    Array(Vec<usize>),
    /// Of a key that stands twice, the last value.
    Object(HashMap<Cow<'t, str>, usize>),
}

impl<'t> Positions<'t> {
    /// Returns the positions in a text, which must be JSON.
    pub(crate) fn of(text: &'t str) -> Self {
        Self { text: unmarked(text), index: OnceCell::new() }
    }

    /// Returns the position of the value at a path; for a missing member, the position of the object that should have
    /// it.
    pub(crate) fn at(&self, path: &[PathSegment]) -> Position {
        let index = self.index.get_or_init(|| Index::of(self.text));
        let mut node = index.nodes.len().checked_sub(1);
        for segment in path {
            let next = match (node.map(|node| &index.nodes[node].inner), segment) {
                (Some(Inner::Array(items)), PathSegment::Item(n)) => items.get(*n),
                (Some(Inner::Object(members)), PathSegment::Key(key)) => members.get(key.as_str()),
                _ => None,
            };
            match next {
                Some(next) => node = Some(*next),
                None => break,
            }
        }
        index.position(self.text.as_bytes(), node.map_or(0, |node| index.nodes[node].start))
    }
}

impl<'t> Index<'t> {
    fn of(text: &'t str) -> Self {
        let mut scan = Scan { text, at: 0, nodes: Vec::new() };
        scan.value();
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0).chain(breaks.map(|(offset, _)| offset + 1)).collect();
        let mut characters = Vec::with_capacity(text.len() / SAMPLE + 1);
        let mut count = 0;
        for chunk in text.as_bytes().chunks(SAMPLE) {
            characters.push(count);
            count += begun(chunk);
        }
        Self { nodes: scan.nodes, lines, characters }
    }

    /// Returns the line and column of an offset.
    fn position(&self, text: &[u8], offset: usize) -> Position {
        let line = self.lines.partition_point(|start| *start <= offset);
        let column = self.characters_before(text, offset) - self.characters_before(text, self.lines[line - 1]) + 1;
        Position { line, column }
    }

    /// Returns the number of characters that begin before an offset.
    fn characters_before(&self, text: &[u8], offset: usize) -> usize {
        let sample = offset / SAMPLE;
        let Some(known) = self.characters.get(sample) else { return begun(text) };
        known + begun(&text[sample * SAMPLE..offset])
    }
}

/// Returns the number of characters that begin in these bytes.
fn begun(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xC0) != 0x80).count()
}

/// A reader of a text that is known to be JSON. In its list, a container stands behind its values.
struct Scan<'t> {
    text: &'t str,
    at: usize,
    nodes: Vec<Node<'t>>,
}

impl<'t> Scan<'t> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Reads a value, and returns its place among the nodes.
    fn value(&mut self) -> usize {
        self.skip_space();
        let start = self.at;
        let inner = match self.peek() {
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'"') => {
                self.string();
                Inner::Scalar
            }
            _ => {
                while self.peek().is_some_and(|byte| !byte.is_ascii_whitespace() && !b",]}".contains(&byte)) {
                    self.at += 1;
                }
                Inner::Scalar
            }
        };
        self.nodes.push(Node { start, inner });
        self.nodes.len() - 1
    }

    fn array(&mut self) -> Inner<'t> {
        let mut items = Vec::new();
        while self.goes_on(b']') {
            items.push(self.value());
        }
        Inner::Array(items)
    }

    fn object(&mut self) -> Inner<'t> {
        let mut members = HashMap::new();
        while self.goes_on(b'}') {
            let key = self.string();
            self.skip_space();
            // Passes the colon.
            self.at += 1;
            let value = self.value();
            members.insert(key, value);
        }
        Inner::Object(members)
    }

    /// Passes the opening bracket or the comma, and tells whether a value follows.
    fn goes_on(&mut self, end: u8) -> bool {
        self.skip_space();
        let is_end = |scan: &Self| scan.peek().is_none_or(|byte| byte == end);
        if !is_end(self) {
            self.at += 1;
            self.skip_space();
        }
        let ends = is_end(self);
        if ends {
            self.at += 1;
        }
        !ends
    }

    fn string(&mut self) -> Cow<'t, str> {
        let start = self.at;
        self.at += 1;
        let mut is_escaped = false;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => break,
                b'\\' => {
                    is_escaped = true;
                    self.at += 2;
                }
                _ => self.at += 1,
            }
        }
        self.at += 1;
        let written = self.text.get(start..self.at).unwrap_or_default();
        match serde_json::from_str(written) {
            Ok(text) if is_escaped => Cow::Owned(text),
            _ => Cow::Borrowed(written.trim_matches('"')),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[\n  {\"a\": 1},\n  {\"é\": {\"b\": [10, 20]}, \"x\\n\\\"\": 3, \"\": []}\n]";

    #[test]
    fn everything_knows_its_place() {
        let positions = Positions::of(TEXT);
        let at = |path: &[PathSegment]| (positions.at(path).line, positions.at(path).column);
        assert_eq!(at(&[]), (1, 1));
        assert_eq!(at(&[0.into(), "a".into()]), (2, 9));
        assert_eq!(at(&[1.into(), "é".into(), "b".into(), 1.into()]), (3, 20));
        assert_eq!(at(&[1.into(), "x\n\"".into()]), (3, 35));
        assert_eq!(at(&[1.into(), "".into()]), (3, 42));
        assert_eq!(at(&[0.into(), "missing".into()]), (2, 3), "a missing member is at its object");
        assert_eq!(at(&[7.into()]), (1, 1));
    }

    #[test]
    fn of_a_key_that_stands_twice_the_last_place_counts() {
        let positions = Positions::of("\u{feff}{\"a\": 1, \"a\" : 2}");
        assert_eq!(positions.at(&["a".into()]), Position { line: 1, column: 16 });
    }

    #[test]
    fn columns_of_long_lines_are_in_characters() {
        let text = format!("{{\"long\": \"{}\", \"b\": [1,\n2]}}", "é".repeat(5_000));
        let positions = Positions::of(&text);
        assert_eq!(positions.at(&["b".into(), 0.into()]), Position { line: 1, column: 5_020 });
        assert_eq!(positions.at(&["b".into(), 1.into()]), Position { line: 2, column: 1 });
    }
}
