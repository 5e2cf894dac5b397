//! Lists and errors in the `OpenAPI` document.

use serde_json::{Value, json};

use crate::apis::celigo::filters;
use crate::apis::celigo::filters::{MOST_MS, NO_FILTERS};
use crate::engine::api::openapi::{Parameter, either};
use crate::engine::api::route::{Action, ResponseShape, Route};
use crate::engine::schema::field::Kind;
use crate::engine::schema::schema::{Meaning, Schema};

/// Returns the query parameters of a list.
pub(super) fn parameters(route: &Route) -> Vec<Parameter> {
    let Some(resource) = listed(route) else { return if route.pages { paging() } else { Vec::new() } };
    let filters = filters::names(resource).filter(|(name, _)| !NO_FILTERS.contains(name)).map(filter);
    let shown = shown(resource).into_iter();
    let shown = shown.filter(|it| it.name != "search" || filters::is_searched(resource));
    paging().into_iter().chain(shown).chain(filters).chain(filters::bounds(resource).map(bound)).collect()
}

/// Returns the kind of record that a list filters by.
pub(super) fn listed(route: &Route) -> Option<&'static Schema> {
    match (route.action, route.shows) {
        (Action::List(resource), _) | (_, ResponseShape::Many(resource)) => Some(resource),
        _ => route.filters,
    }
}

fn parameter(name: &str, schema: Value, about: &'static str) -> Parameter {
    Parameter::new(name, schema, about)
}

fn paging() -> Vec<Parameter> {
    let at_least = |least: u8| json!({ "type": "integer", "minimum": least });
    vec![
        parameter("limit", at_least(1), "The most records to show, up to 1,000."),
        parameter("offset", at_least(0), "How many records to leave out at the start."),
        parameter("skip", at_least(0), "The same; offset wins."),
        parameter("page", at_least(1), "Which page to show, from 1."),
        parameter("pageSize", at_least(1), "How many records a page has."),
    ]
}

fn shown(resource: &'static Schema) -> [Parameter; 6] {
    let paths = || json!({ "type": "string", "pattern": "^[A-Za-z0-9._,]*$" });
    let names = filters::ordered(resource).collect::<Vec<_>>().join("|");
    let sort = format!("^(-?({names})(,-?({names}))*)?$");
    [
        parameter("include", paths(), "Shows only these fields, with id and name."),
        parameter("exclude", paths(), "Shows all but these fields. Not together with include."),
        parameter("search", json!({ "type": "string" }), "Only records whose name or description holds this text."),
        parameter(
            "sort",
            json!({ "type": "string", "pattern": sort }),
            "Orders by these fields; - before one that falls.",
        ),
        parameter("sort_by", json!({ "type": "string", "pattern": sort }), "Another word for sort."),
        parameter("after", json!({ "type": "string" }), "Only records behind the one of this id."),
    ]
}

/// Returns the values that can be compared with a field of that kind.
fn comparable(kind: Kind) -> Value {
    match kind {
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Integer => json!({ "type": "integer", "minimum": i64::MIN, "maximum": i64::MAX }),
        Kind::Time => json!({ "anyOf": [
            { "type": "string", "format": "date-time" },
            { "type": "string", "format": "date" },
            { "type": "integer", "minimum": -MOST_MS, "maximum": MOST_MS },
            { "type": "string", "maxLength": 0 },
        ] }),
        Kind::Enum(words) => {
            let words = words.join("|");
            json!({ "type": "string", "pattern": format!("^(({words})(,({words}))*)?$") })
        }
        _ => json!({ "type": "string" }),
    }
}

/// Describes the parameter that asks for equality with a field.
fn filter((name, kind): (&'static str, Kind)) -> Parameter {
    parameter(name, comparable(kind), "Only records with this value.")
}

fn bound((name, meaning): (&'static str, Meaning)) -> Parameter {
    match meaning {
        Meaning::Only(_) => parameter(name, json!({ "type": "boolean" }), "Only such records, with true."),
        Meaning::NotModelled => {
            parameter(name, json!({ "type": "boolean", "enum": [false] }), "Only false: such records are not modelled.")
        }
        _ => parameter(name, comparable(Kind::Time), "Only records of this time, or on this side of it."),
    }
}

/// Describes `{"errors":[{"code","message","field"?}]}`, and for a 401 a message beside them or instead.
pub(super) fn error_schema() -> Value {
    let text = json!({ "type": "string" });
    let error = json!({
        "type": "object",
        "properties": { "code": text, "message": text, "field": text },
        "required": ["code", "message"],
    });
    let errors = json!({ "type": "array", "minItems": 1, "items": error });
    either(&json!({ "message": text, "errors": errors }), ["errors", "message"])
}
