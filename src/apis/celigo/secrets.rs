//! The secrets of connections: they are masked when shown, and a mask that comes back does not replace them.

use serde_json::{Map, Value};

use crate::engine::schema::document::Document;
use crate::engine::schema::schema::Actor;
use crate::engine::state::State;
use crate::engine::store::Record;

/// The mask of a secret.
const MASK: &str = "******";

/// Keys of secrets, at any depth of a connection.
const SECRETS: &[&str] = &[
    "accessToken",
    "apiKey",
    "authKey",
    "clientSecret",
    "consumerSecret",
    "passphrase",
    "password",
    "pgpPrivateKey",
    "privateKey",
    "refreshToken",
    "secret",
    "secretAccessKey",
    "token",
    "tokenId",
    "tokenSecret",
];

/// A key whose whole value is secret.
const ENCRYPTED: &str = "encrypted";

/// Returns a connection as consumers see it.
pub(super) fn masked(connection: &Document) -> Document {
    connection.iter().map(|(name, value)| (name.to_owned(), mask(name, value, false))).collect()
}

/// The settings of a webhook listener that are secret.
const LISTENER: &[&str] = &["key", "token", "password"];

/// Returns an export as consumers see it: without the secrets of a listener. The token of a secret address is shown,
/// because it is part of the address.
pub(super) fn listener_masked(export: &Document) -> Document {
    let mut shown = export.clone();
    if let Some(Value::Object(webhook)) = shown.get_mut("webhook") {
        let in_address = webhook.get("verify").and_then(Value::as_str) == Some("secret_url");
        for name in LISTENER.iter().filter(|name| !(in_address && **name == "token")) {
            if let Some(secret @ Value::String(_)) = webhook.get_mut(*name) {
                *secret = MASK.into();
            }
        }
    }
    shown
}

/// The provider of a listener that names none.
const PROVIDER: &str = "custom";

/// Completes a listener: with its default provider, and the stored secret in place of a mask that comes back.
pub(super) fn listener_completed(
    _: &mut State,
    _: &str,
    mut given: Document,
    old: Option<&Record>,
    _: Actor,
) -> Document {
    let stored = old.and_then(|old| old.get("webhook")).and_then(Value::as_object);
    if let (Some(stored), Some(Value::Object(webhook))) = (stored, given.get_mut("webhook")) {
        for name in LISTENER {
            if webhook.get(*name).and_then(Value::as_str) == Some(MASK)
                && let Some(secret) = stored.get(*name)
            {
                webhook.insert((*name).to_owned(), secret.clone());
            }
        }
    }
    if let Some(Value::Object(webhook)) = given.get_mut("webhook")
        && webhook.get("provider").is_none_or(Value::is_null)
    {
        webhook.insert("provider".to_owned(), PROVIDER.into());
    }
    given
}

fn mask(name: &str, value: &Value, below_encrypted: bool) -> Value {
    let secret = below_encrypted || name == ENCRYPTED;
    match value {
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), mask(name, value, secret))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(|item| mask(name, item, secret)).collect(),
        Value::Null | Value::Bool(_) => value.clone(),
        _ if is_secret_in(name, secret) => Value::from(MASK),
        other => other.clone(),
    }
}

fn is_secret_in(name: &str, below_encrypted: bool) -> bool {
    below_encrypted || is_secret(name)
}

/// Tells whether a field of that name is a secret, which no list is filtered or ordered by.
pub(super) fn is_secret(name: &str) -> bool {
    name == ENCRYPTED || SECRETS.contains(&name)
}

/// Puts the stored secrets in place of masks that come back.
pub(super) fn kept(_: &mut State, _: &str, mut given: Document, old: Option<&Record>, _: Actor) -> Document {
    if let Some(old) = old {
        for (name, value) in given.iter_mut() {
            if let Some(stored) = old.get(name) {
                keep(name, value, stored, false);
            }
        }
    }
    given
}

fn keep_in(given: &mut Map<String, Value>, stored: &Map<String, Value>, below_encrypted: bool) {
    for (name, value) in given.iter_mut() {
        if let Some(stored) = stored.get(name) {
            keep(name, value, stored, below_encrypted);
        }
    }
}

fn keep(name: &str, given: &mut Value, stored: &Value, below_encrypted: bool) {
    let secret = is_secret_in(name, below_encrypted);
    match (given, stored) {
        (Value::Object(given), Value::Object(stored)) => keep_in(given, stored, below_encrypted || name == ENCRYPTED),
        (Value::Array(given), Value::Array(stored)) => {
            given.iter_mut().zip(stored).for_each(|(given, stored)| keep(name, given, stored, below_encrypted));
        }
        (given, stored) if secret && given.as_str() == Some(MASK) => *given = stored.clone(),
        _ => {}
    }
}
