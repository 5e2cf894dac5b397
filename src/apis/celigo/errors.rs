//! The error summary of an integration.

use serde_json::{Value, json};

use crate::apis::celigo::resources::{ERRORS, FLOWS, INTEGRATIONS};
use crate::apis::celigo::{API, contents, paging, step_errors};
use crate::engine::action::{Call, Page};
use crate::engine::api::Profile;
use crate::engine::message::Reply;
use crate::engine::problem::Problem;
use crate::engine::store::Record;
use crate::engine::world::World;

/// `integrations.errors`: how many open errors each flow has; flows without any are left out.
pub fn summary(call: &mut Call<'_>) -> Result<Reply, Problem> {
    let integration = call.record(&INTEGRATIONS, "id")?;
    let world: &World = call.world;
    let open = |flow: &Record| -> Vec<&Record> {
        world.store.of(&ERRORS).find("_flowId", flow.id()).filter(|error| step_errors::is_open(error)).collect()
    };
    let live = world.settings.profile(&API) == Profile::Live;
    let mut flows = contents::of(world, &integration, &FLOWS);
    flows.retain(|flow| !open(flow).is_empty());
    let page = Page::of(&flows, &paging::window(call.query)?);
    let rows = page.records.iter().map(|flow| {
        let open = open(flow);
        let mut row = json!({ "_flowId": flow.id(), "numError": open.len() });
        if live {
            row["lastErrorAt"] = step_errors::latest(&open);
        }
        row
    });
    let body = rows.collect::<Value>().to_string();
    Ok(paging::reply(call, &page, body))
}
