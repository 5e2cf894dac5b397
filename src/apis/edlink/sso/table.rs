//! The operations of signing in.

use crate::apis::edlink::errors::{INVALID_REQUEST_BODY, INVALID_TOKEN};
use crate::apis::edlink::sso::collections::ERRORS;
use crate::apis::edlink::sso::{login, page, token};
use crate::engine::api::context::Context;
use crate::engine::api::route::{Access, Action, ResponseShape, Route, get, post};
use crate::engine::schema::problem::Problem;
use crate::http::message::Response;

const LOGIN: &str = "Edlink documentation, API v2.0, OAuth2, Login";
const SPECIAL: &str = "Edlink documentation, Guides v2.0, Special SSO routes";
const V1: &str = "Edlink documentation, Guides v1.0, Authentication";
const TOKEN: &str = "Edlink documentation, API v2.0, OAuth2, Token";

const fn sso(
    path: &'static str,
    name: &'static str,
    operation: fn(&mut Context<'_>) -> Result<Response, Problem>,
    source: &'static str,
) -> Route {
    get(path, name, Action::Custom(operation))
        .answers(302)
        .shows(ResponseShape::Nothing)
        .or_answers(200, page::MEDIA)
        .access(Access::Public)
        .documented(source)
        .fails(&ERRORS)
}

/// The rows.
pub(crate) const ROUTES: &[Route] = &[
    sso("/sso/login", "sso.login", login::login, LOGIN)
        .outside()
        .about("Signs a person in, and sends it back to the application with a code."),
    sso("/sso/login/{application}", "sso.login_with", login::login_with, SPECIAL)
        .outside()
        .about("Signs a person in by an integration with that system: google, clever, classlink."),
    sso("/sso/integrations/{id}", "sso.integration", login::integration, SPECIAL)
        .outside()
        .about("Signs a person in by that integration."),
    sso("/v1/authentication/provider/{application}", "sso.login_with_v1", login::login_with, V1)
        .about("Signs a person in by an integration with that system; the older address."),
    sso("/v1/authentication/integrations/{id}", "sso.integration_v1", login::integration, V1)
        .about("Signs a person in by that integration; the older address."),
    post("/authentication/token", "authentication.token", Action::Custom(token::token))
        .answers(200)
        .takes_forms()
        .body_schema(token::body)
        .needs_body()
        .access(Access::Public)
        .fails(&[INVALID_TOKEN, INVALID_REQUEST_BODY])
        .documented(TOKEN)
        .about("Gives a person's access token for a code or a refresh token."),
];
