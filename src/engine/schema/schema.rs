//! A kind of record: its fields, ids, references and unique values.

use std::ops::Range;
use std::sync::OnceLock;

use serde_json::Value;

use crate::engine::schema::document::Document;
use crate::engine::schema::field::{DefaultValue, Field};
use crate::engine::schema::rng::SeededRng;
use crate::http::telling::is_telling;

/// A kind of record.
pub struct Schema {
    /// The collection: `celigo.integrations`.
    pub name: &'static str,
    /// The name of one record, in error messages: `Integration`.
    pub title: &'static str,
    /// The field that holds the id.
    pub id_field: &'static str,
    /// The format of its ids.
    pub ids: IdFormat,
    /// The documented fields, in the documented order.
    pub fields: &'static [Field],
    /// The fields of a new record that need work though no value was given for them.
    pub unsaid: FieldSet,
    /// The fields that refer to other records.
    pub references: FieldSet,
    /// The parts of its records' JSON that are always the same, made when the first one is written.
    template: OnceLock<JsonTemplate>,
    /// Fields whose value no two records may share.
    pub unique: &'static [&'static str],
    /// Further fields by which records are looked up. Unique fields and references are indexed anyway.
    pub indexed: &'static [&'static str],
    /// References that lie deeper than a field.
    pub links: &'static [NestedReference],
    /// The view that consumers have of a record, where that is not simply its fields.
    pub view: Option<fn(&Document) -> Document>,
    /// The time at which a record is due, in milliseconds since 1970.
    pub due_at: Option<fn(&Document) -> Option<u64>>,
    /// The moment of a record, in milliseconds since 1970, where lists show the newest moment first.
    pub moment: Option<fn(&Document) -> Option<u64>>,
    /// Parameters of its lists that are no fields of that name.
    pub parameters: &'static [(&'static str, Meaning)],
    /// Fields that a list shows though the query names others only.
    pub always_shown: &'static [&'static str],
    /// True if one of the fields has values that are assumed.
    pub has_assumed: bool,
}

impl Schema {
    /// Makes a kind of record without rules between records.
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
            view: None,
            due_at: None,
            moment: None,
            parameters: &[],
            always_shown: &[],
            has_assumed: has_assumed(fields),
        }
    }

    /// Sets the parameters of its lists that are no fields of that name.
    pub const fn parameters(mut self, parameters: &'static [(&'static str, Meaning)]) -> Self {
        self.parameters = parameters;
        self
    }

    /// Sets the fields that a list shows though the query names others only.
    pub const fn always_shown(mut self, fields: &'static [&'static str]) -> Self {
        self.always_shown = fields;
        self
    }

    /// Tells whether a record of these fields has a value that is assumed.
    pub fn rests_on_assumption(&self, fields: &Document) -> bool {
        self.has_assumed
            && self.fields.iter().any(|field| fields.get(field.name).is_some_and(|value| field.is_assumed(value)))
    }

    /// Refuses a second record with the value of one of these fields.
    pub const fn unique(mut self, fields: &'static [&'static str]) -> Self {
        self.unique = fields;
        self
    }

    /// Adds fields by which records are looked up too.
    pub const fn indexed(mut self, fields: &'static [&'static str]) -> Self {
        self.indexed = fields;
        self
    }

    /// Sets the references to other records that lie deeper than a field.
    pub const fn links(mut self, links: &'static [NestedReference]) -> Self {
        self.links = links;
        self
    }

    /// Sets the view that consumers have of a record.
    pub const fn view(mut self, shown: fn(&Document) -> Document) -> Self {
        self.view = Some(shown);
        self
    }

    /// Sets the moment of a record.
    pub const fn moment(mut self, moment: fn(&Document) -> Option<u64>) -> Self {
        self.moment = Some(moment);
        self
    }

    /// Sets the time at which a record is due.
    pub const fn due_at(mut self, at: fn(&Document) -> Option<u64>) -> Self {
        self.due_at = Some(at);
        self
    }

    /// Tells whether its records have fields that consumers do not see whole, or tokens that the service makes.
    pub fn holds_secrets(&self) -> bool {
        let is_token = |field: &Field| matches!(field.default, DefaultValue::Token(_)) && is_telling(field.name);
        self.view.is_some() || self.fields.iter().any(is_token)
    }

    /// Returns the plain defaults of the fields at these places as members of a JSON object, each behind a comma.
    pub fn plain_defaults(&self, places: Range<usize>) -> &[u8] {
        let JsonTemplate { defaults, ends, .. } = self.template();
        &defaults[ends[places.start]..ends[places.end]]
    }

    /// Returns the beginning of the field at that place as a member of a JSON object, behind a comma.
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

    /// Returns the place of a documented field, or none.
    pub fn place_of(&self, name: &str) -> FieldSet {
        let mut places = FieldSet::default();
        self.fields.iter().position(|field| field.name == name).into_iter().for_each(|place| places.insert(place));
        places
    }

    /// Returns the rules of a field, if it is documented.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Returns the words that no document knows a field.
    pub fn says_unknown(&self) -> String {
        format!("is no field of {} that a document knows", self.title)
    }
}

/// Places in the list of fields, in its order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FieldSet(u64);

impl FieldSet {
    /// Returns the first `count` places.
    pub const fn first(count: usize) -> Self {
        assert!(count < u64::BITS as usize, "a resource has fewer fields than a number has bits");
        Self((1 << count) - 1)
    }

    /// Adds a place.
    pub const fn insert(&mut self, place: usize) {
        self.0 |= 1 << place;
    }

    /// Tells whether this place is one of them.
    pub const fn contains(self, place: usize) -> bool {
        self.0 & 1 << place > 0
    }

    /// Returns the places that both sets have.
    pub const fn among(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    /// Returns the number of places.
    pub const fn count(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Removes the first place, and returns it.
    pub fn take_first(&mut self) -> Option<usize> {
        let first = self.0.trailing_zeros() as usize;
        self.0 &= self.0.checked_sub(1)?;
        Some(first)
    }

    /// Returns all places, in order.
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

/// Compares texts, which constants cannot do by `==` yet.
const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut place = 0;
    while place < one.len() && place < other.len() && one[place] == other[place] {
        place += 1;
    }
    place == one.len() && place == other.len()
}

/// The parts of the JSON of records that are always the same.
struct JsonTemplate {
    /// The beginnings of the fields, each behind a comma.
    members: Vec<Vec<u8>>,
    /// The plain defaults with their names, one behind the other.
    defaults: Vec<u8>,
    /// The ends, in `defaults`, of those of the fields before each place.
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

/// The meaning of a parameter of a list that is no field of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Equality with a field that is stored by another name.
    Field(&'static str),
    /// Equality with a text within a field.
    Member(&'static str, &'static str),
    /// Records whose field is at least the parameter.
    AtLeast(&'static str),
    /// Records whose field is at most the parameter.
    AtMost(&'static str),
    /// With `true`, only records whose flag of that name is set.
    Only(&'static str),
    /// Records that are not modelled: with `true` it is refused.
    NotModelled,
}

/// References that lie deeper than a field: they must lead somewhere, and records are found by them.
#[derive(Clone, Copy)]
pub struct NestedReference {
    /// The field they lie in.
    pub field: &'static str,
    /// The kind of record they refer to.
    pub to: &'static Schema,
    /// The ids referred to, from a record's fields.
    pub ids: fn(&Document) -> Vec<&str>,
}

/// The format of the ids of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdFormat {
    /// 24 lower-case hex digits when made here; any text when looked up.
    ObjectId,
    /// A UUID: any 8-4-4-4-12 hex form, lower-cased.
    Uuid,
}

impl IdFormat {
    /// Draws a new id.
    pub fn draw(self, rng: &mut SeededRng) -> String {
        match self {
            Self::ObjectId => rng.object_id(),
            Self::Uuid => rng.uuid().to_string(),
        }
    }
}

/// The actor of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A consumer, through the API: cannot set what the service owns.
    Consumer,
    /// The service itself, which does what a consumer asked for: can set what it owns.
    Service,
    /// A person or another system behind the API: the control API, a test, a step of a scenario.
    Administrator,
    /// A file or a generator, while a world gets its first records: it makes no history.
    Fixture,
}

impl Actor {
    /// Returns the actor of what follows from a change: for a consumer the service, which may set what it owns.
    pub fn followed(self) -> Self {
        if self == Self::Consumer { Self::Service } else { self }
    }
}
