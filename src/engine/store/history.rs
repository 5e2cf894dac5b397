//! Histories: the records that the service writes by itself (entries of audit trails, events, runs, tokens), and their
//! bounds.
//!
//! No caller deletes such records, so that a world would grow with each change. The oldest are dropped, and counted.

use std::sync::Arc;

use imbl::Vector;

use crate::engine::schema::problem::Problem;
use crate::engine::store::total::{Charge, Total};

/// The bounds on the history of a collection.
#[derive(Clone, Debug)]
pub struct HistoryBounds {
    /// The most records.
    pub records: usize,
    /// The most bytes, as they are estimated.
    pub bytes: usize,
    /// The bytes of all worlds that have these bounds. Bytes that forks share count once.
    pub total: Arc<Total>,
}

impl Default for HistoryBounds {
    fn default() -> Self {
        Self { records: 10_000, bytes: 64 * 1024 * 1024, total: Total::new(512 * 1024 * 1024) }
    }
}

/// The bounds on the memory of the records that requests make. Records of the start, generated records and histories do
/// not count.
#[derive(Clone, Debug)]
pub struct RecordBounds {
    /// The most bytes in one world, as they are estimated.
    pub bytes: usize,
    /// The bytes of all worlds that have these bounds; `None` counts nothing. Records that forks share count once, and
    /// versions that a snapshot or a history keeps count too.
    pub total: Option<Arc<Total>>,
}

impl Default for RecordBounds {
    fn default() -> Self {
        Self { bytes: 512 * 1024 * 1024, total: Some(Total::new(2 * 1024 * 1024 * 1024)) }
    }
}

impl RecordBounds {
    /// No bounds: for the records that worlds start from.
    pub const NONE: Self = Self { bytes: usize::MAX, total: None };

    /// Returns the most bytes in all worlds.
    pub fn total_limit(&self) -> usize {
        self.total.as_ref().map_or(usize::MAX, |total| total.limit())
    }

    /// Returns the room of a world whose records have `own` bytes, and the room of an empty world.
    pub fn room(&self, own: usize) -> (usize, usize) {
        let in_all = self.total.as_ref().map_or(usize::MAX, |total| total.limit().saturating_sub(total.held()));
        (self.bytes.saturating_sub(own).min(in_all), self.bytes.min(self.total_limit()))
    }

    /// Returns the problem of a world whose records would have `own` bytes and so exceed a bound.
    pub fn exceeded(&self, own: usize) -> Problem {
        if own > self.bytes {
            Problem::Full { setting: "record-bytes", limit_bytes: self.bytes }
        } else {
            Problem::Full { setting: "total-record-bytes", limit_bytes: self.total_limit() }
        }
    }

    /// Returns the problem of a world whose records have `own` bytes, if that reaches a bound.
    pub fn reached(&self, own: usize) -> Option<Problem> {
        if own >= self.bytes {
            return Some(Problem::Full { setting: "record-bytes", limit_bytes: self.bytes });
        }
        let total = self.total.as_ref().filter(|total| total.held() >= total.limit())?;
        Some(Problem::Full { setting: "total-record-bytes", limit_bytes: total.limit() })
    }
}

/// The bounds on generated records. A record of more than 4 KiB counts as several.
#[derive(Clone, Debug)]
pub struct GenerateBounds {
    /// The most generated records of one world.
    pub records: usize,
    /// The generated records of all worlds that have these bounds.
    pub total: Arc<Total>,
}

impl Default for GenerateBounds {
    fn default() -> Self {
        Self { records: 1_000_000, total: Total::new(2_000_000) }
    }
}

impl GenerateBounds {
    /// Charges the total with `records` records before they are made, because other worlds may generate theirs at the
    /// same time.
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

    /// Returns the problem of a world that wants more generated records than the bounds allow.
    pub fn exceeded(&self) -> Problem {
        let records = self.records;
        Problem::refused(format!(
            "at most {records} records can be made up in a world, with what comes with them; make up fewer, or raise the \
             setting generated-records"
        ))
    }
}

/// The generated records of a world. Records that forks share count once in the total.
#[derive(Clone, Debug, Default)]
pub struct Generated(Vector<Arc<Charge>>);

impl Generated {
    /// Returns the number of records that may still be generated.
    pub fn left(&self, bounds: &GenerateBounds) -> usize {
        let own: usize = self.0.iter().map(|charge| charge.amount()).sum();
        let left = bounds.records.saturating_sub(own);
        left.min(bounds.total.limit().saturating_sub(bounds.total.held()))
    }

    /// Counts `records` generated records.
    pub fn add(&mut self, records: usize, bounds: &GenerateBounds) {
        self.0.push_back(Arc::new(Charge::new(&bounds.total, records)));
    }
}

/// The records that the service wrote by itself, oldest first. Records of a fixture are not among them.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    entries: Vector<Arc<Held>>,
    bytes: usize,
    lost: u64,
}

/// One record of a history. Its bytes are given back with the last world that has it.
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

    /// Drops the oldest record if the history is beyond the bounds.
    pub(super) fn pop_beyond(&mut self, bounds: &HistoryBounds) -> Option<u64> {
        let is_over = self.entries.len() > bounds.records
            || self.bytes > bounds.bytes
            || bounds.total.held() > bounds.total.hard_limit();
        if is_over { self.pop() } else { None }
    }

    /// Drops the oldest record if the history has more than `bytes` bytes.
    pub(super) fn pop_above(&mut self, bytes: usize) -> Option<u64> {
        if self.bytes > bytes { self.pop() } else { None }
    }

    fn pop(&mut self) -> Option<u64> {
        let oldest = self.entries.pop_front()?;
        self.bytes -= oldest.charge.amount();
        self.lost += 1;
        Some(oldest.sequence)
    }

    /// Tells whether the history has the record of that sequence number.
    pub(super) fn has(&self, sequence: u64) -> bool {
        self.entries.binary_search_by_key(&sequence, |held| held.sequence).is_ok()
    }

    /// Returns the bytes of the history.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Returns the number of records that were dropped.
    pub(super) fn lost(&self) -> u64 {
        self.lost
    }
}
