//! Limits of the worlds of a server, and of its connections.

/// The limits of worlds and connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The most worlds at a time.
    pub worlds: usize,
    /// The most worlds of one label at a time.
    pub worlds_per_label: usize,
    /// The milliseconds after which a world without a request is deleted; `None`: never.
    pub idle_ms: Option<u64>,
    /// The milliseconds in which the head of a request must arrive; 0 is no limit.
    pub header_ms: u64,
    /// The milliseconds for which a client may take nothing of its answer; 0 is no limit.
    pub send_ms: u64,
    /// The milliseconds for which a connection may be idle; 0 is no limit.
    pub quiet_ms: u64,
    /// The most connections.
    pub connections: usize,
    /// The milliseconds in which the body of a request must arrive; 0 is no limit.
    pub body_ms: u64,
    /// The most bytes of all bodies that are on their way.
    pub unfinished_bytes: usize,
}

impl Limits {
    /// The most worlds, unless the administrator sets another number.
    pub(crate) const MOST_WORLDS: usize = 50_000;

    /// Seconds that idle worlds stay, unless the administrator sets another time.
    pub(crate) const IDLE_S: u64 = 60 * 60;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            worlds: Self::MOST_WORLDS,
            worlds_per_label: Self::MOST_WORLDS,
            idle_ms: Some(Self::IDLE_S * 1_000),
            header_ms: 30_000,
            send_ms: 30_000,
            quiet_ms: 300_000,
            connections: 4_096,
            body_ms: 30_000,
            unfinished_bytes: 256 * 1024 * 1024,
        }
    }
}
