//! The file of credentials in a folder of fixtures, which lists the only good ones.
//!
//! The file has the shape of a scenario's `tokens`: `{"celigo": ["…"], "edlink": {"secrets": ["…"]}}`, where an entry
//! may be an object that narrows what the credential sees.

use std::path::Path;

use serde_json::{Map, Value};

use crate::embed::files;
use crate::embed::start_error::StartError;
use crate::engine::api::api::Api;
use crate::engine::api::dialect::CredentialForm;
use crate::engine::schema::suggest::did_you_mean;
use crate::engine::state::settings::ListedCredential;
use crate::http::document;
use crate::http::position;
use crate::http::position::PathSegment;
use crate::http::positions::Positions;

/// The name of the file.
pub(super) const FILE: &str = "tokens.json";

/// Credentials by the name of their API.
pub(super) type Listed = Vec<(&'static str, Vec<ListedCredential>)>;

/// Returns the credentials of a folder that has the file; otherwise none.
pub(super) fn of_folder(folder: &Path, apis: &[&'static Api]) -> Result<Listed, StartError> {
    let path = folder.join(FILE);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = files::text_of(&path)?;
    read(&path.display().to_string(), &text, apis).map_err(|faults| StartError::Invalid { faults })
}

fn read(file: &str, text: &str, apis: &[&'static Api]) -> Result<Listed, Vec<String>> {
    let parsed = document::parse(text).map_err(|fault| {
        let (line, column) = (fault.place.line, fault.place.column);
        vec![format!("{file}:{line}:{column}: {}", fault.reason)]
    })?;
    let mut reader = Reader { file, positions: Positions::of(text), faults: Vec::new() };
    for path in &parsed.duplicates {
        reader.fault(path, format!("the key {} stands twice; keep one", position::show(path)));
    }
    let names: Vec<&str> = apis.iter().map(|api| api.name).collect();
    let mut listed = Vec::new();
    let by_api = reader.object(&parsed.value, &[], &names).cloned().unwrap_or_default();
    for (api, given) in apis.iter().filter_map(|api| Some((api, by_api.get(api.name)?))) {
        let form = api.dialect.credential_form();
        let mut path = vec![api.name.into()];
        let list = match form.list {
            Some(key) => {
                let object = reader.object(given, &path, &[key]);
                path.push(key.into());
                object.and_then(|object| object.get(key))
            }
            None => Some(given),
        };
        if let Some(list) = list {
            listed.push((api.name, reader.list(list, &path, form)));
        }
    }
    if reader.faults.is_empty() { Ok(listed) } else { Err(reader.faults) }
}

struct Reader<'t> {
    file: &'t str,
    positions: Positions<'t>,
    faults: Vec<String>,
}

impl Reader<'_> {
    fn fault(&mut self, path: &[PathSegment], message: impl std::fmt::Display) {
        let place = self.positions.at(path);
        self.faults.push(format!("{}:{}:{}: {message}", self.file, place.line, place.column));
    }

    /// Returns an object that has no other keys than these.
    fn object<'v>(&mut self, value: &'v Value, path: &[PathSegment], known: &[&str]) -> Option<&'v Map<String, Value>> {
        let Value::Object(object) = value else {
            let what = if path.is_empty() { "the file".to_owned() } else { position::show(path) };
            self.fault(path, format_args!("{what} must be an object with the keys {}", known.join(", ")));
            return None;
        };
        for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
            let meant = did_you_mean(key, known.iter().copied());
            let at = [path, &[PathSegment::from(key.as_str())]].concat();
            self.fault(&at, format_args!("the key {} is not known; {meant}", position::show(&at)));
        }
        Some(object)
    }

    fn list(&mut self, value: &Value, path: &[PathSegment], form: CredentialForm) -> Vec<ListedCredential> {
        let key = form.key;
        let entries = value.as_array().filter(|entries| !entries.is_empty());
        let Some(entries) = entries else {
            let shown = position::show(path);
            self.fault(
                path,
                format_args!("{shown} must be an array with at least one {key}; leave it out to take any"),
            );
            return Vec::new();
        };
        let at = |n: usize| [path, &[PathSegment::Item(n)]].concat();
        entries.iter().enumerate().filter_map(|(n, entry)| self.entry(entry, &at(n), form)).collect()
    }

    fn entry(&mut self, entry: &Value, path: &[PathSegment], form: CredentialForm) -> Option<ListedCredential> {
        let key = form.key;
        if let Some(token) = entry.as_str().filter(|token| !token.is_empty()) {
            return Some(ListedCredential { token: token.to_owned(), integrations: None, read_only: false });
        }
        if !entry.is_object() {
            let shown = position::show(path);
            self.fault(path, format_args!("{shown} must be a {key}, or an object with a {key}"));
            return None;
        }
        let narrowing = if form.access.is_empty() { &["integrations"][..] } else { &["integrations", "access"] };
        let known: Vec<&str> = std::iter::once(key).chain(narrowing.iter().copied()).collect();
        let entry = self.object(entry, path, &known)?;
        let at = |name: &str| [path, &[PathSegment::from(name)]].concat();
        let Some(token) = entry.get(key).and_then(Value::as_str).filter(|token| !token.is_empty()) else {
            self.fault(&at(key), format_args!("{} must be a text that is not empty", position::show(&at(key))));
            return None;
        };
        let integrations = entry.get("integrations").map(|ids| {
            let texts: Option<Vec<String>> =
                ids.as_array().and_then(|ids| ids.iter().map(|id| id.as_str().map(str::to_owned)).collect());
            texts.unwrap_or_else(|| {
                let at = at("integrations");
                self.fault(&at, format_args!("{} must be an array of ids", position::show(&at)));
                Vec::new()
            })
        });
        let given = entry.get("access").map(|access| access.as_str().unwrap_or_default());
        let level = given.and_then(|given| form.access.iter().find(|(word, _)| *word == given));
        if given.is_some() && level.is_none() {
            let (at, words) = (at("access"), form.access.iter().map(|(word, _)| *word).collect::<Vec<_>>());
            self.fault(&at, format_args!("{} must be one of {}", position::show(&at), words.join(", ")));
        }
        Some(ListedCredential {
            token: token.to_owned(),
            integrations,
            read_only: level.is_some_and(|(_, reads)| *reads),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apis::APIS;

    #[test]
    fn credentials_are_read_with_what_narrows_them() {
        let text = r#"{"celigo": ["a", {"token": "b", "integrations": ["i"], "access": "monitor"}],
                       "edlink": {"secrets": [{"secret": "c"}]}}"#;
        let of = |token: &str, integrations: Option<&[&str]>, read_only| ListedCredential {
            token: token.to_owned(),
            integrations: integrations.map(|ids| ids.iter().map(|id| (*id).to_owned()).collect()),
            read_only,
        };
        let wanted = [
            ("celigo", vec![of("a", None, false), of("b", Some(&["i"]), true)]),
            ("edlink", vec![of("c", None, false)]),
        ];
        assert_eq!(read("t", text, APIS).unwrap(), wanted);
    }

    #[test]
    fn every_fault_names_its_place() {
        let text = "{\n  \"celigo\": [\"\", {\"tokn\": \"b\"}],\n  \"edlink\": {\"secret\": []},\n  \"edlinc\": 1\n}";
        insta::assert_snapshot!(read("tokens.json", text, APIS).unwrap_err().join("\n"), @r"
        tokens.json:4:13: the key edlinc is not known; did you mean edlink?
        tokens.json:2:14: celigo[0] must be a token, or an object with a token
        tokens.json:2:27: the key celigo[1].tokn is not known; did you mean token?
        tokens.json:2:18: celigo[1].token must be a text that is not empty
        tokens.json:3:24: the key edlink.secret is not known; did you mean secrets?
        ");
        insta::assert_snapshot!(read("tokens.json", "{\"celigo\": [}", APIS).unwrap_err().join("\n"), @"tokens.json:1:13: expected value");
    }
}
