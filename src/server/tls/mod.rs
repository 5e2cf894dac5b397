//! TLS: a certificate authority whose key exists only in this process, and the handshakes.

mod authority;
mod handshake;
mod settings;

pub(crate) use authority::Authority;
pub(super) use handshake::{Refused, accept};
pub(crate) use settings::{Tls, TlsError, config_of_pem};
