//! The account's smaller collections, and what can be asked of every kind of record.

use crate::apis::celigo::errors::{
    CONFLICT, FORBIDDEN, INVALID_JSON, INVALID_OPERATION, INVALID_USER, MISSING_REQUIRED_FIELD, NOT_FOUND,
    UNAUTHORIZED, UNSUPPORTED_MEDIA_TYPE, VALIDATION_ERROR,
};
use crate::apis::celigo::resources::{
    ACCESS_TOKENS, APIS, ASHARES, ASYNC_HELPERS, AUDIT, CONNECTORS, EDI_PROFILES, FILE_DEFINITIONS, ICLIENTS, LICENSES,
    LOOKUP_CACHES, MCP_SERVERS, STACKS, TAGS, TEMPLATES, TOOLS,
};
use crate::apis::celigo::routes::{CHANGE, CREATE, LIST, LIST_WITHIN, READ, REMOVE, REMOVE_UNUSED, REPLACE};
use crate::apis::celigo::{
    access_tokens, audit, dependencies, ediprofiles, licenses, lookup_caches, recycle_bin, state, users,
};
use crate::engine::api::api::Action::{Create, Custom, List, Read, Remove, Replace};
use crate::engine::api::api::ResponseShape::{File, Many, Nothing, One};
use crate::engine::api::api::{Route, delete, get, post, put};
use crate::engine::api::route_table::{joined, length};
use crate::engine::schema::error_def::ErrorDef;
use crate::engine::schema::field::{Field, Kind, field, text};

const REFERENCE: &str = "the vendor's API reference";
const CACHES: &str = "the vendor's help centre, \"Lookup cache API\"";
const STATE_API: &str = "the vendor's API documents, \"State API\"";
const CONNECTOR: &str = "the vendor's API documents, \"Connector API\"";
const PORTAL: &str = "the vendor's developer portal";
const BIN: &str = "the vendor's help centre, \"Recycle bin API\"";
const CLIENTS: &str = "public clients of the service call it";

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

/// As [`crud`], for lists that the running service answers with 204 when they are empty.
const fn empty_live<const N: usize>(mut rows: [Route; N]) -> [Route; N] {
    rows[0] = rows[0].empty_live(204);
    rows
}

/// The value of a field is one that others cannot have, or that stays.
const fn fails_too<const N: usize>(
    mut rows: [Route; N],
    place: usize,
    errors: &'static [&'static ErrorDef],
) -> [Route; N] {
    rows[place] = rows[place].fails(errors);
    rows
}

const REPLACE_FIXED: &[&ErrorDef] = &[
    UNAUTHORIZED,
    UNSUPPORTED_MEDIA_TYPE,
    INVALID_JSON,
    FORBIDDEN,
    NOT_FOUND,
    VALIDATION_ERROR,
    MISSING_REQUIRED_FIELD,
    INVALID_OPERATION,
];

const STACK_ROWS: [Route; 5] = empty_live(crud!("/stacks", "stacks", &STACKS, PORTAL, "stack", REMOVE));
const API_ROWS: [Route; 5] = crud!("/apis", "apis", &APIS, REFERENCE, "API", REMOVE);
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
const TOOL_ROWS: [Route; 5] = crud!("/tools", "tools", &TOOLS, REFERENCE, "tool", REMOVE);
const MCP_SERVER_ROWS: [Route; 5] =
    crud!("/mcpservers", "mcpservers", &MCP_SERVERS, REFERENCE, "MCP server", REMOVE, "/mcpServers");
const TAG_ROWS: [Route; 5] = crud!("/tags", "tags", &TAGS, REFERENCE, "tag", REMOVE);

const DATA: &[Field] = &[field("data", Kind::List)];
const KEYS: &[Field] = &[field("keys", Kind::Strings)];
const LOOK_UP: &[Field] = &[field("keys", Kind::Strings), text("startsWith")];

const CACHE_ROWS: &[Route] = &[
    get("/lookupcaches", "lookupcaches.list", List(&LOOKUP_CACHES))
        .also(&["/lookupCaches"])
        .documented(CACHES)
        .empty_live(204)
        .fails(LIST)
        .about("Lists lookup caches: filtered, then paged by limit and offset."),
    post("/lookupcaches", "lookupcaches.create", Create(&LOOKUP_CACHES))
        .also(&["/lookupCaches"])
        .documented(CACHES)
        .fails(CREATE)
        .about("Makes a lookup cache."),
    get("/lookupcaches/{id}", "lookupcaches.get", Read(&LOOKUP_CACHES))
        .also(&["/lookupCaches/{id}"])
        .documented(CACHES)
        .fails(READ)
        .about("Shows a lookup cache."),
    put("/lookupcaches/{id}", "lookupcaches.update", Replace(&LOOKUP_CACHES))
        .also(&["/lookupCaches/{id}"])
        .documented(CACHES)
        .fails(REPLACE)
        .about("Replaces a lookup cache: what the body leaves out is reset."),
    delete("/lookupcaches/{id}", "lookupcaches.delete", Custom(lookup_caches::delete_cache))
        .also(&["/lookupCaches/{id}"])
        .documented(CACHES)
        .answers(200)
        .fails(REMOVE)
        .about("Deletes a lookup cache, with its data."),
    post("/lookupcaches/{id}/getData", "lookupcaches.getData", Custom(lookup_caches::get))
        .also(&["/lookupCaches/{id}/getData"])
        .documented(CACHES)
        .answers(200)
        .fails(CHANGE)
        .takes(LOOK_UP)
        .about("Shows data of a lookup cache: all, or that of these keys, or of keys that begin so."),
    post("/lookupcaches/{id}/data", "lookupcaches.addData", Custom(lookup_caches::put))
        .also(&["/lookupCaches/{id}/data"])
        .documented(CACHES)
        .answers(200)
        .fails(REPLACE_FIXED)
        .takes(DATA)
        .about("Puts data into a lookup cache."),
    put("/lookupcaches/{id}/data", "lookupcaches.putData", Custom(lookup_caches::put))
        .also(&["/lookupCaches/{id}/data"])
        .documented(CACHES)
        .fails(REPLACE_FIXED)
        .takes(DATA)
        .about("Puts data into a lookup cache."),
    delete("/lookupcaches/{id}/data", "lookupcaches.deleteData", Custom(lookup_caches::delete))
        .also(&["/lookupCaches/{id}/data"])
        .documented(CACHES)
        .answers(200)
        .fails(REPLACE)
        .takes(KEYS)
        .about("Deletes the data of these keys."),
    delete("/lookupcaches/{id}/data/purge", "lookupcaches.purge", Custom(lookup_caches::purge))
        .also(&["/lookupCaches/{id}/data/purge"])
        .documented(CACHES)
        .fails(REMOVE)
        .about("Deletes all data of a lookup cache."),
];

const PUT_VALUE: &[&ErrorDef] =
    &[UNAUTHORIZED, UNSUPPORTED_MEDIA_TYPE, INVALID_JSON, FORBIDDEN, VALIDATION_ERROR, MISSING_REQUIRED_FIELD];

/// The five rows of the state of the account, or of one kind of record.
macro_rules! state {
    ($path:literal, $names:expr, $list:expr, $put:expr, $of:literal) => {
        [
            get(concat!($path, "/state"), $names[0], Custom(state::keys))
                .documented(STATE_API)
                .empty_live(204)
                .fails($list)
                .about(concat!("Lists the keys of ", $of, ".")),
            delete(concat!($path, "/state"), $names[1], Custom(state::clear))
                .documented(STATE_API)
                .fails(if $list.len() == 1 { &[UNAUTHORIZED, FORBIDDEN] } else { REMOVE })
                .about(concat!("Deletes all keys of ", $of, ".")),
            get(concat!($path, "/state/{key}"), $names[2], Custom(state::get))
                .documented(STATE_API)
                .fails(READ)
                .about(concat!("Shows the value of a key of ", $of, ".")),
            put(concat!($path, "/state/{key}"), $names[3], Custom(state::put))
                .documented(STATE_API)
                .fails($put)
                .shows(File("text/plain"))
                .about(concat!("Sets the value of a key of ", $of, ": 201 where it is new.")),
            delete(concat!($path, "/state/{key}"), $names[4], Custom(state::delete))
                .documented(STATE_API)
                .fails(REMOVE)
                .about(concat!("Deletes a key of ", $of, ".")),
        ]
    };
}

const ACCOUNT_STATE: [Route; 5] = state!(
    "",
    ["state.list", "state.clear", "state.get", "state.put", "state.delete"],
    &[UNAUTHORIZED],
    PUT_VALUE,
    "the account"
);
const EXPORT_STATE: [Route; 5] = state!(
    "/exports/{id}",
    ["exports.keys", "exports.clearKeys", "exports.getKey", "exports.putKey", "exports.deleteKey"],
    READ,
    REPLACE,
    "an export"
);
const IMPORT_STATE: [Route; 5] = state!(
    "/imports/{id}",
    ["imports.keys", "imports.clearKeys", "imports.getKey", "imports.putKey", "imports.deleteKey"],
    READ,
    REPLACE,
    "an import"
);
const INTEGRATION_STATE: [Route; 5] = state!(
    "/integrations/{id}",
    [
        "integrations.keys",
        "integrations.clearKeys",
        "integrations.getKey",
        "integrations.putKey",
        "integrations.deleteKey"
    ],
    READ,
    REPLACE,
    "an integration"
);

macro_rules! dependencies {
    ($($kind:literal),*) => {
        [$(get(concat!("/", $kind, "/{id}/dependencies"), concat!($kind, ".dependencies"), Custom(dependencies::list))
            .observed(CLIENTS)
            .fails(READ)
            .about("Lists what names the record, by type.")),*]
    };
}

const DEPENDENCY_ROWS: [Route; 17] = dependencies!(
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
    "mcpservers"
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

const INVITE: &[Field] = &[text("email"), text("accessLevel"), field("integrationAccessLevel", Kind::List)];
const INVITES: &[Field] =
    &[field("emails", Kind::Strings), text("accessLevel"), field("integrationAccessLevel", Kind::List)];
const LICENSE: &[Field] = &[text("email"), field("expires", Kind::Time), field("opts", Kind::Object)];
const TRANSACTIONS: &[Field] = &[
    text("fileType"),
    field("limit", Kind::Integer),
    field("startDate", Kind::Time),
    field("endDate", Kind::Time),
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
        ])
        .takes(LICENSE)
        .shows(One(&LICENSES))
        .about("Makes a licence for a user of the account."),
    get("/connectors/{id}/licenses/{licenseId}", "connectors.getLicense", Custom(licenses::get))
        .documented(CONNECTOR)
        .fails(READ)
        .shows(One(&LICENSES))
        .about("Shows a licence."),
    put("/connectors/{id}/licenses/{licenseId}", "connectors.updateLicense", Custom(licenses::update))
        .documented(CONNECTOR)
        .fails(CHANGE)
        .takes(LICENSE)
        .shows(One(&LICENSES))
        .about("Replaces a licence."),
    delete("/connectors/{id}/licenses/{licenseId}", "connectors.deleteLicense", Custom(licenses::delete))
        .documented(CONNECTOR)
        .fails(REMOVE)
        .about("Deletes a licence."),
    get("/notifications", "notifications.list", Custom(users::notifications))
        .documented(PORTAL)
        .empty_live(204)
        .fails(LIST)
        .about("Lists what the user wants to hear of; with users=all, every user."),
    put("/notifications", "notifications.update", Custom(users::notify))
        .documented(PORTAL)
        .fails(CREATE)
        .about("Sets what the user wants to hear of: an array, merged into what is there."),
    post("/invite", "users.invite", Custom(users::invite))
        .documented(PORTAL)
        .fails(&[
            UNAUTHORIZED,
            UNSUPPORTED_MEDIA_TYPE,
            INVALID_JSON,
            FORBIDDEN,
            VALIDATION_ERROR,
            MISSING_REQUIRED_FIELD,
            CONFLICT,
        ])
        .takes(INVITE)
        .shows(One(&ASHARES))
        .about("Invites a user to the account: makes a share that is not accepted."),
    post("/invite/multiple", "users.inviteMultiple", Custom(users::invite_multiple))
        .observed(CLIENTS)
        .answers(200)
        .fails(CREATE)
        .takes(INVITES)
        .about("Invites users to the account, and tells of each what came of it."),
    put("/ashares/{id}/disable", "ashares.disable", Custom(users::disable))
        .observed(CLIENTS)
        .answers(204)
        .fails(REMOVE)
        .shows(Nothing)
        .about("Disables a share, or enables it again."),
    put("/ashares/{id}/reinvite", "ashares.reinvite", Custom(users::reinvite))
        .observed(CLIENTS)
        .answers(204)
        .fails(REMOVE)
        .shows(Nothing)
        .about("Sends an invitation again."),
    delete("/ashares/{id}", "ashares.delete", Remove(&ASHARES))
        .documented(PORTAL)
        .fails(REMOVE)
        .about("Takes a user's access away."),
    get("/recycleBinTTL", "recycleBin.list", Custom(recycle_bin::list))
        .documented(BIN)
        .empty_live(204)
        .fails(&[UNAUTHORIZED])
        .about("Lists what was deleted in the last thirty days, each with its kind."),
    get("/recycleBinTTL/{type}", "recycleBin.type", Custom(recycle_bin::of_type))
        .documented(BIN)
        .empty_live(204)
        .fails(READ)
        .about("Lists the deleted records of one kind."),
    get("/recycleBinTTL/{type}/{id}", "recycleBin.get", Custom(recycle_bin::get))
        .documented(BIN)
        .fails(READ)
        .about("Shows a deleted record."),
    post("/recycleBinTTL/{type}/{id}", "recycleBin.restore", Custom(recycle_bin::restore))
        .documented(BIN)
        .answers(204)
        .fails(&[UNAUTHORIZED, FORBIDDEN, NOT_FOUND, INVALID_OPERATION])
        .shows(Nothing)
        .about("Restores a deleted record under its id."),
    post(
        "/recycleBinTTL/{type}/{id}/doCascadeRestore",
        "recycleBin.restoreCascade",
        Custom(recycle_bin::restore_cascade),
    )
    .documented(BIN)
    .answers(204)
    .fails(&[UNAUTHORIZED, FORBIDDEN, NOT_FOUND, INVALID_OPERATION])
    .shows(Nothing)
    .about("Restores a deleted record with what went along."),
    delete("/recycleBinTTL/{type}/{id}", "recycleBin.purge", Custom(recycle_bin::purge))
        .documented(BIN)
        .fails(REMOVE)
        .about("Deletes a record for good."),
    get("/accesstokens", "accesstokens.list", List(&ACCESS_TOKENS))
        .also(&["/accessTokens"])
        .observed(CLIENTS)
        .fails(LIST)
        .about("Lists access tokens, which stay hidden."),
    post("/accesstokens", "accesstokens.create", Custom(access_tokens::create))
        .also(&["/accessTokens"])
        .observed(CLIENTS)
        .whole_account()
        .fails(CREATE)
        .shows(One(&ACCESS_TOKENS))
        .about("Makes an access token, and shows it once."),
    get("/accesstokens/{id}", "accesstokens.get", Read(&ACCESS_TOKENS))
        .also(&["/accessTokens/{id}"])
        .observed(CLIENTS)
        .fails(READ)
        .about("Shows an access token, but for the token."),
    put("/accesstokens/{id}", "accesstokens.update", Replace(&ACCESS_TOKENS))
        .also(&["/accessTokens/{id}"])
        .observed(CLIENTS)
        .whole_account()
        .fails(REPLACE)
        .about("Replaces an access token; the token stays."),
    delete("/accesstokens/{id}", "accesstokens.delete", Remove(&ACCESS_TOKENS))
        .also(&["/accessTokens/{id}"])
        .observed(CLIENTS)
        .whole_account()
        .fails(REMOVE)
        .about("Deletes an access token."),
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
    CACHE_ROWS,
    &ACCOUNT_STATE,
    &EXPORT_STATE,
    &IMPORT_STATE,
    &INTEGRATION_STATE,
    &DEPENDENCY_ROWS,
    &AUDIT_ROWS,
    OTHERS,
];

/// The rows.
pub const ROUTES: &[Route] = &{
    #[allow(clippy::large_const_arrays)]
    const ALL: [Route; length(TABLES)] = joined(TABLES);
    ALL
};
