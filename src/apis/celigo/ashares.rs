//! Shares: who may see an integration.

use serde_json::Value;

use crate::apis::celigo::resources::{ASHARES, INTEGRATIONS};
use crate::engine::action::Call;
use crate::engine::message::Reply;
use crate::engine::problem::Problem;
use crate::engine::store::{Fields, Record};

const LEVELS: &str = "integrationAccessLevel";

/// `integrations.ashares`: the shares that are account-wide or name the integration.
pub fn list(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let integration = call.record(&INTEGRATIONS, "id")?;
    let shares = call.world.store.of(&ASHARES).iter();
    let shares = shares.filter(|share| is_account_wide(share) || names(share, integration.id()));
    let shares = shares.cloned().collect();
    call.list(&ASHARES, shares)
}

/// Whether a share holds for all integrations: it has an access level of its own.
pub fn is_account_wide(share: &Record) -> bool {
    share.text("accessLevel").is_some()
}

/// Whether a share names the integration.
pub fn names(share: &Record, integration: &str) -> bool {
    integrations_named(share.fields()).contains(&integration)
}

/// The integrations a share names.
pub fn integrations_named(share: &Fields) -> Vec<&str> {
    let levels = share.get(LEVELS).and_then(Value::as_array).into_iter().flatten();
    levels.filter_map(|level| level.get("_integrationId").and_then(Value::as_str)).collect()
}

/// The change after which a share does not name the integration any more.
pub fn without(share: &Record, integration: &str) -> Fields {
    let levels = share.get(LEVELS).and_then(Value::as_array).into_iter().flatten();
    let rest = levels.filter(|level| level.get("_integrationId").and_then(Value::as_str) != Some(integration));
    Fields::from_iter([(LEVELS, rest.cloned().collect())])
}
