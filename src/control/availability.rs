//! Whether consumers get through to a server.

use std::io;

/// Whether consumers get through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// They do.
    Up,
    /// They connect, and get no answer until the gate opens.
    Paused,
    /// The port is closed: their connections are refused.
    Down,
}

/// Reads fixtures and scenario again. The error says what is wrong with them; then nothing has changed.
pub type Reload = Box<dyn Fn() -> Result<(), String> + Send + Sync>;

/// Moves the gate of the server this control API belongs to. Opening it may fail: somebody else may have the port.
pub type SetAvailability = Box<dyn Fn(Availability) -> io::Result<()> + Send + Sync>;
