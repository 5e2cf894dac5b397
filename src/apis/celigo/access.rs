//! Who asks, and what a token that is narrowed to some integrations sees.

use crate::apis::celigo::ashares;
use crate::apis::celigo::resources::{
    ASHARES, AUDIT, CONNECTIONS, ERRORS, EXPORTS, FLOWS, IMPORTS, INTEGRATIONS, JOBS, REVISIONS,
};
use crate::engine::api::{Access, Api, Caller, Resource, Situation};
use crate::engine::problem::Problem;
use crate::engine::store::Record;
use crate::engine::world::World;

/// Operations that make an integration, which a token narrowed to some others could not see afterwards.
const MAKE_INTEGRATIONS: &[&str] = &["integrations.create", "integrations.install", "integrations.clone"];

/// The token of the environment when every one is good.
const ANY_TOKEN: &str = "standin-celigo-token";

/// The variables that point a consumer at this API.
pub fn environment(world: &World, api: &Api, origin: &str) -> Vec<(&'static str, String)> {
    let listed = world.settings.strongest_credential(api);
    let token = listed.map_or(ANY_TOKEN, |credential| credential.token.as_str());
    vec![("CELIGO_BASE_URL", format!("{origin}{}", api.base)), ("CELIGO_API_TOKEN", token.to_owned())]
}

/// The caller a request's token stands for.
pub fn caller(world: &World, situation: &Situation<'_>) -> Result<Caller, Problem> {
    if situation.route.is_some_and(|route| route.access == Access::Open) {
        return Ok(Caller::default());
    }
    let token = situation.request.bearer().ok_or(Problem::Credential)?;
    if !world.admits(situation.api, token) {
        return Err(Problem::Credential);
    }
    let Some(credential) = world.settings.credential(situation.api, token) else { return Ok(Caller::default()) };
    if credential.integrations.is_some() && situation.route.is_some_and(|route| MAKE_INTEGRATIONS.contains(&route.name))
    {
        return Err(Problem::Forbidden { needs: "a token that sees the whole account".into() });
    }
    let (sees, read_only) = (credential.integrations.clone(), credential.read_only);
    Ok(Caller { sees, read_only, subject: None })
}

/// Whether the caller may see a record: a narrowed token sees its integrations, what belongs to them, and what
/// belongs to no integration at all.
pub fn sees(world: &World, caller: &Caller, resource: &'static Resource, record: &Record) -> bool {
    let Some(visible) = &caller.sees else { return true };
    let is_visible = |id: &str| visible.iter().any(|known| known == id);
    let names_visible = || record.text("_integrationId").is_some_and(is_visible);
    let of_visible_flow = |flow: &Record| flow.text("_integrationId").is_some_and(is_visible);
    if *resource == INTEGRATIONS {
        is_visible(record.id())
    } else if *resource == FLOWS || *resource == JOBS || *resource == REVISIONS {
        names_visible()
    } else if *resource == EXPORTS || *resource == IMPORTS {
        names_visible() || world.store.of(&FLOWS).linked(resource, record.id()).any(of_visible_flow)
    } else if *resource == CONNECTIONS {
        let mut registered = world.store.of(&INTEGRATIONS).find("_registeredConnectionIds", record.id());
        names_visible() || registered.any(|integration| is_visible(integration.id()))
    } else if *resource == ERRORS {
        let flow = record.text("_flowId").and_then(|id| world.store.of(&FLOWS).get(id));
        flow.is_some_and(of_visible_flow)
    } else if *resource == AUDIT {
        record.text("_resourceId").is_some_and(is_visible)
    } else if *resource == ASHARES {
        ashares::is_account_wide(record) || ashares::integrations_named(record.fields()).into_iter().any(is_visible)
    } else {
        true
    }
}
