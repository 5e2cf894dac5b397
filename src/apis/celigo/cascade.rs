//! Cascades: records that are removed with another one, and records that keep another one from being removed.
//!
//! One rule holds for consumers and administrators, so that no record ever refers to one that is gone.

use serde_json::Value;

use crate::apis::celigo::resources::{
    APIS, ASHARES, CONNECTIONS, CONNECTORS, EDI_TRANSACTIONS, ERRORS, EXPORTS, FLOWS, IMPORTS, INTEGRATIONS, JOBS,
    LICENSES, MCP_SERVERS, RECYCLE_BIN, REVISIONS, TOOLS,
};
use crate::apis::celigo::{ashares, membership, recycle_bin};
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::{Actor, Schema};
use crate::engine::state::State;
use crate::engine::state::hooks::{Change, PendingChange};
use crate::engine::store::Record;

/// Removes the flows of a removed integration, and the exports and imports that no other flow uses. Connections stay.
pub(super) fn integration_removed(state: &mut State, integration: &Record, by: Actor) -> Result<(), Problem> {
    let id = integration.id();
    let since = state.store.of(&RECYCLE_BIN).next_sequence();
    let flows = found(state, &FLOWS, "_integrationId", id);
    let exports = membership::used_or_named(state, &EXPORTS, id, &flows);
    let imports = membership::used_or_named(state, &IMPORTS, id, &flows);

    // All flows are removed first, and then the consequences of each: a record that refers to a removed flow may be
    // removed itself.
    for flow in &flows {
        state.store.of_mut(&FLOWS).remove(flow.id());
    }
    for flow in &flows {
        flow_removed(state, flow, by)?;
        recycle_bin::keep(state, &FLOWS, Change::Removed(flow), by);
    }
    for (resource, records) in [(&EXPORTS, exports), (&IMPORTS, imports)] {
        for record in records {
            let named = record.text("_integrationId");
            let elsewhere = named.is_some_and(|named| named != id) || flow_using(state, resource, &record).is_some();
            if !elsewhere {
                state.remove(resource, &record, by)?;
            } else if named == Some(id) {
                state.patch(resource, &record, &without("_integrationId"), by)?;
            }
        }
    }
    for schema in [&CONNECTIONS, &APIS, &TOOLS, &MCP_SERVERS, &EDI_TRANSACTIONS, &LICENSES] {
        for record in found(state, schema, "_integrationId", id) {
            state.patch(schema, &record, &without("_integrationId"), by)?;
        }
    }
    for resource in [&JOBS, &REVISIONS] {
        for record in found(state, resource, "_integrationId", id) {
            state.store.of_mut(resource).remove(record.id());
        }
    }
    let shares: Vec<Record> = state.store.of(&ASHARES).linked(&INTEGRATIONS, id).cloned().collect();
    for share in shares {
        state.patch(&ASHARES, &share, &ashares::without(&share, id), by)?;
    }
    recycle_bin::tie(state, since, integration)
}

/// Removes the errors of the steps that were removed from a flow.
pub(super) fn steps_removed(state: &mut State, old: &Record, new: &Record) {
    let (before, after) = (membership::steps(old), membership::steps(new));
    let is_gone =
        |error: &Record| error.text("_expOrImpId").is_some_and(|id| before.contains(id) && !after.contains(id));
    for error in found(state, &ERRORS, "_flowId", new.id()).into_iter().filter(is_gone) {
        state.store.of_mut(&ERRORS).remove(error.id());
    }
}

/// Removes the errors and jobs of a removed flow, and its id from the flows that run it next.
pub(super) fn flow_removed(state: &mut State, flow: &Record, by: Actor) -> Result<(), Problem> {
    for error in found(state, &ERRORS, "_flowId", flow.id()) {
        state.store.of_mut(&ERRORS).remove(error.id());
    }
    for job in found(state, &JOBS, "_flowId", flow.id()) {
        for step in found(state, &JOBS, "_flowJobId", job.id()) {
            state.store.of_mut(&JOBS).remove(step.id());
        }
        state.store.of_mut(&JOBS).remove(job.id());
    }
    unlist(state, &FLOWS, "_runNextFlowIds", flow.id(), by)
}

/// Refuses to remove an export that a flow uses.
pub(super) fn export_guard(state: &State, proposal: PendingChange<'_>, _: Actor) -> Result<(), Problem> {
    used_by_flow(state, &EXPORTS, proposal)
}

/// Refuses to remove an import that a flow uses.
pub(super) fn import_guard(state: &State, proposal: PendingChange<'_>, _: Actor) -> Result<(), Problem> {
    used_by_flow(state, &IMPORTS, proposal)
}

/// Refuses to remove a connection that an export or import uses.
pub(super) fn connection_guard(state: &State, proposal: PendingChange<'_>, _: Actor) -> Result<(), Problem> {
    let PendingChange::Remove(connection) = proposal else { return Ok(()) };
    let user = [&EXPORTS, &IMPORTS].into_iter().find_map(|resource| {
        state.store.of(resource).find("_connectionId", connection.id()).next().map(|record| (resource, record))
    });
    user.map_or(Ok(()), |(user, record)| in_use(&CONNECTIONS, user, record))
}

/// Removes the id of a removed connection from all registrations.
pub(super) fn connection_changed(state: &mut State, change: Change<'_>, by: Actor) -> Result<(), Problem> {
    match change {
        Change::Removed(connection) => {
            unlist(state, &INTEGRATIONS, "_registeredConnectionIds", connection.id(), by.followed())
        }
        Change::Created(_) | Change::Replaced(..) => Ok(()),
    }
}

/// Refuses to remove a connector that an integration was installed from.
pub(super) fn connector_guard(state: &State, proposal: PendingChange<'_>, _: Actor) -> Result<(), Problem> {
    let PendingChange::Remove(connector) = proposal else { return Ok(()) };
    let installed = state.store.of(&INTEGRATIONS).find("_connectorId", connector.id()).next();
    installed.map_or(Ok(()), |integration| in_use(&CONNECTORS, &INTEGRATIONS, integration))
}

fn used_by_flow(state: &State, resource: &'static Schema, proposal: PendingChange<'_>) -> Result<(), Problem> {
    let PendingChange::Remove(record) = proposal else { return Ok(()) };
    flow_using(state, resource, record).map_or(Ok(()), |flow| in_use(resource, &FLOWS, &flow))
}

fn flow_using(state: &State, resource: &'static Schema, record: &Record) -> Option<Record> {
    state.store.of(&FLOWS).linked(resource, record.id()).next().cloned()
}

fn in_use(resource: &'static Schema, user: &'static Schema, record: &Record) -> Result<(), Problem> {
    Err(Problem::InUse { resource, by: format!("{} {:?}", user.title.to_lowercase(), record.id()) })
}

fn found(state: &State, resource: &'static Schema, field: &str, id: &str) -> Vec<Record> {
    state.store.of(resource).find(field, id).cloned().collect()
}

/// Removes an id from a field of ids in all records of a kind.
fn unlist(state: &mut State, resource: &'static Schema, field: &str, id: &str, by: Actor) -> Result<(), Problem> {
    for record in found(state, resource, field, id) {
        let ids = record.get(field).and_then(Value::as_array).into_iter().flatten();
        let rest: Value = ids.filter(|listed| listed.as_str() != Some(id)).cloned().collect();
        state.patch(resource, &record, &Document::from_iter([(field.to_owned(), rest)]), by)?;
    }
    Ok(())
}

fn without(field: &str) -> Document {
    Document::from_iter([(field.to_owned(), Value::Null)])
}
