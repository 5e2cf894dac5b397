//! The cursors of v2 lists: opaque ids, for which the fake remembers the end of a page and its parameters.

use serde_json::{Value, json};

use crate::apis::edlink::errors::INVALID_CURSOR;
use crate::apis::edlink::graph::viewer::Viewer;
use crate::apis::edlink::integrations::INTEGRATIONS;
use crate::apis::edlink::meta::ID;
use crate::apis::edlink::sso::LOGINS;
use crate::engine::api::context::Context;
use crate::engine::schema::document::Document;
use crate::engine::schema::field::{Kind, field, text};
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::{Actor, IdFormat, Schema};
use crate::engine::schema::time::parse_ms;
use crate::engine::state::State;
use crate::engine::state::mutate::is_uuid;
use crate::engine::store::{Between, Collection, Page, Record, Window};

/// The time a cursor is good for.
const LIFE_MS: u64 = 2 * 60 * 60 * 1_000;

/// The most memory of all cursors of a world, some six thousand of short queries; beyond, the oldest are forgotten.
const MOST_BYTES: usize = 16 << 20;

/// The issued cursors. The collection is the fake's own: the service shows only their ids.
pub(crate) static CURSORS: Schema = Schema::new(
    "edlink.cursors",
    "Cursor",
    "id",
    IdFormat::Uuid,
    &[
        ID,
        field("integration_id", Kind::Reference(&INTEGRATIONS)).required(),
        field("login_id", Kind::Reference(&LOGINS)).nullable(),
        text("path").required(),
        field("backward", Kind::Bool),
        field("count", Kind::Integer).required(),
        field("position", Kind::Integer).required(),
        field("bound", Kind::Integer).nullable(),
        text("filter").nullable(),
        text("expand").nullable(),
        text("fields").nullable(),
        field("expires_date", Kind::Time).required(),
    ],
)
.due_at(|fields| parse_ms(fields.get("expires_date")?.as_str()?));

/// Removes an expired cursor.
pub(crate) fn expire(state: &mut State, record: &Record) -> Result<(), Problem> {
    state.remove(&CURSORS, record, Actor::Fixture)
}

/// The parameters of a page: those of the query itself, or of the query that its cursor comes from.
#[derive(Clone, Debug)]
pub(crate) struct Remembered {
    /// True if the newest record comes first.
    pub backward: bool,
    /// The page size.
    pub count: usize,
    /// The sequence numbers between which records are shown.
    pub between: Between,
    /// `$filter`, `$expand` and `$fields` as they were sent.
    pub filter: Option<String>,
    /// See `filter`.
    pub expand: Option<String>,
    /// See `filter`.
    pub fields: Option<String>,
}

impl Remembered {
    /// Returns the part of a list that the parameters select.
    pub(crate) fn window(&self) -> Window {
        let (count, between) = (self.count, self.between);
        if self.backward { Window::Backward { count, between } } else { Window::Forward { count, between } }
    }
}

/// Returns the parameters of a cursor, if this integration got it for this list and it has not expired.
pub(crate) fn find(context: &Context<'_>, id: &str) -> Result<Remembered, Problem> {
    let invalid = || {
        let message = format!("'$cursor' {id} is unknown or has expired; start the list again.");
        Problem::named(INVALID_CURSOR, message)
    };
    let id = if is_uuid(id) { id.to_ascii_lowercase() } else { return Err(invalid()) };
    let cursor = context.state.store.of(&CURSORS).get(&id).ok_or_else(invalid)?;
    let viewer = Viewer::of(context);
    let is_own =
        cursor.text("integration_id") == Some(viewer.integration.id()) && cursor.text("login_id") == viewer.login();
    if !is_own || cursor.text("path") != Some(context.target.path) {
        return Err(invalid());
    }
    let number = |name: &str| cursor.get(name).and_then(Value::as_u64);
    let text = |name: &str| cursor.text(name).map(str::to_owned);
    let backward = cursor.get("backward") == Some(&Value::Bool(true));
    let (position, bound) = (number("position"), number("bound"));
    let between =
        if backward { Between { after: bound, before: position } } else { Between { after: position, before: bound } };
    Ok(Remembered {
        backward,
        count: number("count").and_then(|count| usize::try_from(count).ok()).unwrap_or(1),
        between,
        filter: text("filter"),
        expand: text("expand"),
        fields: text("fields"),
    })
}

/// Returns the address of the next page, if there is one, and remembers a cursor for it.
pub(crate) fn next(context: &mut Context<'_>, page: &Page, asked: &Remembered) -> Option<String> {
    let last = page.records.last().filter(|_| page.more)?;
    let viewer = Viewer::of(context);
    let (integration, login) = (viewer.integration.id().to_owned(), viewer.login().map(str::to_owned));
    let state = &mut *context.state;
    let id = new_id(state);
    let bound = if asked.backward { asked.between.after } else { asked.between.before };
    let fields = json!({
        "id": id,
        "integration_id": integration,
        "login_id": login,
        "path": context.target.path,
        "backward": asked.backward,
        "count": asked.count,
        "position": last.sequence(),
        "bound": bound,
        "filter": asked.filter,
        "expand": asked.expand,
        "fields": asked.fields,
        "expires_date": state.later(LIFE_MS),
    });
    let fields = Document::of(fields).expect("an object was just made");
    let is_full = |cursors: &Collection| cursors.counted_bytes() >= MOST_BYTES;
    while is_full(state.store.of(&CURSORS)) {
        let oldest = state.store.of(&CURSORS).nth(0)?.id().to_owned();
        state.store.of_mut(&CURSORS).remove(&oldest);
    }
    state.create_from(&CURSORS, fields, Actor::Fixture).expect("a cursor holds what was checked");
    let origin = context.origin();
    Some(format!("{origin}{}?$cursor={id}", context.target.path))
}

/// Draws an id that no cursor has, from a source of its own, so that a list does not change the ids after it.
fn new_id(state: &State) -> String {
    let mut purpose = format!("edlink.cursor:{}", state.call_number);
    loop {
        let id = state.rng.derive(&purpose).uuid().to_string();
        if state.store.of(&CURSORS).get(&id).is_none() {
            return id;
        }
        // The journal began anew, and its numbers repeat, but the cursors stayed.
        purpose.push('+');
    }
}
