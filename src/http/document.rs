//! Files people write: read strictly, and with the place of everything in them.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::http::positions::Positions;
use crate::http::tree::TreeLimits;

/// A place in a text, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

/// One step into a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathSegment {
    /// Into the member of that name.
    Key(String),
    /// Into the n-th element, from 0.
    Item(usize),
}

impl From<&str> for PathSegment {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for PathSegment {
    fn from(item: usize) -> Self {
        Self::Item(item)
    }
}

/// A path into a document as messages show it: `faults[0].on`.
pub fn show(path: &[PathSegment]) -> String {
    let mut shown = String::new();
    for step in path {
        match step {
            PathSegment::Item(n) => shown += &format!("[{n}]"),
            PathSegment::Key(key) if shown.is_empty() => shown.push_str(key),
            PathSegment::Key(key) => shown += &format!(".{key}"),
        }
    }
    shown
}

/// A text that is not JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxFault {
    /// Where.
    pub place: Position,
    /// What was expected.
    pub reason: String,
}

/// The text of a file, or the place where it stops being one.
pub fn text(bytes: Vec<u8>) -> Result<String, SyntaxFault> {
    String::from_utf8(bytes).map_err(|error| {
        let (good, rest) = error.as_bytes().split_at(error.utf8_error().valid_up_to());
        let place = behind(unmarked(&String::from_utf8_lossy(good)));
        SyntaxFault { place, reason: format!("it is not UTF-8, because of the byte 0x{:02X} here", rest[0]) }
    })
}

/// A text without the mark that some editors put before it.
pub(super) fn unmarked(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The place of the byte at that offset.
pub fn place_at(text: &[u8], offset: usize) -> Position {
    behind(unmarked(&String::from_utf8_lossy(&text[..offset])))
}

/// The place behind this beginning of a text.
fn behind(before: &str) -> Position {
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    Position { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
}

/// A document, and the paths of keys that stand twice in one object (the second place of each).
pub struct Parsed {
    /// The document; of a key that stands twice, the last value.
    pub value: Value,
    /// The keys that stand twice.
    pub duplicates: Vec<Vec<PathSegment>>,
}

/// Reads a document.
pub fn parse(text: &str) -> Result<Parsed, SyntaxFault> {
    let text = unmarked(text);
    TreeLimits::FILE.check(text.as_bytes())?;
    let mut reader = Reader { path: Vec::new(), duplicates: Vec::new() };
    let mut source = serde_json::Deserializer::from_str(text);
    let value = ValueSeed(&mut reader).deserialize(&mut source).and_then(|value| source.end().map(|()| value));
    match value {
        Ok(value) => Ok(Parsed { value, duplicates: reader.duplicates }),
        Err(error) => Err(SyntaxFault::of(text.as_bytes(), &error).explained(text)),
    }
}

impl SyntaxFault {
    /// What `serde_json` says of a text. It counts bytes, and a line break as the start of the next line.
    pub fn of(text: &[u8], error: &serde_json::Error) -> Self {
        let is_break = error.column() == 0 && error.line() > 1 && !error.is_eof();
        let line = if is_break { error.line() - 1 } else { error.line().max(1) };
        let bytes = text.split(|byte| *byte == b'\n').nth(line - 1).unwrap_or_default();
        let before = if is_break { bytes } else { &bytes[..bytes.len().min(error.column().saturating_sub(1))] };
        let column = String::from_utf8_lossy(before).chars().count() + 1;
        let said = error.to_string();
        let reason = said.split(" at line ").next().unwrap_or(&said).to_owned();
        Self { place: Position { line, column }, reason }
    }

    /// Says so where a person wrote what other formats take: comments, or YAML.
    fn explained(self, text: &str) -> Self {
        let line = text.lines().nth(self.place.line - 1).unwrap_or_default();
        let rest: String = line.chars().skip(self.place.column - 1).collect();
        let start = text.trim_start();
        let reason = if ["//", "/*", "#"].iter().any(|mark| rest.starts_with(mark)) {
            "JSON has no comments: take this one out, or say it in \"about\""
        } else if start.starts_with("---") || start.starts_with("- ") || start.starts_with(char::is_alphabetic) {
            "this looks like YAML, which is not read: write it as JSON"
        } else {
            return self;
        };
        Self { reason: reason.to_owned(), ..self }
    }
}

/// Where the value at a path begins; of a missing member, where the object begins it should be in. The text must be
/// JSON. Of a key that stands twice, the last place counts. Whoever asks for many reads [`Positions`] once.
pub fn place(text: &str, path: &[PathSegment]) -> Position {
    Positions::of(text).at(path)
}

struct Reader {
    path: Vec<PathSegment>,
    duplicates: Vec<Vec<PathSegment>>,
}

struct ValueSeed<'r>(&'r mut Reader);

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<Value, D::Error> {
        source.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        loop {
            self.0.path.push(PathSegment::Item(list.len()));
            let item = items.next_element_seed(ValueSeed(&mut *self.0));
            self.0.path.pop();
            match item? {
                Some(item) => list.push(item),
                None => return Ok(Value::Array(list)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            self.0.path.push(PathSegment::Key(key.clone()));
            if object.contains_key(&key) {
                self.0.duplicates.push(self.0.path.clone());
            }
            let value = members.next_value_seed(ValueSeed(&mut *self.0));
            self.0.path.pop();
            object.insert(key, value?);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[\n  {\"a\": 1},\n  {\"é\": {\"b\": [10, 20]}, \"x\\n\": 3}\n]";

    #[test]
    fn everything_knows_its_place() {
        let at = |path: &[PathSegment]| (place(TEXT, path).line, place(TEXT, path).column);
        assert_eq!(at(&[]), (1, 1));
        assert_eq!(at(&[0.into(), "a".into()]), (2, 9));
        assert_eq!(at(&[1.into(), "é".into(), "b".into(), 1.into()]), (3, 20));
        assert_eq!(at(&[1.into(), "x\n".into()]), (3, 33));
        assert_eq!(at(&[0.into(), "missing".into()]), (2, 3), "a missing member is at its object");
    }

    #[test]
    fn keys_that_stand_twice_are_told() {
        let parsed = parse("{\"a\": {\"b\": 1, \"c\": 2, \"b\": 3}}").unwrap();
        assert_eq!(parsed.duplicates, [vec![PathSegment::from("a"), PathSegment::from("b")]]);
        assert_eq!(show(&parsed.duplicates[0]), "a.b");
    }

    #[test]
    fn a_syntax_fault_names_line_and_column() {
        let fault = parse("{\n  \"a\": ,\n}").err().unwrap();
        assert_eq!((fault.place.line, fault.place.column), (2, 8));
        assert_eq!(fault.reason, "expected value");
        assert!(parse("{} x").is_err());
        let place = |text| parse(text).err().map(|fault| (fault.place.line, fault.place.column));
        assert_eq!(place("{\"a\":\"b\nc\"}"), Some((1, 8)), "a line break in a text stands where the line ends");
        assert_eq!(place("{\"é\": x}"), Some((1, 7)), "in characters");
        assert_eq!(place("{\n"), Some((2, 1)), "where it ends too early");
        assert_eq!(place(""), Some((1, 1)));
    }
}
