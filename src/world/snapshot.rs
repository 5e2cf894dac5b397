//! Snapshots of a world, for forks, resets and restores. Copying one copies pointers, not records.

use std::sync::Arc;

use crate::engine::schema::problem::Problem;
use crate::engine::schema::rng::SeededRng;
use crate::engine::state::State;
use crate::engine::state::rate_limit::Buckets;
use crate::engine::state::settings::Settings;
use crate::engine::store::Charge;
use crate::history::coverage::Coverage;
use crate::history::journal::Journal;
use crate::http::hold::Holds;
use crate::scenario::ScenarioRun;
use crate::world::call_waits::CallWaits;
use crate::world::judged::Judged;
use crate::world::outbox::Outbox;
use crate::world::world::World;

/// A snapshot of a world: its records, its time, its ids and draws to come, and the progress of its scenario.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    /// The state.
    pub state: State,
    /// The running scenario.
    pub run: Option<Box<ScenarioRun>>,
}

/// The most snapshots that a world keeps by name. Each may keep records alive that the world has no more.
pub(super) const MOST_SNAPSHOTS: usize = 100;

/// The most bytes of a snapshot's name.
pub(super) const LONGEST_SNAPSHOT: usize = 128;

/// The memory of a snapshot, beside the records that it shares.
const SNAPSHOT_BYTES: usize = 4 * 1024;

impl World {
    /// Returns a snapshot of the world.
    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot { state: self.state.clone(), run: self.run.clone() }
    }

    /// Returns the snapshot that each reset goes back to.
    pub(crate) fn baseline(&self) -> &Arc<Snapshot> {
        &self.baseline
    }

    /// Returns a world that starts from a snapshot. With a seed, its ids and draws come from that seed.
    pub(crate) fn starting_at(name: impl Into<Arc<str>>, mut start: Arc<Snapshot>, seed: Option<u64>) -> Self {
        if let Some(seed) = seed {
            let Snapshot { mut state, mut run } = (*start).clone();
            if let Some(run) = &mut run {
                run.reseed(seed);
            }
            state.settings = Arc::new(Settings { seed, ..(*state.settings).clone() });
            state.rng = SeededRng::new(seed);
            start = Arc::new(Snapshot { state, run });
        }
        let Snapshot { state, mut run } = (*start).clone();
        if let Some(run) = &mut run {
            // A declaration is verified in the world where it was made.
            run.mark_verified();
        }
        let state = State { name: name.into(), rate_limits: Buckets::default(), ..state };
        let journal = Journal::new(state.settings.journal, &state.settings.journals);
        let left = Charge::new(&state.settings.control, 0);
        let mut world = Self {
            state,
            run,
            journal,
            coverage: Coverage::default(),
            holds: Holds::default(),
            waits: CallWaits::default(),
            outbox: Outbox::default(),
            judged: Judged::made_from_another(),
            baseline: start,
            left,
            snapshots: Vec::new(),
        };
        world.count_left();
        world
    }

    /// Counts the memory that requests of the control API left in the world, which differs where they changed it.
    pub(crate) fn count_left(&mut self) {
        let runs = [self.run.as_deref(), self.baseline.run.as_deref()];
        let runs: usize = runs.into_iter().flatten().map(ScenarioRun::own_bytes).sum();
        let snapshots = self.snapshots.iter().map(|(name, snapshot)| {
            SNAPSHOT_BYTES + name.len() + snapshot.run.as_deref().map_or(0, ScenarioRun::own_bytes)
        });
        let left = runs + snapshots.sum::<usize>() + self.outbox.bytes();
        if left != self.left.amount() {
            self.left.set(left);
        }
    }

    /// Restores a snapshot. Journal and coverage begin anew.
    pub(crate) fn restore(&mut self, snapshot: &Snapshot) {
        let Snapshot { state, run } = snapshot.clone();
        let name = Arc::clone(&self.state.name);
        self.state = State { name, rate_limits: Buckets::default(), ..state };
        self.let_calls_go();
        self.run = run;
        self.journal.restart(self.state.settings.journal, &self.state.settings.journals);
        self.coverage = Coverage::default();
        self.holds.release();
        self.waits.restart();
        self.outbox.clear();
    }

    /// Resets the world to its start: data, clock, ids, journal, coverage, scenario. Snapshots stay.
    pub(crate) fn reset(&mut self) {
        let baseline = Arc::clone(&self.baseline);
        self.restore(&baseline);
    }

    /// Notes that the calls so far are about to go. Only those of a world with rules or expectations would be judged.
    fn let_calls_go(&mut self) {
        self.judged.let_go(self.journal.next_number(), self.run.is_some());
    }

    /// Puts another world in place of this one. Readers of its journal see that it began anew, waits for its calls go
    /// on, and its courier begins anew.
    pub(crate) fn replace_with(&mut self, mut other: Self) {
        self.let_calls_go();
        other.judged.add_gone(self.judged);
        other.journal.follow(&self.journal);
        other.waits = std::mem::take(&mut self.waits);
        other.waits.restart();
        other.outbox = std::mem::take(&mut self.outbox);
        other.outbox.clear();
        *self = other;
    }

    /// Ends the scenario, for later resets too. Records, journal and coverage stay.
    pub(crate) fn end_scenario(&mut self) {
        if self.run.is_some() {
            self.judged.leave(self.journal.next_number());
        }
        self.run = None;
        self.release_holds();
        if self.baseline.run.is_some() {
            self.baseline = Arc::new(Snapshot { run: None, ..(*self.baseline).clone() });
        }
    }

    /// Keeps a snapshot of the world under a name, in place of the one that had the name.
    pub(crate) fn keep_snapshot(&mut self, name: &str) -> Result<(), Problem> {
        if name.len() > LONGEST_SNAPSHOT {
            return Err(Problem::refused(format!("the name of a snapshot has at most {LONGEST_SNAPSHOT} bytes")));
        }
        let snapshot = self.snapshot();
        if let Some((_, kept)) = self.snapshots.iter_mut().find(|(known, _)| **known == *name) {
            *kept = snapshot;
        } else if self.snapshots.len() < MOST_SNAPSHOTS {
            self.snapshots.push((name.into(), snapshot));
        } else {
            let message = format!("this world keeps {MOST_SNAPSHOTS} snapshots already; use one of their names again");
            return Err(Problem::refused(message));
        }
        Ok(())
    }

    /// Restores the snapshot of that name. The error lists the names there are.
    pub(crate) fn restore_snapshot(&mut self, name: &str) -> Result<(), Vec<&str>> {
        match self.snapshots.iter().find(|(known, _)| **known == *name).map(|(_, snapshot)| snapshot.clone()) {
            Some(snapshot) => {
                self.restore(&snapshot);
                Ok(())
            }
            None => Err(self.snapshots.iter().map(|(known, _)| &**known).collect()),
        }
    }
}
