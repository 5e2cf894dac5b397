//! TLS handshakes of worlds: the fault that a rule orders for the next one, and those that clients refuse.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::engine::state::world_token::DEFAULT_WORLD;
use crate::history::exchange::Exchange;
use crate::http::message::{Delivery, Request, TlsFault};
use crate::http::target::Target;
use crate::world::registry::WorldRegistry;
use crate::world::select::chosen;
use crate::world::world::World;

/// The journal's word for a handshake that a client refused.
pub(super) const REFUSED: &str = "tls-refused";

impl WorldRegistry {
    /// Takes the fault that a rule ordered for the next handshake of the world that a client's `CONNECT` names.
    pub(crate) fn take_tls_fault(&self, connect: &Request<'_>) -> Option<TlsFault> {
        let world = self.world_of_connect(connect)?;
        let mut world = world.lock();
        world.run.as_mut()?.take_tls_fault()
    }

    /// Adds a handshake that a client refused to the journal, as its `CONNECT`.
    pub(crate) fn handshake_refused(&self, connect: &Request<'_>) {
        let Some(world) = self.world_of_connect(connect) else { return };
        let mut world = world.lock();
        let world = &mut *world;
        world.state.clock.arrive(connect.arrived_ms);
        let mut exchange = Exchange::new(world.journal.next_number(), connect, None);
        exchange.miss = Some(REFUSED);
        exchange.delivery = Delivery::Closed;
        world.journal.add(&exchange, &world.state.clock);
    }

    fn world_of_connect(&self, connect: &Request<'_>) -> Option<Arc<Mutex<World>>> {
        let name = chosen(None, &Target::parse(connect.target), connect).ok()?;
        self.world(name.as_deref().unwrap_or(DEFAULT_WORLD), connect.arrived_ms).ok()
    }
}
