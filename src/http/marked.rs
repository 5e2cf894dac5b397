//! Credentials that a text marks by other means than a name and a value: users in URLs, schemes of authorization, elements,
//! and parts of forms.

use crate::http::clip::CUT;
use crate::http::extent::{json_value, parameter_value};
use crate::http::telling::{is_telling, is_telling_word};

/// Words that prose has behind the name of a scheme.
const NO_CREDENTIAL: &[&str] =
    &["token", "tokens", "authentication", "authorization", "auth", "credential", "credentials", "header", "scheme"];

/// A shorter word behind the name of a scheme is a word.
const SHORT: usize = 8;

/// The bytes in which the head of a form's part ends.
const HEAD_BYTES: usize = 300;

/// Returns the extent of the user and password in a URL whose authority begins there.
pub(super) fn user_of_url(text: &str, from: usize) -> Option<(usize, usize)> {
    let rest = &text[from..];
    let ends = |letter: char| letter.is_whitespace() || "/?#\"'<>\\".contains(letter);
    let authority = &rest[..rest.find(ends).unwrap_or(rest.len())];
    if let Some(at) = authority.rfind('@') {
        return Some((from, from + at));
    }
    // A text that was cut within them.
    let is_cut = authority.len() == rest.len() && !authority.starts_with('[');
    let (_, port) = authority.trim_end_matches(CUT).trim_end_matches(['.', ',', ')']).split_once(':')?;
    let is_port = port.bytes().all(|byte| byte.is_ascii_digit());
    (is_cut && !is_port).then_some((from, from + authority.len()))
}

/// Returns the extent of a credential behind the name of its scheme: `Bearer x`.
pub(super) fn after_scheme(text: &str, at: usize) -> Option<(usize, usize)> {
    let before = &text[..at];
    let scheme = ["Bearer", "Basic"].into_iter().find(|scheme| {
        let start = before.len().checked_sub(scheme.len()).and_then(|start| before.get(start..));
        start.is_some_and(|word| word.eq_ignore_ascii_case(scheme))
    })?;
    let (before, written) = before.split_at(before.len() - scheme.len());
    let (from, end) = parameter_value(text, at + 1);
    let value = text[from..end].trim_end_matches(['.', ',', ';', ')', ':']);
    if before.ends_with(char::is_alphanumeric) || NO_CREDENTIAL.contains(&&*value.to_ascii_lowercase()) {
        return None;
    }
    let is_whole = (before.is_empty() || before.ends_with(['"', '\'']))
        && (end == text.len() || text[end..].starts_with(['"', '\'', '\\']));
    let is_word = value.len() < SHORT || (written != scheme && value.bytes().all(|byte| byte.is_ascii_lowercase()));
    (is_whole || !is_word).then_some((from, end))
}

/// Returns the extent of what an element holds whose telling name ends there.
pub(super) fn element(text: &str, at: usize) -> Option<(usize, usize)> {
    let start = text[..at].rfind(['<', '>', '\n'])?;
    let tag = text[start..at].strip_prefix('<')?;
    let name = tag.split([' ', '\t', '/']).next()?;
    // The name of a type in a program's text is in such brackets too: `Vec<Token>`.
    if !is_telling(name) || text[..start].ends_with(char::is_alphanumeric) || tag.ends_with('/') {
        return None;
    }
    let rest = &text[at + 1..];
    let end = rest.find(&format!("</{name}")).or_else(|| rest.find('\n')).unwrap_or(rest.len());
    Some((at + 1, at + 1 + end))
}

/// Returns the extent of a part of a form in parts whose name begins behind that sign.
pub(super) fn part_of_form(text: &str, at: usize) -> Option<(usize, usize)> {
    let (from, end) = json_value(text, at + 1);
    if !text[..at].rsplit('\n').next().is_some_and(|line| line.contains("form-data"))
        || !is_telling_word(text[from..end].trim_matches(['"', '\'', '\\']))
    {
        return None;
    }
    let rest = &text[end..];
    let head = ["\r\n\r\n", "\n\n", "\\r\\n\\r\\n"].into_iter();
    let (begin, line) = head.filter_map(|line| Some((rest.find(line)? + line.len(), &line[..line.len() / 2]))).min()?;
    let value = (begin <= HEAD_BYTES).then(|| &rest[begin..])?;
    let length = value.find(&format!("{line}--")).unwrap_or(value.len());
    Some((end + begin, end + begin + length))
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
        "/v1/x%3Faccess_token%3DHUSHx",
        "/v1/x%253Faccess_token%253DHUSHx/more",
        "/v1/x;token=HUSHx",
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
        r#"curl -H "authorization: bearer HUSHx12345""#,
        "a?note=Bearer%20HUSHx",
        // Forms of other formats.
        "<login><user>u</user><pass-word kind='a'>HUSHx</pass-word></login>",
        "<credentials><a>HUSHx</a></credentials>",
        r#"<login password="HUSHx y" user='u'/>"#,
        "{'password': 'HUSHx y', 'n': 1}",
        "{password: \"HUSHx y\", n: 1}",
        "client_secret: HUSHx",
        "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nHUSHx\r\n--b--",
    ];

    /// Texts in which what tells the secret stands behind it, or is its length: they are not seen where they are cut.
    const WHOLE: &[&str] = &[
        r#"{"value":["HUSHx"],"in":{"a":1},"key":"API key"}"#,
        "it sent basic HUSHx123 and more",
        "git clone https://HUSHx@h/x and ftp://a:HUSHx@h:21",
    ];

    const OTHERS: &[&str] = &[
        r#"{"name":"flow","value":"seen"}"#,
        r#"["name","seen"]"#,
        r#"["id","token","name"]"#,
        r#"{"monkey":"seen","keyboard":"seen","passengers":["seen"],"tokens_used":7}"#,
        "/v1/people/a%40b?mail=a%40b.c&next=https%3A%2F%2Fh%2F%3Fpage%3D2",
        "see http://127.0.0.1:8080/x, mail a@b.c",
        "listening at http://127.0.0.1:8080",
        "the basic authentication, the Bearer token, basic functions",
        "Vec<Token> and Option<Key>",
        "<name>seen</name> 1 <b>key</b>",
    ];

    fn none<'t>(shown: impl Iterator<Item = (&'t str, String)>) {
        let leaks: Vec<_> = shown.filter(|(_, shown)| shown.contains("HUS")).collect();
        assert!(leaks.is_empty(), "{leaks:#?}");
    }

    #[test]
    fn a_secret_is_black_however_it_is_spelled() {
        let redactor = Redactor::default();
        none(SPELLINGS.iter().chain(WHOLE).flat_map(|text| {
            let bytes = String::from_utf8(redactor.bytes(text.as_bytes())).unwrap();
            let all = [redactor.text(text).into_owned(), redactor.target(text).into_owned(), bytes];
            all.map(|shown| (*text, shown))
        }));
    }

    #[test]
    fn a_secret_is_black_wherever_its_text_is_cut() {
        let cut = |text: &'static str| (0..=text.len()).map(move |end| &text[..end]);
        none(
            SPELLINGS.iter().flat_map(|text| cut(text)).map(|text| (text, Redactor::default().text(text).into_owned())),
        );
    }

    #[test]
    fn a_text_without_secrets_is_shown_as_it_is() {
        for text in OTHERS {
            assert_eq!(Redactor::default().text(text), *text);
        }
    }
}
