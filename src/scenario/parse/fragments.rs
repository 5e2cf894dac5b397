//! Fragments of the format that an administrator sends on their own: rules, expected calls, waits.

use std::sync::Arc;

use serde_json::Value;

use crate::engine::api::router::Router;
use crate::http::document;
use crate::scenario::model::diagnostics::{Code, Diagnostics, ScenarioError};
use crate::scenario::model::format::CallExpectation;
use crate::scenario::model::rule::Rule;
use crate::scenario::model::wait_for::WaitFor;
use crate::scenario::parse::read::FileReader;
use crate::scenario::parse::reader::Node;

/// The timeout of a caller that gives none.
const USUAL_MS: u64 = 5_000;

impl WaitFor {
    /// Reads `{on, when?, times?, timeout_ms?}`.
    pub(crate) fn read(text: &str, router: &Router) -> Result<Self, ScenarioError> {
        read("the body", text, router, |reader, node| {
            let object = reader.found.object(node, &["on", "when", "times", "timeout_ms"])?;
            let mut number = |key: &str, usual: u64| {
                object.get(key).map_or(Some(usual), |node| reader.found.whole(&node, 0, u64::MAX))
            };
            let (times, timeout_ms) = (number("times", 1), number("timeout_ms", USUAL_MS));
            let on = object.need(reader.found, "on").and_then(|node| reader.operations(&node));
            let when = object.get("when").and_then(|node| reader.when(&node, on.as_ref()));
            Some(Self { on: on?, when, times: times?, timeout_ms: timeout_ms? })
        })
    }
}

/// Reads an array of fault rules, or `{"faults": […]}` as a scenario has it.
pub(crate) fn read_rules(text: &str, router: &Router) -> Result<Vec<Rule>, ScenarioError> {
    read("the body", text, router, |reader, node| {
        let rules: Vec<Arc<Rule>> = if node.value.is_object() {
            let object = reader.found.object(node, &["faults"])?;
            let rules = object.need(reader.found, "faults")?;
            reader.rules(&rules)
        } else {
            reader.rules(node)
        };
        Some(rules.iter().map(|rule| Rule { place: None, ..(**rule).clone() }).collect())
    })
}

/// Reads one fault rule; one without an id gets its id where it is added.
pub(crate) fn read_rule(text: &str, router: &Router) -> Result<Rule, ScenarioError> {
    read("the body", text, router, |reader, node| Some(Rule { place: None, ..reader.rule(node, false)? }))
}

/// Reads an expected call, as a scenario's `expect.calls` has them.
pub(crate) fn read_call(text: &str, router: &Router) -> Result<CallExpectation, ScenarioError> {
    read("the body", text, router, |reader, node| {
        let call = reader.expected_call(node)?;
        if let Some(step) = &call.step {
            reader.found.tell(Code::E13, &node.path, format!("names the step {step:?}"), "leave \"step\" out here");
        }
        if let Some(fault) = &call.fault {
            reader.found.tell(Code::E13, &node.path, format!("names the fault {fault:?}"), "say \"on\" here");
        }
        Some(CallExpectation { place: None, source: Some(node.value.to_string().into()), ..call })
    })
}

fn read<T>(
    name: &str,
    text: &str,
    router: &Router,
    read: impl FnOnce(&mut FileReader<'_, '_>, &Node<'_>) -> Option<T>,
) -> Result<T, ScenarioError> {
    let mut found = Diagnostics::new(name, text);
    let value = match document::parse(text) {
        Ok(parsed) => {
            for path in &parsed.duplicates {
                found.tell(Code::E04, path, "stands twice", "keep one of them");
            }
            parsed.value
        }
        Err(fault) => {
            found.tell_at(Code::E01, fault.place, format!("it is not JSON: {}", fault.reason), "send JSON");
            Value::Null
        }
    };
    let mut piece = None;
    if !found.refuse() {
        let (apis, profiles) = (router.apis().to_vec(), Vec::new());
        let mut reader = FileReader { found: &mut found, router, apis, profiles, fidelity: None };
        piece = read(&mut reader, &Node::root(&value));
    }
    match piece {
        Some(piece) if !found.refuse() => Ok(piece),
        _ => Err(ScenarioError { diagnostics: found.finish() }),
    }
}
