//! Names that tell that their value is a credential.

/// The text that stands for a value that is not shown.
pub(crate) const BLACK: &str = "…";

/// Letters that make a name telling, in any case and with any separators between them.
const TELLING: &[&str] = &[
    "token",
    "secret",
    "signature",
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "credential",
    "encrypted",
    "authorization",
    "cookie",
    "bearer",
    "hmac",
    "csrf",
    "xsrf",
    "websocketprotocol",
    "jsessionid",
    "phpsessid",
    "aspsession",
    "samlresponse",
    "samlart",
];

/// Shorter words, which make a name telling only as a word of it: `blink_eyes` has the letters of `key`.
const TELLING_SHORT: &[&str] = &["key", "jwt"];

/// Words that make a name telling as its last word.
const TELLING_LAST: &[&str] = &["pwd", "pw", "pass", "otp", "totp", "psk"];

/// Words that have a telling one in them and name no credential.
const FRIENDS: &[&str] = &[
    "keyboard",
    "keyword",
    "keynote",
    "keystone",
    "keystroke",
    "keyframe",
    "monkey",
    "donkey",
    "turkey",
    "hockey",
    "jockey",
    "whiskey",
    "secretary",
    "secretariat",
    "tokenizer",
    "tokensused",
    "maxtokens",
    "totaltokens",
    "tokencount",
];

/// Names that are telling as a parameter, and in an object that has one of [`OF_LOGIN`].
const TELLING_OF_LOGIN: &[&str] =
    &["code", "assertion", "clientassertion", "codeverifier", "authcode", "pin", "sig", "auth", "ticket"];

/// Names that only the request of a login has.
pub(super) const OF_LOGIN: &[&str] = &["grant_type", "client_id", "redirect_uri"];

/// Members whose value is the name of the value beside it.
const OF_NAME: &[&str] = &[
    "name",
    "key",
    "header",
    "headername",
    "field",
    "fieldname",
    "parameter",
    "param",
    "attribute",
    "property",
    "path",
];

/// Members that may give such a name, and may as well name something else.
const OF_NAME_MAYBE: &[&str] = &["id", "label", "title", "variable", "option", "setting", "k"];

/// Last words of such names: `paramName`.
const OF_NAME_LAST: &[&str] = &["name", "key", "header", "field", "param", "parameter"];

/// Members that hold the value whose name stands beside it.
const OF_VALUE: &[&str] = &["value", "val", "values", "content", "text", "data", "default", "v"];

/// The last word of such names: `currentValue`.
const OF_VALUE_LAST: &str = "value";

/// The last words of names of fields. A text without digits that ends with one is the name of a field.
const OF_FIELD: &[&str] = &[
    "id",
    "name",
    "type",
    "date",
    "at",
    "url",
    "uri",
    "email",
    "description",
    "title",
    "status",
    "kind",
    "role",
    "count",
    "by",
    "user",
    "users",
    "key",
    "token",
    "settings",
    "enabled",
    "label",
    "modified",
    "created",
];

/// The most bytes of a value that could be a name.
const NAME_BYTES: usize = 64;

/// Tells whether a field of that name holds a credential.
pub(crate) fn is_telling(name: &str) -> bool {
    let mut words = Words::of(name);
    // Most names hold nothing telling, and no friend makes them do so.
    words.are_telling() && {
        FRIENDS.iter().for_each(|friend| words.remove(friend));
        words.are_telling()
    }
}

/// Tells whether a parameter of that name holds a credential, or a member beside those of a login.
pub(super) fn is_telling_parameter(name: &str) -> bool {
    is_telling(name) || TELLING_OF_LOGIN.contains(&&*Words::of(name).letters)
}

/// Tells whether a member of that name gives the name of another member's value: `{"name": "password", "value": "x"}`.
pub(super) fn is_of_name(name: &str) -> bool {
    let words = Words::of(name);
    let is_one = |names: &[&str]| names.contains(&&*words.letters);
    is_one(OF_NAME) || is_one(OF_NAME_MAYBE) || OF_NAME_LAST.contains(&words.last())
}

/// Tells whether a member of that name surely is the one that names a value beside it.
pub(super) fn is_surely_of_name(name: &str) -> bool {
    OF_NAME.contains(&&*Words::of(name).letters)
}

/// Tells whether a member of that name holds the value that another member names.
pub(super) fn is_of_value(name: &str) -> bool {
    let words = Words::of(name);
    OF_VALUE.contains(&&*words.letters) || words.last() == OF_VALUE_LAST
}

/// Tells whether a value is a telling name itself, and no sentence about one.
pub(super) fn is_telling_word(text: &str) -> bool {
    // A path of a JSON Patch consists of names of fields. In such a path, the separator within a name is written as two letters.
    let text = &*text.replace("~1", "-");
    let is_name = |part: &str| {
        (part.len() <= NAME_BYTES || !part.contains(' ')) && part.split_whitespace().count() <= 3 && is_telling(part)
    };
    let mut parts = text.split('/').skip(1);
    if text.starts_with('/') { parts.any(is_name) } else { is_name(text) }
}

/// Tells whether a text is the name of a field by itself, and no value: `created_date`.
pub(super) fn is_field_name(text: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphabetic() || matches!(letter, '_' | '-' | '$' | '.');
    let words = Words::of(text);
    text.len() <= NAME_BYTES && text.chars().all(is_part) && OF_FIELD.contains(&words.last())
}

/// Returns the plain form of a letter that has a wide one.
pub(super) fn plain(letter: char) -> char {
    let is_wide = matches!(letter, '\u{ff01}'..='\u{ff5e}');
    if is_wide { char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter) } else { letter }
}

/// The letters of a name in lower case, without separators, and where its words begin.
struct Words {
    letters: String,
    starts: Vec<usize>,
}

impl Words {
    fn of(name: &str) -> Self {
        let mut words = Self { letters: String::with_capacity(name.len()), starts: Vec::new() };
        let mut before = ' ';
        for letter in name.chars().map(plain) {
            if letter.is_alphanumeric() {
                if !before.is_alphanumeric() || (before.is_lowercase() && letter.is_uppercase()) {
                    words.starts.push(words.letters.len());
                }
                words.letters.extend(letter.to_lowercase());
            }
            before = letter;
        }
        words
    }

    fn are_telling(&self) -> bool {
        TELLING.iter().any(|word| self.letters.contains(word))
            || TELLING_SHORT.iter().any(|word| self.places(word).any(|at| self.is_one_word(at, word.len())))
            || TELLING_LAST.contains(&self.last())
    }

    fn places<'w>(&'w self, word: &'w str) -> impl Iterator<Item = usize> {
        self.letters.match_indices(word).map(|(at, _)| at)
    }

    /// Tells whether the letters at that place begin a word, or lie within one.
    fn is_one_word(&self, at: usize, length: usize) -> bool {
        let next = self.starts.partition_point(|start| *start <= at);
        self.starts_at(at) || self.starts.get(next).is_none_or(|start| *start >= at + length)
    }

    fn starts_at(&self, at: usize) -> bool {
        self.starts.binary_search(&at).is_ok()
    }

    fn last(&self) -> &str {
        self.starts.last().map_or("", |start| &self.letters[*start..])
    }

    /// Removes a word, where it begins with a word of the name.
    fn remove(&mut self, word: &str) {
        let found = self.places(word).find(|at| self.starts_at(*at));
        if let Some(at) = found {
            // Spaces stay in its place, so that the letters around it do not become a word.
            self.letters.replace_range(at..at + word.len(), &" ".repeat(word.len()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telling_name_is_one_however_its_words_are_separated() {
        for name in [
            "my-pass-phrase",
            "pass phrase",
            "Pass_Phrase",
            "client.secret",
            "client[secret]",
            "api_key",
            "apiKey",
            "X-Api-Key",
            "APIKEY",
            "apikeys",
            "k-e-y",
            "pass.word",
            "PassWord",
            "pAsSwOrD",
            "to-ken",
            "key",
            "keyId",
            "myapikeyid",
            "db_pass",
            "userPass",
            "pwd",
            "X-Hub-Signature-256",
            "ID_TOKEN",
            "jwt",
            "keyboard_token",
            "monkey-key",
            "Key ID",
            "pass\u{a0}word",
            "x.jwt.1",
            "tokens",
        ] {
            assert!(is_telling(name), "{name}");
        }
    }

    #[test]
    fn a_name_that_looks_like_a_telling_one_is_none() {
        for name in [
            "passenger",
            "passengers",
            "monkey",
            "keyboard",
            "Key-Words",
            "keywords",
            "blink_eyes",
            "blinkEyes",
            "secretary",
            "tokens_used",
            "max_tokens",
            "totalTokens",
            "passed",
            "bypass_mode",
            "compass",
            "Turkey",
            "hockey_team",
            "",
            "-",
            "name",
            "pass_rate",
            "surpass",
            "donkeys",
        ] {
            assert!(!is_telling(name), "{name}");
        }
    }
}
