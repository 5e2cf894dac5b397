//! The server as a whole: its health, its routes, its gate.

use serde_json::{Value, json};

use crate::control::door::Asked;
use crate::control::gate::Gate;
use crate::control::refusal::Refusal;

/// `GET /health`: the server runs.
pub fn health(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let apis: Vec<&str> = asked.engine.router().apis().iter().map(|api| api.name).collect();
    Ok(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION"), "apis": apis }))
}

/// `GET /ready`: the data is loaded. A server listens only once it is.
pub fn ready(_: &Asked<'_>) -> Result<Value, Refusal> {
    Ok(json!({ "status": "ready" }))
}

/// `GET /routes`: every operation, in the order of the tables.
pub fn routes(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let rows = asked.engine.router().rows().iter().map(|row| {
        json!({
            "operation": row.operation,
            "method": row.route.verb.as_str(),
            "path": row.path,
            "action": row.route.action.as_str(),
            "success": row.route.success,
            "errors": row.route.errors,
            "evidence": row.route.evidence.as_str(),
            "source": row.route.source,
            "about": row.route.about,
        })
    });
    Ok(rows.collect())
}

/// `POST /pause`: consumers connect, and get no answer until `/resume`.
pub fn pause(asked: &Asked<'_>) -> Result<Value, Refusal> {
    gate(asked, Gate::Paused)
}

/// `POST /refuse`: the port is closed until `/resume`, which can come over the connection that sent this.
pub fn refuse(asked: &Asked<'_>) -> Result<Value, Refusal> {
    gate(asked, Gate::Refusing)
}

/// `POST /resume`: consumers get through again, on the same port.
pub fn resume(asked: &Asked<'_>) -> Result<Value, Refusal> {
    gate(asked, Gate::Open)
}

fn gate(asked: &Asked<'_>, gate: Gate) -> Result<Value, Refusal> {
    let failed = |error| Refusal::new(500, "port_taken", format!("the port cannot be opened again: {error}"));
    (asked.move_gate)(gate).map_err(failed)?;
    Ok(Value::Null)
}
