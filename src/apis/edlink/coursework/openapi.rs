//! Refines what the document says of bodies of coursework, where the fields alone do not: which need each other, and how
//! far values may go.

use serde_json::{Value, json};

use crate::apis::edlink::coursework::resources::SUBMISSION_TYPES;

/// Numbers are taken as texts too.
const NUMERAL: &str = r"^-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,15})?$";

/// Numbers above zero, as texts.
const NUMERAL_ABOVE_ZERO: &str = r"^(0\.0{0,9}[1-9]|[1-9][0-9]{0,15})[0-9]{0,9}$";

/// Describes a new assignment. One that is to appear in several classes, named by its id, is not modelled.
pub(super) fn new_assignment(schema: &mut Value) {
    assignment(schema);
    schema["properties"]["id"] = json!({ "type": "null" });
    let graded = |grading: &[&str]| json!({ "properties": { "grading_type": { "enum": grading } } });
    let by = |grading: &str, name: &str| {
        let needed = json!({ "not": { "type": "null" } });
        json!({ "properties": { "grading_type": { "enum": [grading] }, name: needed }, "required": [name] })
    };
    let assignees = json!({ "type": "array", "minItems": 1 });
    schema["allOf"] = json!([
        { "anyOf": [
            graded(&["percent", "pass_fail", "letter_grade"]),
            by("points", "points_possible"),
            by("rubric", "rubric_id"),
        ] },
        { "anyOf": [
            { "properties": { "assignee_mode": { "enum": ["all", null] } } },
            { "properties": { "assignee_ids": assignees }, "required": ["assignee_ids"] },
        ] },
    ]);
}

/// Describes changes of an assignment. What they leave out stays, so that only the record tells what is missing.
pub(super) fn changed_assignment(schema: &mut Value) {
    assignment(schema);
    part(schema);
}

fn assignment(schema: &mut Value) {
    let properties = &mut schema["properties"];
    properties["submission_types"]["items"]["enum"] = json!(SUBMISSION_TYPES);
    properties["max_attempts"]["minimum"] = 1.into();
    number(&mut properties["points_possible"], NUMERAL_ABOVE_ZERO);
    properties["points_possible"]["exclusiveMinimum"] = 0.into();
    attachments(properties.get_mut("attachments"), &[]);
}

/// Describes a category.
pub(super) fn category(schema: &mut Value) {
    number(&mut schema["properties"]["weight"], NUMERAL);
}

/// Describes changes of a category.
pub(super) fn changed_category(schema: &mut Value) {
    category(schema);
    part(schema);
}

/// Describes changes of a submission.
pub(super) fn submission(schema: &mut Value) {
    number(&mut schema["properties"]["grade_points"], NUMERAL);
    attachments(schema["properties"].get_mut("attachments"), &["file"]);
}

/// Describes what is handed in.
pub(super) fn handed_in(schema: &mut Value) {
    attachments(schema["properties"].get_mut("attachments"), &["file"]);
    schema["properties"]["attachments"]["minItems"] = 1.into();
}

/// Says that any field may be left out.
fn part(schema: &mut Value) {
    if let Some(schema) = schema.as_object_mut() {
        schema.remove("required");
    }
}

fn number(schema: &mut Value, pattern: &str) {
    schema["type"] = json!(["number", "string", "null"]);
    schema["pattern"] = pattern.into();
}

/// Describes attachments, where a body has them: each type needs what it shows; these need nothing.
fn attachments(schema: Option<&mut Value>, bare: &[&str]) {
    let Some(schema) = schema else { return };
    let needs = |types: &[&str], name: &str| {
        let needed = json!({ "type": "string", "minLength": 1 });
        json!({ "properties": { "type": { "enum": types }, name: needed }, "required": [name] })
    };
    let mut branches = vec![needs(&["link", "lti"], "url"), needs(&["text"], "text")];
    if !bare.is_empty() {
        branches.push(json!({ "properties": { "type": { "enum": bare } } }));
    }
    schema["items"]["anyOf"] = branches.into();
}
