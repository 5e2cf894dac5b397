//! Records that belong to an integration.

use std::collections::{BTreeMap, BTreeSet};

use crate::apis::celigo::resources::{CONNECTIONS, EXPORTS, FLOWS, IMPORTS, INTEGRATIONS};
use crate::engine::api::context::Context;
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Schema;
use crate::engine::state::State;
use crate::engine::store::Record;
use crate::http::message::Response;

/// Handles `integrations.flows`: lists the flows that name the integration.
pub(super) fn flows(context: &mut Context<'_>) -> Result<Response, Problem> {
    list(context, &FLOWS)
}

/// Handles `integrations.exports`: lists the exports that its flows use, and those that name it.
pub(super) fn exports(context: &mut Context<'_>) -> Result<Response, Problem> {
    list(context, &EXPORTS)
}

/// Handles `integrations.imports`: lists the imports that its flows use, and those that name it.
pub(super) fn imports(context: &mut Context<'_>) -> Result<Response, Problem> {
    list(context, &IMPORTS)
}

/// Handles `integrations.connections`: lists the connections that are registered with it, and those that name it.
pub(super) fn connections(context: &mut Context<'_>) -> Result<Response, Problem> {
    list(context, &CONNECTIONS)
}

fn list(context: &mut Context<'_>, resource: &'static Schema) -> Result<Response, Problem> {
    let integration = context.record(&INTEGRATIONS, "id")?;
    let records = of(context.state, &integration, resource);
    context.list(resource, records)
}

/// Returns the flows, exports, imports or connections of an integration, in creation order.
pub(super) fn of(state: &State, integration: &Record, resource: &'static Schema) -> Vec<Record> {
    let id = integration.id();
    let flows: Vec<Record> = state.store.of(&FLOWS).find("_integrationId", id).cloned().collect();
    if *resource == FLOWS {
        return flows;
    }
    if *resource == CONNECTIONS {
        let registered = ids(integration.fields(), "_registeredConnectionIds");
        let registered = registered.filter_map(|id| state.store.of(resource).get(id));
        return in_order(registered.chain(state.store.of(resource).find("_integrationId", id)));
    }
    used_or_named(state, resource, id, &flows)
}

/// Returns the exports, or imports, that one of these flows uses or that name the integration, in creation order.
pub(super) fn used_or_named(
    state: &State,
    resource: &'static Schema,
    integration: &str,
    flows: &[Record],
) -> Vec<Record> {
    let links = || FLOWS.links.iter().filter(|link| *link.to == *resource);
    let used = flows.iter().flat_map(|flow| links().flat_map(|link| (link.ids)(flow.fields())));
    let used = used.filter_map(|id| state.store.of(resource).get(id));
    in_order(used.chain(state.store.of(resource).find("_integrationId", integration)))
}

/// Returns the exports and imports a flow uses.
pub(super) fn steps(flow: &Record) -> BTreeSet<&str> {
    let links = FLOWS.links.iter().filter(|link| *link.to == EXPORTS || *link.to == IMPORTS);
    links.flat_map(|link| (link.ids)(flow.fields())).collect()
}

/// Returns the texts of a list.
pub(super) fn ids<'f>(fields: &'f Document, name: &str) -> impl Iterator<Item = &'f str> {
    fields.get(name).and_then(|list| list.as_array()).into_iter().flatten().filter_map(|id| id.as_str())
}

/// Returns each record once, in creation order.
fn in_order<'r>(records: impl Iterator<Item = &'r Record>) -> Vec<Record> {
    let by_sequence: BTreeMap<u64, &Record> = records.map(|record| (record.sequence(), record)).collect();
    by_sequence.into_values().cloned().collect()
}
