//! `$filter`: the filters of v2 lists.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use crate::apis::edlink::errors::INVALID_FILTER;
use crate::apis::edlink::graph::kinds;
use crate::apis::edlink::graph::operators::Operator;
use crate::engine::schema::field::Kind;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Schema;
use crate::engine::schema::time::read_ms;
use crate::engine::state::mutate::is_uuid;
use crate::engine::store::Record;
use crate::http::tree::{MEMBERS, TreeLimits};

/// Conditions that must all hold.
#[derive(Clone, Debug)]
pub(crate) struct Filter(Vec<Condition>);

#[derive(Clone, Debug)]
struct Condition {
    field: &'static str,
    test: Test,
}

#[derive(Clone, Debug)]
enum Test {
    OneOf(Vec<Comparand>),
    NoneOf(Vec<Comparand>),
    /// The text, in lower case.
    StartsWith(String),
    /// The text, in lower case.
    Contains(String),
    Known(bool),
    Compared(Operator, Comparand),
}

/// A value that the values of records are compared with.
#[derive(Clone, Debug)]
enum Comparand {
    /// A time, in milliseconds since 1970.
    Time(i64),
    Text(String),
}

impl Comparand {
    fn read(field: &'static str, resource: &Schema, text: String) -> Result<Self, String> {
        Ok(match resource.field(field).map(|field| field.kind) {
            Some(Kind::Time) => {
                let time = read_ms(&text);
                Self::Time(time.ok_or_else(|| format!("'{field}': {text:?} is not an ISO 8601 date."))?)
            }
            // Ids are taken in any case.
            Some(Kind::Reference(_) | Kind::References(_)) if is_uuid(&text) => Self::Text(text.to_ascii_lowercase()),
            _ if field == resource.id_field && is_uuid(&text) => Self::Text(text.to_ascii_lowercase()),
            _ => Self::Text(text),
        })
    }

    /// Returns the order of a value and this one, if they can be compared.
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

/// Returns the fields a list of that resource can be filtered by, with their operators.
fn fields_of(resource: &Schema) -> Vec<(&'static str, &'static [Operator])> {
    let common = [("id", kinds::I), ("updated_date", kinds::D)].into_iter();
    let common = common.filter(|(name, _)| resource.field(name).is_some());
    let own = kinds::of(resource).map(|kind| kind.filters).unwrap_or_default();
    common.chain(own.iter().copied()).collect()
}

/// Returns the JSON Schema of filters of a list of that resource.
pub(crate) fn json_schema(resource: &Schema) -> Value {
    let fields = fields_of(resource).into_iter().map(|(field, operators)| {
        let is_time = resource.field(field).is_some_and(|field| matches!(field.kind, Kind::Time));
        let one = if is_time {
            json!({ "type": "string", "format": "date-time" })
        } else {
            json!({ "type": ["string", "number", "boolean"] })
        };
        let list = json!({ "type": "array", "items": one });
        let condition = |operator: &Operator| {
            let name = operator.as_str();
            let value = match operator {
                Operator::IsKnown | Operator::IsUnknown => {
                    return json!({ "properties": { "operator": { "const": name } }, "required": ["operator"] });
                }
                Operator::In | Operator::NotIn => json!({ "anyOf": [list, one] }),
                _ => one.clone(),
            };
            let properties = json!({ "operator": { "const": name }, "value": value });
            json!({ "properties": properties, "required": ["operator", "value"] })
        };
        let conditions: Vec<Value> = operators.iter().map(condition).collect();
        let item = json!({ "type": "object", "anyOf": conditions });
        (field.to_owned(), json!({ "type": "array", "minItems": 1, "items": item }))
    });
    let properties: Map<String, Value> = fields.collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

impl Filter {
    /// Reads the value of `$filter`. The problem has all faults.
    pub(crate) fn read(text: &str, resource: &'static Schema) -> Result<Self, Problem> {
        let refused = |messages| Problem::Several { error: INVALID_FILTER, messages };
        let shape = || "'$filter' must be a JSON object of fields, each with an array of {operator, value}.".to_owned();
        let is_shallow = TreeLimits::body(MEMBERS).check(text.as_bytes()).is_ok();
        let asked = if is_shallow { serde_json::from_str(text).ok() } else { None };
        let Some(Value::Object(asked)) = asked else { return Err(refused(vec![shape()])) };
        let (mut conditions, mut faults) = (Vec::new(), Vec::new());
        let known = fields_of(resource);
        for (name, tests) in &asked {
            let Some(&(field, operators)) = known.iter().find(|(known, _)| known == name) else {
                let (title, known) = (resource.title, known.iter().map(|(name, _)| *name).collect::<Vec<_>>());
                faults.push(format!("'{name}' is no field {title} can be filtered by; {} are.", known.join(", ")));
                continue;
            };
            let one = std::slice::from_ref(tests);
            let tests = tests.as_array().map_or(if tests.is_object() { one } else { &[] }, Vec::as_slice);
            if tests.is_empty() {
                faults.push(format!("'{name}' must have an array of {{operator, value}}."));
            }
            for asked in tests {
                match Test::read(field, operators, resource, asked) {
                    Ok(read) => conditions.push(Condition { field, test: read }),
                    Err(fault) => faults.push(fault),
                }
            }
        }
        if faults.is_empty() { Ok(Self(conditions)) } else { Err(refused(faults)) }
    }

    /// Tells whether a record passes; fields that are hidden have no value.
    pub(crate) fn passes(&self, record: &Record, hidden: &[String]) -> bool {
        self.0.iter().all(|condition| {
            let hides = hidden.iter().any(|field| field == condition.field);
            condition.test.holds(record.get(condition.field).filter(|value| !hides && !value.is_null()))
        })
    }
}

impl Test {
    fn read(
        field: &'static str,
        operators: &[Operator],
        resource: &'static Schema,
        asked: &Value,
    ) -> Result<Self, String> {
        let members = asked.as_object().into_iter().flatten().map(|(name, _)| name);
        if let Some(name) = members.into_iter().find(|name| !["operator", "value"].contains(&name.as_str())) {
            return Err(format!("'{field}': '{name}' is no part of a condition; operator and value are."));
        }
        let operator = asked["operator"].as_str().unwrap_or_default();
        let known = operators.iter().copied().find(|known| known.as_str() == operator).ok_or_else(|| {
            let known: Vec<&str> = operators.iter().map(|known| known.as_str()).collect();
            format!("'{field}': '{operator}' is no operator here; {} are.", known.join(", "))
        })?;
        let one = || match &asked["value"] {
            Value::String(text) => Ok(text.clone()),
            value @ (Value::Number(_) | Value::Bool(_)) => Ok(value.to_string()),
            _ => Err(format!("'{field}': the operator '{operator}' needs a value.")),
        };
        let bound = |text| Comparand::read(field, resource, text);
        let list = || {
            let in_text = |text: &String| serde_json::from_str::<Vec<Value>>(text).ok();
            let texts: Vec<String> = match &asked["value"] {
                Value::Array(values) => values.iter().map(plain).collect(),
                Value::String(text) if text.trim_start().starts_with('[') && in_text(text).is_some() => {
                    in_text(text).unwrap_or_default().iter().map(plain).collect()
                }
                _ => one()?.split(',').map(|part| part.trim().to_owned()).collect(),
            };
            texts.into_iter().map(bound).collect::<Result<Vec<Comparand>, String>>()
        };
        Ok(match known {
            Operator::Equals => Self::OneOf(vec![bound(one()?)?]),
            Operator::In => Self::OneOf(list()?),
            Operator::NotIn => Self::NoneOf(list()?),
            Operator::StartsWith => Self::StartsWith(one()?.to_lowercase()),
            Operator::Contains => Self::Contains(one()?.to_lowercase()),
            Operator::IsKnown => Self::Known(true),
            Operator::IsUnknown => Self::Known(false),
            Operator::Greater | Operator::AtLeast | Operator::Less | Operator::AtMost => {
                Self::Compared(known, bound(one()?)?)
            }
        })
    }

    /// Tells whether the test holds for a value: for one item of an array or, with `not in`, for all.
    fn holds(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Self::Known(known), value) => value.is_some() == *known,
            (Self::NoneOf(_), Some(Value::Array(items))) => items.iter().all(|item| self.holds(Some(item))),
            (_, Some(Value::Array(items))) => items.iter().any(|item| self.holds(Some(item))),
            (Self::NoneOf(values), value) => value.is_none_or(|value| !values.iter().any(|it| it.is(&plain(value)))),
            (_, None) => false,
            (Self::OneOf(values), Some(value)) => values.iter().any(|it| it.is(&plain(value))),
            (Self::StartsWith(start), Some(value)) => plain(value).to_lowercase().starts_with(start),
            (Self::Contains(part), Some(value)) => plain(value).to_lowercase().contains(part),
            (Self::Compared(operator, bound), Some(value)) => {
                bound.order(&plain(value)).is_some_and(|order| match operator {
                    Operator::Greater => order.is_gt(),
                    Operator::AtLeast => order.is_ge(),
                    Operator::Less => order.is_lt(),
                    _ => order.is_le(),
                })
            }
        }
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
