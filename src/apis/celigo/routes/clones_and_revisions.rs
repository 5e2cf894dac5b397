//! Integrations beyond the seeds: copied, patched, connected, kept as snapshots.

use crate::apis::celigo::errors::{
    FORBIDDEN, INVALID_FIELD, INVALID_JSON, INVALID_PATCH, NOT_FOUND, NOT_MODELLED, UNAUTHORIZED,
    UNSUPPORTED_MEDIA_TYPE, VALIDATION_ERROR,
};
use crate::apis::celigo::resources::{INTEGRATIONS, REVISIONS};
use crate::apis::celigo::routes::{LIST_WITHIN, READ, REMOVE, REPLACE_REFERRING, REPLACE_UNIQUE_REFERRING, bodies};
use crate::apis::celigo::{clone, connection_registrations, patch, revisions};
use crate::engine::api::route::Action::Custom;
use crate::engine::api::route::ResponseShape::{Many, Nothing, One};
use crate::engine::api::route::{Route, delete, get, patch as patching, post, put};
use crate::engine::schema::error_def::ErrorDef;
use crate::engine::schema::field::{Field, Kind, field, text};

const PORTAL: &str = "the vendor's developer portal, \"Integrations\"";
const CLIENTS: &str = "public clients of the service call it";

const COPY: &[Field] = &[text("name"), field("connectionMap", Kind::Object), field("sandbox", Kind::Bool)];

const SNAPSHOT: &[Field] = &[field("type", Kind::Enum(revisions::TYPES)), text("description")];

const REVISE: &[&ErrorDef] =
    &[UNAUTHORIZED, UNSUPPORTED_MEDIA_TYPE, INVALID_JSON, FORBIDDEN, NOT_FOUND, VALIDATION_ERROR, NOT_MODELLED];

/// The rows.
pub(super) const ROUTES: &[Route] = &[
    post("/integrations/{id}/clone", "integrations.clone", Custom(clone::integration))
        .documented(PORTAL)
        .assuming("that the answer is the new integration")
        .answers_live(200)
        .fails(REPLACE_UNIQUE_REFERRING)
        .shows(One(&INTEGRATIONS))
        .takes(COPY)
        .body_schema(bodies::copy_of_integration)
        .whole_account()
        .about("Copies an integration with its flows, exports and imports; connections are shared or mapped. The profile live lists what was made."),
    patching("/integrations/{id}", "integrations.patch", Custom(patch::integration))
        .documented(PORTAL)
        .fails(&[
            UNAUTHORIZED,
            UNSUPPORTED_MEDIA_TYPE,
            INVALID_JSON,
            FORBIDDEN,
            NOT_FOUND,
            VALIDATION_ERROR,
            INVALID_FIELD,
            INVALID_PATCH,
        ])
        .shows(Nothing)
        .body_schema(|body| patch::INTEGRATION.describe(body))
        .needs_body()
        .about("Changes flow groupings and settings by a JSON Patch (RFC 6902)."),
    put("/integrations/{id}/connections/register", "integrations.register", Custom(connection_registrations::register))
        .observed(CLIENTS)
        .answers(204)
        .fails(REPLACE_REFERRING)
        .body_schema(bodies::registration)
        .needs_body()
        .shows(Nothing)
        .about("Registers connections with an integration: an array of ids, bare or as _connectionIds."),
    delete(
        "/integrations/{id}/connections/{connectionId}/register",
        "integrations.deregister",
        Custom(connection_registrations::deregister),
    )
    .observed(CLIENTS)
    .fails(REMOVE)
    .about("Takes a connection off an integration."),
    get("/integrations/{id}/revisions", "integrations.revisions", Custom(revisions::list))
        .observed(CLIENTS)
        .fails(LIST_WITHIN)
        .shows(Many(&REVISIONS))
        .about("Lists the snapshots of an integration."),
    get("/integrations/{id}/revisions/{revisionId}", "integrations.revision", Custom(revisions::get))
        .observed(CLIENTS)
        .fails(READ)
        .shows(One(&REVISIONS))
        .about("Shows a snapshot of an integration."),
    post("/integrations/{id}/revisions", "integrations.snapshot", Custom(revisions::create))
        .observed(CLIENTS)
        .fails(REVISE)
        .shows(One(&REVISIONS))
        .takes(SNAPSHOT)
        .body_schema(bodies::snapshot)
        .about("Takes a snapshot of an integration."),
    post("/integrations/{id}/revisions/create", "integrations.revise", Custom(revisions::create))
        .observed(CLIENTS)
        .fails(REVISE)
        .shows(One(&REVISIONS))
        .takes(SNAPSHOT)
        .body_schema(bodies::snapshot)
        .about("Takes a snapshot of an integration, by its older path."),
];
