//! The worlds of one server, and the way to them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::{Condvar, Mutex};

use crate::engine::answer::{answer, unknown_world};
use crate::engine::message::{Outcome, Request};
use crate::engine::path::Target;
use crate::engine::router::Router;
use crate::engine::scenario::{Fixtures, Scenario, ScenarioError};
use crate::engine::world::{Settings, World};

/// The name of the world that answers at `/`.
pub const DEFAULT_WORLD: &str = "default";

/// Routes and worlds: everything a server needs to answer.
pub struct Engine {
    router: &'static Router,
    default: Arc<Mutex<World>>,
    /// What worlds are settled like, where a scenario does not say.
    settings: Arc<Settings>,
    /// What scenarios can start from.
    fixtures: Fixtures,
    /// How many requests came and are not answered yet.
    in_flight: AtomicUsize,
    /// Rung whenever one was answered.
    bell: Bell,
}

impl Engine {
    /// An engine with its default world, and what scenarios can start from.
    pub fn new(router: &'static Router, default: World, fixtures: Fixtures) -> Self {
        let settings = Arc::clone(&default.settings);
        let (default, in_flight, bell) = (Arc::new(Mutex::new(default)), AtomicUsize::new(0), Bell::default());
        Self { router, default, settings, fixtures, in_flight, bell }
    }

    /// What scenarios can start from.
    pub fn fixtures(&self) -> &Fixtures {
        &self.fixtures
    }

    /// What worlds are settled like, where a scenario does not say.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Puts a scenario in place of all that is in a world. A world that cannot be made leaves it as it was.
    pub fn load(&self, world: &Mutex<World>, scenario: &Arc<Scenario>) -> Result<(), ScenarioError> {
        let name = Arc::clone(&world.lock().name);
        let made = World::of_scenario(name, scenario, self.router, &self.fixtures, &self.settings)?;
        *world.lock() = made;
        Ok(())
    }

    /// A request came: it is in flight until this is dropped.
    pub fn arrival(&self) -> InFlight<'_> {
        self.in_flight.fetch_add(1, Ordering::SeqCst);
        InFlight(self)
    }

    /// How many requests came and are not answered yet.
    pub fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::SeqCst)
    }

    /// Rung whenever a request was answered.
    pub fn bell(&self) -> &Bell {
        &self.bell
    }

    /// The routes.
    pub fn router(&self) -> &'static Router {
        self.router
    }

    /// The world that answers at `/`.
    pub fn default_world(&self) -> &Arc<Mutex<World>> {
        &self.default
    }

    /// A world by name.
    pub fn world(&self, name: &str) -> Option<&Arc<Mutex<World>>> {
        (name == DEFAULT_WORLD).then_some(&self.default)
    }

    /// The environment variables that point a consumer at a world, with values that work. The origin is the one the
    /// consumer uses.
    pub fn environment(&self, world: &World, origin: &str) -> Vec<(&'static str, String)> {
        let apis = self.router.apis().iter();
        let variables = apis.flat_map(|api| api.dialect.environment(world, api, origin));
        std::iter::once(("STANDIN_URL", origin.to_owned())).chain(variables).collect()
    }

    /// Answers a request in the world it chooses: by the prefix `/w/<name>`, by the header `standin-world`, else the
    /// default one.
    pub fn answer(&self, request: &Request<'_>) -> Outcome {
        let chosen = Target::parse(request.target).world.or_else(|| request.header("standin-world"));
        match chosen.map_or(Some(&self.default), |name| self.world(name)) {
            Some(world) => {
                let outcome = answer(self.router, &mut world.lock(), request);
                self.bell.ring();
                outcome
            }
            None => unknown_world(chosen.unwrap_or_default()).into(),
        }
    }
}

/// A request that is not answered yet.
pub struct InFlight<'e>(&'e Engine);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::SeqCst);
        self.0.bell.ring();
    }
}

/// Wakes whoever waits for something to have been answered. Nobody waiting costs nothing.
#[derive(Default)]
pub struct Bell {
    waiters: AtomicUsize,
    rung: Mutex<()>,
    told: Condvar,
}

impl Bell {
    fn ring(&self) {
        if self.waiters.load(Ordering::SeqCst) > 0 {
            drop(self.rung.lock());
            self.told.notify_all();
        }
    }

    /// Blocks until the bell rings, for at most that long, unless `ready` holds already.
    pub fn wait(&self, most: Duration, ready: impl FnOnce() -> bool) {
        self.waiters.fetch_add(1, Ordering::SeqCst);
        let mut rung = self.rung.lock();
        if !ready() {
            self.told.wait_for(&mut rung, most);
        }
        drop(rung);
        self.waiters.fetch_sub(1, Ordering::SeqCst);
    }
}
