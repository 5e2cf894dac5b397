//! The `OpenAPI` 3.1 document of the control API, from its table.

use serde_json::{Map, Value, json};

use crate::control::table::{ControlRoute, EVENTS, ITSELF, QueryParameter, SERVER, WORLD};
use crate::http::headers;

/// The name by which clients ask for the document.
pub(super) const NAME: &str = "control";

/// The schemas of bodies and answers.
const SCHEMAS: &str = include_str!("schemas.json");

/// Returns the document.
pub(crate) fn document() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    let mut add = |prefix: &str, routes: &[ControlRoute], is_worlds: bool| {
        for route in routes {
            let path = format!("{prefix}{}", route.path);
            let methods = paths.entry(path.as_str()).or_insert_with(|| json!({}));
            methods[route.method.to_lowercase()] = operation(route, &path, is_worlds);
        }
    };
    add("/_standin", SERVER, false);
    add("/_standin", WORLD, true);
    add("/_standin/worlds/{world}", ITSELF, true);
    add("/_standin/worlds/{world}", WORLD, true);
    let schemas: Value = serde_json::from_str(SCHEMAS).expect("the schemas are JSON");
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "standin, control API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Drives a running server, as an administrator does. Paths below /_standin/worlds/{world} are \
                about that world, the shorter ones about the default world; below /w/<name>/_standin, the shorter \
                ones are about the world of that name.",
        },
        "servers": [{ "url": "/" }],
        "security": [{}, { "token": [] }, { "bearer": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": { "type": "apiKey", "in": "header", "name": headers::CONTROL_TOKEN },
                "bearer": { "type": "http", "scheme": "bearer" },
            },
            "schemas": schemas,
        },
    })
}

fn operation(route: &ControlRoute, path: &str, is_worlds: bool) -> Value {
    let in_path = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).map(
        |name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string", "minLength": 1 } }),
    );
    let in_query = route.query.iter().map(|QueryParameter { name, is_number, about }| {
        let schema = if *is_number { json!({ "type": "integer", "minimum": 0 }) } else { json!({ "type": "string" }) };
        json!({ "name": name, "in": "query", "description": about, "schema": schema })
    });
    let mut responses = json!({ "default": {
        "description": "It was not done; nothing was changed.",
        "content": json_of("Error"),
    }});
    match route.answer {
        Some(EVENTS) => {
            responses["200"] = json!({
                "description": "Server-sent events, until the caller leaves.",
                "content": { "text/event-stream": { "schema": { "type": "string" } } },
            });
        }
        Some(schema) => responses["200"] = json!({ "description": "Done.", "content": json_of(schema) }),
        None => responses["204"] = json!({ "description": "Done, without a body." }),
    }
    if let Some(((status, when), schema)) = route.else_answers.zip(route.answer) {
        responses[status.to_string()] = json!({ "description": when, "content": json_of(schema) });
    }
    let mut operation = json!({
        "operationId": operation_id(route.method, path),
        "summary": route.about,
        "tags": [if is_worlds { "world" } else { "server" }],
        "parameters": in_path.chain(in_query).collect::<Vec<_>>(),
        "responses": responses,
    });
    if let Some(schema) = route.body {
        let required = !OPTIONAL.contains(&schema);
        operation["requestBody"] = json!({ "required": required, "content": json_of(schema) });
    }
    operation
}

/// The bodies that may be left out.
const OPTIONAL: [&str; 4] = ["NewWorld", "NewNamedWorld", "SnapshotName", "Verify"];

fn json_of(schema: &str) -> Value {
    json!({ "application/json": { "schema": { "$ref": format!("#/components/schemas/{schema}") } } })
}

/// Returns a name for programs: `getWorldsWorldJournal` for `GET /_standin/worlds/{world}/journal`.
fn operation_id(method: &str, path: &str) -> String {
    let words = path.split(['/', '.']).skip(2).map(|word| word.trim_matches(['{', '}']));
    words.fold(method.to_lowercase(), |id, word| {
        let mut letters = word.chars();
        letters.next().map_or(id.clone(), |first| id + &first.to_uppercase().to_string() + letters.as_str())
    })
}
