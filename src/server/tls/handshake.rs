//! The server's end of a TLS handshake.

use std::io;

use rustls::server::Acceptor;
use rustls::{AlertDescription, Error as RustlsError};
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use crate::http::message::TlsFault;
use crate::server::stream::Rewound;
use crate::server::tls::Tls;

/// A connection whose handshake is done.
pub(crate) struct Handshake {
    /// The bytes inside.
    pub stream: TlsStream<Rewound>,
    /// The host the client named.
    pub host: Option<String>,
}

/// The reason why a handshake failed.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The client does not accept the certificate.
    ByClient {
        /// The host the client named.
        host: Option<String>,
        /// The client's reason, in the words of TLS: `unknown_ca`.
        reason: &'static str,
    },
    /// A fault rule ended it.
    Ordered,
    /// The connection broke, or did not speak TLS.
    Broken,
}

/// Accepts a handshake. `tunnel_to` is the host of the client's `CONNECT`.
pub(crate) async fn accept(
    io: Rewound,
    tls: &Tls,
    tunnel_to: Option<&str>,
    fault: Option<TlsFault>,
) -> Result<Handshake, Refused> {
    let start = LazyConfigAcceptor::new(Acceptor::default(), io).await.map_err(|_| Refused::Broken)?;
    if fault == Some(TlsFault::HandshakeReset) {
        let _ = start.io.set_zero_linger();
        return Err(Refused::Ordered);
    }
    let named = start.client_hello().server_name().map(str::to_owned);
    let host = named.or_else(|| tunnel_to.map(str::to_owned));
    let config = tls.config(host.as_deref(), fault).map_err(|_| Refused::Broken)?;
    match start.into_stream(config).await {
        Ok(stream) => Ok(Handshake { stream, host }),
        Err(_) if fault.is_some() => Err(Refused::Ordered),
        Err(error) => Err(match refusal(&error) {
            Some(reason) => Refused::ByClient { host, reason },
            None => Refused::Broken,
        }),
    }
}

/// Returns the client's reason to refuse the certificate.
fn refusal(error: &io::Error) -> Option<&'static str> {
    let error = error.get_ref()?.downcast_ref::<RustlsError>()?;
    let RustlsError::AlertReceived(alert) = error else { return None };
    Some(match alert {
        AlertDescription::UnknownCA => "unknown_ca",
        AlertDescription::BadCertificate => "bad_certificate",
        AlertDescription::CertificateUnknown => "certificate_unknown",
        AlertDescription::CertificateExpired => "certificate_expired",
        AlertDescription::UnsupportedCertificate => "unsupported_certificate",
        AlertDescription::AccessDenied => "access_denied",
        _ => return None,
    })
}
