//! What belongs to an integration.

use std::collections::{BTreeMap, BTreeSet};

use crate::apis::celigo::resources::{CONNECTIONS, EXPORTS, FLOWS, IMPORTS, INTEGRATIONS};
use crate::engine::action::Call;
use crate::engine::api::Resource;
use crate::engine::message::Reply;
use crate::engine::problem::Problem;
use crate::engine::store::{Fields, Record};
use crate::engine::world::World;

/// `integrations.flows`: the flows that name the integration.
pub fn flows(call: &mut Call<'_>) -> Result<Reply, Problem> {
    list(call, &FLOWS)
}

/// `integrations.exports`: the exports its flows use, and those that name it.
pub fn exports(call: &mut Call<'_>) -> Result<Reply, Problem> {
    list(call, &EXPORTS)
}

/// `integrations.imports`: the imports its flows use, and those that name it.
pub fn imports(call: &mut Call<'_>) -> Result<Reply, Problem> {
    list(call, &IMPORTS)
}

/// `integrations.connections`: the connections registered with it, and those that name it.
pub fn connections(call: &mut Call<'_>) -> Result<Reply, Problem> {
    list(call, &CONNECTIONS)
}

fn list(call: &mut Call<'_>, resource: &'static Resource) -> Result<Reply, Problem> {
    let integration = call.record(&INTEGRATIONS, "id")?;
    let records = of(call.world, &integration, resource);
    call.list(resource, records)
}

/// The flows, exports, imports or connections of an integration, in creation order.
pub fn of(world: &World, integration: &Record, resource: &'static Resource) -> Vec<Record> {
    let id = integration.id();
    let flows: Vec<Record> = world.store.of(&FLOWS).find("_integrationId", id).cloned().collect();
    if *resource == FLOWS {
        return flows;
    }
    if *resource == CONNECTIONS {
        let registered = ids(integration.fields(), "_registeredConnectionIds");
        let registered = registered.filter_map(|id| world.store.of(resource).get(id));
        return in_order(registered.chain(world.store.of(resource).find("_integrationId", id)));
    }
    used_or_named(world, resource, id, &flows)
}

/// The exports, or imports, that one of these flows uses or that name the integration, in creation order.
pub fn used_or_named(world: &World, resource: &'static Resource, integration: &str, flows: &[Record]) -> Vec<Record> {
    let links = || FLOWS.links.iter().filter(|link| *link.to == *resource);
    let used = flows.iter().flat_map(|flow| links().flat_map(|link| (link.ids)(flow.fields())));
    let used = used.filter_map(|id| world.store.of(resource).get(id));
    in_order(used.chain(world.store.of(resource).find("_integrationId", integration)))
}

/// The exports and imports a flow uses.
pub fn steps(flow: &Record) -> BTreeSet<&str> {
    let links = FLOWS.links.iter().filter(|link| *link.to == EXPORTS || *link.to == IMPORTS);
    links.flat_map(|link| (link.ids)(flow.fields())).collect()
}

/// The texts of a list.
pub fn ids<'f>(fields: &'f Fields, name: &str) -> impl Iterator<Item = &'f str> {
    fields.get(name).and_then(|list| list.as_array()).into_iter().flatten().filter_map(|id| id.as_str())
}

/// Each record once.
fn in_order<'r>(records: impl Iterator<Item = &'r Record>) -> Vec<Record> {
    let by_sequence: BTreeMap<u64, &Record> = records.map(|record| (record.sequence(), record)).collect();
    by_sequence.into_values().cloned().collect()
}
