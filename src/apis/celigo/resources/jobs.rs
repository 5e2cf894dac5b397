//! Jobs and errors, which runs of flows make.

use serde_json::Value;

use crate::apis::celigo::resources::{FLOWS, INTEGRATIONS};
use crate::engine::schema::document::Document;
use crate::engine::schema::field::{DefaultValue, Field, Kind, Owner, field, text};
use crate::engine::schema::schema::{IdFormat, Meaning, Schema};
use crate::engine::schema::time::parse_ms;
use crate::engine::store::Record;

/// The private field of an error with the record that failed.
pub(crate) const DATA: &str = "standin_data";

/// The private field of an error with the place of that record in its run.
pub(crate) const INDEX: &str = "standin_index";

/// The code of the error of an export whose connection is offline.
pub(crate) const OFFLINE: &str = "connection_offline";

/// The types of jobs: those of flows, of steps, and of retries.
pub(crate) const TYPES: &[&str] = &["flow", "export", "import", "retry", "bulk_retry"];

/// The statuses of a job.
pub(crate) const STATUSES: &[&str] = &["queued", "running", "retrying", "completed", "failed", "canceling", "canceled"];

/// The private field with the time at which a job goes on. Jobs of fixtures have none, so that they stay as they are.
pub(crate) const GOES_ON_AT: &str = "standin_goes_on_at";

/// The private field of a job that ends by the clock: no source tells such a course, so its values rest on an
/// assumption.
pub(crate) const COURSE: &str = "standin_course";

/// The value of that field.
pub(crate) const BY_CLOCK: &str = "clock";

/// Errors of records on their way through a flow.
pub(crate) static ERRORS: Schema =
    Schema::new("celigo.errors", "Error", "errorId", IdFormat::ObjectId, ERROR).indexed(&["_flowJobId"]).view(shown);

static ERROR: &[Field] = &[
    text("errorId"),
    field("_flowId", Kind::Reference(&FLOWS)).required(),
    text("_expOrImpId"),
    field("occurredAt", Kind::Time).by(Owner::CreatedAt),
    text("source"),
    text("code").assumed(&[OFFLINE]),
    text("message"),
    text("traceKey"),
    text("exportDataURI").or(DefaultValue::Text("")),
    text("oIndex"),
    text("retryDataKey"),
    text("_flowJobId"),
    field("tags", Kind::Strings).or(DefaultValue::EmptyList),
    text("classification"),
    text("reqAndResKey"),
    text("assignedTo"),
    field("resolved", Kind::Bool).or(DefaultValue::False),
    field("resolvedAt", Kind::Time),
    text("resolvedBy"),
    field("purgeAt", Kind::Time),
    field(DATA, Kind::Any),
    field(INDEX, Kind::Integer),
];

/// Jobs: runs of flows, and of their steps.
pub(crate) static JOBS: Schema = Schema::new("celigo.jobs", "Job", "_id", IdFormat::ObjectId, JOB)
    .indexed(&["_flowJobId"])
    .parameters(&[("_jobId", Meaning::Field("_id"))])
    .due_at(due);

static JOB: &[Field] = &[
    text("_id"),
    field("type", Kind::Enum(TYPES)).or(DefaultValue::Text("flow")),
    field("status", Kind::Enum(STATUSES)).or(DefaultValue::Text("queued")),
    field("_integrationId", Kind::Reference(&INTEGRATIONS)),
    field("_flowId", Kind::Reference(&FLOWS)),
    text("_exportId"),
    text("_importId"),
    text("_flowJobId"),
    text("_parentJobId"),
    text("_bulkJobId"),
    field("oIndex", Kind::Integer),
    field("retriable", Kind::Bool),
    field("numSuccess", Kind::Integer).or(DefaultValue::Number(0)),
    field("numError", Kind::Integer).or(DefaultValue::Number(0)),
    field("numIgnore", Kind::Integer).or(DefaultValue::Number(0)),
    field("numResolved", Kind::Integer),
    field("numOpenError", Kind::Integer),
    field("numExport", Kind::Integer),
    field("numPagesGenerated", Kind::Integer),
    field("numPagesProcessed", Kind::Integer),
    field("doneExporting", Kind::Bool),
    field("createdAt", Kind::Time).by(Owner::CreatedAt),
    field("startedAt", Kind::Time),
    field("endedAt", Kind::Time),
    field("lastExecutedAt", Kind::Time),
    field("lastModified", Kind::Time).by(Owner::UpdatedAt),
    field("purgeAt", Kind::Time),
    text("canceledBy"),
    text(COURSE).assumed(&[BY_CLOCK]),
];

/// Fields of an error that a consumer does not see, because the path says them.
const HIDDEN: &[&str] = &["_flowId", "_expOrImpId", "resolved"];

/// Returns an error as consumers see it.
pub(crate) fn shown(error: &Document) -> Document {
    error.only(|name| !HIDDEN.contains(&name))
}

/// Returns the time at which a job goes on, in milliseconds since 1970.
pub(crate) fn due(job: &Document) -> Option<u64> {
    time(job, GOES_ON_AT)
}

/// Returns a time that a field of a job holds.
pub(crate) fn time(job: &Document, field: &str) -> Option<u64> {
    job.get(field).and_then(Value::as_str).and_then(parse_ms)
}

/// Tells whether a job goes on.
pub(crate) fn has_not_ended(job: &Record) -> bool {
    matches!(job.text("status"), Some("queued" | "running" | "retrying" | "canceling"))
}
