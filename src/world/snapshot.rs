//! Where a world stands: what forking, resetting and restoring take over. Copying it copies pointers, not records.

use std::sync::Arc;

use crate::engine::schema::problem::Problem;
use crate::engine::schema::rng::SeededRng;
use crate::engine::state::clock::Clock;
use crate::engine::state::rate_limit::Buckets;
use crate::engine::store::Store;
use crate::history::coverage::Coverage;
use crate::history::journal::Journal;
use crate::scenario::ScenarioRun;
use crate::world::world::{Settings, World};

/// Where a world stands: its records, its time, what its ids and draws will be, and how far its scenario is.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The records.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// The ids and draws to come.
    pub rng: SeededRng,
    /// The scenario as it goes.
    pub run: Option<Box<ScenarioRun>>,
    /// What is settled.
    pub settings: Arc<Settings>,
}

/// How many snapshots a world keeps by name. Each may hold on to records that are gone otherwise.
const MOST_SNAPSHOTS: usize = 100;

impl World {
    /// Where it stands.
    pub fn point(&self) -> Snapshot {
        let (store, clock, rng) = (self.store.clone(), self.clock.clone(), self.rng.clone());
        Snapshot { store, clock, rng, run: self.run.clone(), settings: Arc::clone(&self.settings) }
    }

    /// From here it starts again after each reset.
    pub(crate) fn start_here(&mut self) {
        self.start = Arc::new(self.point());
    }

    /// What it starts from, again after each reset.
    pub fn start(&self) -> &Arc<Snapshot> {
        &self.start
    }

    /// A world that starts there. With a seed, its ids and draws come from that one.
    pub fn starting_at(name: impl Into<Arc<str>>, mut start: Arc<Snapshot>, seed: Option<u64>) -> Self {
        if let Some(seed) = seed {
            let mut run = start.run.clone();
            if let Some(run) = &mut run {
                run.reseed(seed);
            }
            let settings = Arc::new(Settings { seed, ..(*start.settings).clone() });
            let (store, clock, rng) = (start.store.clone(), start.clock.clone(), SeededRng::new(seed));
            start = Arc::new(Snapshot { store, clock, rng, run, settings });
        }
        let name = name.into();
        let Snapshot { store, clock, rng, mut run, settings } = (*start).clone();
        if let Some(run) = &mut run {
            // What was declared in one world is verified there.
            run.mark_verified();
        }
        let journal = Journal::new(settings.journal);
        let (coverage, buckets, snapshots) = (Coverage::default(), Buckets::default(), Vec::new());
        Self { name, store, clock, rng, settings, journal, coverage, buckets, run, start, snapshots }
    }

    /// Goes back, or over, to that point. Journal and coverage begin anew.
    pub fn restore(&mut self, point: &Snapshot) {
        let Snapshot { store, clock, rng, run, settings } = point.clone();
        (self.store, self.clock, self.rng, self.run, self.settings) = (store, clock, rng, run, settings);
        self.journal.restart(self.settings.journal);
        self.coverage = Coverage::default();
        self.buckets = Buckets::default();
    }

    /// As it was when it was made: data, clock, ids, journal, coverage, scenario. What was added by hand is gone;
    /// snapshots stay.
    pub fn reset(&mut self) {
        let start = Arc::clone(&self.start);
        self.restore(&start);
    }

    /// Puts another world in place of this one. Readers of its journal see that it began anew.
    pub fn replace_with(&mut self, mut other: Self) {
        other.journal.follow(&self.journal);
        *self = other;
    }

    /// Ends the scenario, for resets too. Records, journal and coverage stay.
    pub fn end_scenario(&mut self) {
        self.run = None;
        if self.start.run.is_some() {
            self.start = Arc::new(Snapshot { run: None, ..(*self.start).clone() });
        }
    }

    /// Keeps where it stands under a name, in place of what that name stood for.
    pub fn keep_snapshot(&mut self, name: &str) -> Result<(), Problem> {
        let point = self.point();
        if let Some((_, kept)) = self.snapshots.iter_mut().find(|(known, _)| **known == *name) {
            *kept = point;
        } else if self.snapshots.len() < MOST_SNAPSHOTS {
            self.snapshots.push((name.into(), point));
        } else {
            let message = format!("this world keeps {MOST_SNAPSHOTS} snapshots already; use one of their names again");
            return Err(Problem::refused(message));
        }
        Ok(())
    }

    /// Goes back to the snapshot of that name, or tells which there are.
    pub fn restore_snapshot(&mut self, name: &str) -> Result<(), Vec<&str>> {
        match self.snapshots.iter().find(|(known, _)| **known == *name).map(|(_, point)| point.clone()) {
            Some(point) => {
                self.restore(&point);
                Ok(())
            }
            None => Err(self.snapshots.iter().map(|(known, _)| &**known).collect()),
        }
    }
}
