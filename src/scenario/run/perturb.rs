//! Successful answers, varied in ways a tolerant reader survives.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::engine::api::api::Api;
use crate::engine::api::router::Row;
use crate::engine::schema::field::{DefaultValue, Kind};
use crate::engine::schema::rng::fnv1a64;
use crate::engine::schema::schema::Schema;
use crate::engine::state::State;
use crate::http::message::Response;
use crate::scenario::model::format::UNKNOWN_FIELD;
use crate::scenario::model::format::{FieldChange, FieldDrift, JsonType, Perturb};
use crate::scenario::model::rule::draw;
use crate::scenario::run::scenario_run::ScenarioRun;

/// The unknown value that varied answers give to enumerated fields.
pub(crate) const UNKNOWN_VALUE: &str = "future_value";
/// The share of enumerated fields that get the unknown value: a consumer needs known values too, to proceed.
const NEW_VALUE_SHARE: f64 = 0.25;

/// The draws of one answer, from the seed, the number of the call, and the order of the draws.
struct Draws {
    seed: u64,
    purpose: u64,
    next: u64,
}

impl Draws {
    fn share(&mut self, share: f64) -> bool {
        self.next += 1;
        draw(self.seed, self.purpose, self.next) < share
    }
}

impl ScenarioRun {
    /// Returns the answer to call `number`, varied as the scenario wants; `None` when it stays as it is.
    pub(crate) fn perturbed(&self, state: &State, number: u64, row: &Row, response: &Response) -> Option<Response> {
        let perturb = self.scenario().perturb.as_ref()?;
        let is_json = response.header("content-type").is_some_and(|kind| kind.starts_with("application/json"));
        if response.status >= 300 || !is_json || !perturb.on.select(row.operation) {
            return None;
        }
        let mut body: Value = serde_json::from_slice(&response.body).ok()?;
        let purpose = fnv1a64(&format!("perturb/{number}"));
        let mut draws = Draws { seed: self.seed, purpose, next: 0 };
        let drifted = self.drifted(perturb);
        let mut vary = |fields: &mut Map<String, Value>| {
            let Some(resource) = shown_resource(state, row, fields) else { return };
            vary(perturb, resource, fields, &mut draws);
            drifted.get(resource.name).into_iter().flatten().for_each(|drift| drift.apply(fields));
        };
        each_record(row.api, &mut body, &mut vary);
        let body = body.to_string();
        (response.body != body).then(|| Response { body: body.into(), ..response.clone() })
    }
}

impl ScenarioRun {
    /// Returns the fields that are otherwise by now, by kind of record: those from whose step on it is so.
    fn drifted<'p>(&self, perturb: &'p Perturb) -> HashMap<&'static str, Vec<&'p FieldDrift>> {
        let mut drifted: HashMap<&'static str, Vec<&FieldDrift>> = HashMap::new();
        if perturb.fields.is_empty() {
            return drifted;
        }
        let entered = self.entered_names();
        let is_now = |drift: &&FieldDrift| drift.from.as_ref().is_none_or(|(name, _)| entered.contains(name.as_str()));
        perturb.fields.iter().filter(is_now).for_each(|drift| drifted.entry(drift.of.name).or_default().push(drift));
        drifted
    }
}

impl FieldDrift {
    /// Changes the field in an answer that shows it.
    fn apply(&self, fields: &mut Map<String, Value>) {
        let Some(value) = fields.get_mut(&self.field) else { return };
        match &self.change {
            FieldChange::Type(kind) => *value = kind.of(value.take()),
            FieldChange::Gone => {
                fields.shift_remove(&self.field);
            }
            FieldChange::Name(name) => {
                let named = std::mem::take(fields).into_iter();
                *fields = named
                    .map(|(key, value)| if key == self.field { (name.clone(), value) } else { (key, value) })
                    .collect();
            }
        }
    }
}

impl JsonType {
    /// Converts a value to this type, and keeps as much of it as it can.
    fn of(self, value: Value) -> Value {
        match (self, value) {
            (Self::String, Value::String(text)) => Value::from(text),
            (Self::String, value) => Value::from(value.to_string()),
            (Self::Number, Value::Number(number)) => Value::Number(number),
            (Self::Number, Value::String(text)) => text.parse::<i64>().map_or_else(|_| text.len().into(), Value::from),
            (Self::Number, Value::Array(items)) => items.len().into(),
            (Self::Number, Value::Bool(flag)) => u8::from(flag).into(),
            (Self::Number, _) => 0.into(),
            (Self::Boolean, Value::Bool(flag)) => flag.into(),
            (Self::Boolean, value) => (!value.is_null()).into(),
            (Self::Array, Value::Array(items)) => Value::Array(items),
            (Self::Array, value) => Value::Array(vec![value]),
            (Self::Object, Value::Object(fields)) => Value::Object(fields),
            (Self::Object, value) => serde_json::json!({ "value": value }),
            (Self::Null, _) => Value::Null,
        }
    }
}

/// Returns the kind of record that an answer shows: that of its operation, else the kind with a record of this id.
fn shown_resource(state: &State, row: &Row, fields: &Map<String, Value>) -> Option<&'static Schema> {
    row.route.action.resource().or_else(|| {
        row.api.schemas().find(|resource| {
            let id = fields.get(resource.id_field).and_then(Value::as_str);
            id.is_some_and(|id| state.store.of(resource).get(id).is_some())
        })
    })
}

/// Visits the outermost objects that have an id, in order.
fn each_record(api: &Api, value: &mut Value, visit: &mut dyn FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| each_record(api, item, visit)),
        Value::Object(fields) => {
            let is_record = api.schemas().any(|resource| fields.get(resource.id_field).is_some_and(Value::is_string));
            if is_record {
                visit(fields);
            } else {
                fields.values_mut().for_each(|value| each_record(api, value, visit));
            }
        }
        _ => {}
    }
}

fn vary(perturb: &Perturb, resource: &'static Schema, fields: &mut Map<String, Value>, draws: &mut Draws) {
    for field in resource.fields {
        if field.name == resource.id_field || !fields.contains_key(field.name) {
            continue;
        }
        // Each share draws for every field, so that one does not change the draws of the other.
        let omit = draws.share(perturb.omit_optional);
        let null = draws.share(perturb.null_nullable);
        let renew = draws.share(NEW_VALUE_SHARE);
        let is_optional = !field.required && matches!(field.default, DefaultValue::Absent);
        if omit && is_optional {
            fields.shift_remove(field.name);
        } else if null && field.nullable {
            fields.insert(field.name.to_owned(), Value::Null);
        } else if renew && perturb.new_enum_values && matches!(field.kind, Kind::Enum(_)) {
            fields.insert(field.name.to_owned(), UNKNOWN_VALUE.into());
        }
    }
    if perturb.unknown_fields {
        fields.insert(UNKNOWN_FIELD.to_owned(), "a tolerant reader ignores this".into());
    }
    if perturb.reorder_keys {
        let mut members: Vec<(String, Value)> = std::mem::take(fields).into_iter().collect();
        for last in (1..members.len()).rev() {
            draws.next += 1;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "small"
            )]
            let other = (draw(draws.seed, draws.purpose, draws.next) * (last + 1) as f64) as usize;
            members.swap(last, other.min(last));
        }
        fields.extend(members);
    }
}
