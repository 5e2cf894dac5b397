//! Copies of flows, exports, imports and lookup caches; other connections in their steps; flows in groupings.

use serde_json::{Value, json};

use crate::apis::celigo::clone::{connections, copied, line};
use crate::apis::celigo::errors::{INVALID_CONNECTION_MAP, INVALID_REF};
use crate::apis::celigo::resources::{
    CACHE_ENTRIES, CONNECTIONS, EXPORTS, FLOWS, IMPORTS, INTEGRATIONS, LOOKUP_CACHES,
};
use crate::apis::celigo::step_errors::texts;
use crate::apis::celigo::{connection_registrations, membership};
use crate::engine::api::context::Context;
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::{FieldFaultKind, Problem};
use crate::engine::schema::schema::{Actor, Schema};
use crate::engine::state::State;
use crate::engine::store::Record;
use crate::http::message::Response;

fn given_text(given: &Document, name: &'static str) -> Result<Option<String>, Problem> {
    match given.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Problem::field(name, FieldFaultKind::WrongType { expected: "a string" })),
    }
}

fn copy_name(original: &Record, given: &Document) -> Result<String, Problem> {
    let named = given_text(given, "name")?.filter(|name| !name.trim().is_empty());
    Ok(named.unwrap_or_else(|| format!("Clone - {}", original.text("name").unwrap_or_default())))
}

/// Handles `flows.clone`: copies the flow and its steps into an integration. The copy is disabled.
pub(super) fn flow(context: &mut Context<'_>) -> Result<Response, Problem> {
    let flow = context.record(&FLOWS, "id")?;
    let given = context.fields()?;
    let integration = given_text(&given, "_integrationId")?.unwrap_or_default();
    let is_there = context.state.store.of(&INTEGRATIONS).get(&integration);
    if is_there.is_none_or(|integration| !context.is_visible(&INTEGRATIONS, integration)) {
        return Err(Problem::named(INVALID_REF, "Integration not found for the given id"));
    }
    let steps = membership::steps(&flow);
    let of = |schema: &'static Schema| -> Vec<Record> {
        steps.iter().filter_map(|id| context.state.store.of(schema).get(id)).cloned().collect()
    };
    let (exports, imports) = (of(&EXPORTS), of(&IMPORTS));
    let has_connections = exports.iter().chain(&imports).any(|step| step.text("_connectionId").is_some());
    if has_connections && given.get("connectionMap").is_none_or(Value::is_null) {
        return Err(Problem::named(INVALID_CONNECTION_MAP, "connectionMap is required"));
    }
    let mut ids = connections(context, given.get("connectionMap"))?;
    let name = copy_name(&flow, &given)?;
    let grouping = given_text(&given, "_flowGroupingId")?;
    let manifest = context.state.atomically(|state| {
        let mut manifest = Vec::new();
        for (schema, model, records) in [(&EXPORTS, "Export", &exports), (&IMPORTS, "Import", &imports)] {
            for record in records {
                let copy = state.create_from(schema, copied(schema, record, &ids), Actor::Consumer)?;
                ids.insert(record.id().to_owned(), copy.id().to_owned());
                manifest.push(line((model, &copy)));
            }
        }
        let mut fields = copied(&FLOWS, &flow, &ids);
        fields.insert("name", name.into());
        fields.insert("_integrationId", integration.into());
        fields.insert("disabled", true.into());
        fields.remove("_flowGroupingId");
        fields.extend(grouping.map(|grouping| ("_flowGroupingId", Value::from(grouping))));
        let copy = state.create_from(&FLOWS, fields, Actor::Consumer)?;
        manifest.insert(0, line(("Flow", &copy)));
        Ok(manifest)
    })?;
    Ok(Response::json(context.success(), &manifest.into()))
}

/// Handles `exports.clone`
pub(super) fn export(context: &mut Context<'_>) -> Result<Response, Problem> {
    copy(context, &EXPORTS)
}

/// Handles `imports.clone`
pub(super) fn import(context: &mut Context<'_>) -> Result<Response, Problem> {
    copy(context, &IMPORTS)
}

/// Handles `lookupcaches.clone`: copies the cache with its data.
pub(super) fn lookup_cache(context: &mut Context<'_>) -> Result<Response, Problem> {
    let response = copy(context, &LOOKUP_CACHES)?;
    let made: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let (original, copy) = (context.param("id").to_owned(), made["_id"].as_str().unwrap_or_default().to_owned());
    let entries = context.state.store.of(&CACHE_ENTRIES).find("_lookupCacheId", &original);
    let entries: Vec<Record> = entries.cloned().collect();
    for entry in &entries {
        let key = entry.text("key").unwrap_or_default();
        let fields = Document::from_iter([
            ("_id", Value::from(format!("{copy}:{key}"))),
            ("_lookupCacheId", copy.as_str().into()),
            ("key", key.into()),
            ("value", entry.get("value").cloned().unwrap_or_default()),
        ]);
        context.state.create_from(&CACHE_ENTRIES, fields, Actor::Service)?;
    }
    let there = context.state.store.of(&LOOKUP_CACHES).get(&copy).cloned();
    let Some(there) = there else { return Ok(response) };
    let size = Document::from_iter([("size", Value::from(entries.len()))]);
    let there = context.state.patch(&LOOKUP_CACHES, &there, &size, Actor::Fixture)?;
    Ok(context.show(&there))
}

fn copy(context: &mut Context<'_>, schema: &'static Schema) -> Result<Response, Problem> {
    let original = context.record(schema, "id")?;
    let given = context.fields()?;
    let ids = connections(context, given.get("connectionMap"))?;
    let mut fields = copied(schema, &original, &ids);
    fields.insert("name", copy_name(&original, &given)?.into());
    let copy = context.state.create_from(schema, fields, Actor::Consumer)?;
    Ok(context.show(&copy))
}

/// Handles `integrations.clonePreview`: lists the records that a copy would copy.
pub(super) fn preview(context: &mut Context<'_>) -> Result<Response, Problem> {
    let integration = context.record(&INTEGRATIONS, "id")?;
    let shown = |record: &Record| serde_json::from_slice::<Value>(record.bytes()).expect("a record is JSON");
    let mut objects = vec![json!({ "model": "Integration", "doc": shown(&integration) })];
    let kinds = [("Flow", &FLOWS), ("Export", &EXPORTS), ("Import", &IMPORTS), ("Connection", &CONNECTIONS)];
    for (model, schema) in kinds {
        let records = membership::of(context.state, &integration, schema);
        objects.extend(records.iter().map(|record| json!({ "model": model, "doc": shown(record) })));
    }
    Ok(Response::json(context.success(), &json!({ "objects": objects })))
}

/// Returns the connection that the body names, which must exist.
fn connection(context: &Context<'_>, given: &Document, name: &'static str) -> Result<String, Problem> {
    let id = given_text(given, name)?.ok_or_else(|| Problem::field(name, FieldFaultKind::Missing))?;
    let connection = context.state.store.of(&CONNECTIONS).get(&id);
    if connection.is_none_or(|connection| !context.is_visible(&CONNECTIONS, connection)) {
        return Err(Problem::field(name, FieldFaultKind::Dangling { to: CONNECTIONS.name, id }));
    }
    Ok(id)
}

/// Handles `exports.replaceConnection`
pub(super) fn replace_in_export(context: &mut Context<'_>) -> Result<Response, Problem> {
    replace(context, &EXPORTS)
}

/// Handles `imports.replaceConnection`
pub(super) fn replace_in_import(context: &mut Context<'_>) -> Result<Response, Problem> {
    replace(context, &IMPORTS)
}

fn replace(context: &mut Context<'_>, schema: &'static Schema) -> Result<Response, Problem> {
    let record = context.record(schema, "id")?;
    let given = context.fields()?;
    let new = connection(context, &given, "_newConnectionId")?;
    let change = Document::from_iter([("_connectionId", Value::from(new))]);
    let record = context.state.patch(schema, &record, &change, Actor::Service)?;
    Ok(context.show(&record))
}

/// Handles `flows.replaceConnection`: replaces the connection of all steps that use the old one, and registers the new
/// one.
pub(super) fn replace_in_flow(context: &mut Context<'_>) -> Result<Response, Problem> {
    let flow = context.record(&FLOWS, "id")?;
    let given = context.fields()?;
    let old = connection(context, &given, "_connectionId")?;
    let new = connection(context, &given, "_newConnectionId")?;
    let steps: Vec<String> = membership::steps(&flow).into_iter().map(str::to_owned).collect();
    context.state.atomically(|state| {
        for schema in [&EXPORTS, &IMPORTS] {
            let on_old = steps.iter().filter_map(|id| state.store.of(schema).get(id));
            let on_old: Vec<Record> = on_old.filter(|it| it.text("_connectionId") == Some(&old)).cloned().collect();
            for step in on_old {
                let change = Document::from_iter([("_connectionId", Value::from(new.as_str()))]);
                state.patch(schema, &step, &change, Actor::Service)?;
            }
        }
        connection_registrations::of_flow(state, &flow, Actor::Consumer)
    })?;
    Ok(context.show(&flow))
}

/// Handles `flows.updateFlowGrouping`
pub(super) fn group(context: &mut Context<'_>) -> Result<Response, Problem> {
    let given = context.fields()?;
    let ids = texts(context, "_flowIds")?.ok_or_else(|| Problem::field("_flowIds", FieldFaultKind::Missing))?;
    let grouping = given_text(&given, "_flowGroupingId")?;
    let mut flows = Vec::new();
    for id in ids {
        let flow = context.state.store.of(&FLOWS).get(&id).filter(|flow| context.is_visible(&FLOWS, flow)).cloned();
        let dangling = || Problem::field("_flowIds", FieldFaultKind::Dangling { to: FLOWS.name, id });
        flows.push(flow.ok_or_else(dangling)?);
    }
    if let Some(id) = grouping.as_deref().filter(|id| !id.is_empty())
        && !flows.iter().all(|flow| has_grouping(context.state, flow, id))
    {
        let to = "the flow groupings of its integration";
        return Err(Problem::field("_flowGroupingId", FieldFaultKind::Dangling { to, id: id.to_owned() }));
    }
    for flow in flows {
        let change = Document::from_iter([("_flowGroupingId", grouping.clone().into())]);
        context.state.patch(&FLOWS, &flow, &change, Actor::Service)?;
    }
    Ok(Response::empty(context.success()))
}

/// Tells whether the integration of a flow has a grouping of that id.
fn has_grouping(state: &State, flow: &Record, id: &str) -> bool {
    let integration = flow.text("_integrationId").and_then(|id| state.store.of(&INTEGRATIONS).get(id));
    let groupings = integration.and_then(|it| it.get("flowGroupings")).and_then(Value::as_array);
    groupings.is_some_and(|groupings| groupings.iter().any(|grouping| grouping["_id"] == id))
}
