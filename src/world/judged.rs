//! Calls and worlds that no verification looked at, so that a report can say that it knows nothing of them.

use std::sync::Arc;

/// The most names that are kept of worlds that ended without a verification.
const MOST_NAMES: usize = 10;

/// The part of a world's calls that its verifications looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Judged {
    /// The number of the last call when a verification looked.
    until: u64,
    /// The calls since that verification that are gone, because the world began anew.
    gone: u64,
    /// True when the expectations were verified, or are those of the world that this one was made from.
    expectations: bool,
}

impl Judged {
    /// Returns the state of a world that was made from another one, whose expectations are verified there.
    pub(super) fn made_from_another() -> Self {
        Self { expectations: true, ..Self::default() }
    }

    /// Adds the calls that another world in this place let go.
    pub(super) fn add_gone(&mut self, other: Self) {
        self.gone += other.gone;
    }

    /// Returns the state after a verification that looked at all calls before this number.
    pub(super) fn verified(next_number: u64) -> Self {
        Self { until: next_number - 1, gone: 0, expectations: true }
    }

    /// Notes that the world has expectations of its own, which are to be verified.
    pub(super) fn expects(&mut self) {
        self.expectations = false;
    }

    /// Tells whether there are expectations of its own that were never verified.
    pub(super) fn is_open(self) -> bool {
        !self.expectations
    }

    /// Notes that the calls before this number are about to go; with `count`, those that no verification looked at are
    /// counted.
    pub(super) fn let_go(&mut self, next_number: u64, count: bool) {
        if count {
            self.gone += (next_number - 1).saturating_sub(self.until);
        }
        self.until = 0;
    }

    /// Notes that the calls before this number stay, but that the expectations that they would be judged by go.
    pub(super) fn leave(&mut self, next_number: u64) {
        self.let_go(next_number, true);
        self.until = next_number - 1;
    }

    /// Returns the number of calls that are gone and were not looked at.
    pub(super) fn gone(&self) -> u64 {
        self.gone
    }
}

/// The worlds that ended with expectations that were never verified.
#[derive(Clone, Debug, Default)]
pub(super) struct UnjudgedWorlds {
    names: Vec<Arc<str>>,
    more: u64,
}

impl UnjudgedWorlds {
    pub(super) fn add(&mut self, name: &Arc<str>) {
        if self.names.len() < MOST_NAMES {
            self.names.push(Arc::clone(name));
        } else {
            self.more += 1;
        }
    }

    /// Returns the names, and in the last place the number of further ones.
    pub(super) fn list(&self) -> Vec<String> {
        let names = self.names.iter().map(|name| (**name).to_owned());
        names.chain((self.more > 0).then(|| format!("{} more", self.more))).collect()
    }
}
