//! TLS: a certificate authority that lives and dies with the process, and handshakes that end in it.

mod authority;
mod handshake;
mod settings;

pub use authority::Authority;
pub use handshake::{Refused, accept};
pub use settings::{Tls, TlsError, config_of_pem};
