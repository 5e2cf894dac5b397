//! Flows, and what running them leaves behind.

use serde_json::Value;

use crate::apis::celigo::resources::{EXPORTS, IMPORTS, INTEGRATIONS};
use crate::apis::celigo::{cascade, connection_registrations, jobs, step_errors};
use crate::engine::schema::document::Document;
use crate::engine::schema::field::{DefaultValue, Field, Kind, Owner, field, text};
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::{Actor, IdFormat, NestedReference, Schema};
use crate::engine::state::State;
use crate::engine::state::hooks::Change;

/// Flows: which exports feed which imports.
pub static FLOWS: Schema = Schema::new("celigo.flows", "Flow", "_id", IdFormat::ObjectId, FLOW).links(LINKS);

static FLOW: &[Field] = &[
    text("_id"),
    text("name").required(),
    text("description"),
    field("_integrationId", Kind::Reference(&INTEGRATIONS)),
    text("_flowGroupingId"),
    field("disabled", Kind::Bool).or(DefaultValue::False),
    text("schedule"),
    text("timezone"),
    text("_exportId"),
    text("_importId"),
    field("pageGenerators", Kind::List).or(DefaultValue::EmptyList),
    field("pageProcessors", Kind::List).or(DefaultValue::EmptyList),
    field("routers", Kind::List).or(DefaultValue::EmptyList),
    field("_runNextFlowIds", Kind::References(&FLOWS)).or(DefaultValue::EmptyList),
    field("lastExecutedAt", Kind::Time).by(Owner::Service),
    field("createdAt", Kind::Time).by(Owner::CreatedAt),
    field("lastModified", Kind::Time).by(Owner::UpdatedAt),
];

/// Where a flow names its exports and imports. Flows of the older kind name one of each themselves.
static LINKS: &[NestedReference] = &[
    NestedReference {
        field: "_exportId",
        to: &EXPORTS,
        ids: |flow| flow.get("_exportId").and_then(Value::as_str).into_iter().collect(),
    },
    NestedReference {
        field: "_importId",
        to: &IMPORTS,
        ids: |flow| flow.get("_importId").and_then(Value::as_str).into_iter().collect(),
    },
    NestedReference {
        field: "pageGenerators",
        to: &EXPORTS,
        ids: |flow| named(list(flow, "pageGenerators"), "_exportId"),
    },
    NestedReference {
        field: "pageProcessors",
        to: &EXPORTS,
        ids: |flow| named(list(flow, "pageProcessors"), "_exportId"),
    },
    NestedReference {
        field: "pageProcessors",
        to: &IMPORTS,
        ids: |flow| named(list(flow, "pageProcessors"), "_importId"),
    },
    NestedReference { field: "routers", to: &EXPORTS, ids: |flow| named(routed(flow), "_exportId") },
    NestedReference { field: "routers", to: &IMPORTS, ids: |flow| named(routed(flow), "_importId") },
];

fn list<'f>(flow: &'f Document, name: &str) -> impl Iterator<Item = &'f Value> {
    items(flow.get(name))
}

fn items(list: Option<&Value>) -> impl Iterator<Item = &Value> {
    list.and_then(Value::as_array).into_iter().flatten()
}

/// The page processors of all branches of all routers.
fn routed(flow: &Document) -> impl Iterator<Item = &Value> {
    let branches = list(flow, "routers").flat_map(|router| items(router.get("branches")));
    branches.flat_map(|branch| items(branch.get("pageProcessors")))
}

fn named<'f>(steps: impl Iterator<Item = &'f Value>, key: &str) -> Vec<&'f str> {
    steps.filter_map(|step| step.get(key).and_then(Value::as_str)).collect()
}

pub fn changed(state: &mut State, change: Change<'_>, by: Actor) -> Result<(), Problem> {
    match change {
        Change::Removed(flow) => cascade::flow_removed(state, flow, by),
        // Files say themselves what is registered.
        Change::Created(_) if by == Actor::Fixture => Ok(()),
        Change::Created(flow) => connection_registrations::of_flow(state, flow, by),
        Change::Replaced(old, flow) => {
            cascade::steps_removed(state, old, flow);
            connection_registrations::of_flow(state, flow, by)
        }
    }
}

/// Errors that records met on their way through a flow.
pub static ERRORS: Schema =
    Schema::new("celigo.errors", "Error", "errorId", IdFormat::ObjectId, ERROR).view(step_errors::shown);

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
    field("resolved", Kind::Bool).or(DefaultValue::False),
    field("resolvedAt", Kind::Time),
    text("resolvedBy"),
];

/// Jobs: runs of flows.
pub static JOBS: Schema = Schema::new("celigo.jobs", "Job", "_id", IdFormat::ObjectId, JOB).due_at(jobs::goes_on_at);

static JOB: &[Field] = &[
    text("_id"),
    text("type").or(DefaultValue::Text("flow")),
    field("_flowId", Kind::Reference(&FLOWS)),
    field("_integrationId", Kind::Reference(&INTEGRATIONS)),
    text("_flowJobId"),
    text("_exportId"),
    text("_importId"),
    text("status").or(DefaultValue::Text("queued")),
    field("numSuccess", Kind::Integer).or(DefaultValue::Number(0)),
    field("numError", Kind::Integer).or(DefaultValue::Number(0)),
    field("numIgnore", Kind::Integer).or(DefaultValue::Number(0)),
    field("numPagesGenerated", Kind::Integer).or(DefaultValue::Number(0)),
    field("createdAt", Kind::Time).by(Owner::CreatedAt),
    field("startedAt", Kind::Time),
    field("endedAt", Kind::Time),
    field("lastModified", Kind::Time).by(Owner::UpdatedAt),
];
