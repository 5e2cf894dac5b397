//! A file and the scenarios it extends, as one document.
//!
//! A file's own keys replace those that it inherits. In the parts that are objects, such as `expect` or `data`, each
//! key inside is inherited by itself.

use serde_json::{Map, Value};

use crate::http::position::PathSegment;
use crate::http::positions::Positions;

/// The parts whose keys are inherited one by one.
const PARTS: [&str; 7] = ["profile", "tokens", "clock", "data", "perturb", "expect", "probe"];
/// The keys that are about one file, and are not inherited.
const OWN: [&str; 4] = ["$schema", "extends", "name", "about"];

/// One file that was read.
pub(in crate::scenario) struct Layer {
    pub(in crate::scenario) file: String,
    pub(in crate::scenario) text: String,
    pub(in crate::scenario) value: Value,
    pub(in crate::scenario) duplicates: Vec<Vec<PathSegment>>,
}

/// A text that findings are about.
pub(in crate::scenario) struct Source<'t> {
    /// Its name.
    pub(in crate::scenario) file: &'t str,
    /// The places of its values.
    pub(in crate::scenario) positions: Positions<'t>,
    /// Its content; `None` for a text that extends nothing.
    value: Option<&'t Value>,
}

impl<'t> Source<'t> {
    /// Makes the source of a text that extends nothing.
    pub(in crate::scenario) fn of_text(file: &'t str, text: &'t str) -> Self {
        Self { file, positions: Positions::of(text), value: None }
    }

    /// Makes the source of one of several layers.
    pub(in crate::scenario) fn of_layer(layer: &'t Layer) -> Self {
        Self { value: Some(&layer.value), ..Self::of_text(&layer.file, &layer.text) }
    }
}

/// Returns the document that the layers make together.
pub(in crate::scenario) fn merged(layers: &[Layer]) -> Value {
    let mut layers = layers.iter().map(|layer| &layer.value);
    let own = layers.next().cloned().unwrap_or_default();
    layers.fold(own, |mut own, base| {
        if let (Some(own), Some(base)) = (own.as_object_mut(), base.as_object()) {
            inherit(own, base);
        }
        own
    })
}

fn inherit(own: &mut Map<String, Value>, base: &Map<String, Value>) {
    for (key, value) in base.iter().filter(|(key, _)| !OWN.contains(&key.as_str())) {
        match own.get_mut(key) {
            None => {
                own.insert(key.clone(), value.clone());
            }
            Some(Value::Object(own)) if PARTS.contains(&key.as_str()) => {
                for (key, value) in value.as_object().into_iter().flatten() {
                    own.entry(key.clone()).or_insert_with(|| value.clone());
                }
            }
            Some(_) => {}
        }
    }
}

/// Returns the place of the source that gives the value at a path; the first, where none does.
pub(in crate::scenario) fn origin(sources: &[Source<'_>], path: &[PathSegment]) -> usize {
    let Some(PathSegment::Key(key)) = path.first() else { return 0 };
    let gives = |source: &Source<'_>| {
        let value = source.value.and_then(|value| value.get(key));
        match (value, path.get(1)) {
            (Some(Value::Object(part)), Some(PathSegment::Key(inner))) if PARTS.contains(&key.as_str()) => {
                part.contains_key(inner)
            }
            (value, _) => value.is_some(),
        }
    };
    let is_own = OWN.contains(&key.as_str());
    sources.iter().position(gives).filter(|_| !is_own).unwrap_or_default()
}
