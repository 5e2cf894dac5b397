//! The parts that flows are made of: exports, imports, connections, scripts.

use crate::apis::celigo::errors::{
    FORBIDDEN, INVALID_FIELDS, INVALID_JSON, NOT_FOUND, UNAUTHORIZED, UNSUPPORTED_MEDIA_TYPE, VALIDATION_ERROR,
};
use crate::apis::celigo::resources::{CONNECTIONS, EXPORTS, IMPORTS, SCRIPTS};
use crate::apis::celigo::routes::{
    CREATE, CREATE_EXPORT_REFERRING, CREATE_REFERRING, LIST, READ, REMOVE, REMOVE_UNUSED, REPLACE_FIXED_REFERRING,
    REPLACE_REFERRING,
};
use crate::engine::api::route::Action::{Create, List, Read, Remove, Replace};
use crate::engine::api::route::{ResponseShape, Route, delete, get, post, put};
use crate::engine::schema::error_def::ErrorDef;

const EXPORT: &str = "the vendor's API documents, \"Export API\"";
const IMPORT: &str = "the vendor's API documents, \"Import API\"";
const CONNECTION: &str = "the vendor's API documents, \"Connection API\"";
const SCRIPT: &str = "the vendor's API reference, \"Scripts\"";

/// The profile `live` answers `invalid_fields` where the other one answers `validation_error`.
const REPLACE_SCRIPT: &[&ErrorDef] =
    &[UNAUTHORIZED, UNSUPPORTED_MEDIA_TYPE, INVALID_JSON, FORBIDDEN, NOT_FOUND, VALIDATION_ERROR, INVALID_FIELDS];

/// The rows.
pub(super) const ROUTES: &[Route] = &[
    get("/exports", "exports.list", List(&EXPORTS))
        .documented(EXPORT)
        .fails(LIST)
        .about("Lists exports: filtered, then paged by limit and offset."),
    post("/exports", "exports.create", Create(&EXPORTS))
        .documented(EXPORT)
        .fails(CREATE_EXPORT_REFERRING)
        .about("Makes an export."),
    get("/exports/{id}", "exports.get", Read(&EXPORTS)).documented(EXPORT).fails(READ).about("Shows an export."),
    put("/exports/{id}", "exports.update", Replace(&EXPORTS))
        .documented(EXPORT)
        .fails(REPLACE_FIXED_REFERRING)
        .about("Replaces an export: what the body leaves out is reset."),
    delete("/exports/{id}", "exports.delete", Remove(&EXPORTS))
        .documented(EXPORT)
        .fails(REMOVE_UNUSED)
        .about("Deletes an export that no flow uses."),
    get("/imports", "imports.list", List(&IMPORTS))
        .documented(IMPORT)
        .fails(LIST)
        .about("Lists imports: filtered, then paged by limit and offset."),
    post("/imports", "imports.create", Create(&IMPORTS))
        .documented(IMPORT)
        .fails(CREATE_REFERRING)
        .about("Makes an import."),
    get("/imports/{id}", "imports.get", Read(&IMPORTS)).documented(IMPORT).fails(READ).about("Shows an import."),
    put("/imports/{id}", "imports.update", Replace(&IMPORTS))
        .documented(IMPORT)
        .fails(REPLACE_REFERRING)
        .about("Replaces an import: what the body leaves out is reset."),
    delete("/imports/{id}", "imports.delete", Remove(&IMPORTS))
        .documented(IMPORT)
        .fails(REMOVE_UNUSED)
        .about("Deletes an import that no flow uses."),
    get("/connections", "connections.list", List(&CONNECTIONS))
        .documented(CONNECTION)
        .fails(LIST)
        .empty_live(204)
        .about("Lists connections: filtered, then paged by limit and offset."),
    post("/connections", "connections.create", Create(&CONNECTIONS))
        .documented(CONNECTION)
        .fails(CREATE_REFERRING)
        .about("Makes a connection, whose secrets are never shown."),
    get("/connections/{id}", "connections.get", Read(&CONNECTIONS))
        .documented(CONNECTION)
        .fails(READ)
        .about("Shows a connection."),
    put("/connections/{id}", "connections.update", Replace(&CONNECTIONS))
        .documented(CONNECTION)
        .fails(REPLACE_REFERRING)
        .about("Replaces a connection: what the body leaves out is reset."),
    delete("/connections/{id}", "connections.delete", Remove(&CONNECTIONS))
        .documented(CONNECTION)
        .fails(REMOVE_UNUSED)
        .about("Deletes a connection that no export or import uses."),
    get("/scripts", "scripts.list", List(&SCRIPTS))
        .documented(SCRIPT)
        .fails(LIST)
        .about("Lists scripts: filtered, then paged by limit and offset."),
    post("/scripts", "scripts.create", Create(&SCRIPTS)).documented(SCRIPT).fails(CREATE).about("Makes a script."),
    get("/scripts/{id}", "scripts.get", Read(&SCRIPTS)).documented(SCRIPT).fails(READ).about("Shows a script."),
    put("/scripts/{id}", "scripts.update", Replace(&SCRIPTS))
        .documented(SCRIPT)
        .observed_live()
        .shows(ResponseShape::Part(&SCRIPTS))
        .fails(REPLACE_SCRIPT)
        .about("Replaces a script: what the body leaves out is reset."),
    delete("/scripts/{id}", "scripts.delete", Remove(&SCRIPTS))
        .documented(SCRIPT)
        .fails(REMOVE)
        .about("Deletes a script."),
];
