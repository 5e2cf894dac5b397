//! What names an integration.

use serde_json::{Value, json};

use crate::apis::celigo::resources::{CONNECTIONS, EXPORTS, FLOWS, IMPORTS, INTEGRATIONS};
use crate::engine::action::Call;
use crate::engine::message::Reply;
use crate::engine::problem::Problem;
use crate::engine::store::Fields;

/// `integrations.dependencies`: lists by type, and none for a type that has nothing.
pub fn integration(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let integration = call.record(&INTEGRATIONS, "id")?;
    let types = [("flows", &FLOWS), ("exports", &EXPORTS), ("imports", &IMPORTS), ("connections", &CONNECTIONS)];
    let mut lists = Fields::new();
    for (name, resource) in types {
        let records = call.world.store.of(resource).find("_integrationId", integration.id());
        let list = records.map(|record| json!({ "id": record.id(), "name": record.text("name") }));
        let list: Vec<Value> = list.collect();
        if !list.is_empty() {
            lists.insert(name, list.into());
        }
    }
    Ok(Reply::json(call.route.success, &Value::from(lists)))
}
