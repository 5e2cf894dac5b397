//! A kind of record: its fields, and the rules of its changes.

use crate::engine::field::Field;
use crate::engine::problem::Problem;
use crate::engine::store::{Fields, Record};
use crate::engine::world::World;

/// A kind of record.
pub struct Resource {
    /// The collection: `celigo.integrations`.
    pub name: &'static str,
    /// One of them, as error messages say it: `Integration`.
    pub title: &'static str,
    /// The field that holds the id.
    pub id_field: &'static str,
    /// How its ids look.
    pub ids: Ids,
    /// The documented fields, in the documented order.
    pub fields: &'static [Field],
    /// How many fields a new record has of which nobody said anything.
    pub always: usize,
    /// Fields whose value no two records may share.
    pub unique: &'static [&'static str],
    /// Further fields by which records are looked up. Unique fields and references are indexed anyway.
    pub indexed: &'static [&'static str],
    /// References that lie deeper than a field.
    pub links: &'static [Link],
    /// Fills in what nobody said, where one field's default cannot.
    pub prepared: Option<Prepare>,
    /// May refuse a change that breaks a rule between records.
    pub guard: Option<Guard>,
    /// Does what follows from a change.
    pub changed: Option<Changed>,
    /// Does what follows when a record goes.
    pub removed: Option<Removed>,
    /// Writes a change down.
    pub noted: Option<Note>,
    /// What consumers see of a record, where that is not simply its fields.
    pub shown: Option<fn(&Fields) -> Fields>,
    /// What happens to a record when the world's clock reaches a time.
    pub due: Option<Due>,
}

impl Resource {
    /// A resource without rules between records.
    pub const fn new(
        name: &'static str,
        title: &'static str,
        id_field: &'static str,
        ids: Ids,
        fields: &'static [Field],
    ) -> Self {
        Self {
            name,
            title,
            id_field,
            ids,
            fields,
            always: always(fields),
            unique: &[],
            indexed: &[],
            links: &[],
            prepared: None,
            guard: None,
            changed: None,
            removed: None,
            noted: None,
            shown: None,
            due: None,
        }
    }

    /// No two records share the value of one of these fields.
    pub const fn unique(mut self, fields: &'static [&'static str]) -> Self {
        self.unique = fields;
        self
    }

    /// Records are looked up by these fields too.
    pub const fn indexed(mut self, fields: &'static [&'static str]) -> Self {
        self.indexed = fields;
        self
    }

    /// Its records refer to others from deeper than a field.
    pub const fn links(mut self, links: &'static [Link]) -> Self {
        self.links = links;
        self
    }

    /// Sets what fills in what nobody said.
    pub const fn prepared(mut self, prepare: Prepare) -> Self {
        self.prepared = Some(prepare);
        self
    }

    /// Sets the rule that may refuse a change.
    pub const fn guard(mut self, guard: Guard) -> Self {
        self.guard = Some(guard);
        self
    }

    /// Sets what follows from a change.
    pub const fn changed(mut self, changed: Changed) -> Self {
        self.changed = Some(changed);
        self
    }

    /// Sets what follows when a record goes.
    pub const fn removed(mut self, removed: Removed) -> Self {
        self.removed = Some(removed);
        self
    }

    /// Sets what writes changes down.
    pub const fn noted(mut self, note: Note) -> Self {
        self.noted = Some(note);
        self
    }

    /// Sets what consumers see.
    pub const fn shown(mut self, shown: fn(&Fields) -> Fields) -> Self {
        self.shown = Some(shown);
        self
    }

    /// Sets what happens when the clock reaches a time.
    pub const fn due(mut self, due: Due) -> Self {
        self.due = Some(due);
        self
    }

    /// The rules of a field, if it is documented.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

const fn always(fields: &[Field]) -> usize {
    // The id.
    let mut count = 1;
    let mut place = 0;
    while place < fields.len() {
        if !fields[place].is_left_out() {
            count += 1;
        }
        place += 1;
    }
    count
}

impl std::fmt::Debug for Resource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Resource {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// References that lie deeper than a field: they must lead somewhere, and records are found by them.
#[derive(Clone, Copy)]
pub struct Link {
    /// The field they lie in.
    pub field: &'static str,
    /// What they refer to.
    pub to: &'static Resource,
    /// The ids referred to, from a record's fields.
    pub ids: fn(&Fields) -> Vec<&str>,
}

/// How the ids of a resource look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ids {
    /// 24 lower-case hex digits when made here; any text when looked up.
    ObjectId,
    /// A UUID: any 8-4-4-4-12 hex form, lower-cased.
    Uuid,
}

/// A change somebody wants to make.
#[derive(Clone, Copy)]
pub enum Proposal<'a> {
    /// A new record with these fields.
    Create(&'a Fields),
    /// These fields in place of that record's.
    Replace(&'a Record, &'a Fields),
    /// That record goes.
    Remove(&'a Record),
}

/// A change that was made.
#[derive(Clone, Copy)]
pub enum Change<'a> {
    /// This record is new.
    Created(&'a Record),
    /// The second stands where the first stood.
    Replaced(&'a Record, &'a Record),
    /// This record is gone.
    Removed(&'a Record),
}

/// Who makes a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// A consumer, through the API: may not set what the service owns.
    Consumer,
    /// A person or another system behind the API: the control API, a test, a step of a scenario.
    Administrator,
    /// A file or a generator, while a world is furnished: it makes no history.
    Fixture,
}

/// Fills in what nobody said, before defaults and checks: from the record's id, the fields given, and the record that
/// stands there until now. May draw from the world's chance, and must not change records.
pub type Prepare = fn(&mut World, &str, Fields, Option<&Record>) -> Fields;

/// What happens to a record when the world's clock reaches a time.
#[derive(Clone, Copy)]
pub struct Due {
    /// That time, in milliseconds since 1970, if there is one.
    pub at: fn(&Fields) -> Option<u64>,
    /// What then happens. Afterwards the record is no longer due.
    pub happens: Changes,
}

/// Changes a record because its time has come.
pub type Changes = fn(&mut World, &Record) -> Result<(), Problem>;

/// May refuse a change, and must not make one.
pub type Guard = fn(&World, Proposal<'_>, By) -> Result<(), Problem>;

/// Does what follows from a change.
pub type Changed = fn(&mut World, Change<'_>, By) -> Result<(), Problem>;

/// Does what follows when a record goes.
pub type Removed = fn(&mut World, &Record, By) -> Result<(), Problem>;

/// Writes a change down. It can refuse nothing.
pub type Note = fn(&mut World, &'static Resource, Change<'_>, By);
