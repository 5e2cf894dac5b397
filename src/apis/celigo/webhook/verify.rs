//! Verification that a call of a listener comes from its true sender.

use serde_json::{Map, Value};

use crate::apis::celigo::webhook::hmac::{base64, hex, sign};
use crate::engine::api::context::Context;

/// The settings of a listener.
pub(super) type ListenerSettings = Map<String, Value>;

/// Returns a text among the settings, or `usual` if it is not set.
pub(super) fn text<'s>(settings: &'s ListenerSettings, name: &str, usual: &'s str) -> &'s str {
    settings.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).unwrap_or(usual)
}

/// Tells whether the head, the path and the raw body of a call show that it is genuine. A token in the body is checked
/// when the body was read.
pub(super) fn is_genuine(context: &Context<'_>, settings: &ListenerSettings) -> bool {
    match text(settings, "verify", "") {
        "hmac" => is_signed(context, settings),
        "token" => match text(settings, "tokenLocation", "body") {
            "header" => has_token_in_header(context, settings),
            "queryParam" => {
                let name = text(settings, "tokenQueryParamName", "token");
                is_token(settings, context.query.get(name))
            }
            _ => true,
        },
        "basic" => {
            let [user, password] = ["username", "password"].map(|name| text(settings, name, ""));
            let sent = context.request.header("authorization").and_then(|it| it.trim().split_once(' '));
            let wanted = base64(format!("{user}:{password}").as_bytes());
            sent.is_some_and(|(scheme, sent)| scheme.eq_ignore_ascii_case("basic") && sent.trim() == wanted)
        }
        "secret_url" => {
            is_token(settings, context.params.iter().find(|(name, _)| *name == "token").map(|(_, it)| &**it))
        }
        _ => true,
    }
}

/// Tells whether a body that was read has the token, if the settings place it there.
pub(super) fn has_token(body: &Value, settings: &ListenerSettings) -> bool {
    if text(settings, "verify", "") != "token" || text(settings, "tokenLocation", "body") != "body" {
        return true;
    }
    let path = text(settings, "path", "token");
    let found = path.split('.').try_fold(body, |value, name| value.get(name));
    is_token(settings, found.and_then(Value::as_str))
}

fn is_token(settings: &ListenerSettings, sent: Option<&str>) -> bool {
    let token = text(settings, "token", "");
    !token.is_empty() && sent == Some(token)
}

fn has_token_in_header(context: &Context<'_>, settings: &ListenerSettings) -> bool {
    let name = text(settings, "tokenHeaderName", "authorization").to_ascii_lowercase();
    let scheme = match text(settings, "tokenHeaderScheme", "bearer") {
        "none" => "",
        "custom" => text(settings, "customTokenScheme", ""),
        _ => "bearer",
    };
    let Some(sent) = context.request.header(&name).map(str::trim) else { return false };
    if scheme.is_empty() {
        return is_token(settings, Some(sent));
    }
    let parts = sent.split_once(' ').filter(|(sent, _)| sent.eq_ignore_ascii_case(scheme));
    is_token(settings, parts.map(|(_, token)| token.trim()))
}

/// Tells whether the signature of a call is that of its body, apart from a prefix such as `sha256=`.
fn is_signed(context: &Context<'_>, settings: &ListenerSettings) -> bool {
    let algorithm = text(settings, "algorithm", "sha256");
    let header = text(settings, "header", "x-signature").to_ascii_lowercase();
    let key = text(settings, "key", "").as_bytes();
    let Some(sent) = context.request.header(&header).map(str::trim) else { return false };
    let Some(signature) = sign(algorithm, key, context.request.body) else { return false };
    let sent = sent.strip_prefix(&format!("{algorithm}=")).unwrap_or(sent);
    if text(settings, "encoding", "hex") == "base64" {
        sent == base64(&signature)
    } else {
        sent.eq_ignore_ascii_case(&hex(&signature))
    }
}
