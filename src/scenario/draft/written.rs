//! JSON as people write it.

use serde_json::{Value, json};

/// The most characters of a value that stands on one line.
const LINE: usize = 100;

/// Returns a document as people write it: short values stand on one line.
pub(crate) fn written(value: &Value) -> String {
    let mut text = String::new();
    write(value, 0, &mut text);
    text + "\n"
}

fn write(value: &Value, depth: usize, text: &mut String) {
    let line = one_line(value);
    let is_top = depth == 0;
    let items: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (format!("{}: ", json!(name)), value)).collect(),
        Value::Array(items) => items.iter().map(|value| (String::new(), value)).collect(),
        _ => Vec::new(),
    };
    if items.is_empty() || !is_top && 2 * depth + line.chars().count() <= LINE {
        *text += &line;
        return;
    }
    let [open, close] = if value.is_object() { ['{', '}'] } else { ['[', ']'] };
    text.push(open);
    for (n, (name, value)) in items.iter().enumerate() {
        *text += &format!("{}\n{}{name}", if n == 0 { "" } else { "," }, "  ".repeat(depth + 1));
        write(value, depth + 1, text);
    }
    *text += &format!("\n{}{close}", "  ".repeat(depth));
}

fn one_line(value: &Value) -> String {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let members: Vec<String> =
                fields.iter().map(|(name, value)| format!("{}: {}", json!(name), one_line(value))).collect();
            format!("{{ {} }}", members.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(one_line).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}
