//! The worlds of one server, and the way to them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::{Mutex, RwLock};

use crate::engine::answer::answer;
use crate::engine::choice::{Way, chosen, is_name};
use crate::engine::load::nearest;
use crate::engine::message::{Outcome, Request};
use crate::engine::no_world::{Gone, NoWorld};
use crate::engine::path::Target;
use crate::engine::router::Router;
use crate::engine::world::World;

/// The name of the world that answers at `/`.
pub const DEFAULT_WORLD: &str = "default";

/// How many worlds that are gone are remembered, so that whoever still asks them learns why.
const REMEMBERED: usize = 10_000;

/// How many worlds there may be beside the default one, and how long they stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most worlds at a time.
    pub worlds: usize,
    /// A world that was asked nothing for that long expires; `None`: none does.
    pub idle_ms: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { worlds: 50_000, idle_ms: Some(60 * 60 * 1_000) }
    }
}

/// Routes and worlds: everything a server needs to answer.
pub struct Engine {
    router: &'static Router,
    default: Arc<Mutex<World>>,
    others: RwLock<Others>,
    /// When idle worlds are looked for next, on the callers' clock. Never, while there are none: then this is all that
    /// a request to the default world has to do with the other worlds.
    next_sweep_ms: AtomicU64,
    limits: Limits,
}

/// The worlds beside the default one.
#[derive(Default)]
struct Others {
    by_name: BTreeMap<Arc<str>, Place>,
    /// The latest that are gone, oldest first.
    gone: VecDeque<(Arc<str>, Gone)>,
    /// How many names were made up.
    made_up: u64,
}

struct Place {
    world: Arc<Mutex<World>>,
    /// When it was asked last, on the callers' clock.
    asked_ms: AtomicU64,
    /// Whether somebody in this process holds it: then it does not expire.
    held: AtomicBool,
}

/// A world that is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// Its name; without one, one is made up.
    pub name: Option<&'a str>,
    /// The world it is a copy of, as that one is now; without one, it starts as the default world did.
    pub from: Option<&'a str>,
    /// The seed of its ids and draws; without one, they go on as those of the world it is made from.
    pub seed: Option<u64>,
    /// Whether somebody in this process holds it: then it does not expire.
    pub held: bool,
}

impl Engine {
    /// An engine with its default world.
    pub fn new(router: &'static Router, default: World, limits: Limits) -> Self {
        let default = Arc::new(Mutex::new(default));
        Self { router, default, others: RwLock::default(), next_sweep_ms: AtomicU64::new(u64::MAX), limits }
    }

    /// The routes.
    pub fn router(&self) -> &'static Router {
        self.router
    }

    /// How many worlds there may be, and how long.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// The world that answers at `/`.
    pub fn default_world(&self) -> &Arc<Mutex<World>> {
        &self.default
    }

    /// The names of the other worlds, in alphabetical order.
    pub fn names(&self) -> Vec<Arc<str>> {
        self.others.read().by_name.keys().cloned().collect()
    }

    /// The environment variables that point a consumer at a world, with values that work. The origin is the one the
    /// consumer uses, with the world's prefix.
    pub fn environment(&self, world: &World, origin: &str) -> Vec<(&'static str, String)> {
        let apis = self.router.apis().iter();
        let variables = apis.flat_map(|api| api.dialect.environment(world, api, origin));
        std::iter::once(("STANDIN_URL", origin.to_owned())).chain(variables).collect()
    }

    /// Answers a request in the world it chooses, else in the default one.
    pub fn answer(&self, request: &Request<'_>) -> Outcome {
        self.sweep_if_due(request.arrived_ms);
        match chosen(None, &Target::parse(request.target), request) {
            Ok(None) => answer(self.router, &mut self.default.lock(), request),
            Ok(Some(name)) => match self.world(&name, request.arrived_ms) {
                Ok(world) => answer(self.router, &mut world.lock(), request),
                Err(no_world) => no_world.reply().into(),
            },
            Err(no_world) => no_world.reply().into(),
        }
    }

    /// Answers a request in this very world, whose name it is. A request that names another one is refused.
    pub fn answer_in(&self, world: &Arc<Mutex<World>>, name: &str, request: &Request<'_>) -> Outcome {
        let target = Target::parse(request.target);
        let chosen = chosen(Some((Way::Handle, name)), &target, request);
        match chosen.and_then(|_| self.world(name, request.arrived_ms)) {
            Ok(there) if Arc::ptr_eq(&there, world) => answer(self.router, &mut world.lock(), request),
            Ok(_) => NoWorld::Gone { name: name.to_owned(), why: Gone::Deleted }.reply().into(),
            Err(no_world) => no_world.reply().into(),
        }
    }

    /// The world of that name, which is asked something now.
    pub fn world(&self, name: &str, now_ms: u64) -> Result<Arc<Mutex<World>>, NoWorld> {
        if name == DEFAULT_WORLD {
            return Ok(Arc::clone(&self.default));
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
    pub fn make(&self, wanted: Wanted<'_>, now_ms: u64) -> Result<Arc<Mutex<World>>, NoWorld> {
        self.sweep_if_due(now_ms);
        if let Some(name) = wanted.name.filter(|name| !is_name(name)) {
            return Err(NoWorld::BadName { name: name.to_owned() });
        }
        let (point, settings) = match wanted.from {
            None => {
                let world = self.default.lock();
                (Arc::clone(world.start()), Arc::clone(&world.settings))
            }
            Some(from) => {
                let world = self.world(from, now_ms)?;
                let world = world.lock();
                (Arc::new(world.point()), Arc::clone(&world.settings))
            }
        };
        if self.others.read().by_name.len() >= self.limits.worlds {
            self.sweep(now_ms);
        }
        let mut others = self.others.write();
        if others.by_name.len() >= self.limits.worlds {
            return Err(NoWorld::TooMany { limit: self.limits.worlds });
        }
        let name: Arc<str> = match wanted.name {
            Some(name) if name == DEFAULT_WORLD || others.by_name.contains_key(name) => {
                return Err(NoWorld::Taken { name: name.to_owned() });
            }
            Some(name) => name.into(),
            None => others.new_name(),
        };
        let world = World::starting_at(Arc::clone(&name), point, settings, wanted.seed);
        let world = Arc::new(Mutex::new(world));
        let (asked_ms, held) = (AtomicU64::new(now_ms), AtomicBool::new(wanted.held));
        others.by_name.insert(name, Place { world: Arc::clone(&world), asked_ms, held });
        if let Some(idle_ms) = self.limits.idle_ms {
            self.next_sweep_ms.fetch_min(now_ms.saturating_add(idle_ms), Ordering::Relaxed);
        }
        Ok(world)
    }

    /// Nobody in this process holds that world any longer, but it stays until it is deleted or expires.
    pub fn release(&self, name: &str, now_ms: u64) {
        if let Some(place) = self.others.read().by_name.get(name) {
            place.asked_ms.fetch_max(now_ms, Ordering::Relaxed);
            place.held.store(false, Ordering::Relaxed);
        }
    }

    /// Takes a world away. With `only`, only if it is that very one: another may have its name by now.
    pub fn remove(&self, name: &str, why: Gone, only: Option<&Arc<Mutex<World>>>) -> Result<(), NoWorld> {
        if name == DEFAULT_WORLD {
            return Err(NoWorld::Default);
        }
        let mut others = self.others.write();
        let is_it = |place: &Place| only.is_none_or(|only| Arc::ptr_eq(only, &place.world));
        if !others.by_name.get(name).is_some_and(is_it) {
            return Err(others.missing(name));
        }
        let place = others.by_name.remove_entry(name).map(|(name, place)| {
            others.remember(name, why);
            place
        });
        drop(others);
        // What it held is given back without keeping the others waiting.
        drop(place);
        Ok(())
    }

    /// The last hold on that world is gone: the world too, unless it was released before.
    pub fn drop_held(&self, name: &str, world: &Arc<Mutex<World>>) {
        let is_held = |place: &Place| place.held.load(Ordering::Relaxed);
        if self.others.read().by_name.get(name).is_some_and(is_held) {
            // It may be gone already, and another have its name.
            let _ = self.remove(name, Gone::Dropped, Some(world));
        }
    }

    fn is_idle(&self, place: &Place, now_ms: u64) -> bool {
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
            places.extend(others.by_name.remove(&name));
            others.remember(name, Gone::Idle { after_ms: idle_ms });
        }
        // Not for every single world that comes of age.
        let pause_ms = (idle_ms / 8).max(1);
        let next = if others.by_name.is_empty() { u64::MAX } else { now_ms.saturating_add(pause_ms) };
        self.next_sweep_ms.store(next, Ordering::Relaxed);
        drop(others);
        drop(places);
    }
}

impl Others {
    fn new_name(&mut self) -> Arc<str> {
        loop {
            self.made_up += 1;
            let name = format!("w{}", self.made_up);
            if !self.by_name.contains_key(name.as_str()) {
                return name.into();
            }
        }
    }

    fn remember(&mut self, name: Arc<str>, why: Gone) {
        if self.gone.len() == REMEMBERED {
            self.gone.pop_front();
        }
        self.gone.push_back((name, why));
    }

    /// Why there is no world of that name.
    fn missing(&self, name: &str) -> NoWorld {
        if let Some((_, why)) = self.gone.iter().rev().find(|(gone, _)| **gone == *name) {
            return NoWorld::Gone { name: name.to_owned(), why: *why };
        }
        let nearest = nearest(name, self.by_name.keys().map(|name| &**name)).map(str::to_owned);
        NoWorld::Unknown { name: name.to_owned(), nearest }
    }
}
