//! Requests and their answers: newest last, bounded in entries and bytes.
//!
//! The text of all entries lies in one ring of bytes that is reused. Keeping the HTTP library's own buffers would pin
//! them, and cost a third of the request rate.

use std::sync::Arc;

use crate::engine::state::clock::Clock;
use crate::engine::state::settings::JournalBounds;
use crate::engine::store::{Charge, Total};
use crate::history::entry::{Entry, EntryExtras, EntryMeta};
use crate::history::exchange::Exchange;
use crate::history::ring::Ring;
use crate::history::shared_extras::ExtrasQueue;

/// The most bytes that are kept of the body of a successful answer. The body of an error is kept whole.
const EXCERPT_BYTES: usize = 256;

/// The number of lost entries that are evicted at once: they were written long ago, and each look at one waits for
/// memory.
const EVICTED_AT_ONCE: usize = 64;

/// The journal of a world.
#[derive(Debug)]
pub(crate) struct Journal {
    bounds: JournalBounds,
    /// The headers of the kept entries, behind those of a few lost ones that are not evicted yet.
    entries: Ring<EntryHeader>,
    /// The extras of the entries that have any.
    extras: ExtrasQueue,
    text: Ring<u8>,
    /// Bytes of text that were dropped at the front since the start.
    dropped_bytes: u64,
    next_number: u64,
    /// Number of times the journal began anew.
    run: u64,
    /// The memory it holds, among that of the journals of all worlds.
    charge: Charge,
}

/// The fixed part of an entry. It is small plain data: thousands of entries are touched only once, so their size is
/// their cost, and a lost one is overwritten unread.
#[derive(Clone, Copy, Debug)]
struct EntryHeader {
    meta: EntryMeta,
    start: u64,
    /// Lengths of method, target, headers, body and excerpt, in this order.
    lengths: [u32; 5],
    answer_bytes: u32,
}

impl Journal {
    /// Makes an empty journal, whose bytes are counted among those of all journals.
    pub(crate) fn new(bounds: JournalBounds, total: &Arc<Total>) -> Self {
        Self {
            bounds,
            entries: Ring::new(bounds.entries.saturating_add(EVICTED_AT_ONCE)),
            extras: ExtrasQueue::default(),
            text: Ring::new(bounds.bytes),
            dropped_bytes: 0,
            next_number: 1,
            run: 0,
            charge: Charge::new(total, 0),
        }
    }

    /// Begins anew with these bounds. Keeps its memory if they are unchanged: the next run needs as much.
    pub(crate) fn restart(&mut self, bounds: JournalBounds, total: &Arc<Total>) {
        let run = self.run + 1;
        if bounds != self.bounds {
            *self = Self::new(bounds, total);
        }
        self.run = run;
        self.entries.clear();
        self.extras.clear();
        self.text.clear();
        (self.dropped_bytes, self.next_number) = (0, 1);
    }

    /// Lets the numbers of an empty journal begin behind those of `calls` calls that another server answered: here they
    /// are lost.
    pub(crate) fn start_behind(&mut self, calls: u64) {
        self.next_number = calls.saturating_add(1);
    }

    /// Takes the place of another journal: its readers see that it began anew.
    pub(crate) fn follow(&mut self, other: &Self) {
        self.run = other.run + 1;
    }

    /// Returns the number of times that it began anew. A reader compares it to see that its earlier numbers are of
    /// another run.
    pub(crate) fn run(&self) -> u64 {
        self.run
    }

    /// Returns the number of the next entry.
    pub(crate) fn next_number(&self) -> u64 {
        self.next_number
    }

    /// Returns the number of entries lost to the bounds.
    pub(crate) fn lost(&self) -> u64 {
        self.first_number() - 1
    }

    /// Returns the number of entries it holds.
    pub(crate) fn len(&self) -> usize {
        self.entries.len().min(self.bounds.entries)
    }

    /// Adds an entry, losing the oldest ones when the bounds are reached.
    pub(crate) fn add(&mut self, exchange: &Exchange<'_>, clock: &Clock) {
        let (request, response) = (exchange.request, &*exchange.response.body);
        let meta = EntryMeta::of(exchange, clock);
        let extras = EntryExtras::of(exchange, clock);
        let excerpt = if meta.status < 400 { &response[..response.len().min(EXCERPT_BYTES)] } else { response };
        let headers = request.headers.iter().map(|(name, value)| name.len() + value.len() + 3).sum();
        let lengths = [request.method.len(), request.target.len(), headers, request.body.len(), excerpt.len()];
        let behind = self.extras.bytes_of(&extras);
        let (most, new_bytes) = (self.bounds, lengths.iter().sum::<usize>() + behind);
        if self.entries.len() >= most.entries.saturating_add(EVICTED_AT_ONCE) {
            self.evict(EVICTED_AT_ONCE);
        }
        while self.entries.len() > 0 && self.text.len() + self.extras.bytes() + new_bytes > most.bytes {
            self.evict(1);
            self.extras.forget_before(self.first_number());
        }
        let number = self.next_number;
        self.next_number += 1;
        if most.entries > 0 && new_bytes <= most.bytes {
            let start = self.dropped_bytes + self.text.len() as u64;
            let text = &mut self.text;
            text.reserve(new_bytes);
            text.extend(request.method.as_bytes());
            text.extend(request.target.as_bytes());
            for (name, value) in request.headers {
                text.extend(name.as_bytes());
                text.extend(b": ");
                text.extend(value);
                text.push(b'\n');
            }
            text.extend(request.body);
            text.extend(excerpt);
            let (lengths, answer_bytes) = (lengths.map(short), short(response.len()));
            self.entries.reserve(1);
            self.entries.push(EntryHeader { meta, start, lengths, answer_bytes });
            self.extras.add(number, extras);
        }
        self.extras.forget_before(self.first_number());
        self.count_room();
    }

    /// Returns the bytes of memory it holds.
    pub(crate) fn room(&self) -> usize {
        self.entries.room() + self.text.room() + self.extras.room()
    }

    /// Charges the total of all journals when the memory of this one has changed, which is rare.
    fn count_room(&mut self) {
        let room = self.room();
        if room != self.charge.amount() {
            self.charge.set(room);
        }
    }

    /// Gives back half of the memory it holds: the oldest entries are lost.
    pub(crate) fn halve(&mut self) {
        let most = self.room() / 2;
        let used = |this: &Self| this.entries.len() * size_of::<EntryHeader>() + this.text.len() + this.extras.used();
        while self.entries.len() > 0 && used(self) > most {
            self.evict(1);
            self.extras.forget_before(self.first_number());
        }
        self.entries.shrink();
        self.text.shrink();
        self.extras.shrink();
        self.count_room();
    }

    /// Changes the extras of an entry, if it is still there.
    pub(crate) fn amend(&mut self, number: u64, change: impl FnOnce(&mut EntryExtras)) {
        if !(self.first_number()..self.next_number).contains(&number) {
            return;
        }
        self.extras.amend(number, change);
        self.count_room();
    }

    /// Forgets the `oldest` oldest headers, and their text.
    fn evict(&mut self, oldest: usize) {
        self.entries.forget(oldest);
        let keep_from = self.entries.get(0).map_or(self.dropped_bytes + self.text.len() as u64, |header| header.start);
        let gone = usize::try_from(keep_from - self.dropped_bytes).unwrap_or(self.text.len());
        self.text.forget(gone);
        self.dropped_bytes = keep_from;
    }

    /// Returns the number of entries that are lost and not evicted yet.
    fn lost_entries(&self) -> usize {
        self.entries.len() - self.len()
    }

    /// Returns the number of the oldest entry.
    fn first_number(&self) -> u64 {
        self.next_number - self.len() as u64
    }

    /// Returns the entry of that number, if it is still there.
    pub(crate) fn get(&self, number: u64) -> Option<Entry> {
        let place = usize::try_from(number.checked_sub(self.first_number())?).ok()?;
        self.entries.get(self.lost_entries().saturating_add(place)).map(|header| self.entry(number, header))
    }

    /// Returns the entry of that number, if it is still there and of a wanted operation. An unwanted one is not copied.
    pub(crate) fn get_of(&self, number: u64, is_wanted: impl Fn(&str) -> bool) -> Option<Entry> {
        let place = usize::try_from(number.checked_sub(self.first_number())?).ok()?;
        let header = self.entries.get(self.lost_entries().saturating_add(place))?;
        header.meta.operation().filter(|operation| is_wanted(operation))?;
        Some(self.entry(number, header))
    }

    /// Returns the operations of the entries after that number, oldest first; `None` for a miss.
    pub(crate) fn operations_since(&self, number: u64) -> impl Iterator<Item = Option<&'static str>> {
        let skip = number.saturating_add(1).saturating_sub(self.first_number());
        let skip = usize::try_from(skip).unwrap_or(usize::MAX).min(self.len());
        self.entries.range(self.lost_entries() + skip..self.entries.len()).map(|header| header.meta.operation())
    }

    /// Returns the entries after that number, oldest first.
    pub(crate) fn since(&self, number: u64) -> impl Iterator<Item = Entry> {
        let first = self.first_number();
        let skip = number.saturating_add(1).saturating_sub(first);
        let skip = usize::try_from(skip).unwrap_or(usize::MAX).min(self.len());
        let entries = self.entries.range(self.lost_entries() + skip..self.entries.len());
        (first + skip as u64..).zip(entries).map(|(number, header)| self.entry(number, header))
    }

    fn entry(&self, number: u64, header: &EntryHeader) -> Entry {
        let mut place = usize::try_from(header.start - self.dropped_bytes).expect("text of a kept entry is kept");
        let mut parts = header.lengths.map(|length| {
            let part = place..place + length as usize;
            place = part.end;
            self.text.range(part).copied().collect::<Vec<u8>>()
        });
        let [method, target, headers, body, response] = &mut parts;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let headers = text(headers);
        let headers = headers
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
            .collect();
        Entry {
            number,
            method: text(method),
            target: text(target),
            headers,
            body: std::mem::take(body),
            response: std::mem::take(response),
            answer_bytes: header.answer_bytes,
            meta: header.meta,
            extras: self.extras.get(number).cloned().unwrap_or_default(),
        }
    }
}

/// Returns a length as the headers keep it. No body of a test is longer than 4 GiB.
fn short(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::state::clock::ClockMode;
    use crate::http::message::{Request, Response};

    fn journal(bounds: JournalBounds) -> Journal {
        Journal::new(bounds, &Total::new(usize::MAX))
    }

    fn add(journal: &mut Journal, target: &str) {
        add_with(journal, target, 0);
    }

    fn add_with(journal: &mut Journal, target: &str, delay_ms: u64) {
        let request = Request {
            method: "GET",
            target,
            headers: &[("host", b"h")],
            body: b"{}",
            arrived_ms: 5,
            believes_front: true,
        };
        let mut exchange = Exchange::new(journal.next_number(), &request, None);
        exchange.response = Response::json_bytes(200, "x".repeat(300));
        exchange.delay_ms = delay_ms;
        journal.add(&exchange, &Clock::new(ClockMode::Frozen, 1));
    }

    #[test]
    fn entries_come_back_as_they_went_in() {
        let mut journal = journal(JournalBounds::default());
        add(&mut journal, "/v1/things");
        let entry = journal.get(1).unwrap();
        assert_eq!((entry.method.as_str(), entry.target.as_str(), entry.meta.status), ("GET", "/v1/things", 200));
        assert_eq!(entry.headers, [("host".to_owned(), "h".to_owned())]);
        assert_eq!(
            (entry.body.as_slice(), entry.response.len(), entry.answer_bytes),
            (b"{}".as_slice(), EXCERPT_BYTES, 300)
        );
    }

    #[test]
    fn the_oldest_entries_are_lost_first_and_counted() {
        let mut journal = journal(JournalBounds { entries: 3, bytes: 1 << 20 });
        for n in 1..=3 * EVICTED_AT_ONCE as u64 {
            add(&mut journal, &format!("/v1/things/{n}"));
            let kept = n.min(3);
            let oldest = n + 1 - kept;
            assert_eq!((journal.len() as u64, journal.lost()), (kept, n - kept));
            assert!(journal.get(oldest - 1).is_none());
            assert_eq!(journal.get(oldest).unwrap().target, format!("/v1/things/{oldest}"));
            assert!(journal.get(n + 1).is_none());
            assert!(journal.entries.len() <= 3 + EVICTED_AT_ONCE);
            for since in [0, oldest, n] {
                let numbers: Vec<u64> = journal.since(since).map(|entry| entry.number).collect();
                assert_eq!(numbers, (oldest.max(since + 1)..=n).collect::<Vec<_>>());
            }
        }
        assert_eq!(journal.operations_since(0).flatten().count(), 0, "none of these was one");
        assert!(journal.get(u64::MAX).is_none());
        assert_eq!(journal.since(u64::MAX).count(), 0, "no number is too large to ask for");
    }

    #[test]
    fn what_few_entries_have_is_kept_and_lost_with_them_and_once_for_neighbours() {
        let mut journal = journal(JournalBounds { entries: 10, bytes: 1 << 20 });
        // Some neighbours have no extras, some equal ones, and some each another.
        let delay = |n: u64| if n.is_multiple_of(7) { n } else { u64::from(n % 5 < 3) };
        for n in 1..=3 * EVICTED_AT_ONCE as u64 {
            add_with(&mut journal, "/v1/things", delay(n));
            let numbers = || n.saturating_sub(9).max(1)..=n;
            let kept: Vec<_> = journal.since(0).map(|entry| (entry.number, entry.extras.delay_ms)).collect();
            assert_eq!(kept, numbers().map(|n| (n, delay(n))).collect::<Vec<_>>());
            let mut runs: Vec<u64> = numbers().map(delay).collect();
            runs.dedup();
            assert_eq!(journal.extras.len(), runs.into_iter().filter(|delay| *delay > 0).count());
        }
    }

    #[test]
    fn an_entry_is_amended_without_its_neighbours() {
        for amended in 1..=4 {
            let mut journal = journal(JournalBounds::default());
            (1..=4).for_each(|_| add_with(&mut journal, "/v1/things", 9));
            journal.amend(amended, |extras| extras.gave_up_ms = Some(amended));
            journal.amend(5, |extras| extras.gave_up_ms = Some(0));
            let extras = journal.since(0).map(|entry| (entry.extras.delay_ms, entry.extras.gave_up_ms));
            let wanted = (1..=4).map(|n| (9, (n == amended).then_some(n)));
            assert!(extras.eq(wanted));
        }
        let mut journal = journal(JournalBounds::default());
        (1..=3).for_each(|_| add(&mut journal, "/v1/things"));
        journal.amend(2, |extras| extras.gave_up_ms = Some(7));
        assert!(journal.since(0).map(|entry| entry.extras.gave_up_ms).eq([None, Some(7), None]));
    }

    #[test]
    fn the_bound_in_bytes_holds() {
        let mut journal = journal(JournalBounds { entries: 1_000, bytes: 1_000 });
        (0..100).for_each(|_| add(&mut journal, "/v1/things"));
        assert!(journal.text.len() <= 1_000);
        assert_eq!(journal.get(100).unwrap().target, "/v1/things");
    }

    #[test]
    fn a_journal_begins_anew_with_other_bounds() {
        let mut journal = journal(JournalBounds { entries: 100, bytes: 1 << 20 });
        (0..50).for_each(|n| add(&mut journal, &format!("/v1/things/{n}")));
        journal.restart(JournalBounds { entries: 3, bytes: 1 << 20 }, &Total::new(1));
        assert_eq!((journal.len(), journal.lost(), journal.next_number()), (0, 0, 1));
        (0..5).for_each(|n| add(&mut journal, &format!("/v1/others/{n}")));
        assert_eq!((journal.len(), journal.lost()), (3, 2));
        assert_eq!(journal.get(5).unwrap().target, "/v1/others/4");
    }

    #[test]
    fn half_of_a_journal_goes_with_its_memory_and_is_counted() {
        let total = Total::new(usize::MAX);
        let mut journal = Journal::new(JournalBounds { entries: 5_000, bytes: 1 << 30 }, &total);
        (0..6_000).for_each(|n| add_with(&mut journal, &format!("/v1/things/{n}"), n % 3));
        let mut room = journal.room();
        assert_eq!(total.held(), room);
        while journal.len() > 0 {
            let lost = journal.lost();
            journal.halve();
            assert!(total.held() == journal.room() && 2 * journal.room() <= room, "{} of {room}", journal.room());
            assert!(journal.lost() > lost);
            let numbers: Vec<u64> = journal.since(0).map(|entry| entry.number).collect();
            assert_eq!(numbers, (journal.lost() + 1..=6_000).collect::<Vec<_>>());
            let delays = journal.since(0).map(|entry| entry.extras.delay_ms);
            assert!(delays.eq(numbers.iter().map(|number| (number - 1) % 3)));
            room = journal.room();
        }
        add(&mut journal, "/v1/last");
        assert_eq!((journal.get(6_001).unwrap().target.as_str(), journal.lost()), ("/v1/last", 6_000));
        drop(journal);
        assert_eq!(total.held(), 0);
    }
}
