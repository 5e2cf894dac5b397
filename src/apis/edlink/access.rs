//! Who asks: a token's kind decides what it opens.

use crate::apis::edlink::integrations::INTEGRATIONS;
use crate::engine::api::{Access, Api, Caller, Situation};
use crate::engine::field::FIRST_ID;
use crate::engine::problem::Problem;
use crate::engine::store::Record;
use crate::engine::world::{Credential, World};

/// The secret of the environment when every one is good.
const ANY_SECRET: &str = "standin-edlink-secret";

/// The variables that point a consumer at this API: the access token is that of the first active integration the
/// application sees, and missing when there is none.
pub fn environment(world: &World, api: &Api, origin: &str) -> Vec<(&'static str, String)> {
    let listed = world.settings.strongest_credential(api);
    let secret = listed.map_or(ANY_SECRET, |credential| credential.token.as_str());
    let application =
        Caller { sees: listed.and_then(|credential| credential.integrations.clone()), ..Caller::default() };
    let usable =
        |integration: &&Record| integration.text("status") == Some("active") && sees(&application, integration);
    let integration = world.store.of(&INTEGRATIONS).iter().find(usable);
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
    /// Nothing this world knows.
    Unknown,
}

/// Without a list of secrets, every bearer that is no integration's token is a secret.
fn token_of<'w>(world: &'w World, situation: &Situation<'_>, bearer: &str) -> Token<'w> {
    let listed = world.settings.credentials(situation.api);
    if let Some(secret) = listed.and_then(|listed| listed.iter().find(|known| known.token == bearer)) {
        return Token::Application(Some(secret));
    }
    if let Some(integration) = world.store.of(&INTEGRATIONS).find("access_token", bearer).next() {
        return Token::Integration(integration);
    }
    if listed.is_none() { Token::Application(None) } else { Token::Unknown }
}

/// Who asks, if the token is of the kind the route takes. A path that no route has is answered without one.
pub fn caller(world: &World, situation: &Situation<'_>) -> Result<Caller, Problem> {
    let access = situation.route.map_or(Access::Open, |route| route.access);
    if access == Access::Open {
        return Ok(Caller::default());
    }
    let bearer = situation.request.bearer().ok_or(Problem::Credential)?;
    let caller = Caller { token: bearer.to_owned(), ..Caller::default() };
    match (access, token_of(world, situation, bearer)) {
        (Access::Application, Token::Application(secret)) => {
            Ok(Caller { sees: secret.and_then(|secret| secret.integrations.clone()), ..caller })
        }
        (Access::Integration, Token::Integration(integration)) => {
            Ok(Caller { subject: Some(integration.clone()), ..caller })
        }
        _ => Err(Problem::Credential),
    }
}

/// Whether an application sees an integration: one that was recreated still belongs to it.
pub fn sees(caller: &Caller, integration: &Record) -> bool {
    caller.sees.as_ref().is_none_or(|ids| {
        let is = |id: &str| ids.iter().any(|known| known.eq_ignore_ascii_case(id));
        is(integration.id()) || integration.text(FIRST_ID).is_some_and(is)
    })
}
