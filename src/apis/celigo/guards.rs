//! Guards: changes that the service refuses although each field is valid.

use serde_json::Value;

use crate::apis::celigo::errors::STEPS_TWICE;
use crate::apis::celigo::errors::{INVALID_OPERATION, VALIDATION_ERROR};
use crate::apis::celigo::resources::{FLOWS, INTEGRATIONS, LISTENER};
use crate::apis::celigo::{API, cascade};
use crate::engine::schema::document::Document;
use crate::engine::schema::field::Field;
use crate::engine::schema::problem::{FieldFault, FieldFaultKind, Problem};
use crate::engine::schema::profile::Profile;
use crate::engine::schema::schema::Actor;
use crate::engine::state::State;
use crate::engine::state::hooks::PendingChange;
use crate::engine::store::Record;
use crate::http::tree::bytes_of;

/// The most records of a mock output.
const MOCK_RECORDS: usize = 10;
const MOCK_BYTES: usize = 1 << 20;

/// Rejects a name that another integration has; the running service takes any name, and refuses to remove an
/// integration that has flows.
pub(super) fn integration(state: &State, proposal: PendingChange<'_>, by: Actor) -> Result<(), Problem> {
    let is_live = state.settings.profile(API.name) == Profile::Live;
    let (fields, own) = match proposal {
        PendingChange::Create(fields) => (fields, None),
        PendingChange::Replace(old, fields) => (fields, Some(old.id())),
        PendingChange::Remove(integration) => {
            let is_kept = is_live && by == Actor::Consumer && has_flows(state, integration);
            return if is_kept { Err(Problem::named(INVALID_OPERATION, "Integration has flows")) } else { Ok(()) };
        }
    };
    let Some(name) = fields.get("name").and_then(Value::as_str) else { return Ok(()) };
    let mut namesakes = state.store.of(&INTEGRATIONS).find("name", name);
    if !is_live && namesakes.any(|other| Some(other.id()) != own) {
        return Err(Problem::Taken { resource: &INTEGRATIONS, field: "name" });
    }
    Ok(())
}

fn has_flows(state: &State, integration: &Record) -> bool {
    state.store.of(&FLOWS).find("_integrationId", integration.id()).next().is_some()
}

/// Rejects a flow of a consumer that has steps both in a line and in routers.
pub(super) fn flow(_: &State, proposal: PendingChange<'_>, by: Actor) -> Result<(), Problem> {
    let (PendingChange::Create(fields) | PendingChange::Replace(_, fields)) = proposal else { return Ok(()) };
    let has = |name| fields.get(name).and_then(Value::as_array).is_some_and(|steps| !steps.is_empty());
    if by == Actor::Consumer && has("pageProcessors") && has("routers") {
        return Err(Problem::named(VALIDATION_ERROR, STEPS_TWICE).about("pageProcessors"));
    }
    Ok(())
}

/// Refuses to remove an export that a flow uses, and rejects mock data of a consumer that is larger than the service
/// takes.
pub(super) fn export(state: &State, proposal: PendingChange<'_>, by: Actor) -> Result<(), Problem> {
    if let PendingChange::Create(fields) | PendingChange::Replace(_, fields) = &proposal {
        listener(fields)?;
        if by == Actor::Consumer {
            mock_output(fields)?;
        }
    }
    cascade::export_guard(state, proposal, by)
}

/// Rejects settings of a listener that are not understood: the listener would verify nothing, or answer otherwise than
/// they say.
fn listener(export: &Document) -> Result<(), Problem> {
    let Some(settings) = export.get("webhook").and_then(Value::as_object) else { return Ok(()) };
    let given = |name: &str| settings.get(name).filter(|value| !value.is_null() && *value != "");
    let wrong = |field: &Field| field.fault(Some(given(field.name)?));
    let wrong_status = |name: &'static str| {
        let is_success = given(name)?.as_u64().is_some_and(|status| (200..300).contains(&status));
        let kind = FieldFaultKind::WrongType { expected: "a status from 200 to 299" };
        (!is_success).then_some(FieldFault { field: name.into(), kind })
    };
    let statuses = ["successStatusCode", "challengeSuccessStatusCode"].into_iter().filter_map(wrong_status);
    let mut faults: Vec<FieldFault> = LISTENER.iter().filter_map(wrong).chain(statuses).collect();
    if faults.is_empty() {
        return Ok(());
    }
    faults.iter_mut().for_each(|fault| fault.field = format!("webhook.{}", fault.field).into());
    Err(Problem::Fields(faults))
}

/// Rejects a mock output that is larger than the service takes.
pub(super) fn mock_output(export: &Document) -> Result<(), Problem> {
    let Some(mock) = export.get("mockOutput") else { return Ok(()) };
    let records = mock.get("page_of_records").and_then(Value::as_array).map_or(0, Vec::len);
    if records > MOCK_RECORDS {
        let message = format!("mockOutput must have at most {MOCK_RECORDS} records");
        return Err(Problem::named(INVALID_OPERATION, message).about("mockOutput"));
    }
    if bytes_of(mock) > MOCK_BYTES {
        return Err(Problem::named(INVALID_OPERATION, "mockOutput must have at most 1 MB").about("mockOutput"));
    }
    Ok(())
}
