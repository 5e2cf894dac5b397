//! `$filter`: which records a v2 list shows.

use std::cmp::Ordering;

use serde_json::Value;

use crate::apis::edlink::errors::INVALID_FILTER;
use crate::apis::edlink::graph::resources::{CLASSES, COURSES, ENROLLMENTS, PEOPLE, SCHOOLS, SECTIONS, SESSIONS};
use crate::engine::schema::field::Kind;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::resource::Schema;
use crate::engine::state::clock::read_ms;
use crate::engine::state::mutate::is_uuid;
use crate::engine::store::Record;
use crate::http::tree::{MEMBERS, TreeLimits};

/// The operators, in the order messages name them.
const OPERATORS: [&str; 11] =
    ["equals", "in", "not in", "starts with", "contains", "is known", "is unknown", "gt", "gte", "lt", "lte"];

/// Conditions that must all hold.
#[derive(Clone, Debug)]
pub struct Filter(Vec<Condition>);

#[derive(Clone, Debug)]
struct Condition {
    field: &'static str,
    test: Test,
}

#[derive(Clone, Debug)]
enum Test {
    OneOf(Vec<Bound>),
    NoneOf(Vec<Bound>),
    /// Lower case.
    StartsWith(String),
    /// Lower case.
    Contains(String),
    Known(bool),
    Compared(Comparison, Bound),
}

#[derive(Clone, Copy, Debug)]
enum Comparison {
    Greater,
    AtLeast,
    Less,
    AtMost,
}

/// What values are compared with.
#[derive(Clone, Debug)]
enum Bound {
    /// However it is written: milliseconds since 1970.
    Time(i64),
    Text(String),
}

impl Bound {
    fn read(field: &'static str, resource: &Schema, text: String) -> Result<Self, String> {
        Ok(match resource.field(field).map(|field| field.kind) {
            Some(Kind::Time) => {
                let time = read_ms(&text);
                Self::Time(time.ok_or_else(|| format!("'{field}': {text:?} is not an ISO 8601 date."))?)
            }
            // Ids are taken in any case.
            Some(Kind::Reference(_)) if is_uuid(&text) => Self::Text(text.to_ascii_lowercase()),
            _ if field == resource.id_field && is_uuid(&text) => Self::Text(text.to_ascii_lowercase()),
            _ => Self::Text(text),
        })
    }

    /// How a value stands to it, if they can be compared.
    fn order(&self, value: &str) -> Option<Ordering> {
        match self {
            Self::Time(time) => read_ms(value).map(|ms| ms.cmp(time)),
            Self::Text(text) => Some(value.cmp(text)),
        }
    }

    fn is(&self, value: &str) -> bool {
        self.order(value) == Some(Ordering::Equal)
    }
}

/// The fields a list of that resource can be filtered by.
fn fields_of(resource: &Schema) -> Vec<&'static str> {
    let own: &[&str] = match resource {
        it if *it == PEOPLE => &["first_name", "middle_name", "last_name", "display_name", "email"],
        it if [&SCHOOLS, &SESSIONS].contains(&it) => &["name"],
        it if [&CLASSES, &SECTIONS].contains(&it) => &["name", "state"],
        it if *it == COURSES => &["code", "school_id"],
        it if *it == ENROLLMENTS => &["role", "person_id", "class_id", "section_id"],
        _ => &[],
    };
    let common = ["id", "updated_date"].into_iter().filter(|name| resource.field(name).is_some());
    common.chain(own.iter().copied()).collect()
}

impl Filter {
    /// Reads the value of `$filter`. All faults are told.
    pub fn read(text: &str, resource: &'static Schema) -> Result<Self, Problem> {
        let refused = |messages| Problem::Several { error: INVALID_FILTER, messages };
        let shape = || "'$filter' must be a JSON object of fields, each with an array of {operator, value}.".to_owned();
        let is_shallow = TreeLimits::body(MEMBERS).check(text.as_bytes()).is_ok();
        let asked = if is_shallow { serde_json::from_str(text).ok() } else { None };
        let Some(Value::Object(asked)) = asked else { return Err(refused(vec![shape()])) };
        let (mut conditions, mut faults) = (Vec::new(), Vec::new());
        let known = fields_of(resource);
        for (name, tests) in &asked {
            let Some(&field) = known.iter().find(|known| *known == name) else {
                let title = resource.title;
                faults.push(format!("'{name}' is no field {title} can be filtered by; {} are.", known.join(", ")));
                continue;
            };
            let one = std::slice::from_ref(tests);
            let tests = tests.as_array().map_or(if tests.is_object() { one } else { &[] }, Vec::as_slice);
            if tests.is_empty() {
                faults.push(format!("'{name}' must have an array of {{operator, value}}."));
            }
            for asked in tests {
                match Test::read(field, resource, asked) {
                    Ok(read) => conditions.push(Condition { field, test: read }),
                    Err(fault) => faults.push(fault),
                }
            }
        }
        if faults.is_empty() { Ok(Self(conditions)) } else { Err(refused(faults)) }
    }

    /// Whether a record passes; fields that are hidden have no value.
    pub fn passes(&self, record: &Record, hidden: &[String]) -> bool {
        self.0.iter().all(|condition| {
            let hides = hidden.iter().any(|field| field == condition.field);
            condition.test.holds(record.get(condition.field).filter(|value| !hides && !value.is_null()))
        })
    }
}

impl Test {
    fn read(field: &'static str, resource: &'static Schema, asked: &Value) -> Result<Self, String> {
        let operator = asked["operator"].as_str().unwrap_or_default();
        let one = || match &asked["value"] {
            Value::String(text) => Ok(text.clone()),
            value @ (Value::Number(_) | Value::Bool(_)) => Ok(value.to_string()),
            _ => Err(format!("'{field}': the operator '{operator}' needs a value.")),
        };
        let bound = |text| Bound::read(field, resource, text);
        let list = || {
            let texts: Vec<String> = match &asked["value"] {
                Value::Array(values) => values.iter().map(plain).collect(),
                _ => one()?.split(',').map(|part| part.trim().to_owned()).collect(),
            };
            texts.into_iter().map(bound).collect::<Result<Vec<Bound>, String>>()
        };
        let compared = |comparison| Ok(Self::Compared(comparison, bound(one()?)?));
        Ok(match operator {
            "equals" => Self::OneOf(vec![bound(one()?)?]),
            "in" => Self::OneOf(list()?),
            "not in" => Self::NoneOf(list()?),
            "starts with" => Self::StartsWith(one()?.to_lowercase()),
            "contains" => Self::Contains(one()?.to_lowercase()),
            "is known" => Self::Known(true),
            "is unknown" => Self::Known(false),
            "gt" => return compared(Comparison::Greater),
            "gte" => return compared(Comparison::AtLeast),
            "lt" => return compared(Comparison::Less),
            "lte" => return compared(Comparison::AtMost),
            _ => {
                return Err(format!("'{field}': '{operator}' is no operator; {} are.", OPERATORS.join(", ")));
            }
        })
    }

    fn holds(&self, value: Option<&Value>) -> bool {
        let text = value.map(plain);
        match self {
            Self::Known(known) => value.is_some() == *known,
            Self::NoneOf(values) => text.is_none_or(|text| !values.iter().any(|value| value.is(&text))),
            Self::OneOf(values) => text.is_some_and(|text| values.iter().any(|value| value.is(&text))),
            Self::StartsWith(start) => text.is_some_and(|text| text.to_lowercase().starts_with(start)),
            Self::Contains(part) => text.is_some_and(|text| text.to_lowercase().contains(part)),
            Self::Compared(comparison, bound) => {
                text.and_then(|text| bound.order(&text)).is_some_and(|order| match comparison {
                    Comparison::Greater => order.is_gt(),
                    Comparison::AtLeast => order.is_ge(),
                    Comparison::Less => order.is_lt(),
                    Comparison::AtMost => order.is_le(),
                })
            }
        }
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
