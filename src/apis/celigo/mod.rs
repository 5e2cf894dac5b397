//! Celigo integrator.io, as its *Integrations API Reference* and *Integration* documents say.
//!
//! The table is below. How the API speaks stands in [`dialect`]: [`access`] says who asks, [`paging`] which part of a
//! list, [`words`] how errors read. The kinds of records are in [`resources`], what belongs to what in [`contents`],
//! and what goes with what in [`cascade`]. The other files hold one subject each. `NOTES.md` beside this file tells
//! what is assumed and what is not modelled.

mod access;
mod ashares;
mod audit;
mod cascade;
mod connector;
mod contents;
mod dialect;
mod errors;
mod made_up;
mod paging;
pub mod resources;
mod template;
#[cfg(test)]
mod tests;
mod words;

use resources::{
    ASHARES, AUDIT, CONNECTIONS, CONNECTORS, ERRORS, EXPORTS, FLOWS, IMPORTS, INTEGRATIONS, JOBS, SCRIPTS,
};

use crate::engine::api::Action::{Create, Custom, List, Read, Remove, Replace};
use crate::engine::api::{Access, Api, Route, delete, get, post, put};

const SEED_2: &str = "seed 002, \"Integration Related HTTP Endpoints\"";
const SEED_3: &str = "seed 003, \"Endpoints\"";

/// Celigo integrator.io.
pub static API: Api = Api {
    name: "celigo",
    title: "Celigo integrator.io",
    base: "/v1",
    routes: ROUTES,
    resources: &[
        &INTEGRATIONS,
        &FLOWS,
        &EXPORTS,
        &IMPORTS,
        &CONNECTIONS,
        &SCRIPTS,
        &CONNECTORS,
        &ASHARES,
        &AUDIT,
        &ERRORS,
        &JOBS,
    ],
    errors: words::ERRORS,
    common_errors: &["rate_limited"],
    dialect: &dialect::Celigo,
    made_up: made_up::fields,
    accompanied: None,
};

static ROUTES: &[Route] = &[
    get("/integrations", "integrations.list", List(&INTEGRATIONS))
        .documented(SEED_3)
        .fails(&["unauthorized", "invalid_query_params"])
        .about("Lists integrations: filtered by sandbox, then paged by limit and offset."),
    post("/integrations", "integrations.create", Create(&INTEGRATIONS))
        .documented(SEED_3)
        .fails(&["unauthorized", "unsupported_media_type", "invalid_json", "forbidden", "validation_error", "conflict"])
        .about("Makes an integration."),
    get("/integrations/{id}", "integrations.get", Read(&INTEGRATIONS))
        .documented(SEED_3)
        .fails(&["unauthorized", "not_found"])
        .about("Shows an integration."),
    put("/integrations/{id}", "integrations.update", Replace(&INTEGRATIONS))
        .documented(SEED_3)
        .fails(&[
            "unauthorized",
            "unsupported_media_type",
            "invalid_json",
            "forbidden",
            "not_found",
            "validation_error",
            "conflict",
        ])
        .about("Replaces an integration: what the body leaves out is reset, but for sandbox."),
    delete("/integrations/{id}", "integrations.delete", Remove(&INTEGRATIONS))
        .documented(SEED_3)
        .fails(&["unauthorized", "forbidden", "not_found"])
        .about("Deletes an integration, with its flows and the exports and imports that nothing else has."),
    get("/integrations/{id}/flows", "integrations.flows", Custom(contents::flows))
        .documented(SEED_3)
        .fails(&["unauthorized", "not_found", "invalid_query_params"])
        .about("Lists the flows of an integration."),
    get("/integrations/{id}/exports", "integrations.exports", Custom(contents::exports))
        .documented(SEED_3)
        .fails(&["unauthorized", "not_found", "invalid_query_params"])
        .about("Lists the exports that an integration's flows use or that name it."),
    get("/integrations/{id}/imports", "integrations.imports", Custom(contents::imports))
        .documented(SEED_3)
        .fails(&["unauthorized", "not_found", "invalid_query_params"])
        .about("Lists the imports that an integration's flows use or that name it."),
    get("/integrations/{id}/connections", "integrations.connections", Custom(contents::connections))
        .documented(SEED_3)
        .fails(&["unauthorized", "not_found", "invalid_query_params"])
        .about("Lists the connections registered with an integration."),
    get("/integrations/{id}/audit", "integrations.audit", Custom(audit::list))
        .documented("seed 003, \"Get Audit Log\"")
        .fails(&["unauthorized", "not_found", "invalid_query_params"])
        .about("Lists the changes of an integration, newest first."),
    get("/integrations/{id}/errors", "integrations.errors", Custom(errors::summary))
        .documented("seed 003, \"Get Error Summary\"")
        .fails(&["unauthorized", "not_found", "invalid_query_params"])
        .about("Counts the open errors of each flow that has any."),
    get("/integrations/{id}/ashares", "integrations.ashares", Custom(ashares::list))
        .documented(SEED_3)
        .fails(&["unauthorized", "not_found", "invalid_query_params"])
        .about("Lists the shares that are account-wide or name the integration."),
    get("/integrations/{id}/template", "integrations.template", Custom(template::link))
        .documented(SEED_3)
        .fails(&["unauthorized", "not_found"])
        .about("Gives a link to the integration as a ZIP archive, good for an hour."),
    post("/integrations/{_connectorId}/install", "integrations.install", Custom(connector::install))
        .documented(SEED_2)
        .answers(200)
        .fails(&[
            "unauthorized",
            "unsupported_media_type",
            "invalid_json",
            "forbidden",
            "not_found",
            "validation_error",
        ])
        .about("Installs a connector: makes an integration whose steps are still to be done."),
    delete("/integrations/{id}/install", "integrations.uninstall", Custom(connector::uninstall))
        .documented(SEED_2)
        .answers(200)
        .fails(&["unauthorized", "forbidden", "not_found", "invalid_operation"])
        .about("Uninstalls a connector: its integration goes, with all it contains."),
    put("/integrations/{id}/installer/{function}", "integrations.installer", Custom(connector::installer))
        .documented(SEED_2)
        .fails(&[
            "unauthorized",
            "unsupported_media_type",
            "invalid_json",
            "forbidden",
            "not_found",
            "invalid_operation",
            "invalid_function",
        ])
        .about("Does the installation step of that function."),
    put("/integrations/{id}/uninstaller/{function}", "integrations.uninstaller", Custom(connector::uninstaller))
        .documented(SEED_2)
        .fails(&[
            "unauthorized",
            "unsupported_media_type",
            "invalid_json",
            "forbidden",
            "not_found",
            "invalid_operation",
            "invalid_function",
        ])
        .about("Undoes the installation step of that function."),
    put("/integrations/{id}/settings/{function}", "integrations.settings", Custom(connector::settings))
        .documented(SEED_2)
        .fails(&[
            "unauthorized",
            "unsupported_media_type",
            "invalid_json",
            "forbidden",
            "not_found",
            "invalid_operation",
            "validation_error",
        ])
        .about("Calls a settings function; persistSettings merges what is pending into the settings."),
    get("/integrations/{id}/template.zip", "integrations.download", Custom(template::download))
        .assumed("no document says where a signedURL leads")
        .access(Access::Open)
        .fails(&["forbidden", "not_found"])
        .about("The archive that the link of integrations.template leads to."),
];
