//! Calls that no operation answered: requests that were refused before they were read, and clients that gave up.

use std::borrow::Cow;

use crate::engine::api::router::Router;
use crate::history::exchange::Exchange;
use crate::http::hold::Hold;
use crate::http::message::{CallNote, Outcome, Request, Response};
use crate::scenario::view_of_entry;
use crate::world::registry::WorldRegistry;
use crate::world::world::World;

impl WorldRegistry {
    /// Adds a request that was refused before it was read to the journal of the world that it names, or of the default
    /// one.
    pub(crate) fn refused(&self, request: &Request<'_>, error: &'static str, response: Response) -> Outcome {
        let world = self.world(&Self::name_of(request), request.arrived_ms);
        let number = world.map_or(0, |world| world.lock().note_refusal(request, error, &response));
        self.stay_below_ceilings();
        let call = CallNote { number, rule: None, miss: Some("http") };
        Outcome { call, ..response.into() }
    }

    /// Notes in the journal that the client of a held-back answer gave up after `waited_ms`.
    pub(crate) fn gave_up(&self, hold: &Hold, waited_ms: u64) {
        // This is no request, so it does not postpone the expiry of the world.
        let Ok(world) = self.world(hold.world(), 0) else { return };
        let mut world = world.lock();
        // A world that was reset meanwhile counts from 1 again.
        if !hold.is_released() {
            world.note_gave_up(self.router(), hold.number(), waited_ms);
        }
    }
}

impl World {
    fn note_gave_up(&mut self, router: &Router, number: u64, waited_ms: u64) {
        let Some(entry) = self.journal.get(number) else { return };
        self.journal.amend(number, |extras| extras.gave_up_ms = Some(waited_ms));
        if let Some(row) = entry.meta.row.filter(|_| !entry.extras.delivery.is_abort()) {
            let status = entry.meta.status.to_string();
            let outcome = entry.meta.error.map_or(Cow::Owned(status), Cow::Borrowed);
            self.coverage.take_back(row, outcome, entry.extras.rule.is_some());
        }
        if let Some(run) = &mut self.run {
            view_of_entry(&entry, router, |asked| run.note_gave_up(asked, &entry));
        }
    }

    fn note_refusal(&mut self, request: &Request<'_>, error: &'static str, response: &Response) -> u64 {
        self.state.clock.arrive(request.arrived_ms);
        let mut exchange = Exchange::new(self.journal.next_number(), request, None);
        exchange.response = response.clone();
        exchange.error = Some(error);
        exchange.step = self.run.as_ref().and_then(|run| run.step_name().cloned());
        self.journal.add(&exchange, &self.state.clock);
        exchange.number
    }
}
