//! Signing in: the person, and the integration that it signs in by.

use serde_json::{Value, json};

use crate::apis::edlink::errors::{
    INVALID_CLIENT_ID, INVALID_INTEGRATION_STATE, INVALID_REDIRECT_URI, INVALID_REQUEST, NO_CLIENT_ID,
    NO_PRIMARY_REDIRECT_URI, NO_REDIRECT_URI, NO_SSO_PROVIDER, PERSON_NOT_SHARED,
};
use crate::apis::edlink::graph::{PEOPLE, is_shared, people_of};
use crate::apis::edlink::integrations::{INTEGRATIONS, is_open};
use crate::apis::edlink::sso::back::{OUTCOME, PERSON, back, given, redirected};
use crate::apis::edlink::sso::collections::{APPLICATIONS, FAILURES, LOGINS, OUTCOMES, SIGN_ONS, SUCCESS};
use crate::apis::edlink::sso::page;
use crate::engine::api::context::Context;
use crate::engine::schema::document::Document;
use crate::engine::schema::error_def::Evidence;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Actor;
use crate::engine::state::State;
use crate::engine::state::mutate::is_uuid;
use crate::engine::store::Record;
use crate::http::message::Response;

/// The time a code is good for.
const CODE_LIFE_MS: u64 = 10 * 60 * 1_000;

/// The integrations that a path signs in by.
enum IntegrationChoice<'p> {
    Any,
    /// The integrations whose provider is this application.
    Application(&'p str),
    One(&'p str),
}

impl IntegrationChoice<'_> {
    /// Returns the integrations that a person could sign in by, oldest first.
    fn candidates(&self, state: &State, application: Option<&Record>) -> Result<Vec<Record>, Problem> {
        let ids = application.and_then(|application| application.get("integration_ids")).and_then(Value::as_array);
        let belongs = |integration: &&Record| ids.is_none_or(|ids| ids.iter().any(|id| id == integration.id()));
        let no_provider = || Problem::usual(NO_SSO_PROVIDER);
        let integrations = state.store.of(&INTEGRATIONS);
        let found: Vec<Record> = match self {
            Self::One(id) => {
                let named = integrations.get(&id.to_ascii_lowercase()).filter(belongs).ok_or_else(no_provider)?;
                if !is_open(named) {
                    return Err(Problem::usual(INVALID_INTEGRATION_STATE));
                }
                vec![named.clone()]
            }
            Self::Any => integrations.iter().filter(belongs).filter(|it| is_open(it)).cloned().collect(),
            Self::Application(wanted) => {
                let runs_on = |it: &&Record| it.get("provider").is_some_and(|it| it["application"] == *wanted);
                integrations.iter().filter(belongs).filter(|it| is_open(it)).filter(runs_on).cloned().collect()
            }
        };
        if found.is_empty() { Err(no_provider()) } else { Ok(found) }
    }
}

/// The decision about a sign-on.
struct SignOn {
    person: String,
    integration: Record,
    context: Option<Value>,
}

/// Handles `GET /sso/login`
pub(super) fn login(context: &mut Context<'_>) -> Result<Response, Problem> {
    sign_in(context, &IntegrationChoice::Any)
}

/// Handles `GET /sso/login/{application}`
pub(super) fn login_with(context: &mut Context<'_>) -> Result<Response, Problem> {
    let application = context.param("application").to_owned();
    sign_in(context, &IntegrationChoice::Application(&application))
}

/// Handles `GET /sso/integrations/{id}`
pub(super) fn integration(context: &mut Context<'_>) -> Result<Response, Problem> {
    let id = context.param("id").to_owned();
    sign_in(context, &IntegrationChoice::One(&id))
}

fn sign_in(context: &mut Context<'_>, wanted: &IntegrationChoice<'_>) -> Result<Response, Problem> {
    let answer = signed_in(context, wanted);
    let is_documented = match &answer {
        Ok(_) => true,
        // The documents show the redirect of a person, and only the code of the other answers.
        Err(Problem::Named { error, .. }) => redirected(context.state, context.query, error).is_some(),
        Err(_) => false,
    };
    if !is_documented {
        context.rests_on(Evidence::Assumed);
    }
    answer
}

fn signed_in(context: &mut Context<'_>, wanted: &IntegrationChoice<'_>) -> Result<Response, Problem> {
    let query = context.query;
    let client_id = given(query, "client_id").ok_or_else(|| Problem::usual(NO_CLIENT_ID))?;
    let redirect_uri = given(query, "redirect_uri").ok_or_else(|| Problem::usual(NO_REDIRECT_URI))?;
    let application = application(context.state, client_id, redirect_uri)?;
    if let Some(outcome) = given(query, OUTCOME) {
        come_to(outcome)?;
    }
    let candidates = wanted.candidates(context.state, application.as_ref())?;
    let next =
        given(query, PERSON).is_none().then(|| next_sign_on(context.state, client_id, wanted, &candidates)).flatten();
    let sign_on = if let Some(text) = given(query, PERSON) {
        let found = candidates.iter().find_map(|it| Some((person_named(context.state, it, text)?, it)));
        let (person, integration) = found.ok_or_else(|| not_shared(text))?;
        SignOn { person, integration: integration.clone(), context: None }
    } else if let Some(next) = next {
        if next.get("keep") != Some(&Value::Bool(true)) {
            context.state.remove(&SIGN_ONS, &next, Actor::Service)?;
        }
        come_to(next.text("outcome").unwrap_or_default())?;
        of_record(context.state, &next, &candidates)?
    } else if context.request.header("accept").is_some_and(|accept| accept.contains(page::MEDIA)) {
        context.rests_on(Evidence::Assumed);
        return Ok(page::choice(context, &candidates[0]));
    } else {
        // No one has chosen the person: the first one signs in.
        context.rests_on(Evidence::Assumed);
        let integration = candidates[0].clone();
        let person = people_of(context.state, &integration).next().map(|person| person.id().to_owned());
        let person = person.ok_or_else(|| Problem::usual(PERSON_NOT_SHARED))?;
        SignOn { person, integration, context: None }
    };
    let code = context.state.rng.token(32);
    let login = json!({
        "code": code,
        "person_id": sign_on.person,
        "integration_id": sign_on.integration.id(),
        "context": sign_on.context,
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "code_expires_date": context.state.later(CODE_LIFE_MS),
    });
    let login = Document::of(login).expect("an object was just made");
    context.state.create_in_history(&LOGINS, login, Actor::Service)?;
    Ok(back(redirect_uri, query, "code", &code))
}

/// Returns the application of the client id, if the world lists any.
fn application(state: &State, client_id: &str, redirect_uri: &str) -> Result<Option<Record>, Problem> {
    let listed = state.store.of(&APPLICATIONS);
    if listed.is_empty() {
        if !leads_somewhere(redirect_uri) {
            let message = format!("The address '{redirect_uri}' cannot be sent to; give all of it, with its scheme.");
            return Err(Problem::named(INVALID_REDIRECT_URI, message));
        }
        return Ok(None);
    }
    let application = listed.get(&client_id.to_ascii_lowercase()).ok_or_else(|| Problem::usual(INVALID_CLIENT_ID))?;
    let addresses = application.get("redirect_uris").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if addresses.is_empty() {
        return Err(Problem::usual(NO_PRIMARY_REDIRECT_URI));
    }
    if !addresses.iter().any(|known| known == redirect_uri) {
        return Err(Problem::usual(INVALID_REDIRECT_URI));
    }
    Ok(Some(application.clone()))
}

/// Tells whether an address has a scheme, as those of web sites and of apps do, and is no script or document itself.
fn leads_somewhere(address: &str) -> bool {
    let Some((scheme, rest)) = address.split_once(':') else { return false };
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.'));
    is_scheme && !rest.is_empty() && !["javascript", "data"].iter().any(|it| scheme.eq_ignore_ascii_case(it))
}

/// Turns an outcome that is no success into an error.
fn come_to(outcome: &str) -> Result<(), Problem> {
    if outcome == SUCCESS {
        return Ok(());
    }
    if let Some(failure) = FAILURES.iter().find(|failure| failure.code == outcome) {
        return Err(Problem::usual(failure));
    }
    let message = format!("'{outcome}' is no outcome of a sign-on; {} are.", OUTCOMES.join(", "));
    Err(Problem::named(INVALID_REQUEST, message))
}

/// Returns the oldest record of a sign-on that fits the application and the integrations asked for.
fn next_sign_on(
    state: &State,
    client_id: &str,
    wanted: &IntegrationChoice<'_>,
    candidates: &[Record],
) -> Option<Record> {
    let is_for = |next: &&Record| next.text("client_id").is_none_or(|known| known.eq_ignore_ascii_case(client_id));
    let fits = |next: &&Record| match (wanted, next.text("integration_id")) {
        (_, None) | (IntegrationChoice::Any, _) => true,
        (_, Some(id)) => candidates.iter().any(|it| it.id() == id),
    };
    state.store.of(&SIGN_ONS).iter().filter(is_for).find(fits).cloned()
}

fn of_record(state: &State, next: &Record, candidates: &[Record]) -> Result<SignOn, Problem> {
    let integrations: Vec<Record> = match next.text("integration_id") {
        None => candidates.to_vec(),
        Some(id) => {
            let named = state.store.of(&INTEGRATIONS).get(id).ok_or_else(|| Problem::usual(NO_SSO_PROVIDER))?;
            if !is_open(named) {
                return Err(Problem::usual(INVALID_INTEGRATION_STATE));
            }
            vec![named.clone()]
        }
    };
    let found = integrations.into_iter().find_map(|it| {
        let person = match next.text("person_id") {
            Some(id) => person_named(state, &it, id)?,
            None => people_of(state, &it).next()?.id().to_owned(),
        };
        Some((person, it))
    });
    let (person, integration) = found.ok_or_else(|| not_shared(next.text("person_id").unwrap_or_default()))?;
    let context = next.get("context").filter(|context| !context.is_null()).cloned();
    Ok(SignOn { person, integration, context })
}

fn not_shared(who: &str) -> Problem {
    Problem::named(PERSON_NOT_SHARED, format!("The person '{who}' is not shared with this application."))
}

/// Returns the person of that id or e-mail address, if the integration sees one.
fn person_named(state: &State, integration: &Record, text: &str) -> Option<String> {
    if is_uuid(text) {
        let person = state.store.of(&PEOPLE).get(&text.to_ascii_lowercase());
        return person.filter(|person| is_shared(state, integration, person)).map(|person| person.id().to_owned());
    }
    let is = |person: &&Record| person.text("email").is_some_and(|email| email.eq_ignore_ascii_case(text));
    people_of(state, integration).find(is).map(|person| person.id().to_owned())
}
