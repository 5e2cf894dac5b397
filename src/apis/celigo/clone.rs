//! Copies of integrations.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::apis::celigo::resources::{CONNECTIONS, EXPORTS, FLOWS, IMPORTS, INTEGRATIONS};
use crate::apis::celigo::{connection_registrations, membership};
use crate::engine::api::context::Context;
use crate::engine::schema::document::Document;
use crate::engine::schema::field::{Owner, PRIVATE_PREFIX};
use crate::engine::schema::problem::{FieldFaultKind, Problem};
use crate::engine::schema::profile::Profile;
use crate::engine::schema::schema::{Actor, Schema};
use crate::engine::state::State;
use crate::engine::store::Record;
use crate::http::message::Response;

/// The longest name an integration may have.
const NAME_CHARS: usize = 100;

/// Fields of an integration that its copy does not have: those of the connector it came from.
const LEFT_OUT: &[&str] =
    &["_connectorId", "mode", "version", "install", "updateInProgress", "_templateId", "_parentId"];

/// Old ids and the ids that stand for them in the copy.
pub(super) type CopiedIds = BTreeMap<String, String>;

/// Handles `integrations.clone`: makes a new integration with copies of the flows, exports and imports. Connections are
/// shared, except those that `connectionMap` replaces.
pub(super) fn integration(context: &mut Context<'_>) -> Result<Response, Problem> {
    let original = context.record(&INTEGRATIONS, "id")?;
    let asked = context.fields()?;
    let mut ids = connections(context, asked.get("connectionMap"))?;
    let mut fields = copied(&INTEGRATIONS, &original, &CopiedIds::new());
    fields.retain(|name| !LEFT_OUT.contains(&name));
    let name = format!("Clone - {}", original.text("name").unwrap_or_default());
    fields.insert("name", name.chars().take(NAME_CHARS).collect::<String>().into());
    fields.insert("_sourceId", original.id().into());
    for name in ["name", "sandbox"] {
        if let Some(value) = asked.get(name).filter(|value| !value.is_null()) {
            fields.insert(name, value.clone());
        }
    }
    fields.insert("_registeredConnectionIds", registered(context.state, &original, &ids));
    let (copy, made) = context.state.atomically(|state| {
        let copy = state.create(&INTEGRATIONS, &fields, Actor::Service)?;
        ids.insert(original.id().to_owned(), copy.id().to_owned());
        let made = contain(state, &original, &mut ids)?;
        Ok((copy, made))
    })?;
    if context.profile() == Profile::Live {
        let manifest: Value =
            std::iter::once(("Integration", &copy)).chain(made.iter().map(|(m, it)| (*m, it))).map(line).collect();
        return Ok(Response::json(context.success(), &manifest));
    }
    Ok(context.show(&copy))
}

/// Returns the line of a record in the list of the copied records.
pub(super) fn line((model, made): (&'static str, &Record)) -> Value {
    json!({ "model": model, "_id": made.id(), "name": made.text("name") })
}

/// Returns the connections that are registered with a copy from the start, so that none of its flows registers another.
/// A connection that replaces several is listed once.
fn registered(state: &State, original: &Record, ids: &CopiedIds) -> Value {
    let needed = connection_registrations::needed(state, original);
    let needed = needed.iter().map(|id| ids.get(id).unwrap_or(id));
    let mut seen = BTreeSet::new();
    needed.filter(|id| seen.insert(*id)).map(|id| Value::from(id.as_str())).collect()
}

/// Copies the records of the original. Exports and imports come before the flows that use them; the flows that a flow
/// runs next are set when all flows are there. Returns the copies, flows first.
fn contain(state: &mut State, original: &Record, ids: &mut CopiedIds) -> Result<Vec<(&'static str, Record)>, Problem> {
    let mut steps = Vec::new();
    for (model, resource) in [("Export", &EXPORTS), ("Import", &IMPORTS)] {
        for record in membership::of(state, original, resource) {
            let copy = state.create(resource, &copied(resource, &record, ids), Actor::Consumer)?;
            ids.insert(record.id().to_owned(), copy.id().to_owned());
            steps.push((model, copy));
        }
    }
    let flows = membership::of(state, original, &FLOWS);
    let mut copies = Vec::new();
    for flow in &flows {
        let mut fields = copied(&FLOWS, flow, ids);
        fields.remove("_runNextFlowIds");
        let copy = state.create(&FLOWS, &fields, Actor::Consumer)?;
        ids.insert(flow.id().to_owned(), copy.id().to_owned());
        copies.push(copy);
    }
    for (flow, copy) in flows.iter().zip(&copies) {
        let next = membership::ids(flow.fields(), "_runNextFlowIds").map(|id| ids.get(id).map_or(id, String::as_str));
        let next: Value = next.collect();
        if copy.get("_runNextFlowIds") != Some(&next) {
            let change = Document::from_iter([("_runNextFlowIds", next)]);
            state.patch(&FLOWS, copy, &change, Actor::Consumer)?;
        }
    }
    Ok(copies.into_iter().map(|flow| ("Flow", flow)).chain(steps).collect())
}

/// Returns the fields of a copy: those that the service does not set itself, with the new ids in place of the old ones.
pub(super) fn copied(resource: &'static Schema, record: &Record, ids: &CopiedIds) -> Document {
    let own = |name: &str| {
        name == resource.id_field
            || name.starts_with(PRIVATE_PREFIX)
            || resource.field(name).is_some_and(|field| {
                matches!(field.owner, Owner::CreatedAt | Owner::UpdatedAt | Owner::Service) || field.default.is_drawn()
            })
    };
    let mut fields = record.fields().only(|name| !own(name));
    fields.iter_mut().for_each(|(_, value)| *value = renamed(value, ids));
    fields
}

fn renamed(value: &Value, ids: &CopiedIds) -> Value {
    match value {
        Value::String(text) => ids.get(text).map_or_else(|| value.clone(), |id| Value::from(id.as_str())),
        Value::Array(items) => items.iter().map(|item| renamed(item, ids)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), renamed(value, ids))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

/// Returns the connections that replace others, by the ids of these. All of them must exist.
pub(super) fn connections(context: &Context<'_>, map: Option<&Value>) -> Result<CopiedIds, Problem> {
    const FIELD: &str = "connectionMap";
    let wrong = |expected| Problem::field(FIELD, FieldFaultKind::WrongType { expected });
    let map = match map {
        None | Some(Value::Null) => return Ok(CopiedIds::new()),
        Some(map) => map.as_object().ok_or_else(|| wrong("an object"))?,
    };
    let pairs = map.iter().map(|(old, new)| {
        let new = new.as_str().ok_or_else(|| wrong("an object of ids"))?;
        for id in [old.as_str(), new] {
            let connection = context.state.store.of(&CONNECTIONS).get(id);
            if connection.is_none_or(|connection| !context.is_visible(&CONNECTIONS, connection)) {
                let kind = FieldFaultKind::Dangling { to: CONNECTIONS.name, id: id.to_owned() };
                return Err(Problem::field(FIELD, kind));
            }
        }
        Ok((old.clone(), new.to_owned()))
    });
    pairs.collect()
}
