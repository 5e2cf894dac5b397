//! Calls about every kind of record: its dependencies, its changes, its deletion.

use crate::apis::celigo::resources::AUDIT;
use crate::apis::celigo::routes::{LIST, LIST_WITHIN, READ, REMOVE, REMOVE_FIXED};
use crate::apis::celigo::{audit, dependencies, recycle_bin};
use crate::engine::api::route::Action::Custom;
use crate::engine::api::route::ResponseShape::Nothing;
use crate::engine::api::route::{Route, delete, get, post};
use crate::engine::api::route_table::{joined, length};

const BIN: &str = "the vendor's help centre, \"Recycle bin API\"";
const CLIENTS: &str = "public clients of the service call it";
const PORTAL: &str = "the vendor's developer portal";

macro_rules! dependencies {
    ($($kind:literal),*) => {
        [$(get(concat!("/", $kind, "/{id}/dependencies"), concat!($kind, ".dependencies"), Custom(dependencies::list))
            .observed(CLIENTS)
            .fails(READ)
            .about("Lists what names the record, by type.")),*]
    };
}

const DEPENDENCY_ROWS: [Route; 18] = dependencies!(
    "flows",
    "exports",
    "imports",
    "connections",
    "integrations",
    "scripts",
    "stacks",
    "apis",
    "iclients",
    "lookupcaches",
    "filedefinitions",
    "ediprofiles",
    "connectors",
    "templates",
    "asynchelpers",
    "tools",
    "mcpservers",
    "tags"
);

macro_rules! audits {
    ($($kind:literal),*) => {
        [$(get(concat!("/", $kind, "/{id}/audit"), concat!($kind, ".audit"), Custom(audit::of_record))
            .documented(PORTAL)
            .filters(&AUDIT)
            .fails(LIST_WITHIN)
            .about("Lists the changes of the record, newest first.")),*]
    };
}

const AUDIT_ROWS: [Route; 8] =
    audits!("flows", "exports", "imports", "connections", "scripts", "stacks", "apis", "iclients");

const BIN_ROWS: &[Route] = &[
    get("/recycleBinTTL", "recycleBin.list", Custom(recycle_bin::list))
        .documented(BIN)
        .empty_live(204)
        .pages()
        .fails(LIST)
        .about("Lists what was deleted in the last thirty days, each with its kind."),
    get("/recycleBinTTL/{type}", "recycleBin.type", Custom(recycle_bin::of_type))
        .documented(BIN)
        .empty_live(204)
        .pages()
        .fails(LIST_WITHIN)
        .about("Lists the deleted records of one kind."),
    get("/recycleBinTTL/{type}/{id}", "recycleBin.get", Custom(recycle_bin::get))
        .documented(BIN)
        .fails(READ)
        .about("Shows a deleted record."),
    post("/recycleBinTTL/{type}/{id}", "recycleBin.restore", Custom(recycle_bin::restore))
        .documented(BIN)
        .answers(204)
        .fails(REMOVE_FIXED)
        .shows(Nothing)
        .about("Restores a deleted record under its id."),
    post(
        "/recycleBinTTL/{type}/{id}/doCascadeRestore",
        "recycleBin.restoreCascade",
        Custom(recycle_bin::restore_cascade),
    )
    .documented(BIN)
    .assuming("its status")
    .answers(204)
    .fails(REMOVE_FIXED)
    .shows(Nothing)
    .about("Restores a deleted record with what went along."),
    delete("/recycleBinTTL/{type}/{id}", "recycleBin.purge", Custom(recycle_bin::purge))
        .documented(BIN)
        .fails(REMOVE)
        .about("Deletes a record for good."),
];

const TABLES: &[&[Route]] = &[&DEPENDENCY_ROWS, &AUDIT_ROWS, BIN_ROWS];

/// The rows.
pub(super) const ROUTES: &[Route] = &{
    #[allow(clippy::large_const_arrays)]
    const ALL: [Route; length(TABLES)] = joined(TABLES);
    ALL
};
