//! Subscriptions to the calls of a world.

use std::ops::RangeInclusive;
use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::Value;

use crate::control::error::Error;
use crate::control::service::ControlRequest;
use crate::world::limits::EVENT_STREAMS;
use crate::world::registry::WorldRegistry;
use crate::world::world::World;

/// A subscription to the numbers of a world's calls.
pub struct Subscription {
    name: Arc<str>,
    world: Arc<Mutex<World>>,
    /// The number of the world's journal that it follows: each reset begins another.
    journal: u64,
    /// The latest number that the client was told.
    told: u64,
    /// A share that every subscription holds, so that they can be counted.
    _open: Arc<()>,
}

/// News of a world.
pub struct News {
    /// True when numbers begin at 1 again.
    pub is_restarted: bool,
    /// The numbers of new calls, in order.
    pub numbers: RangeInclusive<u64>,
}

impl Subscription {
    /// Returns at most `most` numbers that the client was not told yet; `None` when the world is gone.
    pub fn news(&mut self, engine: &WorldRegistry, most: u64) -> Option<News> {
        if !engine.holds(&self.name, &self.world) {
            return None;
        }
        let world = self.world.lock();
        let (journal, lost, latest) = (world.journal.run(), world.journal.lost(), world.journal.next_number() - 1);
        drop(world);
        let is_restarted = journal != self.journal;
        if is_restarted {
            (self.journal, self.told) = (journal, 0);
        }
        let first = self.told.max(lost) + 1;
        let last = latest.min(first.saturating_add(most - 1));
        self.told = self.told.max(last);
        Some(News { is_restarted, numbers: first..=last })
    }
}

/// Handles `GET /events?since=N&world=W`: the numbers of the calls after that number, as they come.
pub fn subscribe(asked: &ControlRequest<'_>) -> Result<Value, Error> {
    let invalid = |message: String| Error::new(400, "invalid", message);
    let mut world = Arc::clone(&asked.world);
    if let Some(name) = asked.query.get("world") {
        let named = asked.engine.world(name, asked.request.arrived_ms)?;
        if asked.names_a_world && !Arc::ptr_eq(&named, &world) {
            let message = format!("the path names the world {}, and world={name} another one", world.lock().state.name);
            return Err(invalid(message).hint("Leave one of them out."));
        }
        world = named;
    }
    let since: Option<u64> = asked.number("since")?;
    // A client that connects again sends the number it got last.
    let seen = asked.request.header("last-event-id").filter(|id| !id.is_empty());
    let seen = seen.map(|id| id.parse().map_err(|_| invalid(format!("Last-Event-ID {id:?} is not a call's number"))));
    let since = seen.transpose()?.or(since).unwrap_or_default();
    if Arc::strong_count(asked.streams) > EVENT_STREAMS {
        let message = format!("{EVENT_STREAMS} streams are open already");
        return Err(Error::new(503, "too_many_streams", message)
            .hint("Close one, or ask GET /journal?since=N from time to time."));
    }
    let (name, journal, latest) = {
        let world = world.lock();
        (Arc::clone(&world.state.name), world.journal.run(), world.journal.next_number() - 1)
    };
    // A number from a journal that has begun anew meanwhile says nothing about this one.
    let told = if since > latest { 0 } else { since };
    if asked.request.method == "GET" {
        asked.subscription.set(Some(Box::new(Subscription {
            name,
            world,
            journal,
            told,
            _open: Arc::clone(asked.streams),
        })));
    }
    Ok(Value::Null)
}
