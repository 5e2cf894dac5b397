//! The keys of scenario files, from their schema, each with an example: the schema's own, or the shortest in the
//! ready-made scenarios and the tests.

use serde_json::Value;

use crate::cli::manual::{anchor, code, prose, table};
use crate::embed::builtin_scenarios;
use crate::scenario::SCHEMA;

/// The section of the file itself.
const FILE: &str = "file";

/// Files of the tests that together use the keys which no ready-made scenario uses.
const MORE: &[&str] = &[
    include_str!("../../../tests/scenario-corpus/accepted/both-apis.json"),
    include_str!("../../../tests/scenario-corpus/accepted/clock.json"),
    include_str!("../../../tests/scenario-corpus/accepted/data.json"),
    include_str!("../../../tests/scenario-corpus/accepted/digits.json"),
    include_str!("../../../tests/scenario-corpus/accepted/expect.json"),
    include_str!("../../../tests/scenario-corpus/accepted/extends.json"),
    include_str!("../../../tests/scenario-corpus/accepted/faults-at.json"),
    include_str!("../../../tests/scenario-corpus/accepted/faults-do.json"),
    include_str!("../../../tests/scenario-corpus/accepted/gave-up.json"),
    include_str!("../../../tests/scenario-corpus/accepted/lag.json"),
    include_str!("../../../tests/scenario-corpus/accepted/least.json"),
    include_str!("../../../tests/scenario-corpus/accepted/matchers.json"),
    include_str!("../../../tests/scenario-corpus/accepted/perturb.json"),
    include_str!("../../../tests/scenario-corpus/accepted/probe-edlink.json"),
    include_str!("../../../tests/scenario-corpus/accepted/probe.json"),
    include_str!("../../../tests/scenario-corpus/accepted/says-more.json"),
    include_str!("../../../tests/scenario-corpus/accepted/steps.json"),
    include_str!("../../../tests/scenario-corpus/accepted/tokens.json"),
    include_str!("../../../tests/scenario-corpus/accepted/unknown-fields-meant.json"),
];

/// A key, in the section of the object that has it.
struct Key {
    section: String,
    path: String,
    kind: String,
    default: String,
    about: String,
    is_required: bool,
    example: Option<String>,
}

/// The keys found so far.
struct Keys<'s> {
    schema: &'s Value,
    keys: Vec<Key>,
    /// The sections that were walked without a value.
    walked: Vec<String>,
}

/// Returns a section for each kind of object, with a table of its keys.
pub(super) fn markdown() -> String {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    let mut keys = Keys { schema: &schema, keys: Vec::new(), walked: Vec::new() };
    keys.walk(&schema, FILE, "", None);
    let ready_made = builtin_scenarios();
    let texts = ready_made.iter().map(|scenario| scenario.text).chain(MORE.iter().copied());
    for text in texts {
        let file: Value = serde_json::from_str(text).expect("a scenario that was checked is JSON");
        keys.walk(&schema, FILE, "", Some(&file));
    }
    let mut sections: Vec<&str> = keys.keys.iter().map(|key| &*key.section).collect();
    sections.dedup();
    let mut seen: Vec<&str> = Vec::new();
    let mut text = String::new();
    for section in sections {
        if !seen.contains(&section) {
            seen.push(section);
            text += &keys.section(section);
        }
    }
    text
}

impl<'s> Keys<'s> {
    /// Walks a schema, with a value of its shape if there is one.
    fn walk(&mut self, node: &'s Value, section: &str, path: &str, value: Option<&Value>) {
        if let Some(name) = reference(node) {
            let target = &self.schema["$defs"][name];
            if !is_object(target) {
                return self.walk(target, section, path, value);
            }
            if value.is_none() && self.walked.iter().any(|walked| walked == name) {
                return;
            }
            self.walked.push(name.to_owned());
            return self.walk(target, name, "", value);
        }
        for properties in ["/properties", "/then/properties"] {
            let required = node["required"].as_array();
            for (name, property) in node.pointer(properties).and_then(Value::as_object).into_iter().flatten() {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                let given = value.and_then(|value| value.get(name));
                if value.is_none() {
                    let is_required = required.is_some_and(|required| required.iter().any(|it| it == name));
                    self.add(property, section, &path, is_required);
                } else if let Some(given) = given {
                    self.show(section, &path, name, given);
                }
                if value.is_none() || given.is_some() {
                    self.walk(property, section, &path, given);
                }
            }
        }
        for alternative in ["oneOf", "anyOf", "allOf"] {
            for inner in node[alternative].as_array().into_iter().flatten() {
                self.walk(inner, section, path, value);
            }
        }
        for branch in ["then", "else"] {
            if node[branch].is_object() {
                self.walk(&node[branch], section, path, value);
            }
        }
        if node["items"].is_object() {
            let path = format!("{path}[]");
            match value.map(Value::as_array) {
                None => self.walk(&node["items"], section, &path, None),
                Some(elements) => {
                    elements.into_iter().flatten().for_each(|it| self.walk(&node["items"], section, &path, Some(it)));
                }
            }
        }
        if node["additionalProperties"].is_object() {
            let path = format!("{path}.<name>");
            match value.map(Value::as_object) {
                None => self.walk(&node["additionalProperties"], section, &path, None),
                Some(members) => members
                    .into_iter()
                    .flatten()
                    .for_each(|(_, it)| self.walk(&node["additionalProperties"], section, &path, Some(it))),
            }
        }
    }

    fn add(&mut self, property: &'s Value, section: &str, path: &str, is_required: bool) {
        if self.keys.iter().any(|key| key.section == section && key.path == path) {
            return;
        }
        let of = |field: &str| match reference(property) {
            Some(name) if property[field].is_null() => &self.schema["$defs"][name][field],
            _ => &property[field],
        };
        let name = path.rsplit('.').next().unwrap_or_default();
        let example = of("examples").get(0).map(|value| member(name, value));
        let default = of("default");
        self.keys.push(Key {
            section: section.to_owned(),
            path: path.to_owned(),
            kind: self.kind(property),
            default: if default.is_null() { String::new() } else { code(&default.to_string()) },
            about: of("description").as_str().unwrap_or_default().to_owned(),
            is_required,
            example,
        });
    }

    /// Keeps the shortest example of a key that has none of the schema.
    fn show(&mut self, section: &str, path: &str, name: &str, value: &Value) {
        let shown = member(name, value);
        let schema_has_one = |key: &Key| key.example.as_ref().is_some_and(|example| example.len() <= shown.len());
        if let Some(key) = self.keys.iter_mut().find(|key| key.section == section && key.path == path)
            && !schema_has_one(key)
        {
            key.example = Some(shown);
        }
    }

    /// Returns the values that a schema takes, in words.
    fn kind(&self, node: &Value) -> String {
        if let Some(name) = reference(node) {
            let target = &self.schema["$defs"][name];
            return if is_object(target) { format!("[{name}](#{})", anchor(name)) } else { self.kind(target) };
        }
        let alternatives = node["oneOf"].as_array().or(node["anyOf"].as_array());
        if let Some(alternatives) = alternatives {
            let mut kinds: Vec<String> = alternatives.iter().map(|it| self.kind(it)).collect();
            kinds.dedup();
            return kinds.join(", or ");
        }
        if let Some(inner) = node.pointer("/allOf/0") {
            return self.kind(inner);
        }
        if let Some(values) = node["enum"].as_array() {
            return values.iter().map(|value| code(&value.to_string())).collect::<Vec<_>>().join(", ");
        }
        if !node["const"].is_null() {
            return code(&node["const"].to_string());
        }
        let kind = node["type"].as_str().unwrap_or("any value");
        let bounds = match (&node["minimum"], &node["exclusiveMinimum"], &node["maximum"]) {
            (Value::Null, Value::Null, Value::Null) => String::new(),
            (Value::Null, Value::Null, most) => format!(", at most {most}"),
            (least, Value::Null, Value::Null) => format!(", at least {least}"),
            (Value::Null, above, Value::Null) => format!(", above {above}"),
            (Value::Null, above, most) => format!(", above {above} and at most {most}"),
            (least, _, most) => format!(", {least} to {most}"),
        };
        if kind == "array" && node["items"].is_object() {
            return format!("array of: {}", self.kind(&node["items"]));
        }
        format!("{kind}{bounds}")
    }

    fn section(&self, name: &str) -> String {
        let title = if name == FILE { "The file".to_owned() } else { name.to_owned() };
        let about = match name {
            FILE => &self.schema["description"],
            name => &self.schema["$defs"][name]["description"],
        };
        let about = about.as_str().map(|about| format!("{}\n\n", prose(about))).unwrap_or_default();
        let rows = self.keys.iter().filter(|key| key.section == name).map(|key| {
            let must = if key.is_required { " (required)" } else { "" };
            [
                format!("{}{must}", code(&key.path)),
                key.kind.clone(),
                key.default.clone(),
                prose(&key.about),
                key.example.as_deref().map(code).unwrap_or_default(),
            ]
        });
        format!("## {title}\n\n{about}{}\n", table(["key", "value", "default", "says", "example"], rows))
    }
}

/// Returns the definition that a schema refers to.
fn reference(node: &Value) -> Option<&str> {
    node["$ref"].as_str()?.strip_prefix("#/$defs/")
}

/// Tells whether a definition is an object with keys, which has a section of its own.
fn is_object(node: &Value) -> bool {
    node["properties"].is_object() || node.pointer("/then/properties").is_some()
}

/// Returns a member of an object as JSON, cut where it is long.
fn member(name: &str, value: &Value) -> String {
    const LONGEST: usize = 120;
    let text = format!("{name:?}: {value}");
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::markdown;

    #[test]
    fn every_key_is_described_and_shown() {
        let text = markdown();
        let keys = text.lines().filter(|line| line.starts_with("| `"));
        let cells = keys.map(|line| line.replace("\\|", "").split(" | ").map(str::to_owned).collect::<Vec<_>>());
        let bare: Vec<String> = cells
            .filter(|cells| {
                cells.len() != 5 || cells[3].trim().is_empty() || cells[4].trim_matches([' ', '|']).is_empty()
            })
            .map(|cells| cells[0].clone())
            .collect();
        assert!(bare.is_empty(), "keys without a description or an example: {bare:?}");
    }
}
