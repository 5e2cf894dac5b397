//! Strict readers of JSON values: they refuse unknown keys and wrong types, and tell every fault.

use serde_json::{Map, Value};

use crate::http::position::PathSegment;
use crate::scenario::model::diagnostics::{Code, Diagnostics, did_you_mean};
use crate::scenario::model::matchers::whole;

/// A value, and its path.
#[derive(Clone)]
pub(in crate::scenario) struct Node<'v> {
    pub(in crate::scenario) value: &'v Value,
    pub(in crate::scenario) path: Vec<PathSegment>,
}

/// An object whose keys are all known.
pub(in crate::scenario) struct Object<'v> {
    fields: &'v Map<String, Value>,
    path: Vec<PathSegment>,
}

impl<'v> Node<'v> {
    /// Tells whether an object marks unknown fields as meant.
    pub(in crate::scenario) fn allows_unknown(&self) -> bool {
        self.value.get("unknown_fields").is_some_and(|mark| mark == "allow")
    }

    pub(in crate::scenario) fn root(value: &'v Value) -> Self {
        Self { value, path: Vec::new() }
    }

    fn below(&self, step: impl Into<PathSegment>, value: &'v Value) -> Self {
        let mut path = self.path.clone();
        path.push(step.into());
        Self { value, path }
    }
}

impl<'v> Object<'v> {
    pub(in crate::scenario) fn get(&self, key: &str) -> Option<Node<'v>> {
        let value = self.fields.get(key)?;
        Some(Node { value, path: self.to(key) })
    }

    pub(in crate::scenario) fn has(&self, key: &str) -> bool {
        self.fields.contains_key(key)
    }

    pub(in crate::scenario) fn to(&self, key: &str) -> Vec<PathSegment> {
        let mut path = self.path.clone();
        path.push(PathSegment::from(key));
        path
    }

    /// Returns the member, which must be there.
    pub(in crate::scenario) fn need(&self, found: &mut Diagnostics<'_>, key: &str) -> Option<Node<'v>> {
        let node = self.get(key);
        if node.is_none() {
            found.tell(Code::E06, &self.path, format!("lacks {key:?}"), format!("add {key:?}"));
        }
        node
    }

    /// Rejects an object with more than one of these keys.
    pub(in crate::scenario) fn exclude(&self, found: &mut Diagnostics<'_>, keys: &[&str]) {
        let there: Vec<&str> = keys.iter().copied().filter(|key| self.has(key)).collect();
        if let [first, second, ..] = there.as_slice() {
            let what = format!("has both {first:?} and {second:?}");
            found.tell(Code::E09, &self.path, what, "keep one of them");
        }
    }
}

impl Diagnostics<'_> {
    fn wrong_type(&mut self, node: &Node<'_>, expected: &str) {
        let what = format!("is {}", kind_of(node.value));
        self.tell(Code::E05, &node.path, what, format!("it must be {expected}"));
    }

    /// Reads an object with these keys only.
    pub(in crate::scenario) fn object<'v>(&mut self, node: &Node<'v>, known: &[&str]) -> Option<Object<'v>> {
        let Some(fields) = node.value.as_object() else {
            self.wrong_type(node, "an object");
            return None;
        };
        for (key, value) in fields {
            if !known.contains(&key.as_str()) {
                let path = node.below(key.as_str(), value).path;
                self.tell(
                    Code::E02,
                    &path,
                    "is a key the format does not know",
                    did_you_mean(key, known.iter().copied()),
                );
            }
        }
        Some(Object { fields, path: node.path.clone() })
    }

    /// Reads an object with these keys only, and at least one of them.
    pub(in crate::scenario) fn some_object<'v>(&mut self, node: &Node<'v>, known: &[&str]) -> Option<Object<'v>> {
        if node.value.as_object().is_some_and(Map::is_empty) {
            self.tell(
                Code::E06,
                &node.path,
                "is empty",
                format!("give it one of {}, or leave it out", known.join(", ")),
            );
        }
        self.object(node, known)
    }

    /// Reads an object whose keys are names.
    pub(in crate::scenario) fn members<'v>(&mut self, node: &Node<'v>) -> Vec<(&'v str, Node<'v>)> {
        let Some(fields) = node.value.as_object() else {
            self.wrong_type(node, "an object");
            return Vec::new();
        };
        fields.iter().map(|(key, value)| (key.as_str(), node.below(key.as_str(), value))).collect()
    }

    /// Reads an array.
    pub(in crate::scenario) fn list<'v>(&mut self, node: &Node<'v>) -> Vec<Node<'v>> {
        let Some(items) = node.value.as_array() else {
            self.wrong_type(node, "an array");
            return Vec::new();
        };
        items.iter().enumerate().map(|(n, value)| node.below(n, value)).collect()
    }

    /// Reads an array with at least `least` elements.
    pub(in crate::scenario) fn some_list<'v>(&mut self, node: &Node<'v>, least: usize) -> Vec<Node<'v>> {
        let items = self.list(node);
        if node.value.is_array() && items.len() < least {
            let few = if items.is_empty() { "is empty" } else { "has one element" };
            let elements = if least == 1 { "one element" } else { "two elements" };
            self.tell(Code::E08, &node.path, few, format!("it needs at least {elements}"));
        }
        items
    }

    /// Reads one value, or an array of at least one.
    pub(in crate::scenario) fn one_or_more<'v>(&mut self, node: &Node<'v>) -> Vec<Node<'v>> {
        if node.value.is_array() { self.some_list(node, 1) } else { vec![node.clone()] }
    }

    pub(in crate::scenario) fn text<'v>(&mut self, node: &Node<'v>) -> Option<&'v str> {
        let text = node.value.as_str();
        if text.is_none() {
            self.wrong_type(node, "a string");
        }
        text
    }

    pub(in crate::scenario) fn some_text<'v>(&mut self, node: &Node<'v>) -> Option<&'v str> {
        let text = self.text(node)?;
        if text.is_empty() {
            self.tell(Code::E08, &node.path, "is empty", "write at least one character");
        }
        Some(text)
    }

    /// Reads a name: lower-case letters, digits and dashes.
    pub(in crate::scenario) fn ident<'v>(&mut self, node: &Node<'v>) -> Option<&'v str> {
        let text = self.text(node)?;
        let good = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if text.is_empty() || text.len() > 64 || text.starts_with('-') || !text.bytes().all(good) {
            let help = "use 1 to 64 lower-case letters, digits and dashes, not beginning with a dash";
            self.tell(Code::E08, &node.path, format!("{text:?} is no name"), help);
            return None;
        }
        Some(text)
    }

    pub(in crate::scenario) fn whole(&mut self, node: &Node<'_>, least: u64, most: u64) -> Option<u64> {
        let Some(number) = whole(node.value) else {
            self.wrong_type(node, "a whole number");
            return None;
        };
        match u64::try_from(number) {
            Ok(number) if (least..=most).contains(&number) => Some(number),
            _ => {
                let help = match most {
                    u64::MAX => format!("it must be at least {least}"),
                    _ => format!("it must be from {least} to {most}"),
                };
                self.tell(Code::E08, &node.path, format!("is {}", node.value), help);
                None
            }
        }
    }

    /// Reads a number above 0 and at most 1.
    pub(in crate::scenario) fn share(&mut self, node: &Node<'_>) -> Option<f64> {
        let Some(number) = node.value.as_f64() else {
            self.wrong_type(node, "a number");
            return None;
        };
        if number <= 0.0 || number > 1.0 {
            self.tell(Code::E08, &node.path, format!("is {}", node.value), "it must be above 0 and at most 1");
            return None;
        }
        Some(number)
    }

    /// Reads a number from 1 to 100.
    pub(in crate::scenario) fn factor(&mut self, node: &Node<'_>) -> Option<f64> {
        let Some(number) = node.value.as_f64() else {
            self.wrong_type(node, "a number");
            return None;
        };
        if !(1.0..=100.0).contains(&number) {
            self.tell(Code::E08, &node.path, format!("is {}", node.value), "it must be from 1 to 100");
            return None;
        }
        Some(number)
    }

    pub(in crate::scenario) fn flag(&mut self, node: &Node<'_>) -> Option<bool> {
        let flag = node.value.as_bool();
        if flag.is_none() {
            self.wrong_type(node, "true or false");
        }
        flag
    }

    /// Reads a key that may only be `true`; its absence is `false`.
    pub(in crate::scenario) fn only_true(&mut self, node: Option<Node<'_>>) -> bool {
        let Some(node) = node else { return false };
        match self.flag(&node) {
            Some(true) => true,
            Some(false) => {
                self.tell(Code::E08, &node.path, "is false", "write true, or leave the key out");
                false
            }
            None => false,
        }
    }

    /// Reads one of these words; returns its place in the list.
    pub(in crate::scenario) fn one_of(&mut self, node: &Node<'_>, words: &[&str]) -> Option<usize> {
        let text = self.text(node)?;
        let place = words.iter().position(|word| *word == text);
        if place.is_none() {
            let what = format!("{text:?} is none of {}", words.join(", "));
            let help = self.remedy(|| {
                let meant = did_you_mean(text, words.iter().copied()).to_string();
                if meant.ends_with('?') { meant } else { "write one of them".to_owned() }
            });
            self.tell(Code::E08, &node.path, what, help);
        }
        place
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a number with a fraction",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
