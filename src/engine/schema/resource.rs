//! A kind of record: its fields, and the rules of its changes.

use std::ops::Range;
use std::sync::OnceLock;

use serde_json::Value;

use crate::engine::schema::field::{DefaultValue, Field};
use crate::engine::schema::problem::Problem;
use crate::engine::schema::rng::SeededRng;
use crate::engine::state::State;
use crate::engine::store::{Document, Record};
use crate::http::redact::is_telling;

/// A kind of record.
pub struct Schema {
    /// The collection: `celigo.integrations`.
    pub name: &'static str,
    /// One of them, as error messages say it: `Integration`.
    pub title: &'static str,
    /// The field that holds the id.
    pub id_field: &'static str,
    /// How its ids look.
    pub ids: IdFormat,
    /// The documented fields, in the documented order.
    pub fields: &'static [Field],
    /// The fields of a new record that are looked at though nobody said anything of them.
    pub unsaid: FieldSet,
    /// The fields that refer to other records.
    pub references: FieldSet,
    /// What of its records' JSON is always the same, made when the first one is written.
    template: OnceLock<JsonTemplate>,
    /// Fields whose value no two records may share.
    pub unique: &'static [&'static str],
    /// Further fields by which records are looked up. Unique fields and references are indexed anyway.
    pub indexed: &'static [&'static str],
    /// References that lie deeper than a field.
    pub links: &'static [NestedReference],
    /// Fills in what nobody said, where one field's default cannot.
    pub before_write: Option<Prepare>,
    /// May refuse a change that breaks a rule between records.
    pub guard: Option<Guard>,
    /// Does what follows from a change.
    pub after_change: Option<Changed>,
    /// Does what follows when a record goes.
    pub after_remove: Option<Removed>,
    /// Writes a change down.
    pub audit: Option<Note>,
    /// What consumers see of a record, where that is not simply its fields.
    pub view: Option<fn(&Document) -> Document>,
    /// What happens to a record when the world's clock reaches a time.
    pub timer: Option<Timer>,
    /// The moment of a record, in milliseconds since 1970, where lists show the newest moment first.
    pub moment: Option<fn(&Document) -> Option<u64>>,
    /// Which records of its kind belong to what a caller may be narrowed to.
    pub scope: Option<Scope>,
    /// Makes up the fields of a record, where records of this kind are made up.
    pub generator: Option<Generator>,
    /// Makes what comes with records that were just made up.
    pub after_generate: Option<AfterGenerate>,
    /// Whether one of the fields has values that are assumed.
    pub has_assumed: bool,
}

impl Schema {
    /// A resource without rules between records.
    pub const fn new(
        name: &'static str,
        title: &'static str,
        id_field: &'static str,
        ids: IdFormat,
        fields: &'static [Field],
    ) -> Self {
        Self {
            name,
            title,
            id_field,
            ids,
            fields,
            unsaid: unsaid(id_field, fields),
            references: references(fields),
            template: OnceLock::new(),
            unique: &[],
            indexed: &[],
            links: &[],
            before_write: None,
            guard: None,
            after_change: None,
            after_remove: None,
            audit: None,
            view: None,
            timer: None,
            moment: None,
            scope: None,
            generator: None,
            after_generate: None,
            has_assumed: has_assumed(fields),
        }
    }

    /// Sets what its records belong to.
    pub const fn scope(mut self, scope: Scope) -> Self {
        self.scope = Some(scope);
        self
    }

    /// Sets what makes up a record.
    pub const fn generator(mut self, generator: Generator) -> Self {
        self.generator = Some(generator);
        self
    }

    /// Sets what makes what comes with made-up records.
    pub const fn after_generate(mut self, after: AfterGenerate) -> Self {
        self.after_generate = Some(after);
        self
    }

    /// Whether a record of these fields has a value that is assumed.
    pub fn rests_on_assumption(&self, fields: &Document) -> bool {
        self.has_assumed
            && self.fields.iter().any(|field| fields.get(field.name).is_some_and(|value| field.is_assumed(value)))
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
    pub const fn links(mut self, links: &'static [NestedReference]) -> Self {
        self.links = links;
        self
    }

    /// Sets what fills in what nobody said.
    pub const fn before_write(mut self, prepare: Prepare) -> Self {
        self.before_write = Some(prepare);
        self
    }

    /// Sets the rule that may refuse a change.
    pub const fn guard(mut self, guard: Guard) -> Self {
        self.guard = Some(guard);
        self
    }

    /// Sets what follows from a change.
    pub const fn after_change(mut self, changed: Changed) -> Self {
        self.after_change = Some(changed);
        self
    }

    /// Sets what follows when a record goes.
    pub const fn after_remove(mut self, removed: Removed) -> Self {
        self.after_remove = Some(removed);
        self
    }

    /// Sets what writes changes down.
    pub const fn audit(mut self, note: Note) -> Self {
        self.audit = Some(note);
        self
    }

    /// Sets what consumers see.
    pub const fn view(mut self, shown: fn(&Document) -> Document) -> Self {
        self.view = Some(shown);
        self
    }

    /// Sets the moment of a record.
    pub const fn moment(mut self, moment: fn(&Document) -> Option<u64>) -> Self {
        self.moment = Some(moment);
        self
    }

    /// Sets what happens when the clock reaches a time.
    pub const fn timer(mut self, due: Timer) -> Self {
        self.timer = Some(due);
        self
    }

    /// Whether its records have fields that consumers do not see whole, or tokens that the service makes.
    pub fn holds_secrets(&self) -> bool {
        let is_token = |field: &Field| matches!(field.default, DefaultValue::Token(_)) && is_telling(field.name);
        self.view.is_some() || self.fields.iter().any(is_token)
    }

    /// The plain defaults of the fields at these places as members of a JSON object, each behind a comma.
    pub fn plain_defaults(&self, places: Range<usize>) -> &[u8] {
        let JsonTemplate { defaults, ends, .. } = self.template();
        &defaults[ends[places.start]..ends[places.end]]
    }

    /// How the field at that place begins as a member of a JSON object, behind a comma.
    pub fn member(&self, place: usize) -> &[u8] {
        &self.template().members[place]
    }

    fn template(&self) -> &JsonTemplate {
        self.template.get_or_init(|| {
            let mut template = JsonTemplate { members: Vec::new(), defaults: Vec::new(), ends: vec![0] };
            for field in self.fields {
                let member = format!(",{}:", Value::from(field.name));
                if let Some(value) = field.default.plain() {
                    template.defaults.extend(format!("{member}{value}").bytes());
                }
                template.members.push(member.into_bytes());
                template.ends.push(template.defaults.len());
            }
            template
        })
    }

    /// The place of a documented field, or none.
    pub fn place_of(&self, name: &str) -> FieldSet {
        let mut places = FieldSet::default();
        self.fields.iter().position(|field| field.name == name).into_iter().for_each(|place| places.insert(place));
        places
    }

    /// The rules of a field, if it is documented.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// Places in the list of fields, in its order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FieldSet(u64);

impl FieldSet {
    /// The first so many.
    pub const fn first(count: usize) -> Self {
        assert!(count < u64::BITS as usize, "a resource has fewer fields than a number has bits");
        Self((1 << count) - 1)
    }

    /// Puts one in.
    pub const fn insert(&mut self, place: usize) {
        self.0 |= 1 << place;
    }

    /// Whether this is one of them.
    pub const fn contains(self, place: usize) -> bool {
        self.0 & 1 << place > 0
    }

    /// Those that are among the others too.
    pub const fn among(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    /// How many these are.
    pub const fn count(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Takes the first of them out.
    pub fn take_first(&mut self) -> Option<usize> {
        let first = self.0.trailing_zeros() as usize;
        self.0 &= self.0.checked_sub(1)?;
        Some(first)
    }

    /// All of them, in order.
    pub fn iter(mut self) -> impl Iterator<Item = usize> {
        std::iter::from_fn(move || self.take_first())
    }
}

const fn unsaid(id_field: &str, fields: &[Field]) -> FieldSet {
    let (mut places, mut place) = (FieldSet(0), 0);
    while place < fields.len() {
        let field = &fields[place];
        if field.required || !field.is_unwritten() || same(field.name, id_field) {
            places.insert(place);
        }
        place += 1;
    }
    places
}

const fn has_assumed(fields: &[Field]) -> bool {
    let mut place = 0;
    while place < fields.len() {
        if fields[place].has_assumed() {
            return true;
        }
        place += 1;
    }
    false
}

const fn references(fields: &[Field]) -> FieldSet {
    let (mut places, mut place) = (FieldSet(0), 0);
    while place < fields.len() {
        if fields[place].kind.refers() {
            places.insert(place);
        }
        place += 1;
    }
    places
}

/// Texts cannot be compared in constants yet.
const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut place = 0;
    while place < one.len() && place < other.len() && one[place] == other[place] {
        place += 1;
    }
    place == one.len() && place == other.len()
}

/// What of the JSON of records is always the same.
struct JsonTemplate {
    /// How each field begins, behind a comma.
    members: Vec<Vec<u8>>,
    /// The plain defaults with their names, one behind the other.
    defaults: Vec<u8>,
    /// Where those of the fields before each place end.
    ends: Vec<usize>,
}

impl std::fmt::Debug for Schema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// References that lie deeper than a field: they must lead somewhere, and records are found by them.
#[derive(Clone, Copy)]
pub struct NestedReference {
    /// The field they lie in.
    pub field: &'static str,
    /// What they refer to.
    pub to: &'static Schema,
    /// The ids referred to, from a record's fields.
    pub ids: fn(&Document) -> Vec<&str>,
}

/// How the ids of a resource look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdFormat {
    /// 24 lower-case hex digits when made here; any text when looked up.
    ObjectId,
    /// A UUID: any 8-4-4-4-12 hex form, lower-cased.
    Uuid,
}

impl IdFormat {
    /// A new one.
    pub fn draw(self, rng: &mut SeededRng) -> String {
        match self {
            Self::ObjectId => rng.object_id(),
            Self::Uuid => rng.uuid().to_string(),
        }
    }
}

/// A change somebody wants to make.
#[derive(Clone, Copy)]
pub enum PendingChange<'a> {
    /// A new record with these fields.
    Create(&'a Document),
    /// These fields in place of that record's.
    Replace(&'a Record, &'a Document),
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
pub enum Actor {
    /// A consumer, through the API: may not set what the service owns.
    Consumer,
    /// The service itself, doing what a consumer asked for: may.
    Service,
    /// A person or another system behind the API: the control API, a test, a step of a scenario.
    Administrator,
    /// A file or a generator, while a world is furnished: it makes no history.
    Fixture,
}

impl Actor {
    /// Who does what follows from a change: for a consumer the service, which may set what it owns.
    pub fn followed(self) -> Self {
        if self == Self::Consumer { Self::Service } else { self }
    }
}

/// Fills in what nobody said, before defaults and checks: from the record's id, the fields given, and the record that
/// stands there until now. May draw from the world's chance, and must not change records.
pub type Prepare = fn(&mut State, &str, Document, Option<&Record>) -> Document;

/// What happens to a record when the world's clock reaches a time.
#[derive(Clone, Copy)]
pub struct Timer {
    /// That time, in milliseconds since 1970, if there is one.
    pub at: fn(&Document) -> Option<u64>,
    /// What then happens. Afterwards the record is no longer due.
    pub happens: Changes,
}

/// The records that a record belongs to, of the kind a caller may be narrowed to; `None` among them is to be of use outside of
/// them too. A record that belongs to none is seen by every caller.
pub type Scope = for<'w> fn(&'w State, &'w Record) -> Vec<Option<&'w str>>;

/// Makes up the fields of a record, from its place in the collection and the world's chance. What it refers to is taken
/// from the world, or made first.
pub type Generator = fn(&mut State, usize) -> Result<Document, Problem>;

/// Makes what comes with records that were just made up.
pub type AfterGenerate = fn(&mut State, &[Record]) -> Result<(), Problem>;

/// Changes a record because its time has come.
pub type Changes = fn(&mut State, &Record) -> Result<(), Problem>;

/// May refuse a change, and must not make one.
pub type Guard = fn(&State, PendingChange<'_>, Actor) -> Result<(), Problem>;

/// Does what follows from a change.
pub type Changed = fn(&mut State, Change<'_>, Actor) -> Result<(), Problem>;

/// Does what follows when a record goes.
pub type Removed = fn(&mut State, &Record, Actor) -> Result<(), Problem>;

/// Writes a change down. It can refuse nothing.
pub type Note = fn(&mut State, &'static Schema, Change<'_>, Actor);
