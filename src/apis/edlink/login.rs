//! People who logged in: codes become tokens, tokens are refreshed.

use serde_json::{Value, json};

use crate::apis::edlink::errors::INVALID_REQUEST_BODY;
use crate::apis::edlink::errors::request_id;
use crate::apis::edlink::graph::{PEOPLE, generator};
use crate::apis::edlink::integrations::INTEGRATIONS;
use crate::apis::edlink::meta::{CREATED, ID, UPDATED};
use crate::engine::api::context::Context;
use crate::engine::schema::field::{DefaultValue, Kind, field, text};
use crate::engine::schema::problem::Problem;
use crate::engine::schema::resource::{Actor, IdFormat, Schema};
use crate::engine::state::State;
use crate::engine::state::clock::parse_ms;
use crate::engine::store::{Document, Record};
use crate::http::message::Response;

/// How long an access token is good for, in seconds.
const LIFE_S: u64 = 60 * 60;

/// Logins: who has come back from the sign-on of an integration, with the code or the tokens they hold. The fake's own:
/// an administrator makes one where a person would sign in.
pub static LOGINS: Schema = Schema::new(
    "edlink.logins",
    "Login",
    "id",
    IdFormat::Uuid,
    &[
        ID,
        CREATED,
        UPDATED,
        text("code").nullable(),
        text("access_token").or(DefaultValue::Token(32)),
        text("refresh_token").or(DefaultValue::Token(32)),
        field("expires_date", Kind::Time).nullable(),
        field("person_id", Kind::Reference(&PEOPLE)).required(),
        field("integration_id", Kind::Reference(&INTEGRATIONS)).required(),
    ],
)
.unique(&["code", "access_token", "refresh_token"])
.generator(generator::logins);

/// Whether the access token of a login is past its time.
pub fn has_expired(state: &State, login: &Record) -> bool {
    let expires = login.text("expires_date").and_then(parse_ms);
    expires.is_some_and(|expires_ms| expires_ms <= state.clock.now_ms())
}

/// `POST /authentication/token`: a code, or a refresh token, for an access token.
pub fn token(context: &mut Context<'_>) -> Result<Response, Problem> {
    let invalid = |message: String| Problem::named(INVALID_REQUEST_BODY, message);
    let body = context.fields()?;
    let given = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let wanted = |name: &str| given(name).ok_or_else(|| invalid(format!("The field '{name}' is required.")));
    let field = match wanted("grant_type")? {
        "authorization_code" => "code",
        "refresh_token" => "refresh_token",
        other => {
            let message = format!("'{other}' is no grant_type; 'authorization_code' and 'refresh_token' are.");
            return Err(invalid(message));
        }
    };
    let held = wanted(field)?;
    let secret = wanted("client_secret")?;
    if !context.state.admits(context.api, secret) {
        return Err(Problem::Credential);
    }
    let login = context.state.store.of(&LOGINS).find(field, held).next().cloned();
    let login =
        login.ok_or_else(|| invalid(format!("The {} is unknown or was used before.", field.replace('_', " "))))?;
    let access_token = context.state.rng.token(32);
    let mut patch = Document::new();
    patch.insert("code", Value::Null);
    patch.insert("access_token", access_token.clone().into());
    patch.insert("expires_date", context.state.later(LIFE_S * 1_000).into());
    let login = context.state.patch(&LOGINS, &login, &patch, Actor::Administrator)?;
    let body = json!({
        "$data": {
            "access_token": access_token,
            "refresh_token": login.text("refresh_token"),
            "token_type": "Bearer",
            "expires_in": LIFE_S,
        },
        "$request": request_id(context.state),
    });
    Ok(Response::json(context.route.success, &body))
}
