//! Matchers: what a value must look like.
//!
//! Scalars equal, arrays element by element, objects by subset; operators stand alone in an object and begin with `@`.

use serde_json::{Map, Value};

use crate::engine::schema::time;
use crate::engine::state::mutate::is_uuid;

/// The shape that a value must have.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub(crate) enum Matcher {
    /// This scalar.
    Equals(Value),
    /// An array of as many elements, each of which matches.
    Items(Vec<Matcher>),
    /// An object with at least these members.
    Subset(Vec<(String, Matcher)>),
    /// `@any`: any value that is there.
    Any,
    /// `@absent`: no value.
    Absent,
    /// `@not`
    Not(Box<Matcher>),
    /// `@in`: one of these values.
    In(Vec<Value>),
    /// `@glob`: text in which `*` stands for any characters and `?` for one.
    Glob(String),
    /// `@type`
    Type(Type),
    /// `@len`: a number of characters, elements or members.
    Len(Range),
    /// `@exact`: this object and nothing more.
    Exact(Map<String, Value>),
    /// `@has`: an array with an element for each of these.
    Has(Vec<Matcher>),
}

/// The numbers that are right, from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    /// The least.
    pub min: u64,
    /// The most.
    pub max: u64,
}

impl Range {
    /// Returns the range of `n` alone.
    pub(crate) const fn exactly(n: u64) -> Self {
        Self { min: n, max: n }
    }

    /// Returns the range from `min` on.
    pub(crate) const fn at_least(min: u64) -> Self {
        Self { min, max: u64::MAX }
    }

    /// Tells whether `n` is within the range.
    pub(crate) fn holds(self, n: u64) -> bool {
        (self.min..=self.max).contains(&n)
    }

    /// Returns it in words: `exactly 2`, `at least 1`, `1 to 4`.
    pub(crate) fn words(self) -> String {
        match self {
            Self { min, max } if min == max => format!("exactly {min}"),
            Self { min, max: u64::MAX } => format!("at least {min}"),
            Self { min: 0, max } => format!("at most {max}"),
            Self { min, max } => format!("{min} to {max}"),
        }
    }
}

/// The types `@type` knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum Type {
    /// Text.
    String,
    /// Any number.
    Number,
    /// A number without fraction.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// An object.
    Object,
    /// An array.
    Array,
    /// `null`
    Null,
    /// Text of the form 8-4-4-4-12 in hex digits.
    Uuid,
    /// Text of 24 hex digits.
    ObjectId,
    /// Text that is an ISO 8601 time in UTC.
    DateTime,
}

pub(in crate::scenario) const TYPES: [(&str, Type); 10] = [
    ("string", Type::String),
    ("number", Type::Number),
    ("integer", Type::Integer),
    ("boolean", Type::Boolean),
    ("object", Type::Object),
    ("array", Type::Array),
    ("null", Type::Null),
    ("uuid", Type::Uuid),
    ("objectid", Type::ObjectId),
    ("datetime", Type::DateTime),
];

pub(in crate::scenario) const OPERATORS: [&str; 9] =
    ["@any", "@absent", "@not", "@in", "@glob", "@type", "@len", "@exact", "@has"];

impl Matcher {
    /// Tells whether a value, or its absence, matches.
    pub(crate) fn matches(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Self::Absent, value) => value.is_none(),
            (Self::Not(inner), value) => !inner.matches(value),
            (Self::Any, value) => value.is_some(),
            (Self::Equals(wanted), Some(value)) => same(wanted, value),
            (Self::Items(items), Some(Value::Array(values))) => {
                items.len() == values.len() && items.iter().zip(values).all(|(item, value)| item.matches(Some(value)))
            }
            (Self::Subset(members), Some(Value::Object(fields))) => {
                members.iter().all(|(name, matcher)| matcher.matches(fields.get(name)))
            }
            (Self::In(wanted), Some(value)) => wanted.iter().any(|wanted| same(wanted, value)),
            (Self::Glob(pattern), Some(Value::String(text))) => glob(pattern, text),
            (Self::Type(kind), Some(value)) => kind.fits(value),
            (Self::Len(range), Some(value)) => match value {
                Value::String(text) => range.holds(text.chars().count() as u64),
                Value::Array(items) => range.holds(items.len() as u64),
                Value::Object(fields) => range.holds(fields.len() as u64),
                _ => false,
            },
            (Self::Exact(wanted), Some(Value::Object(fields))) => same_fields(wanted, fields),
            (Self::Has(wanted), Some(Value::Array(values))) => {
                wanted.iter().all(|wanted| values.iter().any(|value| wanted.matches(Some(value))))
            }
            _ => false,
        }
    }
}

impl Matcher {
    /// Makes a matcher of values that equal this one; an object must have no further members.
    pub(crate) fn exactly(value: &Value) -> Self {
        match value {
            Value::Object(fields) => Self::Exact(fields.clone()),
            Value::Array(items) => Self::Items(items.iter().map(Self::exactly).collect()),
            scalar => Self::Equals(scalar.clone()),
        }
    }

    /// Tells whether one of the texts that were sent under one name matches.
    pub(in crate::scenario) fn matches_texts(&self, texts: &[Value]) -> bool {
        match self {
            Self::Not(inner) => !inner.matches_texts(texts),
            _ if texts.is_empty() => self.matches(None),
            _ => texts.iter().any(|text| self.matches(Some(text))),
        }
    }

    /// Returns a member that must be this text, where there is one: its name and the text.
    pub(in crate::scenario) fn member_text(&self) -> Option<(&str, &str)> {
        let Self::Subset(members) = self else { return None };
        members.iter().find_map(|(name, matcher)| match matcher {
            Self::Equals(Value::String(text)) => Some((name.as_str(), text.as_str())),
            _ => None,
        })
    }

    /// Says what is expected, in words that follow "expected".
    pub(crate) fn words(&self) -> String {
        let words = match self {
            Self::Any => "any value".to_owned(),
            Self::Absent => "nothing".to_owned(),
            Self::Not(inner) => format!("anything but {}", inner.words()),
            Self::In(values) => format!("one of {}", listed(values.iter().map(Value::to_string))),
            Self::Glob(pattern) => format!("text like {}", Value::from(pattern.as_str())),
            Self::Type(kind) => {
                let word = TYPES.iter().find(|(_, known)| known == kind).map_or("?", |(word, _)| word);
                format!("a value of type {word}")
            }
            Self::Len(range) => format!("a length of {}", range.words()),
            Self::Has(items) => format!("an array that has {}", listed(items.iter().map(Self::words))),
            Self::Equals(_) | Self::Items(_) | Self::Subset(_) | Self::Exact(_) => self.shape(),
        };
        crate::scenario::model::difference::shortened(&words)
    }

    /// Returns the matcher in the shape of what it matches.
    fn shape(&self) -> String {
        match self {
            Self::Equals(value) => value.to_string(),
            Self::Items(items) => format!("[{}]", listed(items.iter().map(Self::shape))),
            Self::Subset(members) => {
                let members =
                    members.iter().map(|(name, member)| format!("{}:{}", Value::from(name.as_str()), member.shape()));
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }
            Self::Exact(fields) => Value::from(fields.clone()).to_string(),
            operator => format!("<{}>", operator.words()),
        }
    }
}

fn listed(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

impl Type {
    pub(in crate::scenario) fn fits(self, value: &Value) -> bool {
        match (self, value) {
            (Self::String, Value::String(_))
            | (Self::Number, Value::Number(_))
            | (Self::Boolean, Value::Bool(_))
            | (Self::Object, Value::Object(_))
            | (Self::Array, Value::Array(_))
            | (Self::Null, Value::Null) => true,
            (Self::Integer, Value::Number(_)) => whole(value).is_some(),
            (Self::Uuid, Value::String(text)) => is_uuid(text),
            (Self::ObjectId, Value::String(text)) => {
                text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
            }
            (Self::DateTime, Value::String(text)) => time::parse_ms(text).is_some(),
            _ => false,
        }
    }
}

/// Tells whether two values of JSON are equal: `1` and `1.0` are, the order of members does not matter.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(x), Value::Number(y)) => x == y || x.as_f64() == y.as_f64(),
        (Value::Array(x), Value::Array(y)) => x.len() == y.len() && x.iter().zip(y).all(|(x, y)| same(x, y)),
        (Value::Object(x), Value::Object(y)) => same_fields(x, y),
        _ => a == b,
    }
}

fn same_fields(a: &Map<String, Value>, b: &Map<String, Value>) -> bool {
    a.len() == b.len() && a.iter().all(|(name, x)| b.get(name).is_some_and(|y| same(x, y)))
}

/// Tells whether a text fits a pattern of `*` and `?`. Linear but for backtracking to the last star.
fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&wanted) if wanted == '?' || wanted == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&left| left == '*')
}

/// Returns the whole number that a value is, as `1` and `1.0` are.
pub(in crate::scenario) fn whole(value: &Value) -> Option<i128> {
    if let Some(number) = value.as_u64() {
        return Some(number.into());
    }
    if let Some(number) = value.as_i64() {
        return Some(number.into());
    }
    let number = value.as_f64()?;
    #[expect(clippy::cast_possible_truncation, reason = "far beyond what is in range anyway")]
    (number.fract() == 0.0 && number.abs() < 1e30).then_some(number as i128)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::model::diagnostics::Diagnostics;
    use crate::scenario::parse::reader::Node;
    use serde_json::json;

    fn read(matcher: &Value) -> Option<Matcher> {
        let text = matcher.to_string();
        let mut found = Diagnostics::new("x", &text);
        let read = found.matcher(&Node::root(matcher));
        assert_eq!(read.is_none(), found.refuse(), "{matcher}");
        read
    }

    #[allow(clippy::needless_pass_by_value)] // `json!` makes values.
    fn matches(matcher: Value, value: Value) -> bool {
        read(&matcher).unwrap().matches(Some(&value))
    }

    #[test]
    fn scalars_equal_arrays_go_by_element_and_objects_by_subset() {
        assert!(matches(json!(1), json!(1.0)));
        assert!(!matches(json!("1"), json!(1)));
        assert!(matches(json!([1, {"@any": true}]), json!([1, null])));
        assert!(!matches(json!([1]), json!([1, 2])));
        assert!(matches(json!({"a": {"b": 2}}), json!({"a": {"b": 2, "c": 3}, "d": 4})));
        assert!(!matches(json!({"a": {"b": 2}}), json!({"a": 1})));
        assert!(matches(json!({}), json!({"a": 1})));
    }

    #[test]
    fn every_operator_does_what_its_name_says() {
        let rows = [
            (json!({"a": {"@any": true}}), json!({"a": null}), json!({})),
            (json!({"a": {"@absent": true}}), json!({"b": 1}), json!({"a": null})),
            (json!({"@not": "x"}), json!("y"), json!("x")),
            (json!({"@in": ["x", {"a": 1}]}), json!({"a": 1}), json!("y")),
            (json!({"@glob": "Leg*y ?"}), json!("Legacy 1"), json!("Legacy 12")),
            (json!({"@glob": "*a*b"}), json!("xaabab"), json!("xaaba")),
            (json!({"@type": "uuid"}), json!("77a69705-41a7-49cb-0fe8-ffd425f9716f"), json!("77a69705")),
            (json!({"@type": "objectid"}), json!("6c3b9aa767f785b537c0d8ba"), json!("6c3b")),
            (json!({"@type": "datetime"}), json!("2020-02-14T19:26:00.188Z"), json!("yesterday")),
            (json!({"@type": "integer"}), json!(2), json!(2.5)),
            (json!({"@type": "number"}), json!(2.5), json!("2")),
            (json!({"@type": "null"}), json!(null), json!(false)),
            (json!({"@len": 2}), json!("éa"), json!("a")),
            (json!({"@len": {"min": 1, "max": 2}}), json!([1]), json!({})),
            (json!({"@exact": {"a": 1}}), json!({"a": 1}), json!({"a": 1, "b": 2})),
            (json!({"@has": [2, {"a": 1}]}), json!([{"a": 1, "b": 1}, 2]), json!([2])),
        ];
        for (matcher, yes, no) in rows {
            assert!(matches(matcher.clone(), yes.clone()), "{matcher} takes {yes}");
            assert!(!matches(matcher.clone(), no.clone()), "{matcher} refuses {no}");
        }
    }

    #[test]
    fn what_is_no_matcher_is_refused() {
        for bad in [
            json!({"@foo": 1}),
            json!({"@any": false}),
            json!({"@any": true, "a": 1}),
            json!({"": 1}),
            json!({"@in": []}),
            json!({"@glob": 1}),
            json!({"@type": "text"}),
            json!({"@len": -1}),
            json!({"@len": {}}),
            json!({"@exact": []}),
            json!([{"@not": {"@x": 1}}]),
        ] {
            assert!(read(&bad).is_none(), "{bad}");
        }
    }
}
