//! The records that a lookup found.

use std::fmt;
use std::iter::FusedIterator;

use imbl::ordmap::Values;
use imbl::shared_ptr::DefaultSharedPtr;

use crate::engine::store::Record;

/// The records that have one value in common, in their order. All lookups return this one type, because the code of
/// iterators is compiled anew for each type.
pub struct Found<'r>(Places<'r>);

enum Places<'r> {
    AtMostOne(Option<&'r Record>),
    Many(Values<'r, (u64, u64), Record, DefaultSharedPtr>),
}

impl<'r> Found<'r> {
    pub(super) fn at_most_one(record: Option<&'r Record>) -> Self {
        Self(Places::AtMostOne(record))
    }

    pub(super) fn many(records: Values<'r, (u64, u64), Record, DefaultSharedPtr>) -> Self {
        Self(Places::Many(records))
    }
}

impl fmt::Debug for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Found").finish_non_exhaustive()
    }
}

impl<'r> Iterator for Found<'r> {
    type Item = &'r Record;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Places::AtMostOne(record) => record.take(),
            Places::Many(records) => records.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Places::AtMostOne(record) => record.iter().size_hint(),
            Places::Many(records) => records.size_hint(),
        }
    }
}

impl DoubleEndedIterator for Found<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Places::AtMostOne(record) => record.take(),
            Places::Many(records) => records.next_back(),
        }
    }
}

impl FusedIterator for Found<'_> {}
