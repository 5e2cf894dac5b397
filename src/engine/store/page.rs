//! Parts of lists.

use std::ops::Range;
use std::sync::OnceLock;

use bytes::Bytes;
use imbl::Vector;

use crate::engine::store::record::Record;

/// The part of a list that a request wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// At most `limit` records, after skipping `skip` records.
    Offset {
        /// Records left out at the start.
        skip: usize,
        /// The most records to show.
        limit: usize,
    },
    /// At most `count` records, the first of those between two records, in creation order.
    Forward {
        /// The most records to show.
        count: usize,
        /// Strictly after and strictly before these.
        between: Between,
    },
    /// At most `count` records, the last of those between two records, newest first.
    Backward {
        /// The most records to show.
        count: usize,
        /// Strictly after and strictly before these.
        between: Between,
    },
}

/// The sequence numbers of two records that bound a part of a list and are no part of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Between {
    /// Only later records.
    pub after: Option<u64>,
    /// Only earlier records.
    pub before: Option<u64>,
}

impl Between {
    /// Returns the places in a list of that length, where `place` is the first at or behind a sequence number.
    fn places(self, length: usize, place: impl Fn(u64) -> usize) -> Range<usize> {
        let start = self.after.map_or(0, |after| place(after + 1));
        start..self.before.map_or(length, &place).max(start)
    }
}

impl Window {
    /// Returns the places that it covers in a list of that length, the number of records that it shows of them, and
    /// whether it shows the last ones.
    pub(super) fn part(&self, length: usize, place: impl Fn(u64) -> usize) -> (Range<usize>, usize, bool) {
        match *self {
            Self::Offset { skip, limit } => (skip.min(length)..length, limit, false),
            Self::Forward { count, between } => (between.places(length, place), count, false),
            Self::Backward { count, between } => (between.places(length, place), count, true),
        }
    }
}

/// One page of a list.
#[derive(Debug)]
pub struct Page {
    /// The window that it shows.
    pub window: Window,
    /// The records, in the order shown.
    pub records: Records,
    /// True if there are further records in the same direction.
    pub more: bool,
    /// The number of records that the list has lost, because its history is bounded.
    pub lost: u64,
    text: OnceLock<Bytes>,
    is_assumed: OnceLock<bool>,
}

/// The records of a page.
#[derive(Clone, Debug)]
pub enum Records {
    /// Records that stand side by side in a collection, which is shared, so that none of them is copied.
    Part {
        /// All records of the collection.
        of: Vector<Record>,
        /// The places of the page's records.
        places: Range<usize>,
        /// True if the last record comes first.
        backward: bool,
    },
    /// Records that were found by an index or a scan.
    Found(Vec<Record>),
}

impl Records {
    /// Returns the number of records.
    pub fn len(&self) -> usize {
        match self {
            Self::Part { places, .. } => places.len(),
            Self::Found(records) => records.len(),
        }
    }

    /// Tells whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the n-th record, in the order shown.
    fn get(&self, n: usize) -> Option<&Record> {
        match self {
            Self::Part { of, places, backward } => {
                of.get(if *backward { places.end.checked_sub(n + 1)? } else { places.start + n })
            }
            Self::Found(records) => records.get(n),
        }
    }

    /// Returns all records, in the order shown.
    pub fn iter(&self) -> Box<dyn Iterator<Item = &Record> + '_> {
        match self {
            // Neighbours lie in one node of the vector, which a focus finds once.
            Self::Part { of, places, backward } => {
                let part = of.focus().narrow(places.clone()).into_iter();
                if *backward { Box::new(part.rev()) } else { Box::new(part) }
            }
            Self::Found(records) => Box::new(records.iter()),
        }
    }

    /// Passes all records to `look`, in the order shown. Records of one node are found together: a lookup of each
    /// record of a page would cost more than a copy of it.
    fn each(&self, mut look: impl FnMut(&Record)) {
        let Self::Part { of, places, backward } = self else { return self.iter().for_each(look) };
        let (mut focus, mut left) = (of.focus(), places.clone());
        while !left.is_empty() {
            let (there, records) = focus.chunk_at(if *backward { left.end - 1 } else { left.start });
            let (start, end) = (there.start.max(left.start), there.end.min(left.end));
            let records = records[start - there.start..end - there.start].iter();
            if *backward {
                records.rev().for_each(&mut look);
                left.end = start;
            } else {
                records.for_each(&mut look);
                left.start = end;
            }
        }
    }

    /// Returns the record that is shown last.
    pub fn last(&self) -> Option<&Record> {
        self.get(self.len().checked_sub(1)?)
    }
}

impl Page {
    pub(super) fn new(window: Window, records: Records, more: bool) -> Self {
        Self { window, records, more, lost: 0, text: OnceLock::new(), is_assumed: OnceLock::new() }
    }

    /// Sets the number of records that the list has lost.
    pub fn with_lost(self, lost: u64) -> Self {
        Self { lost, ..self }
    }

    /// Returns the part of found records that the window shows.
    pub fn of(records: &[Record], window: &Window) -> Self {
        let length = records.len();
        let place = |sequence| records.partition_point(|record| record.sequence() < sequence);
        let (part, count, backward) = window.part(length, place);
        let (places, more) = window_of(&part, count, backward);
        let shown = records[places].iter().cloned();
        Self::new(*window, Records::Found(if backward { shown.rev().collect() } else { shown.collect() }), more)
    }

    /// Returns the part of a list that the window shows, which counts from the start. Reads no more of the list.
    pub fn of_first<'r>(mut records: impl Iterator<Item = &'r Record>, window: &Window) -> Self {
        let Window::Offset { skip, limit } = *window else {
            let all: Vec<Record> = records.cloned().collect();
            return Self::of(&all, window);
        };
        let mut left_out = 0;
        while left_out < skip && records.next().is_some() {
            left_out += 1;
        }
        let shown: Vec<Record> = records.by_ref().take(limit).cloned().collect();
        let more = records.next().is_some();
        Self::new(*window, Records::Found(shown), more)
    }

    /// Tells whether one of the records has a value that no document and no client shows.
    pub fn is_assumed(&self) -> bool {
        let has_assumed = |record: &Record| record.resource().has_assumed;
        // All records of a page are of one kind, so the first tells whether there can be such values.
        *self
            .is_assumed
            .get_or_init(|| self.records.get(0).is_some_and(has_assumed) && self.records.iter().any(Record::is_assumed))
    }

    /// Returns the records as a JSON array.
    pub fn json(&self) -> &Bytes {
        self.text.get_or_init(|| {
            let (mut all, commas) = (0, self.records.len().saturating_sub(1));
            self.records.each(|record| all += record.bytes().len());
            // The exact number of bytes: spare room would stay allocated with the body.
            let mut bytes = Vec::with_capacity("[]".len() + all + commas);
            bytes.push(b'[');
            self.records.each(|record| {
                if bytes.len() > 1 {
                    bytes.push(b',');
                }
                bytes.extend_from_slice(record.bytes());
            });
            bytes.push(b']');
            bytes.into()
        })
    }
}

/// Returns at most `count` places of a part, the first or the last, and whether there are more.
pub(super) fn window_of(part: &Range<usize>, count: usize, backward: bool) -> (Range<usize>, bool) {
    if backward {
        let start = part.end.saturating_sub(count).max(part.start);
        (start..part.end, start > part.start)
    } else {
        let end = part.start.saturating_add(count).min(part.end);
        (part.start..end, end < part.end)
    }
}
