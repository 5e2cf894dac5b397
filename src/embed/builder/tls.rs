//! Settings of TLS and the proxy.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use crate::embed::builder::fields::Builder;
use crate::embed::words::OtherHosts;
use crate::http::message::TlsFault;
use crate::server::Note;

impl Builder {
    /// Speaks TLS on the port too, with a certificate for `localhost` and the server's addresses. Clients must trust
    /// [`WorldHandle::ca_pem`](crate::WorldHandle::ca_pem).
    pub fn tls(mut self) -> Self {
        self.front.direct = true;
        self
    }

    /// Speaks TLS on the port too, with this certificate chain, as PEM text; it needs its [key](Self::tls_key).
    pub fn tls_cert(mut self, chain_pem: &[u8]) -> Self {
        self.front.chain_pem = Some(chain_pem.to_vec());
        self.tls()
    }

    /// Sets the key of the [certificate](Self::tls_cert), as PEM text.
    pub fn tls_key(mut self, key_pem: &[u8]) -> Self {
        self.front.key_pem = Some(key_pem.to_vec());
        self
    }

    /// Serves as a proxy for the services' own hosts: clients with a fixed `https://ed.link` or
    /// `https://api.integrator.io` reach a world by its [proxy URL](crate::WorldHandle::proxy_url).
    pub fn intercept(mut self) -> Self {
        self.front.intercepts = true;
        self
    }

    /// Serves as a proxy for this host too, in place of the services' own; `.example.org` is every host below
    /// `example.org`.
    pub fn intercept_host(mut self, host: &str) -> Self {
        let name = host.strip_prefix('.').unwrap_or(host);
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
        if name.is_empty()
            || !name.bytes().all(fits)
            || name.parse::<IpAddr>().is_ok()
            || name.split('.').any(str::is_empty)
        {
            self.faults.push(format!("the host {host:?} to intercept is no host name such as api.example.org"));
        }
        self.front.hosts.push(host.to_ascii_lowercase());
        self.intercept()
    }

    /// Sets the treatment of requests for other hosts that reach the proxy; those for this machine never get through.
    /// Default: [`OtherHosts::Refuse`].
    pub fn intercept_others(mut self, others: OtherHosts) -> Self {
        self.front.others = Some(others);
        self
    }

    /// Lets other hosts in private networks be reached too, where [others get through](Self::intercept_others).
    pub fn allow_private(mut self) -> Self {
        self.front.allows_private = true;
        self
    }

    /// Makes every TLS handshake fail.
    pub fn tls_fault(mut self, fault: TlsFault) -> Self {
        self.front.fault = Some(fault);
        self
    }

    /// Sets a function that gets the handshakes which clients refuse.
    #[cfg_attr(not(feature = "cli"), allow(dead_code))]
    pub(crate) fn note_untrusting(mut self, note: Note) -> Self {
        self.front.note = Some(note);
        self
    }

    /// Trusts the certificates of these files, in place of the system's or besides them.
    #[cfg_attr(not(feature = "cli"), allow(dead_code))]
    pub(crate) fn trusted_bundles(mut self, replacing: Vec<PathBuf>, adding: Vec<PathBuf>) -> Self {
        (self.front.replacing, self.front.adding) = (replacing, adding);
        self
    }

    /// Listens on these addresses too, and speaks TLS there.
    #[cfg_attr(not(feature = "cli"), allow(dead_code))]
    pub(crate) fn also_listen(mut self, addresses: Vec<SocketAddr>) -> Self {
        self.front.also_listens = addresses;
        self
    }
}
