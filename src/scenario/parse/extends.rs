//! `extends`: a file, and all files that it extends.

use serde_json::Value;

use crate::http::document;
use crate::http::positions::Positions;
use crate::scenario::model::diagnostics::{Code, Diagnostic, Diagnostics, ScenarioError};
use crate::scenario::model::layers::Layer;

/// The most scenarios that extend each other.
pub(crate) const MOST_EXTENDED: usize = 16;

/// A scenario that another one extends.
#[derive(Debug)]
pub(crate) struct Extended {
    /// Its name in messages, from which its own `extends` is found.
    pub file: String,
    /// A text that is equal for two names of one file.
    pub identity: String,
    /// Its text.
    pub text: String,
}

/// A finder of the scenarios that others extend.
pub(crate) trait ScenarioFinder {
    /// Finds the scenario that `file` extends by this name. The error says why there is none, and which there are.
    fn find(&self, file: &str, name: &str) -> Result<Extended, (String, String)>;

    /// Returns the identity of a file that is read.
    fn identity(&self, file: &str) -> String {
        file.to_owned()
    }
}

/// A finder that finds none.
#[derive(Debug)]
pub(crate) struct NoScenarios;

impl ScenarioFinder for NoScenarios {
    fn find(&self, _: &str, name: &str) -> Result<Extended, (String, String)> {
        Err((format!("{name:?} cannot be found from here"), "send the scenario whole".to_owned()))
    }
}

/// Reads a file and all that it extends, its own layer first.
pub(in crate::scenario) fn read_layers(
    file: &str,
    text: &str,
    finder: &dyn ScenarioFinder,
) -> Result<Vec<Layer>, ScenarioError> {
    let mut layers = vec![layer(file.to_owned(), text.to_owned())?];
    let mut identities = vec![finder.identity(file)];
    while let Some(name) = layers.last().and_then(extends) {
        let from = &layers[layers.len() - 1];
        let refuse = |code, message: String, help: String| {
            let place = Positions::of(&from.text).at(&["extends".into()]);
            let message = format!("extends {message}");
            ScenarioError { diagnostics: vec![Diagnostic { file: from.file.clone(), place, code, message, help }] }
        };
        let found = finder.find(&from.file, &name).map_err(|(what, help)| refuse(Code::E13, what, help))?;
        if identities.contains(&found.identity) || layers.len() > MOST_EXTENDED {
            let mut files: Vec<&str> = layers.iter().map(|layer| layer.file.as_str()).collect();
            files.push(&found.file);
            let what = if layers.len() > MOST_EXTENDED {
                format!("more than {MOST_EXTENDED} files")
            } else {
                "itself".to_owned()
            };
            let message = format!("{what}: {}", files.join(" → "));
            return Err(refuse(Code::E23, message, "let one of them stand by itself".to_owned()));
        }
        identities.push(found.identity);
        let base = layer(found.file, found.text)?;
        check_base(&base)?;
        layers.push(base);
    }
    Ok(layers)
}

fn layer(file: String, text: String) -> Result<Layer, ScenarioError> {
    match document::parse(&text) {
        Ok(parsed) => Ok(Layer { value: parsed.value, duplicates: parsed.duplicates, file, text }),
        Err(fault) => {
            let message = format!("the file is not JSON: {}", fault.reason);
            let help = "a scenario file is one JSON object".to_owned();
            let diagnostic = Diagnostic { file, place: fault.place, code: Code::E01, message, help };
            Err(ScenarioError { diagnostics: vec![diagnostic] })
        }
    }
}

/// Returns the name of the scenario that a file extends. Any other value is refused where the keys are read.
fn extends(layer: &Layer) -> Option<String> {
    layer.value.get("extends")?.as_str().filter(|name| !name.is_empty()).map(str::to_owned)
}

/// Rejects a document that is no scenario file, and so cannot be extended.
fn check_base(base: &Layer) -> Result<(), ScenarioError> {
    let mut found = Diagnostics::new(&base.file, &base.text);
    if !base.value.is_object() {
        found.tell(Code::E05, &[], "is no object", "only a scenario file can be extended");
    } else if base.value.get("scenario") != Some(&Value::from(1)) {
        let help = "only a scenario file of format 1 can be extended: add \"scenario\": 1";
        found.tell(Code::E06, &["scenario".into()], "is not 1", help);
    }
    if found.refuse() { Err(ScenarioError { diagnostics: found.finish() }) } else { Ok(()) }
}
