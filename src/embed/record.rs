//! A record in the hands of a test.

use std::fmt;
use std::ops::Index;

use serde_core::{Serialize, Serializer};
use serde_json::Value;

use crate::engine::store;

/// A record as it stood when it was returned, shared with the world instead of copied. A test reads it like a JSON
/// object, and changes it through the world.
///
/// ```
/// # use serde_json::json;
/// let world = standin::Standin::builder().offline()?;
/// let made = world.create("celigo.integrations", json!({ "name": "Signals to ledger" }))?;
/// assert_eq!((&made["name"], &made["sandbox"]), (&json!("Signals to ledger"), &json!(false)));
/// assert_eq!(world.record("celigo.integrations", made.id())?, Some(made));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Record(pub(super) store::Record);

impl Record {
    /// Returns the id.
    #[must_use]
    pub fn id(&self) -> &str {
        self.0.id()
    }

    /// Returns a field, if the record has it.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&Value> {
        self.0.get(field)
    }

    /// Returns all fields as a JSON object, including those that consumers do not see.
    #[must_use]
    pub fn to_value(&self) -> Value {
        self.0.to_value()
    }
}

/// Returns a field as a [`Value`] would: `null` when the record does not have it.
impl Index<&str> for Record {
    type Output = Value;

    fn index(&self, field: &str) -> &Value {
        self.get(field).unwrap_or(&Value::Null)
    }
}

impl From<Record> for Value {
    fn from(record: Record) -> Self {
        record.to_value()
    }
}

impl PartialEq for Record {
    fn eq(&self, other: &Self) -> bool {
        self.0.is_shared_with(&other.0) || self.to_value() == other.to_value()
    }
}

impl PartialEq<Value> for Record {
    fn eq(&self, other: &Value) -> bool {
        self.to_value() == *other
    }
}

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.fields().iter())
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fields().fmt(f)
    }
}

/// Writes the record as JSON.
impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_value().fmt(f)
    }
}
