//! Bodies of coursework: each field is checked, times are normalised, and ignored fields are warned of.

use serde_json::Value;

use crate::apis::edlink::coursework::room::invalid;
use crate::apis::edlink::errors::MISSING_REQUIRED_FIELD;
use crate::apis::edlink::graph::Warning;
use crate::engine::api::context::Context;
use crate::engine::schema::document::Document;
use crate::engine::schema::error_def::Evidence;
use crate::engine::schema::field::{Field, Kind};
use crate::engine::schema::problem::Problem;
use crate::engine::schema::time::{format_ms, read_ms};
use crate::http::message::Method;

/// The parameter with the only fields of a patch that count.
const PROPERTIES: &str = "$properties";

/// A body that was read.
pub(super) struct Given {
    /// The fields of the body, each checked by itself. `null` removes a value.
    pub fields: Document,
    /// Warnings about fields of the body that are ignored.
    pub warnings: Vec<Warning>,
    /// The first fault of a field by itself, which is told after missing fields.
    pub fault: Option<Problem>,
}

impl Given {
    /// Reads a body that may have these fields.
    pub(super) fn read(context: &mut Context<'_>, known: &[Field]) -> Result<Self, Problem> {
        let mut sent = context.take_fields()?;
        let mut warnings = Vec::new();
        if let Some(only) = context.query.get(PROPERTIES).filter(|_| context.route.method == Method::Patch) {
            let names: Vec<&str> = only.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
            for name in names.iter().filter(|name| !known.iter().any(|field| field.name == **name)) {
                let message = format!("'{name}' in '{PROPERTIES}' is no field of this body.");
                warnings.push(Warning { code: "INVALID_PATCH_PROPERTY", message });
            }
            sent.retain(|name| names.contains(&name));
        }
        let mut fields = Document::new();
        let mut first_fault = None;
        for (name, value) in sent.into_pairs() {
            let Some(field) = known.iter().find(|field| field.name == name.as_ref()) else {
                let message = format!("The field '{}' is not expected.", name.as_ref());
                warnings.push(Warning { code: "FOUND_UNEXPECTED_FIELD", message });
                continue;
            };
            match checked(field, value.clone(), &mut warnings) {
                Ok(value) => fields.push(field.name, value),
                Err(fault) => {
                    first_fault.get_or_insert(fault);
                    fields.push(field.name, value);
                }
            }
        }
        if fields.iter().any(|(_, value)| value.is_null()) {
            // That this takes a value away is said nowhere.
            context.rests_on(Evidence::Assumed);
        }
        Ok(Self { fields, warnings, fault: first_fault })
    }

    /// Refuses a field that is wrong by itself.
    pub(super) fn check(&mut self) -> Result<(), Problem> {
        self.fault.take().map_or(Ok(()), Err)
    }

    /// Returns the value of a field in the body, unless it is `null`.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.fields.get(name).filter(|value| !value.is_null())
    }

    /// Returns the fields of the body that are not `null`.
    pub(super) fn said(&self) -> Document {
        let said = self.fields.iter().filter(|(_, value)| !value.is_null());
        said.map(|(name, value)| (name.to_owned(), value.clone())).collect()
    }

    /// Rejects a body that leaves these required fields without a value. All are named.
    pub(super) fn require(missing: Vec<&str>) -> Result<(), Problem> {
        if missing.is_empty() {
            return Ok(());
        }
        let messages = missing.into_iter().map(|name| format!("The field '{name}' is required.")).collect();
        Err(Problem::Several { error: MISSING_REQUIRED_FIELD, messages })
    }
}

fn checked(field: &Field, value: Value, warnings: &mut Vec<Warning>) -> Result<Value, Problem> {
    let name = field.name;
    let value = match (field.kind, value) {
        (_, Value::Null) => return Ok(Value::Null),
        (Kind::Time, Value::String(text)) => {
            let at_ms = read_ms(&text).and_then(|ms| u64::try_from(ms).ok());
            let at_ms = at_ms.ok_or_else(|| invalid(format!("The field '{name}' must be an ISO 8601 date.")))?;
            if !has_zone(&text) {
                let message = format!("The date in '{name}' has no time zone; it is taken for UTC.");
                warnings.push(Warning { code: "DATETIME_MISSING_TIMEZONE", message });
            }
            format_ms(at_ms).into()
        }
        (Kind::Number, Value::String(text)) => match text.trim().parse::<serde_json::Number>() {
            Ok(number) => Value::Number(number),
            Err(_) => Value::String(text),
        },
        (Kind::Reference(_), Value::String(id)) => id.to_ascii_lowercase().into(),
        (Kind::References(_), Value::Array(ids)) => ids.into_iter().map(lower_case).collect(),
        (_, value) => value,
    };
    let is_blank = |value: &Value| value.as_str().is_some_and(|text| text.trim().is_empty());
    // A blank text counts as missing.
    if is_blank(&value) && field.required {
        return Ok(Value::Null);
    }
    match field.fault(Some(&value)) {
        Some(fault) => Err(invalid(format!("The request body is invalid: {}.", fault.plain()))),
        None => Ok(value),
    }
}

fn lower_case(mut id: Value) -> Value {
    if let Value::String(id) = &mut id {
        id.make_ascii_lowercase();
    }
    id
}

fn has_zone(text: &str) -> bool {
    text.split_once('T').is_some_and(|(_, time)| time.contains(['Z', '+', '-']))
}
