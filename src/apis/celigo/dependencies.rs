//! Records that name a record, and the records a flow is made of.

use serde_json::{Value, json};

use crate::apis::celigo::kinds::KINDS;
use crate::apis::celigo::resources::{EXPORTS, FLOWS, IMPORTS};
use crate::apis::celigo::{kinds, membership};
use crate::engine::api::context::Context;
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Schema;
use crate::engine::store::Record;
use crate::http::message::Response;

/// Lists the records that name the record of the path, by type; a type without such records is left out.
pub(super) fn list(context: &mut Context<'_>) -> Result<Response, Problem> {
    let named = kinds::of_path(context.route);
    let record = context.record(named.schema, "id")?;
    let mut lists = Document::new();
    for naming in KINDS.iter().filter(|kind| named.named_by.contains(&kind.word)) {
        let mut list = Vec::new();
        let others = context.state.store.of(naming.schema).iter();
        for other in others.filter(|other| other.id() != record.id() && context.is_visible(naming.schema, other)) {
            let mut paths = Vec::new();
            for (name, value) in other.fields().iter() {
                find(value, record.id(), name.to_owned(), &mut paths);
            }
            if *named.schema == FLOWS {
                paths.retain(|path| path.starts_with("_runNextFlowIds"));
            }
            if !paths.is_empty() {
                let name = other.text("name");
                list.push(json!({ "id": other.id(), "name": name, "paths": paths, "accessLevel": "owner" }));
            }
        }
        if !list.is_empty() {
            lists.insert(naming.word, list.into());
        }
    }
    Ok(Response::json(context.success(), &Value::from(lists)))
}

/// Finds a text in a value, at any depth.
fn find(value: &Value, text: &str, path: String, found: &mut Vec<String>) {
    match value {
        Value::String(it) if it == text => found.push(path),
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                find(item, text, format!("{path}[{place}]"), found);
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                find(value, text, format!("{path}.{name}"), found);
            }
        }
        _ => {}
    }
}

/// Handles `flows.descendants`: lists the exports and imports of a flow.
pub(super) fn descendants(context: &mut Context<'_>) -> Result<Response, Problem> {
    let flow = context.record(&FLOWS, "id")?;
    let steps = membership::steps(&flow);
    let of = |schema: &'static Schema| -> Value {
        let records = steps.iter().filter_map(|id| context.state.store.of(schema).get(id));
        let shown = |record: &Record| serde_json::from_slice::<Value>(record.bytes()).expect("a record is JSON");
        records.map(shown).collect()
    };
    let (exports, imports) = (of(&EXPORTS), of(&IMPORTS));
    Ok(Response::json(context.success(), &json!({ "exports": exports, "imports": imports })))
}
