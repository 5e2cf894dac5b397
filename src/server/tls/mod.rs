//! TLS: a certificate authority that lives and dies with the process, and handshakes that end in it.

mod authority;
mod handshake;
mod settings;

pub(crate) use authority::Authority;
pub(super) use handshake::{Refused, accept};
pub(crate) use settings::{Tls, TlsError, config_of_pem};
