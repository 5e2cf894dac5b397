//! Idempotency keys of `POST` requests: a repeat gets the answer of the first, and changes nothing.

use serde_json::Value;

use crate::apis::edlink::errors::IDEMPOTENCY_KEY_TOO_LONG;
use crate::apis::edlink::graph::Warning;
use crate::apis::edlink::graph::envelope;
use crate::apis::edlink::graph::envelope::IDEMPOTENCY;
use crate::apis::edlink::meta::ID;
use crate::engine::api::context::Context;
use crate::engine::schema::document::Document;
use crate::engine::schema::field::{Kind, field, text};
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::{Actor, IdFormat, Schema};
use crate::engine::schema::time::parse_ms;
use crate::engine::state::State;
use crate::engine::store::Record;
use crate::http::message::{Method, Response};

/// The time a key is remembered.
const LIFE_MS: u64 = 30 * 24 * 60 * 60 * 1_000;

/// The most characters of a key.
const MOST_CHARS: usize = 255;

/// Keys that were used, with their answers. The collection is the fake's own.
pub(crate) static IDEMPOTENCY_KEYS: Schema = Schema::new(
    "edlink.idempotency_keys",
    "Idempotency key",
    "id",
    IdFormat::Uuid,
    &[
        ID,
        text("key").required(),
        text("owner_id").required(),
        text("path").required(),
        field("data", Kind::Any),
        field("expires_date", Kind::Time).required(),
    ],
)
.indexed(&["key"])
.due_at(|fields| parse_ms(fields.get("expires_date")?.as_str()?));

/// Removes an expired key.
pub(crate) fn expire(state: &mut State, record: &Record) -> Result<(), Problem> {
    state.remove(&IDEMPOTENCY_KEYS, record, Actor::Service)
}

fn key<'q>(context: &'q Context<'_>) -> Option<&'q str> {
    context.query.get(IDEMPOTENCY).filter(|key| !key.is_empty() && context.route.method == Method::Post)
}

fn owner<'c>(context: &'c Context<'_>) -> &'c str {
    context.caller.subject.as_ref().map(Record::id).unwrap_or_default()
}

/// Returns the normalised path: ids in lower case, without a slash at the end.
fn path(context: &Context<'_>) -> String {
    context.target.path.trim_end_matches('/').to_ascii_lowercase()
}

/// Returns the answer to a request whose key was used before.
pub(crate) fn repeated(context: &mut Context<'_>) -> Result<Option<Response>, Problem> {
    let Some(key) = key(context) else { return Ok(None) };
    if key.chars().count() > MOST_CHARS {
        return Err(Problem::usual(IDEMPOTENCY_KEY_TOO_LONG));
    }
    let path = path(context);
    let used = context.state.store.of(&IDEMPOTENCY_KEYS).find("key", key);
    let is_this = |it: &&Record| it.text("owner_id") == Some(owner(context)) && it.text("path") == Some(path.as_str());
    let data = used.filter(is_this).map(|it| it.get("data").cloned().unwrap_or_default()).next();
    let Some(data) = data else { return Ok(None) };
    let message = format!("'{IDEMPOTENCY}' was used before; nothing was done again.");
    let warning = Warning { code: "IDEMPOTENCY_KEY_REPEATED", message };
    Ok(Some(envelope::warned(context, &data, None, &[warning])))
}

/// Remembers the answer to a key.
pub(crate) fn remember(context: &mut Context<'_>, data: &Value) -> Result<(), Problem> {
    let Some(key) = key(context).map(str::to_owned) else { return Ok(()) };
    // The id is drawn from a source of its own, so that a key does not change the ids after it.
    let path = path(context);
    let purpose = format!("edlink.idempotency:{}:{path}:{key}", owner(context));
    let fields = Document::from_iter([
        ("id", Value::from(context.state.rng.derive(&purpose).uuid().to_string())),
        ("key", key.into()),
        ("owner_id", owner(context).into()),
        ("path", path.into()),
        ("data", data.clone()),
        ("expires_date", context.state.later(LIFE_MS).into()),
    ]);
    context.state.create_from(&IDEMPOTENCY_KEYS, fields, Actor::Service).map(|_| ())
}
