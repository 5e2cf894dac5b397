//! A world in the hands of a test.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use parking_lot::Mutex;
use serde_json::{Map, Value};

use crate::embed::answer::Answer;
use crate::embed::error::Error;
use crate::embed::guard::{WorldGuard, now_ms};
use crate::embed::journal::JournalEntry;
use crate::embed::record::Record;
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::time::parse_ms;
use crate::engine::state::State;
use crate::http::message::{Outcome, Request};
use crate::scenario::warnings_of_fields;
use crate::world::registry::WorldRegistry;
use crate::world::world::World;

/// A world: its records, its clock, its journal. Cheap to clone; all clones refer to the same world.
///
/// ```
/// use serde_json::json;
///
/// let world = standin::Standin::builder().offline()?;
/// let made = world.create("celigo.integrations", json!({ "name": "Signals to ledger" }))?;
/// world.patch("celigo.integrations", made.id(), json!({ "sandbox": true }))?;
/// assert_eq!(world.record("celigo.integrations", made.id())?.unwrap()["sandbox"], true);
/// world.reset();
/// assert_eq!(world.record("celigo.integrations", made.id())?, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct WorldHandle {
    pub(super) registry: Arc<WorldRegistry>,
    pub(super) world: Arc<Mutex<World>>,
    pub(super) name: Arc<str>,
    pub(super) address: Option<SocketAddr>,
    /// The guard shared by the handles that keep the world alive: it ends with the last of them.
    pub(super) holder: Option<Arc<WorldGuard>>,
}

impl fmt::Debug for WorldHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorldHandle").field("name", &self.name).field("address", &self.address).finish_non_exhaustive()
    }
}

/// The way to mark fields that no document knows as meant.
pub(super) const ADMIT: &str = "call admit_unknown_fields first";

impl WorldHandle {
    pub(super) fn new(registry: Arc<WorldRegistry>, world: Arc<Mutex<World>>, address: Option<SocketAddr>) -> Self {
        let name = Arc::clone(&world.lock().state.name);
        Self { registry, world, name, address, holder: None }
    }

    /// Resets the world to its start: data, clock, ids, journal, coverage.
    pub fn reset(&self) {
        self.world.lock().reset();
    }

    /// Returns all records of a collection such as `celigo.flows`, in creation order. Fails for an unknown collection.
    pub fn records(&self, collection: &str) -> Result<Vec<Record>, Error> {
        Ok(self.world.lock().state.records(collection).map_err(refused)?.into_iter().map(Record).collect())
    }

    /// Returns a record; `None` when the collection has no such id. Fails for an unknown collection.
    pub fn record(&self, collection: &str, id: &str) -> Result<Option<Record>, Error> {
        match self.world.lock().state.record(collection, id) {
            Ok(record) => Ok(Some(Record(record))),
            Err(Problem::NotFound { .. }) => Ok(None),
            Err(problem) => Err(refused(problem)),
        }
    }

    /// Creates a record, as an administrator would behind the API; fields that are left out get their defaults. Fails
    /// when the world's rules refuse it; then nothing is changed, which is so for each change here.
    pub fn create(&self, collection: &str, fields: impl Into<Value>) -> Result<Record, Error> {
        let fields = object(fields.into())?;
        self.written(|state| state.admin_create(collection, fields)).map(Record)
    }

    /// Accepts fields that no document knows from now on, even when their names are close to known ones. Otherwise a
    /// record with such a field is rejected, because no consumer would ever see a difference, and
    /// [`warnings`](Self::warnings) names those that are far from any known one.
    pub fn admit_unknown_fields(&self) {
        self.world.lock().state.admits_unknown = true;
    }

    /// Creates the record of that id, or replaces its fields. Fails when the world's rules refuse it.
    pub fn put(&self, collection: &str, id: &str, fields: impl Into<Value>) -> Result<Record, Error> {
        let fields = object(fields.into())?;
        self.written(|state| state.admin_put(collection, id, fields)).map(Record)
    }

    /// Changes some fields of a record, as RFC 7396 says: a `null` removes a field. Fails for a missing record, or when
    /// the world's rules refuse the change.
    pub fn patch(&self, collection: &str, id: &str, fields: impl Into<Value>) -> Result<Record, Error> {
        let fields = object(fields.into())?;
        self.written(|state| state.admin_patch(collection, id, &fields)).map(Record)
    }

    /// Removes a record, with all that belongs to it. Fails for a missing record, or when another one needs it.
    pub fn remove(&self, collection: &str, id: &str) -> Result<(), Error> {
        self.world.lock().state.admin_remove(collection, id).map_err(refused)
    }

    /// Destroys a record and makes it again, with a new id, new times and new tokens. Fails for a missing record.
    pub fn recreate(&self, collection: &str, id: &str) -> Result<Record, Error> {
        Ok(Record(self.world.lock().state.admin_recreate(collection, id).map_err(refused)?))
    }

    /// Replaces all records of a collection. Fails when one of them is refused, or when a record of another collection
    /// refers to one that is gone.
    pub fn replace_all(&self, collection: &str, records: Vec<Value>) -> Result<(), Error> {
        let wanted = Map::from_iter([(collection.to_owned(), Value::Array(records))]);
        self.written(|state| state.replace_collections(&wanted))
    }

    /// Changes records, and writes fields that no document knows into the log.
    fn written<T>(&self, change: impl FnOnce(&mut State) -> Result<T, Problem>) -> Result<T, Error> {
        let (done, unknown) = self.world.lock().state.noting_unknown(change);
        self.registry.note(|| {
            let warnings = warnings_of_fields(&unknown, ADMIT);
            warnings.iter().map(|warning| format!("warning: {warning}")).collect()
        });
        done.map_err(refused)
    }

    /// Returns the world's time, in ISO 8601.
    #[must_use]
    pub fn now(&self) -> String {
        self.world.lock().state.clock.now()
    }

    /// Moves the world's clock forward.
    pub fn advance(&self, by: Duration) {
        let mut world = self.world.lock();
        world.state.clock.advance(by);
        world.follow_clock();
    }

    /// Sets the world's clock to an ISO 8601 time in UTC, forward or back. Fails for any other text.
    pub fn set_time(&self, at: &str) -> Result<(), Error> {
        let at_ms = parse_ms(at).ok_or_else(|| {
            Error::invalid(format!("{at:?} is not an ISO 8601 time in UTC"))
                .with_hint("Write it like 2024-01-20T10:00:00.000Z.")
        })?;
        let mut world = self.world.lock();
        world.state.clock.set(at_ms);
        world.follow_clock();
        Ok(())
    }

    /// Returns the calls that the journal has kept, oldest first.
    pub fn journal(&self) -> Vec<JournalEntry> {
        self.world.lock().journal.since(0).map(JournalEntry::of).collect()
    }

    /// Returns the number of the oldest calls that the journal has lost to its bounds.
    #[must_use]
    pub fn journal_lost(&self) -> u64 {
        self.world.lock().journal.lost()
    }

    /// Answers a request in this world without a socket, whatever the target's host.
    #[allow(clippy::must_use_candidate)] // A test may send a request for its effect.
    pub fn answer(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let names: Vec<String> = headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
        let headers: Vec<(&str, &[u8])> =
            names.iter().zip(headers).map(|(name, (_, value))| (name.as_str(), value.as_bytes())).collect();
        let request = Request { method, target, headers: &headers, body, arrived_ms: now_ms(), believes_front: true };
        let outcome = self.outcome(&request);
        if outcome.delivery.is_abort() {
            return Answer::aborted();
        }
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = outcome.response.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value)));
        let (headers, body) = (headers.collect(), outcome.response.body.to_vec());
        Answer { status: Some(outcome.response.status), headers, body }
    }

    pub(super) fn outcome(&self, request: &Request<'_>) -> Outcome {
        self.registry.answer_in(&self.world, &self.name, request)
    }
}

/// Returns the error of a change that the world's rules refuse.
#[allow(clippy::needless_pass_by_value)] // For `map_err`.
pub(super) fn refused(problem: Problem) -> Error {
    Error::of_problem(&problem)
}

/// Returns the fields of a record to be written; an error when the value is not an object.
pub(super) fn object(value: Value) -> Result<Document, Error> {
    match value {
        Value::Object(fields) => Ok(fields.into()),
        other => Err(Error::invalid(format!("a record is a JSON object, not {other}"))),
    }
}
