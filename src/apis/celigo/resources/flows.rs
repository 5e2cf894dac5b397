//! Flows, and the exports and imports they name.

use serde_json::Value;

use crate::apis::celigo::API;
use crate::apis::celigo::resources::{EXPORTS, IMPORTS, INTEGRATIONS};
use crate::engine::schema::document::Document;
use crate::engine::schema::field::{DefaultValue, Field, Kind, Owner, field, text};
use crate::engine::schema::profile::Profile;
use crate::engine::schema::schema::{Actor, IdFormat, Meaning, NestedReference, Schema};
use crate::engine::state::State;
use crate::engine::store::Record;

/// Flows: exports, and the imports that they feed.
pub(crate) static FLOWS: Schema = Schema::new("celigo.flows", "Flow", "_id", IdFormat::ObjectId, FLOW)
    .links(LINKS)
    .parameters(&[("includeInstances", Meaning::NotModelled)]);

/// Keeps the name of a flow that a consumer replaces without one, which the running service accepts.
pub(crate) fn prepared(state: &mut State, _: &str, mut given: Document, old: Option<&Record>, by: Actor) -> Document {
    let is_live = state.settings.profile(API.name) == Profile::Live;
    let name = old.filter(|_| is_live && by == Actor::Consumer).and_then(|old| old.get("name"));
    if let Some(name) = name
        && given.get("name").is_none()
    {
        given.insert("name", name.clone());
    }
    given
}

static FLOW: &[Field] = &[
    text("_id"),
    text("name").required(),
    text("description"),
    field("_integrationId", Kind::Reference(&INTEGRATIONS)),
    text("_flowGroupingId"),
    text("_abstractFlowId"),
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

/// The places where a flow names its exports and imports. Flows of the older kind name one of each in fields of their
/// own.
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

/// Returns the page processors of all branches of all routers.
fn routed(flow: &Document) -> impl Iterator<Item = &Value> {
    let branches = list(flow, "routers").flat_map(|router| items(router.get("branches")));
    branches.flat_map(|branch| items(branch.get("pageProcessors")))
}

/// Returns the ids of the exports that a flow's records come from, in order.
pub(crate) fn generators(flow: &Document) -> Vec<&str> {
    let older = flow.get("_exportId").and_then(Value::as_str);
    older.into_iter().chain(named(list(flow, "pageGenerators"), "_exportId")).collect()
}

/// A step that records go through.
pub(crate) struct Processor<'f> {
    /// True for an import; false for a lookup, which is an export.
    pub is_import: bool,
    /// Its id.
    pub id: &'f str,
    /// True if records get there: a router that chooses one branch sends all to its first.
    pub is_taken: bool,
    /// True if failed records go on to the next step.
    pub proceeds: bool,
}

/// Returns the steps that a flow's records go through, in order.
pub(crate) fn processors(flow: &Document) -> Vec<Processor<'_>> {
    let older = flow.get("_importId").and_then(Value::as_str);
    let older = older.map(|id| Processor { is_import: true, id, is_taken: true, proceeds: false });
    let plain = list(flow, "pageProcessors").filter_map(|step| processor(step, true));
    let routed = list(flow, "routers").flat_map(|router| {
        let first_only = router.get("routeRecordsTo").and_then(Value::as_str) != Some("all_matching_branches");
        let branches = items(router.get("branches")).enumerate();
        branches.flat_map(move |(n, branch)| {
            items(branch.get("pageProcessors")).filter_map(move |step| processor(step, n == 0 || !first_only))
        })
    });
    older.into_iter().chain(plain).chain(routed).collect()
}

fn processor(step: &Value, is_taken: bool) -> Option<Processor<'_>> {
    let text = |key| step.get(key).and_then(Value::as_str);
    let proceeds = step.get("proceedOnFailure") == Some(&Value::Bool(true));
    let (is_import, id) = text("_importId").map(|id| (true, id)).or_else(|| Some((false, text("_exportId")?)))?;
    Some(Processor { is_import, id, is_taken, proceeds })
}

fn named<'f>(steps: impl Iterator<Item = &'f Value>, key: &str) -> Vec<&'f str> {
    steps.filter_map(|step| step.get(key).and_then(Value::as_str)).collect()
}
