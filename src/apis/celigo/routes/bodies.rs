//! Refinements of the JSON Schemas of bodies: alternatives of fields, and bodies that are no object of known fields.

use serde_json::{Map, Value, json};

/// Requires one of these fields, and not as `null`.
fn one_of(schema: &mut Value, names: &[&str]) {
    let is_there = |name: &&str| json!({ "required": [*name], "properties": { *name: { "not": { "type": "null" } } } });
    schema["anyOf"] = names.iter().map(is_there).collect();
}

/// Describes an invitation, to the account or to integrations.
pub(super) fn with_access(schema: &mut Value) {
    one_of(schema, &["accessLevel", "integrationAccessLevel"]);
}

/// Describes errors by their ids, or as objects with an `id`.
pub(super) fn of_errors(schema: &mut Value) {
    let id = json!({ "type": "string" });
    let named = json!({ "type": "object", "properties": { "id": id.clone() }, "required": ["id"] });
    schema["properties"]["errors"]["items"] = json!({ "anyOf": [id, named] });
    one_of(schema, &["errorIds", "errors"]);
}

/// Describes errors by the keys of their data, or by their ids.
pub(super) fn of_retry(schema: &mut Value) {
    one_of(schema, &["retryDataKeys", "errorIds"]);
}

/// Describes the record that a retry sends, or several of them.
pub(super) fn of_retry_data(schema: &mut Value) {
    schema["properties"]["data"] = json!({ "type": ["object", "array"] });
}

/// Describes entries of a lookup cache, by their keys or by the beginning of the keys.
pub(super) fn look_up(schema: &mut Value) {
    schema["anyOf"] =
        ["keys", "startsWith"].map(|name| json!({ "properties": { name: { "type": "null" } } })).into_iter().collect();
}

/// Describes entries to be put into a lookup cache.
pub(super) fn entries(schema: &mut Value) {
    let entry = json!({
        "type": "object",
        "properties": { "key": { "type": "string", "pattern": "\\S" }, "value": {} },
        "required": ["key"],
    });
    schema["properties"]["data"] = json!({ "type": "array", "items": entry, "maxItems": 1_000 });
}

/// The bounds of a time.
const BOUNDS: [&str; 2] = ["startDate", "endDate"];

fn time() -> Value {
    json!({ "type": "string", "format": "date-time", "pattern": "^(19[7-9]|[2-9][0-9]{2})[0-9]-" })
}

/// Describes a query of transactions: an empty bound counts as absent.
pub(super) fn transactions(schema: &mut Value) {
    schema["properties"]["limit"]["minimum"] = 1.into();
    for name in BOUNDS {
        let none = json!({ "type": "string", "maxLength": 0 });
        schema["properties"][name] = json!({ "anyOf": [time(), none, { "type": "null" }] });
    }
}

/// Describes a run, with times at the top or in `export`.
pub(super) fn run(schema: &mut Value) {
    let bounds = || BOUNDS.map(|name| (name.to_owned(), json!({ "anyOf": [time(), { "type": "null" }] })));
    let properties = schema["properties"].as_object_mut().expect("fields have properties");
    properties.extend(bounds());
    let inner: Map<String, Value> = bounds().into_iter().collect();
    properties["export"] = json!({ "anyOf": [{ "type": "object", "properties": inner }, { "type": "null" }] });
}

/// Describes a copy, with connections that replace others.
pub(super) fn copy(schema: &mut Value) {
    let connection = json!({ "type": "string", "x-standin-refers-to": "celigo.connections" });
    schema["properties"]["connectionMap"] =
        json!({ "type": ["object", "null"], "propertyNames": connection, "additionalProperties": connection });
}

/// Describes a copy of an integration, whose name is not blank.
pub(super) fn copy_of_integration(schema: &mut Value) {
    copy(schema);
    schema["properties"]["name"]["pattern"] = r"\S".into();
}

/// Describes connections by their ids, bare or below a key.
pub(super) fn registration(schema: &mut Value) {
    let ids = json!({ "type": "array", "items": { "type": "string", "x-standin-refers-to": "celigo.connections" } });
    let below =
        json!({ "type": "object", "properties": { "_connectionIds": ids.clone() }, "required": ["_connectionIds"] });
    *schema = json!({ "anyOf": [ids, below] });
}

/// Describes any object.
pub(super) fn object(schema: &mut Value) {
    *schema = json!({ "type": "object" });
}

/// Describes records.
pub(super) fn array(schema: &mut Value) {
    *schema = json!({ "type": "array", "items": {} });
}

/// Describes notifications, each of which names a record.
pub(super) fn notifications(schema: &mut Value) {
    let about = |name: &str, to: &str| {
        json!({
            "type": "object",
            "properties": {
                name: { "type": "string", "x-standin-refers-to": to },
                "subscribed": { "type": "boolean" },
            },
            "required": [name],
            "additionalProperties": false,
        })
    };
    let entry = json!({ "anyOf": [
        about("_flowId", "celigo.flows"),
        about("_connectionId", "celigo.connections"),
        about("_integrationId", "celigo.integrations"),
    ] });
    *schema = json!({ "type": "array", "items": entry });
}

/// Describes a flow, whose steps stand in a line or in routers.
pub(super) fn flow(schema: &mut Value) {
    schema["anyOf"] = ["pageProcessors", "routers"]
        .map(|name| json!({ "properties": { name: { "type": ["array", "null"], "maxItems": 0 } } }))
        .into_iter()
        .collect();
}

/// Describes a revision: other types than snapshots are not modelled.
pub(super) fn snapshot(schema: &mut Value) {
    schema["properties"]["type"]["enum"] = json!(["snapshot", null]);
}

/// Describes what a function of settings is called with: an object for `persistSettings`, anything for every other one.
pub(super) fn settings(schema: &mut Value) {
    *schema = json!({ "anyOf": [schema.take(), {}] });
}
