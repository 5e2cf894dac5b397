//! The error that the caller gets when a server does not start.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::http::error_text::debug_is_display;
use crate::scenario::ScenarioError;

/// The reason why a server did not start.
///
/// ```
/// use standin::{Standin, StartError};
///
/// let standin = Standin::start();
/// let refused = Standin::builder().port(standin.address().port()).try_start().unwrap_err();
/// assert!(matches!(refused, StartError::Listen { address, .. } if address == standin.address()), "{refused}");
/// ```
#[non_exhaustive]
pub enum StartError {
    /// The server cannot listen on its address.
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's error.
        error: std::io::Error,
    },
    /// An address that other machines can reach was not allowed.
    Exposed {
        /// The address.
        address: SocketAddr,
    },
    /// A file or folder of fixtures cannot be read.
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        error: std::io::Error,
    },
    /// Data or settings are wrong.
    Invalid {
        /// All faults found. Each line names the file, the line and the column where there is one.
        faults: Vec<String>,
    },
    /// The scenario cannot be used.
    Scenario(ScenarioError),
    /// TLS cannot be set up.
    #[cfg(feature = "tls")]
    Tls {
        /// The part of TLS that is wrong, and the reason.
        message: String,
    },
    /// The server's thread cannot be started.
    Thread {
        /// The system's error.
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
                write!(f, "{} can be reached from other machines; allow that with Builder::expose", address.ip())
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

debug_is_display!(StartError);

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
