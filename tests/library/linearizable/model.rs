//! The sequential model of a world, and the search for an order of what was seen.

use std::collections::{BTreeMap, BTreeSet, HashSet};

/// An operation of a client. Records are named by the place of their id in the list of those made beforehand.
#[derive(Clone, Debug)]
pub(super) enum Op {
    Create {
        name: String,
    },
    Get {
        id: String,
    },
    Rename {
        id: String,
        name: String,
    },
    Delete {
        id: String,
    },
    List,
    /// A JSON Patch that sets a member.
    Set {
        id: String,
        value: u64,
    },
    /// A JSON Patch that replaces the member, which must be there.
    Replace {
        id: String,
        value: u64,
    },
    /// A flow of an integration, which goes with it.
    AddFlow {
        id: String,
    },
    Flows,
    /// The number of calls that tried to create, as a wait counts them.
    Called,
    /// Behind the API, so without a call number.
    AdminRename {
        id: String,
        name: String,
    },
    /// All records of a fork made now.
    Fork,
    Reset,
    /// Keeps where the world stands, under a number.
    Snapshot(u64),
    Restore(u64),
    /// Puts a scenario without records in place of all. Its rule lets every second removal fail.
    Load,
}

/// The result of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Created {
        id: String,
    },
    Named(String),
    Done,
    Missing,
    NameTaken,
    /// A fault rule answered.
    Refused,
    /// The patch does not fit.
    Unfit,
    /// There is no such integration.
    Dangling,
    Counted(u64),
    Listed(Vec<(String, String)>),
}

/// An operation in a history.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) asked: u64,
    pub(super) answered: u64,
    pub(super) op: Op,
    pub(super) outcome: Outcome,
    /// The number of the call, where it has one.
    pub(super) call: Option<u64>,
}

/// The sequential model: integrations, their names unique, in order of creation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Model {
    now: Records,
    /// The states of the world at its snapshots, by number.
    kept: BTreeMap<u64, Records>,
    /// True where each reset starts the scenario.
    has_scenario: bool,
    /// Calls that tried to create since the journal began.
    pub(super) creations: u64,
}

/// The part of a world that a snapshot keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Records {
    order: Vec<String>,
    names: BTreeMap<String, String>,
    /// The integrations whose member is set.
    values: BTreeSet<String>,
    /// Flows with their integrations.
    flows: Vec<(String, String)>,
    /// The removals that the scenario's rule has counted, while there is a scenario.
    removals: Option<u64>,
}

impl Model {
    /// Performs the operation on the model, alone. Which id a new record gets is the server's to say.
    pub(super) fn apply(&mut self, op: &Op, outcome: &Outcome) -> bool {
        let expected = match op {
            Op::Reset | Op::Load => {
                self.has_scenario |= matches!(op, Op::Load);
                self.begin(&Records { removals: self.has_scenario.then_some(0), ..Records::default() });
                Outcome::Done
            }
            Op::Snapshot(n) => {
                self.kept.insert(*n, self.now.clone());
                Outcome::Done
            }
            Op::Restore(n) => {
                self.begin(&self.kept[n].clone());
                Outcome::Done
            }
            Op::Called => Outcome::Counted(self.creations),
            op => {
                self.creations += u64::from(matches!(op, Op::Create { .. }));
                self.now.apply(op, outcome)
            }
        };
        expected == *outcome
    }

    fn begin(&mut self, records: &Records) {
        self.now = records.clone();
        self.creations = 0;
    }
}

impl Records {
    fn is_taken(&self, but: &str, name: &str) -> bool {
        self.names.iter().any(|(id, known)| id != but && known == name)
    }

    /// Performs the operation, and returns its outcome.
    fn apply(&mut self, op: &Op, outcome: &Outcome) -> Outcome {
        match op {
            Op::Create { name } if self.is_taken("", name) => Outcome::NameTaken,
            Op::Create { name } => match outcome {
                Outcome::Created { id } if !self.names.contains_key(id) => {
                    self.names.insert(id.clone(), name.clone());
                    self.order.push(id.clone());
                    outcome.clone()
                }
                _ => Outcome::Done,
            },
            Op::Get { id } => self.names.get(id).cloned().map_or(Outcome::Missing, Outcome::Named),
            Op::Rename { id, name } | Op::AdminRename { id, name } => {
                if !self.names.contains_key(id) {
                    return Outcome::Missing;
                }
                if self.is_taken(id, name) {
                    return Outcome::NameTaken;
                }
                self.names.insert(id.clone(), name.clone());
                // A PUT leaves nothing that it does not name.
                if matches!(op, Op::Rename { .. }) {
                    self.values.remove(id);
                }
                Outcome::Done
            }
            Op::Delete { id } => {
                if let Some(removals) = &mut self.removals {
                    *removals += 1;
                    if *removals % 2 == 0 {
                        return Outcome::Refused;
                    }
                }
                if self.names.remove(id).is_none() {
                    return Outcome::Missing;
                }
                self.order.retain(|known| known != id);
                self.values.remove(id);
                self.flows.retain(|(_, integration)| integration != id);
                Outcome::Done
            }
            Op::Set { id, .. } | Op::Replace { id, .. } if !self.names.contains_key(id) => Outcome::Missing,
            Op::Replace { id, .. } if !self.values.contains(id) => Outcome::Unfit,
            Op::Set { id, .. } => {
                self.values.insert(id.clone());
                Outcome::Done
            }
            Op::Replace { .. } => Outcome::Done,
            Op::AddFlow { id } if !self.names.contains_key(id) => Outcome::Dangling,
            Op::AddFlow { id } => match outcome {
                Outcome::Created { id: flow } if self.flows.iter().all(|(known, _)| known != flow) => {
                    self.flows.push((flow.clone(), id.clone()));
                    outcome.clone()
                }
                _ => Outcome::Done,
            },
            Op::Flows => Outcome::Listed(self.flows.clone()),
            Op::List | Op::Fork => {
                Outcome::Listed(self.order.iter().map(|id| (id.clone(), self.names[id].clone())).collect())
            }
            Op::Reset | Op::Load | Op::Snapshot(_) | Op::Restore(_) | Op::Called => unreachable!("of the whole world"),
        }
    }
}

/// Tells whether some order of the events explains all outcomes, keeping apart in time what was.
pub(super) fn is_linearizable(start: &Model, history: &[Event]) -> bool {
    fn search(state: &Model, done: u64, history: &[Event], tried: &mut HashSet<(u64, Model)>) -> bool {
        let left = || (0..history.len()).filter(|n| done & (1 << n) == 0);
        // Whatever comes next was asked before anything that is left was answered.
        let Some(first_answer) = left().map(|n| history[n].answered).min() else { return true };
        for n in left().filter(|&n| history[n].asked < first_answer) {
            let mut next = state.clone();
            let done = done | (1 << n);
            if next.apply(&history[n].op, &history[n].outcome)
                && tried.insert((done, next.clone()))
                && search(&next, done, history, tried)
            {
                return true;
            }
        }
        false
    }
    assert!(history.len() <= 64, "a history is a set of at most 64 events here");
    search(start, 0, history, &mut HashSet::new())
}
