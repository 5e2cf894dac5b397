//! Runs of flows, by the world's clock. Mock data gives the records that steps export, and the results of imports.
//!
//! A run is queued, exports, imports and ends, some seconds after it was made. Each phase uses the flow and its steps
//! at that time; only the records are those of its start.

use serde_json::{Value, json};

use crate::apis::celigo::errors::{INVALID_FLOW, INVALID_OPERATION};
use crate::apis::celigo::resources::jobs::{self, BY_CLOCK, COURSE, GOES_ON_AT, OFFLINE, time};
use crate::apis::celigo::resources::{CONNECTIONS, ERRORS, EXPORTS, FLOWS, IMPORTS, JOBS, generators, processors};
use crate::apis::celigo::{API, mock_data, retry_data};
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::{FieldFaultKind, Problem};
use crate::engine::schema::profile::Profile;
use crate::engine::schema::schema::Actor;
use crate::engine::schema::time::format_ms;
use crate::engine::state::State;
use crate::engine::store::Record;

/// The milliseconds after which a run starts to export.
const STARTS_MS: u64 = 1_000;
const EXPORTED_MS: u64 = 3_000;
const ENDS_MS: u64 = 5_000;

/// The time for which jobs and errors are kept, as their fields say.
pub(super) const KEPT_MS: u64 = 30 * 24 * 60 * 60 * 1_000;

/// The private field with the generators of a run and their records.
const GENERATORS: &str = "standin_generators";

/// A page generator of a run.
pub(super) struct PageGenerator {
    /// The export.
    pub id: String,
    /// Its place in the flow.
    pub place: usize,
    /// Its records.
    pub records: Vec<Value>,
}

/// The result of a phase of a run.
struct RunPhase {
    change: Document,
    goes_on: Option<u64>,
}

/// Returns the page generators of a flow, or those of these ids, with the records they have now.
pub(super) fn generators_of(
    state: &State,
    flow: &Record,
    only: Option<&[String]>,
) -> Result<Vec<PageGenerator>, Problem> {
    let known = generators(flow.fields());
    if let Some(other) = only.into_iter().flatten().find(|id| !known.contains(&id.as_str())) {
        let kind = FieldFaultKind::Dangling { to: EXPORTS.name, id: other.clone() };
        return Err(Problem::field("_exportIds", kind));
    }
    let chosen = known.iter().enumerate().filter(|(_, id)| only.is_none_or(|only| only.iter().any(|it| it == *id)));
    let generators = chosen.map(|(place, id)| {
        let records = state.store.of(&EXPORTS).get(id).map(mock_data::records).unwrap_or_default();
        PageGenerator { id: (*id).to_owned(), place, records }
    });
    Ok(generators.collect())
}

/// Starts a run of a flow that is not disabled.
pub(super) fn start(state: &mut State, flow: &Record, generators: &[PageGenerator]) -> Result<Record, Problem> {
    if flow.get("disabled") == Some(&Value::Bool(true)) {
        let live = state.settings.profile(API.name) == Profile::Live;
        return Err(Problem::named(if live { INVALID_FLOW } else { INVALID_OPERATION }, "Flow is disabled"));
    }
    let plan = generators.iter().map(|it| json!({ "id": it.id, "place": it.place, "records": it.records }));
    let mut fields = Document::from_iter([
        ("type", Value::from("flow")),
        ("_flowId", flow.id().into()),
        ("numPagesGenerated", 0.into()),
        ("doneExporting", false.into()),
        (GENERATORS, plan.collect()),
        (GOES_ON_AT, state.later(STARTS_MS).into()),
    ]);
    fields.extend(flow.get("_integrationId").map(|integration| ("_integrationId", integration.clone())));
    make(state, fields)
}

/// Starts a retry of a step's errors, which stay open until it ends.
pub(super) fn start_retry(state: &mut State, flow: &Record, step: &str, errors: &[Record]) -> Result<Record, Problem> {
    let kind = if state.store.of(&IMPORTS).get(step).is_some() { "_importId" } else { "_exportId" };
    let ids: Value = errors.iter().map(|error| Value::from(error.id())).collect();
    let mut fields = Document::from_iter([
        ("type", Value::from("retry")),
        ("_flowId", flow.id().into()),
        (kind, step.into()),
        ("doneExporting", false.into()),
        (retry_data::ERRORS_OF_JOB, ids),
        (GOES_ON_AT, state.later(STARTS_MS).into()),
    ]);
    fields.extend(flow.get("_integrationId").map(|integration| ("_integrationId", integration.clone())));
    make(state, fields)
}

/// Makes a job. If there are too many, the oldest ended ones are removed.
fn make(state: &mut State, mut fields: Document) -> Result<Record, Problem> {
    fields.insert(COURSE, BY_CLOCK.into());
    state.create_in_history(&JOBS, fields, Actor::Administrator)
}

/// Moves a job through all phases that are due by the clock.
pub(super) fn go_on(state: &mut State, job: &Record) -> Result<(), Problem> {
    let mut job = job.clone();
    while let Some(due_ms) = time(job.fields(), GOES_ON_AT).filter(|due_ms| *due_ms <= state.clock.now_ms()) {
        let made_ms = time(job.fields(), "createdAt").unwrap_or(due_ms);
        let is_retry = job.text("type") == Some("retry");
        let phase = if job.text("status") == Some("queued") {
            starts(state, &job, due_ms)?;
            let goes_on = if is_retry { ENDS_MS } else { EXPORTED_MS };
            let change = [("status", Value::from("running")), ("startedAt", format_ms(due_ms).into())];
            RunPhase { change: Document::from_iter(change), goes_on: Some(made_ms + goes_on) }
        } else if is_retry {
            retry_data::end(state, &job, due_ms).map(|change| RunPhase { change, goes_on: None })?
        } else if job.get("doneExporting") == Some(&Value::Bool(false)) {
            exported(state, &job, due_ms, made_ms + ENDS_MS)?
        } else {
            imported(state, &job, due_ms).map(|change| RunPhase { change, goes_on: None })?
        };
        let RunPhase { mut change, goes_on } = phase;
        change.insert("lastModified", format_ms(due_ms).into());
        if goes_on.is_none() {
            change.extend(ended(due_ms));
            change.insert(GENERATORS, Value::Null);
        }
        change.insert(GOES_ON_AT, goes_on.map(format_ms).into());
        // The consequences of a run may have removed its flow, and the job with it.
        let Some(there) = state.store.of(&JOBS).get(job.id()).cloned() else { return Ok(()) };
        job = state.patch(&JOBS, &there, &change, Actor::Administrator)?;
    }
    Ok(())
}

/// Returns the fields of a job that ends.
pub(super) fn ended(at_ms: u64) -> [(&'static str, Value); 3] {
    [
        ("endedAt", format_ms(at_ms).into()),
        ("lastExecutedAt", format_ms(at_ms).into()),
        ("purgeAt", format_ms(at_ms + KEPT_MS).into()),
    ]
}

/// Begins a run: sets the flow's last execution, and makes jobs for its exports.
fn starts(state: &mut State, job: &Record, at_ms: u64) -> Result<(), Problem> {
    let flow = job.text("_flowId").and_then(|id| state.store.of(&FLOWS).get(id)).cloned();
    if let Some(flow) = &flow {
        let mut executed = Document::from_iter([("lastExecutedAt", Value::from(format_ms(at_ms)))]);
        // A run is no change of its flow.
        executed.extend(flow.get("lastModified").map(|time| ("lastModified", time.clone())));
        state.patch(&FLOWS, flow, &executed, Actor::Fixture)?;
    }
    for generator in plan(job) {
        step_job(state, job, "export", &generator.id, generator.place, at_ms)?;
    }
    Ok(())
}

fn plan(job: &Record) -> Vec<PageGenerator> {
    let plan = job.get(GENERATORS).and_then(Value::as_array).into_iter().flatten();
    let generator = |it: &Value| {
        let place = it["place"].as_u64().and_then(|place| usize::try_from(place).ok())?;
        let records = it["records"].as_array()?.clone();
        Some(PageGenerator { id: it["id"].as_str()?.to_owned(), place, records })
    };
    plan.filter_map(generator).collect()
}

/// Makes the job of a step of a run, which runs from `at_ms`.
fn step_job(
    state: &mut State,
    parent: &Record,
    kind: &str,
    step: &str,
    place: usize,
    at_ms: u64,
) -> Result<Record, Problem> {
    let at = Value::from(format_ms(at_ms));
    let id = if kind == "import" { "_importId" } else { "_exportId" };
    let mut fields = Document::from_iter([
        ("type", Value::from(kind)),
        ("status", "running".into()),
        (id, step.into()),
        ("_flowJobId", parent.id().into()),
        ("_parentJobId", parent.id().into()),
        ("oIndex", place.into()),
        ("retriable", (kind == "import").into()),
        ("createdAt", at.clone()),
        ("startedAt", at.clone()),
        ("lastModified", at),
    ]);
    fields.extend(parent.get("_integrationId").map(|integration| ("_integrationId", integration.clone())));
    make(state, fields)
}

/// Ends the exports. If all failed, there is nothing to import, and the run ends with them.
fn exported(state: &mut State, job: &Record, at_ms: u64, ends_ms: u64) -> Result<RunPhase, Problem> {
    let plan = plan(job);
    let (mut exported, mut pages, mut failed) = (0, 0, 0);
    for generator in &plan {
        let export = state.store.of(&EXPORTS).get(&generator.id).cloned();
        let connection = export.as_ref().and_then(|export| export.text("_connectionId"));
        let connection = connection.and_then(|id| state.store.of(&CONNECTIONS).get(id));
        let mut change = Document::from_iter(ended(at_ms));
        if connection.is_some_and(|connection| connection.get("offline") == Some(&Value::Bool(true))) {
            failed += 1;
            change.extend([("status", Value::from("failed")), ("numError", 1.into()), ("numPagesGenerated", 0.into())]);
            let error = json!({ "source": "connection", "code": OFFLINE, "message": "Connection is offline" });
            open_error(state, job, &generator.id, generator.place, at_ms, &error, None)?;
        } else {
            let count = generator.records.len();
            let on = export.as_ref().map_or(0, |export| mock_data::pages(export, count));
            (exported, pages) = (exported + count, pages + on);
            change.extend([
                ("status", Value::from("completed")),
                ("numSuccess", count.into()),
                ("numExport", count.into()),
                ("numPagesGenerated", on.into()),
            ]);
        }
        change_step(state, job, &generator.id, generator.place, &change, at_ms)?;
    }
    let change = [
        ("doneExporting", Value::from(true)),
        ("numExport", exported.into()),
        ("numPagesGenerated", pages.into()),
        ("numPagesProcessed", 0.into()),
    ];
    let mut change = Document::from_iter(change);
    if failed > 0 && failed == plan.len() {
        change.extend([("status", Value::from("failed")), ("numError", failed.into())]);
        return Ok(RunPhase { change, goes_on: None });
    }
    let flow = job.text("_flowId").and_then(|id| state.store.of(&FLOWS).get(id)).cloned();
    let first = flow.as_ref().map_or(0, |flow| generators(flow.fields()).len());
    let steps = flow.iter().flat_map(|flow| processors(flow.fields()));
    for (place, step) in steps.enumerate() {
        step_job(state, job, if step.is_import { "import" } else { "export" }, step.id, first + place, at_ms)?;
    }
    Ok(RunPhase { change, goes_on: Some(ends_ms) })
}

/// Changes the job of a step, unless it was canceled.
fn change_step(
    state: &mut State,
    job: &Record,
    step: &str,
    place: usize,
    change: &Document,
    at_ms: u64,
) -> Result<(), Problem> {
    let of_step = |it: &&Record| {
        let id = it.text("_importId").or_else(|| it.text("_exportId"));
        id == Some(step) && it.get("oIndex").and_then(Value::as_u64) == Some(place as u64)
    };
    let Some(it) = state.store.of(&JOBS).find("_flowJobId", job.id()).find(of_step).cloned() else { return Ok(()) };
    let mut change = change.clone();
    change.insert("lastModified", format_ms(at_ms).into());
    state.patch(&JOBS, &it, &change, Actor::Administrator).map(|_| ())
}

/// Numbers of the records that succeeded, failed or were ignored in a step.
#[derive(Default)]
struct Counts {
    success: usize,
    error: usize,
    ignored: usize,
}

/// Ends the imports, and the run with them.
fn imported(state: &mut State, job: &Record, at_ms: u64) -> Result<Document, Problem> {
    let flow = job.text("_flowId").and_then(|id| state.store.of(&FLOWS).get(id)).cloned();
    let fields = flow.as_ref().map(|flow| flow.fields().clone()).unwrap_or_default();
    let offline = state.store.of(&ERRORS).find("_flowJobId", job.id()).filter(|it| it.text("code") == Some(OFFLINE));
    let failed: Vec<String> = offline.filter_map(|it| it.text("_expOrImpId")).map(str::to_owned).collect();
    let given = plan(job).into_iter().filter(|generator| !failed.contains(&generator.id));
    let mut records: Vec<(usize, Value)> = given.flat_map(|generator| generator.records).enumerate().collect();
    let exported = records.len();
    let first = generators(&fields).len();
    let (mut sum, mut imports) = (Counts::default(), 0);
    for (place, step) in processors(&fields).iter().enumerate() {
        let taken: &[(usize, Value)] = if step.is_taken { &records } else { &[] };
        let (counts, stopped) = process(state, job, step.is_import, step.id, first + place, taken, at_ms)?;
        let pages =
            if taken.is_empty() { 0 } else { job.get("numPagesGenerated").and_then(Value::as_u64).unwrap_or(0) };
        let mut change = Document::from_iter([
            ("status", Value::from("completed")),
            ("numSuccess", counts.success.into()),
            ("numError", counts.error.into()),
            ("numIgnore", counts.ignored.into()),
            ("numPagesProcessed", pages.into()),
        ]);
        change.extend(ended(at_ms));
        change_step(state, job, step.id, first + place, &change, at_ms)?;
        if step.is_import {
            imports += 1;
            sum.success += counts.success;
            sum.error += counts.error;
            sum.ignored += counts.ignored;
        }
        if !step.proceeds {
            records.retain(|(place, _)| !stopped.contains(place));
        }
    }
    if imports == 0 {
        sum.success = exported;
    }
    let status = if failed.is_empty() { "completed" } else { "failed" };
    Ok(Document::from_iter([
        ("status", Value::from(status)),
        ("numSuccess", sum.success.into()),
        ("numError", (sum.error + failed.len()).into()),
        ("numIgnore", sum.ignored.into()),
        ("numPagesProcessed", job.get("numPagesGenerated").cloned().into()),
    ]))
}

/// Sends records through a step, and returns the results.
fn process(
    state: &mut State,
    job: &Record,
    is_import: bool,
    id: &str,
    place: usize,
    records: &[(usize, Value)],
    at_ms: u64,
) -> Result<(Counts, Vec<usize>), Problem> {
    let mut counts = Counts::default();
    let mut stopped = Vec::new();
    let import = if is_import { state.store.of(&IMPORTS).get(id).cloned() } else { None };
    for (number, record) in records {
        let entry = import.as_ref().and_then(|import| mock_data::response(import, *number));
        let errors = mock_data::errors(entry);
        if errors.is_empty() {
            let count = if mock_data::is_ignored(entry) { &mut counts.ignored } else { &mut counts.success };
            *count += 1;
            continue;
        }
        stopped.push(*number);
        counts.error += errors.len();
        let key = retry_data::new_key(state);
        let status = mock_data::status(entry);
        for error in errors {
            let retry = retry_data::Retry { key: &key, index: *number, data: record, status };
            open_error(state, job, id, place, at_ms, error, Some(&retry))?;
        }
    }
    Ok((counts, stopped))
}

/// Makes an open error of a step.
fn open_error(
    state: &mut State,
    job: &Record,
    step: &str,
    place: usize,
    at_ms: u64,
    error: &Value,
    retry: Option<&retry_data::Retry<'_>>,
) -> Result<(), Problem> {
    let said = |key: &str, usual: &str| error.get(key).and_then(Value::as_str).unwrap_or(usual).to_owned();
    let mut fields = Document::from_iter([
        ("errorId", Value::from(new_error_id(state))),
        ("_flowId", job.get("_flowId").cloned().into()),
        ("_expOrImpId", step.into()),
        ("occurredAt", format_ms(at_ms).into()),
        ("source", said("source", "application").into()),
        ("code", said("code", "error").into()),
        ("message", said("message", "The record failed").into()),
        ("oIndex", place.to_string().into()),
        ("_flowJobId", job.id().into()),
        ("purgeAt", format_ms(at_ms + KEPT_MS).into()),
    ]);
    fields.extend(error.get("classification").map(|it| ("classification", it.clone())));
    if let Some(retry) = retry {
        let status = error.get("statusCode").and_then(Value::as_u64).unwrap_or(retry.status);
        let request = state.rng.between(0x1000, 0xffff);
        fields.extend([
            ("traceKey", retry_data::trace_key(retry).into()),
            ("retryDataKey", retry.key.into()),
            ("reqAndResKey", format!("{at_ms}-{request:04x}-{status}-POST").into()),
            (jobs::DATA, retry.data.clone()),
            (jobs::INDEX, retry.index.into()),
        ]);
    }
    state.create(&ERRORS, &fields, Actor::Administrator).map(|_| ())
}

/// Draws a number that no error has.
fn new_error_id(state: &mut State) -> String {
    loop {
        let id = state.rng.between(5_000_000_000, 5_999_999_999).to_string();
        if state.store.of(&ERRORS).get(&id).is_none() {
            return id;
        }
    }
}

/// Cancels a run and its steps.
pub(super) fn cancel(state: &mut State, job: &Record) -> Result<Record, Problem> {
    let now = state.clock.now_ms();
    let mut change = Document::from_iter(ended(now));
    change.extend([("status", Value::from("canceled")), ("canceledBy", state.settings.user.as_str().into())]);
    let steps: Vec<Record> = state.store.of(&JOBS).find("_flowJobId", job.id()).cloned().collect();
    for step in steps.iter().filter(|step| jobs::has_not_ended(step)) {
        state.patch(&JOBS, step, &change, Actor::Administrator)?;
    }
    change.extend([(GOES_ON_AT, Value::Null), (GENERATORS, Value::Null)]);
    state.patch(&JOBS, job, &change, Actor::Administrator)
}
