//! A first look at a file of many records: names and ids are read, and everything else is skipped.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use foldhash::fast::FixedState;
use serde_core::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::engine::schema::field::PRIVATE_PREFIX;
use crate::engine::schema::schema::Schema;

/// The ids of a collection, mostly borrowed from the text of their file.
pub(super) type Ids<'t> = HashSet<Cow<'t, str>, FixedState>;

/// The result of the first look.
pub(super) struct Survey<'t> {
    /// The kind of the records.
    pub schema: &'static Schema,
    /// Their ids.
    pub ids: Ids<'t>,
    /// The fields that no document knows, each with the place in the file of the first record that has it.
    pub unknown: Vec<(usize, String)>,
}

impl<'t> Survey<'t> {
    /// Surveys a text up to its first fault, which is told when its records are made.
    pub(super) fn of(text: &'t str, schema: &'static Schema) -> Self {
        let mut survey = Self { schema, ids: Ids::default(), unknown: Vec::new() };
        let mut source = serde_json::Deserializer::from_str(text.trim_start_matches('\u{feff}'));
        let _ = source.deserialize_seq(RecordsVisitor(&mut survey));
        survey
    }

    fn knows(&self, name: &str) -> bool {
        let is_known = self.schema.field(name).is_some() || name.starts_with(PRIVATE_PREFIX);
        is_known || self.unknown.iter().any(|(_, known)| known == name)
    }
}

struct RecordsVisitor<'s, 't>(&'s mut Survey<'t>);

impl<'de> Visitor<'de> for RecordsVisitor<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut records: A) -> Result<(), A::Error> {
        for n in 0.. {
            if records.next_element_seed(RecordSeed(&mut *self.0, n))?.is_none() {
                break;
            }
        }
        Ok(())
    }
}

/// A seed that reads a record, with its place in the file.
struct RecordSeed<'s, 't>(&'s mut Survey<'t>, usize);

impl<'de> DeserializeSeed<'de> for RecordSeed<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        source.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RecordSeed<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Self(survey, n) = self;
        while let Some(name) = members.next_key::<Text<'de>>()? {
            if name.0 == survey.schema.id_field {
                survey.ids.insert(members.next_value::<Text<'de>>()?.0);
                continue;
            }
            if !survey.knows(&name.0) {
                survey.unknown.push((n, name.0.into_owned()));
            }
            members.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

/// A text, borrowed where it has no escapes.
struct Text<'t>(Cow<'t, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_str(Self(Cow::Borrowed("")))
    }
}

impl<'de> Visitor<'de> for Text<'de> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self, E> {
        Ok(Self(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self, E> {
        Ok(Self(Cow::Owned(text.to_owned())))
    }
}
