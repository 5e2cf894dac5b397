//! The availability of a server: the state in which consumers find it.

use std::io;

/// The state in which consumers find a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Availability {
    /// Consumers are served.
    Up,
    /// Consumers connect, and get no answer until the server is up again.
    Paused,
    /// The port is closed: connections of consumers are refused.
    Down,
}

/// A function that reads fixtures and scenario again. If they have faults, it changes nothing, and the error tells
/// them.
pub(super) type Reload = Box<dyn Fn() -> Result<(), String> + Send + Sync>;

/// A function that changes the availability of the control API's server. Going up fails if another process has the
/// port.
pub(super) type SetAvailability = Box<dyn Fn(Availability) -> io::Result<()> + Send + Sync>;
