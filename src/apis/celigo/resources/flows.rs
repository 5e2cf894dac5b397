//! Flows, and what running them leaves behind.

use serde_json::Value;

use crate::apis::celigo::resources::{EXPORTS, IMPORTS, INTEGRATIONS};
use crate::apis::celigo::{access, cascade, jobs, made_up, registered, step_errors};
use crate::engine::api::{By, Change, Ids, Link, Resource};
use crate::engine::field::{Default, Field, Kind, Owner, field, text};
use crate::engine::problem::Problem;
use crate::engine::store::Fields;
use crate::engine::world::World;

/// Flows: which exports feed which imports.
pub static FLOWS: Resource = Resource::new("celigo.flows", "Flow", "_id", Ids::ObjectId, FLOW)
    .links(LINKS)
    .changed(changed)
    .scope(access::in_integration)
    .generator(made_up::flow)
    .after_generate(made_up::register);

static FLOW: &[Field] = &[
    text("_id"),
    text("name").required(),
    text("description"),
    field("_integrationId", Kind::Reference(&INTEGRATIONS)),
    text("_flowGroupingId"),
    field("disabled", Kind::Flag).or(Default::False),
    text("schedule"),
    text("timezone"),
    text("_exportId"),
    text("_importId"),
    field("pageGenerators", Kind::List).or(Default::EmptyList),
    field("pageProcessors", Kind::List).or(Default::EmptyList),
    field("routers", Kind::List).or(Default::EmptyList),
    field("_runNextFlowIds", Kind::References(&FLOWS)).or(Default::EmptyList),
    field("lastExecutedAt", Kind::Time).by(Owner::Service),
    field("createdAt", Kind::Time).by(Owner::CreatedAt),
    field("lastModified", Kind::Time).by(Owner::ChangedAt),
];

/// Where a flow names its exports and imports. Flows of the older kind name one of each themselves.
static LINKS: &[Link] = &[
    Link {
        field: "_exportId",
        to: &EXPORTS,
        ids: |flow| flow.get("_exportId").and_then(Value::as_str).into_iter().collect(),
    },
    Link {
        field: "_importId",
        to: &IMPORTS,
        ids: |flow| flow.get("_importId").and_then(Value::as_str).into_iter().collect(),
    },
    Link { field: "pageGenerators", to: &EXPORTS, ids: |flow| named(list(flow, "pageGenerators"), "_exportId") },
    Link { field: "pageProcessors", to: &EXPORTS, ids: |flow| named(list(flow, "pageProcessors"), "_exportId") },
    Link { field: "pageProcessors", to: &IMPORTS, ids: |flow| named(list(flow, "pageProcessors"), "_importId") },
    Link { field: "routers", to: &EXPORTS, ids: |flow| named(routed(flow), "_exportId") },
    Link { field: "routers", to: &IMPORTS, ids: |flow| named(routed(flow), "_importId") },
];

fn list<'f>(flow: &'f Fields, name: &str) -> impl Iterator<Item = &'f Value> {
    items(flow.get(name))
}

fn items(list: Option<&Value>) -> impl Iterator<Item = &Value> {
    list.and_then(Value::as_array).into_iter().flatten()
}

/// The page processors of all branches of all routers.
fn routed(flow: &Fields) -> impl Iterator<Item = &Value> {
    let branches = list(flow, "routers").flat_map(|router| items(router.get("branches")));
    branches.flat_map(|branch| items(branch.get("pageProcessors")))
}

fn named<'f>(steps: impl Iterator<Item = &'f Value>, key: &str) -> Vec<&'f str> {
    steps.filter_map(|step| step.get(key).and_then(Value::as_str)).collect()
}

fn changed(world: &mut World, change: Change<'_>, by: By) -> Result<(), Problem> {
    match change {
        Change::Removed(flow) => cascade::flow_removed(world, flow, by),
        // Files say themselves what is registered.
        Change::Created(_) if by == By::Fixture => Ok(()),
        Change::Created(flow) => registered::of_flow(world, flow, by),
        Change::Replaced(old, flow) => {
            cascade::steps_removed(world, old, flow);
            registered::of_flow(world, flow, by)
        }
    }
}

/// Errors that records met on their way through a flow.
pub static ERRORS: Resource = Resource::new("celigo.errors", "Error", "errorId", Ids::ObjectId, ERROR)
    .shown(step_errors::shown)
    .scope(access::as_flow)
    .generator(made_up::error);

static ERROR: &[Field] = &[
    text("errorId"),
    field("_flowId", Kind::Reference(&FLOWS)).required(),
    text("_expOrImpId"),
    text("source"),
    text("code"),
    text("message"),
    field("occurredAt", Kind::Time).by(Owner::CreatedAt),
    text("retryDataKey"),
    text("traceKey"),
    field("resolved", Kind::Flag).or(Default::False),
    field("resolvedAt", Kind::Time),
    text("resolvedBy"),
];

/// Jobs: runs of flows.
pub static JOBS: Resource = Resource::new("celigo.jobs", "Job", "_id", Ids::ObjectId, JOB)
    .due(jobs::DUE)
    .scope(access::in_integration)
    .generator(made_up::job);

static JOB: &[Field] = &[
    text("_id"),
    text("type").or(Default::Text("flow")),
    field("_flowId", Kind::Reference(&FLOWS)),
    field("_integrationId", Kind::Reference(&INTEGRATIONS)),
    text("_flowJobId"),
    text("_exportId"),
    text("_importId"),
    text("status").or(Default::Text("queued")),
    field("numSuccess", Kind::Integer).or(Default::Number(0)),
    field("numError", Kind::Integer).or(Default::Number(0)),
    field("numIgnore", Kind::Integer).or(Default::Number(0)),
    field("numPagesGenerated", Kind::Integer).or(Default::Number(0)),
    field("createdAt", Kind::Time).by(Owner::CreatedAt),
    field("startedAt", Kind::Time),
    field("endedAt", Kind::Time),
    field("lastModified", Kind::Time).by(Owner::ChangedAt),
];
