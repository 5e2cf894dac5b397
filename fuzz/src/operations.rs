//! All operations of both APIs, from their `OpenAPI` documents, with targets that reach records of a world.

use serde_json::Value;
use standin::{Api, Record, WorldHandle};

/// An operation.
pub struct Operation {
    pub method: &'static str,
    pub api: Api,
    path: &'static str,
    /// The path's parameters, each with the collection that it refers to.
    params: Vec<(String, Option<String>)>,
    /// The collection that it is about.
    collection: String,
    /// True if it is not only read.
    pub changes: bool,
    pub has_body: bool,
}

/// All operations, in the order of their tables.
pub fn all() -> Vec<Operation> {
    let documents = [Api::Celigo, Api::Edlink].map(standin::openapi);
    let described = |name: &str| {
        let paths = documents.iter().flat_map(|document| document["paths"].as_object().expect("it has paths").values());
        let mut operations = paths.flat_map(|path| path.as_object().expect("it has methods").values());
        operations.find(|operation| operation["operationId"] == name)
    };
    let operation = |of: &standin::Operation| {
        let described = described(of.name);
        let params = described.and_then(|it| it["parameters"].as_array()).into_iter().flatten();
        let refers = |it: &Value| it["schema"]["x-standin-refers-to"].as_str().map(ToOwned::to_owned);
        Operation {
            method: of.method.as_str(),
            api: of.api,
            path: of.path,
            params: params
                .filter(|it| it["in"] == "path")
                .map(|it| (it["name"].as_str().expect("it has a name").to_owned(), refers(it)))
                .collect(),
            collection: of.name.rsplit_once('.').map_or("", |(collection, _)| collection).to_owned(),
            changes: of.method.as_str() != "GET",
            has_body: described.is_some_and(|it| it["requestBody"].is_object()),
        }
    };
    standin::operations().iter().map(operation).collect()
}

impl Operation {
    /// The target, with ids of records that the world has where there are any.
    pub fn target(&self, world: &WorldHandle, which: u8) -> String {
        let mut target = self.path.to_owned();
        for (name, collection) in &self.params {
            let records =
                collection.as_deref().and_then(|collection| world.records(collection).ok()).unwrap_or_default();
            let id = records.get(usize::from(which) % records.len().max(1)).map_or("abc123", Record::id);
            target = target.replace(&format!("{{{name}}}"), id);
        }
        target
    }

    /// A record of its collection, as a body that changes little.
    pub fn record(&self, world: &WorldHandle, which: u8) -> Option<Value> {
        let records = world.records(&self.collection).ok()?;
        records.get(usize::from(which) % records.len().max(1)).map(Record::to_value)
    }
}

/// The names of all collections that a world has.
pub fn collections(world: &WorldHandle) -> Vec<String> {
    let operations = all();
    let refer = operations.iter().flat_map(|operation| operation.params.iter().filter_map(|(_, to)| to.as_ref()));
    let mut names: Vec<String> = operations.iter().map(|it| &it.collection).chain(refer).cloned().collect();
    names.sort();
    names.dedup();
    // Submissions that no file has are made when they are first looked for.
    names.retain(|name| name != "edlink.submissions" && world.records(name).is_ok());
    names
}
