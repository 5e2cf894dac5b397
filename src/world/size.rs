//! The size of a world, by which a server with one thread tells which work takes long.

use parking_lot::{Mutex, MutexGuard};

use crate::engine::api::dialect::RequestContext;
use crate::engine::api::route::Action;
use crate::engine::api::router::{Router, Row};
use crate::engine::state::settings::Settings;
use crate::http::message::{Method, Request};
use crate::http::target::{Query, Target};
use crate::world::ceiling::Ceiling;
use crate::world::registry::WorldRegistry;
use crate::world::world::World;

/// The number of records from which work on a world may take long.
const MANY_RECORDS: usize = 5_000;

/// The number of calls in its journal from which work on a world may take long.
const MANY_CALLS: usize = 2_000;

/// The bytes of records from which work on a world may take long.
const MANY_BYTES: usize = 4 << 20;

/// The bytes of the journal from which it may: its texts are redacted where they are shown.
const MANY_BYTES_OF_CALLS: usize = 256 << 10;

/// The number of worlds from which work on all of them may take long.
const MANY_WORLDS: usize = 1_000;

impl World {
    /// Returns the ceilings over the worlds that have these settings.
    pub(super) fn ceilings(settings: &Settings) -> [Ceiling<Self>; 2] {
        [
            Ceiling::over(&settings.journals, |world| world.journal.room(), |world| world.journal.halve()),
            Ceiling::over(
                &settings.history.total,
                |world| world.state.store.history_bytes(),
                |world| world.state.store.halve_histories(),
            ),
        ]
    }

    /// Tells whether work on all that the world holds may take long.
    pub(crate) fn is_large(&mut self) -> bool {
        self.has_much_data() || self.journal.len() >= MANY_CALLS || self.journal.room() >= MANY_BYTES_OF_CALLS
    }

    fn has_much_data(&mut self) -> bool {
        self.state.store.size().records >= MANY_RECORDS || self.has_large_records()
    }

    fn has_large_records(&mut self) -> bool {
        self.state.store.size().counted_bytes >= MANY_BYTES
    }

    /// Tells whether the answer to a consumer may take long: the operation may look at many records, or show large
    /// ones.
    fn answers_slowly(&mut self, router: &Router, request: &Request<'_>) -> bool {
        self.has_much_data() && self.looks_at_many(router, request)
    }

    /// Tells whether a request may look at more records than a page of them, or than the one it names.
    fn looks_at_many(&mut self, router: &Router, request: &Request<'_>) -> bool {
        let target = Target::parse(request.target);
        let row = router.find(target.path).zip(Method::of(request.method)).and_then(|(found, method)| {
            let (row, _) = found.with(method)?;
            Some(row)
        });
        row.is_some_and(|row| match row.route.action {
            Action::List(_) => {
                let paging = row.api.dialect.page_parameters();
                self.has_large_records()
                    || Query::parse(target.query).pairs().any(|(name, _)| !paging.contains(&name))
                    || self.hides_some(row, request, &target)
            }
            // Other records may be removed with it.
            Action::Remove(resource) => {
                let hooks = self.state.hooks.of(resource);
                hooks.after_remove.is_some() || hooks.after_change.is_some()
            }
            Action::Custom(_) => true,
            _ => false,
        })
    }

    /// Tells whether the caller sees only some records, so that a list must skip the others.
    fn hides_some(&self, row: &Row, request: &Request<'_>, target: &Target<'_>) -> bool {
        let context = RequestContext { api: row.api, route: Some(row.route), request, target };
        let caller = row.api.dialect.caller(&self.state, &context);
        caller.is_ok_and(|caller| caller.sees.is_some() || caller.subject.is_some())
    }
}

impl WorldRegistry {
    /// Locks a world for an answer that does not take long; `None` if it may take long, or if other work holds the
    /// world.
    #[inline]
    pub(crate) fn lock_for_short<'w>(
        &self,
        world: &'w Mutex<World>,
        request: &Request<'_>,
    ) -> Option<MutexGuard<'w, World>> {
        let mut world = world.try_lock()?;
        (!world.answers_slowly(self.router, request)).then_some(world)
    }

    /// Tells whether work on a world may take long, or must wait for other work.
    pub(crate) fn is_busy_or_large(world: &Mutex<World>) -> bool {
        world.try_lock().is_none_or(|mut world| world.is_large())
    }

    /// Tells whether work on all worlds may take long.
    pub(crate) fn has_many_worlds(&self) -> bool {
        self.others.read().by_name.len() >= MANY_WORLDS
    }
}
