//! The template of an integration: a link that is good for an hour, and the archive behind it.

use serde_json::json;
use uuid::Uuid;

use crate::apis::celigo::errors::FORBIDDEN;
#[cfg(not(feature = "archive"))]
use crate::apis::celigo::errors::NOT_MODELLED;
use crate::apis::celigo::resources::{FLOWS, INTEGRATIONS};
#[cfg(feature = "archive")]
use crate::apis::celigo::template_archive::archive;
use crate::engine::api::context::Context;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::time;
use crate::engine::state::State;
use crate::engine::store::Record;
use crate::http::message::Response;
use crate::http::target::encode;

/// The time a link is good for.
const GOOD_FOR_MS: u64 = 60 * 60 * 1_000;

/// Handles `integrations.template`: returns a signed link to the archive, on the origin that the caller used.
pub(super) fn link(context: &mut Context<'_>) -> Result<Response, Problem> {
    let integration = context.record(&INTEGRATIONS, "id")?;
    Ok(signed(context, &integration))
}

fn signed(context: &Context<'_>, integration: &Record) -> Response {
    let origin = context.origin();
    let state: &State = context.state;
    let expires = state.later(GOOD_FOR_MS);
    let url = format!(
        "{origin}{}/integrations/{}/template.zip?expires={}&signature={}",
        context.api.base,
        encode(integration.id()),
        encode(&expires),
        signature(state, integration.id(), &expires)
    );
    Response::json(context.route.success, &json!({ "signedURL": url }))
}

/// Handles `flows.template`: returns the link of the flow's integration.
pub(super) fn flow_link(context: &mut Context<'_>) -> Result<Response, Problem> {
    let flow = context.record(&FLOWS, "id")?;
    let integration = flow.text("_integrationId").unwrap_or_default().to_owned();
    let integration = context.state.store.of(&INTEGRATIONS).get(&integration).cloned();
    let integration = integration.ok_or_else(|| Problem::NotFound { resource: &INTEGRATIONS, id: String::new() })?;
    Ok(signed(context, &integration))
}

/// Handles `integrations.download`: returns the archive to a caller that has the link.
pub(super) fn download(context: &mut Context<'_>) -> Result<Response, Problem> {
    let [expires, signed] = ["expires", "signature"].map(|name| context.query.get(name).unwrap_or_default());
    if signed != signature(context.state, context.param("id"), expires).to_string() {
        return Err(Problem::named(FORBIDDEN, "The signature of this link is wrong"));
    }
    if time::parse_ms(expires).is_none_or(|expires_ms| context.state.clock.now_ms() >= expires_ms) {
        return Err(Problem::named(FORBIDDEN, "This link has expired"));
    }
    let integration = context.record(&INTEGRATIONS, "id")?;
    let archive = archive(context.state, &integration)?;
    let response = Response { body: archive.into(), ..Response::empty(context.route.success) };
    Ok(response
        .with("content-type", "application/zip")
        .with("content-disposition", "attachment; filename=\"template.zip\""))
}

/// Returns the signature of a link. It depends on the world's seed, so that a link of another world is refused.
fn signature(state: &State, id: &str, expires: &str) -> Uuid {
    let signed = format!("{}\n{id}\n{expires}", state.settings.seed);
    Uuid::new_v5(&Uuid::NAMESPACE_URL, signed.as_bytes())
}

/// Returns the problem of a build without archives.
#[cfg(not(feature = "archive"))]
fn archive(_: &State, _: &Record) -> Result<Vec<u8>, Problem> {
    Err(Problem::named(
        NOT_MODELLED,
        "This build of standin leaves archives out; build it with its cargo feature `archive`",
    ))
}
