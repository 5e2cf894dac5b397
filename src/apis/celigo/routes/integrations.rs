//! Integrations, as the seeds say.

use crate::apis::celigo::errors::{
    FORBIDDEN, INVALID_FUNCTION, INVALID_JSON, INVALID_OPERATION, NOT_FOUND, UNAUTHORIZED, UNSUPPORTED_MEDIA_TYPE,
};
use crate::apis::celigo::resources::{ASHARES, AUDIT, CONNECTIONS, EXPORTS, FLOWS, IMPORTS, INTEGRATIONS};
use crate::apis::celigo::routes::{
    CHANGE, CREATE_UNIQUE_REFERRING, LIST, LIST_WITHIN, READ, REMOVE_FIXED, REPLACE_FIXED, REPLACE_UNIQUE, bodies,
};
use crate::apis::celigo::{ashares, audit, connector, error_summary, membership, template};
use crate::engine::api::route::Action::{Create, Custom, List, Read, Remove, Replace};
use crate::engine::api::route::ResponseShape::{File, Many, One};
use crate::engine::api::route::{Access, Route, delete, get, post, put};
use crate::engine::schema::error_def::ErrorDef;
use crate::engine::schema::field::{Field, Kind, field, text};

const SEED_2: &str = "seed 002, \"Integration Related HTTP Endpoints\"";
const SEED_3: &str = "seed 003, \"Endpoints\"";

/// The body of an installation.
const INSTALL: &[Field] = &[field("sandbox", Kind::Bool), text("tag")];

/// The body of a settings function.
const SETTINGS: &[Field] = &[field("pending", Kind::Object)];

/// The errors of a step of an installation.
const STEP: &[&ErrorDef] =
    &[UNAUTHORIZED, UNSUPPORTED_MEDIA_TYPE, INVALID_JSON, FORBIDDEN, NOT_FOUND, INVALID_OPERATION, INVALID_FUNCTION];

/// The rows.
pub(super) const ROUTES: &[Route] = &[
    get("/integrations", "integrations.list", List(&INTEGRATIONS))
        .documented(SEED_3)
        .fails(LIST)
        .about("Lists integrations: filtered, then paged by limit and offset."),
    post("/integrations", "integrations.create", Create(&INTEGRATIONS))
        .documented(SEED_3)
        .observed_live()
        .fails(CREATE_UNIQUE_REFERRING)
        .whole_account()
        .about("Makes an integration."),
    get("/integrations/{id}", "integrations.get", Read(&INTEGRATIONS))
        .documented(SEED_3)
        .fails(READ)
        .about("Shows an integration."),
    put("/integrations/{id}", "integrations.update", Replace(&INTEGRATIONS))
        .documented(SEED_3)
        .observed_live()
        .fails(REPLACE_UNIQUE)
        .about("Replaces an integration: what the body leaves out is reset, but for sandbox."),
    delete("/integrations/{id}", "integrations.delete", Remove(&INTEGRATIONS))
        .documented(SEED_3)
        .fails(REMOVE_FIXED)
        .about("Deletes an integration, with its flows and the exports and imports that nothing else has."),
    get("/integrations/{id}/flows", "integrations.flows", Custom(membership::flows))
        .shows(Many(&FLOWS))
        .documented(SEED_3)
        .fails(LIST_WITHIN)
        .empty_live(204)
        .about("Lists the flows of an integration."),
    get("/integrations/{id}/exports", "integrations.exports", Custom(membership::exports))
        .shows(Many(&EXPORTS))
        .documented(SEED_3)
        .fails(LIST_WITHIN)
        .about("Lists the exports that an integration's flows use or that name it."),
    get("/integrations/{id}/imports", "integrations.imports", Custom(membership::imports))
        .shows(Many(&IMPORTS))
        .documented(SEED_3)
        .fails(LIST_WITHIN)
        .about("Lists the imports that an integration's flows use or that name it."),
    get("/integrations/{id}/connections", "integrations.connections", Custom(membership::connections))
        .shows(Many(&CONNECTIONS))
        .documented(SEED_3)
        .fails(LIST_WITHIN)
        .empty_live(204)
        .about("Lists the connections registered with an integration."),
    get("/integrations/{id}/audit", "integrations.audit", Custom(audit::list))
        .filters(&AUDIT)
        .documented("seed 003, \"Get Audit Log\"")
        .fails(LIST_WITHIN)
        .observed_live()
        .about("Lists the changes of an integration, newest first."),
    get("/integrations/{id}/errors", "integrations.errors", Custom(error_summary::summary))
        .pages()
        .documented("seed 003, \"Get Error Summary\"")
        .fails(LIST_WITHIN)
        .observed_live()
        .about("Counts the open errors of each flow that has any."),
    get("/integrations/{id}/ashares", "integrations.ashares", Custom(ashares::list))
        .shows(Many(&ASHARES))
        .documented(SEED_3)
        .fails(LIST_WITHIN)
        .about("Lists the shares that are account-wide or name the integration."),
    get("/integrations/{id}/template", "integrations.template", Custom(template::link))
        .documented(SEED_3)
        .assuming("the address")
        .fails(READ)
        .about("Gives a link to the integration as a ZIP archive, good for an hour."),
    post("/integrations/{_connectorId}/install", "integrations.install", Custom(connector::install))
        .shows(One(&INTEGRATIONS))
        .takes(INSTALL)
        .documented(SEED_2)
        .assuming("its body and its answer")
        .answers(200)
        .fails(CHANGE)
        .whole_account()
        .about("Installs a connector: makes an integration whose steps are still to be done."),
    delete("/integrations/{id}/install", "integrations.uninstall", Custom(connector::uninstall))
        .documented(SEED_2)
        .assuming("its body and its answer")
        .answers(200)
        .fails(REMOVE_FIXED)
        .about("Uninstalls a connector: its integration goes, with all it contains."),
    put("/integrations/{id}/installer/{function}", "integrations.installer", Custom(connector::installer))
        .documented(SEED_2)
        .assuming("its body and its answer")
        .fails(STEP)
        .about("Does the installation step of that function."),
    put("/integrations/{id}/uninstaller/{function}", "integrations.uninstaller", Custom(connector::uninstaller))
        .documented(SEED_2)
        .assuming("its body and its answer")
        .fails(STEP)
        .about("Undoes the installation step of that function."),
    put("/integrations/{id}/settings/{function}", "integrations.settings", Custom(connector::settings))
        .takes(SETTINGS)
        .body_schema(bodies::settings)
        .documented(SEED_2)
        .assuming("its body and its answer")
        .fails(REPLACE_FIXED)
        .about("Calls a settings function; persistSettings merges what is pending into the settings."),
    get("/integrations/{id}/template.zip", "integrations.download", Custom(template::download))
        .shows(File("application/zip"))
        .assumed("no document says where a signedURL leads")
        .access(Access::Public)
        .fails(&[FORBIDDEN, NOT_FOUND])
        .about("The archive that the link of integrations.template leads to."),
];
