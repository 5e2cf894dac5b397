//! Collections of signing in: applications, sign-ons to come, and logins. All of them are the fake's own.

use serde_json::Value;

use crate::apis::edlink::errors::{
    DECLINED_AUTHORIZATION, INVALID_CLIENT_ID, INVALID_INTEGRATION_STATE, INVALID_REDIRECT_URI, INVALID_REQUEST,
    NO_CLIENT_ID, NO_PRIMARY_REDIRECT_URI, NO_REDIRECT_URI, NO_SSO_PROVIDER, PERSON_NOT_SHARED,
};
use crate::apis::edlink::graph::PEOPLE;
use crate::apis::edlink::integrations::INTEGRATIONS;
use crate::apis::edlink::meta::{CREATED, ID, UPDATED};
use crate::engine::schema::error_def::ErrorDef;
use crate::engine::schema::field::{DefaultValue, Kind, field, text};
use crate::engine::schema::schema::{IdFormat, Schema};
use crate::engine::schema::time::parse_ms;
use crate::engine::state::State;
use crate::engine::store::Record;

/// The outcome of a sign-on that succeeds.
pub(super) const SUCCESS: &str = "success";

/// The errors that a sign-on can come to, by itself or because a test asks for it.
pub(super) const FAILURES: [&ErrorDef; 9] = [
    DECLINED_AUTHORIZATION,
    NO_SSO_PROVIDER,
    INVALID_INTEGRATION_STATE,
    PERSON_NOT_SHARED,
    NO_CLIENT_ID,
    NO_REDIRECT_URI,
    INVALID_CLIENT_ID,
    NO_PRIMARY_REDIRECT_URI,
    INVALID_REDIRECT_URI,
];

/// The errors of the operations that sign in: those of a sign-on, and the error of a request for an unknown outcome.
pub(super) const ERRORS: [&ErrorDef; FAILURES.len() + 1] = {
    let mut errors = [INVALID_REQUEST; FAILURES.len() + 1];
    let mut n = 0;
    while n < FAILURES.len() {
        errors[n] = FAILURES[n];
        n += 1;
    }
    errors
};

/// The outcomes of a sign-on that a test may ask for: success, and the codes of its errors.
pub(crate) const OUTCOMES: &[&str] = &{
    let mut outcomes = [SUCCESS; FAILURES.len() + 1];
    let mut n = 0;
    while n < FAILURES.len() {
        outcomes[n + 1] = FAILURES[n].code;
        n += 1;
    }
    outcomes
};

/// Applications. Without any, every client id and every address is good.
pub(crate) static APPLICATIONS: Schema = Schema::new(
    "edlink.applications",
    "Application",
    "id",
    IdFormat::Uuid,
    &[
        ID,
        CREATED,
        UPDATED,
        text("name").required(),
        text("secret").required().or(DefaultValue::Token(32)),
        field("redirect_uris", Kind::Strings).or(DefaultValue::EmptyList),
        field("integration_ids", Kind::References(&INTEGRATIONS)),
        field("sso_error_behavior", Kind::Enum(&["page", "redirect"])).required().or(DefaultValue::Text("page")),
        text("webhook_secret").nullable(),
    ],
)
.unique(&["secret"]);

/// Sign-ons to come: the person, and the outcome. The oldest that fits a request is used up by it.
pub(crate) static SIGN_ONS: Schema = Schema::new(
    "edlink.sign_ons",
    "Sign-on",
    "id",
    IdFormat::Uuid,
    &[
        ID,
        CREATED,
        UPDATED,
        field("person_id", Kind::Reference(&PEOPLE)).nullable(),
        field("integration_id", Kind::Reference(&INTEGRATIONS)).nullable(),
        text("client_id").nullable(),
        field("outcome", Kind::Enum(OUTCOMES)).required().or(DefaultValue::Text(SUCCESS)),
        field("context", Kind::Object).nullable(),
        field("keep", Kind::Bool).or(DefaultValue::False),
    ],
);

/// Logins: people who have come back from a sign-on, with the code or the tokens they hold.
pub(crate) static LOGINS: Schema = Schema::new(
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
        field("context", Kind::Object).nullable(),
        text("client_id").nullable(),
        text("redirect_uri").nullable(),
        field("code_expires_date", Kind::Time).nullable(),
    ],
)
.unique(&["code", "access_token", "refresh_token"]);

/// Access tokens from before a refresh: each is good until its own end.
pub(crate) static EARLIER_TOKENS: Schema = Schema::new(
    "edlink.earlier_tokens",
    "Earlier token",
    "id",
    IdFormat::Uuid,
    &[
        ID,
        text("access_token").required(),
        field("expires_date", Kind::Time).nullable(),
        field("login_id", Kind::Reference(&LOGINS)).required(),
    ],
)
.unique(&["access_token"]);

/// Returns the application that has this secret.
pub(crate) fn application_of_secret<'w>(state: &'w State, secret: &str) -> Option<&'w Record> {
    state.store.of(&APPLICATIONS).find("secret", secret).next()
}

/// Returns the login that an access token belongs to, and true if the token has expired.
pub(crate) fn login_of<'w>(state: &'w State, access_token: &str) -> Option<(&'w Record, bool)> {
    let is_past = |record: &Record| is_past(state, record.get("expires_date"));
    if let Some(login) = state.store.of(&LOGINS).find("access_token", access_token).next() {
        return Some((login, is_past(login)));
    }
    let earlier = state.store.of(&EARLIER_TOKENS).find("access_token", access_token).next()?;
    let login = state.store.of(&LOGINS).get(earlier.text("login_id")?)?;
    Some((login, is_past(earlier)))
}

/// Tells whether a time has come; the absent one never does.
pub(super) fn is_past(state: &State, time: Option<&Value>) -> bool {
    let time = time.and_then(Value::as_str).and_then(parse_ms);
    time.is_some_and(|time_ms| time_ms <= state.clock.now_ms())
}
