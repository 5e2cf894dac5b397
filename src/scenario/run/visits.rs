//! The steps that a timeline entered.

use std::collections::HashSet;

use foldhash::fast::FixedState;

/// The most entries that are kept beside the first one of each step.
const MOST: usize = 10_000;

/// The steps entered so far, in order. Of a timeline that goes in a ring, which a consumer can turn for ever, the first
/// entry of each step and the newest entries stay.
#[derive(Clone, Debug, Default)]
pub(in crate::scenario) struct Visits {
    /// Each step with the number of the call that led there; 0 is the start.
    list: Vec<(usize, u64)>,
    entered: HashSet<usize, FixedState>,
}

impl Visits {
    pub(in crate::scenario) fn add(&mut self, step: usize, call: u64) {
        self.entered.insert(step);
        self.list.push((step, call));
        if self.list.len() >= self.entered.len() + MOST {
            self.forget();
        }
    }

    pub(in crate::scenario) fn list(&self) -> &[(usize, u64)] {
        &self.list
    }

    /// Returns the steps that were entered, each once.
    pub(in crate::scenario) fn entered(&self) -> impl Iterator<Item = usize> {
        self.entered.iter().copied()
    }

    fn forget(&mut self) {
        let newest = self.list.len() - MOST / 2;
        let mut known: HashSet<usize, FixedState> = HashSet::default();
        let mut place = 0;
        self.list.retain(|(step, _)| {
            place += 1;
            known.insert(*step) || place > newest
        });
    }
}

impl From<Vec<(usize, u64)>> for Visits {
    fn from(list: Vec<(usize, u64)>) -> Self {
        let entered = list.iter().map(|(step, _)| *step).collect();
        Self { list, entered }
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, Visits};

    #[test]
    fn a_ring_of_steps_keeps_the_first_entry_of_each_and_the_newest() {
        let mut visits = Visits::default();
        (0..50_000).for_each(|call: u64| visits.add(usize::from(call > 100) + usize::from(call > 200), call));
        let list = visits.list();
        assert!(list.len() < MOST + 3, "{}", list.len());
        assert_eq!(list[..3], [(0, 0), (1, 101), (2, 201)]);
        assert_eq!(list.last(), Some(&(2, 49_999)));
        assert!(list.is_sorted_by_key(|(_, call)| *call));
        assert_eq!(Visits::from(list.to_vec()).entered().count(), 3);
    }
}
