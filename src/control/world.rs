//! A world as a whole: reset, clock, coverage.

use std::time::Duration;

use serde_json::{Value, json};

use crate::control::error::Error;
use crate::control::request::ControlRequest;
use crate::engine::schema::time::{LAST_MS, parse_ms};
use crate::engine::state::clock::ClockMode;
use crate::http::json_object::json_object;
use crate::world::world::World;

/// Handles `POST /reset`: puts data, clock, ids, journal and coverage back to the start.
pub(super) fn reset(request: &ControlRequest<'_>) -> Result<Value, Error> {
    request.world.lock().reset();
    Ok(Value::Null)
}

/// Handles `GET /clock`.
pub(super) fn clock(request: &ControlRequest<'_>) -> Result<Value, Error> {
    Ok(clock_of(&request.world.lock()))
}

struct Move {
    advance_ms: Option<u64>,
    at: Option<String>,
}

json_object!(read Move strict { advance_ms: default, at: default });

/// Handles `POST /clock` with `{"advance_ms": n}` or `{"at": "2024-01-20T10:00:00.000Z"}`.
pub(super) fn move_clock(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let wanted: Move = request.object()?;
    let invalid = |message: &str| {
        Error::new(400, "invalid", message)
            .hint("Send {\"advance_ms\": 60000} or {\"at\": \"2024-01-20T10:00:00.000Z\"}.")
    };
    let mut world = request.world.lock();
    match (wanted.advance_ms, wanted.at) {
        (Some(advance_ms), None) if advance_ms > LAST_MS.saturating_sub(world.state.clock.now_ms()) => {
            return Err(invalid("time ends with the year 9999"));
        }
        (Some(advance_ms), None) => world.state.clock.advance(Duration::from_millis(advance_ms)),
        (None, Some(at)) => {
            let at = parse_ms(&at).ok_or_else(|| invalid("at is not an ISO 8601 time in UTC"))?;
            world.state.clock.set(at);
        }
        _ => return Err(invalid("either advance_ms or at must be given")),
    }
    world.follow_clock();
    Ok(clock_of(&world))
}

fn clock_of(world: &World) -> Value {
    match world.state.clock.mode() {
        ClockMode::Frozen => json!({ "mode": "frozen", "now": world.state.clock.now() }),
        ClockMode::Step { step_ms } => json!({ "mode": "step", "step_ms": step_ms, "now": world.state.clock.now() }),
        ClockMode::Real => json!({ "mode": "real", "now": world.state.clock.now() }),
    }
}

/// Handles `GET /coverage`: the number of times that each outcome of each operation was served, unserved documented
/// ones included.
pub(super) fn coverage(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let world = request.world.lock();
    let cells = world.coverage.cells().map(|(operation, outcome, cell)| {
        json!({ "op": operation, "outcome": outcome, "natural": cell.natural, "injected": cell.injected })
    });
    let outcomes = world.coverage.table(request.registry.router());
    Ok(json!({ "served": cells.collect::<Vec<_>>(), "outcomes": outcomes }))
}
