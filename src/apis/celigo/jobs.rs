//! Operations of jobs: lists, families, cancellation.

use serde_json::{Map, Value, json};

use crate::apis::celigo::errors::{INVALID_OPERATION, INVALID_QUERY, NO_SCOPE, NO_STEP, NOT_FOUND};
use crate::apis::celigo::resources::jobs::{STATUSES, has_not_ended};
use crate::apis::celigo::resources::{ERRORS, FLOWS, INTEGRATIONS, JOBS};
use crate::apis::celigo::{filters, lists, membership, paging, runs, step_errors};
use crate::engine::api::context::{Context, Page};
use crate::engine::schema::document::Document;
use crate::engine::schema::error_def::Evidence;
use crate::engine::schema::problem::{FieldFaultKind, Problem};
use crate::engine::schema::profile::Profile;
use crate::engine::schema::time::{parse_ms, read_ms};
use crate::engine::state::State;
use crate::engine::store::Record;
use crate::http::message::Response;

/// Parameters that narrow a list to jobs of steps.
const STEPS: &[&str] = &["_flowJobId", "_parentJobId", "_exportId", "_importId"];

/// Parameters of which the running service requires one.
const SCOPES: &[&str] =
    &["_integrationId", "_flowId", "_jobId", "_flowJobId", "_parentJobId", "_bulkJobId", "_exportId", "_importId"];

/// The most jobs of one answer.
const MOST_JOBS: usize = 1_001;

/// Tells whether it is a job of a whole run, not of a step.
fn is_parent(job: &Record) -> bool {
    matches!(job.text("type"), Some("flow" | "retry" | "bulk_retry"))
}

/// Returns a job with the number of its open and of its resolved errors, as they are now.
fn counted(state: &State, job: &Record) -> Record {
    let run = if is_parent(job) { Some(job.id()) } else { job.text("_flowJobId") };
    let step = job.text("_importId").or_else(|| job.text("_exportId")).filter(|_| !is_parent(job));
    let errors = state.store.of(&ERRORS).find("_flowJobId", run.unwrap_or_default());
    let errors: Vec<&Record> =
        errors.filter(|it| step.is_none_or(|step| it.text("_expOrImpId") == Some(step))).collect();
    let open = errors.iter().filter(|error| step_errors::is_open(error)).count();
    let mut fields = Document::whole(&JOBS, job.fields().written_len() + 2);
    for field in JOBS.fields {
        match field.name {
            "numResolved" => fields.insert(field.name, (errors.len() - open).into()),
            "numOpenError" => fields.insert(field.name, open.into()),
            name => fields.extend(job.get(name).map(|value| (name, value.clone()))),
        }
    }
    for (name, value) in job.fields().iter().filter(|(name, _)| JOBS.field(name).is_none()) {
        fields.insert(name.to_owned(), value.clone());
    }
    Record::new(&JOBS, job.sequence(), fields)
}

fn newest_first<'r>(jobs: impl Iterator<Item = &'r Record>) -> Vec<Record> {
    let mut jobs: Vec<Record> = jobs.cloned().collect();
    jobs.reverse();
    jobs.sort_by_key(|job| std::cmp::Reverse(job.text("createdAt").and_then(parse_ms)));
    jobs
}

/// Handles `jobs.get`
pub(super) fn get(context: &mut Context<'_>) -> Result<Response, Problem> {
    let job = context.record(&JOBS, "id")?;
    let job = counted(context.state, &job);
    Ok(context.show(&job))
}

/// Handles `jobs.list`: lists jobs, the latest first. The running service requires one of [`SCOPES`].
pub(super) fn list(context: &mut Context<'_>) -> Result<Response, Problem> {
    if context.profile() == Profile::Live {
        check_scope(context)?;
    }
    let jobs = newest_first(context.state.store.of(&JOBS).iter());
    listed(context, jobs)
}

/// Tells whether the query has a value for one of these fields, with any comparison.
fn asks(context: &Context<'_>, names: &[&str]) -> bool {
    let given = context.query.pairs().filter(|(_, value)| !value.is_empty());
    given.into_iter().any(|(name, _)| names.contains(&filters::field_of(name)))
}

fn check_scope(context: &Context<'_>) -> Result<(), Problem> {
    let asks = |names: &[&str]| asks(context, names);
    let types = filters::given(context.query, "type").or_else(|| filters::given(context.query, "type_in"));
    let steps = types.is_some_and(|types| types.split(',').all(|kind| matches!(kind, "export" | "import")));
    if steps && !asks(STEPS) && !asks(&["_jobId"]) {
        return Err(Problem::named(INVALID_QUERY, NO_STEP));
    }
    if !steps && !asks(SCOPES) && !asks(&["createdAt"]) {
        return Err(Problem::named(INVALID_QUERY, NO_SCOPE));
    }
    Ok(())
}

/// Shows jobs; those of steps only if the query selects them. There are no links, because clients page by time.
fn listed(context: &mut Context<'_>, mut jobs: Vec<Record>) -> Result<Response, Problem> {
    if !asks(context, &["type", "_jobId"]) && !asks(context, STEPS) {
        jobs.retain(is_parent);
    }
    let page = page_of(context, &jobs)?;
    if page.records.is_empty()
        && let Some(status) = context.route.live_empty.filter(|_| context.profile() == Profile::Live)
    {
        return Ok(Response::empty(status));
    }
    Ok(Response::json_bytes(context.success(), lists::array(context, &page)))
}

fn page_of(context: &mut Context<'_>, jobs: &[Record]) -> Result<Page, Problem> {
    let jobs: Vec<Record> = jobs.iter().map(|job| counted(context.state, job)).collect();
    let window = paging::window_up_to(context.query, MOST_JOBS)?;
    let page = context.page_within(&JOBS, jobs, Some(window))?;
    context.rests_on_values(&page);
    Ok(page)
}

/// Handles `flows.jobs`: lists the jobs of a flow. The running service has no such path.
pub(super) fn of_flow(context: &mut Context<'_>) -> Result<Response, Problem> {
    let flow = context.record(&FLOWS, "id")?;
    missing_live(context)?;
    let jobs = newest_first(context.state.store.of(&JOBS).find("_flowId", flow.id()));
    listed(context, jobs)
}

/// Handles `integrations.jobs`: lists the jobs of an integration. The running service has no such path.
pub(super) fn of_integration(context: &mut Context<'_>) -> Result<Response, Problem> {
    let integration = context.record(&INTEGRATIONS, "id")?;
    missing_live(context)?;
    let jobs = newest_first(context.state.store.of(&JOBS).find("_integrationId", integration.id()));
    listed(context, jobs)
}

fn missing_live(context: &mut Context<'_>) -> Result<(), Problem> {
    if context.profile() == Profile::Live {
        context.rests_on(Evidence::Observed);
        return Err(Problem::named(NOT_FOUND, "Not found"));
    }
    Ok(())
}

/// Handles `flows.latestJobs`: returns the newest run of the flow.
pub(super) fn latest_of_flow(context: &mut Context<'_>) -> Result<Response, Problem> {
    let flow = context.record(&FLOWS, "id")?;
    show_latest(context, &[flow])
}

/// Handles `integrations.latestJobs`: returns the newest run of each flow.
pub(super) fn latest_of_integration(context: &mut Context<'_>) -> Result<Response, Problem> {
    let integration = context.record(&INTEGRATIONS, "id")?;
    let flows = membership::of(context.state, &integration, &FLOWS);
    show_latest(context, &flows)
}

fn show_latest(context: &mut Context<'_>, flows: &[Record]) -> Result<Response, Problem> {
    let latest = flows.iter().filter_map(|flow| {
        let jobs = context.state.store.of(&JOBS).find("_flowId", flow.id()).filter(|job| is_parent(job));
        newest_first(jobs).into_iter().next()
    });
    let jobs: Vec<Record> = latest.map(|job| counted(context.state, &job)).collect();
    let page = Page::of(&jobs, &paging::window_alone(context.query)?);
    context.rests_on_values(&page);
    Ok(paging::response(context, &page, page.json().clone()))
}

/// Handles `jobs.family`: returns a run with the jobs of its steps.
pub(super) fn family(context: &mut Context<'_>) -> Result<Response, Problem> {
    let job = context.record(&JOBS, "id")?;
    if job.is_assumed() {
        context.rests_on(Evidence::Assumed);
    }
    let of = |job: &Record| -> Map<String, Value> {
        serde_json::from_slice(counted(context.state, job).bytes()).expect("a record's bytes are JSON")
    };
    let mut family = of(&job);
    let children = context.state.store.of(&JOBS).find("_flowJobId", job.id());
    let children: Vec<Value> = children.map(|child| Value::Object(of(child))).collect();
    family.insert("children".to_owned(), children.into());
    Ok(Response::json(context.success(), &Value::Object(family)))
}

/// Handles `jobs.current`: lists the runs that have not ended, of the integrations, flows and statuses in the body.
pub(super) fn current(context: &mut Context<'_>) -> Result<Response, Problem> {
    let wanted = ["_integrationIds", "_flowIds", "status"].map(|name| step_errors::texts(context, name));
    let [integrations, flows, statuses] = wanted;
    let (integrations, flows, statuses) = (integrations?, flows?, statuses?);
    if statuses.iter().flatten().any(|status| !STATUSES.contains(&status.as_str())) {
        return Err(Problem::field("status", FieldFaultKind::NotOneOf { values: STATUSES }));
    }
    let among = |wanted: &Option<Vec<String>>, value: Option<&str>| {
        wanted.as_ref().is_none_or(|wanted| value.is_some_and(|value| wanted.iter().any(|it| it == value)))
    };
    let jobs = context.state.store.of(&JOBS).iter().filter(|job| {
        is_parent(job)
            && has_not_ended(job)
            && among(&integrations, job.text("_integrationId"))
            && among(&flows, job.text("_flowId"))
            && among(&statuses, job.text("status"))
    });
    let page = page_of(context, &newest_first(jobs))?;
    Ok(step_errors::keyed(context, &page, "jobs"))
}

/// Handles `jobs.cancel`: ends a run that has not ended.
pub(super) fn cancel(context: &mut Context<'_>) -> Result<Response, Problem> {
    let job = context.record(&JOBS, "id")?;
    if !is_parent(&job) {
        return Err(Problem::named(INVALID_OPERATION, "Only flow jobs can be canceled"));
    }
    if !has_not_ended(&job) {
        let status = job.text("status").unwrap_or_default();
        return Err(Problem::named(INVALID_OPERATION, format!("Job cannot be canceled: it is {status}")));
    }
    let job = runs::cancel(context.state, &job)?;
    let job = counted(context.state, &job);
    Ok(context.show(&job))
}

/// Handles `jobs.jobErrors`: lists the errors of a run or a step in their older form. The running service lists none.
pub(super) fn errors(context: &mut Context<'_>) -> Result<Response, Problem> {
    let job = context.record(&JOBS, "id")?;
    missing_live(context)?;
    let run = if is_parent(&job) { job.id() } else { job.text("_flowJobId").unwrap_or_default() };
    let step = job.text("_importId").or_else(|| job.text("_exportId")).filter(|_| !is_parent(&job));
    let errors = context.state.store.of(&ERRORS).find("_flowJobId", run);
    let errors = errors.filter(|error| step.is_none_or(|step| error.text("_expOrImpId") == Some(step)));
    let errors: Vec<Record> = errors.cloned().collect();
    paging::rows(context, &errors, |error| {
        let told = [("_jobId", Some(job.id()))].into_iter();
        let told = told.chain(["code", "message", "source"].map(|name| (name, error.text(name))));
        let told = told.chain([("createdAt", error.text("occurredAt"))]);
        let mut row: Map<String, Value> =
            told.filter_map(|(name, value)| Some((name.to_owned(), value?.into()))).collect();
        row.insert("resolve".to_owned(), false.into());
        row.insert("retry".to_owned(), false.into());
        row.extend(error.text("retryDataKey").map(|key| ("_retryId".to_owned(), Value::from(key))));
        Value::Object(row)
    })
}

/// Handles `flows.run`: makes a job. The body may choose generators and dates; the dates change nothing here.
pub(super) fn run(context: &mut Context<'_>) -> Result<Response, Problem> {
    let flow = context.record(&FLOWS, "id")?;
    let given = context.fields()?;
    let only = step_errors::texts(context, "_exportIds")?;
    let export = given.get("export").and_then(Value::as_object);
    for (name, value) in ["startDate", "endDate"].into_iter().flat_map(|name| {
        let inner = export.and_then(|export| export.get(name));
        given.get(name).into_iter().chain(inner).map(move |value| (name, value))
    }) {
        let is_time = value.is_null() || value.as_str().is_some_and(|text| read_ms(text).is_some());
        if !is_time {
            return Err(Problem::field(name, FieldFaultKind::WrongType { expected: "an ISO 8601 time" }));
        }
    }
    let generators = runs::generators_of(context.state, &flow, only.as_deref())?;
    let job = runs::start(context.state, &flow, &generators)?;
    Ok(Response::json(context.success(), &json!({ "_jobId": job.id() })))
}
