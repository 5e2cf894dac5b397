//! The caller of a request: the kind of its token decides which routes it opens.

use crate::apis::edlink::errors::{INVALID_INTEGRATION_STATE, MISSING_TOKEN, UNSHARED_TOKEN};
use crate::apis::edlink::graph::{PEOPLE, is_shared, permissions, targets};
use crate::apis::edlink::integrations::{INTEGRATIONS, is_open};
use crate::apis::edlink::revoked_tokens::has_ended;
use crate::apis::edlink::sso::{APPLICATIONS, application_of_secret, login_of};
use serde_json::Value;

use crate::engine::api::api::Api;
use crate::engine::api::caller::Caller;
use crate::engine::api::dialect::RequestContext;
use crate::engine::api::route::Access;
use crate::engine::schema::field::FIRST_ID;
use crate::engine::schema::problem::Problem;
use crate::engine::state::State;
use crate::engine::state::world_token::is_token_of;
use crate::engine::store::Record;

/// The secret for the environment when every secret is good.
const ANY_SECRET: &str = "standin-edlink-secret";

/// Returns the variables that point a consumer at this API: the access token is that of the first active integration
/// the application sees, and missing when there is none.
pub(super) fn environment(state: &State, api: &Api, origin: &str) -> Vec<(&'static str, String)> {
    let listed = state.settings.strongest_credential(api.name);
    let secret = listed.map_or(ANY_SECRET, |credential| credential.token.as_str());
    let application =
        Caller { sees: listed.and_then(|credential| credential.integrations.clone()), ..Caller::default() };
    let usable =
        |integration: &&Record| integration.text("status") == Some("active") && is_visible(&application, integration);
    let integration = state.store.of(&INTEGRATIONS).iter().find(usable);
    let token = integration.and_then(|integration| integration.text("access_token"));
    let mut variables =
        vec![("EDLINK_BASE_URL", format!("{origin}{}", api.base)), ("EDLINK_APPLICATION_SECRET", secret.to_owned())];
    variables.extend(token.map(|token| ("EDLINK_ACCESS_TOKEN", token.to_owned())));
    variables
}

/// The kinds of bearer tokens.
enum Token<'w> {
    /// An application's secret key, and the only integrations it sees.
    Application(Option<Vec<String>>),
    /// The access token of that integration.
    Integration(&'w Record),
    /// The access token of a person, from that login; true if it has expired.
    Person(&'w Record, bool),
    /// A token that this world does not know.
    Unknown,
}

/// Returns the kind of a bearer token. Without a list of secrets, every bearer that is no other token, and never was
/// one, is a secret.
fn token_of<'w>(state: &'w State, request_context: &RequestContext<'_>, bearer: &str) -> Token<'w> {
    if let Some(secret) = state.settings.credential(request_context.api.name, bearer) {
        return Token::Application(secret.integrations.clone());
    }
    if let Some(integration) = state.store.of(&INTEGRATIONS).find("access_token", bearer).next() {
        return Token::Integration(integration);
    }
    if let Some((login, is_past)) = login_of(state, bearer) {
        return Token::Person(login, is_past);
    }
    if let Some(application) = application_of_secret(state, bearer) {
        let ids = application.get("integration_ids").and_then(Value::as_array);
        return Token::Application(ids.map(|ids| ids.iter().filter_map(Value::as_str).map(str::to_owned).collect()));
    }
    // If there are applications, only their secrets and those of the settings are good.
    let any = state.store.of(&APPLICATIONS).is_empty() || is_token_of(&state.name, bearer);
    let is_good = any && state.admits(request_context.api.name, bearer) && !has_ended(state, bearer);
    if is_good { Token::Application(None) } else { Token::Unknown }
}

/// Returns the caller, if the token is of the kind the route takes. A path that no route has is answered without one.
pub(super) fn caller(state: &State, request_context: &RequestContext<'_>) -> Result<Caller, Problem> {
    let route = request_context.route.filter(|route| route.access != Access::Public && route.is_modelled());
    let Some(route) = route else { return Ok(Caller::default()) };
    let bearer = request_context.request.bearer().ok_or_else(|| Problem::usual(MISSING_TOKEN))?;
    let caller = Caller::default();
    match (route.access, token_of(state, request_context, bearer)) {
        (Access::Application, Token::Application(sees)) => Ok(Caller { sees, ..caller }),
        (Access::Integration, Token::Integration(integration)) => {
            open(integration)?;
            let needs = Some(route.needs).filter(|needs| !needs.is_empty());
            if let Some(needs) = needs.and_then(|kind| permissions::missing(state, integration, kind)) {
                return Err(Problem::Forbidden { needs: needs.into() });
            }
            Ok(Caller { sees: targets(integration), subject: Some(integration.clone()), ..caller })
        }
        (Access::Person, Token::Person(login, is_past)) => {
            if is_past {
                return Err(Problem::CredentialExpired);
            }
            let integration = login.text("integration_id").and_then(|id| state.store.of(&INTEGRATIONS).get(id));
            let integration = integration.ok_or(Problem::Credential)?;
            open(integration)?;
            let person = login.text("person_id").and_then(|id| state.store.of(&PEOPLE).get(id));
            if !person.is_some_and(|person| is_shared(state, integration, person)) {
                return Err(Problem::usual(UNSHARED_TOKEN));
            }
            Ok(Caller { sees: targets(integration), subject: Some(login.clone()), ..caller })
        }
        _ => Err(Problem::Credential),
    }
}

/// Rejects the tokens of an integration that is not open. This is checked at every request, so that disabling an
/// integration ends a sync that runs.
fn open(integration: &Record) -> Result<(), Problem> {
    if is_open(integration) { Ok(()) } else { Err(Problem::usual(INVALID_INTEGRATION_STATE)) }
}

/// Tells whether an application sees an integration: one that was recreated still belongs to it.
pub(super) fn is_visible(caller: &Caller, integration: &Record) -> bool {
    caller.sees.as_ref().is_none_or(|ids| {
        let is = |id: &str| ids.iter().any(|known| known.eq_ignore_ascii_case(id));
        is(integration.id()) || integration.text(FIRST_ID).is_some_and(is)
    })
}
