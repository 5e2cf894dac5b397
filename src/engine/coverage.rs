//! Which operations and documented outcomes a consumer has met.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// How often each outcome of each operation was served.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    cells: BTreeMap<(&'static str, Cow<'static, str>), Cell>,
}

/// How often one outcome of one operation was served.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// By the operation itself.
    pub natural: u64,
    /// By a fault rule.
    pub injected: u64,
}

impl Coverage {
    /// Counts one answer. The outcome is an error's name, or a status.
    pub fn count(&mut self, operation: &'static str, outcome: Cow<'static, str>, injected: bool) {
        let cell = self.cells.entry((operation, outcome)).or_default();
        if injected {
            cell.injected += 1;
        } else {
            cell.natural += 1;
        }
    }

    /// Every outcome that was served, in the order of operation and outcome.
    pub fn cells(&self) -> impl Iterator<Item = (&'static str, &str, Cell)> {
        self.cells.iter().map(|((operation, outcome), cell)| (*operation, outcome.as_ref(), *cell))
    }
}
