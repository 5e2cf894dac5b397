//! The fields of a record.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::engine::api::Resource;
use crate::engine::json::{quote, write_text};

/// The name of a field: a documented one is borrowed from its resource, and costs nothing to copy.
pub type Name = Cow<'static, str>;

/// So many fields stand in a plain list. No kind of record has as many documented ones.
const LISTED: usize = 40;

/// The fields of a record, in order, each name once.
///
/// To look through a short list is quicker than to hash, and a list is quicker to fill and smaller. What comes behind
/// the first fields of a record that has very many is hashed, so that no body is large enough to make this slow.
#[derive(Clone, Default)]
pub struct Fields {
    list: Vec<(Name, Value)>,
    /// These stand behind the list. While there are some, nothing is added to the list.
    rest: Option<Box<Map<String, Value>>>,
}

impl Fields {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// None yet, and room for so many.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { list: Vec::with_capacity(capacity.min(LISTED)), rest: None }
    }

    /// The members of an object.
    pub fn of(value: Value) -> Option<Self> {
        if let Value::Object(members) = value { Some(members.into()) } else { None }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len() + self.rest.as_ref().map_or(0, |rest| rest.len())
    }

    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let listed = self.list.iter().find(|(known, _)| known == name).map(|(_, value)| value);
        listed.or_else(|| self.rest.as_ref()?.get(name))
    }

    /// The same, to change it.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        let listed = self.list.iter_mut().find(|(known, _)| known == name).map(|(_, value)| value);
        listed.or_else(|| self.rest.as_mut()?.get_mut(name))
    }

    /// Whether there is a field of that name.
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Sets a field: in its place where there is one of that name, else behind all others.
    pub fn insert(&mut self, name: impl Into<Name>, value: Value) {
        let name = name.into();
        match self.get_mut(&name) {
            Some(there) => *there = value,
            None => self.push(name, value),
        }
    }

    /// Sets a field that is not there yet: nothing is searched for.
    pub fn push(&mut self, name: impl Into<Name>, value: Value) {
        let name = name.into();
        debug_assert!(!self.contains(&name), "{name} is there already");
        if self.rest.is_none() && self.list.len() < LISTED {
            self.list.push((name, value));
        } else {
            self.rest.get_or_insert_default().insert(name.into_owned(), value);
        }
    }

    /// The value of a field, which gets this one where it is not there yet.
    pub fn or_insert_with(&mut self, name: impl Into<Name>, value: impl FnOnce() -> Value) {
        let name = name.into();
        if !self.contains(&name) {
            self.push(name, value());
        }
    }

    /// Takes the value of a field, which is `null` from then on.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.get_mut(name).map(Value::take)
    }

    /// Takes a field out; the others keep their order.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        match self.list.iter().position(|(known, _)| known == name) {
            Some(place) => Some(self.list.remove(place).1),
            None => self.rest.as_mut()?.shift_remove(name),
        }
    }

    /// Keeps only the fields for whose name this holds.
    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.list.retain(|(name, _)| keep(name));
        if let Some(rest) = &mut self.rest {
            rest.retain(|name, _| keep(name));
        }
    }

    /// A copy of the fields for whose name this holds.
    pub fn only(&self, keep: impl Fn(&str) -> bool) -> Self {
        let list = self.list.iter().filter(|(name, _)| keep(name)).cloned().collect();
        let kept = |rest: &Map<String, Value>| {
            let kept = rest.iter().filter(|(name, _)| keep(name));
            Box::new(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
        };
        Self { list, rest: self.rest.as_deref().map(kept) }
    }

    /// The names, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(name, _)| name)
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        let listed = self.list.iter().map(|(name, value)| (&**name, value));
        listed.chain(self.rest.iter().flat_map(|rest| rest.iter()).map(|(name, value)| (name.as_str(), value)))
    }

    /// The same, to change the values.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Value)> {
        let listed = self.list.iter_mut().map(|(name, value)| (&**name, value));
        listed.chain(self.rest.iter_mut().flat_map(|rest| rest.iter_mut()).map(|(name, value)| (name.as_str(), value)))
    }

    /// The same, for whoever needs the fields no more afterwards.
    pub fn into_pairs(self) -> impl Iterator<Item = (Name, Value)> {
        let rest = self.rest.into_iter().flat_map(|rest| *rest);
        self.list.into_iter().chain(rest.map(|(name, value)| (Name::Owned(name), value)))
    }

    /// Adds them to a text as a JSON object.
    pub fn write(&self, text: &mut Vec<u8>) {
        let mut before = b'{';
        for (name, value) in &self.list {
            text.push(before);
            match name {
                Name::Borrowed(name) => quote(name, text),
                Name::Owned(name) => write_text(name, text),
            }
            write_value(value, text);
            before = b',';
        }
        for (name, value) in self.rest.iter().flat_map(|rest| rest.iter()) {
            text.push(before);
            write_text(name, text);
            write_value(value, text);
            before = b',';
        }
        text.extend_from_slice(if before == b'{' { b"{}" } else { b"}" });
    }
}

/// The value of a field, behind its name.
fn write_value(value: &Value, text: &mut Vec<u8>) {
    match value {
        Value::Null => text.extend_from_slice(b":null"),
        Value::Bool(true) => text.extend_from_slice(b":true"),
        Value::Bool(false) => text.extend_from_slice(b":false"),
        Value::Array(items) if items.is_empty() => text.extend_from_slice(b":[]"),
        Value::String(value) => {
            text.push(b':');
            write_text(value, text);
        }
        value => {
            text.push(b':');
            serde_json::to_writer(text, value).expect("a value is JSON");
        }
    }
}

impl Fields {
    /// Reads what was written of a record of that kind.
    pub fn read(text: &[u8], resource: &'static Resource) -> Self {
        let mut reader = serde_json::Deserializer::from_slice(text);
        Written(resource).deserialize(&mut reader).expect("what was written can be read")
    }
}

/// Any JSON object. Of a name that stands in it twice, the value that comes last counts.
impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Fields::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    fields.insert(name, value);
                }
                Ok(fields)
            }
        }
        reader.deserialize_map(Object)
    }
}

/// A JSON object that was written of fields: no name stands twice in it, and documented ones are known.
struct Written(&'static Resource);

impl<'de> DeserializeSeed<'de> for Written {
    type Value = Fields;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Fields, D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Written {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the fields of a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Fields::new();
        while let Some(name) = map.next_key_seed(KnownName(self.0))? {
            fields.push(name, map.next_value()?);
        }
        Ok(fields)
    }
}

struct KnownName(&'static Resource);

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

impl<N: Into<Name>> Extend<(N, Value)> for Fields {
    fn extend<I: IntoIterator<Item = (N, Value)>>(&mut self, fields: I) {
        fields.into_iter().for_each(|(name, value)| self.insert(name, value));
    }
}

impl<N: Into<Name>> FromIterator<(N, Value)> for Fields {
    fn from_iter<I: IntoIterator<Item = (N, Value)>>(fields: I) -> Self {
        let fields = fields.into_iter();
        let mut all = Self::with_capacity(fields.size_hint().0);
        all.extend(fields);
        all
    }
}

impl From<Map<String, Value>> for Fields {
    fn from(map: Map<String, Value>) -> Self {
        if map.len() > LISTED {
            return Self { list: Vec::new(), rest: Some(Box::new(map)) };
        }
        Self { list: map.into_iter().map(|(name, value)| (Name::Owned(name), value)).collect(), rest: None }
    }
}

impl From<Fields> for Map<String, Value> {
    fn from(fields: Fields) -> Self {
        match fields {
            Fields { list, rest: Some(rest) } if list.is_empty() => *rest,
            fields => fields.into_pairs().map(|(name, value)| (name.into_owned(), value)).collect(),
        }
    }
}

impl From<Fields> for Value {
    fn from(fields: Fields) -> Self {
        Self::Object(fields.into())
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::engine::api::Ids;
    use crate::engine::field::{Field, text};

    static FIELDS: &[Field] = &[text("id"), text("name")];
    static THINGS: Resource = Resource::new("toy.things", "Thing", "id", Ids::ObjectId, FIELDS);

    fn some() -> Fields {
        Fields::from_iter([("id", json!(1)), ("name", json!("n")), ("end", json!(true))])
    }

    fn text_of(fields: &Fields) -> String {
        let mut text = Vec::new();
        fields.write(&mut text);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn a_value_is_replaced_in_its_place_and_a_new_one_stands_behind() {
        let mut fields = some();
        fields.insert("name", json!("other"));
        fields.insert("new".to_owned(), json!(null));
        fields.or_insert_with("id", || unreachable!("it is there"));
        assert_eq!(fields.keys().collect::<Vec<_>>(), ["id", "name", "end", "new"]);
        assert_eq!(fields.get("name"), Some(&json!("other")));
        assert_eq!(fields.remove("id"), Some(json!(1)));
        assert_eq!(fields.keys().collect::<Vec<_>>(), ["name", "end", "new"]);
    }

    #[test]
    fn names_and_values_are_written_as_json_writes_them() {
        let members = json!({ "quote \" and \u{1}": "\u{7f}\n\u{2028}", "": [1.0, 1e300, -0.0, 18_446_744_073_709_551_615_u64], "o": {} });
        assert_eq!(text_of(&Fields::of(members.clone()).unwrap()), members.to_string());
        assert_eq!(text_of(&Fields::new()), "{}");
        assert_eq!(text_of(&some()), r#"{"id":1,"name":"n","end":true}"#);
    }

    #[test]
    fn what_was_written_is_read_back_and_documented_names_are_borrowed() {
        let read = Fields::read(text_of(&some()).as_bytes(), &THINGS);
        assert_eq!(Value::from(read.clone()), Value::from(some()));
        let borrowed: Vec<bool> = read.into_pairs().map(|(name, _)| matches!(name, Name::Borrowed(_))).collect();
        assert_eq!(borrowed, [true, true, false]);
    }

    #[derive(Clone, Debug)]
    enum Op {
        Insert(u16, u8),
        Remove(u16),
        Keep(u16),
        Only(u16),
        Convert,
        Read,
    }

    fn ops() -> impl Strategy<Value = Vec<Op>> {
        let op = prop_oneof![
            20 => (0..200_u16, any::<u8>()).prop_map(|(name, value)| Op::Insert(name, value)),
            4 => (0..200_u16).prop_map(Op::Remove),
            1 => (2..9_u16).prop_map(Op::Keep),
            1 => (2..9_u16).prop_map(Op::Only),
            1 => Just(Op::Convert),
            1 => Just(Op::Read),
        ];
        proptest::collection::vec(op, 1..400)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// With few fields and with many, so that some are hashed and some are not.
        #[test]
        fn fields_are_an_ordered_map(ops in ops()) {
            let (mut fields, mut model) = (Fields::new(), Map::new());
            for op in ops {
                match op {
                    Op::Insert(name, value) => {
                        fields.insert(name.to_string(), value.into());
                        model.insert(name.to_string(), value.into());
                    }
                    Op::Remove(name) => {
                        prop_assert_eq!(fields.remove(&name.to_string()), model.shift_remove(&name.to_string()));
                    }
                    Op::Keep(one_of) => {
                        fields.retain(|name| name.parse::<u16>().unwrap() % one_of > 0);
                        model.retain(|name, _| name.parse::<u16>().unwrap() % one_of > 0);
                    }
                    Op::Only(one_of) => {
                        fields = fields.only(|name| name.parse::<u16>().unwrap() % one_of > 0);
                        model.retain(|name, _| name.parse::<u16>().unwrap() % one_of > 0);
                    }
                    Op::Convert => fields = Map::from(fields).into(),
                    Op::Read => fields = Fields::read(text_of(&fields).as_bytes(), &THINGS),
                }
                prop_assert_eq!(fields.len(), model.len());
            }
            prop_assert_eq!(text_of(&fields), Value::from(model.clone()).to_string());
            for name in (0..200_u16).map(|name| name.to_string()) {
                prop_assert_eq!(fields.get(&name), model.get(&name));
                prop_assert_eq!(fields.get_mut(&name), model.get_mut(&name));
            }
        }
    }
}
