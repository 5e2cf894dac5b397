//! Integrations: connections between a school data source and an application.

use serde_json::Value;

use crate::apis::edlink::generator;
use crate::apis::edlink::meta::{CREATED, ID, PERMISSIONS, UPDATED};
use crate::engine::schema::document::Document;
use crate::engine::schema::field::{DefaultValue, Kind, Owner, field, text};
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::{Actor, IdFormat, Schema};
use crate::engine::schema::time::{format_ms, parse_ms};
use crate::engine::state::State;
use crate::engine::store::Record;

/// The private field with the time at which an integration starts by itself. Until then it is `inactive`.
pub(super) const START_DATE: &str = "standin_start_date";

/// The statuses in which an integration waits for its start.
const WAITING: [&str; 2] = ["inactive", "scheduled"];

/// Statuses that no document names.
const ASSUMED: &[&str] = &["requested", "scheduled", "paused", "pending", "error"];

/// The statuses of an integration in which its tokens open its data.
const OPEN: [&str; 2] = ["active", "paused"];

const STATUSES: &[&str] = &["inactive", "active", "disabled", "requested", "scheduled", "paused", "pending", "error"];

/// Integrations.
pub(super) static INTEGRATIONS: Schema = Schema::new(
    "edlink.integrations",
    "Integration",
    "id",
    IdFormat::Uuid,
    &[
        ID,
        field("status", Kind::Enum(STATUSES)).assumed(ASSUMED).required().or(DefaultValue::Text("active")),
        field("scope", Kind::Enum(&["all", "selected"])).required().or(DefaultValue::Text("all")),
        CREATED,
        UPDATED,
        field("permissions", Kind::Strings).or(DefaultValue::EmptyList),
        field("targets", Kind::Strings).or(DefaultValue::EmptyList),
        text("access_token").required().by(Owner::CreateOnly).or(DefaultValue::Token(32)),
        field("application", Kind::Object),
        field("source", Kind::Object).required().by(Owner::CreateOnly),
        field("provider", Kind::Object).required().by(Owner::Preserved),
        field("team", Kind::Object).required().by(Owner::Preserved),
        field("entity", Kind::Object).nullable(),
        field(START_DATE, Kind::Time),
    ],
)
.unique(&["access_token"])
.due_at(starts_at);

/// Gives a new integration a source, a provider, a team and a permission where none is given; one that is
/// given a start in the future waits for it.
pub(super) fn prepare(state: &mut State, id: &str, mut given: Document, old: Option<&Record>, _: Actor) -> Document {
    if old.is_none() {
        let complete = ["source", "provider", "team", "permissions"].iter().all(|name| given.contains(name));
        if !complete {
            let made_up = generator::surroundings(&mut state.rng.derive(id));
            for (name, value) in made_up {
                given.or_insert_with(name, || value);
            }
            given.or_insert_with("permissions", || usual_permissions(state));
        }
    }
    let start = given.get(START_DATE).and_then(Value::as_str);
    if start.and_then(parse_ms).is_some_and(|start_ms| start_ms > state.clock.now_ms()) {
        let status = given.get("status").and_then(Value::as_str).unwrap_or_default();
        let said = !status.is_empty() && old.is_none_or(|old| old.text("status") != Some(status));
        let is_new = old.is_none_or(|old| old.text(START_DATE) != start);
        let waits = WAITING.contains(&status);
        if said && !waits && !(is_new && status == "active") {
            // A status that an administrator sets must not be overruled by the start later.
            given.remove(START_DATE);
        } else if !waits {
            given.insert("status", "inactive".into());
        }
    }
    given
}

/// Returns the permission to read everything, if the world has it or lists no permissions.
fn usual_permissions(state: &State) -> Value {
    let known = state.store.of(&PERMISSIONS);
    let usable = known.is_empty() || known.get(generator::READ_EVERYTHING).is_some();
    if usable { vec![generator::READ_EVERYTHING].into() } else { Value::Array(Vec::new()) }
}

/// Tells whether the tokens of an integration open its data.
pub(super) fn is_open(integration: &Record) -> bool {
    integration.text("status").is_some_and(|status| OPEN.contains(&status))
}

fn starts_at(fields: &Document) -> Option<u64> {
    let waits = fields.get("status").and_then(Value::as_str).is_some_and(|status| WAITING.contains(&status));
    let start = fields.get(START_DATE).filter(|_| waits)?;
    parse_ms(start.as_str()?)
}

/// Starts an integration whose start has come: it is active since that time.
pub(super) fn start(state: &mut State, integration: &Record) -> Result<(), Problem> {
    let since = starts_at(integration.fields()).map(format_ms);
    let mut patch = Document::new();
    patch.insert("status", "active".into());
    patch.insert("updated_date", since.into());
    patch.insert(START_DATE, Value::Null);
    state.patch(&INTEGRATIONS, integration, &patch, Actor::Administrator).map(|_| ())
}
