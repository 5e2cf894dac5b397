//! The fields of a record.

mod json;

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Value};

use crate::engine::schema::field::PRIVATE_PREFIX;
use crate::engine::schema::schema::{FieldSet, Schema};
use crate::http::tree::memory_of;

/// The name of a field: a documented one is borrowed from its resource, and costs nothing to copy.
pub(crate) type Name = Cow<'static, str>;

/// The most fields that stand in a plain list. No kind of record has as many documented ones.
const LISTED: usize = 40;

/// The fields of a record, in order, each name once.
///
/// A short list is quicker to search and to fill than a hash map, and smaller. The fields behind the first `LISTED` are
/// hashed, so that a body with very many fields is not slow.
///
/// Most fields of most records have their default. A [whole](Self::whole) record does not store plain defaults; a
/// reader sees no difference.
#[derive(Clone, Default)]
pub struct Document {
    /// The first fields. In a whole record, the stored documented ones come first, in their order.
    list: Vec<(Name, Value)>,
    /// The fields behind the list. While there are some, nothing is added to the list.
    rest: Option<Box<Map<String, Value>>>,
    /// The schema of a whole record, and the documented fields that are stored. The others have their plain default, if
    /// they have one.
    whole: Option<(&'static Schema, FieldSet)>,
}

impl Document {
    /// Returns a document without fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns a document without fields, with room for `capacity` of them.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { list: Vec::with_capacity(capacity.min(LISTED)), ..Self::default() }
    }

    /// Returns the fields of a whole record, with room for `capacity` that are written down. Plain defaults are there;
    /// the other documented fields are to be [written](Self::write_documented) in their order, then those that are not
    /// documented.
    pub fn whole(resource: &'static Schema, capacity: usize) -> Self {
        Self { whole: Some((resource, FieldSet::default())), ..Self::with_capacity(capacity) }
    }

    /// Sets the documented field at that place of a whole record that is being put together.
    pub fn write_documented(&mut self, place: usize, value: Value) {
        let (resource, places) = self.whole.as_mut().expect("the fields of a whole record");
        debug_assert!(places.count() == self.list.len() && places.iter().all(|before| before < place), "in order");
        places.insert(place);
        self.list.push((Name::Borrowed(resource.fields[place].name), value));
    }

    /// Returns the members of an object.
    pub fn of(value: Value) -> Option<Self> {
        if let Value::Object(members) = value { Some(members.into()) } else { None }
    }

    /// Returns the number of fields.
    pub fn len(&self) -> usize {
        if self.whole.is_none() { self.written_len() } else { self.iter().count() }
    }

    /// Tells whether it has no field.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the number of fields that are written down.
    pub fn written_len(&self) -> usize {
        self.list.len() + self.rest.as_ref().map_or(0, |rest| rest.len())
    }

    /// Returns the bytes of memory of what is written down, together with its text as JSON.
    pub fn memory(&self) -> usize {
        let of = |name: usize, value: &Value| size_of::<Name>() + 2 * name + memory_of(value);
        let listed: usize = self.list.iter().map(|(name, value)| of(name.len(), value)).sum();
        let rest = self.rest.iter().flat_map(|rest| rest.iter());
        listed + rest.map(|(name, value)| of(name.len(), value)).sum::<usize>()
    }

    /// Returns the value of a field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.written(name).or_else(|| self.whole?.0.field(name)?.default.plain())
    }

    /// Returns the value of a field, if it is written down: plain defaults are no texts and refer to nothing.
    pub fn written(&self, name: &str) -> Option<&Value> {
        let listed = self.list.iter().find(|(known, _)| known == name).map(|(_, value)| value);
        listed.or_else(|| self.rest.as_ref()?.get(name))
    }

    /// Tells whether some of these documented fields may be written down. For a whole record the answer is exact.
    pub fn may_have(&self, places: FieldSet) -> bool {
        self.whole.is_none_or(|(_, written)| written.among(places).count() > 0)
    }

    /// Returns the value of a field, to change it.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.write_down();
        let listed = self.list.iter_mut().find(|(known, _)| known == name).map(|(_, value)| value);
        listed.or_else(|| self.rest.as_mut()?.get_mut(name))
    }

    /// Tells whether some of the fields are standin's own. None of those has a plain default.
    pub fn has_private(&self) -> bool {
        let is_private = |name: &str| name.starts_with(PRIVATE_PREFIX);
        self.list.iter().any(|(name, _)| is_private(name))
            || self.rest.iter().flat_map(|rest| rest.keys()).any(|name| is_private(name))
    }

    /// Tells whether there is a field of that name.
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
        debug_assert!(self.written(&name).is_none(), "{name} is there already");
        if self.rest.is_none() && self.list.len() < LISTED {
            self.list.push((name, value));
        } else {
            self.rest.get_or_insert_default().insert(name.into_owned(), value);
        }
    }

    /// Sets a field to this value where it is not there yet.
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
        self.write_down();
        match self.list.iter().position(|(known, _)| known == name) {
            Some(place) => Some(self.list.remove(place).1),
            None => self.rest.as_mut()?.shift_remove(name),
        }
    }

    /// Keeps only the fields for whose name this holds.
    pub fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.write_down();
        self.list.retain(|(name, _)| keep(name));
        if let Some(rest) = &mut self.rest {
            rest.retain(|name, _| keep(name));
        }
    }

    /// Returns a copy of the fields for whose name this holds.
    pub fn only(&self, keep: impl Fn(&str) -> bool) -> Self {
        let mut kept = self.clone();
        kept.retain(keep);
        kept
    }

    /// Returns the names, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(name, _)| name)
    }

    /// Returns names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        let rest = self.rest.iter().flat_map(|rest| rest.iter()).map(|(name, value)| (name.as_str(), value));
        self.listed().chain(rest)
    }

    /// Returns names and values, in order, to change the values.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Value)> {
        self.write_down();
        let listed = self.list.iter_mut().map(|(name, value)| (&**name, value));
        listed.chain(self.rest.iter_mut().flat_map(|rest| rest.iter_mut()).map(|(name, value)| (name.as_str(), value)))
    }

    /// Returns the names and values, in order, and consumes the document.
    pub fn into_pairs(mut self) -> impl Iterator<Item = (Name, Value)> {
        self.write_down();
        let rest = self.rest.into_iter().flat_map(|rest| *rest);
        self.list.into_iter().chain(rest.map(|(name, value)| (Name::Owned(name), value)))
    }

    /// Returns the names and values of the list.
    fn listed(&self) -> impl Iterator<Item = (&str, &Value)> {
        let (fields, written) = self.whole.map_or((&[][..], FieldSet::default()), |(of, written)| (of.fields, written));
        let (mut documented, mut list) = (fields.iter().enumerate(), self.list.iter());
        std::iter::from_fn(move || {
            for (place, field) in documented.by_ref() {
                if written.contains(place) {
                    break;
                }
                if let Some(value) = field.default.plain() {
                    return Some((field.name, value));
                }
            }
            list.next().map(|(name, value)| (&**name, value))
        })
    }

    /// Writes plain defaults down too, so that the fields can be changed.
    fn write_down(&mut self) {
        let Some((resource, is_written)) = self.whole else { return };
        let written = std::mem::take(self);
        let mut list = written.list.into_iter();
        for (place, field) in resource.fields.iter().enumerate() {
            if is_written.contains(place) {
                list.next().into_iter().for_each(|(name, value)| self.push(name, value));
            } else if let Some(value) = field.default.plain() {
                self.push(field.name, value.clone());
            }
        }
        list.for_each(|(name, value)| self.push(name, value));
        written.rest.into_iter().flat_map(|rest| *rest).for_each(|(name, value)| self.push(name, value));
    }
}

impl<N: Into<Name>> Extend<(N, Value)> for Document {
    fn extend<I: IntoIterator<Item = (N, Value)>>(&mut self, fields: I) {
        fields.into_iter().for_each(|(name, value)| self.insert(name, value));
    }
}

impl<N: Into<Name>> FromIterator<(N, Value)> for Document {
    fn from_iter<I: IntoIterator<Item = (N, Value)>>(fields: I) -> Self {
        let fields = fields.into_iter();
        let mut all = Self::with_capacity(fields.size_hint().0);
        all.extend(fields);
        all
    }
}

impl From<Map<String, Value>> for Document {
    fn from(map: Map<String, Value>) -> Self {
        if map.len() > LISTED {
            return Self { rest: Some(Box::new(map)), ..Self::default() };
        }
        let list = map.into_iter().map(|(name, value)| (Name::Owned(name), value)).collect();
        Self { list, ..Self::default() }
    }
}

impl From<Document> for Map<String, Value> {
    fn from(fields: Document) -> Self {
        match fields {
            Document { list, rest: Some(rest), whole: None } if list.is_empty() => *rest,
            fields => fields.into_pairs().map(|(name, value)| (name.into_owned(), value)).collect(),
        }
    }
}

impl From<Document> for Value {
    fn from(fields: Document) -> Self {
        Self::Object(fields.into())
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::engine::schema::field::{DefaultValue, Field, Kind, field, text};
    use crate::engine::schema::schema::IdFormat;

    static FIELDS: &[Field] = &[
        text("id"),
        field("1", Kind::Bool).or(DefaultValue::True),
        text("name"),
        field("2", Kind::List).or(DefaultValue::EmptyList),
        field("3", Kind::Object).or(DefaultValue::EmptyObject),
        text("4").nullable(),
        field("5", Kind::Integer).or(DefaultValue::Number(1)),
    ];
    static THINGS: Schema = Schema::new("toy.things", "Thing", "id", IdFormat::ObjectId, FIELDS);

    fn some() -> Document {
        Document::from_iter([("id", json!(1)), ("name", json!("n")), ("end", json!(true))])
    }

    fn text_of(fields: &Document) -> String {
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
        assert_eq!(text_of(&Document::of(members.clone()).unwrap()), members.to_string());
        assert_eq!(text_of(&Document::new()), "{}");
        assert_eq!(text_of(&some()), r#"{"id":1,"name":"n","end":true}"#);
    }

    #[test]
    fn what_was_written_is_read_back_and_documented_names_are_borrowed() {
        let read = Document::read(text_of(&some()).as_bytes(), &THINGS);
        assert_eq!(Value::from(read.clone()), Value::from(some()));
        let borrowed: Vec<bool> = read.into_pairs().map(|(name, _)| matches!(name, Name::Borrowed(_))).collect();
        assert_eq!(borrowed, [true, true, false]);
    }

    /// Returns a whole record of which those of the documented fields are written down whose bits are set, and one
    /// more.
    fn whole(written: u8) -> (Document, Map<String, Value>) {
        let (mut fields, mut model) = (Document::whole(&THINGS, 0), Map::new());
        for (place, field) in FIELDS.iter().enumerate() {
            if written & (1 << place) > 0 {
                fields.write_documented(place, json!(place));
                model.insert(field.name.to_owned(), json!(place));
            } else if let Some(value) = field.default.plain() {
                model.insert(field.name.to_owned(), value.clone());
            }
        }
        fields.push("end", json!(0));
        model.insert("end".to_owned(), json!(0));
        (fields, model)
    }

    #[test]
    fn a_whole_record_has_its_plain_defaults_in_their_places_and_takes_no_room_for_them() {
        let (fields, _) = whole(0b101);
        assert_eq!(text_of(&fields), r#"{"id":0,"1":true,"name":2,"2":[],"3":{},"4":null,"end":0}"#);
        assert_eq!((fields.len(), fields.written_len()), (7, 3));
        assert_eq!((fields.get("4"), fields.written("4")), (Some(&Value::Null), None));
        assert_eq!((fields.get("5"), fields.get("6")), (None, None));
        let at = |place: usize| THINGS.place_of(FIELDS[place].name);
        assert_eq!([at(0), at(1), at(2), at(3)].map(|places| fields.may_have(places)), [true, false, true, false]);
        assert!(fields.only(|_| true).may_have(at(1)), "there it may be written down, or not be there");
    }

    #[derive(Clone, Debug)]
    enum Op {
        Whole(u8),
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
            1 => any::<u8>().prop_map(Op::Whole),
            1 => Just(Op::Convert),
            1 => Just(Op::Read),
        ];
        proptest::collection::vec(op, 1..400)
    }

    /// Tells whether a name is kept: a number is, except every `one_of`-th; no other text is.
    fn kept(name: &str, one_of: u16) -> bool {
        name.parse::<u16>().is_ok_and(|number| !number.is_multiple_of(one_of))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Tries few fields and many, so that some are hashed and some are not.
        #[test]
        fn fields_are_an_ordered_map(ops in ops()) {
            let (mut fields, mut model) = (Document::new(), Map::new());
            for op in ops {
                match op {
                    Op::Whole(written) => (fields, model) = whole(written),
                    Op::Insert(name, value) => {
                        fields.insert(name.to_string(), value.into());
                        model.insert(name.to_string(), value.into());
                    }
                    Op::Remove(name) => {
                        prop_assert_eq!(fields.remove(&name.to_string()), model.shift_remove(&name.to_string()));
                    }
                    Op::Keep(one_of) => {
                        fields.retain(|name| kept(name, one_of));
                        model.retain(|name, _| kept(name, one_of));
                    }
                    Op::Only(one_of) => {
                        fields = fields.only(|name| kept(name, one_of));
                        model.retain(|name, _| kept(name, one_of));
                    }
                    Op::Convert => fields = Map::from(fields).into(),
                    Op::Read => fields = Document::read(text_of(&fields).as_bytes(), &THINGS),
                }
                prop_assert_eq!(fields.len(), model.len());
                prop_assert_eq!(text_of(&fields), Value::from(model.clone()).to_string());
            }
            prop_assert_eq!(text_of(&fields), Value::from(model.clone()).to_string());
            for name in (0..200_u16).map(|name| name.to_string()) {
                prop_assert_eq!(fields.get(&name), model.get(&name));
                prop_assert_eq!(fields.get_mut(&name), model.get_mut(&name));
            }
        }
    }
}
