//! The `OpenAPI` 3.1 document of an API, from its tables.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::engine::api::api::Api;
use crate::engine::api::route::{Access, Action, ResponseShape, Route};
use crate::engine::schema::field::{DefaultValue, Field, Kind, Owner, PRIVATE_PREFIX};
use crate::engine::schema::profile::Profile;
use crate::engine::schema::schema::Schema;
use crate::http::message::Method;

/// A query parameter of a route.
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// The values it may have: a JSON Schema.
    pub schema: Value,
    /// One sentence: what it does.
    pub about: &'static str,
}

impl Parameter {
    /// Returns a parameter of that JSON Schema; `about` is one sentence.
    pub fn new(name: &str, schema: Value, about: &'static str) -> Self {
        Self { name: name.to_owned(), schema, about }
    }
}

/// The key of a schema of ids: the collection of the records that they name.
pub(crate) const REFERS_TO: &str = "x-standin-refers-to";

/// The tag of operations that are known, but only answered with 501.
const NOT_MODELLED: &str = "not-modelled";

/// The schemas that operations share, by their names.
struct Schemas {
    known: BTreeMap<String, Value>,
    /// The consumers that a document is for, as an API may show them parts of records.
    parts: Parts,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Parts {
    /// Those who may ask for parts: each field of a part may be absent.
    Any,
    /// Those who always ask for whole records.
    Whole,
}

/// Describes an object that has at least one of two properties. Each branch lists all properties, so that each
/// generated type has them all.
pub(crate) fn either(properties: &Value, names: [&str; 2]) -> Value {
    let branch = |name| json!({ "type": "object", "properties": properties, "required": [name] });
    json!({ "anyOf": names.map(branch) })
}

/// Returns the document. Operations that are known but not modelled are listed by name only: they have no answers to
/// describe.
pub(crate) fn openapi(api: &'static Api) -> Value {
    document(api, Parts::Any)
}

/// Returns the document for a consumer who always asks for whole records.
pub(crate) fn openapi_of_whole_records(api: &'static Api) -> Value {
    document(api, Parts::Whole)
}

fn document(api: &'static Api, parts: Parts) -> Value {
    let known = BTreeMap::from([("Error".to_owned(), api.dialect.error_schema())]);
    let mut schemas = Schemas { known, parts };
    let mut paths: Map<String, Value> = Map::new();
    let mut shapes: Vec<(String, &'static str)> = Vec::new();
    for route in api.routes.iter().filter(|route| route.is_modelled()) {
        // The rows of one path may name its parameters differently; in a document, a path has one form.
        let shape = shape(route.path);
        let known = shapes.iter().find(|(known, _)| *known == shape).map(|(_, path)| *path);
        let path = known.unwrap_or(route.path);
        shapes.push((shape, path));
        let operation = operation(api, route, path, &mut schemas);
        // The server of the document is the base: a path outside of it needs a server of its own.
        let apart = || if route.outside { json!({ "servers": [{ "url": "/" }] }) } else { json!({}) };
        // A document has no parameter that takes all the rest of a path.
        let path = paths.entry(path.replace("{*", "{")).or_insert_with(apart);
        put(path, route, &operation);
    }
    let unmodelled = || api.routes.iter().filter(|route| !route.is_modelled());
    // A described path must list its methods that are not modelled, too.
    for route in unmodelled() {
        if let Some((_, path)) = shapes.iter().find(|(known, _)| *known == shape(route.path)) {
            put(&mut paths[*path], route, &operation(api, route, path, &mut schemas));
        }
    }
    let unmodelled: Vec<String> =
        unmodelled().map(|route| format!("{} {}", route.method.as_str(), api.path_of(route))).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": format!("{}, as standin answers", api.title),
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Made from standin's tables. It describes the fake, not the service.",
        },
        "servers": [{ "url": api.base }],
        "security": [{ "bearer": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer" } },
            "schemas": schemas.known,
        },
        "x-standin-not-modelled": unmodelled,
    })
}

/// Adds an operation to its path: below its method or, if it takes any, below each method with an id of its own.
fn put(path: &mut Value, route: &Route, operation: &Value) {
    let methods = match (route.method, route.listed.methods) {
        (Method::Any, []) => &Method::ALL[..],
        (Method::Any, listed) => listed,
        (_, _) => std::slice::from_ref(&route.method),
    };
    for (n, method) in methods.iter().map(|method| method.as_str().to_lowercase()).enumerate() {
        let mut operation = operation.clone();
        if n > 0 {
            let id = format!("{}.{method}", operation["operationId"].as_str().unwrap_or_default());
            operation["operationId"] = id.into();
        }
        path[method] = operation;
    }
}

fn shape(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect::<Vec<_>>().join("/")
}

fn operation(api: &'static Api, route: &'static Route, path: &str, schemas: &mut Schemas) -> Value {
    let in_path = path.match_indices('{').filter_map(|(at, _)| {
        let (name, _) = path[at + 1..].split_once('}')?;
        let name = name.strip_prefix('*').unwrap_or(name);
        let mut schema = api.dialect.path_parameter(route, name);
        let to = shown_at(api, &path[..at]);
        if let Some(to) = to.filter(|_| schema.get(REFERS_TO).is_none()) {
            schema[REFERS_TO] = to.name.into();
        }
        Some(json!({ "name": name, "in": "path", "required": true, "schema": schema }))
    });
    let in_query = api.dialect.parameters(route).into_iter().map(|parameter| {
        let Parameter { name, schema, about } = parameter;
        json!({ "name": name, "in": "query", "description": about, "schema": schema })
    });
    let in_headers = route.listed.headers.iter().map(
        |(name, about)| json!({ "name": name, "in": "header", "description": about, "schema": { "type": "string" } }),
    );
    let mut operation = json!({
        "operationId": format!("{}.{}", api.name, route.name),
        "summary": route.about,
        "tags": [if route.is_modelled() { route.name.split('.').next().unwrap_or_default() } else { NOT_MODELLED }],
        "parameters": in_path.chain(in_query).chain(in_headers).collect::<Vec<_>>(),
        "responses": responses(api, route, schemas),
        "x-standin-evidence": route.evidence.as_str(),
        "x-standin-source": route.source,
    });
    if !route.assumes.is_empty() {
        operation["x-standin-assumed"] = route.assumes.into();
    }
    if let Some((required, schema)) = body(route, schemas) {
        operation["requestBody"] =
            json!({ "required": required, "content": { "application/json": { "schema": schema } } });
    }
    if route.access == Access::Public {
        operation["security"] = json!([]);
    }
    operation
}

/// Returns the kind of record that a path shows when an id follows it.
fn shown_at(api: &'static Api, before: &str) -> Option<&'static Schema> {
    let wanted = shape(&format!("{before}{{}}"));
    let mut rows = api.routes.iter().filter(|row| row.method == Method::Get && shape(row.path) == wanted);
    rows.find_map(|row| match (row.action, row.shows) {
        (Action::Read(resource), _) | (_, ResponseShape::One(resource) | ResponseShape::Part(resource)) => {
            Some(resource)
        }
        _ => None,
    })
}

/// Returns the schema of the body, and whether a body is required.
fn body(route: &Route, schemas: &mut Schemas) -> Option<(bool, Value)> {
    let (resource, name, owners): (_, _, &[Owner]) = match route.action {
        Action::Create(resource) => (resource, "New", &[Owner::Consumer, Owner::Preserved, Owner::CreateOnly]),
        Action::Replace(resource) => (resource, "Changed", &[Owner::Consumer, Owner::Preserved]),
        Action::Custom(_)
            if route.method != Method::Get && (route.method != Method::Delete || !route.takes.is_empty()) =>
        {
            let taken = route.takes.iter();
            let properties: Map<String, Value> = taken.map(|field| (field.name.to_owned(), given(field))).collect();
            let required: Vec<&str> =
                route.takes.iter().filter(|field| field.required).map(|field| field.name).collect();
            let mut known = json!({ "type": "object", "properties": properties });
            if !required.is_empty() {
                known["required"] = required.into();
            }
            if let Some(refine) = route.body_schema {
                refine(&mut known);
            } else if route.takes.is_empty() {
                known = Value::Bool(true);
            }
            let is_required = route.needs_body || known.get("required").is_some();
            return Some((is_required, known));
        }
        _ => return None,
    };
    let name = format!("{name}{}", schema_name(resource));
    let fields = || {
        let settable = public(resource).filter(|field| field.name != resource.id_field);
        settable.filter(|field| owners.contains(&field.owner))
    };
    let properties: Map<String, Value> =
        fields().map(|field| (field.name.to_owned(), linked(resource, field, given(field)))).collect();
    let required: Vec<&str> = fields().filter(|field| field.required).map(|field| field.name).collect();
    let mut schema = json!({ "type": "object", "properties": properties, "required": required });
    if let Some(refine) = route.body_schema {
        refine(&mut schema);
    }
    schemas.known.insert(name.clone(), schema);
    Some((true, reference(&name)))
}

fn responses(api: &'static Api, route: &Route, schemas: &mut Schemas) -> Value {
    if !route.is_modelled() {
        return json!({ "501": { "description": "standin knows this operation, but does not model it." } });
    }
    let mut all: BTreeMap<u16, Value> = BTreeMap::new();
    let mut answers = json!({ "description": "Done." });
    match shown(api, route, schemas) {
        Some((media, schema)) => answers["content"] = json!({ media: { "schema": schema } }),
        None => answers["description"] = "Done, without a body.".into(),
    }
    all.insert(route.success, answers);
    if let Some((status, media)) = route.other_success {
        let mut other = json!({ "description": "Done, in another way." });
        if !media.is_empty() {
            other["content"] = json!({ media: { "schema": {} } });
        }
        all.insert(status, other);
    }
    if let Some(status) = route.live_success {
        let live = json!({ "description": "Done, in the profile live.", "content": { "application/json": {} } });
        all.entry(status).or_insert(live);
    }
    if let Some(status) = route.live_empty {
        all.insert(status, json!({ "description": "In the profile live, a list that has nothing to show." }));
    }
    let errors = route.errors.iter().chain(api.common_errors);
    let statuses = errors.flat_map(|error| {
        let documented = api.dialect.status(route, error, Profile::Documented);
        let live = Some(api.dialect.status(route, error, Profile::Live)).filter(|live| *live != documented);
        std::iter::once((error, documented, "")).chain(live.map(|live| (error, live, "In the profile live, ")))
    });
    for (error, status, when) in statuses {
        let words = format!("{when}{}: {}", error.name, error.message);
        let answer = all.entry(status).or_insert_with(|| {
            let content = json!({ "application/json": { "schema": reference("Error") } });
            json!({ "description": "", "content": content })
        });
        let before = answer["description"].as_str().unwrap_or_default();
        answer["description"] = format!("{before} {words}.").trim_start().into();
    }
    all.into_iter().map(|(status, answer)| (status.to_string(), answer)).collect::<Map<_, _>>().into()
}

/// Returns media type and schema of a success, if it has a body.
fn shown(api: &'static Api, route: &Route, schemas: &mut Schemas) -> Option<(&'static str, Value)> {
    const JSON: &str = "application/json";
    let shows = match (route.shows, route.action) {
        (ResponseShape::Action, Action::List(resource)) => ResponseShape::Many(resource),
        (ResponseShape::Action, Action::Read(resource) | Action::Create(resource) | Action::Replace(resource)) => {
            ResponseShape::One(resource)
        }
        (shows, _) => shows,
    };
    Some(match shows {
        ResponseShape::One(resource) => (JSON, api.dialect.envelope(route, false, one(resource, schemas))),
        ResponseShape::Part(resource) => (JSON, api.dialect.envelope(route, false, listed(resource, schemas))),
        ResponseShape::Many(resource) => {
            let items = listed(resource, schemas);
            (JSON, api.dialect.envelope(route, true, json!({ "type": "array", "items": items })))
        }
        ResponseShape::File(media) => (media, json!({})),
        ResponseShape::Action if route.success != 204 => (JSON, json!({})),
        ResponseShape::Action | ResponseShape::Nothing => return None,
    })
}

/// Describes a whole record.
fn one(resource: &'static Schema, schemas: &mut Schemas) -> Value {
    let name = schema_name(resource);
    let mut schema = properties(resource);
    // A record that is not shown as it is stored may leave anything out.
    if resource.view.is_none() {
        let always = public(resource).filter(|field| is_always_there(resource, field));
        schema["required"] = always.map(|field| field.name).collect();
    }
    schemas.known.insert(name.clone(), schema);
    reference(&name)
}

/// Describes a record in a list, where a consumer may ask for a part of it.
fn listed(resource: &'static Schema, schemas: &mut Schemas) -> Value {
    if schemas.parts == Parts::Whole {
        return one(resource, schemas);
    }
    let name = format!("Listed{}", schema_name(resource));
    schemas.known.insert(name.clone(), properties(resource));
    reference(&name)
}

fn properties(resource: &'static Schema) -> Value {
    let fields = public(resource).map(|field| {
        let mut schema = kind(field);
        if field.name == resource.id_field
            || matches!(field.owner, Owner::Service | Owner::CreatedAt | Owner::UpdatedAt)
        {
            schema["readOnly"] = true.into();
        }
        (field.name.to_owned(), if field.nullable { or_null(schema) } else { schema })
    });
    json!({ "type": "object", "properties": fields.collect::<Map<_, _>>() })
}

/// Returns the fields consumers know of.
fn public(resource: &'static Schema) -> impl Iterator<Item = &'static Field> {
    resource.fields.iter().filter(|field| !field.name.starts_with(PRIVATE_PREFIX))
}

fn is_always_there(resource: &Schema, field: &Field) -> bool {
    field.name == resource.id_field
        || field.required
        || field.default != DefaultValue::Absent
        || matches!(field.owner, Owner::CreatedAt | Owner::UpdatedAt)
}

/// Returns what a body may hold for a field: for one that need not be there, `null` is as good as nothing.
pub(crate) fn given(field: &Field) -> Value {
    let mut schema = kind(field);
    if field.max_chars != usize::MAX {
        schema["maxLength"] = field.max_chars.into();
    }
    if matches!(field.kind, Kind::Integer) {
        (schema["minimum"], schema["maximum"]) = (i64::MIN.into(), u64::MAX.into());
    }
    if !field.required {
        return or_null(schema);
    }
    filled(field, schema)
}

/// Names the collection that a text of a record refers to, where the kind of the field does not say so.
fn linked(resource: &Schema, field: &Field, mut schema: Value) -> Value {
    let to = resource.links.iter().find(|link| link.field == field.name && matches!(field.kind, Kind::String));
    if let Some(link) = to {
        schema[REFERS_TO] = link.to.name.into();
    }
    schema
}

fn kind(field: &Field) -> Value {
    match field.kind {
        Kind::Any => json!({}),
        Kind::String => json!({ "type": "string" }),
        Kind::Reference(to) => json!({ "type": "string", (REFERS_TO): to.name }),
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Integer => json!({ "type": "integer" }),
        Kind::Number => json!({ "type": "number" }),
        Kind::Time => json!({ "type": "string", "format": "date-time", "pattern": SINCE_1970 }),
        Kind::List => json!({ "type": "array" }),
        Kind::Strings => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::References(to) => {
            json!({ "type": "array", "items": { "type": "string", (REFERS_TO): to.name } })
        }
        Kind::EnumList(values) => json!({ "type": "array", "items": { "type": "string", "enum": values } }),
        // Generators of clients take an object without `additionalProperties` for an empty one.
        Kind::Object => json!({ "type": "object", "additionalProperties": true }),
        Kind::Objects(fields) => {
            let properties: Map<String, Value> =
                fields.iter().map(|field| (field.name.to_owned(), given(field))).collect();
            let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
            json!({ "type": "array", "items": { "type": "object", "properties": properties, "required": required } })
        }
        Kind::Enum(values) => json!({ "type": "string", "enum": values }),
    }
}

/// The pattern of times from 1970 on, in UTC. Without it, generators of test data take any text for a time.
const SINCE_1970: &str = "^(19[7-9]|[2-9][0-9]{2})[0-9]-.*Z$";

/// Adds to a required text that it must have more than spaces.
fn filled(field: &Field, mut schema: Value) -> Value {
    if field.required && matches!(field.kind, Kind::String | Kind::Reference(_)) {
        schema["pattern"] = r"\S".into();
    }
    schema
}

fn or_null(mut schema: Value) -> Value {
    if let Some(kind) = schema.get("type").cloned() {
        schema["type"] = json!([kind, "null"]);
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.push(Value::Null);
    }
    schema
}

/// Returns the name of a schema, from its collection: a title need not be one word.
fn schema_name(resource: &Schema) -> String {
    let words = resource.name.split('.').skip(1).flat_map(|name| name.split(['_', '-']));
    words.map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}
