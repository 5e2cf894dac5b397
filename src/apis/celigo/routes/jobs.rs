//! Jobs, and the account: shares, history, the token itself.

use crate::apis::celigo::errors::{
    FORBIDDEN, INVALID_JSON, INVALID_OPERATION, INVALID_QUERY, INVALID_QUERY_PARAMS, NOT_FOUND, UNAUTHORIZED,
    UNSUPPORTED_MEDIA_TYPE,
};
use crate::apis::celigo::resources::{ACCESS, ASHARES, JOBS};
use crate::apis::celigo::routes::{LIST, READ, REPLACE};
use crate::apis::celigo::{ashares, audit, jobs, token};
use crate::engine::api::api::Action::{Custom, List, Read};
use crate::engine::api::api::ResponseShape::{Many, One};
use crate::engine::api::api::{Route, get, put};

const JOB: &str = "the vendor's API documents, \"Job API\"";
const REFERENCE: &str = "the vendor's API reference, \"Jobs\"";
const PORTAL: &str = "the vendor's developer portal";

/// The rows.
pub const ROUTES: &[Route] = &[
    get("/jobs", "jobs.list", Custom(jobs::list))
        .documented(JOB)
        .fails(&[UNAUTHORIZED, INVALID_QUERY_PARAMS, INVALID_QUERY])
        .shows(Many(&JOBS))
        .about("Lists jobs, newest first: filtered, then paged by limit and offset."),
    get("/jobs/{id}", "jobs.get", Read(&JOBS)).documented(JOB).fails(READ).about("Shows a job."),
    put("/jobs/{id}/cancel", "jobs.cancel", Custom(jobs::cancel))
        .documented(REFERENCE)
        .fails(&[UNAUTHORIZED, UNSUPPORTED_MEDIA_TYPE, INVALID_JSON, FORBIDDEN, NOT_FOUND, INVALID_OPERATION])
        .shows(One(&JOBS))
        .about("Cancels a job that has not ended."),
    get("/ashares", "ashares.list", List(&ASHARES))
        .documented(PORTAL)
        .fails(LIST)
        .about("Lists the shares of the account."),
    get("/ashares/{id}", "ashares.get", Read(&ASHARES)).documented(PORTAL).fails(READ).about("Shows a share."),
    put("/ashares/{id}", "ashares.update", Custom(ashares::update))
        .documented(PORTAL)
        .fails(REPLACE)
        .shows(One(&ASHARES))
        .takes(ACCESS)
        .about("Replaces what a share gives access to."),
    get("/audit", "audit.list", Custom(audit::account))
        .documented("the vendor's API reference, \"Audit\"")
        .fails(LIST)
        .observed_live()
        .about("Lists the changes in the account, newest first."),
    get("/tokenInfo", "tokenInfo.get", Custom(token::info))
        .documented("the vendor's API documents, \"Authentication\"")
        .fails(&[UNAUTHORIZED])
        .about("Says whose token it is, and what it may do."),
];
