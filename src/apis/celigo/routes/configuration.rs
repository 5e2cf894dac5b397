//! Changing configuration, connections, and what is called from outside of flows.

use serde_json::Value;

use crate::apis::celigo::errors::{
    FIELD_LOCKED, FORBIDDEN, INVALID_CONNECTION_MAP, INVALID_FIELD, INVALID_JSON, INVALID_OPERATION, INVALID_PATCH,
    INVALID_QUERY_PARAMS, INVALID_REF, NOT_FOUND, NOT_MODELLED, UNAUTHORIZED, UNSUPPORTED_MEDIA_TYPE, VALIDATION_ERROR,
};
use crate::apis::celigo::resources::{self, CONNECTION_TYPES, EXPORTS, FLOWS, IMPORTS, INTEGRATIONS, LOOKUP_CACHES};
use crate::apis::celigo::routes::{
    CHANGE, CHANGE_REFERRING, CREATE, CREATE_REFERRING, READ, REPLACE_REFERRING, bodies,
};
use crate::apis::celigo::{connections, copies, dependencies, invocations, patch, template};
use crate::engine::api::route::Action::Custom;
use crate::engine::api::route::ResponseShape::{File, Nothing, One};
use crate::engine::api::route::{Access, Handler, Listed, Route, any, get, patch as patching, post, put};
use crate::engine::api::route_table::{joined, length};
use crate::engine::schema::error_def::ErrorDef;
use crate::engine::schema::field::{Field, Kind, field, text};
use crate::http::html::MEDIA;

const FLOW: &str = "the vendor's help centre, \"Flow API\"";
const CONNECTION: &str = "the vendor's API documents, \"Connection API\"";
const REFERENCE: &str = "the vendor's API reference";
const PORTAL: &str = "the vendor's developer portal";
const CLIENTS: &str = "public clients of the service call it";

const PATCH: &[&ErrorDef] = &[
    UNAUTHORIZED,
    UNSUPPORTED_MEDIA_TYPE,
    INVALID_JSON,
    FORBIDDEN,
    NOT_FOUND,
    VALIDATION_ERROR,
    INVALID_FIELD,
    INVALID_PATCH,
    FIELD_LOCKED,
];

const fn patched(path: &'static str, name: &'static str, handler: Handler, described: fn(&mut Value)) -> Route {
    patching(path, name, Custom(handler))
        .observed(CLIENTS)
        .fails(PATCH)
        .shows(Nothing)
        .body_schema(described)
        .needs_body()
        .about("Changes some fields by a JSON Patch (RFC 6902).")
}

const PATCHES: &[Route] = &[
    patched("/flows/{id}", "flows.patch", patch::flow, |body| patch::FLOW.describe(body)).documented(FLOW),
    patched("/scripts/{id}", "scripts.patch", patch::script, |body| patch::SCRIPT.describe(body))
        .documented("the vendor's help centre, \"Script API\""),
    patched("/exports/{id}", "exports.patch", patch::export, |body| patch::EXPORT.describe(body)),
    patched("/imports/{id}", "imports.patch", patch::import, |body| patch::IMPORT.describe(body)),
    patched("/connections/{id}", "connections.patch", patch::connection, |body| patch::CONNECTION.describe(body))
        .documented("the vendor's help centre, \"Connection API endpoints\""),
    patched("/apis/{id}", "apis.patch", patch::api, |body| patch::API.describe(body)),
    patched("/mcpservers/{id}", "mcpservers.patch", patch::mcp_server, |body| patch::MCP_SERVER.describe(body))
        .also(&["/mcpServers/{id}"]),
    patched("/lookupcaches/{id}", "lookupcaches.patch", patch::lookup_cache, |body| patch::LOOKUP_CACHE.describe(body))
        .also(&["/lookupCaches/{id}"]),
    patched("/tags/{id}", "tags.patch", patch::tag, |body| patch::TAG.describe(body)),
];

const NEW_CONNECTION: Field = field("_newConnectionId", Kind::Reference(&resources::CONNECTIONS)).required();
const REPLACEMENT: &[Field] = &[NEW_CONNECTION];
const REPLACEMENT_IN_FLOW: &[Field] =
    &[field("_connectionId", Kind::Reference(&resources::CONNECTIONS)).required(), NEW_CONNECTION];
const GROUPING: &[Field] = &[field("_flowIds", Kind::References(&FLOWS)).required(), text("_flowGroupingId")];
const COPY: &[Field] = &[text("name"), field("connectionMap", Kind::Object)];
const FLOW_COPY: &[Field] = &[
    field("_integrationId", Kind::Reference(&INTEGRATIONS)).required(),
    text("name"),
    field("connectionMap", Kind::Object),
    text("_flowGroupingId"),
];
const PAGED: &[Field] = &[field("pagedExportState", Kind::Object)];
const PREVIEW: &[Field] = &[field("mockOutput", Kind::Object), field("postData", Kind::Any)];
const UNSAVED: &[Field] = &[field("type", Kind::Enum(CONNECTION_TYPES)).required()];

const CHANGES: &[Route] = &[
    put("/flows/{id}/replaceConnection", "flows.replaceConnection", Custom(copies::replace_in_flow))
        .documented(PORTAL)
        .assuming("its body")
        .fails(REPLACE_REFERRING)
        .takes(REPLACEMENT_IN_FLOW)
        .shows(One(&FLOWS))
        .about("Puts a connection in the place of another in all steps of a flow."),
    put("/exports/{id}/replaceConnection", "exports.replaceConnection", Custom(copies::replace_in_export))
        .documented(PORTAL)
        .assuming("its body")
        .fails(REPLACE_REFERRING)
        .takes(REPLACEMENT)
        .shows(One(&EXPORTS))
        .about("Gives an export another connection."),
    put("/imports/{id}/replaceConnection", "imports.replaceConnection", Custom(copies::replace_in_import))
        .documented(PORTAL)
        .assuming("its body")
        .fails(REPLACE_REFERRING)
        .takes(REPLACEMENT)
        .shows(One(&IMPORTS))
        .about("Gives an import another connection."),
    put("/flows/updateFlowGrouping", "flows.updateFlowGrouping", Custom(copies::group))
        .observed(CLIENTS)
        .assuming("its status")
        .answers(204)
        .closed()
        .fails(CREATE_REFERRING)
        .takes(GROUPING)
        .shows(Nothing)
        .about("Puts flows into a flow grouping."),
    post("/flows/{id}/clone", "flows.clone", Custom(copies::flow))
        .documented(FLOW)
        .assuming("that the copy is disabled")
        .fails(&[
            UNAUTHORIZED,
            UNSUPPORTED_MEDIA_TYPE,
            INVALID_JSON,
            FORBIDDEN,
            NOT_FOUND,
            VALIDATION_ERROR,
            INVALID_REF,
            INVALID_CONNECTION_MAP,
        ])
        .takes(FLOW_COPY)
        .body_schema(bodies::copy)
        .about("Copies a flow with its exports and imports into an integration; the copy is disabled."),
    post("/exports/{id}/clone", "exports.clone", Custom(copies::export))
        .documented(REFERENCE)
        .fails(CHANGE_REFERRING)
        .takes(COPY)
        .body_schema(bodies::copy)
        .shows(One(&EXPORTS))
        .about("Copies an export."),
    post("/imports/{id}/clone", "imports.clone", Custom(copies::import))
        .documented(REFERENCE)
        .fails(CHANGE_REFERRING)
        .takes(COPY)
        .body_schema(bodies::copy)
        .shows(One(&IMPORTS))
        .about("Copies an import."),
    post("/lookupcaches/{id}/clone", "lookupcaches.clone", Custom(copies::lookup_cache))
        .also(&["/lookupCaches/{id}/clone"])
        .documented(REFERENCE)
        .fails(CHANGE)
        .takes(COPY)
        .body_schema(bodies::copy)
        .shows(One(&LOOKUP_CACHES))
        .about("Copies a lookup cache, with its data."),
    get("/integrations/{id}/clone/preview", "integrations.clonePreview", Custom(copies::preview))
        .observed(CLIENTS)
        .fails(READ)
        .about("Shows what a copy of an integration would be made of."),
    get("/flows/{id}/descendants", "flows.descendants", Custom(dependencies::descendants))
        .observed(CLIENTS)
        .fails(READ)
        .about("Shows the exports and imports of a flow."),
    get("/flows/{id}/template", "flows.template", Custom(template::flow_link))
        .observed(CLIENTS)
        .fails(READ)
        .about("Gives a link to the integration of a flow as a ZIP archive, good for an hour."),
];

const PROXIED: Listed = Listed {
    methods: &[],
    headers: &[
        ("Integrator-Method", "The method of the request. Needed, but for a script."),
        (
            "Integrator-Relative-URI",
            "Where the request goes, below the address of the connection. Needed, but for a script.",
        ),
        ("Integrator-NetSuite-ScriptId", "The script to call instead."),
        ("Integrator-NetSuite-DeployId", "Its deployment. Needed for a script."),
    ],
};

const CONNECTIONS: &[Route] = &[
    get("/connections/{id}/ping", "connections.ping", Custom(connections::ping))
        .documented(CONNECTION)
        .fails(READ)
        .about("Asks whether a connection works: the answer's code says it."),
    post("/connections/{id}/ping", "connections.pingByPost", Custom(connections::test))
        .observed(CLIENTS)
        .answers(200)
        .fails(PING)
        .about("Asks whether a connection works, in more words."),
    post("/connections/{id}/test", "connections.test", Custom(connections::test))
        .documented(REFERENCE)
        .answers(200)
        .fails(PING)
        .about("Tests a connection."),
    post("/connections/ping", "connections.pingUnsaved", Custom(connections::ping_unsaved))
        .documented(CONNECTION)
        .answers(200)
        .closed()
        .fails(CREATE)
        .takes(UNSAVED)
        .about("Tests a connection that is not saved."),
    any("/connections/{id}/proxy", "connections.proxy", Custom(connections::proxy))
        .observed(CLIENTS)
        .takes_raw()
        .lists(&PROXIED)
        .fails(&[UNAUTHORIZED, FORBIDDEN, NOT_FOUND, VALIDATION_ERROR, NOT_MODELLED])
        .about("Sends a request to what a connection leads to: only a scenario's rule can answer it."),
    get("/connection/{id}/oauth2", "connections.oauth2", Custom(connections::oauth2))
        .also(&["/connections/{id}/oauth2"])
        .documented("the vendor's help centre, on OAuth through a third party")
        .assuming("the address")
        .fails(READ)
        .about("Gives the address where a user consents."),
    get("/connection/{id}/oauth2/authorize", "connections.consent", Custom(connections::consent))
        .assumed("it is where the address of `connections.oauth2` leads")
        .shows(File(MEDIA))
        .access(Access::Public)
        .fails(&[NOT_FOUND, INVALID_QUERY_PARAMS])
        .about(
            "Asks a user to consent. With `decision=allow` the connection works again, with `deny` it stays as it is.",
        ),
];

const PING: &[&ErrorDef] = &[UNAUTHORIZED, UNSUPPORTED_MEDIA_TYPE, INVALID_JSON, FORBIDDEN, NOT_FOUND];

const INVOKED: &[Route] = &[
    post("/exports/{id}/invoke", "exports.invoke", Custom(invocations::export))
        .documented(REFERENCE)
        .answers(200)
        .fails(CHANGE)
        .takes(PAGED)
        .about("Fetches a page of an export, without a job."),
    post("/exports/preview", "exports.preview", Custom(invocations::preview))
        .documented(REFERENCE)
        .answers(200)
        .closed()
        .fails(&[UNAUTHORIZED, UNSUPPORTED_MEDIA_TYPE, INVALID_JSON, FORBIDDEN, VALIDATION_ERROR, INVALID_OPERATION])
        .takes(PREVIEW)
        .about("Tries an export that is not saved."),
    post("/exports/{id}/preview", "exports.previewSaved", Custom(invocations::preview))
        .documented(REFERENCE)
        .answers(200)
        .fails(&[
            UNAUTHORIZED,
            UNSUPPORTED_MEDIA_TYPE,
            INVALID_JSON,
            FORBIDDEN,
            NOT_FOUND,
            VALIDATION_ERROR,
            INVALID_OPERATION,
        ])
        .takes(PREVIEW)
        .about("Tries an export."),
    post("/imports/{id}/invoke", "imports.invoke", Custom(invocations::import))
        .observed(CLIENTS)
        .answers(200)
        .fails(CHANGE)
        .body_schema(bodies::array)
        .needs_body()
        .about("Sends records to an import, and tells what came of each."),
    get("/exports/{id}/distributed", "exports.distributed", Custom(invocations::distributed))
        .documented("the vendor's API documents, \"Export API\"")
        .fails(READ)
        .about("Shows how an export is distributed."),
    put("/exports/{id}/distributed", "exports.distribute", Custom(invocations::distribute))
        .documented("the vendor's API documents, \"Export API\"")
        .fails(CHANGE)
        .body_schema(bodies::object)
        .about("Sets how an export is distributed."),
    any("/apis/{id}/request", "apis.request", Custom(invocations::request))
        .observed(CLIENTS)
        .takes_raw()
        .fails(&[UNAUTHORIZED, FORBIDDEN, NOT_FOUND, NOT_MODELLED])
        .about("Calls a published API by its id: only a scenario's rule can answer it."),
    any("/apis/{version}/{*path}", "apis.requestPath", Custom(invocations::request_path))
        .outside()
        .documented("the vendor's help centre, on published APIs")
        .takes_raw()
        .fails(&[UNAUTHORIZED, FORBIDDEN, NOT_FOUND, NOT_MODELLED])
        .about("Calls a published API by its version and path: only a scenario's rule can answer it."),
];

const TABLES: &[&[Route]] = &[PATCHES, CHANGES, CONNECTIONS, INVOKED];

const ALL: [Route; length(TABLES)] = joined(TABLES);

/// The rows.
pub(super) const ROUTES: &[Route] = &ALL;
