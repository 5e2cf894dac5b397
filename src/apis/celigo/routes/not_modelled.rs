//! What the vendor documents and standin does not model: answered with 501, in standin's own words.

use crate::engine::api::api::Action::NotModelled;
use crate::engine::api::api::{Route, delete, get, patch, post, put};

const CLIENTS: &str = "public clients of the service call it";
const CONNECTION: &str = "the vendor's API documents, \"Connection API\"";
const CONNECTOR: &str = "the vendor's help centre, \"Connector and License API endpoints\"";
const FLOW: &str = "the vendor's API documents, \"Flow API\"";
const JOB: &str = "the vendor's API documents, \"Job API\"";
const PORTAL: &str = "the vendor's developer portal";
const REFERENCE: &str = "the vendor's API reference";
const STATE: &str = "the vendor's API documents, \"State API\"";
const TEMPLATE: &str = "the vendor's API documents, \"Template API\"";

const fn known(route: Route, source: &'static str, about: &'static str) -> Route {
    route.documented(source).about(about)
}

const fn called(route: Route, source: &'static str, about: &'static str) -> Route {
    route.observed(source).about(about)
}

/// The rows.
#[rustfmt::skip]
pub const ROUTES: &[Route] = &[
    known(get("/connections/{id}/ping", "connections.testSaved", NotModelled), CONNECTION, "Tests a connection."),
    known(post("/connections/{id}/ping", "connections.ping", NotModelled), REFERENCE, "Pings the system a connection leads to."),
    known(post("/connections/{id}/test", "connections.test", NotModelled), REFERENCE, "Tests a connection more thoroughly than a ping."),
    known(post("/connections/ping", "connections.pingUnsaved", NotModelled), CONNECTION, "Tests a connection that is not saved."),
    known(patch("/connections/{id}", "connections.patch", NotModelled), CONNECTION, "Changes some fields of a connection."),
    known(get("/connections/{id}/debug", "connections.debug", NotModelled), REFERENCE, "Shows the debug log of a connection."),
    known(get("/connections/{id}/debug/{resourceId}", "connections.debugOf", NotModelled), CONNECTION, "Shows the debug log of a connection for one export or import."),
    known(post("/connections/{id}/export", "connections.export", NotModelled), CONNECTION, "Runs an export that is not saved."),
    known(post("/connections/{id}/export/pages", "connections.exportPages", NotModelled), CONNECTION, "Runs an export that is not saved, page by page."),
    known(post("/connections/{id}/import", "connections.import", NotModelled), CONNECTION, "Runs an import that is not saved."),
    known(post("/connections/{id}/import/map", "connections.map", NotModelled), CONNECTION, "Maps records as an import that is not saved would."),
    known(post("/flows/{id}/clone", "flows.clone", NotModelled), FLOW, "Copies a flow."),
    known(post("/flows/runs/stats", "flows.stats", NotModelled), REFERENCE, "Lists completed runs of flows."),
    known(get("/flows/{id}/jobs/latest", "flows.latestJob", NotModelled), REFERENCE, "Shows the latest job of a flow."),
    known(get("/integrations/{id}/jobs/latest", "integrations.latestJob", NotModelled), REFERENCE, "Shows the latest job of an integration."),
    known(put("/flows/{id}/{stepId}/errors/assign", "flows.assignErrors", NotModelled), REFERENCE, "Assigns errors of a step to a person."),
    known(put("/flows/{id}/{stepId}/tags", "flows.tagErrors", NotModelled), REFERENCE, "Tags errors of a step."),
    known(get("/tags", "tags.list", NotModelled), REFERENCE, "Lists the tags of errors."),
    known(post("/exports/{id}/invoke", "exports.invoke", NotModelled), REFERENCE, "Fetches a page of an export."),
    called(get("/flows/{id}/dependencies", "flows.dependencies", NotModelled), CLIENTS, "Lists what depends on a flow."),
    called(get("/flows/{id}/descendants", "flows.descendants", NotModelled), CLIENTS, "Lists what a flow is made of."),
    called(get("/flows/{id}/audit", "flows.audit", NotModelled), CLIENTS, "Lists the changes of a flow."),
    called(get("/flows/{id}/template", "flows.template", NotModelled), CLIENTS, "Gives a link to a flow as an archive."),
    called(get("/connections/{id}/dependencies", "connections.dependencies", NotModelled), CLIENTS, "Lists what depends on a connection."),
    called(get("/connections/{id}/logs", "connections.logs", NotModelled), CLIENTS, "Shows the log of a connection."),
    known(post("/jobs/current", "jobs.current", NotModelled), REFERENCE, "Lists jobs in progress."),
    known(get("/jobs/{id}/diagnostics", "jobs.diagnostics", NotModelled), REFERENCE, "Gives a link to the log of a job."),
    known(get("/jobs/{id}/errors", "jobs.errors", NotModelled), REFERENCE, "Lists the errors of a job."),
    known(get("/jobs/{id}/joberrors", "jobs.jobErrors", NotModelled), JOB, "Lists the errors of a job, by its older path."),
    known(get("/jobs/{id}/errorFile/signedURL", "jobs.errorFile", NotModelled), JOB, "Gives a link to the errors of a job as a file."),
    known(get("/state", "state.list", NotModelled), STATE, "Lists the keys of the account."),
    known(delete("/state", "state.clear", NotModelled), STATE, "Deletes all keys of the account."),
    known(get("/state/{key}", "state.get", NotModelled), STATE, "Shows the value of a key."),
    known(put("/state/{key}", "state.put", NotModelled), STATE, "Sets the value of a key."),
    known(delete("/state/{key}", "state.delete", NotModelled), STATE, "Deletes a key."),
    known(get("/exports/{id}/state", "exports.keys", NotModelled), STATE, "Lists the keys of an export."),
    known(delete("/exports/{id}/state", "exports.clearKeys", NotModelled), STATE, "Deletes all keys of an export."),
    known(get("/exports/{id}/state/{key}", "exports.getKey", NotModelled), STATE, "Shows the value of a key of an export."),
    known(put("/exports/{id}/state/{key}", "exports.putKey", NotModelled), STATE, "Sets the value of a key of an export."),
    known(delete("/exports/{id}/state/{key}", "exports.deleteKey", NotModelled), STATE, "Deletes a key of an export."),
    known(get("/imports/{id}/state", "imports.keys", NotModelled), STATE, "Lists the keys of an import."),
    known(delete("/imports/{id}/state", "imports.clearKeys", NotModelled), STATE, "Deletes all keys of an import."),
    known(get("/imports/{id}/state/{key}", "imports.getKey", NotModelled), STATE, "Shows the value of a key of an import."),
    known(put("/imports/{id}/state/{key}", "imports.putKey", NotModelled), STATE, "Sets the value of a key of an import."),
    known(delete("/imports/{id}/state/{key}", "imports.deleteKey", NotModelled), STATE, "Deletes a key of an import."),
    known(get("/integrations/{id}/state", "integrations.keys", NotModelled), STATE, "Lists the keys of an integration."),
    known(delete("/integrations/{id}/state", "integrations.clearKeys", NotModelled), STATE, "Deletes all keys of an integration."),
    known(get("/integrations/{id}/state/{key}", "integrations.getKey", NotModelled), STATE, "Shows the value of a key of an integration."),
    known(put("/integrations/{id}/state/{key}", "integrations.putKey", NotModelled), STATE, "Sets the value of a key of an integration."),
    known(delete("/integrations/{id}/state/{key}", "integrations.deleteKey", NotModelled), STATE, "Deletes a key of an integration."),
    known(get("/connectors", "connectors.list", NotModelled), CONNECTOR, "Lists connectors."),
    known(post("/connectors", "connectors.create", NotModelled), CONNECTOR, "Makes a connector."),
    known(get("/connectors/{id}", "connectors.get", NotModelled), CONNECTOR, "Shows a connector."),
    known(put("/connectors/{id}", "connectors.update", NotModelled), CONNECTOR, "Replaces a connector."),
    known(delete("/connectors/{id}", "connectors.delete", NotModelled), CONNECTOR, "Deletes a connector."),
    known(get("/connectors/{id}/installBase", "connectors.installBase", NotModelled), CONNECTOR, "Lists where a connector is installed."),
    known(put("/connectors/{id}/update", "connectors.push", NotModelled), CONNECTOR, "Pushes an update to installed integrations."),
    known(get("/connectors/{id}/licenses", "connectors.licenses", NotModelled), CONNECTOR, "Lists the licenses of a connector."),
    known(post("/connectors/{id}/licenses", "connectors.createLicense", NotModelled), CONNECTOR, "Makes a license."),
    known(get("/connectors/{id}/licenses/{licenseId}", "connectors.getLicense", NotModelled), CONNECTOR, "Shows a license."),
    known(put("/connectors/{id}/licenses/{licenseId}", "connectors.updateLicense", NotModelled), CONNECTOR, "Replaces a license."),
    known(delete("/connectors/{id}/licenses/{licenseId}", "connectors.deleteLicense", NotModelled), CONNECTOR, "Deletes a license."),
    known(get("/templates", "templates.list", NotModelled), TEMPLATE, "Lists templates."),
    known(post("/templates", "templates.create", NotModelled), TEMPLATE, "Makes a template."),
    known(get("/templates/{id}", "templates.get", NotModelled), TEMPLATE, "Shows a template."),
    known(put("/templates/{id}", "templates.update", NotModelled), TEMPLATE, "Replaces a template."),
    known(delete("/templates/{id}", "templates.delete", NotModelled), TEMPLATE, "Deletes a template."),
    known(get("/iclients", "iclients.list", NotModelled), REFERENCE, "Lists OAuth clients."),
    known(post("/iclients", "iclients.create", NotModelled), REFERENCE, "Makes an OAuth client."),
    known(get("/iclients/{id}", "iclients.get", NotModelled), REFERENCE, "Shows an OAuth client."),
    known(put("/iclients/{id}", "iclients.update", NotModelled), REFERENCE, "Replaces an OAuth client."),
    known(delete("/iclients/{id}", "iclients.delete", NotModelled), REFERENCE, "Deletes an OAuth client."),
    known(get("/asynchelpers", "asynchelpers.list", NotModelled), REFERENCE, "Lists async helpers."),
    known(post("/asynchelpers", "asynchelpers.create", NotModelled), REFERENCE, "Makes an async helper."),
    known(get("/asynchelpers/{id}", "asynchelpers.get", NotModelled), REFERENCE, "Shows an async helper."),
    known(put("/asynchelpers/{id}", "asynchelpers.update", NotModelled), REFERENCE, "Replaces an async helper."),
    known(delete("/asynchelpers/{id}", "asynchelpers.delete", NotModelled), REFERENCE, "Deletes an async helper."),
    known(get("/apis", "apis.list", NotModelled), REFERENCE, "Lists APIs."),
    known(post("/apis", "apis.create", NotModelled), REFERENCE, "Makes an API."),
    known(get("/apis/{id}", "apis.get", NotModelled), REFERENCE, "Shows an API."),
    known(put("/apis/{id}", "apis.update", NotModelled), REFERENCE, "Replaces an API."),
    known(delete("/apis/{id}", "apis.delete", NotModelled), REFERENCE, "Deletes an API."),
    known(get("/lookupcaches", "lookupcaches.list", NotModelled), REFERENCE, "Lists lookup caches."),
    known(post("/lookupcaches", "lookupcaches.create", NotModelled), REFERENCE, "Makes a lookup cache."),
    known(get("/lookupcaches/{id}", "lookupcaches.get", NotModelled), REFERENCE, "Shows a lookup cache."),
    known(put("/lookupcaches/{id}", "lookupcaches.update", NotModelled), REFERENCE, "Replaces a lookup cache."),
    known(delete("/lookupcaches/{id}", "lookupcaches.delete", NotModelled), REFERENCE, "Deletes a lookup cache."),
    known(get("/tools", "tools.list", NotModelled), REFERENCE, "Lists tools."),
    known(post("/tools", "tools.create", NotModelled), REFERENCE, "Makes a tool."),
    known(get("/tools/{id}", "tools.get", NotModelled), REFERENCE, "Shows a tool."),
    known(put("/tools/{id}", "tools.update", NotModelled), REFERENCE, "Replaces a tool."),
    known(delete("/tools/{id}", "tools.delete", NotModelled), REFERENCE, "Deletes a tool."),
    known(get("/mcpservers", "mcpservers.list", NotModelled), REFERENCE, "Lists MCP servers."),
    known(post("/mcpservers", "mcpservers.create", NotModelled), REFERENCE, "Makes an MCP server."),
    known(get("/mcpservers/{id}", "mcpservers.get", NotModelled), REFERENCE, "Shows an MCP server."),
    known(put("/mcpservers/{id}", "mcpservers.update", NotModelled), REFERENCE, "Replaces an MCP server."),
    known(delete("/mcpservers/{id}", "mcpservers.delete", NotModelled), REFERENCE, "Deletes an MCP server."),
    known(get("/stacks", "stacks.list", NotModelled), PORTAL, "Lists stacks."),
    known(post("/stacks", "stacks.create", NotModelled), PORTAL, "Makes a stack."),
    known(get("/stacks/{id}", "stacks.get", NotModelled), PORTAL, "Shows a stack."),
    known(put("/stacks/{id}", "stacks.update", NotModelled), PORTAL, "Replaces a stack."),
    known(delete("/stacks/{id}", "stacks.delete", NotModelled), PORTAL, "Deletes a stack."),
    known(get("/agents", "agents.list", NotModelled), PORTAL, "Lists on-premise agents."),
    known(post("/agents", "agents.create", NotModelled), PORTAL, "Makes an on-premise agent."),
    known(get("/agents/{id}", "agents.get", NotModelled), PORTAL, "Shows an on-premise agent."),
    known(put("/agents/{id}", "agents.update", NotModelled), PORTAL, "Replaces an on-premise agent."),
    known(delete("/agents/{id}", "agents.delete", NotModelled), PORTAL, "Deletes an on-premise agent."),
    known(get("/environments", "environments.list", NotModelled), REFERENCE, "Lists the environments of the account."),
    known(get("/httpconnectors", "httpconnectors.list", NotModelled), REFERENCE, "Lists the known HTTP applications."),
    known(get("/httpconnectors/{id}", "httpconnectors.get", NotModelled), REFERENCE, "Shows a known HTTP application."),
    known(get("/metadata/application/{applicationId}", "metadata.get", NotModelled), REFERENCE, "Shows the record types of an application."),
    known(get("/transfers", "transfers.list", NotModelled), PORTAL, "Lists transfers of integrations between accounts."),
];
