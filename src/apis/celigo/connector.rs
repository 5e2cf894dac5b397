//! Integrations that come from a connector: installed, set up step by step, taken down, uninstalled.

use serde_json::{Value, json};

use crate::apis::celigo::errors::{INVALID_FUNCTION, INVALID_OPERATION};
use crate::apis::celigo::resources::{CONNECTORS, INTEGRATIONS};
use crate::engine::api::context::Context;
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::{FieldFaultKind, Problem};
use crate::engine::schema::schema::Actor;
use crate::engine::state::State;
use crate::engine::store::Record;
use crate::http::message::Response;

/// The longest name an integration may have.
const NAME_CHARS: usize = 100;

/// Handles `integrations.install`: makes an integration from a connector, with none of its steps done.
pub(super) fn install(context: &mut Context<'_>) -> Result<Response, Problem> {
    let connector = context.record(&CONNECTORS, "_connectorId")?;
    let asked = context.fields()?;
    let mut fields = Document::new();
    fields.insert("name", free_name(context.state, connector.text("name").unwrap_or_default()).into());
    for name in ["sandbox", "tag"] {
        if let Some(value) = asked.get(name) {
            fields.insert(name, value.clone());
        }
    }
    fields.insert("_connectorId", connector.id().into());
    fields.insert("mode", "install".into());
    if let Some(version) = connector.get("version") {
        fields.insert("version", version.clone());
    }
    let mut steps = steps(&connector);
    for step in &mut steps {
        complete(step, false);
    }
    fields.insert("install", steps.into());
    let integration = context.state.create(&INTEGRATIONS, &fields, Actor::Consumer)?;
    Ok(context.show(&integration))
}

/// Handles `integrations.installer`: does a step. When all are done, the integration is installed.
pub(super) fn installer(context: &mut Context<'_>) -> Result<Response, Problem> {
    step(context, "installerFunction", true)
}

/// Handles `integrations.uninstaller`: undoes a step.
pub(super) fn uninstaller(context: &mut Context<'_>) -> Result<Response, Problem> {
    step(context, "uninstallerFunction", false)
}

/// Handles `integrations.settings`: `persistSettings` merges the pending values into the settings; every other function
/// only gets an answer, which a scenario can replace.
pub(super) fn settings(context: &mut Context<'_>) -> Result<Response, Problem> {
    let integration = installed(context)?;
    if context.param("function") != "persistSettings" {
        return Ok(Response::json(context.route.success, &json!({ "success": true })));
    }
    let pending = match context.fields()?.remove("pending") {
        Some(Value::Object(pending)) => pending,
        None | Some(Value::Null) => return Err(Problem::field("pending", FieldFaultKind::Missing)),
        Some(_) => return Err(Problem::field("pending", FieldFaultKind::WrongType { expected: "an object" })),
    };
    let change = Document::from_iter([("settings", Value::Object(pending.clone()))]);
    let integration = context.state.patch(&INTEGRATIONS, &integration, &change, Actor::Service)?;
    let settings = integration.get("settings");
    Ok(Response::json(context.route.success, &json!({ "success": true, "pending": pending, "settings": settings })))
}

/// Handles `integrations.uninstall`: removes the integration with all that it contains.
pub(super) fn uninstall(context: &mut Context<'_>) -> Result<Response, Problem> {
    let integration = installed(context)?;
    context.state.remove(&INTEGRATIONS, &integration, Actor::Service)?;
    Ok(Response::json(context.route.success, &json!({ "success": true })))
}

/// Returns the integration of the path, which must come from a connector.
fn installed(context: &Context<'_>) -> Result<Record, Problem> {
    let integration = context.record(&INTEGRATIONS, "id")?;
    if integration.text("_connectorId").is_none() {
        return Err(Problem::named(INVALID_OPERATION, "Integration does not belong to a connector"));
    }
    Ok(integration)
}

fn step(context: &mut Context<'_>, key: &str, done: bool) -> Result<Response, Problem> {
    let integration = installed(context)?;
    let function = context.param("function");
    let mut steps = steps(&integration);
    let step = steps.iter_mut().find(|step| step.get(key).and_then(Value::as_str) == Some(function));
    let Some(step) = step else {
        return Err(Problem::named(INVALID_FUNCTION, format!("No step has the {key} {function}")));
    };
    complete(step, done);
    let answer = json!({ "success": true, "stepsToUpdate": [step] });
    let mut change = Document::new();
    if !done {
        change.insert("mode", "uninstall".into());
    } else if steps.iter().all(is_complete) {
        change.insert("mode", "settings".into());
    }
    change.insert("install", steps.into());
    context.state.patch(&INTEGRATIONS, &integration, &change, Actor::Service)?;
    Ok(Response::json(context.route.success, &answer))
}

fn steps(record: &Record) -> Vec<Value> {
    record.get("install").and_then(Value::as_array).cloned().unwrap_or_default()
}

fn is_complete(step: &Value) -> bool {
    step.get("completed") == Some(&Value::Bool(true))
}

fn complete(step: &mut Value, done: bool) {
    if let Value::Object(step) = step {
        step.insert("completed".to_owned(), Value::Bool(done));
    }
}

/// Returns the connector's name, or the first of it with a number that no integration has.
fn free_name(state: &State, name: &str) -> String {
    let integrations = state.store.of(&INTEGRATIONS);
    let numbered = (2..).map(|number| {
        let number = format!(" {number}");
        name.chars().take(NAME_CHARS - number.len()).chain(number.chars()).collect()
    });
    std::iter::once(name.to_owned())
        .chain(numbered)
        .find(|name| integrations.find("name", name).next().is_none())
        .expect("there are more numbers than integrations")
}
