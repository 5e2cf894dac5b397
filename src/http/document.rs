//! JSON files that people write, read strictly: syntax, keys that stand twice, and the positions of values.

use std::fmt;

use serde_core::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::http::position::{PathSegment, Position, SyntaxFault, behind, unmarked};
use crate::http::positions::Positions;
use crate::http::tree::TreeLimits;

/// Returns the text of a file, or the position of its first byte that is not UTF-8.
pub(crate) fn text(bytes: Vec<u8>) -> Result<String, SyntaxFault> {
    String::from_utf8(bytes).map_err(|error| {
        let (good, rest) = error.as_bytes().split_at(error.utf8_error().valid_up_to());
        let place = behind(unmarked(&String::from_utf8_lossy(good)));
        SyntaxFault { place, reason: format!("it is not UTF-8, because of the byte 0x{:02X} here", rest[0]) }
    })
}

/// A document, and the paths of keys that stand twice in one object (the second place of each).
pub(crate) struct Parsed {
    /// The document; of a key that stands twice, the last value.
    pub value: Value,
    /// The keys that stand twice.
    pub duplicates: Vec<Vec<PathSegment>>,
}

/// Reads a document.
pub(crate) fn parse(text: &str) -> Result<Parsed, SyntaxFault> {
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

/// Reads a document that is an array, and hands over each item as it is read, so that a large file is never in memory
/// as a whole. Returns the keys that stand twice; `None` for a document that is no array.
pub(crate) fn read_items(
    text: &str,
    mut take: impl FnMut(usize, Value),
) -> Result<Option<Vec<Vec<PathSegment>>>, SyntaxFault> {
    let text = unmarked(text);
    TreeLimits::FILE.check(text.as_bytes())?;
    let mut reader = Reader { path: Vec::new(), duplicates: Vec::new() };
    let mut source = serde_json::Deserializer::from_str(text);
    let items = ItemsSeed { reader: &mut reader, take: &mut take };
    let is_array = if text.trim_start().starts_with('[') {
        source.deserialize_seq(items).map(|()| true)
    } else {
        ValueSeed(&mut reader).deserialize(&mut source).map(|_| false)
    };
    match is_array.and_then(|is_array| source.end().map(|()| is_array)) {
        Ok(is_array) => Ok(is_array.then_some(reader.duplicates)),
        Err(error) => Err(SyntaxFault::of(text.as_bytes(), &error).explained(text)),
    }
}

/// Returns the position of the value at a path; for a missing member, the position of the object that should have it.
/// The text must be JSON. Of a key that stands twice, the last one counts. A caller that needs many positions makes
/// [`Positions`] once.
pub(crate) fn place(text: &str, path: &[PathSegment]) -> Position {
    Positions::of(text).at(path)
}

struct Reader {
    path: Vec<PathSegment>,
    duplicates: Vec<Vec<PathSegment>>,
}

struct ItemsSeed<'r> {
    reader: &'r mut Reader,
    take: &'r mut dyn FnMut(usize, Value),
}

impl<'de> Visitor<'de> for ItemsSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        for n in 0.. {
            self.reader.path.push(PathSegment::Item(n));
            let item = items.next_element_seed(ValueSeed(&mut *self.reader));
            self.reader.path.pop();
            match item? {
                Some(item) => (self.take)(n, item),
                None => break,
            }
        }
        Ok(())
    }
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
            let is_twice = object.contains_key(&key);
            self.0.path.push(PathSegment::Key(key));
            if is_twice {
                self.0.duplicates.push(self.0.path.clone());
            }
            let value = members.next_value_seed(ValueSeed(&mut *self.0));
            if let Some(PathSegment::Key(key)) = self.0.path.pop() {
                object.insert(key, value?);
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::position::show;

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
