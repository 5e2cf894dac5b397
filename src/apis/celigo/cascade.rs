//! What goes with a record that goes, and what holds a record back.
//!
//! The same for consumers and administrators, so that no record ever refers to one that is gone.

use serde_json::Value;

use crate::apis::celigo::ashares;
use crate::apis::celigo::contents;
use crate::apis::celigo::resources::{
    ASHARES, CONNECTIONS, CONNECTORS, ERRORS, EXPORTS, FLOWS, IMPORTS, INTEGRATIONS, JOBS, REVISIONS,
};
use crate::engine::api::{By, Change, Proposal, Resource};
use crate::engine::problem::Problem;
use crate::engine::store::{Fields, Record};
use crate::engine::world::World;

/// With an integration go its flows, and the exports and imports that nothing else has. Connections stay.
pub fn integration_removed(world: &mut World, integration: &Record, by: By) -> Result<(), Problem> {
    let id = integration.id();
    let flows = found(world, &FLOWS, "_integrationId", id);
    let exports = contents::used_or_named(world, &EXPORTS, id, &flows);
    let imports = contents::used_or_named(world, &IMPORTS, id, &flows);

    // All flows first, and only then what follows from each: what refers to another flow may itself be going.
    for flow in &flows {
        world.store.of_mut(&FLOWS).remove(flow.id());
    }
    for flow in &flows {
        flow_removed(world, flow, by)?;
    }
    for (resource, records) in [(&EXPORTS, exports), (&IMPORTS, imports)] {
        for record in records {
            let named = record.text("_integrationId");
            let elsewhere = named.is_some_and(|named| named != id) || flow_using(world, resource, &record).is_some();
            if !elsewhere {
                world.remove(resource, &record, by)?;
            } else if named == Some(id) {
                world.patch(resource, &record, &without("_integrationId"), by)?;
            }
        }
    }
    for connection in found(world, &CONNECTIONS, "_integrationId", id) {
        world.patch(&CONNECTIONS, &connection, &without("_integrationId"), by)?;
    }
    for resource in [&JOBS, &REVISIONS] {
        for record in found(world, resource, "_integrationId", id) {
            world.store.of_mut(resource).remove(record.id());
        }
    }
    let shares: Vec<Record> = world.store.of(&ASHARES).linked(&INTEGRATIONS, id).cloned().collect();
    for share in shares {
        world.patch(&ASHARES, &share, &ashares::without(&share, id), by)?;
    }
    Ok(())
}

/// With a step that is taken out of a flow go its errors.
pub fn steps_removed(world: &mut World, old: &Record, new: &Record) {
    let (before, after) = (contents::steps(old), contents::steps(new));
    let is_gone =
        |error: &Record| error.text("_expOrImpId").is_some_and(|id| before.contains(id) && !after.contains(id));
    for error in found(world, &ERRORS, "_flowId", new.id()).into_iter().filter(is_gone) {
        world.store.of_mut(&ERRORS).remove(error.id());
    }
}

/// With a flow go its errors and jobs, and no other flow runs it next any more.
pub fn flow_removed(world: &mut World, flow: &Record, by: By) -> Result<(), Problem> {
    for resource in [&ERRORS, &JOBS] {
        for record in found(world, resource, "_flowId", flow.id()) {
            world.store.of_mut(resource).remove(record.id());
        }
    }
    unlist(world, &FLOWS, "_runNextFlowIds", flow.id(), by)
}

/// An export that a flow uses cannot go.
pub fn export_guard(world: &World, proposal: Proposal<'_>, _: By) -> Result<(), Problem> {
    used_by_flow(world, &EXPORTS, proposal)
}

/// An import that a flow uses cannot go.
pub fn import_guard(world: &World, proposal: Proposal<'_>, _: By) -> Result<(), Problem> {
    used_by_flow(world, &IMPORTS, proposal)
}

/// A connection that an export or import uses cannot go.
pub fn connection_guard(world: &World, proposal: Proposal<'_>, _: By) -> Result<(), Problem> {
    let Proposal::Remove(connection) = proposal else { return Ok(()) };
    let user = [&EXPORTS, &IMPORTS].into_iter().find_map(|resource| {
        world.store.of(resource).find("_connectionId", connection.id()).next().map(|record| (resource, record))
    });
    user.map_or(Ok(()), |(user, record)| in_use(&CONNECTIONS, user, record))
}

/// A connection that goes is registered nowhere any more.
pub fn connection_changed(world: &mut World, change: Change<'_>, by: By) -> Result<(), Problem> {
    match change {
        Change::Removed(connection) => {
            unlist(world, &INTEGRATIONS, "_registeredConnectionIds", connection.id(), by.followed())
        }
        Change::Created(_) | Change::Replaced(..) => Ok(()),
    }
}

/// A connector that an integration was installed from cannot go.
pub fn connector_guard(world: &World, proposal: Proposal<'_>, _: By) -> Result<(), Problem> {
    let Proposal::Remove(connector) = proposal else { return Ok(()) };
    let installed = world.store.of(&INTEGRATIONS).find("_connectorId", connector.id()).next();
    installed.map_or(Ok(()), |integration| in_use(&CONNECTORS, &INTEGRATIONS, integration))
}

fn used_by_flow(world: &World, resource: &'static Resource, proposal: Proposal<'_>) -> Result<(), Problem> {
    let Proposal::Remove(record) = proposal else { return Ok(()) };
    flow_using(world, resource, record).map_or(Ok(()), |flow| in_use(resource, &FLOWS, &flow))
}

fn flow_using(world: &World, resource: &'static Resource, record: &Record) -> Option<Record> {
    world.store.of(&FLOWS).linked(resource, record.id()).next().cloned()
}

fn in_use(resource: &'static Resource, user: &'static Resource, record: &Record) -> Result<(), Problem> {
    Err(Problem::InUse { resource, by: format!("{} {:?}", user.title.to_lowercase(), record.id()) })
}

fn found(world: &World, resource: &'static Resource, field: &str, id: &str) -> Vec<Record> {
    world.store.of(resource).find(field, id).cloned().collect()
}

/// Takes an id out of a list of ids, wherever it stands.
fn unlist(world: &mut World, resource: &'static Resource, field: &str, id: &str, by: By) -> Result<(), Problem> {
    for record in found(world, resource, field, id) {
        let ids = record.get(field).and_then(Value::as_array).into_iter().flatten();
        let rest: Value = ids.filter(|listed| listed.as_str() != Some(id)).cloned().collect();
        world.patch(resource, &record, &Fields::from_iter([(field.to_owned(), rest)]), by)?;
    }
    Ok(())
}

fn without(field: &str) -> Fields {
    Fields::from_iter([(field.to_owned(), Value::Null)])
}
