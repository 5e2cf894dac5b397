//! The data of lookup caches.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::apis::celigo::errors::{INVALID_OPERATION, VALIDATION_ERROR};
use crate::apis::celigo::resources::{CACHE_ENTRIES, LOOKUP_CACHES};
use crate::apis::celigo::step_errors::texts;
use crate::engine::api::context::Context;
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::{FieldFaultKind, Problem};
use crate::engine::schema::schema::Actor;
use crate::engine::state::State;
use crate::engine::store::Record;
use crate::http::message::Response;
use crate::http::target::encode;

/// The number of entries on a page, and the most of one call.
const MOST: usize = 1_000;

/// The most bytes of one call.
const MOST_BYTES: usize = 5 * 1024 * 1024;

fn id(cache: &Record, key: &str) -> String {
    format!("{}:{key}", cache.id())
}

/// Removes the data of a removed cache.
#[allow(clippy::unnecessary_wraps)]
pub(super) fn removed(state: &mut State, cache: &Record, _: Actor) -> Result<(), Problem> {
    empty(state, cache);
    Ok(())
}

fn empty(state: &mut State, cache: &Record) {
    for id in entries(state, cache).into_values().map(|entry| entry.id().to_owned()) {
        state.store.of_mut(&CACHE_ENTRIES).remove(&id);
    }
}

fn entries(state: &State, cache: &Record) -> BTreeMap<String, Record> {
    let entries = state.store.of(&CACHE_ENTRIES).find("_lookupCacheId", cache.id());
    entries.map(|entry| (entry.text("key").unwrap_or_default().to_owned(), entry.clone())).collect()
}

/// Stores the number of entries in the cache.
fn count(state: &mut State, cache: &Record) -> Result<(), Problem> {
    let size = state.store.of(&CACHE_ENTRIES).find("_lookupCacheId", cache.id()).count();
    let Some(cache) = state.store.of(&LOOKUP_CACHES).get(cache.id()).cloned() else { return Ok(()) };
    let change = Document::from_iter([("size", Value::from(size))]);
    state.patch(&LOOKUP_CACHES, &cache, &change, Actor::Fixture).map(|_| ())
}

/// Handles `lookupcaches.getData`: lists all entries by key, those of some keys, or those whose key has a prefix.
pub(super) fn get(context: &mut Context<'_>) -> Result<Response, Problem> {
    let cache = context.record(&LOOKUP_CACHES, "id")?;
    let given = context.fields()?;
    let keys = texts(context, "keys")?;
    let prefix = match given.get("startsWith") {
        None | Some(Value::Null) => None,
        Some(Value::String(prefix)) => Some(prefix.clone()),
        Some(_) => return Err(Problem::field("startsWith", FieldFaultKind::WrongType { expected: "a string" })),
    };
    if keys.is_some() && prefix.is_some() {
        let message = "keys and startsWith cannot both be given; send one of them";
        return Err(Problem::named(VALIDATION_ERROR, message).about("keys"));
    }
    let after = context.query.get("startAfterKey").filter(|key| !key.is_empty());
    let wanted = entries(context.state, &cache).into_iter().filter(|(key, _)| {
        keys.as_ref().is_none_or(|keys| keys.contains(key))
            && prefix.as_ref().is_none_or(|prefix| key.starts_with(prefix.as_str()))
            && after.is_none_or(|after| key.as_str() > after)
    });
    let wanted: Vec<(String, Record)> = wanted.collect();
    let shown = wanted.iter().take(MOST).map(|(key, entry)| json!({ "key": key, "value": entry.get("value") }));
    let mut body = json!({ "data": shown.collect::<Value>() });
    if wanted.len() > MOST
        && let Some((last, _)) = wanted.get(MOST - 1)
    {
        body["nextPageURL"] = format!("{}?startAfterKey={}", context.target.path, encode(last)).into();
    }
    Ok(Response::json(context.success(), &body))
}

/// Handles `lookupcaches.putData`: adds entries, and replaces the values of existing ones.
pub(super) fn put(context: &mut Context<'_>) -> Result<Response, Problem> {
    let cache = context.record(&LOOKUP_CACHES, "id")?;
    let mut given = context.fields()?;
    let data = match given.remove("data") {
        Some(Value::Array(data)) => data,
        None | Some(Value::Null) => return Err(Problem::field("data", FieldFaultKind::Missing)),
        Some(_) => return Err(Problem::field("data", FieldFaultKind::WrongType { expected: "an array" })),
    };
    if data.len() > MOST || context.request.body.len() > MOST_BYTES {
        let message = format!("data must have at most {MOST} entries and 5 MB");
        return Err(Problem::named(INVALID_OPERATION, message).about("data"));
    }
    let is_keyed = |entry: &Value| entry["key"].as_str().is_some_and(|key| !key.trim().is_empty());
    if let Some(place) = data.iter().position(|entry| !is_keyed(entry)) {
        return Err(Problem::named(INVALID_OPERATION, format!("data[{place}] has no key")).about("data"));
    }
    for entry in &data {
        let key = entry["key"].as_str().unwrap_or_default();
        let fields = Document::from_iter([
            ("_id", Value::from(id(&cache, key))),
            ("_lookupCacheId", cache.id().into()),
            ("key", key.into()),
            ("value", entry["value"].clone()),
        ]);
        let known = context.state.store.of(&CACHE_ENTRIES).get(&id(&cache, key)).cloned();
        match known {
            Some(known) => context.state.replace(&CACHE_ENTRIES, &known, fields, Actor::Service)?,
            None => context.state.create_from(&CACHE_ENTRIES, fields, Actor::Service)?,
        };
    }
    count(context.state, &cache)?;
    Ok(Response::json(context.success(), &json!({ "success": true, "data": data })))
}

/// Handles `lookupcaches.deleteData`: removes the entries of some keys.
pub(super) fn delete(context: &mut Context<'_>) -> Result<Response, Problem> {
    let cache = context.record(&LOOKUP_CACHES, "id")?;
    let keys = texts(context, "keys")?.ok_or_else(|| Problem::field("keys", FieldFaultKind::Missing))?;
    for key in &keys {
        context.state.store.of_mut(&CACHE_ENTRIES).remove(&id(&cache, key));
    }
    count(context.state, &cache)?;
    Ok(Response::json(context.success(), &json!({ "success": true })))
}

/// Handles `lookupcaches.purge`: removes all entries.
pub(super) fn purge(context: &mut Context<'_>) -> Result<Response, Problem> {
    let cache = context.record(&LOOKUP_CACHES, "id")?;
    empty(context.state, &cache);
    count(context.state, &cache)?;
    Ok(Response::empty(context.success()))
}

/// Handles `lookupcaches.delete`: removes the cache with its data.
pub(super) fn delete_cache(context: &mut Context<'_>) -> Result<Response, Problem> {
    let cache = context.record(&LOOKUP_CACHES, "id")?;
    context.state.remove(&LOOKUP_CACHES, &cache, Actor::Consumer)?;
    Ok(Response::json(context.success(), &json!({ "success": true })))
}
