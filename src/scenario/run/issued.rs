//! The next links that were issued.

use std::collections::HashSet;
use std::sync::Arc;

/// The most bytes of links that are kept: tens of thousands of pages.
const MOST_BYTES: usize = 4 << 20;
/// The memory of a link beside its text.
const EACH_BYTES: usize = 64;

/// The next links that were issued so far. A consumer has as many as it likes: where they are too many to be kept, no
/// cursor is called made up any more, and the check says so.
#[derive(Clone, Debug, Default)]
pub(in crate::scenario) struct Issued {
    /// Forks share them until one adds another.
    links: Arc<HashSet<String>>,
    bytes: usize,
    is_incomplete: bool,
}

impl Issued {
    pub(in crate::scenario) fn add(&mut self, link: String) {
        if self.is_incomplete || self.links.contains(&link) {
            return;
        }
        self.bytes += link.len() + EACH_BYTES;
        if self.bytes > MOST_BYTES {
            *self = Self::incomplete();
        } else {
            Arc::make_mut(&mut self.links).insert(link);
        }
    }

    /// Makes the links of a run that issued too many.
    pub(in crate::scenario) fn incomplete() -> Self {
        Self { is_incomplete: true, ..Self::default() }
    }

    /// Returns the bytes of memory that the links take.
    pub(in crate::scenario) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Tells whether a link was issued, as far as that is known.
    pub(in crate::scenario) fn may_have(&self, link: &str) -> bool {
        self.is_incomplete || self.links.contains(link)
    }

    /// Tells whether there were too many to be kept.
    pub(in crate::scenario) fn is_incomplete(&self) -> bool {
        self.is_incomplete
    }

    /// Returns the links, sorted.
    pub(in crate::scenario) fn sorted(&self) -> Vec<String> {
        let mut links: Vec<String> = self.links.iter().cloned().collect();
        links.sort();
        links
    }
}

impl FromIterator<String> for Issued {
    fn from_iter<I: IntoIterator<Item = String>>(links: I) -> Self {
        let mut issued = Self::default();
        links.into_iter().for_each(|link| issued.add(link));
        issued
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_beyond_the_bound_are_not_kept() {
        let mut issued = Issued::default();
        let link = |n: usize| format!("{n:01000}");
        let mut most = 0;
        for n in 0..10_000 {
            issued.add(link(n));
            most = most.max(issued.bytes());
        }
        assert!((MOST_BYTES / 2..=MOST_BYTES).contains(&most), "{most}");
        assert_eq!((issued.bytes(), issued.is_incomplete(), issued.may_have("never")), (0, true, true));
    }
}
