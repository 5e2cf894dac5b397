//! The redirect back to the application: its address, with a code or an error.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::apis::edlink::errors::{
    DECLINED_AUTHORIZATION, INVALID_INTEGRATION_STATE, NO_SSO_PROVIDER, PERSON_NOT_SHARED,
};
use crate::apis::edlink::sso::APPLICATIONS;
use crate::engine::schema::error_def::ErrorDef;
use crate::engine::state::State;
use crate::http::message::Response;
use crate::http::target::{Query, encode};

/// Characters that an address cannot have in a header.
const NOT_IN_A_HEADER: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>');

/// The error of a person who declines. It always goes back to the application.
pub(super) const DECLINED: &str = DECLINED_AUTHORIZATION.code;

/// The fake's own parameter for the person who signs in.
pub(super) const PERSON: &str = "standin_person";
/// The fake's own parameter for the outcome of a sign-on.
pub(super) const OUTCOME: &str = "standin_outcome";

/// The errors that are sent back to an application that wants them. For the other errors, the application is not known.
const SENT_BACK: [&ErrorDef; 3] = [NO_SSO_PROVIDER, INVALID_INTEGRATION_STATE, PERSON_NOT_SHARED];

/// Returns a value of the query, if it has one that is not empty.
pub(super) fn given<'q>(query: &'q Query<'_>, name: &str) -> Option<&'q str> {
    query.get(name).filter(|value| !value.is_empty())
}

/// Redirects the person to the application: to its address, with the state as it came, and this parameter.
pub(super) fn back(redirect_uri: &str, query: &Query<'_>, name: &str, value: &str) -> Response {
    let (address, fragment) = redirect_uri.split_at(redirect_uri.find('#').unwrap_or(redirect_uri.len()));
    let mut location: String = utf8_percent_encode(address, NOT_IN_A_HEADER).collect();
    let mut join = if !address.contains('?') {
        "?"
    } else if address.ends_with(['?', '&']) {
        ""
    } else {
        "&"
    };
    for (name, value) in query.get("state").map(|state| ("state", state)).into_iter().chain([(name, value)]) {
        location.push_str(join);
        location.extend([name, "=", &encode(value)]);
        join = "&";
    }
    location.extend(utf8_percent_encode(fragment, NOT_IN_A_HEADER));
    Response::empty(302).with("location", &location)
}

/// Answers an error of a sign-on by a redirect to the application, if the application wants that.
pub(crate) fn redirected(state: &State, query: &Query<'_>, error: &ErrorDef) -> Option<Response> {
    let redirect_uri = given(query, "redirect_uri")?;
    if error != DECLINED_AUTHORIZATION {
        if !SENT_BACK.contains(&error) {
            return None;
        }
        let application = state.store.of(&APPLICATIONS).get(&given(query, "client_id")?.to_ascii_lowercase())?;
        let wants = application.text("sso_error_behavior") == Some("redirect");
        let knows = application.get("redirect_uris")?.as_array()?.iter().any(|known| known == redirect_uri);
        if !(wants && knows) {
            return None;
        }
    }
    Some(back(redirect_uri, query, "error", error.code))
}
