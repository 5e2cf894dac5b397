//! Lists, envelopes and errors in the `OpenAPI` document.

use serde_json::{Value, json};

use crate::apis::edlink::{graph, sso};
use crate::engine::api::openapi::{Parameter, either};
use crate::engine::api::route::{Action, ResponseShape, Route};
use crate::http::message::Method;

/// Returns the query parameters of a list.
pub(super) fn parameters(route: &Route) -> Vec<Parameter> {
    if route.body_last {
        return coursework(route);
    }
    if route.other_success.is_some() {
        return signing_in();
    }
    let is_shaped = matches!(route.shows, ResponseShape::Many(_) | ResponseShape::Part(_));
    let graph = route.path.starts_with("/v2/graph/") || (route.path.starts_with("/v2/my/") && is_shaped);
    let text = json!({ "type": "string" });
    let mut shaped = vec![
        parameter("$expand", &text, "References to show with what they lead to, in a comma list."),
        parameter("$fields", &text, "The fields to show, in a comma list."),
    ];
    if !matches!(route.action, Action::List(_)) && !matches!(route.shows, ResponseShape::Many(_)) {
        return if graph { shaped } else { Vec::new() };
    }
    let size = json!({ "type": "integer", "minimum": 1, "maximum": 10_000 });
    let cursor = json!({ "type": "string", "format": "uuid" });
    let mut all = vec![
        parameter("$first", &size, "At most this many records, from the first. Not together with $last."),
        parameter("$last", &size, "At most this many records, from the last, newest first."),
        parameter("$after", &cursor, "Only those after this one. Not together with $before."),
        parameter("$before", &cursor, "Only those before this one."),
    ];
    if graph {
        all.push(parameter("$cursor", &cursor, "Where a next link goes on; nothing else counts beside it."));
        all.push(parameter("$filter", &filter(route), "Conditions, as JSON: {field: [{operator, value}]}."));
        all.append(&mut shaped);
    }
    all
}

/// Describes the JSON within the text of a filter.
fn filter(route: &Route) -> Value {
    let mut text = json!({ "type": "string", "contentMediaType": "application/json" });
    if let (Action::List(resource), _) | (_, ResponseShape::Many(resource)) = (route.action, route.shows) {
        text["contentSchema"] = graph::filter_schema(resource);
    }
    text
}

/// Returns the schema of a parameter of a path: ids are UUIDs, except those of a sign-on, which may be any text. An
/// alias, `type:identifier`, may name an assignment.
pub(super) fn path_parameter(route: &Route, name: &str) -> Value {
    let is_of_sign_on = route.other_success.is_some();
    match name {
        _ if is_of_sign_on => json!({ "type": "string", "minLength": 1 }),
        "assignment_id" => json!({ "type": "string", "anyOf": [{ "format": "uuid" }, { "pattern": "^[a-z]+:.+$" }] }),
        _ => json!({ "type": "string", "format": "uuid" }),
    }
}

fn parameter(name: &str, schema: &Value, about: &'static str) -> Parameter {
    Parameter::new(name, schema.clone(), about)
}

/// Returns the query parameters of coursework.
fn coursework(route: &Route) -> Vec<Parameter> {
    let text = json!({ "type": "string" });
    match route.method {
        Method::Post => {
            let key = json!({ "type": "string", "maxLength": 255 });
            vec![parameter("$idempotency", &key, "Names the request: a repeat is answered as the first.")]
        }
        Method::Patch => {
            vec![parameter("$properties", &text, "The fields of the body that are heard, in a comma list.")]
        }
        _ if matches!(route.shows, ResponseShape::Many(_)) => {
            let size = json!({ "type": "integer", "minimum": 1, "maximum": 10_000 });
            let cursor = json!({ "type": "string", "format": "uuid" });
            vec![
                parameter("$first", &size, "At most this many."),
                parameter("$cursor", &cursor, "Where a next link goes on."),
            ]
        }
        _ => Vec::new(),
    }
}

/// Returns the query parameters of a sign-in.
fn signing_in() -> Vec<Parameter> {
    let text = json!({ "type": "string" });
    let outcome = json!({ "type": "string", "enum": sso::OUTCOMES });
    vec![
        parameter("client_id", &text, "The application. Required."),
        parameter("redirect_uri", &text, "The address that the person is sent back to. Required."),
        parameter("state", &text, "Handed back as it came."),
        parameter("standin_person", &text, "The fake's own: who signs in, by id or e-mail address."),
        parameter("standin_outcome", &outcome, "The fake's own: what comes of it."),
    ]
}

/// Wraps a schema in `$data`; a list has its next link beside it, v2 its request and its warnings.
pub(super) fn envelope(is_v2: bool, many: bool, schema: &Value) -> Value {
    let mut properties = json!({ "$data": schema });
    if many {
        properties["$next"] = json!({ "type": "string" });
    }
    if !is_v2 {
        return json!({ "type": "object", "properties": properties, "required": ["$data"] });
    }
    properties["$request"] = json!({ "type": "string" });
    properties["$warnings"] = json!({ "type": "array", "minItems": 1, "items": error() });
    json!({ "type": "object", "properties": properties, "required": ["$data", "$request"] })
}

/// Returns the schema of an error or a warning.
fn error() -> Value {
    json!({
        "type": "object",
        "properties": { "code": { "type": "string" }, "message": { "type": "string" } },
        "required": ["code", "message"],
    })
}

/// Describes `{"$request","$errors":[{"code","message"}]}`, in the live profile with `$error`.
pub(super) fn error_schema() -> Value {
    let errors = json!({ "type": "array", "minItems": 1, "items": error() });
    let properties = json!({ "$request": { "type": "string" }, "$errors": errors, "$error": { "type": "string" } });
    either(&properties, ["$errors", "$error"])
}
