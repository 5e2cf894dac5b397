//! Many worlds on one server: made, forked, snapshotted, deleted by a test.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use parking_lot::Mutex;

use crate::control::Error;
use crate::embed::handle::WorldHandle;
use crate::embed::standin::Standin;
use crate::engine::state::world_token::DEFAULT_WORLD;
use crate::engine::state::world_token::token_of;
use crate::http::target::world_prefix;
use crate::world::error::GoneReason;
use crate::world::registry::{WorldRegistry, WorldSpec};
use crate::world::snapshot::Snapshot as Stored;
use crate::world::world::World;

/// What a new world is like. By default it has a made-up name and starts as the default world did.
#[derive(Clone, Debug, Default)]
pub struct WorldOptions {
    name: Option<String>,
    seed: Option<u64>,
}

impl WorldOptions {
    /// It has this name: 1 to 64 letters, digits, `-`, `_` and `.`.
    pub fn name(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    /// Its ids, tokens and draws come from this seed. Records made up before stay as they are.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }
}

/// Where a world stood: its records, its time, its ids to come.
#[derive(Clone)]
pub struct Snapshot(Stored);

/// Ends a world with the last handle of it.
pub(super) struct WorldGuard {
    engine: Arc<WorldRegistry>,
    name: Arc<str>,
    world: Arc<Mutex<World>>,
}

impl Drop for WorldGuard {
    /// Verifies what was declared and never verified; panics with the report of what is not met, unless the thread
    /// panics already.
    fn drop(&mut self) {
        let handle = WorldHandle::new(Arc::clone(&self.engine), Arc::clone(&self.world), None);
        let forgotten = handle.unmet_on_drop();
        self.engine.drop_held(&self.name, &self.world);
        if let Some(unmet) = forgotten.filter(|_| !std::thread::panicking()) {
            panic!("expectations were declared and never verified:\n{unmet}");
        }
    }
}

impl Standin {
    /// A new world: as the default one was at the start. It ends with the last handle of it.
    ///
    /// # Panics
    ///
    /// When the server holds as many worlds as it may.
    #[track_caller]
    pub fn new_world(&self) -> WorldHandle {
        match self.new_world_with(&WorldOptions::default()) {
            Ok(world) => world,
            Err(error) => panic!("{error}"),
        }
    }

    /// A new world of that name or seed: as the default one was at the start. It ends with the last handle of it.
    pub fn new_world_with(&self, new: &WorldOptions) -> Result<WorldHandle, Error> {
        self.world().make(new, None)
    }
}

impl WorldHandle {
    pub(super) fn new(engine: Arc<WorldRegistry>, world: Arc<Mutex<World>>, address: Option<SocketAddr>) -> Self {
        let name = Arc::clone(&world.lock().state.name);
        Self { engine, world, name, address, holder: None }
    }

    fn make(&self, new: &WorldOptions, from: Option<&str>) -> Result<Self, Error> {
        let wanted = WorldSpec { name: new.name.as_deref(), from, seed: new.seed, held: true, ..WorldSpec::default() };
        let world = self.engine.make(wanted, now_ms())?;
        let mut made = Self::new(Arc::clone(&self.engine), world, self.address);
        let (engine, name, world) = (Arc::clone(&made.engine), Arc::clone(&made.name), Arc::clone(&made.world));
        made.holder = Some(Arc::new(WorldGuard { engine, name, world }));
        Ok(made)
    }

    /// Its name: `default`, or what stands behind `/w/` in its URL.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it answers: `http://127.0.0.1:49213/w/w1`. Without a server, an origin that no client can reach.
    pub fn url(&self) -> String {
        let origin = self.address.map_or_else(|| "http://standin.invalid".to_owned(), |at| format!("http://{at}"));
        if *self.name == *DEFAULT_WORLD { origin } else { origin + &world_prefix(&self.name) }
    }

    /// The base URL of Celigo's API in this world, to put where a consumer has `https://api.integrator.io/v1`.
    pub fn celigo_url(&self) -> String {
        format!("{}/v1", self.url())
    }

    /// The base URL of Edlink's API in this world, to put where a consumer has `https://ed.link/api`.
    pub fn edlink_url(&self) -> String {
        format!("{}/api", self.url())
    }

    /// The environment variables that point a consumer at this world, with values that work: `STANDIN_URL`, and for each
    /// API its base URL and credentials.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        self.engine.environment(&self.world.lock(), &self.url())
    }

    /// A credential that every API of this world takes. With it, this world answers at the server's URL too, without
    /// the prefix.
    pub fn token(&self) -> String {
        token_of(&self.name)
    }

    /// A new world: as this one is now, but for journal and coverage, which begin empty. It ends with the last handle
    /// of it.
    ///
    /// # Panics
    ///
    /// When this world was deleted, or the server holds as many worlds as it may.
    #[track_caller]
    pub fn fork(&self) -> Self {
        match self.fork_with(&WorldOptions::default()) {
            Ok(world) => world,
            Err(error) => panic!("{error}"),
        }
    }

    /// A new world of that name or seed: as this one is now, but for journal and coverage, which begin empty. It ends
    /// with the last handle of it.
    pub fn fork_with(&self, new: &WorldOptions) -> Result<Self, Error> {
        self.make(new, Some(&self.name))
    }

    /// Where it stands. No record is copied.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot(self.world.lock().snapshot())
    }

    /// Data, clock and ids as they were at the snapshot, which may be another world's. Journal and coverage begin anew.
    pub fn restore(&self, snapshot: &Snapshot) {
        self.world.lock().restore(&snapshot.0);
    }

    /// Takes the world away: its requests are refused from now on, and those over other handles of it too. The default
    /// world cannot be deleted.
    pub fn delete(&self) -> Result<(), Error> {
        Ok(self.engine.remove(&self.name, GoneReason::Deleted, Some(&self.world))?)
    }

    /// Lets the world outlive its handles: it stays until it is deleted, or expires because nobody asks it anything.
    pub fn detach(&self) {
        self.engine.release(&self.name, now_ms());
    }
}

/// The machine's time, in milliseconds since 1970, which only tells worlds how long they have waited, unless their
/// clocks are real.
pub(super) fn now_ms() -> u64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX)
}
