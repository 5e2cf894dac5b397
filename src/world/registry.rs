//! The registry: the worlds of one server, and how a request finds its world.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use parking_lot::{Mutex, MutexGuard, RwLock};

use crate::engine::api::router::Router;
use crate::engine::state::settings::Settings;
use crate::engine::state::world_token::DEFAULT_WORLD;
use crate::http::message::{Outcome, Request};
use crate::http::redact::Redactor;
use crate::http::target::Target;
use crate::scenario::{Diagnostic, Fixtures, Scenario, ScenarioError, ScenarioFinder};
use crate::world::ceiling::{Ceiling, Recent};
use crate::world::entrance::Entrance;
use crate::world::error::{GoneReason, WorldError};
use crate::world::exchange::answer_at;
use crate::world::in_flight::InFlight;
use crate::world::judged::UnjudgedWorlds;
use crate::world::named_worlds::NamedWorlds;
use crate::world::registry_limits::Limits;
use crate::world::select::chosen;
use crate::world::selector::WorldSelector;
use crate::world::start_secrets::StartSecrets;
use crate::world::world::World;

/// The routes and the worlds of a server.
pub(crate) struct WorldRegistry {
    pub(super) router: &'static Router,
    pub(super) default: Arc<Mutex<World>>,
    pub(super) others: RwLock<NamedWorlds>,
    /// The time of the next look for idle worlds, on the callers' clock; never, while there are no other worlds. A
    /// request to the default world reads this and nothing else of the others.
    pub(super) next_sweep_ms: AtomicU64,
    pub(super) limits: Limits,
    pub(super) ceilings: [Ceiling<World>; 2],
    /// The settings of worlds whose scenario gives none.
    pub(super) settings: RwLock<Arc<Settings>>,
    /// The fixture sets that scenarios can start from.
    pub(super) fixtures: RwLock<Arc<Fixtures>>,
    pub(super) in_flight: InFlight,
    pub(super) secrets: StartSecrets,
    /// True when the default world only says how others start: then requests must name a world.
    pub(super) no_default: bool,
    /// The proxy, if there is one.
    pub(super) entrance: OnceLock<Arc<Entrance>>,
    /// The worlds that are gone without a verification.
    pub(super) unjudged: Mutex<UnjudgedWorlds>,
    /// The log, if there is one.
    notes: OnceLock<Notes>,
}

/// A function that writes a line into the log.
pub(crate) type Notes = Box<dyn Fn(&str) + Send + Sync>;

impl WorldRegistry {
    /// Sets the entrance, once the server listens.
    #[cfg(feature = "tls")]
    pub(crate) fn open_entrance(&self, entrance: Entrance) {
        // A server listens once.
        let _ = self.entrance.set(Arc::new(entrance));
    }

    /// Returns the entrance, where the server has one.
    pub(crate) fn entrance(&self) -> Option<&Arc<Entrance>> {
        self.entrance.get()
    }

    /// Makes a registry of its default world, and of the fixture sets that scenarios can start from.
    pub(crate) fn new(router: &'static Router, default: World, fixtures: Fixtures, limits: Limits) -> Self {
        let ceilings = World::ceilings(&default.state.settings);
        let settings = RwLock::new(Arc::clone(&default.state.settings));
        let fixtures = RwLock::new(Arc::new(fixtures));
        let secrets = StartSecrets::default();
        secrets.add(default.baseline());
        let (default, in_flight) = (Arc::new(Mutex::new(default)), InFlight::default());
        let (others, next_sweep_ms) = (RwLock::default(), AtomicU64::new(u64::MAX));
        let (no_default, entrance, notes) = (false, OnceLock::new(), OnceLock::new());
        Self {
            router,
            default,
            others,
            next_sweep_ms,
            limits,
            ceilings,
            settings,
            fixtures,
            in_flight,
            secrets,
            no_default,
            entrance,
            unjudged: Mutex::default(),
            notes,
        }
    }

    /// Sets the log.
    pub(crate) fn log(&self, notes: Notes) {
        // A registry gets at most one log.
        let _ = self.notes.set(notes);
    }

    /// Writes lines into the log, where there is one.
    pub(crate) fn note(&self, lines: impl FnOnce() -> Vec<String>) {
        if let Some(notes) = self.notes.get() {
            lines().iter().for_each(|line| notes(line));
        }
    }

    /// Refuses requests that name no world; the default one only says how others start.
    pub(crate) fn no_default_world(mut self) -> Self {
        self.no_default = true;
        self
    }

    /// Tells whether requests that name no world are answered.
    pub(crate) fn has_default_world(&self) -> bool {
        !self.no_default
    }

    /// Returns the fixture sets that scenarios can start from.
    pub(crate) fn fixtures(&self) -> Arc<Fixtures> {
        Arc::clone(&self.fixtures.read())
    }

    /// Returns the settings of worlds whose scenario gives none.
    pub(crate) fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings.read())
    }

    /// Takes over the start of another registry: the default world begins anew, later worlds start from there, and
    /// present ones stay as they are.
    pub(crate) fn start_over(&self, other: Self) {
        let Self { default, fixtures, settings, secrets, .. } = other;
        let Some(mut made) = Arc::into_inner(default).map(Mutex::into_inner) else { return };
        *self.fixtures.write() = fixtures.into_inner();
        *self.settings.write() = settings.into_inner();
        self.secrets.join(&secrets);
        let mut default = self.default.lock();
        if let (Some(before), Some(run)) = (&default.run, &mut made.run)
            && !before.needs_verification()
        {
            run.mark_verified();
        }
        default.replace_with(made);
    }

    /// Returns the requests in flight.
    pub(crate) fn in_flight(&self) -> &InFlight {
        &self.in_flight
    }

    /// Reads a scenario for these worlds, with the scenarios that it extends. The diagnostics beside the scenario are
    /// warnings.
    pub(crate) fn read(
        &self,
        file: &str,
        text: &str,
        finder: &dyn ScenarioFinder,
    ) -> Result<(Scenario, Vec<Diagnostic>), ScenarioError> {
        let settings = self.settings();
        let (scenario, mut warnings) = Scenario::read(file, text, self.router, &self.fixtures(), finder, &settings)?;
        warnings.extend(scenario.compare_with_clock(settings.clock_mode));
        warnings.sort_by_key(|warning| (warning.place, warning.code));
        if warnings.iter().any(|diagnostic| diagnostic.code.refuses()) {
            Err(ScenarioError { diagnostics: warnings })
        } else {
            Ok((scenario, warnings))
        }
    }

    /// Replaces everything in a world by a scenario, and returns the changes that its steps cannot make. On an error
    /// the world stays as it was.
    pub(crate) fn load(
        &self,
        world: &Mutex<World>,
        scenario: &Arc<Scenario>,
    ) -> Result<Vec<Diagnostic>, ScenarioError> {
        let name = Arc::clone(&world.lock().state.name);
        // The records may be many: the world answers requests while they are made.
        let made = self.made_of(name, scenario)?;
        let warnings = made.try_steps();
        world.lock().replace_with(made);
        Ok(warnings)
    }

    /// Makes a world of that name from a scenario.
    pub(crate) fn made_of(&self, name: Arc<str>, scenario: &Arc<Scenario>) -> Result<World, ScenarioError> {
        let (fixtures, settings) = (self.fixtures(), self.settings());
        let made = World::of_scenario(name, scenario, self.router, &fixtures, &settings)?;
        self.secrets.add(made.baseline());
        Ok(made)
    }

    /// Returns the redactor for texts about requests whose world is not known yet.
    pub(crate) fn redactor(&self) -> Arc<Redactor> {
        self.secrets.redactor()
    }

    /// Returns the routes.
    pub(crate) fn router(&self) -> &'static Router {
        self.router
    }

    /// Returns the limits of worlds and connections.
    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    /// Returns the world that answers at `/`.
    pub(crate) fn default_world(&self) -> &Arc<Mutex<World>> {
        &self.default
    }

    /// Returns the names of the other worlds, in alphabetical order.
    pub(crate) fn names(&self) -> Vec<Arc<str>> {
        self.others.read().by_name.keys().cloned().collect()
    }

    /// Tells whether that name still belongs to that world. This does not postpone its expiry.
    pub(crate) fn holds(&self, name: &str, world: &Arc<Mutex<World>>) -> bool {
        let others = self.others.read();
        Arc::ptr_eq(world, &self.default)
            || others.by_name.get(name).is_some_and(|place| Arc::ptr_eq(world, &place.world))
    }

    /// Returns the environment variables that point a consumer at a world, with values that work. The origin is the one
    /// the consumer uses, with the world's prefix.
    pub(crate) fn environment(&self, world: &World, origin: &str) -> Vec<(&'static str, String)> {
        let apis = self.router.apis().iter();
        let variables = apis.flat_map(|api| api.dialect.environment(&world.state, api, origin));
        std::iter::once(("STANDIN_URL", origin.to_owned())).chain(variables).collect()
    }

    /// Answers a request in the world that it names, else in the default one.
    pub(crate) fn answer(&self, request: &Request<'_>) -> Outcome {
        self.answer_locking(request, |world| Some(world.lock())).expect("the lock is waited for")
    }

    /// Answers a request as [`answer`](Self::answer) does, but locks its world by `lock`. If that gives no lock,
    /// returns no answer.
    pub(crate) fn answer_locking(
        &self,
        request: &Request<'_>,
        lock: impl Fn(&Mutex<World>) -> Option<MutexGuard<'_, World>>,
    ) -> Option<Outcome> {
        self.sweep_if_due(request.arrived_ms);
        let target = Target::parse(request.target);
        let outcome = match chosen(None, &target, request) {
            Ok(None) if self.no_default => WorldError::NoDefault.response().into(),
            Ok(None) => answer_at(self.router, &mut *lock(&self.default)?, request, &target),
            Ok(Some(name)) => match self.world(&name, request.arrived_ms) {
                Ok(world) => answer_at(self.router, &mut *lock(&world)?, request, &target),
                Err(no_world) => no_world.response().into(),
            },
            Err(no_world) => no_world.response().into(),
        };
        self.stay_below_ceilings();
        Some(outcome)
    }

    /// Shortens the journals and histories of the largest worlds if all together keep too much. The caller holds no
    /// world's lock.
    pub(super) fn stay_below_ceilings(&self) {
        for ceiling in &self.ceilings {
            if ceiling.is_reached() {
                ceiling.lower(&self.all());
            }
        }
    }

    /// Returns all worlds, the default one among them.
    fn all(&self) -> Vec<Recent<World>> {
        let others = self.others.read();
        let asked =
            others.by_name.values().map(|slot| (slot.asked_ms.load(Ordering::Relaxed), Arc::clone(&slot.world)));
        std::iter::once((u64::MAX, Arc::clone(&self.default))).chain(asked).collect()
    }

    /// Answers a request in this world of that name. A request that names another world is refused.
    pub(crate) fn answer_in(&self, world: &Arc<Mutex<World>>, name: &str, request: &Request<'_>) -> Outcome {
        let target = Target::parse(request.target);
        let chosen = chosen(Some((WorldSelector::Handle, name)), &target, request);
        let outcome = match chosen.and_then(|_| self.world(name, request.arrived_ms)) {
            Ok(there) if Arc::ptr_eq(&there, world) => answer_at(self.router, &mut world.lock(), request, &target),
            Ok(_) => WorldError::Gone { name: name.to_owned(), why: GoneReason::Deleted }.response().into(),
            Err(no_world) => no_world.response().into(),
        };
        self.stay_below_ceilings();
        outcome
    }

    /// Returns the name of the world that the head of a request names; that of the default one if it names none, or
    /// two.
    pub(crate) fn name_of(request: &Request<'_>) -> Arc<str> {
        let chosen = chosen(None, &Target::parse(request.target), request).ok().flatten();
        chosen.as_deref().unwrap_or(DEFAULT_WORLD).into()
    }

    /// Returns the world of that name, for a request at that time.
    pub(crate) fn world(&self, name: &str, now_ms: u64) -> Result<Arc<Mutex<World>>, WorldError> {
        if name == DEFAULT_WORLD {
            return if self.no_default { Err(WorldError::NoDefault) } else { Ok(Arc::clone(&self.default)) };
        }
        let others = self.others.read();
        match others.by_name.get(name) {
            Some(place) if !self.is_idle(place, now_ms) => {
                place.asked_ms.fetch_max(now_ms, Ordering::Relaxed);
                Ok(Arc::clone(&place.world))
            }
            Some(_) => {
                drop(others);
                self.sweep(now_ms);
                Err(self.others.read().missing(name))
            }
            None => Err(others.missing(name)),
        }
    }
}
