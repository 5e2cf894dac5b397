//! JSON Patch (RFC 6902) of integrations.

use json_patch::{Patch, PatchOperation};
use serde_json::{Value, json};

use crate::apis::celigo::errors::{INVALID_FIELD, INVALID_PATCH, VALIDATION_ERROR};
use crate::apis::celigo::resources::INTEGRATIONS;
use crate::engine::api::context::{Body, Context};
use crate::engine::schema::error_def::ErrorDef;
use crate::engine::schema::problem::{FieldFaultKind, Problem};
use crate::engine::schema::schema::Actor;
use crate::http::message::Response;
use crate::http::tree::{DEPTH, bytes_of, depth_of};

/// What may be patched, with all below.
const OPEN: [&str; 2] = ["flowGroupings", "settings"];

/// `integrations.patch`: all operations of the body, or none.
pub fn integration(context: &mut Context<'_>) -> Result<Response, Problem> {
    let integration = context.record(&INTEGRATIONS, "id")?;
    let patch: Patch = serde_json::from_value(context.body.as_ref().map(Body::to_value).unwrap_or_default())
        .map_err(|error| refused(VALIDATION_ERROR, "body", format!("Body must be a JSON Patch: {error}")))?;
    if let Some(path) = patch.0.iter().flat_map(paths).find(|path| !is_open(path)) {
        let message = format!("{path} cannot be patched; /flowGroupings, /settings and what is below them can");
        return Err(refused(INVALID_FIELD, &path, message));
    }
    let open = OPEN.iter().filter_map(|name| Some(((*name).to_owned(), integration.get(name)?.clone())));
    let mut document = Value::Object(open.collect());
    let mut budget = Budget::new(context.state.settings.body_limit_bytes, integration.bytes().len());
    for (place, operation) in patch.0.iter().enumerate() {
        make_room(&mut document, operation);
        budget.spend(&document, operation)?;
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
    context.state.replace(&INTEGRATIONS, &integration, fields, Actor::Consumer)?;
    Ok(Response::empty(context.route.success))
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

/// How much a patch may still do. A few bytes of it can copy what earlier ones copied, so the document is bounded in bytes
/// and depth before each operation, and the work of all operations together.
struct Budget {
    limit_bytes: usize,
    /// Bytes that may still be added to the document. What is removed gives none back.
    room: usize,
    /// Bytes that may still be read, compared and moved.
    work: usize,
}

/// How many times the bytes of the largest body a patch may move in all.
const WORK: usize = 16;

impl Budget {
    fn new(limit_bytes: usize, record_bytes: usize) -> Self {
        let room = limit_bytes.saturating_sub(record_bytes);
        Self { limit_bytes, room, work: limit_bytes.saturating_mul(WORK) }
    }

    /// Pays for an operation before it is applied.
    fn spend(&mut self, document: &Value, operation: &PatchOperation) -> Result<(), Problem> {
        let (value, is_new) = match operation {
            PatchOperation::Add(add) => (Some(&add.value), true),
            PatchOperation::Replace(replace) => (Some(&replace.value), true),
            PatchOperation::Test(test) => (Some(&test.value), false),
            PatchOperation::Copy(copy) => (document.pointer(copy.from.as_str()), true),
            PatchOperation::Move(it) => (document.pointer(it.from.as_str()), false),
            PatchOperation::Remove(_) => (None, false),
        };
        let bytes = value.map_or(0, bytes_of) + operation.path().as_str().len();
        let shifted: usize = paths(operation).iter().map(|path| shifted_bytes(document, path)).sum();
        let too_large = Problem::TooLarge { limit_bytes: self.limit_bytes };
        self.work = self.work.checked_sub(bytes + shifted).ok_or_else(|| too_large.clone())?;
        if is_new {
            self.room = self.room.checked_sub(bytes).ok_or(too_large)?;
        }
        // The record itself is one level more.
        let levels = operation.path().count() + value.map_or(0, depth_of);
        if levels > DEPTH && !matches!(operation, PatchOperation::Test(_)) {
            let field = operation.path().first().map(|name| name.decoded().into_owned()).unwrap_or_default();
            return Err(Problem::field(field, FieldFaultKind::TooDeep { max_depth: DEPTH }));
        }
        Ok(())
    }
}

/// How many bytes of an array move when an element comes or goes at this path.
fn shifted_bytes(document: &Value, path: &str) -> usize {
    let array = path.rsplit_once('/').and_then(|(array, _)| document.pointer(array)).and_then(Value::as_array);
    array.map_or(0, |items| size_of_val(items.as_slice()))
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
