//! The caller of a request, and the records that a token sees which is narrowed to some integrations.

use crate::apis::celigo::resources::shares::{integrations_named, is_account_wide};
use crate::apis::celigo::resources::{ACCESS_TOKENS, FLOWS, INTEGRATIONS};
use crate::apis::celigo::wording::is_doubled;
use crate::engine::api::api::Api;
use crate::engine::api::caller::Caller;
use crate::engine::api::dialect::RequestContext;
use crate::engine::api::route::Access;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Schema;
use crate::engine::state::State;
use crate::engine::store::Record;

/// The token for the environment when every token is good.
const ANY_TOKEN: &str = "standin-celigo-token";

/// Returns the variables that point a consumer at this API.
pub(super) fn environment(state: &State, api: &Api, origin: &str) -> Vec<(&'static str, String)> {
    let token = state.strongest_token(api.name).unwrap_or(ANY_TOKEN);
    vec![("CELIGO_BASE_URL", format!("{origin}{}", api.base)), ("CELIGO_API_TOKEN", token.to_owned())]
}

/// Returns the caller a request's token stands for.
pub(super) fn caller(state: &State, request_context: &RequestContext<'_>) -> Result<Caller, Problem> {
    if request_context.route.is_some_and(|route| route.access == Access::Public) {
        return Ok(Caller::default());
    }
    let Some(token) = request_context.request.bearer() else { return Err(Problem::Credential) };
    if is_doubled(token) {
        return Err(Problem::Credential);
    }
    if !state.admits(request_context.api.name, token) {
        return if was_made(state, token) { Ok(Caller::default()) } else { Err(Problem::Credential) };
    }
    Ok(Caller::of(state, request_context.api.name, token))
}

/// Tells whether a consumer made the token by `accesstokens.create`.
fn was_made(state: &State, token: &str) -> bool {
    state.store.of(&ACCESS_TOKENS).find("token", token).next().is_some()
}

/// Tells whether the caller may see a record: a narrowed token sees its integrations, the records that belong to one of
/// them, and those that belong to none.
pub(super) fn is_visible(state: &State, caller: &Caller, resource: &'static Schema, record: &Record) -> bool {
    if caller.sees.is_none() {
        return true;
    }
    let homes = state.hooks.of(resource).scope.map(|scope| scope(state, record)).unwrap_or_default();
    homes.is_empty() || homes.into_iter().any(|home| home.is_none_or(|id| sees_integration(caller, id)))
}

/// Tells whether the caller may see the integration of that id.
pub(super) fn sees_integration(caller: &Caller, id: &str) -> bool {
    caller.sees.as_ref().is_none_or(|visible| visible.iter().any(|known| known == id))
}

fn named(record: &Record) -> Option<&str> {
    record.text("_integrationId")
}

/// Returns the integration itself.
pub(super) fn itself<'w>(_: &'w State, record: &'w Record) -> Vec<Option<&'w str>> {
    vec![Some(record.id())]
}

/// Returns the integration that a record names.
pub(super) fn in_integration<'w>(_: &'w State, record: &'w Record) -> Vec<Option<&'w str>> {
    named(record).into_iter().map(Some).collect()
}

/// Returns the integration that a record names, and those of the flows that use it.
pub(super) fn in_flows<'w>(state: &'w State, record: &'w Record) -> Vec<Option<&'w str>> {
    let flows = state.store.of(&FLOWS).linked(record.resource(), record.id());
    named(record).into_iter().map(Some).chain(flows.map(named)).collect()
}

/// Returns the integration that a connection names, and those it is registered with.
pub(super) fn registered<'w>(state: &'w State, record: &'w Record) -> Vec<Option<&'w str>> {
    let registered = state.store.of(&INTEGRATIONS).find("_registeredConnectionIds", record.id());
    named(record).into_iter().map(Some).chain(registered.map(|integration| Some(integration.id()))).collect()
}

/// Returns the integration of a record's flow.
pub(super) fn as_flow<'w>(state: &'w State, record: &'w Record) -> Vec<Option<&'w str>> {
    let flow = record.text("_flowId").and_then(|id| state.store.of(&FLOWS).get(id));
    flow.map(named).into_iter().collect()
}

/// Returns the integrations that a share names, unless it is account-wide.
pub(super) fn shared<'w>(_: &'w State, record: &'w Record) -> Vec<Option<&'w str>> {
    if is_account_wide(record) {
        return Vec::new();
    }
    integrations_named(record.fields()).into_iter().map(Some).collect()
}
