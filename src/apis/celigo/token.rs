//! The token itself.

use serde_json::json;

use crate::apis::celigo::audit;
use crate::engine::action::Call;
use crate::engine::message::Reply;
use crate::engine::problem::Problem;

/// `tokenInfo.get`: the world's user, whatever the token.
// An operation may fail; this one does not.
#[allow(clippy::unnecessary_wraps)]
pub fn info(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let user = audit::user_id(&call.world.settings.user);
    Ok(Reply::json(call.route.success, &json!({ "_userId": user, "scope": "*" })))
}
