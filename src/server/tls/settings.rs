//! The parts of a server's TLS.

use std::fmt;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::NoServerSessionStorage;

use crate::http::message::TlsFault;
use crate::server::tls::Authority;
use crate::server::tls::authority::Subject;

/// The TLS of a server.
pub(crate) struct Tls {
    /// The authority that vouches for the hosts.
    pub authority: Authority,
    /// A certificate of the user's own, shown where no host of the authority is asked for.
    pub own: Option<Arc<ServerConfig>>,
    /// True when TLS is spoken on the port itself, and not only in tunnels.
    pub direct: bool,
    /// The fault that every handshake has.
    pub fault: Option<TlsFault>,
}

/// The reason why TLS cannot be set up.
#[derive(Debug)]
pub(crate) struct TlsError {
    what: &'static str,
    error: String,
}

impl TlsError {
    /// Makes an error about a part of TLS.
    pub(crate) fn new(what: &'static str, error: impl fmt::Display) -> Self {
        Self { what, error: error.to_string() }
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.error)
    }
}

impl std::error::Error for TlsError {}

impl From<rcgen::Error> for TlsError {
    fn from(error: rcgen::Error) -> Self {
        Self::new("the certificate cannot be made", error)
    }
}

impl Tls {
    /// Returns the configuration for a handshake with a client that named this host, or none.
    pub(crate) fn config(&self, host: Option<&str>, fault: Option<TlsFault>) -> Result<Arc<ServerConfig>, TlsError> {
        let host = host.map(str::to_ascii_lowercase).filter(|host| host != "localhost" && self.authority.covers(host));
        match (host, &self.own) {
            (Some(host), _) => self.authority.config(Subject::Host(host), fault),
            (None, Some(own)) if fault.is_none() => Ok(Arc::clone(own)),
            (None, _) => self.authority.config(Subject::Own, fault),
        }
    }
}

/// Returns the configuration that shows a chain of certificates.
///
/// No session is resumed: a client that resumes one does not look at the certificate again, and a fault would be lost.
pub(super) fn config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<ServerConfig, TlsError> {
    let wrong = |error| TlsError::new("the certificate and the key", error);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(wrong)?;
    let mut config = builder.with_no_client_auth().with_single_cert(chain, key).map_err(wrong)?;
    if cfg!(feature = "http2") {
        config.alpn_protocols.push(b"h2".to_vec());
    }
    config.alpn_protocols.push(b"http/1.1".to_vec());
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}

/// Returns the configuration of a certificate chain and its key, both as PEM text.
pub(crate) fn config_of_pem(chain: &[u8], key: &[u8]) -> Result<ServerConfig, TlsError> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(chain).collect();
    let chain = chain.map_err(|error| TlsError::new("the certificate", error))?;
    if chain.is_empty() {
        return Err(TlsError::new("the certificate", "the file holds no -----BEGIN CERTIFICATE-----"));
    }
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| TlsError::new("the key", error))?;
    config(chain, key)
}
