//! The beginning and the end of worlds: they are made, labelled, held, released, and deleted when they are idle.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::Mutex;

use crate::engine::state::world_token::DEFAULT_WORLD;
use crate::world::error::{GoneReason, WorldError};
use crate::world::named_worlds::{NamedWorlds, Slot};
use crate::world::registry::WorldRegistry;
use crate::world::select::is_name;
use crate::world::world::World;

/// The specification of a new world.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct WorldSpec<'a> {
    /// Its name; `None` generates one.
    pub name: Option<&'a str>,
    /// The world of which it is a copy; `None` starts as the default world did.
    pub from: Option<&'a str>,
    /// The seed of its ids and draws; `None` continues those of the world that it is made from.
    pub seed: Option<u64>,
    /// True when a handle in this process holds it: then it does not expire.
    pub held: bool,
    /// The label by which it is listed, deleted and counted.
    pub label: Option<&'a str>,
    /// The hash of the request that wants it.
    pub made_by: Option<u64>,
    /// True when a world that the same request made before satisfies this one.
    pub is_retry: bool,
}

/// The most bytes of a label.
pub(crate) const LONGEST_LABEL: usize = 128;

/// Tells whether a text can be a label: it is not empty, not long, and on one line.
fn is_label(label: &str) -> bool {
    (1..=LONGEST_LABEL).contains(&label.len()) && !label.chars().any(char::is_control)
}

impl WorldRegistry {
    /// Makes a world.
    pub(crate) fn make(&self, wanted: WorldSpec<'_>, now_ms: u64) -> Result<Arc<Mutex<World>>, WorldError> {
        self.make_ready(wanted, now_ms, |_| Ok(()))
    }

    /// Makes a world, and calls `ready` on it before a request can find it. If that fails, no world is made. No lock is
    /// held meanwhile, so requests to other worlds do not wait.
    pub(crate) fn make_ready<E: From<WorldError>>(
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
        if let Some(there) = self.made_before(&others, wanted, now_ms)? {
            return Ok(there);
        }
        let mut name = wanted.name.map_or_else(|| others.new_name(), Arc::from);
        drop(others);
        let mut world = World::starting_at(Arc::clone(&name), start, wanted.seed);
        ready(&mut world)?;
        let mut others = self.others.write();
        // Another request may have made the world meanwhile, or reached the limit.
        if let Some(there) = self.made_before(&others, wanted, now_ms)? {
            return Ok(there);
        }
        if others.by_name.contains_key(&name) {
            // The name was generated, and another request chose it meanwhile.
            name = others.new_name();
            world.state.name = Arc::clone(&name);
        }
        let world = Arc::new(Mutex::new(world));
        others.insert(
            name,
            Slot {
                world: Arc::clone(&world),
                asked_ms: AtomicU64::new(now_ms),
                held: AtomicBool::new(wanted.held),
                label: wanted.label.map(Arc::from),
                made_by: wanted.made_by,
            },
        );
        drop(others);
        if let Some(idle_ms) = self.limits.idle_ms {
            self.next_sweep_ms.fetch_min(now_ms.saturating_add(idle_ms), Ordering::Relaxed);
        }
        Ok(world)
    }

    /// Returns the world that the same request made before. The error says why none can be made.
    fn made_before(
        &self,
        others: &NamedWorlds,
        wanted: WorldSpec<'_>,
        now_ms: u64,
    ) -> Result<Option<Arc<Mutex<World>>>, WorldError> {
        if let Some(name) = wanted.name {
            let taken = || WorldError::Taken { name: name.to_owned() };
            match others.by_name.get(name) {
                _ if name == DEFAULT_WORLD => return Err(taken()),
                Some(place) if wanted.is_retry && wanted.made_by == place.made_by => {
                    place.asked_ms.fetch_max(now_ms, Ordering::Relaxed);
                    return Ok(Some(Arc::clone(&place.world)));
                }
                Some(_) => return Err(taken()),
                None => {}
            }
        }
        others.full(&self.limits, wanted.label).map_or(Ok(None), Err)
    }

    /// Returns the names of the worlds of a label, in alphabetical order.
    pub(crate) fn labelled(&self, label: &str) -> Vec<Arc<str>> {
        self.others.read().by_label.get(label).map(|names| names.iter().cloned().collect()).unwrap_or_default()
    }

    /// Returns the label of a world, if it has one.
    pub(crate) fn label(&self, name: &str) -> Option<Arc<str>> {
        self.others.read().by_name.get(name)?.label.clone()
    }

    /// Deletes the worlds of a label, and returns their number.
    pub(crate) fn remove_labelled(&self, label: &str) -> usize {
        let mut others = self.others.write();
        let names: Vec<Arc<str>> =
            others.by_label.get(label).map(|names| names.iter().cloned().collect()).unwrap_or_default();
        let mut places = Vec::with_capacity(names.len());
        for name in names {
            places.extend(others.take(&name));
            others.remember(name, GoneReason::Deleted);
        }
        drop(others);
        // Their memory is freed after the lock is released, so that other requests do not wait.
        self.end_slots(&places);
        places.len()
    }

    /// Lets a world outlive its handles: it stays until it is deleted or expires.
    pub(crate) fn release(&self, name: &str, now_ms: u64) {
        if let Some(place) = self.others.read().by_name.get(name) {
            place.asked_ms.fetch_max(now_ms, Ordering::Relaxed);
            place.held.store(false, Ordering::Relaxed);
        }
    }

    /// Deletes a world. With `only`, only if the name still belongs to that world.
    pub(crate) fn remove(
        &self,
        name: &str,
        why: GoneReason,
        only: Option<&Arc<Mutex<World>>>,
    ) -> Result<(), WorldError> {
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
        // Its memory is freed after the lock is released, so that other requests do not wait.
        self.end_slots(place.as_slice());
        drop(place);
        Ok(())
    }

    /// Ends worlds that were taken from the list.
    fn end_slots(&self, slots: &[Slot]) {
        for name in slots.iter().filter_map(Slot::end) {
            self.unjudged.lock().add(&name);
        }
    }

    /// Returns the names of worlds other than the default one whose expectations were never verified, present and gone
    /// ones. Where they are many, the last one is a number.
    pub(crate) fn unjudged_worlds(&self) -> Vec<String> {
        let present: Vec<Arc<Mutex<World>>> =
            self.others.read().by_name.values().map(|slot| Arc::clone(&slot.world)).collect();
        let mut all = self.unjudged.lock().clone();
        for world in present {
            let world = world.lock();
            if world.is_unjudged() {
                all.add(&world.state.name);
            }
        }
        all.list()
    }

    /// Deletes a world whose last handle was dropped, unless it was released before.
    pub(crate) fn drop_held(&self, name: &str, world: &Arc<Mutex<World>>) {
        let is_held = |place: &Slot| place.held.load(Ordering::Relaxed);
        if self.others.read().by_name.get(name).is_some_and(is_held) {
            // The world may be gone already, and its name belong to another.
            let _ = self.remove(name, GoneReason::Dropped, Some(world));
        }
    }

    /// Tells whether a world expires: no handle holds it, and it has received no request for too long.
    pub(super) fn is_idle(&self, place: &Slot, now_ms: u64) -> bool {
        let since = place.asked_ms.load(Ordering::Relaxed);
        let idle = self.limits.idle_ms.is_some_and(|idle_ms| now_ms.saturating_sub(since) >= idle_ms);
        idle && !place.held.load(Ordering::Relaxed)
    }

    /// Deletes idle worlds, if the time for the next look has come.
    pub(super) fn sweep_if_due(&self, now_ms: u64) {
        if now_ms >= self.next_sweep_ms.load(Ordering::Relaxed) {
            self.sweep(now_ms);
        }
    }

    /// Deletes the worlds that are idle for too long.
    pub(super) fn sweep(&self, now_ms: u64) {
        let Some(idle_ms) = self.limits.idle_ms else { return };
        let mut others = self.others.write();
        let idle = others.by_name.iter().filter(|(_, place)| self.is_idle(place, now_ms));
        let idle: Vec<Arc<str>> = idle.map(|(name, _)| Arc::clone(name)).collect();
        let mut places = Vec::with_capacity(idle.len());
        for name in idle {
            places.extend(others.take(&name));
            others.remember(name, GoneReason::Idle { after_ms: idle_ms });
        }
        // A pause between two looks, so that not each expiring world costs one.
        let pause_ms = (idle_ms / 8).max(1);
        let next = if others.by_name.is_empty() { u64::MAX } else { now_ms.saturating_add(pause_ms) };
        self.next_sweep_ms.store(next, Ordering::Relaxed);
        drop(others);
        self.end_slots(&places);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{LazyLock, Weak};

    use super::*;
    use crate::engine::api::router::Router;
    use crate::engine::state::hooks::HookTable;
    use crate::engine::state::settings::Settings;
    use crate::engine::store::Store;
    use crate::http::message::Request;
    use crate::scenario::Fixtures;
    use crate::world::registry_limits::Limits;

    static NO_ROUTES: LazyLock<Router> = LazyLock::new(|| Router::new(&[]).expect("nothing conflicts"));
    const IDLE_MS: u64 = 60_000;

    fn registry(worlds: usize) -> WorldRegistry {
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
    fn ask(registry: &WorldRegistry, target: &str, arrived_ms: u64) -> (u16, String) {
        let request = Request { method: "GET", target, headers: &[], body: b"", arrived_ms, believes_front: true };
        let response = registry.answer(&request).response;
        let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
        (response.status, body["error"]["code"].as_str().unwrap().to_owned())
    }

    #[test]
    fn a_world_that_nobody_asks_anything_expires_and_says_so() {
        let registry = registry(10);
        registry.make(named("a"), 0).unwrap();
        assert_eq!(ask(&registry, "/w/a/x", IDLE_MS - 1).1, "no_route");
        assert_eq!(ask(&registry, "/w/a/x", 2 * IDLE_MS - 2).1, "no_route", "each request keeps it");
        assert_eq!(ask(&registry, "/w/a/x", 3 * IDLE_MS), (410, "world_gone".to_owned()));
        let WorldError::Gone { why, .. } = registry.world("a", 0).unwrap_err() else { panic!("it is gone") };
        assert_eq!(why, GoneReason::Idle { after_ms: IDLE_MS });
    }

    #[test]
    fn requests_to_the_default_world_let_the_others_expire_too() {
        let registry = registry(10);
        let world = Arc::downgrade(&registry.make(named("a"), 0).unwrap());
        ask(&registry, "/x", IDLE_MS - 1);
        assert!(world.upgrade().is_some());
        ask(&registry, "/x", IDLE_MS);
        assert!(world.upgrade().is_none(), "its memory is given back without anybody asking for it");
        assert_eq!(registry.next_sweep_ms.load(Ordering::Relaxed), u64::MAX, "without worlds, nothing is looked for");
    }

    #[test]
    fn a_world_that_is_held_does_not_expire_until_it_is_released() {
        let registry = registry(10);
        registry.make(WorldSpec { held: true, ..named("a") }, 0).unwrap();
        assert_eq!(ask(&registry, "/w/a/x", 10 * IDLE_MS).1, "no_route");
        registry.release("a", 10 * IDLE_MS);
        assert_eq!(ask(&registry, "/w/a/x", 11 * IDLE_MS - 1).1, "no_route");
        assert_eq!(ask(&registry, "/w/a/x", 13 * IDLE_MS).0, 410);
    }

    #[test]
    fn at_the_limit_worlds_that_are_idle_make_room() {
        let registry = registry(2);
        registry.make(named("a"), 0).unwrap();
        registry.make(named("b"), IDLE_MS / 2).unwrap();
        assert_eq!(registry.make(named("c"), IDLE_MS - 1).unwrap_err(), WorldError::TooMany { limit: 2 });
        registry.make(named("c"), IDLE_MS).unwrap();
        assert_eq!(registry.names().iter().map(|name| &**name).collect::<Vec<_>>(), ["b", "c"]);
    }

    #[test]
    fn a_deleted_world_is_freed_and_its_name_free_again() {
        let registry = registry(10);
        let world: Weak<Mutex<World>> = Arc::downgrade(&registry.make(named("a"), 0).unwrap());
        assert_eq!(registry.make(named("a"), 0).unwrap_err(), WorldError::Taken { name: "a".to_owned() });
        registry.remove("a", GoneReason::Deleted, None).unwrap();
        assert!(world.upgrade().is_none());
        assert_eq!(ask(&registry, "/w/a/x", 1), (410, "world_gone".to_owned()));
        registry.make(named("a"), 2).unwrap();
        assert_eq!(ask(&registry, "/w/a/x", 3).1, "no_route");
    }

    fn labelled<'a>(name: &'a str, label: &'a str) -> WorldSpec<'a> {
        WorldSpec { label: Some(label), ..named(name) }
    }

    #[test]
    fn worlds_of_a_label_are_counted_listed_and_deleted_together() {
        let registry = registry(10);
        registry.make(labelled("a", "job 1"), 0).unwrap();
        registry.make(labelled("b", "job 1"), 0).unwrap();
        let full = WorldError::TooManyOfLabel { label: "job 1".to_owned(), limit: 2 };
        assert_eq!(registry.make(labelled("c", "job 1"), 1).unwrap_err(), full);
        registry.make(labelled("c", "job 2"), 1).unwrap();
        assert_eq!(registry.labelled("job 1").len(), 2);
        assert_eq!(registry.remove_labelled("job 1"), 2);
        assert_eq!(ask(&registry, "/w/a/x", 1), (410, "world_gone".to_owned()));
        assert_eq!(ask(&registry, "/w/c/x", 1).1, "no_route", "worlds of other labels stay");
        assert!(registry.labelled("job 1").is_empty());
        let held = registry.make(labelled("h", "job 3"), 1).unwrap();
        let hold = held.lock().holds.hold(&"h".into(), 1, vec!["rule".into()]);
        assert_eq!((registry.remove_labelled("job 3"), hold.is_released()), (1, true), "although a handle keeps it");
        registry.make(labelled("d", "job 1"), 2).unwrap();
        registry.make(labelled("e", "job 1"), IDLE_MS / 2).unwrap();
        registry.make(labelled("f", "job 1"), 2 + IDLE_MS).expect("idle ones make room");
        for wrong in ["", "a\nb", &"x".repeat(129)] {
            assert!(matches!(registry.make(labelled("g", wrong), 3), Err(WorldError::BadLabel { .. })), "{wrong:?}");
        }
    }

    #[test]
    fn a_request_that_comes_again_finds_the_world_it_made() {
        let registry = registry(1);
        let wanted = WorldSpec { made_by: Some(1), is_retry: true, ..named("a") };
        let world = registry.make(wanted, 0).unwrap();
        assert!(Arc::ptr_eq(&registry.make(wanted, 1).unwrap(), &world));
        let taken = WorldError::Taken { name: "a".to_owned() };
        assert_eq!(registry.make(WorldSpec { made_by: Some(2), ..wanted }, 1).unwrap_err(), taken);
        assert_eq!(registry.make(named("a"), 1).unwrap_err(), taken);
    }

    #[test]
    fn a_world_that_cannot_be_readied_leaves_nothing_behind() {
        let registry = registry(1);
        let refused = registry.make_ready(labelled("a", "job"), 0, |_| Err(WorldError::Default));
        assert_eq!(refused.unwrap_err(), WorldError::Default);
        assert!(registry.labelled("job").is_empty());
        assert_eq!(ask(&registry, "/w/a/x", 1), (404, "unknown_world".to_owned()));
    }

    #[test]
    fn without_a_default_world_requests_must_name_theirs() {
        let registry = registry(10).no_default_world();
        registry.make(named("a"), 0).unwrap();
        assert_eq!(ask(&registry, "/w/a/x", 1).1, "no_route");
        assert_eq!(ask(&registry, "/x", 1), (404, "no_world_named".to_owned()));
        assert_eq!(ask(&registry, "/w/default/x", 1), (404, "no_world_named".to_owned()));
    }

    #[test]
    fn a_fork_shares_every_record_with_its_parent() {
        let registry = registry(10);
        let start = Arc::clone(registry.default_world().lock().baseline());
        let world = registry.make(named("a"), 0).unwrap();
        assert!(Arc::ptr_eq(world.lock().baseline(), &start), "what worlds start from is there once");
    }
}
