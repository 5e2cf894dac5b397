//! Which connections are registered with an integration.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::apis::celigo::contents::{self, ids};
use crate::apis::celigo::resources::{CONNECTIONS, EXPORTS, FLOWS, IMPORTS, INTEGRATIONS};
use crate::engine::action::{Body, Call};
use crate::engine::api::By;
use crate::engine::message::Reply;
use crate::engine::problem::{FieldFaultKind, Problem};
use crate::engine::store::{Fields, Record};
use crate::engine::world::World;

const REGISTERED: &str = "_registeredConnectionIds";

/// What the body of a registration names its connections by, where it is no bare array.
const GIVEN: &str = "_connectionIds";

/// `integrations.register`: the connections of the body are registered too.
pub fn register(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let integration = call.record(&INTEGRATIONS, "id")?;
    let wrong = || Problem::field(GIVEN, FieldFaultKind::WrongType { expected: "an array of ids" });
    let given = match &call.body {
        Some(Body::Object(fields)) => fields.get(GIVEN),
        Some(Body::Other(given)) => Some(given),
        None => None,
    };
    let given = given.ok_or_else(|| Problem::field(GIVEN, FieldFaultKind::Missing))?;
    let given = given.as_array().ok_or_else(wrong)?;
    let given = given.iter().map(|id| id.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>().ok_or_else(wrong)?;
    let unknown = given.iter().find(|id| {
        let connection = call.world.store.of(&CONNECTIONS).get(id);
        connection.is_none_or(|connection| !call.sees(&CONNECTIONS, connection))
    });
    if let Some(id) = unknown {
        let kind = FieldFaultKind::Dangling { to: CONNECTIONS.name, id: id.clone() };
        return Err(Problem::field(GIVEN, kind));
    }
    add(call.world, &integration, given, By::Consumer)?;
    Ok(Reply::empty(call.route.success))
}

/// `integrations.deregister`: the connection stays, but is not registered any more.
pub fn deregister(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let integration = call.record(&INTEGRATIONS, "id")?;
    let connection = call.param("connectionId").to_owned();
    let registered: Vec<&str> = ids(integration.fields(), REGISTERED).collect();
    if !registered.contains(&connection.as_str()) {
        return Err(Problem::NotFound { resource: &CONNECTIONS, id: connection });
    }
    let rest = registered.into_iter().filter(|id| *id != connection).map(Value::from).collect();
    set(call.world, &integration, rest, By::Consumer)?;
    Ok(Reply::empty(call.route.success))
}

/// Registers the connections of a flow's exports and imports with its integration.
pub fn of_flow(world: &mut World, flow: &Record, by: By) -> Result<(), Problem> {
    let integration = flow.text("_integrationId").and_then(|id| world.store.of(&INTEGRATIONS).get(id)).cloned();
    let Some(integration) = integration else { return Ok(()) };
    let steps = FLOWS.links.iter().filter(|link| *link.to == EXPORTS || *link.to == IMPORTS);
    let steps = steps.flat_map(|link| {
        let steps = (link.ids)(flow.fields()).into_iter();
        steps.filter_map(|id| world.store.of(link.to).get(id))
    });
    let connections = by_age(steps.filter_map(|step| connection_of(world, step)));
    add(world, &integration, connections, by)
}

/// The connections a copy of an integration needs: its own, and those of its exports and imports.
pub fn needed(world: &World, integration: &Record) -> Vec<String> {
    let of = |resource| contents::of(world, integration, resource);
    let (own, steps) = (of(&CONNECTIONS), [of(&EXPORTS), of(&IMPORTS)].concat());
    by_age(own.iter().chain(steps.iter().filter_map(|step| connection_of(world, step))))
}

fn connection_of<'w>(world: &'w World, step: &Record) -> Option<&'w Record> {
    world.store.of(&CONNECTIONS).get(step.text("_connectionId")?)
}

/// The ids of connections, so that their order does not depend on where they were found.
fn by_age<'r>(connections: impl Iterator<Item = &'r Record>) -> Vec<String> {
    let ids: BTreeMap<u64, &str> = connections.map(|connection| (connection.sequence(), connection.id())).collect();
    ids.into_values().map(str::to_owned).collect()
}

fn add(world: &mut World, integration: &Record, wanted: Vec<String>, by: By) -> Result<(), Problem> {
    let mut all: Vec<Value> = ids(integration.fields(), REGISTERED).map(Value::from).collect();
    let before = all.len();
    for id in wanted.into_iter().map(Value::from) {
        if !all.contains(&id) {
            all.push(id);
        }
    }
    if all.len() == before { Ok(()) } else { set(world, integration, all, by) }
}

fn set(world: &mut World, integration: &Record, ids: Vec<Value>, by: By) -> Result<(), Problem> {
    let change = Fields::from_iter([(REGISTERED, Value::Array(ids))]);
    world.patch(&INTEGRATIONS, integration, &change, by.followed()).map(|_| ())
}
