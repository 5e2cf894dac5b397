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

/// A function that reads fixtures and scenario again. Its error says what is wrong with them; then nothing has changed.
pub(super) type Reload = Box<dyn Fn() -> Result<(), String> + Send + Sync>;

/// A function that changes the availability of the server this control API belongs to. Going up may fail: another
/// process may have the port.
pub(super) type SetAvailability = Box<dyn Fn(Availability) -> io::Result<()> + Send + Sync>;
