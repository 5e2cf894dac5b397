//! The error summary of an integration.

use serde_json::{Value, json};

use crate::apis::celigo::contents;
use crate::apis::celigo::paging;
use crate::apis::celigo::resources::{ERRORS, FLOWS, INTEGRATIONS};
use crate::engine::action::{Call, Page};
use crate::engine::message::Reply;
use crate::engine::problem::Problem;
use crate::engine::store::Record;
use crate::engine::world::World;

/// `integrations.errors`: how many open errors each flow has; flows without any are left out.
pub fn summary(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let integration = call.record(&INTEGRATIONS, "id")?;
    let world: &World = call.world;
    let open = |flow: &Record| {
        let errors = world.store.of(&ERRORS).find("_flowId", flow.id());
        errors.filter(|error| error.get("resolved") != Some(&Value::Bool(true))).count()
    };
    let mut flows = contents::of(world, &integration, &FLOWS);
    flows.retain(|flow| open(flow) > 0);
    let page = Page::of(&flows, &paging::window(call.query)?);
    let rows = page.records.iter().map(|flow| json!({ "_flowId": flow.id(), "numError": open(flow) }));
    let body = rows.collect::<Value>().to_string();
    Ok(paging::reply(call, page.more, body))
}
