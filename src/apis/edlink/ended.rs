//! Tokens of integrations that are gone. Where every bearer that is no other token is a secret, they would be secrets.

use serde_json::Value;

use crate::apis::edlink::meta::ID;
use crate::engine::api::{By, Ids, Resource};
use crate::engine::field::text;
use crate::engine::problem::Problem;
use crate::engine::store::{Fields, Record};
use crate::engine::world::World;

/// Tokens that were good once and open nothing any more. The fake's own.
pub static ENDED_TOKENS: Resource =
    Resource::new("edlink.ended_tokens", "Ended token", "id", Ids::Uuid, &[ID, text("access_token").required()])
        .unique(&["access_token"]);

/// Whether a token was good once.
pub fn has_ended(world: &World, token: &str) -> bool {
    world.store.of(&ENDED_TOKENS).find("access_token", token).next().is_some()
}

/// Remembers the token of an integration that is gone.
pub fn remember(world: &mut World, integration: &Record) -> Result<(), Problem> {
    let Some(token) = integration.text("access_token").filter(|token| !has_ended(world, token)) else { return Ok(()) };
    // Drawn apart: it moves no id that comes after.
    let id = world.chance.apart(&format!("edlink.ended:{token}")).uuid().to_string();
    let fields = Fields::from_iter([("id", Value::from(id)), ("access_token", token.into())]);
    world.create_from(&ENDED_TOKENS, fields, By::Fixture).map(|_| ())
}
