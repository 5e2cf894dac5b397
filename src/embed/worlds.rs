//! The worlds of a server, which a test makes, forks, snapshots and deletes.

use std::fmt;
use std::sync::Arc;

use crate::embed::error::Error;
use crate::embed::guard::{WorldGuard, now_ms};
use crate::embed::handle::WorldHandle;
use crate::embed::standin::Standin;
use crate::embed::words::Api;
use crate::engine::state::world_token::DEFAULT_WORLD;
use crate::engine::state::world_token::token_of;
use crate::http::target::world_prefix;
use crate::world::error::GoneReason;
use crate::world::lifecycle::WorldSpec;
use crate::world::snapshot::Snapshot as Stored;

/// The options of a new world. By default it has a generated name and starts as the default world did.
///
/// ```
/// use standin::{Standin, WorldOptions};
///
/// let standin = Standin::start();
/// let world = standin.new_world_with(&WorldOptions::default().name("imports").seed(3))?;
/// assert_eq!(world.url(), format!("{}/w/imports", standin.url()));
/// # Ok::<(), standin::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct WorldOptions {
    name: Option<String>,
    seed: Option<u64>,
}

impl WorldOptions {
    /// Sets the name: 1 to 64 letters, digits, `-`, `_` and `.`.
    pub fn name(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    /// Sets the seed of ids, tokens and draws. Records that exist already stay as they are.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }
}

/// A snapshot of a world: its records, its time, its ids to come.
///
/// ```
/// let world = standin::Standin::builder().offline()?;
/// let prepared = world.snapshot();
/// world.remove("celigo.integrations", "abc123").unwrap();
/// world.restore(&prepared);
/// assert!(world.record("celigo.integrations", "abc123").unwrap().is_some());
/// # Ok::<(), standin::StartError>(())
/// ```
#[derive(Clone)]
pub struct Snapshot(pub(super) Stored);

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").finish_non_exhaustive()
    }
}

impl Standin {
    /// Makes a world, as the default one was at the start. It ends with its last handle.
    ///
    /// # Panics
    ///
    /// Panics when the server has reached its limit of worlds.
    #[track_caller]
    pub fn new_world(&self) -> WorldHandle {
        match self.new_world_with(&WorldOptions::default()) {
            Ok(world) => world,
            Err(error) => panic!("{error}"),
        }
    }

    /// Makes a world of that name or seed, as the default one was at the start. It ends with its last handle. Fails
    /// when the name is invalid or taken, or the server has reached its limit of worlds.
    pub fn new_world_with(&self, new: &WorldOptions) -> Result<WorldHandle, Error> {
        self.world().make(new, None)
    }
}

impl WorldHandle {
    fn make(&self, new: &WorldOptions, from: Option<&str>) -> Result<Self, Error> {
        let wanted = WorldSpec { name: new.name.as_deref(), from, seed: new.seed, held: true, ..WorldSpec::default() };
        let world = self.registry.make(wanted, now_ms()).map_err(|error| Error::of_world(&error))?;
        let mut made = Self::new(Arc::clone(&self.registry), world, self.address);
        let (registry, name, world) = (Arc::clone(&made.registry), Arc::clone(&made.name), Arc::clone(&made.world));
        made.holder = Some(Arc::new(WorldGuard { registry, name, world }));
        Ok(made)
    }

    /// Returns the name: `default`, or the part behind `/w/` in the world's URL.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the URL of the world: `http://127.0.0.1:49213/w/w1`. Without a server, it is an origin that no client
    /// can reach.
    #[must_use]
    pub fn url(&self) -> String {
        let origin = self.address.map_or_else(|| "http://standin.invalid".to_owned(), |at| format!("http://{at}"));
        if *self.name == *DEFAULT_WORLD { origin } else { origin + &world_prefix(&self.name) }
    }

    /// Returns the base URL of Celigo's API in this world, for the place where a consumer has
    /// `https://api.integrator.io/v1`.
    #[must_use]
    pub fn celigo_url(&self) -> String {
        self.api_url(Api::Celigo)
    }

    /// Returns the base URL of Edlink's API in this world, for the place where a consumer has `https://ed.link/api`.
    #[must_use]
    pub fn edlink_url(&self) -> String {
        self.api_url(Api::Edlink)
    }

    /// Returns the base URL of an API in this world: where a consumer of the real service has the beginning of its paths.
    #[must_use]
    pub fn api_url(&self, api: Api) -> String {
        format!("{}{}", self.url(), api.table().base)
    }

    /// Returns the environment variables that point a consumer at this world, with values that work: `STANDIN_URL`, and
    /// for each API its base URL and credentials.
    #[must_use]
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        self.registry.environment(&self.world.lock(), &self.url())
    }

    /// Returns a credential that every API of this world accepts. A client that presents it reaches this world at the
    /// server's URL too, without the prefix.
    #[must_use]
    pub fn token(&self) -> String {
        token_of(&self.name)
    }

    /// Makes a world as this one is now, except for journal and coverage, which begin empty. It ends with its last
    /// handle.
    ///
    /// # Panics
    ///
    /// Panics when this world was deleted, or the server has reached its limit of worlds.
    #[track_caller]
    #[must_use]
    pub fn fork(&self) -> Self {
        match self.fork_with(&WorldOptions::default()) {
            Ok(world) => world,
            Err(error) => panic!("{error}"),
        }
    }

    /// Makes a world of that name or seed, as this one is now, except for journal and coverage, which begin empty. It
    /// ends with its last handle. Fails as [`Standin::new_world_with`](crate::Standin::new_world_with) does, or when
    /// this world was deleted.
    pub fn fork_with(&self, new: &WorldOptions) -> Result<Self, Error> {
        self.make(new, Some(&self.name))
    }

    /// Takes a snapshot of the world. No record is copied.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot(self.world.lock().snapshot())
    }

    /// Restores data, clock and ids from the snapshot, which may be another world's. Journal and coverage begin anew.
    pub fn restore(&self, snapshot: &Snapshot) {
        self.world.lock().restore(&snapshot.0);
    }

    /// Deletes the world: its requests are refused from now on, including those of its other handles. The default world
    /// cannot be deleted.
    pub fn delete(&self) -> Result<(), Error> {
        let removed = self.registry.remove(&self.name, GoneReason::Deleted, Some(&self.world));
        removed.map_err(|error| Error::of_world(&error))
    }

    /// Lets the world outlive its handles: it stays until it is deleted, or expires because it receives no requests.
    pub fn detach(&self) {
        self.registry.release(&self.name, now_ms());
    }
}
