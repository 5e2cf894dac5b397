//! What names an integration.

use serde_json::{Value, json};

use crate::apis::celigo::resources::{CONNECTIONS, EXPORTS, FLOWS, IMPORTS, INTEGRATIONS};
use crate::engine::api::context::Context;
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::http::message::Response;

/// `integrations.dependencies`: lists by type, and none for a type that has nothing.
pub fn integration(context: &mut Context<'_>) -> Result<Response, Problem> {
    let integration = context.record(&INTEGRATIONS, "id")?;
    let types = [("flows", &FLOWS), ("exports", &EXPORTS), ("imports", &IMPORTS), ("connections", &CONNECTIONS)];
    let mut lists = Document::new();
    for (name, resource) in types {
        let records = context.state.store.of(resource).find("_integrationId", integration.id());
        let list = records.map(|record| json!({ "id": record.id(), "name": record.text("name") }));
        let list: Vec<Value> = list.collect();
        if !list.is_empty() {
            lists.insert(name, list.into());
        }
    }
    Ok(Response::json(context.route.success, &Value::from(lists)))
}
