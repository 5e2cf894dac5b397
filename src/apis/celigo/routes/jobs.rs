//! Jobs, and the account: shares, history, the token itself.

use crate::apis::celigo::errors::{
    FORBIDDEN, INVALID_JSON, INVALID_OPERATION, INVALID_QUERY, INVALID_QUERY_PARAMS, NOT_FOUND, UNAUTHORIZED,
    UNSUPPORTED_MEDIA_TYPE, VALIDATION_ERROR,
};
use crate::apis::celigo::resources::jobs::STATUSES;
use crate::apis::celigo::resources::{ACCESS, ASHARES, AUDIT, JOBS};
use crate::apis::celigo::routes::{LIST, LIST_WITHIN, READ, REPLACE_REFERRING};
use crate::apis::celigo::{ashares, audit, jobs, token};
use crate::engine::api::route::Action::{Custom, List, Read};
use crate::engine::api::route::ResponseShape::{Many, Nothing, One};
use crate::engine::api::route::{Route, get, post, put};
use crate::engine::schema::field::{Field, Kind, field};

const JOB: &str = "the vendor's API documents, \"Job API\"";
const REFERENCE: &str = "the vendor's API reference, \"Jobs\"";
const PORTAL: &str = "the vendor's developer portal";

const CLIENTS: &str = "public clients of the service call it";

const CURRENT: &[Field] = &[
    field("_integrationIds", Kind::Strings),
    field("_flowIds", Kind::Strings),
    field("status", Kind::EnumList(STATUSES)),
];

/// The rows.
pub(super) const ROUTES: &[Route] = &[
    get("/jobs", "jobs.list", Custom(jobs::list))
        .documented(JOB)
        .empty_live(204)
        .fails(&[UNAUTHORIZED, INVALID_QUERY_PARAMS, INVALID_QUERY])
        .shows(Many(&JOBS))
        .about("Lists runs, newest first; jobs of steps where the query asks for them."),
    get("/jobs/{id}", "jobs.get", Custom(jobs::get))
        .documented(JOB)
        .fails(READ)
        .shows(One(&JOBS))
        .about("Shows a job."),
    get("/jobs/{id}/family", "jobs.family", Custom(jobs::family))
        .observed(CLIENTS)
        .fails(READ)
        .about("Shows a run with the jobs of its steps."),
    post("/jobs/current", "jobs.current", Custom(jobs::current))
        .documented(REFERENCE)
        .answers(200)
        .closed()
        .fails(&[UNAUTHORIZED, UNSUPPORTED_MEDIA_TYPE, INVALID_JSON, FORBIDDEN, VALIDATION_ERROR, INVALID_QUERY_PARAMS])
        .takes(CURRENT)
        .about("Lists the runs that have not ended."),
    put("/jobs/{id}/cancel", "jobs.cancel", Custom(jobs::cancel))
        .documented(REFERENCE)
        .fails(&[UNAUTHORIZED, UNSUPPORTED_MEDIA_TYPE, INVALID_JSON, FORBIDDEN, NOT_FOUND, INVALID_OPERATION])
        .shows(One(&JOBS))
        .about("Cancels a run that has not ended, with its steps."),
    get("/jobs/{id}/joberrors", "jobs.jobErrors", Custom(jobs::errors))
        .documented(JOB)
        .pages()
        .fails(LIST_WITHIN)
        .about("Lists the errors of a job, by their older form."),
    get("/integrations/{id}/jobs", "integrations.jobs", Custom(jobs::of_integration))
        .documented(REFERENCE)
        .fails(LIST_WITHIN)
        .shows(Many(&JOBS))
        .about("Lists the jobs of an integration, newest first."),
    get("/integrations/{id}/jobs/latest", "integrations.latestJobs", Custom(jobs::latest_of_integration))
        .documented(REFERENCE)
        .pages()
        .fails(LIST_WITHIN)
        .about("Shows the newest run of each flow of an integration."),
    get("/ashares", "ashares.list", List(&ASHARES))
        .documented(PORTAL)
        .fails(LIST)
        .about("Lists the shares of the account."),
    get("/ashares/{id}", "ashares.get", Read(&ASHARES)).documented(PORTAL).fails(READ).about("Shows a share."),
    put("/ashares/{id}", "ashares.update", Custom(ashares::update))
        .observed("public clients of the service call it; the path is documented")
        .answers(204)
        .fails(REPLACE_REFERRING)
        .shows(Nothing)
        .takes(ACCESS)
        .about("Replaces what a share gives access to."),
    get("/audit", "audit.list", Custom(audit::account))
        .filters(&AUDIT)
        .documented("the vendor's API reference, \"Audit\"")
        .fails(LIST)
        .observed_live()
        .about("Lists the changes in the account, newest first."),
    get("/tokenInfo", "tokenInfo.get", Custom(token::info))
        .documented("the vendor's API documents, \"Authentication\"")
        .fails(&[UNAUTHORIZED])
        .about("Says whose token it is, and what it may do."),
];
