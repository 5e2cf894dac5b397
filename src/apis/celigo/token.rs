//! The token itself.

use serde_json::json;

use crate::apis::celigo::audit;
use crate::engine::api::context::Context;
use crate::engine::schema::problem::Problem;
use crate::http::message::Response;

/// Handles `tokenInfo.get`: returns the world's user, for every token.
// An operation may fail; this one does not.
#[allow(clippy::unnecessary_wraps)]
pub(super) fn info(context: &mut Context<'_>) -> Result<Response, Problem> {
    let user = audit::user_id(&context.state.settings.user);
    Ok(Response::json(context.route.success, &json!({ "_userId": user, "scope": "*" })))
}
