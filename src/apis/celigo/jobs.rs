//! Runs of flows. A job is queued, runs and ends by the world's clock; nothing is really exported or imported.

use serde_json::{Value, json};

use crate::apis::celigo::errors::{INVALID_OPERATION, INVALID_QUERY};
use crate::apis::celigo::resources::{FLOWS, JOBS};
use crate::apis::celigo::{API, filters};
use crate::engine::api::context::Context;
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::profile::Profile;
use crate::engine::schema::schema::Actor;
use crate::engine::schema::time::{format_ms, parse_ms};
use crate::engine::state::State;
use crate::engine::store::Record;
use crate::http::message::Response;

/// How long a job waits before it runs.
const QUEUED_MS: u64 = 1_000;

/// How long it runs.
const RUNS_MS: u64 = 4_000;

/// How many records it moves.
const RECORDS: u64 = 10;

/// The private field that says when a job goes on. Jobs of files have none: they stay as they are.
const GOES_ON_AT: &str = "standin_goes_on_at";

/// Parameters that narrow a list of jobs to something, one of which the running service wants.
const SCOPES: &[&str] = &["_integrationId", "_flowId", "_jobId", "_flowJobId", "_exportId", "_importId"];

/// Returns the time at which a job goes on.
pub fn goes_on_at(job: &Document) -> Option<u64> {
    job.get(GOES_ON_AT).and_then(Value::as_str).and_then(parse_ms)
}

/// `flows.run`: makes a job.
pub fn run(context: &mut Context<'_>) -> Result<Response, Problem> {
    let flow = context.record(&FLOWS, "id")?;
    context.fields()?;
    if flow.get("disabled") == Some(&Value::Bool(true)) {
        return Err(Problem::named(INVALID_OPERATION, "Flow is disabled"));
    }
    let job = start(context.state, &flow, "flow")?;
    Ok(Response::json(context.route.success, &json!({ "_jobId": job.id() })))
}

/// A new job of a flow, of that type.
pub fn start(state: &mut State, flow: &Record, kind: &str) -> Result<Record, Problem> {
    let mut fields = Document::from_iter([
        ("type", Value::from(kind)),
        ("_flowId", flow.id().into()),
        (GOES_ON_AT, state.later(QUEUED_MS).into()),
    ]);
    if let Some(integration) = flow.get("_integrationId") {
        fields.insert("_integrationId", integration.clone());
    }
    let job = state.create(&JOBS, &fields, Actor::Administrator)?;
    state.keep_within_bounds(&JOBS, &job);
    Ok(job)
}

/// From queued to running, and from running to completed. A clock that moved far does both at once.
pub fn go_on(state: &mut State, job: &Record) -> Result<(), Problem> {
    let due = goes_on_at(job.fields()).unwrap_or_default();
    let queued = job.text("status") == Some("queued");
    let (starts, ends) = if queued { (due, due + RUNS_MS) } else { (due.saturating_sub(RUNS_MS), due) };
    let mut change = Document::from_iter([("startedAt", Value::from(format_ms(starts)))]);
    if state.clock.now_ms() < ends {
        change.extend([
            ("status", Value::from("running")),
            ("lastModified", format_ms(starts).into()),
            (GOES_ON_AT, format_ms(ends).into()),
        ]);
    } else {
        change.extend([
            ("status", Value::from("completed")),
            ("numSuccess", RECORDS.into()),
            ("numPagesGenerated", 1.into()),
            ("endedAt", format_ms(ends).into()),
            ("lastModified", format_ms(ends).into()),
            (GOES_ON_AT, Value::Null),
        ]);
    }
    let job = state.patch(&JOBS, job, &change, Actor::Administrator)?;
    let flow = job.text("_flowId").and_then(|id| state.store.of(&FLOWS).get(id)).cloned();
    match flow {
        Some(flow) => {
            let mut executed = Document::from_iter([("lastExecutedAt", Value::from(format_ms(starts)))]);
            // Running a flow is no change of it.
            executed.extend(flow.get("lastModified").map(|time| ("lastModified", time.clone())));
            state.patch(&FLOWS, &flow, &executed, Actor::Administrator).map(|_| ())
        }
        None => Ok(()),
    }
}

/// `jobs.list`: the latest first. The running service wants to know whose jobs.
pub fn list(context: &mut Context<'_>) -> Result<Response, Problem> {
    let scoped = context.query.pairs().any(|(name, _)| SCOPES.contains(&filters::without_among(name)));
    if context.state.settings.profile(API.name) == Profile::Live && !scoped {
        return Err(Problem::named(INVALID_QUERY, "Please provide _integrationId, _flowId or _jobId"));
    }
    let mut jobs: Vec<Record> = context.state.store.of(&JOBS).iter().cloned().collect();
    jobs.reverse();
    jobs.sort_by_key(|job| std::cmp::Reverse(job.text("createdAt").and_then(parse_ms)));
    context.list(&JOBS, jobs)
}

/// `jobs.cancel`: ends a job that has not ended.
pub fn cancel(context: &mut Context<'_>) -> Result<Response, Problem> {
    let job = context.record(&JOBS, "id")?;
    let status = job.text("status").unwrap_or_default();
    if !matches!(status, "queued" | "running") {
        return Err(Problem::named(INVALID_OPERATION, format!("Job cannot be canceled: it is {status}")));
    }
    let change = Document::from_iter([
        ("status", Value::from("canceled")),
        ("endedAt", context.state.clock.now().into()),
        (GOES_ON_AT, Value::Null),
    ]);
    let job = context.state.patch(&JOBS, &job, &change, Actor::Administrator)?;
    Ok(context.show(&job))
}
