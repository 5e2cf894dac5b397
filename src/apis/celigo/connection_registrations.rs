//! Registrations of connections with an integration.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::apis::celigo::membership;
use crate::apis::celigo::membership::ids;
use crate::apis::celigo::resources::{CONNECTIONS, EXPORTS, FLOWS, IMPORTS, INTEGRATIONS};
use crate::engine::api::context::{Body, Context};
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::{FieldFaultKind, Problem};
use crate::engine::schema::schema::Actor;
use crate::engine::state::State;
use crate::engine::store::Record;
use crate::http::message::Response;

const REGISTERED: &str = "_registeredConnectionIds";

/// The field of the body of a registration that lists its connections, if the body is no bare array.
const GIVEN: &str = "_connectionIds";

/// Handles `integrations.register`: registers the connections of the body too.
pub(super) fn register(context: &mut Context<'_>) -> Result<Response, Problem> {
    let integration = context.record(&INTEGRATIONS, "id")?;
    let wrong = || Problem::field(GIVEN, FieldFaultKind::WrongType { expected: "an array of ids" });
    let given = match &context.body {
        Some(Body::Object(fields)) => fields.get(GIVEN),
        Some(Body::Other(given)) => Some(given),
        None => None,
    };
    let given = given.ok_or_else(|| Problem::field(GIVEN, FieldFaultKind::Missing))?;
    let given = given.as_array().ok_or_else(wrong)?;
    let given = given.iter().map(|id| id.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>().ok_or_else(wrong)?;
    let unknown = given.iter().find(|id| {
        let connection = context.state.store.of(&CONNECTIONS).get(id);
        connection.is_none_or(|connection| !context.is_visible(&CONNECTIONS, connection))
    });
    if let Some(id) = unknown {
        let kind = FieldFaultKind::Dangling { to: CONNECTIONS.name, id: id.clone() };
        return Err(Problem::field(GIVEN, kind));
    }
    add(context.state, &integration, given, Actor::Consumer)?;
    Ok(Response::empty(context.route.success))
}

/// Handles `integrations.deregister`: ends the registration of a connection, which stays.
pub(super) fn deregister(context: &mut Context<'_>) -> Result<Response, Problem> {
    let integration = context.record(&INTEGRATIONS, "id")?;
    let connection = context.param("connectionId").to_owned();
    let registered: Vec<&str> = ids(integration.fields(), REGISTERED).collect();
    if !registered.contains(&connection.as_str()) {
        return Err(Problem::NotFound { resource: &CONNECTIONS, id: connection });
    }
    let rest = registered.into_iter().filter(|id| *id != connection).map(Value::from).collect();
    set(context.state, &integration, rest, Actor::Consumer)?;
    Ok(Response::empty(context.route.success))
}

/// Registers the connections of a flow's exports and imports with its integration.
pub(super) fn of_flow(state: &mut State, flow: &Record, by: Actor) -> Result<(), Problem> {
    let integration = flow.text("_integrationId").and_then(|id| state.store.of(&INTEGRATIONS).get(id)).cloned();
    let Some(integration) = integration else { return Ok(()) };
    let steps = FLOWS.links.iter().filter(|link| *link.to == EXPORTS || *link.to == IMPORTS);
    let steps = steps.flat_map(|link| {
        let steps = (link.ids)(flow.fields()).into_iter();
        steps.filter_map(|id| state.store.of(link.to).get(id))
    });
    let connections = by_age(steps.filter_map(|step| connection_of(state, step)));
    add(state, &integration, connections, by)
}

/// Returns the connections a copy of an integration needs: its own, and those of its exports and imports.
pub(super) fn needed(state: &State, integration: &Record) -> Vec<String> {
    let of = |resource| membership::of(state, integration, resource);
    let (own, steps) = (of(&CONNECTIONS), [of(&EXPORTS), of(&IMPORTS)].concat());
    by_age(own.iter().chain(steps.iter().filter_map(|step| connection_of(state, step))))
}

fn connection_of<'w>(state: &'w State, step: &Record) -> Option<&'w Record> {
    state.store.of(&CONNECTIONS).get(step.text("_connectionId")?)
}

/// Returns the ids of connections in creation order.
fn by_age<'r>(connections: impl Iterator<Item = &'r Record>) -> Vec<String> {
    let ids: BTreeMap<u64, &str> = connections.map(|connection| (connection.sequence(), connection.id())).collect();
    ids.into_values().map(str::to_owned).collect()
}

fn add(state: &mut State, integration: &Record, wanted: Vec<String>, by: Actor) -> Result<(), Problem> {
    let mut all: Vec<Value> = ids(integration.fields(), REGISTERED).map(Value::from).collect();
    let before = all.len();
    for id in wanted.into_iter().map(Value::from) {
        if !all.contains(&id) {
            all.push(id);
        }
    }
    if all.len() == before { Ok(()) } else { set(state, integration, all, by) }
}

fn set(state: &mut State, integration: &Record, ids: Vec<Value>, by: Actor) -> Result<(), Problem> {
    let change = Document::from_iter([(REGISTERED, Value::Array(ids))]);
    state.patch(&INTEGRATIONS, integration, &change, by.followed()).map(|_| ())
}
