//! The error summary of an integration.

use serde_json::json;

use crate::apis::celigo::resources::{ERRORS, FLOWS, INTEGRATIONS};
use crate::apis::celigo::{API, membership, paging, step_errors};
use crate::engine::api::context::Context;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::profile::Profile;
use crate::engine::state::State;
use crate::engine::store::Record;
use crate::http::message::Response;

/// Handles `integrations.errors`: counts the open errors of each flow; flows without any are left out.
pub(super) fn summary(context: &mut Context<'_>) -> Result<Response, Problem> {
    let integration = context.record(&INTEGRATIONS, "id")?;
    let state: &State = context.state;
    let open = |flow: &Record| -> Vec<&Record> {
        state.store.of(&ERRORS).find("_flowId", flow.id()).filter(|error| step_errors::is_open(error)).collect()
    };
    let live = state.settings.profile(API.name) == Profile::Live;
    let mut flows = membership::of(state, &integration, &FLOWS);
    flows.retain(|flow| !open(flow).is_empty());
    paging::rows(context, &flows, |flow| {
        let open = open(flow);
        let mut row = json!({ "_flowId": flow.id(), "numError": open.len() });
        if live {
            row["lastErrorAt"] = step_errors::latest(&open);
        }
        row
    })
}
