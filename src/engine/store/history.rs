//! Bounds on what the service writes by itself: entries of trails, events, runs, tokens.
//!
//! No caller deletes them, so a world that lives long would grow with each change. The oldest are let go of, and
//! counted.

use std::sync::Arc;

use imbl::Vector;

use crate::engine::schema::problem::Problem;
use crate::engine::store::total::{Charge, Total};

/// The bounds on what a collection keeps of what the service writes by itself.
#[derive(Clone, Debug)]
pub struct HistoryBounds {
    /// The most records.
    pub records: usize,
    /// The most bytes, as they are estimated.
    pub bytes: usize,
    /// The bytes of all worlds that have these bounds. Those that forks share count once.
    pub total: Arc<Total>,
}

impl Default for HistoryBounds {
    fn default() -> Self {
        Self { records: 10_000, bytes: 64 * 1024 * 1024, total: Total::new(512 * 1024 * 1024) }
    }
}

/// The bounds on the memory of the records that requests make. Those of the start, those that are made up and what a
/// service writes by itself are none of them.
#[derive(Clone, Debug)]
pub struct RecordBounds {
    /// The most bytes in one world, as they are estimated.
    pub bytes: usize,
    /// The bytes of all worlds that have these bounds; `None` counts nothing. Records that forks share count once, and
    /// versions that a snapshot or a history keeps count, too.
    pub total: Option<Arc<Total>>,
}

impl Default for RecordBounds {
    fn default() -> Self {
        Self { bytes: 512 * 1024 * 1024, total: Some(Total::new(2 * 1024 * 1024 * 1024)) }
    }
}

impl RecordBounds {
    /// The bounds where records are read that worlds start from.
    pub const NONE: Self = Self { bytes: usize::MAX, total: None };

    /// Returns the most bytes in all worlds.
    pub fn total_limit(&self) -> usize {
        self.total.as_ref().map_or(usize::MAX, |total| total.limit())
    }

    /// Returns the room that a world has whose records have `own` bytes, and the room of one that has none.
    pub fn room(&self, own: usize) -> (usize, usize) {
        let in_all = self.total.as_ref().map_or(usize::MAX, |total| total.limit().saturating_sub(total.held()));
        (self.bytes.saturating_sub(own).min(in_all), self.bytes.min(self.total_limit()))
    }

    /// Says which bound a world would exceed whose records would have `own` bytes.
    pub fn exceeded(&self, own: usize) -> Problem {
        if own > self.bytes {
            Problem::Full { setting: "record-bytes", limit_bytes: self.bytes }
        } else {
            Problem::Full { setting: "total-record-bytes", limit_bytes: self.total_limit() }
        }
    }

    /// Says which bound is reached, if one is, by a world whose records have `own` bytes.
    pub fn reached(&self, own: usize) -> Option<Problem> {
        if own >= self.bytes {
            return Some(Problem::Full { setting: "record-bytes", limit_bytes: self.bytes });
        }
        let total = self.total.as_ref().filter(|total| total.held() >= total.limit())?;
        Some(Problem::Full { setting: "total-record-bytes", limit_bytes: total.limit() })
    }
}

/// The bounds on the records that may be made up. One of more than 4 KiB counts as several.
#[derive(Clone, Debug)]
pub struct GenerateBounds {
    /// In one world.
    pub records: usize,
    /// In all worlds that have these bounds.
    pub total: Arc<Total>,
}

impl Default for GenerateBounds {
    fn default() -> Self {
        Self { records: 1_000_000, total: Total::new(2_000_000) }
    }
}

impl GenerateBounds {
    /// Charges the total with that many records, where they fit: other worlds may be made up at this moment.
    pub fn reserve(&self, records: usize) -> Result<Charge, Problem> {
        if records > self.records {
            return Err(self.exceeded());
        }
        let reserved = Charge::new(&self.total, records);
        if self.total.held() <= self.total.limit() {
            return Ok(reserved);
        }
        let total = self.total.limit();
        Err(Problem::refused(format!(
            "at most {total} records can be made up in all worlds together; delete worlds, make up fewer, or raise the \
             setting total-generated-records"
        )))
    }

    /// Says how many records can be made up in a world.
    pub fn exceeded(&self) -> Problem {
        let records = self.records;
        Problem::refused(format!(
            "at most {records} records can be made up in a world, with what comes with them; make up fewer, or raise the \
             setting generated-records"
        ))
    }
}

/// The records that were made up in a world. Those that forks share count once in the total.
#[derive(Clone, Debug, Default)]
pub struct Generated(Vector<Arc<Charge>>);

impl Generated {
    /// Returns the number of records that may still be made up.
    pub fn left(&self, bounds: &GenerateBounds) -> usize {
        let own: usize = self.0.iter().map(|charge| charge.amount()).sum();
        let left = bounds.records.saturating_sub(own);
        left.min(bounds.total.limit().saturating_sub(bounds.total.held()))
    }

    /// Counts that many.
    pub fn add(&mut self, records: usize, bounds: &GenerateBounds) {
        self.0.push_back(Arc::new(Charge::new(&bounds.total, records)));
    }
}

/// The records that the service wrote by itself, oldest first. Those that a fixture brought are none of them.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    entries: Vector<Arc<Held>>,
    bytes: usize,
    lost: u64,
}

/// One of them. Its bytes are given back with the last world that has it.
#[derive(Debug)]
struct Held {
    sequence: u64,
    charge: Charge,
}

impl History {
    /// Adds the record of that sequence number.
    pub(super) fn push(&mut self, sequence: u64, bytes: usize, bounds: &HistoryBounds) {
        self.bytes += bytes;
        self.entries.push_back(Arc::new(Held { sequence, charge: Charge::new(&bounds.total, bytes) }));
    }

    /// Lets go of the oldest record if all together are beyond the bounds.
    pub(super) fn pop_beyond(&mut self, bounds: &HistoryBounds) -> Option<u64> {
        let is_over = self.entries.len() > bounds.records
            || self.bytes > bounds.bytes
            || bounds.total.held() > bounds.total.hard_limit();
        if is_over { self.pop() } else { None }
    }

    /// Lets go of the oldest record if all together are more than this.
    pub(super) fn pop_above(&mut self, bytes: usize) -> Option<u64> {
        if self.bytes > bytes { self.pop() } else { None }
    }

    fn pop(&mut self) -> Option<u64> {
        let oldest = self.entries.pop_front()?;
        self.bytes -= oldest.charge.amount();
        self.lost += 1;
        Some(oldest.sequence)
    }

    /// Tells whether the record of that sequence number is one of them.
    pub(super) fn has(&self, sequence: u64) -> bool {
        self.entries.binary_search_by_key(&sequence, |held| held.sequence).is_ok()
    }

    /// Returns the bytes of these records.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Returns the number of records that were let go of.
    pub(super) fn lost(&self) -> u64 {
        self.lost
    }
}
