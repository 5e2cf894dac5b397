//! JSON Patch (RFC 6902) of the fields of a record that the service lets patch.

use serde_json::{Value, json};

use crate::apis::celigo::errors::{FIELD_LOCKED, INVALID_FIELD, INVALID_PATCH, NOT_OPEN, VALIDATION_ERROR};
use crate::apis::celigo::json_patch::{PatchChange, PatchOperation, read};
use crate::apis::celigo::resources::{
    APIS, CONNECTIONS, EXPORTS, FLOWS, IMPORTS, INTEGRATIONS, LOOKUP_CACHES, MCP_SERVERS, SCRIPTS, TAGS,
};
use crate::engine::api::context::{Body, Context};
use crate::engine::api::openapi;
use crate::engine::schema::error_def::ErrorDef;
use crate::engine::schema::problem::{FieldFaultKind, Problem};
use crate::engine::schema::profile::Profile;
use crate::engine::schema::schema::{Actor, Schema};
use crate::engine::schema::time::parse_ms;
use crate::engine::store::Record;
use crate::http::message::Response;
use crate::http::tree::{DEPTH, bytes_of, depth_of};

/// The longest time for which debugging may be switched on.
const DEBUG_MS: u64 = 60 * 60 * 1_000;

/// Fields that the vendor's own client replaces where they were never set.
const SWITCHES: &[&str] = &["debugDate", "debugUntil"];

/// The part of a kind of record that may be patched.
pub(super) struct Open {
    schema: &'static Schema,
    /// The paths that may be patched, with all paths below. `N` stands for an index of an array.
    paths: &'static [&'static str],
}

const fn open(schema: &'static Schema, paths: &'static [&'static str]) -> Open {
    Open { schema, paths }
}

pub(super) static INTEGRATION: Open = open(&INTEGRATIONS, &["flowGroupings", "settings", "apiGroupings"]);
pub(super) static FLOW: Open = open(
    &FLOWS,
    &[
        "name",
        "description",
        "aiDescription",
        "disabled",
        "schedule",
        "timezone",
        "runPageGeneratorsInParallel",
        "logging",
        "aliases",
        "pageGenerators/N/schedule",
        "pageGenerators/N/skipRetries",
        "routers/N/name",
        "routers/N/branches/N/name",
    ],
);
pub(super) static EXPORT: Open = open(&EXPORTS, &["debugUntil", "assistantMetadata"]);
pub(super) static IMPORT: Open = open(&IMPORTS, &["debugUntil"]);
pub(super) static SCRIPT: Open = open(&SCRIPTS, &["debugUntil"]);
pub(super) static CONNECTION: Open = open(&CONNECTIONS, &["name", "debugDate", "debugUntil"]);
pub(super) static API: Open = open(&APIS, &["name", "description", "disabled"]);
pub(super) static MCP_SERVER: Open = open(&MCP_SERVERS, &["name", "disabled"]);
pub(super) static LOOKUP_CACHE: Open = open(&LOOKUP_CACHES, &["name", "description"]);
pub(super) static TAG: Open = open(&TAGS, &["tag"]);

macro_rules! handlers {
    ($($name:ident $open:ident, $operation:literal)*) => {$(
        #[doc = concat!("Handles `", $operation, "`")]
        pub(super) fn $name(context: &mut Context<'_>) -> Result<Response, Problem> {
            patch(context, &$open)
        }
    )*};
}
handlers! {
    integration INTEGRATION, "integrations.patch"
    flow FLOW, "flows.patch"
    export EXPORT, "exports.patch"
    import IMPORT, "imports.patch"
    script SCRIPT, "scripts.patch"
    connection CONNECTION, "connections.patch"
    api API, "apis.patch"
    mcp_server MCP_SERVER, "mcpservers.patch"
    lookup_cache LOOKUP_CACHE, "lookupcaches.patch"
    tag TAG, "tags.patch"
}

impl Open {
    /// Describes operations of a JSON Patch of such a record: where, and with which values.
    pub(super) fn describe(&self, body: &mut Value) {
        let set = json!({ "enum": ["add", "replace"] });
        let mut operations: Vec<Value> = Vec::new();
        let mut patterns: Vec<String> = Vec::new();
        for path in self.paths {
            let pattern = path.replace('N', "[0-9]+");
            let field = self.schema.field(path);
            let place = match field {
                Some(_) => json!({ "const": format!("/{path}") }),
                None => json!({ "type": "string", "pattern": format!("^/{pattern}$") }),
            };
            patterns.push(pattern);
            let value = field.map_or_else(|| json!({}), openapi::given);
            operations.push(json!({
                "type": "object",
                "properties": { "op": set, "path": place, "value": value },
                "required": ["op", "path", "value"],
            }));
        }
        let below = json!({ "type": "string", "pattern": format!("^/({})(/.*)?$", patterns.join("|")) });
        operations.push(json!({
            "type": "object",
            "properties": { "op": { "enum": ["remove"] }, "path": below },
            "required": ["op", "path"],
        }));
        *body = json!({ "type": "array", "items": { "anyOf": operations } });
    }
}

/// Applies all operations of the body to the open paths of a record, or none.
fn patch(context: &mut Context<'_>, open: &Open) -> Result<Response, Problem> {
    let Open { schema, paths: open } = open;
    let record = context.record(schema, "id")?;
    let patch = read(context.body.as_ref().map(Body::to_value).unwrap_or_default())
        .map_err(|error| refused(VALIDATION_ERROR, "body", format!("Body is no JSON Patch: {error}")))?;
    if patch.iter().any(|operation| matches!(operation.change, PatchChange::Other)) {
        return Err(refused(VALIDATION_ERROR, "op", "Op must be add, replace or remove".to_owned()));
    }
    if let Some(path) = patch.iter().map(|operation| &operation.path).find(|path| !is_open(path, open)) {
        return Err(refused(INVALID_FIELD, path, format!("\"{path}\"{NOT_OPEN}")));
    }
    locked(context, &record)?;
    let names = || open.iter().map(|path| path.split('/').next().unwrap_or_default());
    let there = names().filter_map(|name| Some((name.to_owned(), record.get(name)?.clone())));
    let mut document = Value::Object(there.collect());
    let mut budget = PatchWork::new(context.api.body_limit_bytes(&context.state.settings), record.bytes().len());
    for (place, operation) in patch.into_iter().enumerate() {
        make_room(&mut document, &operation);
        budget.spend(&document, &operation)?;
        let path = operation.path.clone();
        operation.apply(&mut document).ok_or_else(|| {
            let message = format!("operation '/{place}' failed at path '{path}': path is invalid");
            Problem::named(INVALID_PATCH, message)
        })?;
    }
    let until = document.get("debugUntil").and_then(Value::as_str).and_then(parse_ms);
    if until.is_some_and(|until| until > context.state.clock.now_ms() + DEBUG_MS) {
        let message = "debugUntil must be at most 60 minutes ahead".to_owned();
        return Err(refused(INVALID_FIELD, "debugUntil", message));
    }
    let mut fields = record.fields().clone();
    for name in names() {
        match document.get(name) {
            Some(value) => fields.insert(name.to_owned(), value.clone()),
            None => drop(fields.remove(name)),
        }
    }
    context.state.replace(schema, &record, fields, Actor::Consumer)?;
    Ok(Response::empty(context.success()))
}

/// Rejects, on the running service, a patch of a record that a connector's integration owns.
fn locked(context: &Context<'_>, record: &Record) -> Result<(), Problem> {
    let owner = record.text("_integrationId").and_then(|id| context.state.store.of(&INTEGRATIONS).get(id));
    let is_locked = record.text("_connectorId").is_some() || owner.is_some_and(|it| it.text("_connectorId").is_some());
    if is_locked && context.profile() == Profile::Live {
        return Err(Problem::usual(FIELD_LOCKED));
    }
    Ok(())
}

/// Adds values that an operation needs and that were never set: an object of settings to add to, or a switch to
/// replace.
fn make_room(document: &mut Value, operation: &PatchOperation) {
    let Some((name, below)) = operation.tokens.split_first() else { return };
    let room = match operation.change {
        PatchChange::Add(_) if !below.is_empty() => json!({}),
        PatchChange::Replace(_) if below.is_empty() && SWITCHES.contains(&name.as_str()) => Value::Null,
        _ => return,
    };
    if let Value::Object(document) = document {
        document.entry(name).or_insert(room);
    }
}

fn refused(error: &'static ErrorDef, field: &str, message: String) -> Problem {
    Problem::Named { error, message: Some(message), field: Some(field.to_owned()), retry_after_s: None }
}

/// The work that a patch may still do. The bytes and depth of the document are bounded before each operation, and so is
/// the work of all operations together.
struct PatchWork {
    limit_bytes: usize,
    /// Bytes that may still be added to the document. Removals give none back.
    room: usize,
    /// Bytes that may still be read, compared and moved.
    work: usize,
}

/// The bytes a patch may move in all, as a multiple of the largest body.
const WORK: usize = 16;

impl PatchWork {
    fn new(limit_bytes: usize, record_bytes: usize) -> Self {
        let room = limit_bytes.saturating_sub(record_bytes);
        Self { limit_bytes, room, work: limit_bytes.saturating_mul(WORK) }
    }

    /// Subtracts the work of an operation before it is applied.
    fn spend(&mut self, document: &Value, operation: &PatchOperation) -> Result<(), Problem> {
        let value = match &operation.change {
            PatchChange::Add(value) | PatchChange::Replace(value) => Some(value),
            PatchChange::Remove | PatchChange::Other => None,
        };
        let bytes = value.map_or(0, bytes_of) + operation.path.len();
        let shifted = shifted_bytes(document, operation);
        let too_large = Problem::TooLarge { limit_bytes: self.limit_bytes };
        self.work = self.work.checked_sub(bytes + shifted).ok_or_else(|| too_large.clone())?;
        if value.is_some() {
            self.room = self.room.checked_sub(bytes).ok_or(too_large)?;
        }
        // The record itself is one further level.
        let levels = operation.tokens.len() + value.map_or(0, depth_of);
        if levels > DEPTH {
            let field = operation.tokens.first().cloned().unwrap_or_default();
            return Err(Problem::field(field, FieldFaultKind::TooDeep { max_depth: DEPTH }));
        }
        Ok(())
    }
}

/// The bytes that move with each member of an object when one of them is removed: its place in the index.
const MEMBER_BYTES: usize = 16;

/// Returns the number of bytes that move when an operation removes an element or a member, or adds an element.
fn shifted_bytes(document: &Value, operation: &PatchOperation) -> usize {
    let Some((parent, last)) = operation.path.rsplit_once('/') else { return 0 };
    match (document.pointer(parent), &operation.change) {
        (Some(Value::Array(items)), PatchChange::Add(_) | PatchChange::Remove) => {
            let behind = last.parse().map_or(0, |at| items.len().saturating_sub(at));
            behind * size_of::<Value>()
        }
        (Some(Value::Object(members)), PatchChange::Remove) => members.len() * MEMBER_BYTES,
        _ => 0,
    }
}

fn is_open(path: &str, open: &[&str]) -> bool {
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    open.iter().any(|pattern| {
        let pattern: Vec<&str> = pattern.split('/').collect();
        let fits = |(pattern, segment): (&&str, &&str)| {
            if *pattern == "N" { segment.bytes().all(|byte| byte.is_ascii_digit()) } else { pattern == segment }
        };
        segments.len() >= pattern.len() && pattern.iter().zip(&segments).all(fits)
    })
}
