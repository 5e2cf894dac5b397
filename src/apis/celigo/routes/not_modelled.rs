//! Operations that the vendor documents and standin does not model: answered with 501, in standin's own words.

use crate::engine::api::route::Action::NotModelled;
use crate::engine::api::route::{Route, any, delete, get, patch, post, put};

const CLIENTS: &str = "public clients of the service call it";
const CONNECTION: &str = "the vendor's API documents, \"Connection API\"";
const CONNECTOR: &str = "the vendor's help centre, \"Connector and License API endpoints\"";
const JOB: &str = "the vendor's API documents, \"Job API\"";
const PORTAL: &str = "the vendor's developer portal";
const REFERENCE: &str = "the vendor's API reference";
const TEMPLATE: &str = "the vendor's API documents, \"Template API\"";

const fn known(route: Route, source: &'static str, about: &'static str) -> Route {
    route.documented(source).about(about)
}

const fn called(route: Route, source: &'static str, about: &'static str) -> Route {
    route.observed(source).about(about)
}

/// The rows.
#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    known(get("/connections/{id}/debug", "connections.debug", NotModelled), REFERENCE, "Shows the debug log of a connection."),
    known(get("/connections/{id}/debug/{resourceId}", "connections.debugOf", NotModelled), CONNECTION, "Shows the debug log of a connection for one export or import."),
    known(post("/connections/{id}/export", "connections.export", NotModelled), CONNECTION, "Runs an export that is not saved."),
    known(post("/connections/{id}/export/pages", "connections.exportPages", NotModelled), CONNECTION, "Runs an export that is not saved, page by page."),
    known(post("/connections/{id}/import", "connections.import", NotModelled), CONNECTION, "Runs an import that is not saved."),
    known(post("/connections/{id}/import/map", "connections.map", NotModelled), CONNECTION, "Maps records as an import that is not saved would."),
    known(post("/flows/runs/stats", "flows.stats", NotModelled), REFERENCE, "Lists completed runs of flows."),
    called(get("/connections/{id}/logs", "connections.logs", NotModelled), CLIENTS, "Shows the log of a connection."),
    known(get("/jobs/{id}/diagnostics", "jobs.diagnostics", NotModelled), REFERENCE, "Gives a link to the log of a job."),
    known(get("/jobs/{id}/errors", "jobs.errors", NotModelled), REFERENCE, "Lists the errors of a job."),
    known(get("/jobs/{id}/errorFile/signedURL", "jobs.errorFile", NotModelled), JOB, "Gives a link to the errors of a job as a file."),
    known(get("/connectors/{id}/installBase", "connectors.installBase", NotModelled), CONNECTOR, "Lists where a connector is installed."),
    known(put("/connectors/{id}/update", "connectors.push", NotModelled), CONNECTOR, "Pushes an update to installed integrations."),
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
    called(get("/integrations/{id}/revisions/{revisionId}/diff", "integrations.revisionDiff", NotModelled), CLIENTS, "Shows what has changed since a snapshot."),
    called(get("/connections/{id}/debuglog", "connections.debugLog", NotModelled), CLIENTS, "Shows the debug log of a connection, by another path."),
    called(put("/connections/{id}/purgeMessages", "connections.purge", NotModelled), CLIENTS, "Empties the queue of a connection."),
    called(post("/connections/{id}/purgeMessages", "connections.purgeMessages", NotModelled), CLIENTS, "Empties the queue of a connection, by another method."),
    called(any("/connections/{id}/metadata", "connections.metadata", NotModelled).also(&["/connections/{id}/metadata/{*path}"]), CLIENTS, "Shows the record types of what a connection leads to."),
    called(delete("/connections/{id}/debug", "connections.clearDebug", NotModelled), CLIENTS, "Empties the debug log of a connection."),
    called(get("/jobs/{id}/files", "jobs.files", NotModelled), CLIENTS, "Lists the files of a job."),
    called(get("/jobs/{id}/files/signedURL", "jobs.filesLink", NotModelled), CLIENTS, "Gives a link to the files of a job."),
    called(delete("/jobs/{id}", "jobs.delete", NotModelled), CLIENTS, "Deletes a job."),
    called(any("/flows/{id}/jobs/cancel", "flows.cancelJobs", NotModelled), CLIENTS, "Cancels the jobs of a flow."),
    called(get("/flows/{id}/jobs/{jobId}/logs", "flows.jobLogs", NotModelled), CLIENTS, "Shows the log of a job."),
    called(get("/flows/{id}/logs", "flows.logs", NotModelled), CLIENTS, "Shows the log of a flow."),
    called(get("/flows/{id}/lastExportDateTime", "flows.lastExport", NotModelled), CLIENTS, "Says when a flow last exported."),
    called(post("/logs/{kind}/query", "logs.query", NotModelled).also(&["/logs/query"]), CLIENTS, "Searches logs."),
    called(any("/flows/{id}/test/run", "flows.testRun", NotModelled).also(&["/flows/{id}/test/run/{*rest}"]), CLIENTS, "Runs a flow on trial."),
    called(any("/apis/{id}/test/run", "apis.testRun", NotModelled).also(&["/apis/{id}/test/run/{*rest}"]), CLIENTS, "Runs an API on trial."),
    called(any("/tools/{id}/test/run", "tools.testRun", NotModelled).also(&["/tools/{id}/test/run/{*rest}"]), CLIENTS, "Runs a tool on trial."),
    called(get("/flows/{id}/{stepId}/requests", "flows.requests", NotModelled).also(&["/flows/{id}/{stepId}/requests/{*key}"]), CLIENTS, "Lists the requests that a step sent."),
    called(get("/flows/{id}/{stepId}/errors/{key}", "flows.error", NotModelled), CLIENTS, "Shows one error of a step."),
    called(post("/flows/{id}/{stepId}/errors/assign", "flows.assignErrorsByPost", NotModelled), CLIENTS, "Assigns errors of a step, by another method."),
    called(post("/flows/{id}/{stepId}/errors/tags", "flows.tagErrorsByPost", NotModelled), CLIENTS, "Tags errors of a step, by another path."),
    called(any("/integrations/{id}/errors/assign", "integrations.assignErrors", NotModelled), CLIENTS, "Assigns the errors of an integration."),
    known(any("/processors", "processors.run", NotModelled).also(&["/processors/{*name}"]), REFERENCE, "Runs a processor: a mapping, a filter, a script."),
    known(post("/imports/preview", "imports.preview", NotModelled), REFERENCE, "Tries an import that is not saved."),
    known(any("/parsers", "parsers.run", NotModelled).also(&["/parsers/{*name}"]), REFERENCE, "Parses a file."),
    known(any("/generators", "generators.run", NotModelled).also(&["/generators/{*name}"]), REFERENCE, "Writes a file."),
    called(post("/audit", "audit.download", NotModelled), CLIENTS, "Asks for the audit trail as a file."),
    called(any("/audit/signedURL", "audit.link", NotModelled), CLIENTS, "Gives a link to the audit trail as a file."),
    called(any("/integrations/{id}/audit/signedURL", "integrations.auditLink", NotModelled), CLIENTS, "Gives a link to the changes of an integration as a file."),
    called(any("/flows/{id}/audit/signedURL", "flows.auditLink", NotModelled), CLIENTS, "Gives a link to the changes of a flow as a file."),
    known(get("/scripts/{id}/logs", "scripts.logs", NotModelled), PORTAL, "Shows the log of a script."),
    known(any("/stacks/{id}/systemToken", "stacks.token", NotModelled), PORTAL, "Shows the token of a stack."),
    called(any("/shared/{*rest}", "shared.any", NotModelled).also(&["/shared"]), CLIENTS, "Shares a record with another user."),
    called(any("/usage", "usage.get", NotModelled).also(&["/usage/{*rest}"]), CLIENTS, "Says what the account uses."),
    called(get("/licenses", "licenses.list", NotModelled), CLIENTS, "Lists the licences of the account."),
    called(get("/licenseEntitlementUsage", "usage.entitlements", NotModelled), CLIENTS, "Says what of its licence the account uses."),
    called(get("/historicalMonthlyUsage", "usage.monthly", NotModelled), CLIENTS, "Says what the account used each month."),
    called(get("/apis/usage", "apis.usage", NotModelled), CLIENTS, "Says how often APIs were called."),
    called(any("/profile", "profile.get", NotModelled), CLIENTS, "Shows the profile of the user."),
    called(any("/endusers", "endusers.list", NotModelled).also(&["/endusers/{*rest}"]), CLIENTS, "Lists the users of integration apps."),
    called(any("/invites", "invites.list", NotModelled).also(&["/invites/{*rest}"]), CLIENTS, "Lists open invitations."),
    known(patch("/ediTransactions", "ediTransactions.patch", NotModelled), REFERENCE, "Changes EDI transactions."),
    known(any("/ediTransactions/{id}/faDetails", "ediTransactions.faDetails", NotModelled), REFERENCE, "Shows the acknowledgement of an EDI transaction."),
    known(any("/ediTransactions/{id}/mdn", "ediTransactions.mdn", NotModelled), REFERENCE, "Shows the disposition of an EDI transaction."),
    known(any("/tpconnectors", "tpconnectors.list", NotModelled).also(&["/tpconnectors/{*rest}"]), REFERENCE, "Lists connectors of trading partners."),
    known(any("/apis/{id}/logs", "apis.logs", NotModelled), REFERENCE, "Shows the log of an API."),
    known(post("/apis/{id}/clone", "apis.clone", NotModelled).also(&["/apis/{id}/clone/validate"]), REFERENCE, "Copies an API."),
    known(any("/apis/updateApiGrouping", "apis.updateGrouping", NotModelled), REFERENCE, "Groups APIs."),
    known(post("/tools/{id}/invoke", "tools.invoke", NotModelled), REFERENCE, "Runs a tool."),
    known(any("/storage", "storage.any", NotModelled).also(&["/storage/{*rest}", "/storagefiles", "/storagefiles/{*rest}"]), REFERENCE, "Keeps files."),
    known(any("/syncs", "syncs.any", NotModelled).also(&["/syncs/{*rest}"]), REFERENCE, "Keeps data in sync."),
    called(any("/netsuite/metadata/{*path}", "netsuite.metadata", NotModelled), CLIENTS, "Shows the record types of NetSuite."),
    called(any("/salesforce/metadata/{*path}", "salesforce.metadata", NotModelled), CLIENTS, "Shows the record types of Salesforce."),
    known(any("/templates/{id}/preview", "templates.preview", NotModelled), TEMPLATE, "Shows what a template would install."),
    known(post("/templates/{id}/install", "templates.install", NotModelled), TEMPLATE, "Installs a template."),
    known(get("/templates/published", "templates.published", NotModelled), TEMPLATE, "Lists published templates."),
    called(any("/s3SignedURL", "files.link", NotModelled), CLIENTS, "Gives a link to upload a file to."),
    called(any("/eventreports", "eventreports.list", NotModelled).also(&["/eventreports/{*rest}"]), CLIENTS, "Lists reports of events."),
    called(any("/mcpoauthproviders", "mcpoauthproviders.list", NotModelled).also(&["/mcpoauthproviders/{*rest}"]), CLIENTS, "Lists OAuth providers of MCP servers."),
    called(any("/agents/{id}/display-token", "agents.token", NotModelled).also(&["/agents/{id}/change-token"]), CLIENTS, "Shows or changes the token of an agent."),
];
