//! Flows, and the errors of their steps.

use crate::apis::celigo::errors::{
    FORBIDDEN, INVALID_JSON, INVALID_OPERATION, NOT_FOUND, UNAUTHORIZED, UNSUPPORTED_MEDIA_TYPE, VALIDATION_ERROR,
};
use crate::apis::celigo::resources::FLOWS;
use crate::apis::celigo::routes::{CREATE, LIST, LIST_WITHIN, READ, REMOVE, REPLACE};
use crate::apis::celigo::{jobs, step_errors};
use crate::engine::api::api::Action::{Create, Custom, List, Read, Remove, Replace};
use crate::engine::api::api::{Route, delete, get, post, put};
use crate::engine::schema::field::{Field, Kind, field};

const FLOW: &str = "the vendor's API documents, \"Flow API\"";
const REFERENCE: &str = "the vendor's API reference, \"Flows\"";

const RESOLVE: &[Field] = &[field("errors", Kind::Strings), field("errorIds", Kind::Strings)];

const RETRY: &[Field] =
    &[field("retryDataKeys", Kind::Strings), field("errors", Kind::Strings), field("errorIds", Kind::Strings)];

/// The rows.
pub const ROUTES: &[Route] = &[
    get("/flows", "flows.list", List(&FLOWS))
        .documented(FLOW)
        .fails(LIST)
        .empty_live(204)
        .about("Lists flows: filtered, then paged by limit and offset."),
    post("/flows", "flows.create", Create(&FLOWS))
        .documented(FLOW)
        .fails(CREATE)
        .about("Makes a flow, and registers its connections with its integration."),
    get("/flows/{id}", "flows.get", Read(&FLOWS)).documented(FLOW).fails(READ).about("Shows a flow."),
    put("/flows/{id}", "flows.update", Replace(&FLOWS))
        .documented(FLOW)
        .fails(REPLACE)
        .about("Replaces a flow: what the body leaves out is reset."),
    delete("/flows/{id}", "flows.delete", Remove(&FLOWS))
        .documented(FLOW)
        .fails(REMOVE)
        .about("Deletes a flow, with its errors and jobs."),
    post("/flows/{id}/run", "flows.run", Custom(jobs::run))
        .documented(FLOW)
        .fails(&[
            UNAUTHORIZED,
            UNSUPPORTED_MEDIA_TYPE,
            INVALID_JSON,
            FORBIDDEN,
            NOT_FOUND,
            VALIDATION_ERROR,
            INVALID_OPERATION,
        ])
        .about("Runs a flow: makes a job, which the world's clock brings to its end."),
    get("/flows/{id}/errors", "flows.errors", Custom(step_errors::summary))
        .documented(REFERENCE)
        .fails(READ)
        .about("Counts the open errors of each step of a flow that has any."),
    get("/flows/{id}/{stepId}/errors", "flows.openErrors", Custom(step_errors::open))
        .documented(REFERENCE)
        .fails(LIST_WITHIN)
        .about("Lists the open errors of a step, an export or import of the flow."),
    get("/flows/{id}/{stepId}/resolved", "flows.resolvedErrors", Custom(step_errors::resolved))
        .documented(REFERENCE)
        .fails(LIST_WITHIN)
        .about("Lists the resolved errors of a step."),
    put("/flows/{id}/{stepId}/resolved", "flows.resolve", Custom(step_errors::resolve))
        .documented(REFERENCE)
        .fails(REPLACE)
        .takes(RESOLVE)
        .about("Resolves open errors of a step, by their ids."),
    post("/flows/{id}/{stepId}/retry", "flows.retry", Custom(step_errors::retry))
        .documented(REFERENCE)
        .fails(REPLACE)
        .takes(RETRY)
        .about("Retries open errors of a step, by their ids or retry keys: they are resolved by a job."),
];
