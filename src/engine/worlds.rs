//! The worlds of one server, and the way to them.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::engine::answer::{answer, unknown_world};
use crate::engine::message::{Outcome, Request};
use crate::engine::path::Target;
use crate::engine::router::Router;
use crate::engine::world::World;

/// The name of the world that answers at `/`.
pub const DEFAULT_WORLD: &str = "default";

/// Routes and worlds: everything a server needs to answer.
pub struct Engine {
    router: &'static Router,
    default: Arc<Mutex<World>>,
}

impl Engine {
    /// An engine with its default world.
    pub fn new(router: &'static Router, default: World) -> Self {
        Self { router, default: Arc::new(Mutex::new(default)) }
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
            Some(world) => answer(self.router, &mut world.lock(), request),
            None => unknown_world(chosen.unwrap_or_default()).into(),
        }
    }
}
