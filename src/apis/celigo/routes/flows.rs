//! Flows, and the errors of their steps.

use crate::apis::celigo::errors::{
    FORBIDDEN, INVALID_FLOW, INVALID_JSON, INVALID_OPERATION, INVALID_REF, NOT_FOUND, UNAUTHORIZED,
    UNSUPPORTED_MEDIA_TYPE, VALIDATION_ERROR,
};
use crate::apis::celigo::resources::{ERRORS, EXPORTS, FLOWS, JOBS};
use crate::apis::celigo::routes::{
    CHANGE, CREATE_REFERRING, LIST, LIST_WITHIN, READ, REMOVE, REPLACE, REPLACE_REFERRING, bodies,
};
use crate::apis::celigo::{jobs, retries, step_errors};
use crate::engine::api::route::Action::{Create, Custom, List, Read, Remove, Replace};
use crate::engine::api::route::ResponseShape::{Many, Nothing, One};
use crate::engine::api::route::{Route, delete, get, post, put};
use crate::engine::schema::field::{Field, Kind, field, text};

const FLOW: &str = "the vendor's API documents, \"Flow API\"";
const REFERENCE: &str = "the vendor's API reference, \"Flows\"";

const ERRORS_API: &str = "the vendor's help centre, \"Errors API\"";
const CLIENTS: &str = "public clients of the service call it";

const IDS: &[Field] = &[field("errors", Kind::Strings)];

const RETRY: &[Field] = &[field("retryDataKeys", Kind::Strings), field("errorIds", Kind::Strings)];

const DATA: &[Field] = &[field("data", Kind::Any).required()];

const ASSIGN: &[Field] = &[field("errorIds", Kind::Strings), field("errors", Kind::List), text("email").required()];

const UNASSIGN: &[Field] = &[field("errorIds", Kind::Strings), field("errors", Kind::List)];

const TAG: &[Field] =
    &[field("tagIds", Kind::Strings).required(), field("errorIds", Kind::Strings), field("errors", Kind::List)];

const RUN: &[Field] = &[
    field("_exportIds", Kind::References(&EXPORTS)),
    text("startDate"),
    text("endDate"),
    field("export", Kind::Object),
];

/// The rows.
pub(super) const ROUTES: &[Route] = &[
    get("/flows", "flows.list", List(&FLOWS))
        .documented(FLOW)
        .fails(LIST)
        .empty_live(204)
        .about("Lists flows: filtered, then paged by limit and offset."),
    post("/flows", "flows.create", Create(&FLOWS))
        .body_schema(bodies::flow)
        .documented(FLOW)
        .fails(CREATE_REFERRING)
        .about("Makes a flow, and registers its connections with its integration."),
    get("/flows/{id}", "flows.get", Read(&FLOWS)).documented(FLOW).fails(READ).about("Shows a flow."),
    put("/flows/{id}", "flows.update", Replace(&FLOWS))
        .body_schema(bodies::flow)
        .documented(FLOW)
        .observed_live()
        .fails(REPLACE_REFERRING)
        .about("Replaces a flow: what the body leaves out is reset."),
    delete("/flows/{id}", "flows.delete", Remove(&FLOWS))
        .documented(FLOW)
        .fails(REMOVE)
        .about("Deletes a flow, with its errors and jobs."),
    post("/flows/{id}/run", "flows.run", Custom(jobs::run))
        .documented(FLOW)
        .answers_live(200)
        .fails(&[
            UNAUTHORIZED,
            UNSUPPORTED_MEDIA_TYPE,
            INVALID_JSON,
            FORBIDDEN,
            NOT_FOUND,
            VALIDATION_ERROR,
            INVALID_OPERATION,
            INVALID_FLOW,
            INVALID_REF,
        ])
        .takes(RUN)
        .body_schema(bodies::run)
        .about("Runs a flow: makes a job, which the world's clock brings to its end."),
    get("/flows/{id}/jobs", "flows.jobs", Custom(jobs::of_flow))
        .documented(REFERENCE)
        .fails(LIST_WITHIN)
        .shows(Many(&JOBS))
        .about("Lists the jobs of a flow, newest first."),
    get("/flows/{id}/jobs/latest", "flows.latestJobs", Custom(jobs::latest_of_flow))
        .documented(REFERENCE)
        .pages()
        .fails(LIST_WITHIN)
        .about("Shows the newest run of a flow, in an array."),
    get("/flows/{id}/errors", "flows.errors", Custom(step_errors::summary))
        .documented(REFERENCE)
        .fails(READ)
        .about("Counts the open errors of each step of a flow."),
    get("/flows/{id}/{stepId}/errors", "flows.openErrors", Custom(step_errors::open))
        .also(&["/flows/{id}/exports/{stepId}/errors", "/flows/{id}/imports/{stepId}/errors"])
        .documented(ERRORS_API)
        .fails(LIST_WITHIN)
        .filters(&ERRORS)
        .about("Lists the open errors of a step, an export or import of the flow."),
    get("/flows/{id}/{stepId}/resolved", "flows.resolvedErrors", Custom(step_errors::resolved))
        .also(&["/flows/{id}/exports/{stepId}/resolved", "/flows/{id}/imports/{stepId}/resolved"])
        .observed(CLIENTS)
        .fails(LIST_WITHIN)
        .filters(&ERRORS)
        .about("Lists the resolved errors of a step."),
    put("/flows/{id}/{stepId}/resolved", "flows.resolve", Custom(step_errors::resolve))
        .also(&["/flows/{id}/exports/{stepId}/resolved", "/flows/{id}/imports/{stepId}/resolved"])
        .documented(ERRORS_API)
        .answers(204)
        .fails(CHANGE)
        .takes(IDS)
        .shows(Nothing)
        .about("Resolves open errors of a step, by their ids."),
    delete("/flows/{id}/{stepId}/resolved", "flows.forget", Custom(step_errors::forget))
        .also(&["/flows/{id}/exports/{stepId}/resolved", "/flows/{id}/imports/{stepId}/resolved"])
        .observed(CLIENTS)
        .assuming("its status")
        .fails(CHANGE)
        .takes(IDS)
        .shows(Nothing)
        .about("Deletes resolved errors of a step: those of these ids, or all."),
    post("/flows/{id}/{stepId}/retry", "flows.retry", Custom(retries::retry))
        .also(&["/flows/{id}/exports/{stepId}/retry", "/flows/{id}/imports/{stepId}/retry"])
        .documented(ERRORS_API)
        .answers(200)
        .fails(REPLACE)
        .or_answers(204, "")
        .takes(RETRY)
        .body_schema(bodies::of_retry)
        .needs_body()
        .shows(One(&JOBS))
        .about("Retries open errors of a step: a job takes them along. Where none matches, 204."),
    get("/flows/{id}/{stepId}/{key}/data", "flows.retryData", Custom(retries::data))
        .also(&["/flows/{id}/{stepId}/retries/{key}"])
        .observed(CLIENTS)
        .fails(READ)
        .about("Shows the record that failed, by its retry key."),
    put("/flows/{id}/{stepId}/{key}/data", "flows.editRetryData", Custom(retries::edit))
        .also(&["/flows/{id}/{stepId}/retries/{key}"])
        .observed(CLIENTS)
        .assuming("its answer")
        .fails(REPLACE)
        .takes(DATA)
        .body_schema(bodies::of_retry_data)
        .about("Changes the record that the next retry sends."),
    put("/flows/{id}/{stepId}/errors/assign", "flows.assignErrors", Custom(step_errors::assign))
        .documented(REFERENCE)
        .assuming("its status")
        .answers(204)
        .fails(REPLACE)
        .takes(ASSIGN)
        .body_schema(bodies::of_errors)
        .needs_body()
        .shows(Nothing)
        .about("Assigns errors of a step to a user of the account."),
    put("/flows/{id}/{stepId}/errors/unassign", "flows.unassignErrors", Custom(step_errors::unassign))
        .documented(REFERENCE)
        .assuming("its status")
        .answers(204)
        .fails(REPLACE)
        .takes(UNASSIGN)
        .body_schema(bodies::of_errors)
        .needs_body()
        .shows(Nothing)
        .about("Takes the assignment of errors away."),
    put("/flows/{id}/{stepId}/tags", "flows.tagErrors", Custom(step_errors::tag))
        .documented(REFERENCE)
        .assuming("its status")
        .answers(204)
        .fails(REPLACE_REFERRING)
        .takes(TAG)
        .body_schema(bodies::of_errors)
        .needs_body()
        .shows(Nothing)
        .about("Gives errors of a step these tags in place of their own."),
];
