//! Generated records. The records that one refers to exist already, or are generated first.

use fake::Fake;
use fake::faker::internet::en::SafeEmail;
use fake::faker::lorem::en::Sentence;
use fake::faker::name::en::{LastName, Name};
use serde_json::{Value, json};

use crate::apis::celigo::resources::{CONNECTIONS, CONNECTORS, EXPORTS, FLOWS, IMPORTS, INTEGRATIONS, LOOKUP_CACHES};
use crate::apis::celigo::{audit, connection_registrations};
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::{Actor, Schema};
use crate::engine::schema::time::format_ms;
use crate::engine::state::State;
use crate::engine::store::Record;

/// Subjects of the data that flows between two systems.
const SUBJECTS: &[&str] =
    &["Orders", "Invoices", "Customers", "Items", "Payments", "Returns", "Shipments", "Stock", "Vendors", "Leads"];

/// Systems that the data flows to.
const SYSTEMS: &[&str] = &["Ledger", "Storefront", "Warehouse", "ERP", "CRM", "Payroll", "Helpdesk", "Data Lake"];

const LEVELS: &[&str] = &["administrator", "manage", "monitor"];

const CODES: &[&str] = &["DUP_RCRD", "USER_ERROR", "RCRD_LOCKED", "REQUIRED_FIELD_MISSING"];

/// The most listeners that made-up deliveries are of, so that many of both take no longer than each.
const MOST_LISTENERS: usize = 100;

const STATUSES: &[&str] = &["completed", "completed", "completed", "failed"];

/// The longest time ago that a generated run or change lies.
const PAST_MS: u64 = 30 * 24 * 60 * 60 * 1_000;

/// Registers the connections of generated flows with their integrations.
pub(super) fn register(state: &mut State, flows: &[Record]) -> Result<(), Problem> {
    flows.iter().try_for_each(|flow| connection_registrations::of_flow(state, flow, Actor::Fixture))
}

/// Makes up an integration.
// A generator may fail; this one does not.
#[allow(clippy::unnecessary_wraps)]
pub(super) fn integration(state: &mut State, place: usize) -> Result<Document, Problem> {
    Ok(Document::from_iter([
        ("name", Value::from(name(state, place))),
        ("description", sentence(state).into()),
        ("sandbox", (state.rng.between(1, 4) == 1).into()),
    ]))
}

/// Makes up a connection.
#[allow(clippy::unnecessary_wraps)]
pub(super) fn connection(state: &mut State, place: usize) -> Result<Document, Problem> {
    let system = pick(SYSTEMS, state);
    Ok(fields(json!({
        "name": format!("{system} {}", place + 1),
        "type": "http",
        "http": {
            "formType": "http",
            "mediaType": "json",
            "baseURI": format!("https://{}.example.com/{}", system.to_lowercase().replace(' ', "-"), place + 1),
            "auth": { "type": "token", "token": { "token": state.rng.token(24), "location": "header" } },
        },
    })))
}

/// Makes up an export.
pub(super) fn export(state: &mut State, place: usize) -> Result<Document, Problem> {
    let subject = pick(SUBJECTS, state);
    Ok(fields(json!({
        "name": format!("{subject} {}", place + 1),
        "_connectionId": some(state, &CONNECTIONS)?.id(),
        "adaptorType": "HTTPExport",
        "asynchronous": true,
        "pageSize": 20 * state.rng.between(1, 5),
        "http": { "relativeURI": format!("/{}", subject.to_lowercase()), "method": "GET" },
    })))
}

/// Makes up an import.
pub(super) fn import(state: &mut State, place: usize) -> Result<Document, Problem> {
    let subject = pick(SUBJECTS, state);
    Ok(fields(json!({
        "name": format!("{subject}, put {}", place + 1),
        "_connectionId": some(state, &CONNECTIONS)?.id(),
        "adaptorType": "HTTPImport",
        "http": { "relativeURI": [format!("/{}", subject.to_lowercase())], "method": ["PUT"] },
        "mapping": { "fields": [{ "extract": "id", "generate": "externalId" }], "lists": [] },
    })))
}

/// Makes up a flow.
pub(super) fn flow(state: &mut State, place: usize) -> Result<Document, Problem> {
    let name = name(state, place);
    Ok(fields(json!({
        "name": name,
        "_integrationId": some(state, &INTEGRATIONS)?.id(),
        "disabled": state.rng.between(1, 5) == 1,
        "schedule": format!("? {} * ? * *", state.rng.between(0, 59)),
        "timezone": "America/Chicago",
        "pageGenerators": [{ "_exportId": some(state, &EXPORTS)?.id(), "skipRetries": false }],
        "pageProcessors": [{
            "type": "import",
            "_importId": some(state, &IMPORTS)?.id(),
            "responseMapping": { "fields": [], "lists": [] },
        }],
    })))
}

/// Makes up a script.
#[allow(clippy::unnecessary_wraps)]
pub(super) fn script(state: &mut State, place: usize) -> Result<Document, Problem> {
    let subject = pick(SUBJECTS, state);
    Ok(fields(json!({
        "name": format!("{subject} hook {}", place + 1),
        "description": sentence(state),
        "content": "function preSavePage(options) {\n  return { data: options.data, errors: options.errors };\n}\n",
    })))
}

/// Makes up a connector.
#[allow(clippy::unnecessary_wraps)]
pub(super) fn connector(state: &mut State, place: usize) -> Result<Document, Problem> {
    let steps = ["Connection", "Flows"].map(|step| {
        json!({
            "name": step,
            "description": sentence(state),
            "completed": false,
            "installerFunction": format!("install{step}"),
            "uninstallerFunction": format!("uninstall{step}"),
        })
    });
    Ok(fields(json!({ "name": name(state, place), "version": "1.0.0", "install": steps })))
}

/// Makes up a share.
#[allow(clippy::unnecessary_wraps)]
pub(super) fn share(state: &mut State, _: usize) -> Result<Document, Problem> {
    let user = json!({
        "_id": state.rng.object_id(),
        "email": SafeEmail().fake_with_rng::<String, _>(state.rng.inner()),
        "name": Name().fake_with_rng::<String, _>(state.rng.inner()),
    });
    Ok(fields(json!({ "accepted": true, "accessLevel": pick(LEVELS, state), "sharedWithUser": user })))
}

/// Makes up an audit entry.
pub(super) fn entry(state: &mut State, _: usize) -> Result<Document, Problem> {
    let integration = some(state, &INTEGRATIONS)?;
    let user = json!({
        "_id": state.rng.object_id(),
        "email": SafeEmail().fake_with_rng::<String, _>(state.rng.inner()),
        "name": Name().fake_with_rng::<String, _>(state.rng.inner()),
    });
    let change = json!({
        "fieldPath": "description",
        "oldValue": sentence(state),
        "newValue": sentence(state),
    });
    Ok(fields(json!({
        "time": past(state),
        "byUser": user,
        "event": "update",
        "source": "ui",
        "resourceType": "integration",
        "_resourceId": integration.id(),
        "fieldChanges": [change],
    })))
}

/// Makes up an error.
pub(super) fn error(state: &mut State, _: usize) -> Result<Document, Problem> {
    let flow = some(state, &FLOWS)?;
    let steps: Vec<&str> = FLOWS.links.iter().flat_map(|link| (link.ids)(flow.fields())).collect();
    Ok(fields(json!({
        "_flowId": flow.id(),
        "_expOrImpId": steps.last(),
        "source": "http",
        "code": pick(CODES, state),
        "message": sentence(state),
        "occurredAt": past(state),
        "retryDataKey": state.rng.token(32),
        "traceKey": format!("trace-{}", state.rng.token(8)),
    })))
}

/// Makes up a job.
pub(super) fn job(state: &mut State, _: usize) -> Result<Document, Problem> {
    let flow = some(state, &FLOWS)?;
    let created = past(state);
    let status = pick(STATUSES, state);
    let mut job = json!({
        "_flowId": flow.id(),
        "status": status,
        "numSuccess": state.rng.between(0, 500),
        "numError": if status == "failed" { state.rng.between(1, 20) } else { 0 },
        "numPagesGenerated": state.rng.between(1, 25),
        "createdAt": created,
        "startedAt": created,
        "endedAt": created,
        "lastModified": created,
    });
    if let Some(integration) = flow.get("_integrationId") {
        job["_integrationId"] = integration.clone();
    }
    Ok(fields(job))
}

/// Makes up a revision.
pub(super) fn revision(state: &mut State, _: usize) -> Result<Document, Problem> {
    Ok(fields(json!({ "_integrationId": some(state, &INTEGRATIONS)?.id(), "description": sentence(state) })))
}

/// Returns a record to refer to: an existing one or, if there is none, a first one.
fn some(state: &mut State, resource: &'static Schema) -> Result<Record, Problem> {
    let count = state.store.of(resource).len();
    if count > 0 {
        let last = u64::try_from(count - 1).unwrap_or(u64::MAX);
        let place = usize::try_from(state.rng.between(0, last)).unwrap_or_default();
        return Ok(state.store.of(resource).nth(place).expect("a place below the length").clone());
    }
    let generator = state.hooks.of(resource).generator.expect("everything that is referred to can be made up");
    let fields = generator(state, 0)?;
    state.create(resource, &fields, Actor::Fixture)
}

fn fields(made: Value) -> Document {
    Document::of(made).expect("a record is an object")
}

fn name(state: &mut State, place: usize) -> String {
    let company: String = LastName().fake_with_rng(state.rng.inner());
    let (subject, system) = (pick(SUBJECTS, state), pick(SYSTEMS, state));
    format!("{company} {subject} to {system} {}", place + 1)
}

fn sentence(state: &mut State) -> String {
    Sentence(4..9).fake_with_rng(state.rng.inner())
}

/// Draws a time before now.
fn past(state: &mut State) -> String {
    let ago = state.rng.between(0, PAST_MS);
    format_ms(state.clock.now_ms().saturating_sub(ago))
}

fn pick(words: &[&'static str], state: &mut State) -> &'static str {
    words[(0..words.len()).fake_with_rng::<usize, _>(state.rng.inner())]
}

/// Makes up a tag.
#[allow(clippy::unnecessary_wraps)]
pub(super) fn tag(state: &mut State, place: usize) -> Result<Document, Problem> {
    let subject = pick(SUBJECTS, state);
    Ok(fields(json!({ "tag": format!("{subject} {}", place + 1) })))
}

/// Makes up a delivery to any listener.
pub(super) fn delivery(state: &mut State, place: usize) -> Result<Document, Problem> {
    let listeners: Vec<&Record> = state.store.of(&EXPORTS).find("type", "webhook").take(MOST_LISTENERS).collect();
    let export = match listeners.len() {
        0 => {
            let listener = json!({ "name": "Orders, delivered", "adaptorType": "WebhookExport", "type": "webhook" });
            state.create(&EXPORTS, &fields(listener), Actor::Fixture)?
        }
        count => listeners[(0..count).fake_with_rng::<usize, _>(state.rng.inner())].clone(),
    };
    let data = json!({ "id": (place + 1).to_string() });
    Ok(fields(json!({
        "_exportId": export.id(),
        "method": "POST",
        "body": data.to_string(),
        "data": data,
        "records": [data],
    })))
}

/// Makes up a lookup cache.
#[allow(clippy::unnecessary_wraps)]
pub(super) fn lookup_cache(state: &mut State, place: usize) -> Result<Document, Problem> {
    let subject = pick(SUBJECTS, state);
    Ok(fields(json!({ "name": format!("{subject} by id {}", place + 1), "description": sentence(state) })))
}

/// Makes up an entry of any lookup cache.
pub(super) fn cache_entry(state: &mut State, place: usize) -> Result<Document, Problem> {
    let cache = some(state, &LOOKUP_CACHES)?;
    let key = format!("K-{}", place + 1);
    Ok(fields(json!({
        "_id": format!("{}:{key}", cache.id()),
        "_lookupCacheId": cache.id(),
        "key": key,
        "value": { "id": place + 1 },
    })))
}

/// Makes up a value of the account.
#[allow(clippy::unnecessary_wraps)]
pub(super) fn state(state: &mut State, place: usize) -> Result<Document, Problem> {
    let key = format!("key-{}", place + 1);
    let value = json!({ "seen": past(state) });
    Ok(fields(json!({ "_id": format!("account:{key}"), "scope": "account", "key": key, "value": value })))
}

/// Makes up a stack.
#[allow(clippy::unnecessary_wraps)]
pub(super) fn stack(state: &mut State, place: usize) -> Result<Document, Problem> {
    let system = pick(SYSTEMS, state);
    Ok(fields(json!({
        "name": format!("{system} stack {}", place + 1),
        "type": "server",
        "server": { "hostURI": format!("https://stack-{}.example.com", place + 1) },
    })))
}

/// Makes up a published API.
#[allow(clippy::unnecessary_wraps)]
pub(super) fn api(state: &mut State, place: usize) -> Result<Document, Problem> {
    let subject = pick(SUBJECTS, state);
    let path = format!("/{}/{}", subject.to_lowercase(), place + 1);
    Ok(fields(json!({ "name": format!("{subject} {}", place + 1), "version": "v1", "path": path })))
}

/// Makes up an OAuth client.
#[allow(clippy::unnecessary_wraps)]
pub(super) fn iclient(state: &mut State, place: usize) -> Result<Document, Problem> {
    let system = pick(SYSTEMS, state);
    let oauth2 = json!({ "clientId": state.rng.token(16), "clientSecret": state.rng.token(32), "scope": ["read"] });
    Ok(fields(json!({ "name": format!("{system} app {}", place + 1), "provider": "custom_oauth2", "oauth2": oauth2 })))
}

/// Makes up a file definition.
#[allow(clippy::unnecessary_wraps)]
pub(super) fn file_definition(state: &mut State, place: usize) -> Result<Document, Problem> {
    let subject = pick(SUBJECTS, state);
    let rules = json!([{ "name": "HEADER", "maxOccurrence": 1, "elements": [] }]);
    let name = format!("{subject} file {}", place + 1);
    Ok(fields(json!({ "name": name, "version": "1", "format": "delimited", "rules": rules })))
}

/// Makes up an EDI profile.
#[allow(clippy::unnecessary_wraps)]
pub(super) fn edi_profile(state: &mut State, place: usize) -> Result<Document, Problem> {
    let company: String = LastName().fake_with_rng(state.rng.inner());
    Ok(fields(json!({ "name": format!("{company} {}", place + 1), "fileType": "X12" })))
}

/// Makes up an EDI transaction of any integration.
pub(super) fn edi_transaction(state: &mut State, place: usize) -> Result<Document, Problem> {
    let integration = some(state, &INTEGRATIONS)?;
    Ok(fields(json!({
        "_integrationId": integration.id(),
        "fileType": "X12",
        "documentType": pick(&["850", "855", "856", "810"], state),
        "documentNumber": format!("PO-{}", place + 1),
        "direction": pick(&["Inbound", "Outbound"], state),
        "faStatus": pick(&["received", "accepted", "rejected"], state),
        "createdAt": past(state),
    })))
}

/// Makes up a record with no more than a name and a description.
#[allow(clippy::unnecessary_wraps)]
pub(super) fn described(state: &mut State, place: usize) -> Result<Document, Problem> {
    let name = name(state, place);
    Ok(fields(json!({ "name": name, "description": sentence(state) })))
}

/// Makes up an access token.
#[allow(clippy::unnecessary_wraps)]
pub(super) fn access_token(state: &mut State, place: usize) -> Result<Document, Problem> {
    let system = pick(SYSTEMS, state);
    Ok(fields(json!({ "name": format!("{system} token {}", place + 1) })))
}

/// Makes up a licence of any connector.
pub(super) fn license(state: &mut State, _: usize) -> Result<Document, Problem> {
    let connector = some(state, &CONNECTORS)?;
    let email: String = SafeEmail().fake_with_rng(state.rng.inner());
    Ok(fields(
        json!({ "_connectorId": connector.id(), "expires": "2030-01-01T00:00:00.000Z", "user": { "email": email } }),
    ))
}

/// Makes up a notification about any flow.
pub(super) fn notification(state: &mut State, _: usize) -> Result<Document, Problem> {
    let flow = some(state, &FLOWS)?;
    let user = audit::user_id(&state.settings.user);
    Ok(fields(json!({ "_userId": user, "_flowId": flow.id(), "subscribed": true })))
}
