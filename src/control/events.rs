//! Subscriptions to the calls of a world.

use std::sync::Arc;

use serde_json::Value;

use crate::control::error::Error;
use crate::control::request::ControlRequest;
use crate::control::subscription::Subscription;
use crate::world::limits::EVENT_STREAMS;

/// Handles `GET /events?since=N&world=W`: the numbers of the calls after that number, as they come.
pub(super) fn subscribe(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let invalid = |message: String| Error::new(400, "invalid", message);
    let mut world = Arc::clone(&request.world);
    if let Some(name) = request.query.get("world") {
        let named = request.registry.world(name, request.http.arrived_ms)?;
        if request.names_a_world && !Arc::ptr_eq(&named, &world) {
            let message = format!("the path names the world {}, and world={name} another one", world.lock().state.name);
            return Err(invalid(message).hint("Leave one of them out."));
        }
        world = named;
    }
    let since: Option<u64> = request.number("since")?;
    // A client that connects again sends the number it got last.
    let seen = request.http.header("last-event-id").filter(|id| !id.is_empty());
    let seen = seen.map(|id| id.parse().map_err(|_| invalid(format!("Last-Event-ID {id:?} is not a call's number"))));
    let since = seen.transpose()?.or(since).unwrap_or_default();
    if Arc::strong_count(request.streams) > EVENT_STREAMS {
        let message = format!("{EVENT_STREAMS} streams are open already");
        return Err(Error::new(503, "too_many_streams", message)
            .hint("Close one, or ask GET /journal?since=N from time to time."));
    }
    let (name, journal, latest) = {
        let world = world.lock();
        (Arc::clone(&world.state.name), world.journal.run(), world.journal.next_number() - 1)
    };
    // A number beyond the latest is from the journal before a reset.
    let told = if since > latest { 0 } else { since };
    if request.http.method == "GET" {
        request.subscription.set(Some(Box::new(Subscription {
            name,
            world,
            journal,
            told,
            _open: Arc::clone(request.streams),
        })));
    }
    Ok(Value::Null)
}
