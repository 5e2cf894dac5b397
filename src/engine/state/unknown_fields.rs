//! Fields of records that an administrator wrote and that no document knows.

use crate::engine::schema::schema::Schema;

/// The most fields that are remembered one by one.
const MOST_TOLD: usize = 20;
/// The most characters of a name that are kept.
const LONGEST_TOLD: usize = 80;

/// A field that no document knows, and the first record that it was written into.
#[derive(Clone, Debug)]
pub struct UnknownField {
    /// The kind of record.
    pub resource: &'static Schema,
    /// The id of the record.
    pub id: String,
    /// The name of the field.
    pub name: String,
    /// The number of further times that it was written into records of this kind.
    pub again: u64,
}

/// The unknown fields that were written so far.
#[derive(Clone, Debug, Default)]
pub struct UnknownFields {
    /// The first fields.
    pub told: Vec<UnknownField>,
    /// The number of further fields.
    pub more: u64,
}

impl UnknownFields {
    /// Notes a field. One that is there already is counted.
    pub fn note(&mut self, resource: &'static Schema, id: &str, name: &str) {
        let cut = |text: &str| match text.char_indices().nth(LONGEST_TOLD) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text.to_owned(),
        };
        self.join_one(UnknownField { resource, id: cut(id), name: cut(name), again: 0 });
    }

    /// Adds the fields of another change.
    pub fn join(&mut self, other: Self) {
        other.told.into_iter().for_each(|field| self.join_one(field));
        self.more += other.more;
    }

    fn join_one(&mut self, field: UnknownField) {
        let is_same = |known: &&mut UnknownField| known.resource == field.resource && known.name == field.name;
        if let Some(known) = self.told.iter_mut().find(is_same) {
            known.again += 1 + field.again;
        } else if self.told.len() < MOST_TOLD {
            self.told.push(field);
        } else {
            self.more += 1 + field.again;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::schema::schema::IdFormat;

    static THINGS: Schema = Schema::new("toy.things", "Thing", "id", IdFormat::ObjectId, &[]);

    #[test]
    fn fields_beyond_twenty_are_counted_and_long_names_cut() {
        let mut fields = UnknownFields::default();
        (0..1_000).for_each(|n| fields.note(&THINGS, &"i".repeat(9_000), &format!("{n}{}", "f".repeat(9_000))));
        assert_eq!((fields.told.len(), fields.more), (MOST_TOLD, 980));
        assert!(fields.told.iter().all(|field| field.id.len() + field.name.len() <= 2 * LONGEST_TOLD + 6));
    }
}
