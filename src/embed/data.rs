//! The records of a world, for a rule that answers with a function.

use std::fmt;

use serde_json::Value;

use crate::embed::error::Error;
use crate::embed::handle::{object, refused};
use crate::embed::record::Record;
use crate::engine::state::State;

/// The records of the world that answers, for a rule that answers with a function.
///
/// ```
/// use serde_json::json;
/// use standin::{Answer, Rule, Standin};
///
/// let world = Standin::builder().offline()?;
/// world.fault(Rule::on("celigo.integrations.get").answer(|request, data| {
///     let id = request.param("id").unwrap_or_default();
///     match data.patch("celigo.integrations", id, json!({ "sandbox": true })) {
///         Ok(record) => Answer::of_json(200, &json!({ "touched": record.id() })),
///         Err(_) => Answer::empty(404),
///     }
/// }));
///
/// let answer = world.answer("GET", "/v1/integrations/abc123", &[("authorization", "Bearer any")], b"");
/// assert_eq!(answer.json()["touched"], "abc123");
/// assert_eq!(world.record("celigo.integrations", "abc123")?.unwrap()["sandbox"], true);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Data<'w>(pub(super) &'w mut State);

impl fmt::Debug for Data<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Data").finish_non_exhaustive()
    }
}

impl Data<'_> {
    /// Returns all records of a collection, in creation order. Fails for an unknown collection.
    pub fn records(&mut self, collection: &str) -> Result<Vec<Record>, Error> {
        Ok(self.0.records(collection).map_err(refused)?.into_iter().map(Record).collect())
    }

    /// Creates a record, as an administrator would. Fails when the world's rules refuse it; then nothing is changed.
    pub fn create(&mut self, collection: &str, fields: impl Into<Value>) -> Result<Record, Error> {
        Ok(Record(self.0.admin_create(collection, object(fields.into())?).map_err(refused)?))
    }

    /// Changes some fields of a record, as RFC 7396 says. Fails for a missing record, or when the world's rules refuse
    /// the change.
    pub fn patch(&mut self, collection: &str, id: &str, fields: impl Into<Value>) -> Result<Record, Error> {
        Ok(Record(self.0.admin_patch(collection, id, &object(fields.into())?).map_err(refused)?))
    }

    /// Removes a record, with all that belongs to it. Fails for a missing record, or when another one needs it.
    pub fn remove(&mut self, collection: &str, id: &str) -> Result<(), Error> {
        self.0.admin_remove(collection, id).map_err(refused)
    }
}
