//! Operations of a connection: pings and tests, and calls of the other side, which only a scenario can answer.

use serde_json::{Value, json};

use crate::apis::celigo::errors::VALIDATION_ERROR;
use crate::apis::celigo::resources::{CONNECTION_TYPES, CONNECTIONS};
use crate::engine::api::context::Context;
use crate::engine::schema::document::Document;
use crate::engine::schema::error_def::Evidence;
use crate::engine::schema::field::{Kind, field};
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Actor;
use crate::engine::store::Record;
use crate::http::html;
use crate::http::message::Response;

fn is_offline(connection: &Record) -> bool {
    connection.get("offline") == Some(&Value::Bool(true))
}

/// Handles `connections.ping`: a connection that is offline says so in the body.
pub(super) fn ping(context: &mut Context<'_>) -> Result<Response, Problem> {
    let connection = context.record(&CONNECTIONS, "id")?;
    let body = if is_offline(&connection) {
        context.rests_on(Evidence::Assumed);
        json!({ "code": 401, "message": "Connection is offline" })
    } else {
        json!({ "code": 200 })
    };
    Ok(Response::json(context.success(), &body))
}

/// Handles `connections.test`, and a ping by `POST`: a ping whose answer has more fields.
pub(super) fn test(context: &mut Context<'_>) -> Result<Response, Problem> {
    let connection = context.record(&CONNECTIONS, "id")?;
    let body = if is_offline(&connection) {
        context.rests_on(Evidence::Assumed);
        json!({ "code": 401, "success": false, "message": "Connection is offline" })
    } else {
        json!({ "code": 200, "success": true, "message": "Connection is online" })
    };
    Ok(Response::json(context.success(), &body))
}

/// Handles `connections.pingUnsaved`: a connection in the body.
pub(super) fn ping_unsaved(context: &mut Context<'_>) -> Result<Response, Problem> {
    let given = context.fields()?;
    let kind = field("type", Kind::Enum(CONNECTION_TYPES)).required();
    if let Some(fault) = kind.fault(given.get("type")) {
        return Err(Problem::Fields(vec![fault]));
    }
    Ok(Response::json(context.success(), &json!({ "code": 200 })))
}

/// Handles `connections.proxy`: there is no other side here, so that only a fault rule can answer a good call.
pub(super) fn proxy(context: &mut Context<'_>) -> Result<Response, Problem> {
    context.record(&CONNECTIONS, "id")?;
    let sent = |name: &str| context.request.header(name).is_some_and(|value| !value.trim().is_empty());
    let is_request = sent("integrator-method") && sent("integrator-relative-uri");
    let is_script = sent("integrator-netsuite-scriptid") && sent("integrator-netsuite-deployid");
    if !is_request && !is_script {
        let message = "Integrator-Method and Integrator-Relative-URI are required, or Integrator-NetSuite-ScriptId and \
                       Integrator-NetSuite-DeployId";
        return Err(Problem::named(VALIDATION_ERROR, message).about("Integrator-Method"));
    }
    Err(context.not_modelled())
}

/// Handles `connections.oauth2`: returns the address on this server where a user would give consent.
pub(super) fn oauth2(context: &mut Context<'_>) -> Result<Response, Problem> {
    let connection = context.record(&CONNECTIONS, "id")?;
    let url = format!("{}{}/connection/{}/oauth2/authorize", context.origin(), context.api.base, connection.id());
    Ok(Response::json(context.success(), &json!({ "authorizationURL": url })))
}

/// The parameter with the decision of the user.
const DECISION: &str = "decision";

/// Handles `connections.consent`: shows the page where a user decides, and applies the decision. A connection that the
/// user allows works again.
pub(super) fn consent(context: &mut Context<'_>) -> Result<Response, Problem> {
    let connection = context.record(&CONNECTIONS, "id")?;
    let name = html::escaped(connection.text("name").unwrap_or(connection.id()));
    let (title, body) = match context.query.get(DECISION).filter(|decision| !decision.is_empty()) {
        None => {
            let choice = |decision: &str, word: &str| {
                let query = context.query.with(&[(DECISION, Some(decision))]);
                format!("<a data-standin-decision=\"{decision}\" href=\"?{}\">{word}</a>\n", html::escaped(&query))
            };
            let choices = choice("allow", "Allow") + &choice("deny", "Deny");
            ("Authorize", format!("<h1>May the connection {name} be used?</h1>\n<p>\n{choices}</p>\n"))
        }
        Some("allow") => {
            let change = Document::from_iter([("offline", Value::Bool(false))]);
            context.state.patch(&CONNECTIONS, &connection, &change, Actor::Service)?;
            ("Allowed", format!("<h1>The connection {name} may be used.</h1>\n"))
        }
        Some("deny") => ("Denied", format!("<h1>The connection {name} may not be used.</h1>\n")),
        Some(_) => {
            return Err(Problem::Query { parameter: DECISION.to_owned(), reason: "must be allow or deny".to_owned() });
        }
    };
    Ok(html::page(context.success(), title, &body))
}
