//! Matchers of what two values have in common.

use serde_json::{Map, Value, json};

use crate::engine::schema::time::parse_ms;
use crate::scenario::model::matchers::TYPES;

/// A body with more values is expected by its first fields only.
const MOST_VALUES: usize = 40;
const DAY_MS: u64 = 86_400_000;

/// A builder of the matcher that two values have in common.
pub(super) struct Common {
    /// True while nothing was left out or widened.
    pub(super) is_literal: bool,
    pub(super) values: usize,
    /// The time of the runs.
    pub(super) now_ms: u64,
}

impl Common {
    /// Returns the matcher of two values. `shown` is the first value with its credentials blacked out.
    pub(super) fn matcher(&mut self, one: &Value, other: &Value, shown: &Value) -> Value {
        match (one, other) {
            (Value::Object(first), Value::Object(second)) if shown.is_object() && !is_operator(first) => {
                let mut members = Map::new();
                for (name, value) in first {
                    match second.get(name) {
                        Some(partner) if !name.is_empty() && !name.starts_with('@') && self.values < MOST_VALUES => {
                            let shown = shown.get(name).unwrap_or(&Value::Null);
                            members.insert(name.clone(), self.matcher(value, partner, shown));
                        }
                        _ => self.is_literal = false,
                    }
                }
                members.into()
            }
            (Value::Array(first), Value::Array(second)) if first.len() == second.len() && shown.is_array() => {
                let shown = |n: usize| shown.get(n).unwrap_or(&Value::Null);
                first
                    .iter()
                    .zip(second)
                    .enumerate()
                    .map(|(n, (one, other))| self.matcher(one, other, shown(n)))
                    .collect()
            }
            _ => self.scalar(one, other, shown),
        }
    }

    fn scalar(&mut self, one: &Value, other: &Value, shown: &Value) -> Value {
        self.values += 1;
        let is_container = one.is_object() || one.is_array();
        if one == shown && one == other && !is_container && !self.is_of_now(one) {
            return one.clone();
        }
        self.is_literal = false;
        // A credential is not written down, and values that differ are expected by their kind.
        if one != shown {
            return json!({ "@any": true });
        }
        match (kind_of(one), kind_of(other)) {
            (kind, partner) if kind == partner => json!({ "@type": kind }),
            _ if one.is_string() && other.is_string() => json!({ "@type": "string" }),
            _ => json!({ "@any": true }),
        }
    }

    /// Tells whether a value holds a time of the consumer's own clock, which differs in each run.
    fn is_of_now(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => {
                let day = |date: &[u8]| {
                    let date = std::str::from_utf8(date).ok()?;
                    parse_ms(&format!("{date}T00:00:00Z"))
                };
                let has_date = text.as_bytes().windows(10).any(|date| day(date).is_some_and(|ms| self.is_near(ms)));
                let mut numbers =
                    text.split(|letter: char| !letter.is_ascii_digit()).filter(|digits| digits.len() >= 10);
                has_date || numbers.any(|digits| digits.parse().is_ok_and(|number| self.is_time(number)))
            }
            Value::Number(number) => number.as_u64().is_some_and(|number| self.is_time(number)),
            _ => false,
        }
    }

    /// Tells whether a number is a time near that of the runs, in seconds or milliseconds.
    fn is_time(&self, number: u64) -> bool {
        self.is_near(number) || self.is_near(number.saturating_mul(1_000))
    }

    fn is_near(&self, ms: u64) -> bool {
        ms.abs_diff(self.now_ms) < 2 * DAY_MS
    }
}

fn is_operator(fields: &Map<String, Value>) -> bool {
    fields.len() == 1 && fields.keys().any(|name| name.starts_with('@'))
}

/// The types of `@type`, narrow ones first.
const NARROW: [&str; 10] =
    ["uuid", "objectid", "datetime", "integer", "boolean", "null", "string", "number", "array", "object"];

/// Returns the narrowest name that `@type` has for a value.
fn kind_of(value: &Value) -> &'static str {
    let fits = |name: &&str| TYPES.iter().any(|(known, kind)| known == name && kind.fits(value));
    NARROW.into_iter().find(|name| fits(name)).unwrap_or("object")
}
