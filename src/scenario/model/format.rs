//! The parts of a scenario file, format 1.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::engine::api::api::Api;
use crate::engine::api::router::Row;
use crate::engine::schema::document::Document;
use crate::engine::schema::profile::Profile;
use crate::engine::schema::schema::Schema;
use crate::engine::state::clock::ClockMode;
use crate::engine::state::settings::ListedCredential;
use crate::http::position::{PathSegment, Position};
use crate::scenario::model::lag::Lag;
use crate::scenario::model::matchers::{Matcher, Range};
use crate::scenario::model::rule::{Operations, Rule};
use crate::scenario::model::when::When;

/// The unknown field that varied answers add to records.
pub(crate) const UNKNOWN_FIELD: &str = "futureField";

/// Choices of the caller that starts a scenario, in place of the scenario's own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overruling {
    /// The seed.
    pub seed: Option<u64>,
    /// The mode of the clock, and its start; `None` is the usual start.
    pub clock: Option<(ClockMode, Option<u64>)>,
    /// The profiles of APIs.
    pub profiles: Vec<(&'static str, Profile)>,
}

/// A scenario: the data to start from, fault rules, steps, expectations, a probe.
#[derive(Debug, Default)]
pub(crate) struct Scenario {
    /// The text of the file, with what it extends; empty for rules and expectations made in code.
    pub source: Arc<str>,
    /// The file, as it was named; empty for rules and expectations made in code.
    pub file: String,
    /// The scenarios it extends, as messages name them, nearest first.
    pub extends: Vec<String>,
    /// Its name: the key `name`, else the file's.
    pub name: String,
    /// A sentence about it.
    pub about: String,
    /// The APIs its operations belong to.
    pub apis: Vec<&'static Api>,
    /// The seed; 0 unless the file gives one.
    pub seed: Option<u64>,
    /// Profiles, by the API's name.
    pub profiles: Vec<(&'static str, Profile)>,
    /// Good credentials, by the API's name.
    pub credentials: Vec<(&'static str, Vec<ListedCredential>)>,
    /// The way the clock moves; `None` leaves it as it is.
    pub clock_mode: Option<ClockMode>,
    /// The start of the clock.
    pub clock_start_ms: Option<u64>,
    /// The records that the world holds at the start; `None` is the default fixture set.
    pub data: Option<Data>,
    /// The file's own fault rules.
    pub rules: Vec<Arc<Rule>>,
    /// The timeline.
    pub steps: Vec<Step>,
    /// The reads that see a change only later.
    pub lags: Vec<Arc<Lag>>,
    /// The variation of successful answers.
    pub perturb: Option<Perturb>,
    /// The expectations of the consumer.
    pub expect: Expect,
    /// The requests that are played as a client.
    pub probe: Option<Probe>,
}

impl Scenario {
    /// Replaces its own seed, clock and profiles by those that the caller chose.
    pub(crate) fn overrule(&mut self, by: &Overruling) {
        self.seed = by.seed.or(self.seed);
        if let Some((mode, start_ms)) = by.clock {
            (self.clock_mode, self.clock_start_ms) = (Some(mode), start_ms);
        }
        for (api, profile) in &by.profiles {
            self.profiles.retain(|(known, _)| known != api);
            self.profiles.push((*api, *profile));
        }
    }
}

/// Changes of data, in the order they are made.
#[derive(Debug, Default)]
pub(crate) struct Data {
    /// The fixture set to start from; without one, from nothing.
    pub from: Option<String>,
    /// The place where `from` is written.
    pub from_path: Vec<PathSegment>,
    /// The changes.
    pub changes: Vec<DataChange>,
}

/// One change of data.
#[derive(Debug)]
pub(crate) struct DataChange {
    /// The collection.
    pub resource: &'static Schema,
    /// The change.
    pub kind: ChangeKind,
    /// The place where it is written.
    pub path: Vec<PathSegment>,
    /// That path, as a place.
    pub place: Position,
}

impl DataChange {
    /// Tells whether it adds a record of that id.
    pub(in crate::scenario) fn adds(&self, id: &str) -> bool {
        let ChangeKind::Add(fields) = &self.kind else { return false };
        let own = fields.get(self.resource.id_field).and_then(Value::as_str);
        own.is_some_and(|own| own.eq_ignore_ascii_case(id))
    }
}

/// The kind of a change.
#[derive(Debug)]
pub(crate) enum ChangeKind {
    /// This number of records is generated, with these fields merged over each.
    Generate(usize, Document),
    /// A record is added.
    Add(Document),
    /// Some fields of a record change: RFC 7396.
    Patch(Which, Document),
    /// These records are destroyed and made again: with new ids, times and tokens.
    Recreate(Vec<Which>),
    /// These records are removed.
    Remove(Vec<Which>),
}

/// A record, by id or by its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// The record of that id.
    Id(String),
    /// `#n`: the n-th record in creation order, from 1.
    Nth(usize),
}

/// One stretch of the timeline.
#[derive(Debug)]
pub(crate) struct Step {
    /// Its name.
    pub name: Arc<str>,
    /// A sentence about it.
    pub about: String,
    /// Changes of data on entry.
    pub data: Data,
    /// Its own fault rules.
    pub rules: Vec<Arc<Rule>>,
    /// The conditions of its end: the first that holds.
    pub ends: Vec<End>,
    /// The place where it is written.
    pub path: Vec<PathSegment>,
}

/// A condition for the end of a step, and what follows.
#[derive(Debug)]
pub(crate) struct End {
    /// The condition.
    pub kind: EndKind,
    /// The step that follows; `None` is the next one in the file.
    pub to: Option<String>,
    /// The place where it is written.
    pub path: Vec<PathSegment>,
    /// That path, as a position.
    pub place: Position,
}

/// The condition of an end.
#[derive(Debug)]
#[allow(clippy::large_enum_variant)] // There are few of them, made once.
pub(crate) enum EndKind {
    /// A number of matching answers.
    Calls {
        /// The operations.
        on: Operations,
        /// The matcher of the request.
        when: Option<When>,
        /// The status answered; an aborted answer has none.
        status: Option<u16>,
        /// The number of answers.
        calls: u64,
    },
    /// A span of the world's time.
    AfterMs(u64),
}

/// The variation of successful answers, in ways a tolerant reader survives.
#[derive(Debug)]
pub(crate) struct Perturb {
    /// The operations.
    pub on: Operations,
    /// Records get a field the documentation does not know.
    pub unknown_fields: bool,
    /// Some enumerated fields get a value the documentation does not know.
    pub new_enum_values: bool,
    /// The members of records come in another order.
    pub reorder_keys: bool,
    /// The share of optional fields that is left out.
    pub omit_optional: f64,
    /// The share of nullable fields that is `null`.
    pub null_nullable: f64,
    /// Fields that are not what the documentation says any more.
    pub fields: Vec<FieldDrift>,
}

/// A field that changes, as a service changes it without a word.
#[derive(Debug)]
pub(crate) struct FieldDrift {
    /// The kind of record.
    pub of: &'static Schema,
    /// The field.
    pub field: String,
    /// The change.
    pub change: FieldChange,
    /// The step from which the change holds; without one, it holds from the start.
    pub from: Option<(String, Position)>,
}

/// The change of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FieldChange {
    /// Its value has this JSON type.
    Type(JsonType),
    /// It has another name.
    Name(String),
    /// It is not there.
    Gone,
}

/// A type of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonType {
    /// Text.
    String,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An array.
    Array,
    /// An object.
    Object,
    /// `null`
    Null,
}

impl JsonType {
    /// Returns the words for a value of this type, with its article.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::String => "a text",
            Self::Number => "a number",
            Self::Boolean => "true or false",
            Self::Array => "an array",
            Self::Object => "an object",
            Self::Null => "null",
        }
    }
}

impl From<&Value> for JsonType {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }
}

/// The expectations of the consumer.
#[derive(Debug, Default)]
pub(crate) struct Expect {
    /// Calls, and how many.
    pub calls: Vec<CallExpectation>,
    /// Each a list of places in `calls`: a subsequence of the journal.
    pub order: Vec<(Vec<usize>, Position)>,
    /// The operations that the consumer may call: any other call is a violation.
    pub only: Option<(Operations, Position)>,
    /// The conduct of the consumer.
    pub conduct: Conduct,
    /// The records that the store must hold in the end.
    pub finals: Vec<FinalExpectation>,
    /// Outcomes that must have been served.
    pub cover: Vec<CoverExpectation>,
    /// The step the timeline must be in at the end.
    pub reach: Option<(String, Position)>,
}

impl Expect {
    /// Tells whether nothing is expected.
    pub(crate) fn is_empty(&self) -> bool {
        let Self { calls, order, only, conduct, finals, cover, reach } = self;
        let nothing = calls.is_empty() && order.is_empty() && finals.is_empty() && cover.is_empty();
        nothing && only.is_none() && reach.is_none() && conduct.is_empty()
    }
}

/// The number of calls of a kind that there must be.
#[derive(Clone, Debug)]
pub(crate) struct CallExpectation {
    /// Its id, for `order` and reports.
    pub id: Option<String>,
    /// The operations; `None` is all.
    pub on: Option<Operations>,
    /// The matcher of the request.
    pub when: Option<When>,
    /// Only calls answered by this rule.
    pub fault: Option<String>,
    /// Only calls during this step.
    pub step: Option<String>,
    /// Only answers with one of these statuses; empty is any.
    pub status: Vec<u16>,
    /// Only calls whose client gave up before the answer came.
    pub gave_up: bool,
    /// The number of calls.
    pub times: Range,
    /// The place where it is written, for one from a file.
    pub place: Option<Position>,
    /// The JSON it was sent as, for one that was added to a running scenario.
    pub source: Option<Arc<str>>,
}

/// The wait of a consumer before it tries again, where no answer asks for one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Backoff {
    /// Before the first retry, in milliseconds.
    pub min_ms: u64,
    /// The factor by which each further wait is longer.
    pub factor: f64,
}

impl Backoff {
    /// Returns the wait before the n-th retry, from 1.
    pub(crate) fn wait_ms(self, retry: u32) -> u64 {
        let grown = self.factor.powi(i32::try_from(retry.saturating_sub(1)).unwrap_or(i32::MAX));
        Duration::try_from_secs_f64(Duration::from_millis(self.min_ms).as_secs_f64() * grown)
            .map_or(u64::MAX, |wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX))
    }
}

/// The conduct that a consumer must show.
#[derive(Debug, Default)]
pub(crate) struct Conduct {
    /// Waits as long as `Retry-After` asks.
    pub retry_after: Option<Position>,
    /// Follows next links as they are given.
    pub follow_next: Option<Position>,
    /// Waits longer each time before it tries again.
    pub backoff: Option<(Backoff, Position)>,
    /// Does not repeat a request unchanged after one of these statuses.
    pub no_retry_on: Option<(Vec<u16>, Position)>,
    /// Gives up after at most this number of attempts.
    pub max_attempts: Option<(u64, Position)>,
    /// Sends no field the documentation does not know.
    pub known_fields: Option<Position>,
}

impl Conduct {
    fn is_empty(&self) -> bool {
        let Self { retry_after, follow_next, backoff, no_retry_on, max_attempts, known_fields } = self;
        retry_after.or(*follow_next).or(*known_fields).is_none()
            && backoff.is_none()
            && no_retry_on.is_none()
            && max_attempts.is_none()
    }
}

/// The records that a collection must hold in the end.
#[derive(Debug)]
pub(crate) struct FinalExpectation {
    /// The collection.
    pub resource: &'static Schema,
    /// The matcher of its records; `None` is all.
    pub matcher: Option<Matcher>,
    /// The number of records.
    pub count: Range,
    /// Its place among the expectations of the same collection, from 0.
    pub number: usize,
    /// The place where it is written.
    pub place: Position,
}

/// An outcome that must have been served.
#[derive(Debug)]
pub(crate) struct CoverExpectation {
    /// The operation.
    pub operation: &'static str,
    /// A status, or the name of an error.
    pub outcome: String,
    /// The place where it is written.
    pub place: Position,
}

/// Requests that are played as a client, against the fake or the live service.
#[derive(Debug)]
pub(crate) struct Probe {
    /// A sentence about it.
    pub about: String,
    /// True when it may change anything.
    pub writes: bool,
    /// The environment variable that holds the credential.
    pub token_env: Option<String>,
    /// JSON Pointers that are not compared; `*` is any index.
    pub ignore: Vec<String>,
    /// The requests, in order.
    pub steps: Vec<ProbeStep>,
}

/// One request of a probe.
#[derive(Debug)]
pub(crate) struct ProbeStep {
    /// The operation.
    pub row: &'static Row,
    /// Path parameters; `{name}` stands for a bound value.
    pub params: Vec<(String, String)>,
    /// Query parameters.
    pub query: Vec<(String, String)>,
    /// The body.
    pub body: Option<Value>,
    /// The statuses that are right.
    pub status: Vec<u16>,
    /// Values that later steps use: a name, and a JSON Pointer into the answer.
    pub bind: Vec<(String, String)>,
    /// True if it is played even when an earlier step failed.
    pub cleanup: bool,
    /// The place where it is written.
    pub path: Vec<PathSegment>,
    /// That path, as a place.
    pub place: Position,
}
