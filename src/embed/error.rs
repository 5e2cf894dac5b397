//! What is told to whoever starts a server.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::scenario::ScenarioError;

/// Why a server did not start.
#[non_exhaustive]
pub enum StartError {
    /// It cannot listen there.
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        error: std::io::Error,
    },
    /// An address others can reach was not allowed.
    Exposed {
        /// The address.
        address: SocketAddr,
    },
    /// A file or folder of fixtures cannot be read.
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// Data or settings are wrong. Each line names the file, the line and the column where there is one.
    Invalid {
        /// All faults found.
        faults: Vec<String>,
    },
    /// The scenario cannot be used.
    Scenario(ScenarioError),
    /// TLS cannot be set up.
    #[cfg(feature = "tls")]
    Tls {
        /// Why.
        message: String,
    },
    /// The server's thread cannot be started.
    Thread {
        /// Why.
        error: std::io::Error,
    },
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen { address, error } if error.kind() == std::io::ErrorKind::AddrInUse => write!(
                f,
                "cannot listen on {address}: port {} is in use; stop whatever has it, or take another port (0 is any free one)",
                address.port()
            ),
            Self::Listen { address, error } => write!(f, "cannot listen on {address}: {error}"),
            Self::Exposed { address } => {
                write!(f, "{} can be reached from other machines; that needs --expose", address.ip())
            }
            Self::Unreadable { path, error } => write!(f, "cannot read {}: {error}", path.display()),
            Self::Invalid { faults } => f.write_str(&faults.join("\n")),
            Self::Scenario(error) => error.fmt(f),
            #[cfg(feature = "tls")]
            Self::Tls { message } => write!(f, "cannot set up TLS: {message}"),
            Self::Thread { error } => write!(f, "cannot start the server's thread: {error}"),
        }
    }
}

/// The same text as [`Display`](fmt::Display) gives: it is what `unwrap` shows.
impl fmt::Debug for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Listen { error, .. } | Self::Unreadable { error, .. } | Self::Thread { error } => Some(error),
            Self::Scenario(error) => Some(error),
            #[cfg(feature = "tls")]
            Self::Tls { .. } => None,
            Self::Exposed { .. } | Self::Invalid { .. } => None,
        }
    }
}
