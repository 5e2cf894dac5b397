//! Embedded records that are left out, because a folder's records replace those that they refer to.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde_json::Value;

use crate::embed::files::Read;
use crate::embed::survey::Ids;
use crate::engine::api::api::Api;
use crate::engine::api::fixtures::DataFault;
use crate::engine::schema::document::Document;
use crate::engine::schema::schema::Schema;
use crate::engine::state::mutate::check_references;

/// The ids of the records that were left out, by collection.
pub(super) type Gone = BTreeMap<String, Vec<String>>;

/// Removes the embedded records that refer to missing ones, and those that refer to them. This runs before the folder's
/// records are made, of which only the ids, by collection, are known.
pub(super) fn dangling(
    embedded: &mut [Read],
    mut ids: HashMap<&'static str, Ids>,
    apis: &[&'static Api],
    gone: &mut Gone,
) {
    if ids.is_empty() {
        return;
    }
    let schema = |file: &Read| apis.iter().find_map(|api| api.resource(&file.collection));
    let mut files: Vec<(&mut Read, &'static Schema, Vec<Value>)> = Vec::new();
    for file in embedded {
        let (schema, records) = (schema(file), serde_json::from_str::<Vec<Value>>(&file.text));
        if let (Some(schema), Ok(records)) = (schema, records) {
            let known =
                records.iter().filter_map(|record| Some(Cow::Owned(record[schema.id_field].as_str()?.to_owned())));
            ids.insert(schema.name, known.collect());
            files.push((file, schema, records));
        }
    }
    // Each round leaves out the records that refer to missing ones, and the next round those that referred to them.
    loop {
        let is_there = |to: &'static Schema, id: &str| ids.get(to.name).is_some_and(|ids| ids.contains(id));
        let mut left_out: Vec<(&str, String)> = Vec::new();
        for (file, schema, records) in &mut files {
            let before = records.len();
            records.retain(|record| {
                let Some(id) = record[schema.id_field].as_str() else { return true };
                let Some(fields) = Document::of(record.clone()) else { return true };
                let stays = check_references(schema, &fields, is_there).is_ok();
                if !stays {
                    left_out.push((schema.name, id.to_owned()));
                }
                stays
            });
            if records.len() < before {
                file.text = Value::Array(records.clone()).to_string().into();
            }
        }
        if left_out.is_empty() {
            return;
        }
        for (collection, id) in left_out {
            if let Some(ids) = ids.get_mut(collection) {
                ids.remove(id.as_str());
            }
            gone.entry(collection.to_owned()).or_default().push(id);
        }
    }
}

/// Removes the records with faults from an embedded file.
pub(super) fn with_faults(file: &mut Read, apis: &[&'static Api], faults: &[DataFault], gone: &mut Gone) {
    let wrong: Vec<&str> =
        faults.iter().filter(|fault| fault.file == file.name).filter_map(|fault| fault.record.as_deref()).collect();
    let Ok(mut records) = serde_json::from_str::<Vec<Value>>(&file.text) else { return };
    let id = |record: &Value| {
        let resource = apis.iter().find_map(|api| api.resource(&file.collection))?;
        record[resource.id_field].as_str().map(str::to_owned)
    };
    if wrong.is_empty() {
        return;
    }
    records.retain(|record| match id(record).filter(|id| wrong.contains(&format!("{id:?}").as_str())) {
        Some(id) => {
            gone.entry(file.collection.clone()).or_default().push(id);
            false
        }
        None => true,
    });
    file.text = Value::Array(records).to_string().into();
}

/// Describes the records that were left out, a line for each collection.
pub(super) fn described(folder: &Path, gone: &Gone) -> Vec<String> {
    let line = |(collection, ids): (&String, &Vec<String>)| {
        let (folder, count) = (folder.display(), ids.len());
        let records = if count == 1 { "record" } else { "records" };
        format!(
            "{folder}: {count} embedded {records} of {collection} left out, which would refer to records that this folder \
             replaces: {}",
            ids.join(", ")
        )
    };
    gone.iter().map(line).collect()
}
