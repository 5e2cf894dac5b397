//! The server as a whole: its health, its routes, its availability.

use serde_json::{Value, json};

use crate::control::availability::Availability;
use crate::control::error::Error;
use crate::control::openapi::{NAME as CONTROL, document as control_document};
use crate::control::request::ControlRequest;
use crate::control::table::{ControlRoute, ITSELF, SERVER, WORLD};
use crate::engine::api::openapi::openapi as document;
use crate::engine::schema::profile::Profile;
use crate::scenario::SCHEMA;
use crate::world::limits::LIMITS;

/// Handles `GET /health`: the server runs.
pub(super) fn health(request: &ControlRequest<'_>) -> Result<Value, Error> {
    if !request.is_admitted {
        return Ok(json!({ "status": "ok" }));
    }
    let apis: Vec<&str> = request.registry.router().apis().iter().map(|api| api.name).collect();
    let mut health = json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION"), "apis": apis });
    if let Some(name) = &request.supplies.replica.name {
        health["name"] = name.as_str().into();
    }
    Ok(health)
}

/// Handles `GET /ready`: the data is loaded. A server listens only once it is; one that drains wants no new work.
pub(super) fn ready(request: &ControlRequest<'_>) -> Result<Value, Error> {
    if request.supplies.replica.is_draining() {
        let message = "This server is stopping; it answers those who know it for a little longer.";
        return Err(Error::new(503, "draining", message));
    }
    Ok(json!({ "status": "ready" }))
}

/// Handles `GET /`: every path of this API, with a sentence about it.
pub(super) fn index(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let shown = |below: &'static str| {
        move |row: &'static ControlRoute| {
            let path = format!("/_standin{below}{}", row.path);
            json!({ "method": row.method, "path": path.trim_end_matches('/'), "about": row.about })
        }
    };
    let world = || WORLD.iter().map(shown("/worlds/{world}")).chain(ITSELF.iter().map(shown("/worlds/{world}")));
    Ok(json!({
        "standin": env!("CARGO_PKG_VERSION"),
        "apis": request.registry.router().apis().iter().map(|api| api.name).collect::<Vec<_>>(),
        "server": SERVER.iter().map(shown("")).collect::<Value>(),
        "world": world().collect::<Value>(),
        "hint": "What belongs to a world is at /_standin/… too, for the default one. /_standin/openapi.json?api=control says it all.",
    }))
}

/// Handles `GET /limits`: every limit with its value here, its default and its setting.
pub(super) fn limits(request: &ControlRequest<'_>) -> Result<Value, Error> {
    Ok(json!({ "limits": LIMITS.iter().map(|limit| limit.shown(Some(request.registry))).collect::<Value>() }))
}

/// Handles `GET /routes`: every operation, in the order of the tables.
pub(super) fn routes(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let rows = request.registry.router().rows().iter().map(|row| {
        let outcomes = row.errors().map(|error| {
            let on = |profile| row.api.outcome(row.route, error, profile);
            let (documented, live) = (on(Profile::Documented), on(Profile::Live));
            let mut shown = json!({
                "outcome": error.name,
                "status": documented.status,
                "message": error.message,
                "evidence": documented.evidence.as_str(),
                "source": documented.source,
            });
            if live != documented {
                let (status, evidence, source) = (live.status, live.evidence.as_str(), live.source);
                shown["live"] = json!({ "status": status, "evidence": evidence, "source": source });
            }
            shown
        });
        json!({
            "api": row.api.name,
            "outcomes": outcomes.collect::<Vec<_>>(),
            "operation": row.operation,
            "method": row.route.method.as_str(),
            "path": row.path,
            "action": row.route.action.as_str(),
            "success": row.route.success,
            "errors": row.route.errors.iter().map(|error| error.name).collect::<Vec<_>>(),
            "evidence": row.route.evidence.as_str(),
            "source": row.route.source,
            "about": row.route.about,
        })
    });
    Ok(rows.collect())
}

/// Handles `GET /openapi.json?api=NAME`: the `OpenAPI` document of an API, or of the control API; the client may leave
/// the name out where one API is served.
pub(super) fn openapi(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let apis = request.registry.router().apis();
    if request.query.get("api") == Some(CONTROL) {
        return Ok(control_document());
    }
    let names = || apis.iter().map(|api| api.name).chain([CONTROL]).collect::<Vec<_>>().join(" or ");
    let api = match (request.query.get("api"), apis) {
        (None, [api]) => Some(api),
        (None, _) => {
            let hint = format!("Add ?api= and {}.", names());
            return Err(Error::new(400, "invalid", "each API has a document of its own").hint(hint));
        }
        (Some(name), _) => apis.iter().find(|api| api.name == name),
    };
    let unknown = || Error::new(404, "no_such_api", "this server has no such API").hint(format!("It has {}.", names()));
    api.map(|api| document(api)).ok_or_else(unknown)
}

/// Handles `POST /pause`: consumers connect, and get no answer until `/resume`.
pub(super) fn pause(request: &ControlRequest<'_>) -> Result<Value, Error> {
    availability(request, Availability::Paused)
}

/// Handles `POST /refuse`: closes the port until `/resume`, which the client can send over the connection that sent
/// this.
pub(super) fn refuse(request: &ControlRequest<'_>) -> Result<Value, Error> {
    availability(request, Availability::Down)
}

/// Handles `POST /resume`: serves consumers again, on the same port.
pub(super) fn resume(request: &ControlRequest<'_>) -> Result<Value, Error> {
    availability(request, Availability::Up)
}

fn availability(request: &ControlRequest<'_>, availability: Availability) -> Result<Value, Error> {
    let failed = |error| Error::new(500, "port_taken", format!("the port cannot be opened again: {error}"));
    (request.supplies.set_availability)(availability).map_err(failed)?;
    Ok(Value::Null)
}

/// Handles `POST /reload`: reads fixtures and scenario again. Files with faults leave everything as it was.
pub(super) fn reload(request: &ControlRequest<'_>) -> Result<Value, Error> {
    (request.supplies.reload)().map_err(|message| Error::new(400, "invalid_files", message))?;
    Ok(Value::Null)
}

/// Handles `GET /schema`: the schema of scenario files.
pub(super) fn schema(_: &ControlRequest<'_>) -> Result<Value, Error> {
    serde_json::from_str(SCHEMA).map_err(|error| Error::new(500, "internal", error.to_string()))
}

/// Handles `GET /scenarios`: the ready-made scenarios, by name.
pub(super) fn scenarios(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let about = |text: &str| {
        let scenario: Value = serde_json::from_str(text).unwrap_or_default();
        scenario.get("about").cloned().unwrap_or_default()
    };
    let all = (request.supplies.builtin_scenarios)();
    Ok(all.into_iter().map(|(name, text)| json!({ "name": name, "about": about(text) })).collect())
}
