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
    let Some(token) = situation.request.bearer() else { return Err(Problem::Credential) };
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

/// Whether the caller may see a record: a narrowed token sees its integrations, what belongs to one of them, and what
/// belongs to none at all.
pub fn sees(world: &World, caller: &Caller, resource: &'static Resource, record: &Record) -> bool {
    if caller.sees.is_none() {
        return true;
    }
    let homes = homes(world, resource, record);
    homes.is_empty() || homes.into_iter().any(|home| home.is_none_or(|id| sees_integration(caller, id)))
}

/// Whether the caller may see the integration of that id.
pub fn sees_integration(caller: &Caller, id: &str) -> bool {
    caller.sees.as_ref().is_none_or(|visible| visible.iter().any(|known| known == id))
}

/// The integrations a record belongs to; `None` is to be of use outside of them.
fn homes<'w>(world: &'w World, resource: &'static Resource, record: &'w Record) -> Vec<Option<&'w str>> {
    let named = |record: &'w Record| record.text("_integrationId");
    let own = named(record).into_iter().map(Some);
    if *resource == INTEGRATIONS {
        vec![Some(record.id())]
    } else if *resource == FLOWS || *resource == JOBS || *resource == REVISIONS {
        own.collect()
    } else if *resource == EXPORTS || *resource == IMPORTS {
        own.chain(world.store.of(&FLOWS).linked(resource, record.id()).map(named)).collect()
    } else if *resource == CONNECTIONS {
        let registered = world.store.of(&INTEGRATIONS).find("_registeredConnectionIds", record.id());
        own.chain(registered.map(|integration| Some(integration.id()))).collect()
    } else if *resource == ERRORS {
        let flow = record.text("_flowId").and_then(|id| world.store.of(&FLOWS).get(id));
        flow.map(named).into_iter().collect()
    } else if *resource == AUDIT {
        vec![record.text("_resourceId")]
    } else if *resource == ASHARES && !ashares::is_account_wide(record) {
        ashares::integrations_named(record.fields()).into_iter().map(Some).collect()
    } else {
        Vec::new()
    }
}
