//! Faults of the tables of APIs that are served together, found before the first request could meet them.

use crate::engine::api::api::Api;
use crate::engine::api::route::{Action, Route};
use crate::engine::schema::error_def::ErrorDef;
use crate::engine::schema::schema::Schema;

/// The first path segments that are the server's own.
const OWN_PATHS: [&str; 2] = ["/_standin", "/w"];

/// The names that no API may have: the control API's document has this one.
const OWN_NAMES: [&str; 1] = ["control"];

/// Returns the faults of these tables, each with the name of its API, operation or collection.
pub(crate) fn table_faults(apis: &[&'static Api]) -> Vec<String> {
    let mut faults = Vec::new();
    for (place, api) in apis.iter().enumerate() {
        faults.extend(name_fault(api));
        let others = &apis[..place];
        if others.iter().any(|other| other.name == api.name) {
            faults.push(format!("two APIs are named {}: give one of them another name", api.name));
        }
        for base in api.bases() {
            faults.extend(base_fault(api, base));
            if let Some(other) = others.iter().find(|other| other.bases().any(|known| overlap(known, base))) {
                faults
                    .push(format!("{base} is a base of {} and of {}: give one of them another", other.name, api.name));
            }
        }
        faults.extend(api.resources.iter().enumerate().flat_map(|(place, resource)| {
            let is_twice = api.resources[..place].iter().any(|other| other.schema.name == resource.schema.name);
            let twice = is_twice.then(|| format!("{} is listed twice: remove one of them", resource.schema.name));
            schema_faults(api, resource.schema).into_iter().chain(twice)
        }));
        let unlisted = |error: &&&'static ErrorDef| api.error(error.name).is_none();
        faults.extend(
            api.common_errors.iter().filter(unlisted).map(|error| {
                format!("{}: the common error {} is not among the errors of the API", api.name, error.name)
            }),
        );
        for route in api.routes {
            let operation = format!("{}.{}", api.name, route.name);
            faults.extend(route_faults(api, route).into_iter().map(|fault| format!("{operation}: {fault}")));
        }
    }
    faults
}

fn name_fault(api: &Api) -> Option<String> {
    let is_word = api.name.starts_with(|first: char| first.is_ascii_lowercase())
        && api.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte));
    if OWN_NAMES.contains(&api.name) {
        return Some(format!("an API cannot be named {}: that is standin's own", api.name));
    }
    (!is_word).then(|| format!("an API cannot be named {:?}: use lower-case letters, digits, - and _", api.name))
}

fn base_fault(api: &Api, base: &str) -> Option<String> {
    let is_path = base.len() > 1 && base.starts_with('/') && !base.ends_with('/') && !base.contains(['{', '?', '#']);
    if !is_path {
        return Some(format!("{}: the base {base:?} must be a path such as \"/{}\"", api.name, api.name));
    }
    let own = OWN_PATHS.iter().find(|own| overlap(own, base))?;
    Some(format!("{}: the base {base} lies at {own}, which is standin's own", api.name))
}

/// Tells whether one path is the other, or lies below it.
fn overlap(one: &str, other: &str) -> bool {
    let is_below =
        |path: &str, base: &str| path.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    is_below(one, other) || is_below(other, one)
}

fn is_listed(api: &Api, schema: &Schema) -> bool {
    api.resources.iter().any(|resource| std::ptr::eq(resource.schema, schema))
}

fn schema_faults(api: &Api, schema: &'static Schema) -> Vec<String> {
    let mut faults = Vec::new();
    let name = schema.name;
    let own = name.split_once('.').filter(|(first, rest)| *first == api.name && !rest.is_empty());
    if own.is_none() {
        faults.push(format!("{name}: the name of a collection of {0} must begin with \"{0}.\"", api.name));
    }
    let named = [schema.id_field].into_iter().chain(schema.unique.iter().chain(schema.indexed).copied());
    faults.extend(
        named
            .filter(|field| schema.field(field).is_none())
            .map(|field| format!("{name}: {field} is not among its fields")),
    );
    let fields = schema.fields.iter().filter_map(|field| Some((field.name, field.kind.target()?)));
    let references = fields.chain(schema.links.iter().map(|link| (link.field, link.to)));
    faults.extend(references.filter(|(_, to)| !is_listed(api, to)).map(|(field, to)| {
        format!("{name}: {field} refers to {}, which is not among the resources of {}", to.name, api.name)
    }));
    faults
}

fn route_faults(api: &Api, route: &Route) -> Vec<String> {
    let mut faults = Vec::new();
    if route.name.is_empty() {
        faults.push(format!("the row of {} has no name", route.path));
    }
    if !route.path.is_empty() && !route.path.starts_with('/') {
        faults.push(format!("its path {:?} must begin with /", route.path));
    }
    if let Some(schema) = route.action.resource().filter(|schema| !is_listed(api, schema)) {
        faults.push(format!("{} is not among the resources of {}", schema.name, api.name));
    }
    let is_of_one = matches!(route.action, Action::Read(_) | Action::Replace(_) | Action::Remove(_));
    if is_of_one && !route.path.contains('{') {
        faults.push(format!("its path {} names no record: add a parameter such as {{id}}", route.path));
    }
    let unlisted = route.errors.iter().filter(|error| api.error(error.name).is_none());
    faults.extend(unlisted.map(|error| format!("{} is not among the errors of {}", error.name, api.name)));
    faults
}
