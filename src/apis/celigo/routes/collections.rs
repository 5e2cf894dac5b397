//! The account's smaller collections.

use crate::apis::celigo::errors::{
    FORBIDDEN, INVALID_JSON, INVALID_REF, INVALID_USER, MISSING_REQUIRED_FIELD, NOT_FOUND, UNAUTHORIZED,
    UNSUPPORTED_MEDIA_TYPE, VALIDATION_ERROR,
};
use crate::apis::celigo::resources::{
    APIS, ASYNC_HELPERS, CONNECTORS, EDI_PROFILES, FILE_DEFINITIONS, ICLIENTS, LICENSES, MCP_SERVERS, STACKS, TAGS,
    TEMPLATES, TOOLS,
};
use crate::apis::celigo::routes::{
    CHANGE_REFERRING, CREATE, CREATE_REFERRING, LIST, LIST_WITHIN, READ, REMOVE, REMOVE_UNUSED, REPLACE, REPLACE_FIXED,
    REPLACE_REFERRING, bodies,
};
use crate::apis::celigo::{ediprofiles, licenses};
use crate::engine::api::route::Action::{Create, Custom, List, Read, Remove, Replace};
use crate::engine::api::route::ResponseShape::{Many, One};
use crate::engine::api::route::{Route, delete, get, post, put};
use crate::engine::api::route_table::{joined, length};
use crate::engine::schema::error_def::ErrorDef;
use crate::engine::schema::field::{Field, Kind, field, text};

const REFERENCE: &str = "the vendor's API reference";
const CONNECTOR: &str = "the vendor's API documents, \"Connector API\"";
const PORTAL: &str = "the vendor's developer portal";

/// The five rows of a collection. The last path is another spelling that clients use.
macro_rules! crud {
    ($path:literal, $name:literal, $schema:expr, $source:expr, $one:literal, $removal:expr $(, $other:literal)?) => {
        [
            get($path, concat!($name, ".list"), List($schema))
                $(.also(&[$other]))?
                .documented($source)
                .fails(LIST)
                .about(concat!("Lists ", $one, "s: filtered, then paged by limit and offset.")),
            post($path, concat!($name, ".create"), Create($schema))
                $(.also(&[$other]))?
                .documented($source)
                .fails(CREATE)
                .about(concat!("Makes a new ", $one, ".")),
            get(concat!($path, "/{id}"), concat!($name, ".get"), Read($schema))
                $(.also(&[concat!($other, "/{id}")]))?
                .documented($source)
                .fails(READ)
                .about(concat!("Shows one ", $one, ".")),
            put(concat!($path, "/{id}"), concat!($name, ".update"), Replace($schema))
                $(.also(&[concat!($other, "/{id}")]))?
                .documented($source)
                .fails(REPLACE)
                .about(concat!("Replaces one ", $one, ": what the body leaves out is reset.")),
            delete(concat!($path, "/{id}"), concat!($name, ".delete"), Remove($schema))
                $(.also(&[concat!($other, "/{id}")]))?
                .documented($source)
                .fails($removal)
                .about(concat!("Deletes one ", $one, ".")),
        ]
    };
}

/// Marks the list of a collection's rows as one that the running service answers with 204 when it is empty.
const fn empty_live<const N: usize>(mut rows: [Route; N]) -> [Route; N] {
    rows[0] = rows[0].empty_live(204);
    rows
}

/// Sets the errors of the row at that place.
const fn fails_too<const N: usize>(
    mut rows: [Route; N],
    place: usize,
    errors: &'static [&'static ErrorDef],
) -> [Route; N] {
    rows[place] = rows[place].fails(errors);
    rows
}

const STACK_ROWS: [Route; 5] = empty_live(crud!("/stacks", "stacks", &STACKS, PORTAL, "stack", REMOVE));
const API_ROWS: [Route; 5] = fails_too(
    fails_too(crud!("/apis", "apis", &APIS, REFERENCE, "API", REMOVE), 1, CREATE_REFERRING),
    3,
    REPLACE_REFERRING,
);
const ICLIENT_ROWS: [Route; 5] = crud!(
    "/iclients",
    "iclients",
    &ICLIENTS,
    "the vendor's API documents, \"iClient API\"",
    "OAuth client",
    REMOVE,
    "/iClients"
);
const FILE_DEFINITION_ROWS: [Route; 5] = crud!(
    "/filedefinitions",
    "filedefinitions",
    &FILE_DEFINITIONS,
    REFERENCE,
    "file definition",
    REMOVE,
    "/fileDefinitions"
);
const EDI_PROFILE_ROWS: [Route; 5] = fails_too(
    empty_live(crud!("/ediprofiles", "ediprofiles", &EDI_PROFILES, REFERENCE, "EDI profile", REMOVE, "/ediProfiles")),
    3,
    REPLACE_FIXED,
);
const CONNECTOR_ROWS: [Route; 5] =
    crud!("/connectors", "connectors", &CONNECTORS, CONNECTOR, "connector", REMOVE_UNUSED);
const TEMPLATE_ROWS: [Route; 5] =
    crud!("/templates", "templates", &TEMPLATES, "the vendor's API documents, \"Template API\"", "template", REMOVE);
const ASYNC_HELPER_ROWS: [Route; 5] =
    crud!("/asynchelpers", "asynchelpers", &ASYNC_HELPERS, REFERENCE, "async helper", REMOVE, "/asyncHelpers");
const TOOL_ROWS: [Route; 5] = fails_too(
    fails_too(crud!("/tools", "tools", &TOOLS, REFERENCE, "tool", REMOVE), 1, CREATE_REFERRING),
    3,
    REPLACE_REFERRING,
);
const MCP_SERVER_ROWS: [Route; 5] = fails_too(
    fails_too(
        crud!("/mcpservers", "mcpservers", &MCP_SERVERS, REFERENCE, "MCP server", REMOVE, "/mcpServers"),
        1,
        CREATE_REFERRING,
    ),
    3,
    REPLACE_REFERRING,
);
const TAG_ROWS: [Route; 5] = crud!("/tags", "tags", &TAGS, REFERENCE, "tag", REMOVE);

const LICENSE: &[Field] = &[text("email"), field("expires", Kind::Time), field("opts", Kind::Object)];
const NEW_LICENSE: &[Field] = &[text("email").required(), field("expires", Kind::Time), field("opts", Kind::Object)];
const TRANSACTIONS: &[Field] = &[
    text("fileType").required(),
    field("limit", Kind::Integer),
    text("startDate"),
    text("endDate"),
    text("direction"),
    text("documentType"),
    text("documentNumber"),
    text("_integrationId"),
];

const OTHERS: &[Route] = &[
    post("/ediTransactions/query", "ediTransactions.query", Custom(ediprofiles::query))
        .also(&["/editransactions/query"])
        .documented(REFERENCE)
        .answers(200)
        .closed()
        .fails(CREATE)
        .takes(TRANSACTIONS)
        .body_schema(bodies::transactions)
        .about("Finds EDI transactions of a file type."),
    get("/connectors/{id}/licenses", "connectors.licenses", Custom(licenses::list))
        .documented(CONNECTOR)
        .fails(LIST_WITHIN)
        .shows(Many(&LICENSES))
        .about("Lists the licences of a connector."),
    post("/connectors/{id}/licenses", "connectors.createLicense", Custom(licenses::create))
        .documented(CONNECTOR)
        .fails(&[
            UNAUTHORIZED,
            UNSUPPORTED_MEDIA_TYPE,
            INVALID_JSON,
            FORBIDDEN,
            NOT_FOUND,
            VALIDATION_ERROR,
            MISSING_REQUIRED_FIELD,
            INVALID_USER,
            INVALID_REF,
        ])
        .takes(NEW_LICENSE)
        .shows(One(&LICENSES))
        .about("Makes a licence for a user of the account."),
    get("/connectors/{id}/licenses/{licenseId}", "connectors.getLicense", Custom(licenses::get))
        .documented(CONNECTOR)
        .fails(READ)
        .shows(One(&LICENSES))
        .about("Shows a licence."),
    put("/connectors/{id}/licenses/{licenseId}", "connectors.updateLicense", Custom(licenses::update))
        .documented(CONNECTOR)
        .fails(CHANGE_REFERRING)
        .takes(LICENSE)
        .shows(One(&LICENSES))
        .about("Replaces a licence."),
    delete("/connectors/{id}/licenses/{licenseId}", "connectors.deleteLicense", Custom(licenses::delete))
        .documented(CONNECTOR)
        .fails(REMOVE)
        .about("Deletes a licence."),
];

const TABLES: &[&[Route]] = &[
    &STACK_ROWS,
    &API_ROWS,
    &ICLIENT_ROWS,
    &FILE_DEFINITION_ROWS,
    &EDI_PROFILE_ROWS,
    &CONNECTOR_ROWS,
    &TEMPLATE_ROWS,
    &ASYNC_HELPER_ROWS,
    &TOOL_ROWS,
    &MCP_SERVER_ROWS,
    &TAG_ROWS,
    OTHERS,
];

/// The rows.
pub(super) const ROUTES: &[Route] = &{
    #[allow(clippy::large_const_arrays)]
    const ALL: [Route; length(TABLES)] = joined(TABLES);
    ALL
};
