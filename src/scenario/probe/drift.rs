//! Drift: the differences of a live answer from its documented shape. Values are never compared, and the only values
//! that are told are unknown words of an enumeration.

use std::collections::BTreeMap;

use serde_core::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::engine::api::openapi::openapi_of_whole_records;
use crate::engine::api::router::Row;
use crate::engine::schema::time::parse_ms;
use crate::http::json_object::json_object;
use crate::scenario::probe::probe::ProbeAnswer;

/// The weight of a difference.
///
/// ```
/// use standin::{ProbeAnswer, Standin, Tier};
///
/// let world = Standin::builder().offline()?;
/// let compared = world.probe("celigo-bad-afternoon", |_| Ok(ProbeAnswer::new(503, "")))?;
/// let of = |tier| compared.steps[0].differences.iter().filter(|drift| drift.tier == tier).count();
/// assert_eq!((of(Tier::Error), of(Tier::Warning)), (1, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Tier {
    /// A consumer that keeps to the documents breaks.
    Error,
    /// A strict consumer breaks.
    Warning,
    /// No consumer breaks, but a part could not be compared.
    Info,
}

impl Serialize for Tier {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        })
    }
}

/// One difference of a live answer.
///
/// ```
/// use standin::{ProbeAnswer, Standin, Tier};
///
/// let world = Standin::builder().offline()?;
/// let compared = world.probe("celigo-bad-afternoon", |_| Ok(ProbeAnswer::new(200, "no JSON")))?;
/// let of_whole = compared.steps[0].differences.iter().find(|drift| drift.at.is_empty()).unwrap();
/// assert_eq!(of_whole.tier, Tier::Error);
/// assert_eq!(of_whole.what, "is no JSON, though documented as JSON");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drift {
    /// The weight of the difference.
    pub tier: Tier,
    /// The place: a JSON Pointer, `*` for any index. Empty for the whole answer.
    pub at: String,
    /// The difference, in words that follow the place.
    pub what: String,
    /// The number of places that differ so.
    pub times: usize,
}

json_object!(write Drift { tier, at, what, times });

/// The places left out of a comparison: JSON Pointers, `*` for any index.
pub(in crate::scenario) struct Ignored(Vec<Vec<String>>);

impl Ignored {
    pub(in crate::scenario) fn new(pointers: &[String]) -> Self {
        let tokens = |pointer: &String| {
            pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~")).collect()
        };
        Self(pointers.iter().map(tokens).collect())
    }

    fn holds(&self, place: &[Segment]) -> bool {
        let same = |(pattern, token): (&String, &Segment)| match token {
            Segment::Index(index) => pattern == "*" || *pattern == index.to_string(),
            Segment::Member(name) => pattern == name,
        };
        self.0.iter().any(|pattern| pattern.len() == place.len() && pattern.iter().zip(place).all(same))
    }
}

/// A step into a JSON value.
enum Segment {
    Index(usize),
    Member(String),
}

/// The tables' schemas of the APIs' answers, made on first use.
#[derive(Default)]
pub(in crate::scenario) struct Documented(BTreeMap<&'static str, Value>);

/// The body that the documents let expect.
enum Expected<'d> {
    /// A JSON value of this shape.
    Shape(&'d Value),
    /// JSON, with no schema in a table.
    Json,
    /// Any body.
    Anything,
    /// No body.
    Nothing,
    /// The operation does not document the status.
    Unknown,
}

impl Documented {
    /// Lists how a live answer differs from its documented shape or, without one, from the shape of the fake's answer.
    pub(in crate::scenario) fn drifts(
        &mut self,
        row: &Row,
        live: &ProbeAnswer,
        fake: Option<&ProbeAnswer>,
        ignored: &Ignored,
    ) -> Vec<Drift> {
        let document = self.0.entry(row.api.name).or_insert_with(|| openapi_of_whole_records(row.api));
        let sample: Option<Value> = fake.and_then(|fake| serde_json::from_slice(&fake.body).ok());
        let example = sample.as_ref().map(shape_of);
        let mut walk = Walk { document, ignored, of_example: false, found: Vec::new() };
        let place = &mut Vec::new();
        let shape = match expected(document, row, live.status) {
            Expected::Anything => None,
            Expected::Nothing if live.body.is_empty() => None,
            Expected::Nothing => {
                walk.tell(Tier::Warning, place, "is a body, though none is documented");
                None
            }
            Expected::Unknown => {
                let what = format!("is not compared: {} documents no answer with {}", row.operation, live.status);
                walk.tell(Tier::Info, place, what);
                None
            }
            Expected::Shape(shape) => Some(shape),
            Expected::Json => {
                walk.of_example = true;
                if example.is_none() {
                    walk.tell(Tier::Info, place, "is not compared: neither a table nor the fake shows its shape");
                }
                example.as_ref()
            }
        };
        if let Some(shape) = shape {
            match serde_json::from_slice(&live.body) {
                Ok(body) => walk.value(shape, &sample.iter().collect::<Vec<_>>(), &body, place),
                Err(_) => walk.tell(Tier::Error, place, "is no JSON, though documented as JSON"),
            }
        }
        walk.found.sort_by(|one, other| (one.tier, &one.at, &one.what).cmp(&(other.tier, &other.at, &other.what)));
        walk.found
    }
}

fn expected<'d>(document: &'d Value, row: &Row, status: u16) -> Expected<'d> {
    let paths = document["paths"].as_object().into_iter().flat_map(|paths| paths.values());
    let mut operations = paths.filter_map(Value::as_object).flat_map(|methods| methods.values());
    let operation = operations.find(|operation| operation["operationId"] == row.operation);
    let Some(answer) = operation.and_then(|operation| operation["responses"].get(status.to_string())) else {
        return Expected::Unknown;
    };
    let Some(content) = answer.get("content") else { return Expected::Nothing };
    match content.get("application/json").map(|media| &media["schema"]) {
        None => Expected::Anything,
        Some(shape) if says_nothing(shape) => Expected::Json,
        Some(shape) => Expected::Shape(shape),
    }
}

/// Tells whether a schema is `{}` or `true`.
fn says_nothing(schema: &Value) -> bool {
    schema.as_object().is_none_or(serde_json::Map::is_empty)
}

/// Returns a schema of which a value is an example.
fn shape_of(example: &Value) -> Value {
    match example {
        Value::Null => json!({}),
        Value::Bool(_) => json!({ "type": "boolean" }),
        Value::Number(_) => json!({ "type": "number" }),
        Value::String(_) => json!({ "type": "string" }),
        Value::Array(items) => {
            let mut shapes: Vec<Value> = Vec::new();
            for shape in items.iter().map(shape_of) {
                if !shapes.contains(&shape) {
                    shapes.push(shape);
                }
            }
            json!({ "type": "array", "items": if shapes.is_empty() { json!({}) } else { json!({ "anyOf": shapes }) } })
        }
        Value::Object(members) => {
            let properties: serde_json::Map<_, _> =
                members.iter().map(|(name, value)| (name.clone(), shape_of(value))).collect();
            json!({ "type": "object", "properties": properties, "required": members.keys().collect::<Vec<_>>() })
        }
    }
}

/// A walk through a live answer, with the schema and the fake's values beside it.
struct Walk<'w> {
    document: &'w Value,
    ignored: &'w Ignored,
    /// True if the schema was made from an example, not from the documents.
    of_example: bool,
    found: Vec<Drift>,
}

impl Walk<'_> {
    fn tell(&mut self, tier: Tier, place: &[Segment], what: impl Into<String>) {
        let at: String = place
            .iter()
            .map(|token| match token {
                Segment::Index(_) => "/*".to_owned(),
                Segment::Member(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
            })
            .collect();
        let what = what.into();
        match self.found.iter_mut().find(|known| (known.tier, &known.at, &known.what) == (tier, &at, &what)) {
            Some(known) => known.times += 1,
            None => self.found.push(Drift { tier, at, what, times: 1 }),
        }
    }

    fn value(&mut self, schema: &Value, fakes: &[&Value], live: &Value, place: &mut Vec<Segment>) {
        if self.ignored.holds(place) {
            return;
        }
        if let Some(name) = schema["$ref"].as_str() {
            let document = self.document;
            let named = name.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
            return self.value(named.unwrap_or(&Value::Null), fakes, live, place);
        }
        if let Some(branches) = schema["anyOf"].as_array() {
            return self.nearest(branches, fakes, live, place);
        }
        let kinds: Vec<&str> = match &schema["type"] {
            Value::String(kind) => vec![kind],
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            _ => return,
        };
        if !kinds.iter().any(|kind| is(live, kind)) {
            let documented = kinds.iter().map(|kind| article(kind)).collect::<Vec<_>>().join(" or ");
            return self.tell(Tier::Error, place, format!("is {}, documented as {documented}", kind_of(live)));
        }
        match live {
            Value::String(text) => self.text(schema, text, place),
            Value::Array(items) => self.array(&schema["items"], fakes, items, place),
            Value::Object(members) => self.object(schema, fakes, members, place),
            _ => {}
        }
    }

    /// Compares a value with the branch that it is nearest to.
    fn nearest(&mut self, branches: &[Value], fakes: &[&Value], live: &Value, place: &mut Vec<Segment>) {
        let tries = branches.iter().map(|branch| {
            let mut attempt = Walk { found: Vec::new(), ..*self };
            attempt.value(branch, fakes, live, place);
            attempt.found
        });
        let count = |found: &[Drift], tier| found.iter().filter(|drift| drift.tier == tier).count();
        let nearest = tries.min_by_key(|found| (count(found, Tier::Error), count(found, Tier::Warning)));
        self.found.extend(nearest.into_iter().flatten());
    }

    fn text(&mut self, schema: &Value, text: &str, place: &[Segment]) {
        if let Some(words) = schema["enum"].as_array()
            && !words.iter().any(|word| word == text)
        {
            self.tell(Tier::Warning, place, format!("is {text:?}, which is none of the documented values"));
        }
        if schema["format"] == "date-time" && parse_ms(text).is_none() {
            self.tell(Tier::Warning, place, "is no RFC 3339 time, though documented as a time");
        }
    }

    fn array(&mut self, schema: &Value, fakes: &[&Value], live: &[Value], place: &mut Vec<Segment>) {
        let holds_objects = schema.get("$ref").is_some() || schema["type"] == "object";
        if live.is_empty() && holds_objects {
            self.tell(Tier::Info, place, "is empty: what such lists hold was not compared");
        }
        let fakes: Vec<&Value> = fakes.iter().filter_map(|fake| fake.as_array()).flatten().collect();
        for (n, item) in live.iter().enumerate() {
            place.push(Segment::Index(n));
            self.value(schema, &fakes, item, place);
            place.pop();
        }
    }

    fn object(
        &mut self,
        schema: &Value,
        fakes: &[&Value],
        live: &serde_json::Map<String, Value>,
        place: &mut Vec<Segment>,
    ) {
        let Some(properties) = schema["properties"].as_object() else { return };
        let required =
            |name: &str| schema["required"].as_array().is_some_and(|names| names.iter().any(|it| it == name));
        for (name, schema) in properties {
            // A request may ask for a part of a record, which the fake's answer shows.
            let all_show_it = fakes.iter().all(|fake| fake.get(name).is_some());
            place.push(Segment::Member(name.clone()));
            if let Some(live) = live.get(name) {
                let fakes: Vec<&Value> = fakes.iter().filter_map(|fake| fake.get(name)).collect();
                self.value(schema, &fakes, live, place);
            } else if all_show_it && !self.ignored.holds(place) {
                match (required(name), self.of_example) {
                    (true, false) => self.tell(Tier::Error, place, "is missing, though documented as always there"),
                    (true, true) => self.tell(Tier::Warning, place, "is missing; the fake shows it"),
                    (false, _) if !fakes.is_empty() => {
                        self.tell(Tier::Info, place, "is left out, as it may be; the fake shows it");
                    }
                    (false, _) => {}
                }
            }
            place.pop();
        }
        for name in live.keys().filter(|name| !properties.contains_key(*name)) {
            place.push(Segment::Member(name.clone()));
            if !self.ignored.holds(place) {
                let what = if self.of_example { "is nothing that the fake shows" } else { "is not documented" };
                self.tell(Tier::Warning, place, what);
            }
            place.pop();
        }
    }
}

/// Tells whether a value is of a kind that JSON Schema names.
fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn article(kind: &str) -> String {
    match kind {
        "null" => kind.to_owned(),
        "integer" => "a whole number".to_owned(),
        "array" | "object" => format!("an {kind}"),
        _ => format!("a {kind}"),
    }
}
