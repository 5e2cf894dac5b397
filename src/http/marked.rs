//! Credentials that a text marks by other means than a name and a value: users in URLs, schemes of authorization, elements,
//! and parts of forms.

use crate::http::clip::CUT;
use crate::http::extent::{boundary, json_value, line_value, name_before, parameter_value};
use crate::http::telling::{is_telling, is_telling_word};

/// Words that follow the name of a scheme in prose.
const NO_CREDENTIAL: &[&str] =
    &["token", "tokens", "authentication", "authorization", "auth", "credential", "credentials", "header", "scheme"];

/// A shorter text behind the name of a scheme is taken for a word of prose.
const SHORT: usize = 8;

/// A longer label of a host at the end of a text could be a credential.
const HOST_LABEL: usize = 24;

/// The bytes in which the head of a form's part, or the tag of an element, begins and ends.
const HEAD_BYTES: usize = 1_000;

/// The most bytes of such a head behind the name of its part.
const REST_BYTES: usize = 4_096;

/// Schemes of authorization whose credential is one word.
const SCHEMES: &[&str] = &["Bearer", "Basic", "Negotiate", "NTLM", "ApiKey", "DPoP", "GoogleLogin", "SharedKey"];

/// Schemes whose credential is the rest of the line.
const SCHEMES_OF_LINE: &[&str] = &["Digest", "Hawk", "OAuth", "AWS4-HMAC-SHA256"];

/// The most bytes of the name of the first parameter of such a scheme.
const PARAMETER_BYTES: usize = 100;

/// The most bytes of a user and a password in one word.
const USER_BYTES: usize = 512;

/// Words that compare a field with a value.
const COMPARING: &[&str] = &["eq", "ne", "gt", "ge", "lt", "le", "in", "is", "like", "ilike", "contains"];

/// Returns the extent of the user and password in a URL whose authority begins there.
pub(super) fn user_of_url(text: &str, from: usize) -> Option<(usize, usize)> {
    let rest = &text[from..];
    let ends = |letter: char| letter.is_whitespace() || "/?#\"'<>\\".contains(letter);
    let authority = &rest[..rest.find(ends).unwrap_or(rest.len())];
    if let Some(at) = authority.rfind('@') {
        return Some((from, from + at));
    }
    // A slash in the password that is not encoded is no end of it.
    if authority
        .rsplit_once(':')
        .is_some_and(|(_, port)| !port.is_empty() && !port.starts_with(|first: char| first.is_ascii_digit()))
    {
        let near = &rest[..boundary(rest, rest.len().min(USER_BYTES))];
        let word = &near
            [..near.find(|letter: char| letter.is_whitespace() || "\"'<>\\".contains(letter)).unwrap_or(near.len())];
        if let Some(at) = word.rfind('@') {
            return Some((from, from + at));
        }
    }
    // The text may have been cut within user and password.
    let is_marked = authority.contains(CUT);
    if (authority.len() < rest.len() && !is_marked) || authority.starts_with('[') {
        return None;
    }
    let seen = authority.split(CUT).next().unwrap_or_default();
    let (host, port) = seen.trim_end_matches(['.', ',', ')', ';', ':', '!']).split_once(':').unwrap_or((seen, ""));
    let is_host = !is_marked && may_be_host(host) && port.bytes().all(|byte| byte.is_ascii_digit());
    (!is_host && !seen.is_empty()).then_some((from, from + seen.len()))
}

/// Tells whether a name at the end of a text reads as a host's, and not as the beginning of a credential: its labels
/// are numbers, or words that may end in a number.
fn may_be_host(name: &str) -> bool {
    name.trim_end_matches(['.', ',', ')', ';', ':', '!']).split(['.', '-']).all(|label| {
        let word = label.trim_end_matches(|letter: char| letter.is_ascii_digit());
        label.len() <= HOST_LABEL && word.bytes().all(|byte| byte.is_ascii_lowercase())
    })
}

/// Returns the extent of a credential behind the name of its scheme: `Bearer x`.
pub(super) fn after_scheme(text: &str, at: usize) -> Option<(usize, usize)> {
    let before = text[..at].trim_end();
    let word = &before[before.trim_end_matches(|letter: char| letter.is_ascii_alphanumeric() || letter == '-').len()..];
    let has_parameters = || {
        let near = text[at..boundary(text, text.len().min(at + PARAMETER_BYTES))].trim_start();
        near.split(|letter: char| letter.is_whitespace() || letter == ',').next().is_some_and(|word| word.contains('='))
    };
    if SCHEMES_OF_LINE.contains(&word) && has_parameters() {
        return Some(line_value(text, before.len() - word.len(), at));
    }
    let scheme = SCHEMES.iter().find(|scheme| {
        let is_written = **scheme == word;
        // Words of prose are written like the first two schemes.
        is_written || (word.eq_ignore_ascii_case(scheme) && ["Bearer", "Basic"].contains(scheme))
    })?;
    let (from, end) = parameter_value(text, at + 1);
    let value = text[from..end].trim_end_matches(['.', ',', ';', ')', ':']);
    if NO_CREDENTIAL.contains(&&*value.to_ascii_lowercase()) {
        return None;
    }
    let before = &before[..before.len() - word.len()];
    let is_whole = (before.is_empty() || before.ends_with(['"', '\'']))
        && (end == text.len() || text[end..].starts_with(['"', '\'', '\\']));
    let is_cut = end == text.len() || value.contains(CUT);
    let has_other_letters = !value.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_word =
        if has_other_letters { value.len() < SHORT && !is_cut } else { value.len() < SHORT || word != *scheme };
    (is_whole || !is_word).then_some((from, end))
}

/// Returns the extent of a text in quotes that a field of a telling name is compared with: `password eq 'x'`.
pub(super) fn compared(text: &str, at: usize) -> Option<(usize, usize)> {
    let rest = text[at..].trim_start();
    if !rest.starts_with(['\'', '"']) {
        return None;
    }
    let before = text[..at].trim_end();
    let word = &before[before.trim_end_matches(|letter: char| letter.is_ascii_alphabetic()).len()..];
    let is_comparing = COMPARING.iter().any(|comparing| word.eq_ignore_ascii_case(comparing));
    let (name, _) = is_comparing.then(|| name_before(text, before.len() - word.len())).flatten()?;
    is_telling(name).then(|| json_value(text, at))
}

/// Returns the extent of the value of a multipart form's part whose name begins behind that sign.
pub(super) fn part_of_form(text: &str, at: usize) -> Option<(usize, usize)> {
    let near = boundary(text, at.saturating_sub(HEAD_BYTES));
    let head = text[near..at].to_ascii_lowercase();
    let begin = near + head.rfind("content-disposition")?;
    if !text[begin..at].to_ascii_lowercase().contains("form-data") || text[begin..at].contains("\n\n") {
        return None;
    }
    let (from, end) = if text[at + 1..].trim_start_matches('\\').starts_with(['"', '\'']) {
        json_value(text, at + 1)
    } else {
        let rest = &text[at + 1..];
        let end = rest.find(|letter: char| letter.is_whitespace() || ";\\".contains(letter)).unwrap_or(rest.len());
        (at + 1, at + 1 + end)
    };
    let name = text[from..end].trim_matches(['"', '\'', '\\']);
    if !is_telling_word(name.rsplit("''").next().unwrap_or(name)) {
        return None;
    }
    let rest = &text[end..boundary(text, text.len().min(end + REST_BYTES))];
    let heads = ["\r\n\r\n", "\n\n", "\\r\\n\\r\\n", "\\n\\n"].into_iter();
    let (length, line) =
        heads.filter_map(|line| Some((rest.find(line)? + line.len(), &line[..line.len() / 2]))).min()?;
    let value = end + length;
    let boundary = boundary_before(&text[..begin], line);
    let mut next = value;
    while let Some(at) = text[next..].find(&format!("{line}{boundary}")).map(|at| next + at) {
        let behind = &text[at + line.len() + boundary.len()..];
        if boundary == "--" || behind.is_empty() || behind.starts_with("--") || behind.starts_with(line) {
            return Some((value, at));
        }
        next = at + line.len();
    }
    Some((value, text.len()))
}

/// Returns the boundary above the head of a part, or the dashes that each one begins with.
fn boundary_before<'t>(text: &'t str, line: &str) -> &'t str {
    let mut lines = text[boundary(text, text.len().saturating_sub(HEAD_BYTES))..].trim_end_matches(line).rsplit(line);
    let boundary = lines.find_map(|line| line.find("--").map(|from| line[from..].trim_end()));
    boundary.filter(|boundary| boundary.len() > 2).unwrap_or("--")
}

#[cfg(test)]
mod tests {
    use crate::http::redact::Redactor;

    /// Texts, each with a secret that begins with these letters.
    const SPELLINGS: &[&str] = &[
        r#"{"settings":{"my-pass-phrase":"HUSHx"}}"#,
        r#"{"pass phrase":"HUSHx y"}"#,
        r#"{"client.secret":["HUSHx"]}"#,
        r#"["password","HUSHx"]"#,
        r#"{"all":[["a","b"],["apiKey",{"x":"HUSHx"}]]}"#,
        r#"["host","h","x-api-key","HUSHx"]"#,
        r#"{"name":"password","value":"HUSHx"}"#,
        r#"{"header":"X-Api-Key","value":"HUSHx"}"#,
        r#"said: "{\"name\":\"password\",\"value\":\"HUSHx y\"}""#,
        r#"said: "[\"password\",\"HUSHx\"]""#,
        r#"said: "{\"note\":\"token=\\\"x\",\"password\":[\"a \\\"b\",{\"b\":\"HUSHx\"}]}""#,
        "/v1/x%3Faccess_token%3DHUSHx",
        "/v1/x%253Faccess_token%253DHUSHx/more",
        "/v1/x;token=HUSHx",
        "/v1/x%3Ftoken%3DHUSHx/y;token=HUSHx",
        "/v1/x?access%255Ftoken=HUSHx&n=1",
        "/v1/x?pass+phrase=HUSHx",
        "/v1/x?client%5Bsecret%5D=HUSHx",
        "/v1/x?redirect_uri=https://h/?code=HUSHx&n=1",
        "/v1/x?redirect_uri=https%3A%2F%2Fh%2F%3Fcode%3DHUSHx%26a%3D1",
        "/v1/x?redirect_uri=https%253A%252F%252Fh%252F%253Fcode%253DHUSHx",
        "/v1/x?filter=%7B%22pass+phrase%22%3A%22HUSHx+y%22%7D",
        "/v1/x?filter=%7B%22name%22%3A%22password%22%2C%22value%22%3A%22HUSHx%22%7D",
        r#"{"back":"https://h/?a=b&next=https%3A%2F%2Fh%2F%3Ftoken%3DHUSHx"}"#,
        r#"{"url":"https://user:HUSHx@h/path","n":1}"#,
        "/v1/x?to=https%3A%2F%2Fuser%3AHUSHx%40h%2F",
        "postgres://app:HUSHp@ss@db:5432/x",
        r#"{"say":"Bearer HUSHx"}"#,
        r#"{"say":"Basic HUSHx="}"#,
        r#"curl -h "authorization: bearer HUSHx12345""#,
        "a?note=Bearer%20HUSHx",
        // Forms of other formats.
        "<login><user>u</user><pass-word kind='a'>HUSHx</pass-word></login>",
        "<credentials><a>HUSHx</a></credentials>",
        r#"<login password="HUSHx y" user='u'/>"#,
        "{'password': 'HUSHx y', 'n': 1}",
        "{password: \"HUSHx y\", n: 1}",
        "client_secret: HUSHx",
        "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nHUSHx\r\n--b--",
        // The name stands behind the value, so that a cut between them hides it.
        r#"{"value":"HUSHx","name":"password"}"#,
        r#"[{"op":"add","path":"/http/auth/basic/password","value":"HUSHx"},{"op":"test"}]"#,
        r#"[{"op":"replace","value":"HUSHx","path":"/tokens/-"}]"#,
        r#"{"value":["HUSHx"],"in":{"a":1},"key":"API key"}"#,
        r#"say {"n":[{"value":{"x":"HUSHx"},"n":1,"header":"X-Api-Key"}]} and more"#,
        r#"said: "{\"value\":\"HUSHx y\",\"name\":\"password\"}""#,
        r#"{"code":"HUSHx","client_id":"c"}"#,
        r#"<param value="HUSHx" name="password"/>"#,
        r#"<param note="a>b" value="HUSHx" name="password"/>"#,
        r#"<property name="api.key" value='HUSHx y'/>"#,
        "/v1/x?name=password&n=1&value=HUSHx",
        "/v1/x?filter[0][name]=token&filter[0][value]=HUSHx",
        "it sent basic HUSHx123 and more",
        "git clone https://HUSHx@h/x and ftp://a:HUSHx@h:21",
        "git clone https://HUSHx12345:x-oauth@h/x",
    ];

    const OTHERS: &[&str] = &[
        r#"{"name":"flow","value":"seen"}"#,
        r#"["name","seen"]"#,
        r#"["id","token","name"]"#,
        r#"["token","name"]"#,
        r#"{"fields":["id","api_key","created_date","token","firstName","secret","access_token","email"]}"#,
        r#"said ["token","name"], ["password", "user_id"]"#,
        r#"{"value":"seen","name":"flow"}"#,
        r#"said {"value":"seen","name":"flow"} and {"value":"seen"}"#,
        r#"{"monkey":"seen","keyboard":"seen","passengers":["seen"],"tokens_used":7}"#,
        "/v1/people/a%40b?mail=a%40b.c&next=https%3A%2F%2Fh%2F%3Fpage%3D2",
        "see http://127.0.0.1:8080/x, mail a@b.c",
        "listening at http://127.0.0.1:8080",
        "the basic authentication, the Bearer token, basic functions",
        "Vec<Token> and Option<Key>",
        "<name>seen</name> 1 <b>key</b>",
    ];

    /// Texts whose cut forms do not tell that they hold a credential.
    const CUT_OTHERS: &[&str] = &[
        r#"{"name":"flow","value":"seen","a"#,
        r#"{"$data":[{"id":"seen"},{"id"#,
        r#"["token","name","a"#,
        "listening at https://api.celigo.com",
        "listening at http://127.0.0.1",
        "listening at http://localhost:8080.",
        "listening at http://standin-2.web.local",
        "it knows the basic functions",
        r#"said {"code":"not_found"}"#,
        "code: seen",
        "name=flow&value=seen",
        r#"<param name="flow" value="seen""#,
        r#"<param value="seen"/>"#,
    ];

    fn none(shown: impl Iterator<Item = (String, String)>) {
        let leaks: Vec<_> = shown.filter(|(_, shown)| shown.contains('H')).collect();
        assert!(leaks.is_empty(), "{leaks:#?}");
    }

    #[test]
    fn a_secret_is_black_however_it_is_spelled() {
        let redactor = Redactor::default();
        none(SPELLINGS.iter().flat_map(|text| {
            let bytes = String::from_utf8(redactor.bytes(text.as_bytes())).unwrap();
            let all = [redactor.text(text).into_owned(), redactor.target(text).into_owned(), bytes];
            all.map(|shown| ((*text).to_owned(), shown))
        }));
    }

    #[test]
    fn a_secret_is_black_wherever_its_text_is_cut() {
        let ends = ["", "… (900 characters)", "… (900 characters)\" is none", "… (900 characters)'}] is none"];
        let redactor = Redactor::default();
        none(SPELLINGS.iter().flat_map(|text| in_other_texts(text).into_iter().zip([1, 5, 5])).flat_map(
            |(text, step)| {
                let places = text.char_indices().map(|(at, _)| at).chain([text.len()]);
                let cuts: Vec<_> = places.skip(text.len() % step).step_by(step).collect();
                let marked = move |cut: usize| ends.map(|end| format!("{}{end}", &text[..cut]));
                let shown = |text: String| (redactor.text(&text).into_owned(), text);
                cuts.into_iter().flat_map(marked).map(shown).map(|(shown, text)| (text, shown)).collect::<Vec<_>>()
            },
        ));
    }

    /// Returns a text by itself, within a JSON string, and within a parameter.
    fn in_other_texts(text: &str) -> [String; 3] {
        let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        [
            text.to_owned(),
            format!("{{\"message\":{}}}", serde_json::Value::from(text)),
            format!("/v1/x?q={encoded}&n=1"),
        ]
    }

    #[test]
    fn a_text_without_secrets_is_shown_as_it_is() {
        for text in OTHERS.iter().chain(CUT_OTHERS) {
            assert_eq!(Redactor::default().text(text), *text);
        }
    }
}
