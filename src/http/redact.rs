//! The one redaction: every text that leaves the process for people passes here, so that credentials do not leave it.
//!
//! A value is blacked out where its name tells that it is a credential; a credential that the world knows is blacked
//! out everywhere. Matchers and checks see the real values; only their texts pass here.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::http::clip::clipped;
use crate::http::headers;
use crate::http::known::{Known, without};
use crate::http::message::Request;
use crate::http::options::is_option;
use crate::http::scan::{self, parameters, scan};
use crate::http::shapes::decode_base64;
use crate::http::telling::{
    BLACK, OF_LOGIN, is_field_name, is_of_name, is_of_value, is_telling, is_telling_parameter, is_telling_word,
};
use crate::http::tree::{MEMBERS, TreeLimits};

/// The most bytes of a body that a log shows.
const SHOWN_BYTES: usize = 16 * 1024;

/// The most credentials that are looked for everywhere.
pub(crate) const MOST_KNOWN: usize = 10_000;

/// The rule for what may be shown, and the credentials that are known besides those with telling names.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    shows_secrets: bool,
    known: Arc<Known>,
    /// The credentials that one request presents.
    own: Known,
}

impl Redactor {
    /// Makes a redactor that knows these credentials. With `shows_secrets` it blacks out nothing.
    pub fn new<'c>(shows_secrets: bool, known: impl IntoIterator<Item = &'c str>) -> Self {
        let redactor = Self { shows_secrets, ..Self::default() };
        if shows_secrets { redactor } else { redactor.with(known) }
    }

    /// Returns a redactor that knows these credentials too.
    pub fn with<'c>(&self, more: impl IntoIterator<Item = &'c str>) -> Self {
        let mut known = (*self.known).clone();
        more.into_iter().take(MOST_KNOWN.saturating_sub(known.len())).for_each(|credential| known.learn(credential));
        Self { shows_secrets: self.shows_secrets, known: Arc::new(known), own: Known::default() }
    }

    /// Returns a redactor that knows the credentials of another one too, up to [`MOST_KNOWN`].
    pub fn joined(&self, other: &Self) -> Self {
        self.with(other.known.iter())
    }

    /// Makes the redactor for one request: it also knows the credentials that the request presents.
    pub fn of_request(&self, request: &Request<'_>) -> Self {
        let headers = request.headers.iter();
        let headers = headers.filter_map(|(name, value)| Some((*name, std::str::from_utf8(value).ok()?)));
        self.of_parts(request.target, headers)
    }

    /// Makes the redactor for a request of that target and these headers.
    pub fn of_parts<'h>(&self, target: &str, headers: impl Iterator<Item = (&'h str, &'h str)>) -> Self {
        let mut redactor = Self { own: Known::default(), ..self.clone() };
        if !self.shows_secrets {
            presented(target, headers, |credential| redactor.own.learn(credential));
        }
        redactor
    }

    /// Blacks out the credentials in a target, or any URL.
    pub fn target<'t>(&self, target: &'t str) -> Cow<'t, str> {
        if self.shows_secrets {
            return Cow::Borrowed(target);
        }
        Cow::Owned(scan::target(&self.scrubbed(target)).into_owned())
    }

    /// Blacks out a header's value, but for the last four characters of a long credential, by which a reader tells two
    /// credentials apart.
    pub fn header(&self, name: &str, value: &str) -> String {
        if self.shows_secrets {
            return value.to_owned();
        }
        match name {
            "authorization" | "proxy-authorization" | headers::CONTROL_TOKEN => tail_of(value),
            name if is_telling(name) => BLACK.to_owned(),
            _ => self.text(value).into_owned(),
        }
    }

    /// Returns a body for a log: JSON, forms and texts without credentials; for another or a long body, its length.
    pub fn body(&self, content_type: Option<&str>, body: &[u8]) -> Value {
        let length = body.len();
        if body.is_empty() {
            return Value::Null;
        }
        if length > SHOWN_BYTES {
            return format!("({length} bytes)").into();
        }
        if content_type.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
            return self.form(&String::from_utf8_lossy(body)).into_owned().into();
        }
        match serde_json::from_slice(body) {
            Ok(json) => self.json(json),
            Err(_) => format!("({length} bytes that are not JSON)").into(),
        }
    }

    fn form<'t>(&self, form: &'t str) -> Cow<'t, str> {
        if self.shows_secrets { Cow::Borrowed(form) } else { parameters(&self.scrubbed(form)).into_owned().into() }
    }

    /// Blacks out the credentials in bytes that are JSON, a form, or any other text, maybe cut short.
    pub fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        if bytes.is_empty() || self.shows_secrets {
            return bytes.to_vec();
        }
        let is_bounded = TreeLimits::body(MEMBERS).check(bytes).is_ok();
        if let Some(json) = is_bounded.then(|| serde_json::from_slice::<Value>(bytes).ok()).flatten() {
            return self.json(json).to_string().into_bytes();
        }
        self.text(&String::from_utf8_lossy(bytes)).into_owned().into_bytes()
    }

    /// Blacks out the credentials in a JSON value, at any depth.
    pub fn json(&self, value: Value) -> Value {
        if self.shows_secrets {
            return value;
        }
        match value {
            Value::Object(members) => {
                let is_login = members.keys().any(|name| OF_LOGIN.contains(&name.as_str()));
                let is_named = members.iter().any(|(name, value)| is_of_name(name) && is_telling_text(value));
                let shown = members.into_iter().map(|(name, value)| {
                    let is_secret = if is_login { is_telling_parameter(&name) } else { is_telling(&name) };
                    let value = self.member(is_secret || (is_named && is_of_value(&name)), value);
                    (name, value)
                });
                Value::Object(shown.collect::<Map<_, _>>())
            }
            Value::Array(items) => self.items(items),
            Value::String(text) => self.text(&text).into_owned().into(),
            other => other,
        }
    }

    fn member(&self, is_secret: bool, value: Value) -> Value {
        if is_secret && !says_nothing(&value) { BLACK.into() } else { self.json(value) }
    }

    /// Blacks out the credentials in an array, which may hold names and values by turns.
    fn items(&self, items: Vec<Value>) -> Value {
        let has_turns = items.len().is_multiple_of(2) && items.iter().step_by(2).all(Value::is_string);
        let mut is_named = false;
        let shown = items.into_iter().enumerate().map(|(at, item)| {
            let is_secret = std::mem::take(&mut is_named) && !item.as_str().is_some_and(is_field_name);
            let is_option = item.as_str().is_some_and(is_option);
            is_named = is_option || (has_turns && at % 2 == 0 && is_telling_text(&item));
            self.member(is_secret, item)
        });
        shown.collect()
    }

    /// Blacks out the credentials in any text for people: those in JSON, parameters and headers, and all that are
    /// known.
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.shows_secrets {
            return Cow::Borrowed(text);
        }
        // Known credentials come first: the extent that a telling name gives could end within one.
        match self.scrubbed(text) {
            Cow::Borrowed(text) => scan(text),
            Cow::Owned(text) => Cow::Owned(scan(&text).into_owned()),
        }
    }

    /// Blacks out a value that stands at the end of a path such as `body.auth.password`.
    pub fn value_at(&self, path: &str, value: &str) -> String {
        let is_secret = (is_telling(path) || path.split(['.', '[', ']']).any(is_telling)) && !value.starts_with(BLACK);
        if is_secret && !self.shows_secrets { BLACK.to_owned() } else { self.text(value).into_owned() }
    }

    /// Returns a text without the known credentials.
    fn scrubbed<'t>(&self, text: &'t str) -> Cow<'t, str> {
        without(text, [&self.own, &self.known]).map_or(Cow::Borrowed(text), Cow::Owned)
    }
}

/// Returns a path without credentials, for a message of the fake, which consumers may log.
pub(crate) fn told_path(path: &str) -> Cow<'static, str> {
    clipped(Redactor::default().target(path).into_owned())
}

/// Passes to `tell` each credential that a request presents in telling headers and parameters.
pub(crate) fn presented<'h>(
    target: &str,
    headers: impl Iterator<Item = (&'h str, &'h str)>,
    mut tell: impl FnMut(&str),
) {
    for (name, value) in headers.filter(|(name, _)| is_telling(name)) {
        tell(value.split_once(' ').map_or(value, |(_, credential)| credential));
        // Cookies, and the parameters of a scheme, are credentials by themselves.
        let parts = value.split([';', ',']).filter_map(|part| part.split_once('='));
        let is_list = name.contains("cookie") || value.contains(['"', ',', ';']);
        parts.filter(|_| is_list).for_each(|(_, value)| tell(value.trim().trim_matches('"')));
        if let Some(user) = value.strip_prefix("Basic ").map(decode_base64)
            && let Some((_, password)) = String::from_utf8(user).ok().as_deref().and_then(|user| user.split_once(':'))
        {
            tell(password);
        }
    }
    if let Some((_, query)) = target.split_once('?') {
        let parameters = form_urlencoded::parse(query.as_bytes());
        parameters.filter(|(name, _)| is_telling_parameter(name)).for_each(|(_, value)| tell(&value));
    }
}

/// Collects the credentials in a record's field: texts below telling names.
pub(crate) fn secrets_in<'v>(name: &str, value: &'v Value, is_secret: bool, found: &mut Vec<&'v str>) {
    // Names are looked at where their value could be one: there are many, in all records.
    let is_secret = || is_secret || is_telling(name);
    match value {
        Value::String(text) if is_secret() => found.push(text),
        Value::Array(items) if !items.is_empty() => {
            let is_secret = is_secret();
            items.iter().for_each(|item| secrets_in(name, item, is_secret, found));
        }
        Value::Object(members) if !members.is_empty() => {
            let is_secret = is_secret();
            members.iter().for_each(|(name, value)| secrets_in(name, value, is_secret, found));
        }
        _ => {}
    }
}

/// Tells whether a value is the name of a credential.
fn is_telling_text(value: &Value) -> bool {
    value.as_str().is_some_and(is_telling_word)
}

/// Tells whether a value holds nothing that could be a credential.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Number(_) => false,
    }
}

/// Returns the scheme and the last four characters of a long credential that is one word, and no user with a password.
pub(crate) fn tail_of(value: &str) -> String {
    let is_scheme = |scheme: &str| !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphabetic());
    let (scheme, secret) = match value.split_once(' ') {
        Some((scheme, secret)) if is_scheme(scheme) => (scheme, secret.trim()),
        Some(_) => return BLACK.to_owned(),
        None => ("", value),
    };
    let length = secret.chars().count();
    let has_tail = length >= 12 && !scheme.eq_ignore_ascii_case("basic") && !secret.contains([' ', '=', ',']);
    let tail: String = if has_tail { secret.chars().skip(length - 4).collect() } else { String::new() };
    format!("{scheme} {BLACK}{tail}").trim_start().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn redactor() -> Redactor {
        Redactor::new(false, ["known+credential/1", "short"])
    }

    fn target(target: &str) -> String {
        redactor().target(target).into_owned()
    }

    fn text(text: &str) -> String {
        redactor().text(text).into_owned()
    }

    #[test]
    fn telling_parameters_are_blacked_out_however_they_are_written() {
        assert_eq!(target("/v1/flows?limit=2&access_token=abc"), "/v1/flows?limit=2&access_token=…");
        assert_eq!(target("/x?X-Amz-%53ignature=abc&a"), "/x?X-Amz-%53ignature=…&a");
        assert_eq!(target("/v1/token?q=token"), "/v1/token?q=token");
        assert_eq!(target("/login?code=abc&state=1"), "/login?code=…&state=1");
        let hidden = target("/x?next=https%3A%2F%2Fh%2F%3Ftoken%3Dabcdef");
        assert!(!hidden.contains("abcdef"), "{hidden}");
    }

    #[test]
    fn no_credential_stands_whole_in_headers() {
        let header = |name: &str, value: &str| redactor().header(name, value);
        assert_eq!(header("authorization", "Bearer HZ4MR8NyjdPiP9g8l6gKXT5Kjk9FlJa7"), "Bearer …lJa7");
        assert_eq!(header("cookie", "session=1"), "…");
        assert_eq!(header("cookie", "session=1234567890123; theme=dark"), "…");
        assert_eq!(header("authorization", "1234567890123 and 1234567890123"), "…");
        assert_eq!(header("authorization", "Basic dXNlcjpwYXNzd29yZA=="), "Basic …");
        assert_eq!(header("authorization", "Digest username=\"u\", response=\"1234567890\""), "Digest …");
        assert_eq!(header("sec-websocket-protocol", "bearer, abc"), "…");
        assert_eq!(header("set-cookie", "session=1"), "…");
        assert_eq!(header("x-api-key", "abc"), "…");
        assert_eq!(
            header("link", "<http://h/v1/flows?page=2&token=abc>; rel=\"next\""),
            "<http://h/v1/flows?page=2&token=…>; rel=\"next\""
        );
    }

    #[test]
    fn no_credential_stands_in_bodies() {
        let body = |kind: Option<&str>, body: &str| redactor().body(kind, body.as_bytes()).to_string();
        assert_eq!(
            body(
                None,
                r#"{"$data":[{"id":"1","access_token":"abc"}],"signedURL":"http://h/z?signature=abc&n=1","key":null}"#
            ),
            r#"{"$data":[{"id":"1","access_token":"…"}],"signedURL":"http://h/z?signature=…&n=1","key":null}"#
        );
        let form = body(Some("application/x-www-form-urlencoded"), "grant_type=code&client_secret=abc&code=x");
        assert_eq!(form, "\"grant_type=code&client_secret=…&code=…\"");
        assert_eq!(body(None, "{\"token\": \"abc\""), "\"(15 bytes that are not JSON)\"");
        assert_eq!(
            redactor().json(json!({ "http": { "encrypted": { "a": ["x"] }, "tokens": [{ "b": 1 }], "keys": [] } })),
            json!({ "http": { "encrypted": "…", "tokens": "…", "keys": [] } })
        );
        assert_eq!(redactor().json(json!({ "code": "not_found" })), json!({ "code": "not_found" }));
        assert_eq!(
            redactor().json(json!({ "grant_type": "x", "code": "abc" })),
            json!({ "grant_type": "x", "code": "…" })
        );
        assert_eq!(redactor().json(json!({ "a": "{\"password\":\"x\"}" })), json!({ "a": "{\"password\":\"…\"}" }));
    }

    #[test]
    fn credentials_in_texts_are_found_by_their_names() {
        assert_eq!(
            text(r#"POST /v1/x?api_key=abc {"password":"hunter2","n":1}"#),
            r#"POST /v1/x?api_key=… {"password":"…","n":1}"#
        );
        assert_eq!(text(r#"said: "{\"password\":\"hunter2\",\"n\":1}""#), r#"said: "{\"password\":\"…\",\"n\":1}""#);
        assert_eq!(text(r#"{"encrypted":{"a":["}x"],"b":2},"n":1}"#), r#"{"encrypted":"…","n":1}"#);
        assert_eq!(text(r#"{"encrypted": {"a": "cut sho"#), r#"{"encrypted": "…""#);
        assert_eq!(text("authorization: Bearer abc\nhost: h"), "authorization: …\nhost: h");
        assert_eq!(text("with Bearer abcdefghijk, twice"), "with Bearer … twice");
        assert_eq!(
            text("expected the Bearer token of tokens.json:3: no key: found"),
            "expected the Bearer token of tokens.json:3: no key: found"
        );
        assert_eq!(text(r#"{"token":null,"secret":"","keys":[ ]}"#), r#"{"token":null,"secret":"","keys":[ ]}"#);
        assert_eq!(text("code=abc&grant_type=x"), "code=…&grant_type=x");
    }

    #[test]
    fn a_known_credential_is_blacked_out_wherever_and_however_it_stands() {
        assert_eq!(target("/x/known+credential/1/y"), "/x/…/y");
        assert_eq!(target("/x/known%2Bcredential%2F1?q=known%2Bcredential%2F1"), "/x/…?q=…");
        assert_eq!(text("it said known+credential/1."), "it said ….");
        assert_eq!(text("short words stay"), "short words stay");
        assert_eq!(text("cut: known+creden"), "cut: …", "a part of one at the end of a text");
        assert_eq!(text("cut: known+creden… (900 characters)"), "cut: …… (900 characters)");
    }

    #[test]
    fn the_parts_of_what_a_request_presents_are_black_elsewhere() {
        let sent =
            [("cookie", "sid=1234567890; theme=\"a-long-theme\""), ("authorization", "Basic dTpteS1wYXNzd29yZA==")];
        let redactor = redactor().of_parts("/", sent.into_iter());
        assert_eq!(redactor.text("it said 1234567890, a-long-theme and my-password"), "it said …, … and …");
    }

    #[test]
    fn who_wants_secrets_sees_them() {
        let redactor = Redactor::new(true, ["known+credential/1"]);
        assert_eq!(redactor.target("/x?token=a"), "/x?token=a");
        assert_eq!(redactor.header("authorization", "Bearer a"), "Bearer a");
        assert_eq!(redactor.text("password=known+credential/1"), "password=known+credential/1");
    }

    #[test]
    fn cut_anywhere_a_text_shows_nothing_of_a_secret() {
        let whole =
            r#"PUT /x?access_token=SECRET {"a":{"password":["SECRET",{"x":"SECRET"}]},"b":"{\"token\":\"SECRET\"}"}"#;
        for end in 0..=whole.len() {
            let shown = text(&whole[..end]);
            assert!(!shown.contains("SE"), "{shown}");
        }
    }
}
