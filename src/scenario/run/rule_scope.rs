//! The rules of one scope, by the operation. Operations on which the same rules are share one index, so that a rule on
//! all of them costs as much as a rule on one.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::FixedState;

use crate::engine::api::router::Router;
use crate::scenario::model::rule::Rule;
use crate::scenario::run::rule_index::RuleIndex;

/// The rules of one scope. Forks and snapshots share it.
#[derive(Clone, Debug, Default)]
pub(super) struct RuleScope {
    /// The place of each row's index, by the number of the row, which every request looks up.
    by_row: HashMap<usize, usize, FixedState>,
    indexes: Vec<SharedIndex>,
}

/// An index, and the number of rows that share it.
#[derive(Clone, Debug, Default)]
struct SharedIndex {
    index: RuleIndex,
    rows: usize,
}

impl RuleScope {
    /// Adds a rule that stands at this place among all rules.
    pub(super) fn add(&mut self, router: &Router, rule: &Rule, place: usize) {
        let mut selected: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
        for row in router.rows().iter().filter(|row| rule.on.select(row.operation)) {
            selected.entry(self.by_row.get(&row.number).copied()).or_default().push(row.number);
        }
        for (shared, rows) in selected {
            let shared = match shared {
                Some(shared) if self.indexes[shared].rows == rows.len() => shared,
                other => self.divide(other, &rows),
            };
            self.indexes[shared].index.add(rule, place);
        }
    }

    /// Gives some of the rows that share an index one of their own, and returns its place.
    fn divide(&mut self, shared: Option<usize>, rows: &[usize]) -> usize {
        let index = shared.map_or_else(RuleIndex::default, |shared| {
            self.indexes[shared].rows -= rows.len();
            self.indexes[shared].index.clone()
        });
        self.indexes.push(SharedIndex { index, rows: rows.len() });
        let place = self.indexes.len() - 1;
        self.by_row.extend(rows.iter().map(|row| (*row, place)));
        place
    }

    /// Returns the bytes of memory that the indexes take.
    pub(super) fn bytes(&self) -> usize {
        self.indexes.iter().map(|shared| shared.index.bytes()).sum()
    }

    /// Returns the rules on the operation of that row, if there are any.
    pub(super) fn get(&self, row: usize) -> Option<&RuleIndex> {
        self.by_row.get(&row).map(|place| &self.indexes[*place].index)
    }
}
