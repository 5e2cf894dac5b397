//! Made-up records. What one refers to is there already, or made up first.

use fake::Fake;
use fake::faker::internet::en::SafeEmail;
use fake::faker::lorem::en::Sentence;
use fake::faker::name::en::{LastName, Name};
use serde_json::{Value, json};

use crate::apis::celigo::registered;
use crate::apis::celigo::resources::{CONNECTIONS, EXPORTS, FLOWS, IMPORTS, INTEGRATIONS};
use crate::engine::api::{By, Resource};
use crate::engine::clock::format_ms;
use crate::engine::problem::Problem;
use crate::engine::store::{Fields, Record};
use crate::engine::world::World;

/// What flows between two systems.
const SUBJECTS: &[&str] =
    &["Orders", "Invoices", "Customers", "Items", "Payments", "Returns", "Shipments", "Stock", "Vendors", "Leads"];

/// Where it flows to.
const SYSTEMS: &[&str] = &["Ledger", "Storefront", "Warehouse", "ERP", "CRM", "Payroll", "Helpdesk", "Data Lake"];

const LEVELS: &[&str] = &["administrator", "manage", "monitor"];

const CODES: &[&str] = &["DUP_RCRD", "USER_ERROR", "RCRD_LOCKED", "REQUIRED_FIELD_MISSING"];

const STATUSES: &[&str] = &["completed", "completed", "completed", "failed"];

/// How far back made-up runs and changes lie at most.
const PAST_MS: u64 = 30 * 24 * 60 * 60 * 1_000;

/// The connections of made-up flows are registered with their integrations.
pub fn register(world: &mut World, flows: &[Record]) -> Result<(), Problem> {
    flows.iter().try_for_each(|flow| registered::of_flow(world, flow, By::Fixture))
}

/// An integration.
// A generator may fail; this one does not.
#[allow(clippy::unnecessary_wraps)]
pub fn integration(world: &mut World, place: usize) -> Result<Fields, Problem> {
    Ok(Fields::from_iter([
        ("name", Value::from(name(world, place))),
        ("description", sentence(world).into()),
        ("sandbox", (world.chance.between(1, 4) == 1).into()),
    ]))
}

/// A connection.
#[allow(clippy::unnecessary_wraps)]
pub fn connection(world: &mut World, place: usize) -> Result<Fields, Problem> {
    let system = pick(SYSTEMS, world);
    Ok(fields(json!({
        "name": format!("{system} {}", place + 1),
        "type": "http",
        "http": {
            "formType": "http",
            "mediaType": "json",
            "baseURI": format!("https://{}.example.com/{}", system.to_lowercase().replace(' ', "-"), place + 1),
            "auth": { "type": "token", "token": { "token": world.chance.token(24), "location": "header" } },
        },
    })))
}

/// An export.
pub fn export(world: &mut World, place: usize) -> Result<Fields, Problem> {
    let subject = pick(SUBJECTS, world);
    Ok(fields(json!({
        "name": format!("{subject} {}", place + 1),
        "_connectionId": some(world, &CONNECTIONS)?.id(),
        "adaptorType": "HTTPExport",
        "asynchronous": true,
        "pageSize": 20 * world.chance.between(1, 5),
        "http": { "relativeURI": format!("/{}", subject.to_lowercase()), "method": "GET" },
    })))
}

/// An import.
pub fn import(world: &mut World, place: usize) -> Result<Fields, Problem> {
    let subject = pick(SUBJECTS, world);
    Ok(fields(json!({
        "name": format!("{subject}, put {}", place + 1),
        "_connectionId": some(world, &CONNECTIONS)?.id(),
        "adaptorType": "HTTPImport",
        "http": { "relativeURI": [format!("/{}", subject.to_lowercase())], "method": ["PUT"] },
        "mapping": { "fields": [{ "extract": "id", "generate": "externalId" }], "lists": [] },
    })))
}

/// A flow.
pub fn flow(world: &mut World, place: usize) -> Result<Fields, Problem> {
    let name = name(world, place);
    Ok(fields(json!({
        "name": name,
        "_integrationId": some(world, &INTEGRATIONS)?.id(),
        "disabled": world.chance.between(1, 5) == 1,
        "schedule": format!("? {} * ? * *", world.chance.between(0, 59)),
        "timezone": "America/Chicago",
        "pageGenerators": [{ "_exportId": some(world, &EXPORTS)?.id(), "skipRetries": false }],
        "pageProcessors": [{
            "type": "import",
            "_importId": some(world, &IMPORTS)?.id(),
            "responseMapping": { "fields": [], "lists": [] },
        }],
    })))
}

/// A script.
#[allow(clippy::unnecessary_wraps)]
pub fn script(world: &mut World, place: usize) -> Result<Fields, Problem> {
    let subject = pick(SUBJECTS, world);
    Ok(fields(json!({
        "name": format!("{subject} hook {}", place + 1),
        "description": sentence(world),
        "content": "function preSavePage(options) {\n  return { data: options.data, errors: options.errors };\n}\n",
    })))
}

/// A connector.
#[allow(clippy::unnecessary_wraps)]
pub fn connector(world: &mut World, place: usize) -> Result<Fields, Problem> {
    let steps = ["Connection", "Flows"].map(|step| {
        json!({
            "name": step,
            "description": sentence(world),
            "completed": false,
            "installerFunction": format!("install{step}"),
            "uninstallerFunction": format!("uninstall{step}"),
        })
    });
    Ok(fields(json!({ "name": name(world, place), "version": "1.0.0", "install": steps })))
}

/// A share.
#[allow(clippy::unnecessary_wraps)]
pub fn share(world: &mut World, _: usize) -> Result<Fields, Problem> {
    let user = json!({
        "_id": world.chance.object_id(),
        "email": SafeEmail().fake_with_rng::<String, _>(world.chance.rng()),
        "name": Name().fake_with_rng::<String, _>(world.chance.rng()),
    });
    Ok(fields(json!({ "accepted": true, "accessLevel": pick(LEVELS, world), "sharedWithUser": user })))
}

/// An audit entry.
pub fn entry(world: &mut World, _: usize) -> Result<Fields, Problem> {
    let integration = some(world, &INTEGRATIONS)?;
    let user = json!({
        "_id": world.chance.object_id(),
        "email": SafeEmail().fake_with_rng::<String, _>(world.chance.rng()),
        "name": Name().fake_with_rng::<String, _>(world.chance.rng()),
    });
    let change = json!({
        "fieldPath": "description",
        "oldValue": sentence(world),
        "newValue": sentence(world),
    });
    Ok(fields(json!({
        "time": past(world),
        "byUser": user,
        "event": "update",
        "source": "ui",
        "resourceType": "integration",
        "_resourceId": integration.id(),
        "fieldChanges": [change],
    })))
}

/// An error.
pub fn error(world: &mut World, _: usize) -> Result<Fields, Problem> {
    let flow = some(world, &FLOWS)?;
    let steps: Vec<&str> = FLOWS.links.iter().flat_map(|link| (link.ids)(flow.fields())).collect();
    Ok(fields(json!({
        "_flowId": flow.id(),
        "_expOrImpId": steps.last(),
        "source": "http",
        "code": pick(CODES, world),
        "message": sentence(world),
        "occurredAt": past(world),
        "retryDataKey": world.chance.token(32),
        "traceKey": format!("trace-{}", world.chance.token(8)),
    })))
}

/// A job.
pub fn job(world: &mut World, _: usize) -> Result<Fields, Problem> {
    let flow = some(world, &FLOWS)?;
    let created = past(world);
    let status = pick(STATUSES, world);
    let mut job = json!({
        "_flowId": flow.id(),
        "status": status,
        "numSuccess": world.chance.between(0, 500),
        "numError": if status == "failed" { world.chance.between(1, 20) } else { 0 },
        "numPagesGenerated": world.chance.between(1, 25),
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

/// A revision.
pub fn revision(world: &mut World, _: usize) -> Result<Fields, Problem> {
    Ok(fields(json!({ "_integrationId": some(world, &INTEGRATIONS)?.id(), "description": sentence(world) })))
}

/// A record to refer to: one of those there are, or, where there is none, the first.
fn some(world: &mut World, resource: &'static Resource) -> Result<Record, Problem> {
    let count = world.store.of(resource).len();
    if count > 0 {
        let last = u64::try_from(count - 1).unwrap_or(u64::MAX);
        let place = usize::try_from(world.chance.between(0, last)).unwrap_or_default();
        return Ok(world.store.of(resource).nth(place).expect("a place below the length").clone());
    }
    let generator = resource.generator.expect("everything that is referred to can be made up");
    let fields = generator(world, 0)?;
    world.create(resource, &fields, By::Fixture)
}

fn fields(made: Value) -> Fields {
    Fields::of(made).expect("a record is an object")
}

fn name(world: &mut World, place: usize) -> String {
    let company: String = LastName().fake_with_rng(world.chance.rng());
    let (subject, system) = (pick(SUBJECTS, world), pick(SYSTEMS, world));
    format!("{company} {subject} to {system} {}", place + 1)
}

fn sentence(world: &mut World) -> String {
    Sentence(4..9).fake_with_rng(world.chance.rng())
}

/// A time before now.
fn past(world: &mut World) -> String {
    let ago = world.chance.between(0, PAST_MS);
    format_ms(world.clock.now_ms().saturating_sub(ago))
}

fn pick(words: &[&'static str], world: &mut World) -> &'static str {
    words[(0..words.len()).fake_with_rng::<usize, _>(world.chance.rng())]
}
