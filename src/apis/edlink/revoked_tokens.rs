//! Tokens of integrations that are gone. Without this list they would pass as secrets where every unknown bearer token
//! is one.

use serde_json::Value;

use crate::apis::edlink::meta::ID;
use crate::engine::schema::document::Document;
use crate::engine::schema::field::text;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::{Actor, IdFormat, Schema};
use crate::engine::state::State;
use crate::engine::store::Record;

/// Tokens that were good once. The collection is the fake's own.
pub(super) static ENDED_TOKENS: Schema =
    Schema::new("edlink.ended_tokens", "Ended token", "id", IdFormat::Uuid, &[ID, text("access_token").required()])
        .unique(&["access_token"]);

/// Tells whether a token was good once.
pub(super) fn has_ended(state: &State, token: &str) -> bool {
    state.store.of(&ENDED_TOKENS).find("access_token", token).next().is_some()
}

/// Remembers the token of an integration that is gone.
pub(super) fn remember(state: &mut State, integration: &Record) -> Result<(), Problem> {
    let Some(token) = integration.text("access_token").filter(|token| !has_ended(state, token)) else { return Ok(()) };
    // The id is drawn from a source of its own, so that it does not change the ids after it.
    let id = state.rng.derive(&format!("edlink.ended:{token}")).uuid().to_string();
    let fields = Document::from_iter([("id", Value::from(id)), ("access_token", token.into())]);
    state.create_in_history(&ENDED_TOKENS, fields, Actor::Fixture).map(|_| ())
}
