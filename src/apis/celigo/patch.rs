//! JSON Patch (RFC 6902) of integrations.

use json_patch::{Patch, PatchOperation};
use serde_json::{Value, json};

use crate::apis::celigo::resources::INTEGRATIONS;
use crate::apis::celigo::words::{INVALID_FIELD, INVALID_PATCH, VALIDATION_ERROR};
use crate::engine::action::{Body, Call};
use crate::engine::api::{By, ErrorDef};
use crate::engine::message::Reply;
use crate::engine::problem::Problem;

/// What may be patched, with all below.
const OPEN: [&str; 2] = ["flowGroupings", "settings"];

/// `integrations.patch`: all operations of the body, or none.
pub fn integration(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let integration = call.record(&INTEGRATIONS, "id")?;
    let patch: Patch = serde_json::from_value(call.body.as_ref().map(Body::to_value).unwrap_or_default())
        .map_err(|error| refused(VALIDATION_ERROR, "body", format!("Body must be a JSON Patch: {error}")))?;
    if let Some(path) = patch.0.iter().flat_map(paths).find(|path| !is_open(path)) {
        let message = format!("{path} cannot be patched; /flowGroupings, /settings and what is below them can");
        return Err(refused(INVALID_FIELD, &path, message));
    }
    let open = OPEN.iter().filter_map(|name| Some(((*name).to_owned(), integration.get(name)?.clone())));
    let mut document = Value::Object(open.collect());
    for (place, operation) in patch.0.iter().enumerate() {
        make_room(&mut document, operation);
        json_patch::patch(&mut document, std::slice::from_ref(operation)).map_err(|mut error| {
            error.operation = place;
            Problem::named(INVALID_PATCH, error.to_string())
        })?;
    }
    let mut fields = integration.fields().clone();
    for name in OPEN {
        match document.get_mut(name) {
            Some(value) => fields.insert(name, value.take()),
            None => drop(fields.remove(name)),
        }
    }
    call.world.replace(&INTEGRATIONS, &integration, fields, By::Consumer)?;
    Ok(Reply::empty(call.route.success))
}

/// Settings that nobody has set yet can be added to.
fn make_room(document: &mut Value, operation: &PatchOperation) {
    let PatchOperation::Add(add) = operation else { return };
    let (first, below) = add.path.split_front().unzip();
    if below.is_some_and(|below| !below.is_root())
        && let Some(name) = first
        && let Value::Object(document) = document
    {
        document.entry(name.decoded()).or_insert_with(|| json!({}));
    }
}

fn refused(error: &'static ErrorDef, field: &str, message: String) -> Problem {
    Problem::Named { error, message: Some(message), field: Some(field.to_owned()), retry_after_s: None }
}

/// Where an operation reads or writes.
fn paths(operation: &PatchOperation) -> Vec<String> {
    let from = match operation {
        PatchOperation::Move(operation) => Some(operation.from.to_string()),
        PatchOperation::Copy(operation) => Some(operation.from.to_string()),
        _ => None,
    };
    std::iter::once(operation.path().to_string()).chain(from).collect()
}

fn is_open(path: &str) -> bool {
    let first = path.strip_prefix('/').and_then(|path| path.split('/').next());
    first.is_some_and(|name| OPEN.contains(&name))
}
