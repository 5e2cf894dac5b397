//! The recycle bin: deleted records, kept for thirty days.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::apis::celigo::errors::{INVALID_OPERATION, NOT_FOUND};
use crate::apis::celigo::resources::{
    CONNECTIONS, EXPORTS, FLOWS, IMPORTS, INTEGRATIONS, LOOKUP_CACHES, RECYCLE_BIN, SCRIPTS,
};
use crate::apis::celigo::{audit, membership, paging};
use crate::engine::api::context::Context;
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::{Actor, Schema};
use crate::engine::state::State;
use crate::engine::state::hooks::Change;
use crate::engine::store::Record;
use crate::http::message::Response;

/// Removes a deleted record for good.
pub(super) fn expire(state: &mut State, deleted: &Record) -> Result<(), Problem> {
    state.remove(&RECYCLE_BIN, deleted, Actor::Fixture)
}

/// The kinds of records that are kept, each with the word of its path, in the order in which they can be restored.
const KINDS: &[(&str, &str, &Schema)] = &[
    ("connections", "Connection", &CONNECTIONS),
    ("integrations", "Integration", &INTEGRATIONS),
    ("scripts", "Script", &SCRIPTS),
    ("exports", "Export", &EXPORTS),
    ("imports", "Import", &IMPORTS),
    ("flows", "Flow", &FLOWS),
    ("lookupcaches", "LookupCache", &LOOKUP_CACHES),
];

/// The field of a flow with the flows that it runs next.
const NEXT: &str = "_runNextFlowIds";

fn key(kind: &str, id: &str) -> String {
    format!("{kind}/{id}")
}

/// Writes the audit entry of a change, and keeps a removed record.
pub(super) fn keep(state: &mut State, schema: &'static Schema, change: Change<'_>, by: Actor) {
    if *schema != LOOKUP_CACHES {
        audit::note(state, schema, change, by);
    }
    let (Change::Removed(record), false) = (change, by == Actor::Fixture) else { return };
    let Some((kind, model, _)) = KINDS.iter().find(|(.., known)| *known == schema) else { return };
    let fields = Document::from_iter([
        ("key", Value::from(key(kind, record.id()))),
        ("kind", (*kind).into()),
        ("model", (*model).into()),
        ("doc", record.fields().clone().into()),
    ]);
    // No rule refuses such a record.
    let _ = state.create_in_history(&RECYCLE_BIN, fields, Actor::Administrator);
}

/// Marks the records deleted since then with the integration that they were deleted with.
pub(super) fn tie(state: &mut State, since: u64, integration: &Record) -> Result<(), Problem> {
    let recent = state.store.of(&RECYCLE_BIN).iter().filter(|it| it.sequence() >= since);
    let recent: Vec<Record> = recent.cloned().collect();
    for deleted in recent {
        let along = Document::from_iter([("along", Value::from(key("integrations", integration.id())))]);
        state.patch(&RECYCLE_BIN, &deleted, &along, Actor::Fixture)?;
    }
    Ok(())
}

/// Returns a deleted record as its kind shows it: secrets stay hidden.
fn shown(deleted: &Record) -> Value {
    let doc = deleted.get("doc").cloned().and_then(Document::of).unwrap_or_default();
    let schema = KINDS.iter().find(|(kind, ..)| deleted.text("kind") == Some(kind)).map(|(.., schema)| *schema);
    match schema {
        Some(schema) => serde_json::from_slice(Record::new(schema, 0, doc).bytes()).expect("a record's bytes are JSON"),
        None => doc.into(),
    }
}

/// Returns the deleted records that the caller may see, of one kind or all, the latest first.
fn of_kind(context: &Context<'_>, kind: Option<&str>) -> Vec<Record> {
    let deleted = context.state.store.of(&RECYCLE_BIN).iter();
    let mut deleted: Vec<Record> = deleted
        .filter(|it| kind.is_none_or(|kind| it.text("kind") == Some(kind)) && context.caller.sees.is_none())
        .cloned()
        .collect();
    deleted.reverse();
    deleted
}

/// Handles `recycleBin.list`: lists all deleted records, each with its kind.
pub(super) fn list(context: &mut Context<'_>) -> Result<Response, Problem> {
    let deleted = of_kind(context, None);
    paging::rows(context, &deleted, |it| json!({ "model": it.get("model"), "doc": shown(it) }))
}

/// Returns the kind that the path names.
fn kind_of(context: &Context<'_>) -> Result<&'static str, Problem> {
    let named = context.param("type");
    let kind = KINDS.iter().find(|(kind, ..)| *kind == named);
    kind.map(|(kind, ..)| *kind).ok_or_else(|| Problem::named(NOT_FOUND, format!("The recycle bin has no {named}")))
}

/// Handles `recycleBin.type`: lists the deleted records of one kind.
pub(super) fn of_type(context: &mut Context<'_>) -> Result<Response, Problem> {
    let kind = kind_of(context)?;
    paging::rows(context, &of_kind(context, Some(kind)), shown)
}

/// Returns the deleted record of the path.
fn one(context: &Context<'_>) -> Result<Record, Problem> {
    let key = key(kind_of(context)?, context.param("id"));
    let deleted = context.state.store.of(&RECYCLE_BIN).find("key", &key).next_back();
    let deleted = deleted.filter(|_| context.caller.sees.is_none()).cloned();
    deleted.ok_or_else(|| Problem::named(NOT_FOUND, "Deleted record not found"))
}

/// Handles `recycleBin.get`
pub(super) fn get(context: &mut Context<'_>) -> Result<Response, Problem> {
    let deleted = one(context)?;
    Ok(Response::json(context.success(), &shown(&deleted)))
}

/// Handles `recycleBin.restore`: makes the record again, with its id.
pub(super) fn restore(context: &mut Context<'_>) -> Result<Response, Problem> {
    let deleted = one(context)?;
    context.state.atomically(|state| put_back(state, &[deleted]))?;
    Ok(Response::empty(context.success()))
}

/// Handles `recycleBin.restoreCascade`: makes the record again, with those that were deleted with it and those that
/// they refer to.
pub(super) fn restore_cascade(context: &mut Context<'_>) -> Result<Response, Problem> {
    let deleted = one(context)?;
    let key = deleted.text("key").unwrap_or_default().to_owned();
    let mut all: Vec<Record> = context.state.store.of(&RECYCLE_BIN).find("along", &key).cloned().collect();
    all.push(deleted);
    add_descendants(context.state, &mut all);
    context.state.atomically(|state| put_back(state, &all))?;
    Ok(Response::empty(context.success()))
}

/// Handles `recycleBin.purge`: deletes the record for good.
pub(super) fn purge(context: &mut Context<'_>) -> Result<Response, Problem> {
    let deleted = one(context)?;
    context.state.remove(&RECYCLE_BIN, &deleted, Actor::Service)?;
    Ok(Response::empty(context.success()))
}

/// Adds the deleted steps, connections and scripts that these records refer to, at any depth.
fn add_descendants(state: &State, all: &mut Vec<Record>) {
    let is_parent = |it: &Record| matches!(it.text("kind"), Some("integrations" | "flows"));
    let deleted = state.store.of(&RECYCLE_BIN).iter().filter(|it| !is_parent(it));
    let mut left: BTreeMap<&str, &Record> = deleted.filter_map(|it| Some((deleted_id(it)?, it))).collect();
    for it in all.iter() {
        deleted_id(it).and_then(|id| left.remove(id));
    }
    let mut place = 0;
    while let Some(it) = all.get(place).cloned() {
        it.get("doc").into_iter().for_each(|doc| take_named(doc, &mut left, all));
        place += 1;
    }
}

fn deleted_id(deleted: &Record) -> Option<&str> {
    deleted.get("doc")?.get("_id")?.as_str()
}

/// Moves the records whose ids are in a document.
fn take_named(document: &Value, left: &mut BTreeMap<&str, &Record>, all: &mut Vec<Record>) {
    match document {
        Value::String(id) => all.extend(left.remove(id.as_str()).cloned()),
        Value::Array(items) => items.iter().for_each(|item| take_named(item, left, all)),
        Value::Object(fields) => fields.values().for_each(|value| take_named(value, left, all)),
        _ => {}
    }
}

/// Makes records again, after the records that they refer to. A flow keeps those of its next flows that exist then.
fn put_back(state: &mut State, deleted: &[Record]) -> Result<(), Problem> {
    let mut followed = Vec::new();
    for (kind, _, schema) in KINDS {
        for it in deleted.iter().filter(|it| it.text("kind") == Some(kind)) {
            let mut doc = it.get("doc").cloned().and_then(Document::of).unwrap_or_default();
            if membership::ids(&doc, NEXT).next().is_some() {
                followed.push(doc.clone());
                doc.insert(NEXT, json!([]));
            }
            state.create_from(schema, doc, Actor::Service).map_err(|problem| {
                Problem::named(INVALID_OPERATION, format!("It cannot be restored: {}", problem.plain()))
            })?;
            state.remove(&RECYCLE_BIN, it, Actor::Fixture)?;
        }
    }
    for mut doc in followed {
        let Some(flow) = doc.get("_id").and_then(Value::as_str).and_then(|id| state.store.of(&FLOWS).get(id)) else {
            continue;
        };
        let flow = flow.clone();
        let next = membership::ids(&doc, NEXT).filter(|id| state.store.of(&FLOWS).get(id).is_some());
        let next = next.map(Value::from).collect();
        doc.insert(NEXT, Value::Array(next));
        state.replace(&FLOWS, &flow, doc, Actor::Fixture)?;
    }
    Ok(())
}
