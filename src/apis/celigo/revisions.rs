//! Snapshots of integrations.

use serde_json::Value;

use crate::apis::celigo::audit;
use crate::apis::celigo::resources::{INTEGRATIONS, REVISIONS};
use crate::engine::action::Call;
use crate::engine::api::By;
use crate::engine::message::Reply;
use crate::engine::problem::Problem;
use crate::engine::store::Fields;

/// `integrations.revisions`: the snapshots of the integration.
pub fn list(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let integration = call.record(&INTEGRATIONS, "id")?;
    let revisions = call.world.store.of(&REVISIONS).find("_integrationId", integration.id()).cloned().collect();
    call.list(&REVISIONS, revisions)
}

/// `integrations.snapshot`, `integrations.revise`: a new snapshot.
pub fn create(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let integration = call.record(&INTEGRATIONS, "id")?;
    let mut fields = Fields::from_iter([
        ("_integrationId", Value::from(integration.id())),
        ("_byUserId", audit::user_id(&call.world.settings.user).into()),
    ]);
    if let Some(description) = call.fields()?.remove("description") {
        fields.insert("description", description);
    }
    let revision = call.world.create(&REVISIONS, &fields, By::Administrator)?;
    Ok(call.show(&revision))
}
