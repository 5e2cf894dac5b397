//! Settings of the bounds of a server and its worlds.

use std::time::Duration;

use crate::embed::builder::fields::Builder;
use crate::engine::store::Total;

impl Builder {
    /// Limits the entries of the journal of a world; the oldest are lost first. Default: 10,000.
    pub fn journal_entries(mut self, entries: usize) -> Self {
        self.settings.journal.entries = entries;
        self
    }

    /// Limits the bytes of the journal of a world; the oldest entries are lost first. Default: 64 MiB.
    pub fn journal_bytes(mut self, bytes: usize) -> Self {
        self.settings.journal.bytes = bytes;
        self
    }

    /// Limits the bytes of the journals of all worlds together. Beyond, the largest journals lose their oldest calls.
    /// Default: 512 MiB.
    pub fn total_journal_bytes(mut self, bytes: usize) -> Self {
        self.settings.journals = Total::new(bytes);
        self
    }

    /// Limits the estimated memory, in bytes, of what requests of the control API leave in all worlds together: scenarios
    /// with their rules and expected calls, snapshots, webhooks to be sent. Beyond, requests that would leave more are
    /// answered 507. What a test leaves through Rust counts, and is never refused. Default: 512 MiB.
    pub fn total_control_bytes(mut self, bytes: usize) -> Self {
        self.settings.control = Total::new(bytes);
        self
    }

    /// Limits the records that a service writes by itself in a world: at most `records` entries of the audit trail,
    /// `records` events and `records` runs. The oldest are evicted; lists say so in `standin-lost`. Default: 10,000.
    pub fn history_records(mut self, records: usize) -> Self {
        self.settings.history.records = records;
        self
    }

    /// Limits the bytes of the records that a service writes by itself in a world. Default: 64 MiB.
    pub fn history_bytes(mut self, bytes: usize) -> Self {
        self.settings.history.bytes = bytes;
        self
    }

    /// Limits the bytes of such history in all worlds together. Beyond, the largest histories lose their oldest records.
    /// Default: 512 MiB.
    pub fn total_history_bytes(mut self, bytes: usize) -> Self {
        self.settings.history.total = Total::new(bytes);
        self
    }

    /// Limits the estimated memory, in bytes, of the records that requests, scenarios and imports make in a world.
    /// Beyond, requests that may add records are answered 507. Records that a world starts from and generated ones do
    /// not count. Default: 512 MiB.
    pub fn record_bytes(mut self, bytes: usize) -> Self {
        self.settings.records.bytes = bytes;
        self
    }

    /// Limits the memory of such records in all worlds together, with the versions that snapshots and histories keep.
    /// Records that forks share count once. Default: 2 GiB.
    pub fn total_record_bytes(mut self, bytes: usize) -> Self {
        self.settings.records.total = Some(Total::new(bytes));
        self
    }

    /// Limits the records that can be generated in a world, with those that come with them. Default: 1,000,000.
    pub fn generated_records(mut self, records: usize) -> Self {
        self.settings.generate.records = records;
        self
    }

    /// Limits the records that can be generated in all worlds together. Default: 2,000,000.
    pub fn total_generated_records(mut self, records: usize) -> Self {
        self.settings.generate.total = Total::new(records);
        self
    }

    /// Limits the bytes of a request's body; a larger one is answered 413. Default: what the service takes, 10 MiB and
    /// of Edlink 32 MiB.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.settings.has_body_limit = true;
        self.settings.body_limit_bytes = bytes;
        self
    }

    /// Limits the elements and members of a request's body, all together; a body with more is answered 400. Default:
    /// 1,000,000.
    pub fn body_members(mut self, members: usize) -> Self {
        self.settings.body_members = members;
        self
    }

    /// Limits the time in which a request's head must arrive, and for which a new connection may be silent; beyond, the
    /// answer is 408. Zero: no limit. Default: 30 s.
    pub fn header_timeout(mut self, limit: Duration) -> Self {
        self.limits.header_ms = milliseconds(limit);
        self
    }

    /// Limits the time in which a request's body must arrive after its head; beyond, the answer is 408. Zero: no limit.
    /// Default: 30 s.
    pub fn body_timeout(mut self, limit: Duration) -> Self {
        self.limits.body_ms = milliseconds(limit);
        self
    }

    /// Limits the time for which a client may take nothing of its answer; then its connection is closed. Zero: no
    /// limit. Default: 30 s.
    pub fn send_timeout(mut self, limit: Duration) -> Self {
        self.limits.send_ms = milliseconds(limit);
        self
    }

    /// Limits the time for which a connection may be idle between requests; then it is closed. Zero: no limit. Default:
    /// 5 minutes.
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        self.limits.quiet_ms = milliseconds(limit);
        self
    }

    /// Limits the number of connections at a time. Beyond, the one that has been idle for longest is closed; where none
    /// is idle, a new one gets 503. Default: 4,096.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.limits.connections = connections.max(1);
        self
    }

    /// Limits the bytes of all request bodies together that are still arriving; beyond, the answer is 503. Default: 256
    /// MiB.
    pub fn unfinished_bytes(mut self, bytes: usize) -> Self {
        self.limits.unfinished_bytes = bytes;
        self
    }

    /// Limits the number of worlds at a time, besides the default one. Default: 50,000.
    pub fn max_worlds(mut self, worlds: usize) -> Self {
        self.limits.worlds = worlds;
        self
    }

    /// Limits the number of worlds of one label at a time. Default: 50,000.
    pub fn max_worlds_per_label(mut self, worlds: usize) -> Self {
        self.limits.worlds_per_label = worlds;
        self
    }

    /// Deletes a world that has received no request for this long; `None`: never. A world that a test holds by a handle
    /// stays anyway. Default: one hour.
    pub fn world_idle(mut self, after: Option<Duration>) -> Self {
        self.limits.idle_ms = after.map(milliseconds);
        self
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
