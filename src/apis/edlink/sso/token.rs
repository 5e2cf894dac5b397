//! The exchange of codes and refresh tokens for access tokens.

use serde_json::{Value, json};

use crate::apis::edlink::errors::INVALID_REQUEST_BODY;
use crate::apis::edlink::sso::collections::{APPLICATIONS, EARLIER_TOKENS, LOGINS, application_of_secret, is_past};
use crate::apis::edlink::wording::request_id;
use crate::engine::api::context::Context;
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Actor;
use crate::engine::store::Record;
use crate::http::message::Response;

/// The time an access token is good for, in seconds.
const LIFE_S: u64 = 60 * 60;

const BY_CODE: &str = "authorization_code";
const FOR_CODE: &[&str] = &["client_id", "client_secret", "code", "redirect_uri"];
const BY_REFRESH_TOKEN: &str = "refresh_token";
const FOR_REFRESH_TOKEN: &[&str] = &["client_id", "client_secret", "refresh_token"];

fn invalid(message: impl Into<String>) -> Problem {
    Problem::named(INVALID_REQUEST_BODY, message)
}

/// Handles `POST /authentication/token`: exchanges a code or a refresh token for an access token.
pub(super) fn token(context: &mut Context<'_>) -> Result<Response, Problem> {
    let body = context.take_fields()?;
    let given = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let (held_by, needed): (&'static str, &[&str]) = match given("grant_type") {
        Some(BY_CODE) => ("code", FOR_CODE),
        Some(BY_REFRESH_TOKEN) => ("refresh_token", FOR_REFRESH_TOKEN),
        Some(other) => {
            let known = "'authorization_code' and 'refresh_token' are";
            return Err(invalid(format!("'{other}' is no grant_type; {known}.")));
        }
        None => return Err(invalid("The field 'grant_type' is required.")),
    };
    let missing = needed.iter().filter(|name| given(name).is_none());
    let messages: Vec<String> = missing.map(|name| format!("The field '{name}' is required.")).collect();
    if !messages.is_empty() {
        return Err(Problem::Several { error: INVALID_REQUEST_BODY, messages });
    }
    let text = |name: &str| given(name).unwrap_or_default();
    check_client(context, text("client_id"), text("client_secret"))?;
    let login = context.state.store.of(&LOGINS).find(held_by, text(held_by)).next().cloned();
    let unknown = || {
        let reason = if held_by == "code" { "unknown or was used before" } else { "unknown" };
        invalid(format!("The {} is {reason}.", held_by.replace('_', " ")))
    };
    let login = login.ok_or_else(unknown)?;
    if held_by == "code" {
        if is_past(context.state, login.get("code_expires_date")) {
            return Err(invalid("The code has expired."));
        }
        if login.text("redirect_uri").is_some_and(|known| known != text("redirect_uri")) {
            return Err(invalid("The field 'redirect_uri' is not that of the login."));
        }
    }
    if login.text("client_id").is_some_and(|known| !known.eq_ignore_ascii_case(text("client_id"))) {
        return Err(invalid("The field 'client_id' is not that of the login."));
    }
    let login = grant(context, &login, held_by)?;
    let mut data = json!({
        "access_token": login.get("access_token"),
        "refresh_token": login.get("refresh_token"),
        "token_type": "Bearer",
        "expires_in": LIFE_S,
    });
    if let Some(context) = login.get("context").filter(|context| !context.is_null()) {
        data["context"] = context.clone();
    }
    let body = json!({ "$data": data, "$request": request_id(context.state) });
    Ok(Response::json(context.route.success, &body))
}

/// Describes the bodies that ask for a token.
pub(super) fn body(schema: &mut Value) {
    let text = json!({ "type": "string", "minLength": 1 });
    let grant = |grant_type: &str, needed: &[&str]| {
        let mut properties = json!({ "grant_type": { "const": grant_type } });
        for name in needed {
            properties[*name] = text.clone();
        }
        let required: Vec<&str> = needed.iter().copied().chain(["grant_type"]).collect();
        json!({ "type": "object", "properties": properties, "required": required })
    };
    *schema = json!({ "anyOf": [grant(BY_CODE, FOR_CODE), grant(BY_REFRESH_TOKEN, FOR_REFRESH_TOKEN)] });
}

/// Checks that the secret is one the world lists, if it lists any, and belongs to the client, if that is listed.
fn check_client(context: &Context<'_>, client_id: &str, secret: &str) -> Result<(), Problem> {
    let state = &*context.state;
    let of_settings = state.admits(context.api.name, secret);
    let applications = state.store.of(&APPLICATIONS);
    if applications.is_empty() {
        return if of_settings { Ok(()) } else { Err(Problem::Credential) };
    }
    let client = applications.get(&client_id.to_ascii_lowercase()).ok_or(Problem::Credential)?;
    let is_own = application_of_secret(state, secret).is_some_and(|application| application.id() == client.id());
    let is_listed = state.settings.credential(context.api.name, secret).is_some();
    if is_own || is_listed { Ok(()) } else { Err(Problem::Credential) }
}

/// Makes a new access token. The one before is good until its own end.
fn grant(context: &mut Context<'_>, login: &Record, held_by: &str) -> Result<Record, Problem> {
    let state = &mut *context.state;
    if held_by == "refresh_token"
        && let Some(before) = login.text("access_token")
    {
        let earlier = json!({
            "access_token": before,
            "expires_date": login.get("expires_date"),
            "login_id": login.id(),
        });
        let earlier = Document::of(earlier).expect("an object was just made");
        state.create_in_history(&EARLIER_TOKENS, earlier, Actor::Service)?;
    }
    let mut patch = Document::new();
    patch.insert("code", Value::Null);
    patch.insert("access_token", state.rng.token(32).into());
    patch.insert("expires_date", state.later(LIFE_S * 1_000).into());
    state.patch(&LOGINS, login, &patch, Actor::Administrator)
}
