//! Parts of lists.

use std::ops::Range;
use std::sync::OnceLock;

use bytes::Bytes;
use imbl::Vector;

use crate::engine::store::record::Record;

/// Which part of a list is wanted.
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
    /// Returns the places it looks at in a list of that length, how many records it shows of them, and whether from the
    /// end.
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
    /// The part of the list it is.
    pub window: Window,
    /// The records, in the order shown.
    pub records: Records,
    /// True if there are further records in the same direction.
    pub more: bool,
    /// The number of records of the list that were let go of, because the service keeps only a limited number of its
    /// own.
    pub lost: u64,
    text: OnceLock<Bytes>,
    is_assumed: OnceLock<bool>,
}

/// The records of a page.
#[derive(Clone, Debug)]
pub enum Records {
    /// Some that stand side by side in a collection. The collection is shared, so none of them is touched.
    Part {
        /// All records of the collection.
        of: Vector<Record>,
        /// Where these stand.
        places: Range<usize>,
        /// The last one first.
        backward: bool,
    },
    /// Those that were found.
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

    /// Returns one of them, in the order shown.
    fn get(&self, n: usize) -> Option<&Record> {
        match self {
            Self::Part { of, places, backward } => {
                of.get(if *backward { places.end.checked_sub(n + 1)? } else { places.start + n })
            }
            Self::Found(records) => records.get(n),
        }
    }

    /// Returns all of them, in the order shown.
    pub fn iter(&self) -> Box<dyn Iterator<Item = &Record> + '_> {
        match self {
            // Neighbours lie in one node, which a focus finds once.
            Self::Part { of, places, backward } => {
                let part = of.focus().narrow(places.clone()).into_iter();
                if *backward { Box::new(part.rev()) } else { Box::new(part) }
            }
            Self::Found(records) => Box::new(records.iter()),
        }
    }

    /// Looks at all of them, in the order shown. Records that lie side by side in memory are found once: to look up each
    /// of a page costs more than to copy it.
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

    /// Returns the one shown last.
    pub fn last(&self) -> Option<&Record> {
        self.get(self.len().checked_sub(1)?)
    }
}

impl Page {
    pub(super) fn new(window: Window, records: Records, more: bool) -> Self {
        Self { window, records, more, lost: 0, text: OnceLock::new(), is_assumed: OnceLock::new() }
    }

    /// Makes it the page of a list that has lost records.
    pub fn with_lost(self, lost: u64) -> Self {
        Self { lost, ..self }
    }

    /// Returns the part of records already chosen that the window shows: for lists that are found, not scanned.
    pub fn of(records: &[Record], window: &Window) -> Self {
        let length = records.len();
        let place = |sequence| records.partition_point(|record| record.sequence() < sequence);
        let (part, count, backward) = window.part(length, place);
        let (places, more) = window_of(&part, count, backward);
        let shown = records[places].iter().cloned();
        Self::new(*window, Records::Found(if backward { shown.rev().collect() } else { shown.collect() }), more)
    }

    /// Returns the part of a list that the window shows, which counts from its start. No more of the list is looked at.
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
        // All are of one kind.
        *self
            .is_assumed
            .get_or_init(|| self.records.get(0).is_some_and(has_assumed) && self.records.iter().any(Record::is_assumed))
    }

    /// Returns the records as a JSON array.
    pub fn json(&self) -> &Bytes {
        self.text.get_or_init(|| {
            let (mut all, commas) = (0, self.records.len().saturating_sub(1));
            self.records.each(|record| all += record.bytes().len());
            // To the byte: what is left over would have to be carried along with the body.
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
