//! The extras of the entries that have any, in their order, and the memory that they hold.

use std::collections::VecDeque;
use std::ops::Range;

use crate::history::entry::EntryExtras;
use crate::history::trace::RuleTrace;

/// The extras of the entries of a journal. Neighbours with equal extras have one: while no rule matches, all entries do.
#[derive(Debug, Default)]
pub(super) struct ExtrasQueue {
    list: VecDeque<SharedExtras>,
    /// The bytes behind all of them: the verdicts on rules, and names.
    bytes: usize,
}

/// The extras that the entries with these numbers share.
#[derive(Debug)]
struct SharedExtras {
    numbers: Range<u64>,
    extras: EntryExtras,
    /// The bytes behind them, 0 where those before have the same verdicts.
    bytes: usize,
}

impl ExtrasQueue {
    /// Returns the bytes that the extras of the next entry would add.
    pub(super) fn bytes_of(&self, extras: &EntryExtras) -> usize {
        let is_shared = self.list.back().is_some_and(|latest| latest.extras.has_same_trace(extras));
        if is_shared { 0 } else { bytes_behind(extras) }
    }

    /// Adds the extras of the entry of that number, behind all others.
    pub(super) fn add(&mut self, number: u64, extras: EntryExtras) {
        if extras == EntryExtras::default() {
            return;
        }
        let bytes = self.bytes_of(&extras);
        let goes_on = |latest: &&mut SharedExtras| latest.numbers.end == number && latest.extras.is_like(&extras);
        if let Some(latest) = self.list.back_mut().filter(goes_on) {
            latest.numbers.end += 1;
        } else {
            self.bytes += bytes;
            self.list.push_back(SharedExtras { numbers: number..number + 1, extras, bytes });
        }
    }

    /// Forgets the extras of the entries before that number.
    pub(super) fn forget_before(&mut self, number: u64) {
        while self.list.front().is_some_and(|oldest| oldest.numbers.end <= number) {
            let Some(oldest) = self.list.pop_front() else { return };
            self.bytes -= oldest.bytes;
            if let Some(next) = self.list.front_mut().filter(|next| next.extras.has_same_trace(&oldest.extras)) {
                next.bytes += oldest.bytes;
                self.bytes += oldest.bytes;
            }
        }
    }

    /// Forgets all of them, and keeps the memory of the list.
    pub(super) fn clear(&mut self) {
        self.list.clear();
        self.bytes = 0;
    }

    /// Returns the extras of the entry of that number, if it has any.
    pub(super) fn get(&self, number: u64) -> Option<&EntryExtras> {
        let shared = self.list.get(self.place(number))?;
        shared.numbers.contains(&number).then_some(&shared.extras)
    }

    /// Changes the extras of the entry of that number, and not those of its neighbours.
    pub(super) fn amend(&mut self, number: u64, change: impl FnOnce(&mut EntryExtras)) {
        let place = self.place(number);
        let is_there = self.list.get(place).is_some_and(|shared| shared.numbers.contains(&number));
        let shared = if is_there { self.list.remove(place) } else { None };
        let SharedExtras { numbers, extras, bytes } =
            shared.unwrap_or(SharedExtras { numbers: number..number + 1, extras: EntryExtras::default(), bytes: 0 });
        let mut changed = extras.clone();
        change(&mut changed);
        let parts =
            [(numbers.start..number, &extras), (number..number + 1, &changed), (number + 1..numbers.end, &extras)];
        for (numbers, extras) in parts.into_iter().rev().filter(|(numbers, _)| !numbers.is_empty()) {
            self.list.insert(place, SharedExtras { numbers, extras: extras.clone(), bytes: 0 });
        }
        self.list[place].bytes = bytes;
    }

    fn place(&self, number: u64) -> usize {
        self.list.partition_point(|shared| shared.numbers.end <= number)
    }

    /// Returns the bytes behind the extras.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Returns the bytes of memory that are used.
    pub(super) fn used(&self) -> usize {
        self.list.len() * size_of::<SharedExtras>() + self.bytes
    }

    /// Returns the bytes of memory that it holds, used or not.
    pub(super) fn room(&self) -> usize {
        self.list.capacity() * size_of::<SharedExtras>() + self.bytes
    }

    /// Gives back the memory that is not used.
    pub(super) fn shrink(&mut self) {
        self.list.shrink_to_fit();
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }
}

/// Returns the bytes behind extras that share nothing. Names count in full, as the scenario that they are of may be gone.
fn bytes_behind(extras: &EntryExtras) -> usize {
    let verdicts = extras.why.iter().flat_map(|why| why.iter());
    verdicts.map(|verdict| size_of::<RuleTrace>() + verdict.rule.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::trace::{Part, Trace, Verdict};

    #[test]
    fn verdicts_count_once_for_neighbours_and_until_the_last_is_gone() {
        let trace = |rules: usize| -> Trace {
            (0..rules).map(|_| RuleTrace { rule: "abc".into(), verdict: Verdict::Mismatch(Part::Query) }).collect()
        };
        let each = size_of::<RuleTrace>() + 3;
        let (one, other) = (trace(10), trace(4));
        let mut queue = ExtrasQueue::default();
        let extras = |why: &Trace, delay_ms| EntryExtras { why: Some(why.clone()), delay_ms, ..EntryExtras::default() };
        for (number, why, delay_ms) in [(1, &one, 0), (2, &one, 5), (3, &one, 6), (4, &other, 6), (5, &one, 0)] {
            queue.add(number, extras(why, delay_ms));
        }
        let held = [(1, 24), (2, 24), (3, 24), (4, 14), (5, 10), (6, 0)];
        queue.amend(2, |extras| extras.gave_up_ms = Some(1));
        for (first, verdicts) in held {
            queue.forget_before(first);
            assert_eq!(queue.bytes(), verdicts * each, "from {first} on");
        }
        assert_eq!(queue.len(), 0);
    }
}
