//! Who asks: a token's kind decides what it opens.

use crate::apis::edlink::errors::{INVALID_INTEGRATION_STATE, MISSING_TOKEN};
use crate::apis::edlink::graph::{permissions, targets};
use crate::apis::edlink::integrations::INTEGRATIONS;
use crate::apis::edlink::login::{LOGINS, has_expired};
use crate::apis::edlink::revoked_tokens::has_ended;
use crate::engine::api::api::{Access, Api, Caller};
use crate::engine::api::dialect::RequestContext;
use crate::engine::schema::field::FIRST_ID;
use crate::engine::schema::problem::Problem;
use crate::engine::state::{Credential, State};
use crate::engine::store::Record;

/// The statuses of an integration in which its tokens open its data.
const OPEN: [&str; 2] = ["active", "paused"];

/// The secret of the environment when every one is good.
const ANY_SECRET: &str = "standin-edlink-secret";

/// The variables that point a consumer at this API: the access token is that of the first active integration the
/// application sees, and missing when there is none.
pub fn environment(state: &State, api: &Api, origin: &str) -> Vec<(&'static str, String)> {
    let listed = state.settings.strongest_credential(api);
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

/// What a bearer token is.
enum Token<'w> {
    /// An application's secret key, and what it is narrowed to.
    Application(Option<&'w Credential>),
    /// The access token of that integration.
    Integration(&'w Record),
    /// The access token of a person, from that login.
    Person(&'w Record),
    /// Nothing this world knows.
    Unknown,
}

/// Without a list of secrets, every bearer that is no other token, and never was one, is a secret.
fn token_of<'w>(state: &'w State, request_context: &RequestContext<'_>, bearer: &str) -> Token<'w> {
    if let Some(secret) = state.settings.credential(request_context.api, bearer) {
        return Token::Application(Some(secret));
    }
    if let Some(integration) = state.store.of(&INTEGRATIONS).find("access_token", bearer).next() {
        return Token::Integration(integration);
    }
    if let Some(login) = state.store.of(&LOGINS).find("access_token", bearer).next() {
        return Token::Person(login);
    }
    let is_good = state.admits(request_context.api, bearer) && !has_ended(state, bearer);
    if is_good { Token::Application(None) } else { Token::Unknown }
}

/// Who asks, if the token is of the kind the route takes. A path that no route has is answered without one.
pub fn caller(state: &State, request_context: &RequestContext<'_>) -> Result<Caller, Problem> {
    let route = request_context.route.filter(|route| route.access != Access::Public && route.is_modelled());
    let Some(route) = route else { return Ok(Caller::default()) };
    let bearer = request_context.request.bearer().ok_or_else(|| Problem::usual(MISSING_TOKEN))?;
    let caller = Caller::default();
    match (route.access, token_of(state, request_context, bearer)) {
        (Access::Application, Token::Application(secret)) => {
            Ok(Caller { sees: secret.and_then(|secret| secret.integrations.clone()), ..caller })
        }
        (Access::Integration, Token::Integration(integration)) => {
            open(integration)?;
            let kind = permissions::kind_shown(route);
            if let Some(needs) = kind.and_then(|kind| permissions::missing(state, integration, kind)) {
                return Err(Problem::Forbidden { needs: needs.into() });
            }
            Ok(Caller { sees: targets(integration), subject: Some(integration.clone()), ..caller })
        }
        (Access::Person, Token::Person(login)) => {
            if has_expired(state, login) {
                return Err(Problem::CredentialExpired);
            }
            let integration = login.text("integration_id").and_then(|id| state.store.of(&INTEGRATIONS).get(id));
            open(integration.ok_or(Problem::Credential)?)?;
            Ok(Caller { subject: Some(login.clone()), ..caller })
        }
        _ => Err(Problem::Credential),
    }
}

/// Asked at every request, so that an integration that is disabled in the middle of a sync ends it.
fn open(integration: &Record) -> Result<(), Problem> {
    if integration.text("status").is_some_and(|status| OPEN.contains(&status)) {
        return Ok(());
    }
    Err(Problem::usual(INVALID_INTEGRATION_STATE))
}

/// Whether an application sees an integration: one that was recreated still belongs to it.
pub fn is_visible(caller: &Caller, integration: &Record) -> bool {
    caller.sees.as_ref().is_none_or(|ids| {
        let is = |id: &str| ids.iter().any(|known| known.eq_ignore_ascii_case(id));
        is(integration.id()) || integration.text(FIRST_ID).is_some_and(is)
    })
}
