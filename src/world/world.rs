//! A world: everything a test may change, apart from all other worlds.

use std::sync::Arc;

use crate::engine::api::router::Router;
use crate::engine::state::State;
use crate::engine::state::hooks::HookTable;
use crate::engine::state::settings::Settings;
use crate::engine::store::{Charge, Store};
use crate::history::coverage::Coverage;
use crate::history::entry::Entry;
use crate::history::journal::Journal;
use crate::http::hold::Holds;
use crate::scenario::{
    Diagnostic, Fixtures, Lag, NearExpectation, Report, Scenario, ScenarioError, ScenarioRun, Verification, WaitFor,
};
use crate::world::call_waits::{CallWait, CallWaits};
use crate::world::judged::Judged;
use crate::world::outbox::Outbox;
use crate::world::snapshot::Snapshot;

/// A world: the state that an API may change, and the scenario, journal and coverage of a test. A caller with a mutable
/// reference holds the world's lock.
#[derive(Debug)]
pub(crate) struct World {
    /// Records, time, ids to come.
    pub state: State,
    /// The running scenario; `None` without one.
    pub run: Option<Box<ScenarioRun>>,
    /// The answers that fault rules hold back.
    pub holds: Holds,
    /// The waits for calls.
    pub waits: CallWaits<WaitFor>,
    /// The calls and their answers.
    pub journal: Journal,
    /// The documented outcomes that were served.
    pub coverage: Coverage,
    /// The requests that the fake services send.
    pub outbox: Outbox,
    /// The part of the calls that verifications looked at.
    pub(super) judged: Judged,
    /// The start of the world, and of each reset.
    pub(super) baseline: Arc<Snapshot>,
    /// The memory that requests of the control API left in it, among that of all worlds.
    pub(super) left: Charge,
    /// Snapshots by name.
    pub(super) snapshots: Vec<(Box<str>, Snapshot)>,
}

impl World {
    /// Returns a world with these records and settings, at the start of its time.
    pub(crate) fn new(name: impl Into<Arc<str>>, store: Store, hooks: HookTable, settings: Arc<Settings>) -> Self {
        let name = name.into();
        let state = State::new(Arc::clone(&name), store, hooks, settings);
        Self::starting_at(name, Arc::new(Snapshot { state, run: None }), None)
    }

    /// Returns the running scenario. If there is none, starts an empty one, so that rules and expectations can be
    /// added.
    pub(crate) fn run_mut(&mut self, router: &Router) -> &mut ScenarioRun {
        let settings = &self.state.settings;
        self.run.get_or_insert_with(|| Box::new(ScenarioRun::new(&Arc::default(), router, settings)))
    }

    /// Returns the world from which a scenario starts. `settings` decide what the scenario leaves open.
    pub(crate) fn of_scenario(
        name: impl Into<Arc<str>>,
        scenario: &Arc<Scenario>,
        router: &Router,
        fixtures: &Fixtures,
        settings: &Settings,
    ) -> Result<Self, ScenarioError> {
        let (state, run) = ScenarioRun::start(name, scenario, router, fixtures, settings)?;
        let needs_verification = run.needs_verification();
        let name = Arc::clone(&state.name);
        let mut world = Self::starting_at(name, Arc::new(Snapshot { state, run: Some(run) }), None);
        world.expects();
        if let Some(run) = world.run.as_mut().filter(|_| needs_verification) {
            run.require_verification();
        }
        Ok(world)
    }

    /// Lets the scenario's timeline follow the clock, and tells whether a step ended. Call this after the clock was moved.
    pub(crate) fn follow_clock(&mut self) -> bool {
        let number = self.journal.next_number();
        self.run.as_mut().is_some_and(|run| run.follow_clock(&mut self.state, number))
    }

    /// Notes the records, so that lagging reads see the changes since the last call later.
    pub(crate) fn look_at_records(&mut self) {
        if let Some(run) = &mut self.run {
            run.look_at_records(&self.state.store, self.state.clock.now_ms(), self.journal.next_number() - 1);
        }
    }

    /// Adds a lag by hand: it hides changes from now on. The error says what is wrong with it.
    pub(crate) fn add_lag(&mut self, router: &Router, lag: Lag) -> Result<(), String> {
        // Only the other lags hide the changes since the last call.
        self.look_at_records();
        self.run_mut(router).add_lag(router, lag)?;
        self.look_at_records();
        Ok(())
    }

    /// Tries the data of the scenario's steps on a copy, and returns the changes that cannot be made.
    pub(crate) fn try_steps(&self) -> Vec<Diagnostic> {
        let run = self.run.as_ref().filter(|run| run.has_data_in_steps());
        run.map(|run| run.clone().try_steps(&mut self.state.clone())).unwrap_or_default()
    }

    /// Returns the report of a verification at this moment.
    pub(crate) fn verify(&self, router: &Router) -> Report {
        Report { calls_unjudged: self.judged.gone(), ..self.verification(router).report() }
    }

    /// Returns the expectations that a call comes near to without meeting them.
    pub(crate) fn near_expectations(&self, router: &Router, entry: &Entry) -> Vec<NearExpectation> {
        self.verification(router).near_to(entry)
    }

    /// Tells whether a verification that waits may end now.
    pub(crate) fn has_come_true(&self, router: &Router) -> bool {
        self.verification(router).has_come_true()
    }

    fn verification<'w>(&'w self, router: &'w Router) -> Verification<'w> {
        let (state, run) = (&self.state, self.run.as_deref());
        Verification { router, state, run, journal: &self.journal, coverage: &self.coverage }
    }

    /// Removes the fault rules added by hand, and releases the answers that they hold back.
    pub(crate) fn clear_added_rules(&mut self) {
        if let Some(run) = &mut self.run {
            run.clear_added();
        }
        self.release_holds();
    }

    /// Releases the answers whose fault rules were removed.
    pub(crate) fn release_holds(&mut self) {
        let run = self.run.as_ref();
        self.holds.release_without(|id| run.is_some_and(|run| run.has_rule(id)));
    }

    /// Begins to wait for calls, beside those that the journal has. Returns nothing if the world has as many waits as it
    /// may.
    pub(crate) fn wait_for(&mut self, router: &Router, wanted: WaitFor) -> Option<CallWait<WaitFor>> {
        let (called, times) = (wanted.called(&self.journal, router), wanted.times);
        let on = wanted.on.clone();
        let operations = router.rows().iter().map(|row| row.operation).filter(|operation| on.select(operation));
        self.waits.begin(wanted, times, called, operations)
    }

    /// Notes that a verification looked at all calls, and told which are gone.
    pub(crate) fn mark_verified(&mut self) {
        if let Some(run) = &mut self.run {
            run.mark_verified();
        }
        self.judged = Judged::verified(self.journal.next_number());
    }

    /// Notes that the world has expectations of its own, which are to be verified.
    pub(crate) fn expects(&mut self) {
        self.judged.expects();
    }

    /// Tells whether the world has expectations that were never verified.
    pub(super) fn is_unjudged(&self) -> bool {
        let expects = |run: &ScenarioRun| !run.scenario().expect.is_empty() || run.expected().next().is_some();
        self.judged.is_open() && self.run.as_deref().is_some_and(expects)
    }
}
