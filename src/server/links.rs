//! The connections of a server: their number, and the end of those that have waited for too long.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::world::registry_limits::Limits;

/// The time for which a line about one kind of trouble is not repeated in the log.
const QUIET: Duration = Duration::from_secs(60);

/// The milliseconds since the server began, as of the last look at the connections. Reading it costs no system call; 0
/// stands for no time.
type ServerTime = Arc<AtomicU64>;

/// The connections of a server.
pub(crate) struct Links {
    limits: Limits,
    began: Instant,
    clock: ServerTime,
    all: Mutex<HashMap<u64, Arc<Link>>>,
    next: AtomicU64,
    /// The bytes of answers that their clients have not taken: all answers of HTTP/2, and large ones of HTTP/1.1.
    untaken: Arc<Mutex<usize>>,
    told: Mutex<HashMap<&'static str, Instant>>,
}

/// The state of a connection besides its bytes. The connection writes it, the server reads it at intervals.
#[derive(Default)]
pub(crate) struct Link {
    clock: ServerTime,
    /// The times at which the connection was opened, was last in use, began a head that is not whole, and blocked in a
    /// write.
    opened: u64,
    touched: AtomicU64,
    head_since: AtomicU64,
    blocked_since: AtomicU64,
    requests: AtomicU32,
    active: AtomicU32,
    /// The number of HTTP/2 answers that the client has not taken.
    untaken: AtomicU32,
    is_http2: AtomicBool,
    order: AtomicU8,
    wake: Notify,
    /// The fault that replaces the next write.
    pub fault: AtomicU8,
}

/// An order to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkOrder {
    /// The connection is to end without an answer.
    Close,
    /// The connection is to refuse a head that does not come.
    HeadTimeout,
}

/// A request that is being answered.
pub(crate) struct Active<'l>(&'l Link);

impl Drop for Active<'_> {
    fn drop(&mut self) {
        self.0.touch();
        self.0.active.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Link {
    fn now(&self) -> u64 {
        self.clock.load(Ordering::Relaxed)
    }

    fn touch(&self) {
        self.touched.store(self.now(), Ordering::Relaxed);
    }

    /// Notes that bytes came, and tells whether a head begins with them.
    pub(crate) fn read(&self) -> bool {
        let begins = self.active.load(Ordering::Relaxed) == 0 && self.head_since.load(Ordering::Relaxed) == 0;
        if begins {
            self.head_since.store(self.now(), Ordering::Relaxed);
        }
        begins
    }

    /// Notes whether a write went on or blocked.
    pub(crate) fn wrote(&self, went_on: bool) {
        if went_on {
            if self.blocked_since.load(Ordering::Relaxed) != 0 {
                self.blocked_since.store(0, Ordering::Relaxed);
            }
        } else if self.blocked_since.load(Ordering::Relaxed) == 0 {
            self.blocked_since.store(self.now(), Ordering::Relaxed);
        }
    }

    /// Notes that the head of a request is whole.
    pub(crate) fn begin(&self) -> Active<'_> {
        self.head_since.store(0, Ordering::Relaxed);
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.active.fetch_add(1, Ordering::Relaxed);
        self.touch();
        Active(self)
    }

    /// Tells whether a head has begun and is not whole.
    pub(crate) fn is_in_head(&self) -> bool {
        self.head_since.load(Ordering::Relaxed) != 0
    }

    /// Tells whether the connection speaks HTTP/2.
    pub(crate) fn is_http2(&self) -> bool {
        self.is_http2.load(Ordering::Relaxed)
    }

    /// Notes that the connection speaks HTTP/2: bytes between requests are no head there.
    #[cfg(feature = "http2")]
    pub(crate) fn speaks_http2(&self) {
        self.is_http2.store(true, Ordering::Relaxed);
    }

    /// Notes that a client has taken a part of an HTTP/2 answer.
    #[cfg(feature = "http2")]
    pub(crate) fn took(&self) {
        self.touch();
    }

    fn order(&self, order: LinkOrder) {
        self.order.store(order as u8 + 1, Ordering::Relaxed);
        self.wake.notify_one();
    }

    /// Returns the order that the connection got.
    pub(crate) fn ordered(&self) -> Option<LinkOrder> {
        match self.order.load(Ordering::Relaxed) {
            0 => None,
            1 => Some(LinkOrder::Close),
            _ => Some(LinkOrder::HeadTimeout),
        }
    }

    /// Waits until the connection gets an order.
    pub(crate) async fn order_comes(&self) {
        while self.ordered().is_none() {
            self.wake.notified().await;
        }
    }

    fn is_idle(&self) -> bool {
        self.active.load(Ordering::Relaxed) == 0
            && self.untaken.load(Ordering::Relaxed) == 0
            && self.ordered().is_none()
            && (self.head_since.load(Ordering::Relaxed) == 0 || self.is_http2.load(Ordering::Relaxed))
    }

    fn last_use(&self) -> u64 {
        self.touched.load(Ordering::Relaxed).max(self.opened)
    }
}

/// A guard that counts a connection until it is dropped.
pub(crate) struct Counted {
    links: Arc<Links>,
    number: u64,
    /// The state of the connection.
    pub link: Arc<Link>,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.links.all.lock().remove(&self.number);
    }
}

/// A guard that counts the bytes of an answer until its client has taken them.
pub(crate) struct UntakenBytes {
    all: Arc<Mutex<usize>>,
    bytes: usize,
}

impl Drop for UntakenBytes {
    fn drop(&mut self) {
        *self.all.lock() -= self.bytes;
    }
}

/// A guard that counts an HTTP/2 answer until its client has taken it.
#[cfg(feature = "http2")]
pub(crate) struct Untaken {
    link: Arc<Link>,
    _bytes: UntakenBytes,
}

#[cfg(feature = "http2")]
impl Untaken {
    /// Notes that the client took a part of it.
    pub(crate) fn took(&self) {
        self.link.took();
    }
}

#[cfg(feature = "http2")]
impl Drop for Untaken {
    fn drop(&mut self) {
        self.link.took();
        self.link.untaken.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Links {
    /// Makes an empty set of connections.
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            began: Instant::now(),
            clock: Arc::new(AtomicU64::new(1)),
            all: Mutex::default(),
            next: AtomicU64::new(0),
            untaken: Arc::default(),
            told: Mutex::default(),
        }
    }

    fn refresh(&self) -> u64 {
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
        self.clock.store(now, Ordering::Relaxed);
        now
    }

    /// Counts a connection. At the limit, the longest idle ones are closed for it; `None` if none is idle.
    pub(crate) fn open(self: &Arc<Self>) -> Option<Counted> {
        let now = self.refresh();
        let mut all = self.all.lock();
        // Connections that got the order to close are not counted any more.
        if all.len() >= self.limits.connections {
            let leaving = all.values().filter(|link| link.ordered().is_some()).count();
            if all.len() - leaving >= self.limits.connections && close_idle(&all, 1) == 0 {
                return None;
            }
        }
        let link = Arc::new(Link { clock: Arc::clone(&self.clock), opened: now, ..Link::default() });
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        all.insert(number, Arc::clone(&link));
        Some(Counted { links: Arc::clone(self), number, link })
    }

    /// Closes an eighth of the idle connections, the longest idle ones.
    pub(crate) fn make_room(&self) {
        self.refresh();
        let all = self.all.lock();
        let idle = all.values().filter(|link| link.is_idle()).count();
        close_idle(&all, idle.div_ceil(8));
    }

    /// Counts the bytes of an answer until its client has taken them; `None` if too many are held.
    pub(crate) fn hold_bytes(&self, bytes: usize) -> Option<UntakenBytes> {
        let mut untaken = self.untaken.lock();
        *untaken = untaken.checked_add(bytes).filter(|sum| *sum <= self.limits.unfinished_bytes)?;
        Some(UntakenBytes { all: Arc::clone(&self.untaken), bytes })
    }

    /// Counts an HTTP/2 answer until its client has taken it; `None` if too many bytes are held.
    #[cfg(feature = "http2")]
    pub(crate) fn hold(&self, link: &Arc<Link>, bytes: usize) -> Option<Untaken> {
        let held = self.hold_bytes(bytes)?;
        link.untaken.fetch_add(1, Ordering::Relaxed);
        link.touch();
        Some(Untaken { link: Arc::clone(link), _bytes: held })
    }

    /// Returns the interval between two looks at the connections.
    pub(crate) fn period(&self) -> Duration {
        let Limits { header_ms, send_ms, quiet_ms, .. } = self.limits;
        let shortest = [header_ms, send_ms, quiet_ms].into_iter().filter(|ms| *ms > 0).min().unwrap_or(u64::MAX);
        Duration::from_millis((shortest / 4).clamp(10, 1_000))
    }

    /// Ends the connections that have waited for too long. Returns a kind of trouble, and a line about it, for each
    /// reason.
    pub(crate) fn look(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let now = self.refresh();
        let is_over = |since: u64, limit: u64| limit > 0 && since > 0 && now.saturating_sub(since) >= limit;
        let [mut silent, mut slow, mut idle] = [false; 3];
        for link in self.all.lock().values().filter(|link| link.ordered().is_none()) {
            let Limits { header_ms, send_ms, quiet_ms, .. } = self.limits;
            let is_http2 = link.is_http2.load(Ordering::Relaxed);
            let is_unused = link.requests.load(Ordering::Relaxed) == 0;
            let is_untaken = link.untaken.load(Ordering::Relaxed) > 0 && is_over(link.last_use(), send_ms);
            if !is_http2 && is_over(link.head_since.load(Ordering::Relaxed), header_ms) {
                link.order(LinkOrder::HeadTimeout);
            } else if is_unused && is_over(link.opened, header_ms) {
                link.order(LinkOrder::Close);
                silent = true;
            } else if is_untaken || is_over(link.blocked_since.load(Ordering::Relaxed), send_ms) {
                link.order(LinkOrder::Close);
                slow = true;
            } else if link.is_idle() && is_over(link.last_use(), quiet_ms) {
                link.order(LinkOrder::Close);
                idle = true;
            }
        }
        [
            (silent, "silent", "connections were closed on which no request came in time (the setting header-timeout)"),
            (
                slow,
                "slow",
                "connections were closed whose clients did not take their answers in time (the setting send-timeout)",
            ),
            (idle, "idle", "connections were closed that were idle for too long (the setting idle-timeout)"),
        ]
        .into_iter()
        .filter_map(|(some, kind, line)| some.then_some((kind, line)))
    }

    /// Tells whether a line about this kind of trouble is due.
    pub(crate) fn is_news(&self, kind: &'static str) -> bool {
        let mut told = self.told.lock();
        let is_due = told.get(kind).is_none_or(|told| told.elapsed() >= QUIET);
        if is_due {
            told.insert(kind, Instant::now());
        }
        is_due
    }
}

/// Closes at most `most` connections, the longest idle ones, and returns their number.
fn close_idle(all: &HashMap<u64, Arc<Link>>, most: usize) -> usize {
    let mut idle: Vec<&Arc<Link>> = all.values().filter(|link| link.is_idle()).collect();
    idle.sort_by_key(|link| link.last_use());
    idle.truncate(most);
    idle.iter().for_each(|link| link.order(LinkOrder::Close));
    idle.len()
}
