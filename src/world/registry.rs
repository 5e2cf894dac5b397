//! The worlds of one server, and the way to them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use parking_lot::{Mutex, MutexGuard, RwLock};

use crate::engine::api::router::Router;
use crate::engine::schema::suggest::nearest;
use crate::engine::state::settings::Settings;
use crate::engine::state::world_token::DEFAULT_WORLD;
use crate::http::message::{Outcome, Request};
use crate::http::redact::Redactor;
use crate::http::target::Target;
use crate::scenario::{Diagnostic, Fixtures, Scenario, ScenarioError, ScenarioFinder};
use crate::world::ceiling::{Ceiling, RecentWorld};
use crate::world::entrance::Entrance;
use crate::world::error::{GoneReason, WorldError};
use crate::world::exchange::answer_at;
use crate::world::in_flight::InFlight;
use crate::world::select::{chosen, is_name};
use crate::world::selector::WorldSelector;
use crate::world::start_secrets::StartSecrets;
use crate::world::world::World;

/// Number of worlds that are gone and remembered, so that a client that still asks them learns why.
const REMEMBERED: usize = 10_000;

/// The most worlds beside the default one, and the time that they stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most worlds at a time.
    pub worlds: usize,
    /// The most worlds of one label at a time.
    pub worlds_per_label: usize,
    /// A world that was asked nothing for that long expires; `None`: none does.
    pub idle_ms: Option<u64>,
    /// Milliseconds that the head of a request may be on its way; 0 is for ever, as for the other times.
    pub header_ms: u64,
    /// Milliseconds that a client may leave its answer untaken.
    pub send_ms: u64,
    /// Milliseconds that a connection may be idle.
    pub quiet_ms: u64,
    /// The most connections.
    pub connections: usize,
    /// Milliseconds that the body of a request may be on its way; 0 is for ever.
    pub body_ms: u64,
    /// The most bytes of all bodies that are on their way.
    pub unfinished_bytes: usize,
}

impl Limits {
    /// The most worlds, unless the administrator sets another number.
    pub const MOST_WORLDS: usize = 50_000;

    /// Seconds that idle worlds stay, unless the administrator sets another time.
    pub const IDLE_S: u64 = 60 * 60;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            worlds: Self::MOST_WORLDS,
            worlds_per_label: Self::MOST_WORLDS,
            idle_ms: Some(Self::IDLE_S * 1_000),
            header_ms: 30_000,
            send_ms: 30_000,
            quiet_ms: 300_000,
            connections: 4_096,
            body_ms: 30_000,
            unfinished_bytes: 256 * 1024 * 1024,
        }
    }
}

/// Routes and worlds: everything a server needs to answer.
pub struct WorldRegistry {
    router: &'static Router,
    default: Arc<Mutex<World>>,
    others: RwLock<NamedWorlds>,
    /// When idle worlds are looked for next, on the callers' clock. Never, while there are none: then this is all that
    /// a request to the default world has to do with the other worlds.
    next_sweep_ms: AtomicU64,
    limits: Limits,
    ceilings: [Ceiling; 2],
    /// The settings of worlds whose scenario gives none.
    settings: RwLock<Arc<Settings>>,
    /// The fixture sets that scenarios can start from.
    fixtures: RwLock<Arc<Fixtures>>,
    bell: InFlight,
    secrets: StartSecrets,
    /// The default world only says how others start: requests must name the world they are for.
    no_default: bool,
    /// The proxy, where there is one.
    pub(super) entrance: OnceLock<Arc<Entrance>>,
}

/// The worlds beside the default one.
#[derive(Default)]
struct NamedWorlds {
    by_name: BTreeMap<Arc<str>, Slot>,
    /// The names of the worlds of each label that has any.
    by_label: BTreeMap<Arc<str>, BTreeSet<Arc<str>>>,
    /// The latest that are gone, oldest first.
    gone: VecDeque<(Arc<str>, GoneReason)>,
    /// Number of names that were made up.
    made_up: u64,
}

struct Slot {
    world: Arc<Mutex<World>>,
    /// The time it was asked last, on the callers' clock.
    asked_ms: AtomicU64,
    /// True while a handle in this process holds it: then it does not expire.
    held: AtomicBool,
    label: Option<Arc<str>>,
    /// The hash of the request that made it, which may come again.
    made_by: Option<u64>,
}

/// A world that is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct WorldSpec<'a> {
    /// Its name; without one, one is made up.
    pub name: Option<&'a str>,
    /// The world it is a copy of, as that one is now; without one, it starts as the default world did.
    pub from: Option<&'a str>,
    /// The seed of its ids and draws; without one, they go on as those of the world it is made from.
    pub seed: Option<u64>,
    /// True when a handle in this process holds it: then it does not expire.
    pub held: bool,
    /// The label it is listed, deleted and counted by.
    pub label: Option<&'a str>,
    /// The hash of the request that wants it.
    pub made_by: Option<u64>,
    /// True when a world that such a request made already is the one that is wanted.
    pub is_retry: bool,
}

/// The longest label.
pub const LONGEST_LABEL: usize = 128;

/// Returns whether a label can be told apart from others in a list: it is not empty, not long, and of one line.
fn is_label(label: &str) -> bool {
    (1..=LONGEST_LABEL).contains(&label.len()) && !label.chars().any(char::is_control)
}

impl WorldRegistry {
    /// Sets the entrance, once the server listens.
    #[cfg(feature = "tls")]
    pub fn open_entrance(&self, entrance: Entrance) {
        // A server listens once.
        let _ = self.entrance.set(Arc::new(entrance));
    }

    /// Returns the entrance, where the server has one.
    pub fn entrance(&self) -> Option<&Arc<Entrance>> {
        self.entrance.get()
    }

    /// Makes an engine of its default world, and what scenarios can start from.
    pub fn new(router: &'static Router, default: World, fixtures: Fixtures, limits: Limits) -> Self {
        let ceilings = Ceiling::all(&default.state.settings);
        let settings = RwLock::new(Arc::clone(&default.state.settings));
        let fixtures = RwLock::new(Arc::new(fixtures));
        let secrets = StartSecrets::default();
        secrets.add(default.baseline());
        let (default, bell) = (Arc::new(Mutex::new(default)), InFlight::default());
        let (others, next_sweep_ms) = (RwLock::default(), AtomicU64::new(u64::MAX));
        let (no_default, entrance) = (false, OnceLock::new());
        Self {
            router,
            default,
            others,
            next_sweep_ms,
            limits,
            ceilings,
            settings,
            fixtures,
            bell,
            secrets,
            no_default,
            entrance,
        }
    }

    /// Turns away requests that name no world; the default one only says how others start.
    pub fn no_default_world(mut self) -> Self {
        self.no_default = true;
        self
    }

    /// Returns whether requests that name no world are answered.
    pub fn has_default_world(&self) -> bool {
        !self.no_default
    }

    /// Returns the fixture sets that scenarios can start from.
    pub fn fixtures(&self) -> Arc<Fixtures> {
        Arc::clone(&self.fixtures.read())
    }

    /// Returns the settings of worlds whose scenario gives none.
    pub fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings.read())
    }

    /// Puts what another registry starts with in place of its own: the default world begins anew, worlds made from now on
    /// start from there, and those that are there stay as they are.
    pub fn start_over(&self, other: Self) {
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

    /// Returns the requests in flight, and the way to wait for answers.
    pub fn bell(&self) -> &InFlight {
        &self.bell
    }

    /// Reads a scenario for these worlds, with what it extends; the findings that come with it are warnings.
    pub fn read(
        &self,
        file: &str,
        text: &str,
        finder: &dyn ScenarioFinder,
    ) -> Result<(Scenario, Vec<Diagnostic>), ScenarioError> {
        let settings = self.settings();
        let (scenario, mut warnings) =
            Scenario::read(file, text, self.router, &self.fixtures(), finder, settings.strict_fidelity)?;
        warnings.extend(scenario.compare_with_clock(settings.clock_mode));
        warnings.sort_by_key(|warning| (warning.place, warning.code));
        if warnings.iter().any(|diagnostic| diagnostic.code.refuses()) {
            Err(ScenarioError { diagnostics: warnings })
        } else {
            Ok((scenario, warnings))
        }
    }

    /// Puts a scenario in place of all that is in a world. A world that cannot be made leaves it as it was.
    pub fn load(&self, world: &Mutex<World>, scenario: &Arc<Scenario>) -> Result<(), ScenarioError> {
        self.load_into(&mut world.lock(), scenario)
    }

    /// Loads a scenario as [`load`](Self::load) does, into a world whose lock the caller holds.
    pub fn load_into(&self, world: &mut World, scenario: &Arc<Scenario>) -> Result<(), ScenarioError> {
        let name = Arc::clone(&world.state.name);
        let made = World::of_scenario(name, scenario, self.router, &self.fixtures(), &self.settings())?;
        self.secrets.add(made.baseline());
        world.replace_with(made);
        Ok(())
    }

    /// Returns the redactor of what is told of requests before their world is known.
    pub fn redactor(&self) -> Arc<Redactor> {
        self.secrets.redactor()
    }

    /// Returns the routes.
    pub fn router(&self) -> &'static Router {
        self.router
    }

    /// Returns the most worlds there may be, and the time that they stay.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Returns the world that answers at `/`.
    pub fn default_world(&self) -> &Arc<Mutex<World>> {
        &self.default
    }

    /// Returns the names of the other worlds, in alphabetical order.
    pub fn names(&self) -> Vec<Arc<str>> {
        self.others.read().by_name.keys().cloned().collect()
    }

    /// Tells whether that very world is still there under that name. This does not keep it from expiring.
    pub fn holds(&self, name: &str, world: &Arc<Mutex<World>>) -> bool {
        let others = self.others.read();
        Arc::ptr_eq(world, &self.default)
            || others.by_name.get(name).is_some_and(|place| Arc::ptr_eq(world, &place.world))
    }

    /// Returns the environment variables that point a consumer at a world, with values that work. The origin is the one
    /// the consumer uses, with the world's prefix.
    pub fn environment(&self, world: &World, origin: &str) -> Vec<(&'static str, String)> {
        let apis = self.router.apis().iter();
        let variables = apis.flat_map(|api| api.dialect.environment(&world.state, api, origin));
        std::iter::once(("STANDIN_URL", origin.to_owned())).chain(variables).collect()
    }

    /// Answers a request in the world it chooses, else in the default one. The caller rings the
    /// [bell](Self::bell) afterwards.
    pub fn answer(&self, request: &Request<'_>) -> Outcome {
        self.answer_locking(request, Mutex::lock)
    }

    /// Answers a request as [`answer`](Self::answer) does, and locks its world by that function.
    pub fn answer_locking(
        &self,
        request: &Request<'_>,
        lock: impl Fn(&Mutex<World>) -> MutexGuard<'_, World>,
    ) -> Outcome {
        self.sweep_if_due(request.arrived_ms);
        let target = Target::parse(request.target);
        let outcome = match chosen(None, &target, request) {
            Ok(None) if self.no_default => WorldError::NoDefault.response().into(),
            Ok(None) => answer_at(self.router, &mut lock(&self.default), request, &target),
            Ok(Some(name)) => match self.world(&name, request.arrived_ms) {
                Ok(world) => answer_at(self.router, &mut lock(&world), request, &target),
                Err(no_world) => no_world.response().into(),
            },
            Err(no_world) => no_world.response().into(),
        };
        self.stay_below_ceilings();
        outcome
    }

    /// Shortens the past of the largest worlds where all together keep too much of it. The caller holds no world's lock.
    pub(super) fn stay_below_ceilings(&self) {
        for ceiling in &self.ceilings {
            if ceiling.is_reached() {
                ceiling.lower(&self.all());
            }
        }
    }

    /// Returns all worlds, the default one among them.
    fn all(&self) -> Vec<RecentWorld> {
        let others = self.others.read();
        let asked =
            others.by_name.values().map(|slot| (slot.asked_ms.load(Ordering::Relaxed), Arc::clone(&slot.world)));
        std::iter::once((u64::MAX, Arc::clone(&self.default))).chain(asked).collect()
    }

    /// Answers a request in this very world, whose name it is. A request that names another one is refused.
    pub fn answer_in(&self, world: &Arc<Mutex<World>>, name: &str, request: &Request<'_>) -> Outcome {
        let target = Target::parse(request.target);
        let chosen = chosen(Some((WorldSelector::Handle, name)), &target, request);
        let outcome = match chosen.and_then(|_| self.world(name, request.arrived_ms)) {
            Ok(there) if Arc::ptr_eq(&there, world) => answer_at(self.router, &mut world.lock(), request, &target),
            Ok(_) => WorldError::GoneReason { name: name.to_owned(), why: GoneReason::Deleted }.response().into(),
            Err(no_world) => no_world.response().into(),
        };
        self.stay_below_ceilings();
        self.bell.ring();
        outcome
    }

    /// Returns the name of the world that a request chooses, as far as its head tells; the default one where it names two.
    pub fn name_of(request: &Request<'_>) -> Arc<str> {
        let chosen = chosen(None, &Target::parse(request.target), request).ok().flatten();
        chosen.as_deref().unwrap_or(DEFAULT_WORLD).into()
    }

    /// Returns the world of that name, to which the caller has a request now.
    pub fn world(&self, name: &str, now_ms: u64) -> Result<Arc<Mutex<World>>, WorldError> {
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

    /// Makes a world.
    pub fn make(&self, wanted: WorldSpec<'_>, now_ms: u64) -> Result<Arc<Mutex<World>>, WorldError> {
        self.make_ready(wanted, now_ms, |_| Ok(()))
    }

    /// Makes a world and readies it before the first request to it is answered. One that cannot be readied is not made.
    pub fn make_ready<E: From<WorldError>>(
        &self,
        wanted: WorldSpec<'_>,
        now_ms: u64,
        ready: impl FnOnce(&mut World) -> Result<(), E>,
    ) -> Result<Arc<Mutex<World>>, E> {
        self.sweep_if_due(now_ms);
        if let Some(name) = wanted.name.filter(|name| !is_name(name)) {
            return Err(WorldError::BadName { name: name.to_owned() }.into());
        }
        if let Some(label) = wanted.label.filter(|label| !is_label(label)) {
            return Err(WorldError::BadLabel { label: label.to_owned() }.into());
        }
        let start = match wanted.from {
            None => Arc::clone(self.default.lock().baseline()),
            Some(from) => Arc::new(self.world(from, now_ms)?.lock().snapshot()),
        };
        if self.others.read().full(&self.limits, wanted.label).is_some() {
            self.sweep(now_ms);
        }
        let mut others = self.others.write();
        let name: Arc<str> = match wanted.name {
            Some(name) if name == DEFAULT_WORLD => return Err(WorldError::Taken { name: name.to_owned() }.into()),
            Some(name) => match others.by_name.get(name) {
                Some(place) if wanted.is_retry && wanted.made_by == place.made_by => {
                    place.asked_ms.fetch_max(now_ms, Ordering::Relaxed);
                    return Ok(Arc::clone(&place.world));
                }
                Some(_) => return Err(WorldError::Taken { name: name.to_owned() }.into()),
                None => name.into(),
            },
            None => others.new_name(),
        };
        if let Some(full) = others.full(&self.limits, wanted.label) {
            return Err(full.into());
        }
        let world = Arc::new(Mutex::new(World::starting_at(Arc::clone(&name), start, wanted.seed)));
        // Requests that find it meanwhile wait for its lock.
        let mut making = world.lock();
        others.insert(
            Arc::clone(&name),
            Slot {
                world: Arc::clone(&world),
                asked_ms: AtomicU64::new(now_ms),
                held: AtomicBool::new(wanted.held),
                label: wanted.label.map(Arc::from),
                made_by: wanted.made_by,
            },
        );
        drop(others);
        if let Err(error) = ready(&mut making) {
            drop(making);
            self.unmake(&name, &world);
            return Err(error);
        }
        drop(making);
        if let Some(idle_ms) = self.limits.idle_ms {
            self.next_sweep_ms.fetch_min(now_ms.saturating_add(idle_ms), Ordering::Relaxed);
        }
        Ok(world)
    }

    /// Returns the names of the worlds of a label, in alphabetical order.
    pub fn labelled(&self, label: &str) -> Vec<Arc<str>> {
        self.others.read().by_label.get(label).map(|names| names.iter().cloned().collect()).unwrap_or_default()
    }

    /// Returns the label of a world, if it has one.
    pub fn label(&self, name: &str) -> Option<Arc<str>> {
        self.others.read().by_name.get(name)?.label.clone()
    }

    /// Takes the worlds of a label away; returns how many there were.
    pub fn remove_labelled(&self, label: &str) -> usize {
        let mut others = self.others.write();
        let names: Vec<Arc<str>> =
            others.by_label.get(label).map(|names| names.iter().cloned().collect()).unwrap_or_default();
        let mut places = Vec::with_capacity(names.len());
        for name in names {
            places.extend(others.take(&name));
            others.remember(name, GoneReason::Deleted);
        }
        drop(others);
        // What they held is given back without keeping the others waiting.
        places.iter().for_each(Slot::end);
        places.len()
    }

    /// Ends this process's hold on a world, which stays until it is deleted or expires.
    pub fn release(&self, name: &str, now_ms: u64) {
        if let Some(place) = self.others.read().by_name.get(name) {
            place.asked_ms.fetch_max(now_ms, Ordering::Relaxed);
            place.held.store(false, Ordering::Relaxed);
        }
    }

    /// Takes a world away. With `only`, only if it is that very one: another may have its name by now.
    pub fn remove(&self, name: &str, why: GoneReason, only: Option<&Arc<Mutex<World>>>) -> Result<(), WorldError> {
        if name == DEFAULT_WORLD {
            return Err(WorldError::Default);
        }
        let mut others = self.others.write();
        let is_it = |place: &Slot| only.is_none_or(|only| Arc::ptr_eq(only, &place.world));
        if !others.by_name.get(name).is_some_and(is_it) {
            return Err(others.missing(name));
        }
        let place = others.take(name);
        others.remember(name.into(), why);
        drop(others);
        // What it held is given back without keeping the others waiting.
        place.iter().for_each(Slot::end);
        drop(place);
        Ok(())
    }

    /// Takes a world away that could not be made ready: no client knows of it yet.
    pub fn unmake(&self, name: &str, world: &Arc<Mutex<World>>) {
        let mut others = self.others.write();
        if others.by_name.get(name).is_some_and(|place| Arc::ptr_eq(world, &place.world)) {
            others.take(name);
        }
    }

    /// Drops the last hold on that world, and the world with it, unless it was released before.
    pub fn drop_held(&self, name: &str, world: &Arc<Mutex<World>>) {
        let is_held = |place: &Slot| place.held.load(Ordering::Relaxed);
        if self.others.read().by_name.get(name).is_some_and(is_held) {
            // It may be gone already, and another have its name.
            let _ = self.remove(name, GoneReason::Dropped, Some(world));
        }
    }

    fn is_idle(&self, place: &Slot, now_ms: u64) -> bool {
        let since = place.asked_ms.load(Ordering::Relaxed);
        let idle = self.limits.idle_ms.is_some_and(|idle_ms| now_ms.saturating_sub(since) >= idle_ms);
        idle && !place.held.load(Ordering::Relaxed)
    }

    fn sweep_if_due(&self, now_ms: u64) {
        if now_ms >= self.next_sweep_ms.load(Ordering::Relaxed) {
            self.sweep(now_ms);
        }
    }

    /// Takes the worlds away that are idle for too long.
    fn sweep(&self, now_ms: u64) {
        let Some(idle_ms) = self.limits.idle_ms else { return };
        let mut others = self.others.write();
        let idle = others.by_name.iter().filter(|(_, place)| self.is_idle(place, now_ms));
        let idle: Vec<Arc<str>> = idle.map(|(name, _)| Arc::clone(name)).collect();
        let mut places = Vec::with_capacity(idle.len());
        for name in idle {
            places.extend(others.take(&name));
            others.remember(name, GoneReason::Idle { after_ms: idle_ms });
        }
        // Not for every single world that comes of age.
        let pause_ms = (idle_ms / 8).max(1);
        let next = if others.by_name.is_empty() { u64::MAX } else { now_ms.saturating_add(pause_ms) };
        self.next_sweep_ms.store(next, Ordering::Relaxed);
        drop(others);
        places.iter().for_each(Slot::end);
    }
}

impl Slot {
    /// Lets go what the world holds back: handles may keep it, but it answers no more.
    fn end(&self) {
        self.world.lock().holds.end();
    }
}

impl NamedWorlds {
    fn new_name(&mut self) -> Arc<str> {
        loop {
            self.made_up += 1;
            let name = format!("w{}", self.made_up);
            if !self.by_name.contains_key(name.as_str()) {
                return name.into();
            }
        }
    }

    fn insert(&mut self, name: Arc<str>, place: Slot) {
        if let Some(label) = &place.label {
            self.by_label.entry(Arc::clone(label)).or_default().insert(Arc::clone(&name));
        }
        self.by_name.insert(name, place);
    }

    fn take(&mut self, name: &str) -> Option<Slot> {
        let place = self.by_name.remove(name)?;
        if let Some(label) = &place.label
            && let Some(names) = self.by_label.get_mut(label)
        {
            names.remove(name);
            if names.is_empty() {
                self.by_label.remove(label);
            }
        }
        Some(place)
    }

    /// Returns the reason that there is no room for a further world of that label, if there is none.
    fn full(&self, limits: &Limits, label: Option<&str>) -> Option<WorldError> {
        if self.by_name.len() >= limits.worlds {
            return Some(WorldError::TooMany { limit: limits.worlds });
        }
        let (label, limit) = (label?, limits.worlds_per_label);
        let there = self.by_label.get(label).map_or(0, BTreeSet::len);
        (there >= limit).then(|| WorldError::TooManyOfLabel { label: label.to_owned(), limit })
    }

    fn remember(&mut self, name: Arc<str>, why: GoneReason) {
        if self.gone.len() == REMEMBERED {
            self.gone.pop_front();
        }
        self.gone.push_back((name, why));
    }

    /// Returns the reason that there is no world of that name.
    fn missing(&self, name: &str) -> WorldError {
        if let Some((_, why)) = self.gone.iter().rev().find(|(gone, _)| **gone == *name) {
            return WorldError::GoneReason { name: name.to_owned(), why: *why };
        }
        let nearest = nearest(name, self.by_name.keys().map(|name| &**name)).map(str::to_owned);
        WorldError::Unknown { name: name.to_owned(), nearest }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{LazyLock, Weak};

    use super::*;
    use crate::engine::state::hooks::HookTable;
    use crate::engine::state::settings::Settings;
    use crate::engine::store::Store;

    static NO_ROUTES: LazyLock<Router> = LazyLock::new(|| Router::new(&[]).expect("nothing conflicts"));
    const IDLE_MS: u64 = 60_000;

    fn engine(worlds: usize) -> WorldRegistry {
        let default = World::new(DEFAULT_WORLD, Store::new([]), HookTable::default(), Arc::new(Settings::default()));
        WorldRegistry::new(
            &NO_ROUTES,
            default,
            Fixtures::default(),
            Limits { worlds, worlds_per_label: 2, idle_ms: Some(IDLE_MS), ..Limits::default() },
        )
    }

    fn named(name: &str) -> WorldSpec<'_> {
        WorldSpec { name: Some(name), ..WorldSpec::default() }
    }

    /// Returns the status and the code of the error that a request to this target gets at that time.
    fn ask(engine: &WorldRegistry, target: &str, arrived_ms: u64) -> (u16, String) {
        let request = Request { method: "GET", target, headers: &[], body: b"", arrived_ms, believes_front: true };
        let response = engine.answer(&request).response;
        let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
        (response.status, body["error"]["code"].as_str().unwrap().to_owned())
    }

    #[test]
    fn a_world_that_nobody_asks_anything_expires_and_says_so() {
        let engine = engine(10);
        engine.make(named("a"), 0).unwrap();
        assert_eq!(ask(&engine, "/w/a/x", IDLE_MS - 1).1, "no_route");
        assert_eq!(ask(&engine, "/w/a/x", 2 * IDLE_MS - 2).1, "no_route", "each request keeps it");
        assert_eq!(ask(&engine, "/w/a/x", 3 * IDLE_MS), (410, "world_gone".to_owned()));
        let WorldError::GoneReason { why, .. } = engine.world("a", 0).unwrap_err() else { panic!("it is gone") };
        assert_eq!(why, GoneReason::Idle { after_ms: IDLE_MS });
    }

    #[test]
    fn requests_to_the_default_world_let_the_others_expire_too() {
        let engine = engine(10);
        let world = Arc::downgrade(&engine.make(named("a"), 0).unwrap());
        ask(&engine, "/x", IDLE_MS - 1);
        assert!(world.upgrade().is_some());
        ask(&engine, "/x", IDLE_MS);
        assert!(world.upgrade().is_none(), "its memory is given back without anybody asking for it");
        assert_eq!(engine.next_sweep_ms.load(Ordering::Relaxed), u64::MAX, "without worlds, nothing is looked for");
    }

    #[test]
    fn a_world_that_is_held_does_not_expire_until_it_is_released() {
        let engine = engine(10);
        engine.make(WorldSpec { held: true, ..named("a") }, 0).unwrap();
        assert_eq!(ask(&engine, "/w/a/x", 10 * IDLE_MS).1, "no_route");
        engine.release("a", 10 * IDLE_MS);
        assert_eq!(ask(&engine, "/w/a/x", 11 * IDLE_MS - 1).1, "no_route");
        assert_eq!(ask(&engine, "/w/a/x", 13 * IDLE_MS).0, 410);
    }

    #[test]
    fn at_the_limit_worlds_that_are_idle_make_room() {
        let engine = engine(2);
        engine.make(named("a"), 0).unwrap();
        engine.make(named("b"), IDLE_MS / 2).unwrap();
        assert_eq!(engine.make(named("c"), IDLE_MS - 1).unwrap_err(), WorldError::TooMany { limit: 2 });
        engine.make(named("c"), IDLE_MS).unwrap();
        assert_eq!(engine.names().iter().map(|name| &**name).collect::<Vec<_>>(), ["b", "c"]);
    }

    #[test]
    fn a_deleted_world_is_freed_and_its_name_free_again() {
        let engine = engine(10);
        let world: Weak<Mutex<World>> = Arc::downgrade(&engine.make(named("a"), 0).unwrap());
        assert_eq!(engine.make(named("a"), 0).unwrap_err(), WorldError::Taken { name: "a".to_owned() });
        engine.remove("a", GoneReason::Deleted, None).unwrap();
        assert!(world.upgrade().is_none());
        assert_eq!(ask(&engine, "/w/a/x", 1), (410, "world_gone".to_owned()));
        engine.make(named("a"), 2).unwrap();
        assert_eq!(ask(&engine, "/w/a/x", 3).1, "no_route");
    }

    fn labelled<'a>(name: &'a str, label: &'a str) -> WorldSpec<'a> {
        WorldSpec { label: Some(label), ..named(name) }
    }

    #[test]
    fn worlds_of_a_label_are_counted_listed_and_deleted_together() {
        let engine = engine(10);
        engine.make(labelled("a", "job 1"), 0).unwrap();
        engine.make(labelled("b", "job 1"), 0).unwrap();
        let full = WorldError::TooManyOfLabel { label: "job 1".to_owned(), limit: 2 };
        assert_eq!(engine.make(labelled("c", "job 1"), 1).unwrap_err(), full);
        engine.make(labelled("c", "job 2"), 1).unwrap();
        assert_eq!(engine.labelled("job 1").len(), 2);
        assert_eq!(engine.remove_labelled("job 1"), 2);
        assert_eq!(ask(&engine, "/w/a/x", 1), (410, "world_gone".to_owned()));
        assert_eq!(ask(&engine, "/w/c/x", 1).1, "no_route", "worlds of other labels stay");
        assert!(engine.labelled("job 1").is_empty());
        let held = engine.make(labelled("h", "job 3"), 1).unwrap();
        let hold = held.lock().holds.hold(&"h".into(), 1, vec!["rule".into()]);
        assert_eq!((engine.remove_labelled("job 3"), hold.is_released()), (1, true), "although a handle keeps it");
        engine.make(labelled("d", "job 1"), 2).unwrap();
        engine.make(labelled("e", "job 1"), IDLE_MS / 2).unwrap();
        engine.make(labelled("f", "job 1"), 2 + IDLE_MS).expect("idle ones make room");
        for wrong in ["", "a\nb", &"x".repeat(129)] {
            assert!(matches!(engine.make(labelled("g", wrong), 3), Err(WorldError::BadLabel { .. })), "{wrong:?}");
        }
    }

    #[test]
    fn a_request_that_comes_again_finds_the_world_it_made() {
        let engine = engine(1);
        let wanted = WorldSpec { made_by: Some(1), is_retry: true, ..named("a") };
        let world = engine.make(wanted, 0).unwrap();
        assert!(Arc::ptr_eq(&engine.make(wanted, 1).unwrap(), &world));
        let taken = WorldError::Taken { name: "a".to_owned() };
        assert_eq!(engine.make(WorldSpec { made_by: Some(2), ..wanted }, 1).unwrap_err(), taken);
        assert_eq!(engine.make(named("a"), 1).unwrap_err(), taken);
    }

    #[test]
    fn a_world_that_cannot_be_readied_leaves_nothing_behind() {
        let engine = engine(1);
        let refused = engine.make_ready(labelled("a", "job"), 0, |_| Err(WorldError::Default));
        assert_eq!(refused.unwrap_err(), WorldError::Default);
        assert!(engine.labelled("job").is_empty());
        assert_eq!(ask(&engine, "/w/a/x", 1), (404, "unknown_world".to_owned()));
    }

    #[test]
    fn without_a_default_world_requests_must_name_theirs() {
        let engine = engine(10).no_default_world();
        engine.make(named("a"), 0).unwrap();
        assert_eq!(ask(&engine, "/w/a/x", 1).1, "no_route");
        assert_eq!(ask(&engine, "/x", 1), (404, "no_world_named".to_owned()));
        assert_eq!(ask(&engine, "/w/default/x", 1), (404, "no_world_named".to_owned()));
    }

    #[test]
    fn a_fork_shares_every_record_with_its_parent() {
        let engine = engine(10);
        let start = Arc::clone(engine.default_world().lock().baseline());
        let world = engine.make(named("a"), 0).unwrap();
        assert!(Arc::ptr_eq(world.lock().baseline(), &start), "what worlds start from is there once");
    }
}
