//! The fields of a record as JSON.

use std::fmt;

use serde_core::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::engine::schema::document::{Document, Name};
use crate::engine::schema::schema::Schema;
use crate::http::json::{quote, write_text};

impl Document {
    /// Adds the fields to a text as a JSON object.
    pub fn write(&self, text: &mut Vec<u8>) {
        let begin = text.len();
        let mut list = self.list.iter();
        if let Some((resource, written)) = self.whole {
            let mut next = 0;
            for (place, (_, value)) in written.iter().zip(list.by_ref()) {
                text.extend_from_slice(resource.plain_defaults(next..place));
                text.extend_from_slice(resource.member(place));
                write_value(value, text);
                next = place + 1;
            }
            text.extend_from_slice(resource.plain_defaults(next..resource.fields.len()));
        }
        for (name, value) in list {
            text.push(b',');
            match name {
                Name::Borrowed(name) => quote(name, text),
                Name::Owned(name) => write_text(name, text),
            }
            text.push(b':');
            write_value(value, text);
        }
        for (name, value) in self.rest.iter().flat_map(|rest| rest.iter()) {
            text.push(b',');
            write_text(name, text);
            text.push(b':');
            write_value(value, text);
        }
        match text.get_mut(begin) {
            Some(comma) => *comma = b'{',
            None => text.push(b'{'),
        }
        text.push(b'}');
    }

    /// Reads what was written of a record of that kind.
    pub fn read(text: &[u8], resource: &'static Schema) -> Self {
        let mut reader = serde_json::Deserializer::from_slice(text);
        Written(resource).deserialize(&mut reader).expect("what was written can be read")
    }
}

/// Reads any JSON object. Of a name that stands in it twice, the last value counts.
impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Document;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Document, A::Error> {
                let mut fields = Document::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    fields.insert(name, value);
                }
                Ok(fields)
            }
        }
        reader.deserialize_map(Object)
    }
}

/// A seed for a JSON object that [`Document::write`] wrote: no name stands twice in it.
struct Written(&'static Schema);

impl<'de> DeserializeSeed<'de> for Written {
    type Value = Document;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Document, D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Written {
    type Value = Document;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the fields of a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Document, A::Error> {
        let mut fields = Document::new();
        while let Some(name) = map.next_key_seed(KnownName(self.0))? {
            fields.push(name, map.next_value()?);
        }
        Ok(fields)
    }
}

struct KnownName(&'static Schema);

impl<'de> DeserializeSeed<'de> for KnownName {
    type Value = Name;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Name, D::Error> {
        reader.deserialize_str(self)
    }
}

impl Visitor<'_> for KnownName {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E>(self, name: &str) -> Result<Name, E> {
        let known = self.0.field(name).map(|field| Name::Borrowed(field.name));
        Ok(known.unwrap_or_else(|| Name::Owned(name.to_owned())))
    }
}

/// Adds the value of a field.
fn write_value(value: &Value, text: &mut Vec<u8>) {
    match value {
        Value::Null => text.extend_from_slice(b"null"),
        Value::Bool(true) => text.extend_from_slice(b"true"),
        Value::Bool(false) => text.extend_from_slice(b"false"),
        Value::Array(items) if items.is_empty() => text.extend_from_slice(b"[]"),
        Value::String(value) => write_text(value, text),
        value => serde_json::to_writer(text, value).expect("a value is JSON"),
    }
}
