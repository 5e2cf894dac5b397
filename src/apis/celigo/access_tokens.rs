//! Access tokens made by consumers.

use crate::apis::celigo::resources::ACCESS_TOKENS;
use crate::engine::api::context::Context;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Actor;
use crate::http::message::Response;

/// Handles `accesstokens.create`: the only answer with the token.
pub(super) fn create(context: &mut Context<'_>) -> Result<Response, Problem> {
    let given = context.take_fields()?;
    let token = context.state.create_from(&ACCESS_TOKENS, given, Actor::Consumer)?;
    Ok(Response::json(context.success(), &token.to_value()))
}
