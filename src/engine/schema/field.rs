//! The rules of a record's fields.

use std::borrow::Cow;
use std::sync::{LazyLock, OnceLock};

use serde_json::{Map, Value};

use crate::engine::schema::problem::{FieldFault, FieldFaultKind};
use crate::engine::schema::schema::{Actor, Schema};
use crate::engine::schema::time;

/// Fields whose name begins so are standin's own: kept in a record, never shown to a consumer.
pub(crate) const PRIVATE_PREFIX: &str = "standin_";

/// The private field of a record that was made again: the id it had at first.
pub(crate) const FIRST_ID: &str = "standin_first_id";

/// One documented field.
#[derive(Clone, Copy)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// The kind of value it holds.
    pub kind: Kind,
    /// The actor that sets it.
    pub owner: Owner,
    /// True if it must be there, and not blank.
    pub required: bool,
    /// True if it may be `null`.
    pub nullable: bool,
    /// The most characters a text may have.
    pub max_chars: usize,
    /// The value it has when none is given.
    pub default: DefaultValue,
    /// Values it may have that no document and no client shows.
    pub assumed: &'static [&'static str],
}

/// The kind of value that a field holds.
#[derive(Clone, Copy)]
pub enum Kind {
    /// Anything.
    Any,
    /// Text.
    String,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// An ISO 8601 time.
    Time,
    /// An array.
    List,
    /// An array of texts.
    Strings,
    /// An array of some of these texts.
    EnumList(&'static [&'static str]),
    /// An object.
    Object,
    /// An array of objects with these fields, and any others.
    Objects(&'static [Field]),
    /// One of these texts.
    Enum(&'static [&'static str]),
    /// The id of a record of that resource.
    Reference(&'static Schema),
    /// An array of such ids.
    References(&'static Schema),
}

/// The actor that sets a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The consumer; left out of a replacement, it falls back to its default.
    Consumer,
    /// The consumer; left out of a replacement, it stays.
    Preserved,
    /// The actor that makes the record; afterwards it stays.
    CreateOnly,
    /// The service: bodies cannot set it.
    Service,
    /// The service: when the record was made.
    CreatedAt,
    /// The service: when the record was last changed.
    UpdatedAt,
}

/// The value of a field when none is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultValue {
    /// Left out.
    Absent,
    /// `null`
    Null,
    /// `false`
    False,
    /// `true`
    True,
    /// `[]`
    EmptyList,
    /// `{}`
    EmptyObject,
    /// A value that is no text.
    Constant(&'static Constant),
    /// A text.
    Text(&'static str),
    /// A number.
    Number(i64),
    /// A fresh token of this number of letters and digits.
    Token(usize),
    /// A fresh identifier: this letter, and this number of hex digits.
    Identifier(char, usize),
}

/// A value that records share, written as JSON.
#[derive(Debug)]
pub struct Constant {
    text: &'static str,
    value: OnceLock<Value>,
}

impl Constant {
    /// Makes a constant of this JSON.
    pub const fn new(text: &'static str) -> Self {
        Self { text, value: OnceLock::new() }
    }

    /// Returns the value.
    ///
    /// # Panics
    ///
    /// Panics if the text is no JSON.
    pub fn value(&self) -> &Value {
        self.value.get_or_init(|| serde_json::from_str(self.text).expect("a constant is JSON"))
    }
}

impl PartialEq for Constant {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Constant {}

impl DefaultValue {
    /// Returns the value, if records share one. A text is never shared: records are indexed by stored texts only.
    pub fn plain(self) -> Option<&'static Value> {
        static EMPTY_LIST: Value = Value::Array(Vec::new());
        static EMPTY_OBJECT: LazyLock<Value> = LazyLock::new(|| Value::Object(Map::new()));
        match self {
            Self::Null => Some(&Value::Null),
            Self::False => Some(&Value::Bool(false)),
            Self::True => Some(&Value::Bool(true)),
            Self::EmptyList => Some(&EMPTY_LIST),
            Self::EmptyObject => Some(&EMPTY_OBJECT),
            Self::Constant(constant) => Some(constant.value()),
            Self::Absent | Self::Text(_) | Self::Number(_) | Self::Token(_) | Self::Identifier(..) => None,
        }
    }

    /// Tells whether each record gets a value of its own, drawn from the world's seed.
    pub(crate) const fn is_drawn(self) -> bool {
        matches!(self, Self::Token(_) | Self::Identifier(..))
    }
}

/// Makes a field that holds anything of that kind.
pub const fn field(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        owner: Owner::Consumer,
        required: false,
        nullable: false,
        max_chars: usize::MAX,
        default: DefaultValue::Absent,
        assumed: &[],
    }
}

/// Makes a text field.
pub const fn text(name: &'static str) -> Field {
    field(name, Kind::String)
}

impl Field {
    /// Requires it to be there, and not blank.
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Lets it be `null`, which it is when no value is given.
    pub const fn nullable(mut self) -> Self {
        self.nullable = true;
        self.default = DefaultValue::Null;
        self
    }

    /// Limits it to at most `max_chars` characters.
    pub const fn at_most(mut self, max_chars: usize) -> Self {
        self.max_chars = max_chars;
        self
    }

    /// Sets the value it has when none is given.
    pub const fn or(mut self, default: DefaultValue) -> Self {
        self.default = default;
        self
    }

    /// Marks these of its values as assumed: an answer that shows one says so.
    pub const fn assumed(mut self, values: &'static [&'static str]) -> Self {
        self.assumed = values;
        self
    }

    /// Tells whether it, or a field within it, has values that are assumed.
    pub const fn has_assumed(&self) -> bool {
        if let Kind::Objects(fields) = self.kind {
            let mut place = 0;
            while place < fields.len() {
                if fields[place].has_assumed() {
                    return true;
                }
                place += 1;
            }
        }
        !self.assumed.is_empty()
    }

    /// Tells whether a value it has, or one within that, is assumed.
    pub fn is_assumed(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.assumed.contains(&text.as_str()),
            Value::Array(items) => items.iter().any(|item| match (self.kind, item) {
                (Kind::Objects(fields), Value::Object(item)) => {
                    fields.iter().any(|field| item.get(field.name).is_some_and(|value| field.is_assumed(value)))
                }
                (_, item) => self.is_assumed(item),
            }),
            _ => false,
        }
    }

    /// Sets the actor that sets it.
    pub const fn by(mut self, owner: Owner) -> Self {
        self.owner = owner;
        self
    }

    /// Tells whether a new record without a value for it stores nothing.
    pub const fn is_unwritten(&self) -> bool {
        let is_time = matches!(self.owner, Owner::CreatedAt | Owner::UpdatedAt);
        match self.default {
            DefaultValue::Absent
            | DefaultValue::Null
            | DefaultValue::False
            | DefaultValue::True
            | DefaultValue::EmptyList
            | DefaultValue::EmptyObject
            | DefaultValue::Constant(_) => !is_time,
            DefaultValue::Text(_) | DefaultValue::Number(_) | DefaultValue::Token(_) | DefaultValue::Identifier(..) => {
                false
            }
        }
    }

    /// Tells whether the field takes a value that this actor gives, in a new record or in a changed one.
    pub fn hears(&self, by: Actor, is_new: bool) -> bool {
        match self.owner {
            Owner::Consumer | Owner::Preserved => true,
            Owner::CreateOnly => is_new || by != Actor::Consumer,
            Owner::Service | Owner::CreatedAt | Owner::UpdatedAt => by != Actor::Consumer,
        }
    }

    /// Returns the fault of a value, if it has one. Does not check that a reference leads somewhere.
    pub fn fault(&self, value: Option<&Value>) -> Option<FieldFault> {
        let fault = |kind| Some(FieldFault { field: Cow::Borrowed(self.name), kind });
        let value = match value {
            None => return if self.required { fault(FieldFaultKind::Missing) } else { None },
            Some(Value::Null) if self.nullable => return None,
            Some(Value::Null) if self.required => return fault(FieldFaultKind::Missing),
            Some(value) => value,
        };
        let fits = match self.kind {
            Kind::Any => true,
            Kind::String | Kind::Enum(_) | Kind::Reference(_) => value.is_string(),
            Kind::Time => value.as_str().is_some_and(|text| time::parse_ms(text).is_some()),
            Kind::Bool => value.is_boolean(),
            Kind::Integer => value.is_i64() || value.is_u64(),
            Kind::Number => value.is_number(),
            Kind::List => value.is_array(),
            Kind::Object => value.is_object(),
            Kind::Objects(_) => value.as_array().is_some_and(|items| items.iter().all(Value::is_object)),
            Kind::Strings | Kind::EnumList(_) | Kind::References(_) => {
                value.as_array().is_some_and(|texts| texts.iter().all(Value::is_string))
            }
        };
        if !fits {
            return fault(FieldFaultKind::WrongType { expected: self.kind.expected() });
        }
        if let Some(text) = value.as_str() {
            if self.required && text.trim().is_empty() {
                return fault(FieldFaultKind::Missing);
            }
            // No text has more characters than bytes.
            if text.len() > self.max_chars && text.chars().count() > self.max_chars {
                return fault(FieldFaultKind::TooLong { max_chars: self.max_chars });
            }
            if let Kind::Enum(values) = self.kind
                && !values.contains(&text)
            {
                return fault(FieldFaultKind::NotOneOf { values });
            }
        }
        if let Kind::EnumList(values) = self.kind
            && let Some(texts) = value.as_array()
            && !texts.iter().filter_map(Value::as_str).all(|text| values.contains(&text))
        {
            return fault(FieldFaultKind::NotOneOf { values });
        }
        if let Kind::Objects(fields) = self.kind
            && let Some(items) = value.as_array()
        {
            let faults = items.iter().enumerate().flat_map(|(place, item)| {
                let faults = fields.iter().filter_map(|field| field.fault(item.get(field.name)));
                faults.map(move |fault| (place, fault))
            });
            return faults.into_iter().next().map(|(place, FieldFault { field, kind })| FieldFault {
                field: Cow::Owned(format!("{}[{place}].{field}", self.name)),
                kind,
            });
        }
        None
    }
}

impl Kind {
    /// Tells whether values of this kind are ids of other records.
    pub const fn refers(self) -> bool {
        matches!(self, Self::Reference(_) | Self::References(_))
    }

    /// Returns the kind of record that values of this kind are ids of.
    pub const fn target(self) -> Option<&'static Schema> {
        match self {
            Self::Reference(to) | Self::References(to) => Some(to),
            _ => None,
        }
    }

    /// Returns the kind with its article, as in "must be a string".
    pub fn expected(self) -> &'static str {
        match self {
            Self::Any => "a value",
            Self::String | Self::Enum(_) | Self::Reference(_) => "a string",
            Self::Bool => "a boolean",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Time => "an ISO 8601 time in UTC",
            Self::List => "an array",
            Self::Object => "an object",
            Self::Objects(_) => "an array of objects",
            Self::Strings | Self::EnumList(_) => "an array of strings",
            Self::References(_) => "an array of ids",
        }
    }
}
