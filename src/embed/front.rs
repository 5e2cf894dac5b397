//! TLS and the proxy of a server to start, and what its worlds say about them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use crate::embed::builder::Builder;
use crate::embed::error::StartError;
use crate::embed::handle::WorldHandle;
use crate::embed::standin::Standin;
use crate::embed::trust::TrustFiles;
use crate::engine::api::api::Api;
use crate::http::message::TlsFault;
use crate::server::{Authority, Front, Note, Others, Proxy, Tls, Untrusting, config_of_pem};
use crate::world::entrance::Entrance;
use crate::world::registry::WorldRegistry;

/// The settings of TLS and the proxy.
#[derive(Default)]
pub(super) struct FrontSettings {
    direct: bool,
    identity: Option<(Vec<u8>, Vec<u8>)>,
    intercepts: bool,
    hosts: Vec<String>,
    others: Others,
    fault: Option<TlsFault>,
    note: Option<Note>,
    replacing: Vec<PathBuf>,
    adding: Vec<PathBuf>,
    also_listens: Vec<SocketAddr>,
}

/// TLS and the proxy of a running server, with the files that clients read. They are dropped with it.
pub(super) struct Running {
    pub(super) front: Arc<Front>,
    pub(super) files: TrustFiles,
}

impl Builder {
    /// Speaks TLS on the port too, with a certificate for `localhost` and the server's addresses. Clients must trust
    /// [`WorldHandle::ca_pem`].
    pub fn tls(mut self) -> Self {
        self.front.direct = true;
        self
    }

    /// Speaks TLS on the port too, with this certificate chain and its key, both as PEM text.
    pub fn tls_identity(mut self, chain_pem: &[u8], key_pem: &[u8]) -> Self {
        if let Err(error) = config_of_pem(chain_pem, key_pem) {
            self.faults.push(format!("TLS: {error}"));
        }
        self.front.identity = Some((chain_pem.to_vec(), key_pem.to_vec()));
        self.tls()
    }

    /// Serves as a proxy for the services' own hosts: clients with a fixed `https://ed.link` or
    /// `https://api.integrator.io` reach a world by its [proxy URL](WorldHandle::proxy_url).
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

    /// Lets clients of the proxy connect with other hosts, unseen; with `to_private`, with those in private networks
    /// too. Never with this machine. Default: the proxy refuses them.
    pub fn tunnel_others(mut self, to_private: bool) -> Self {
        self.front.others = if to_private { Others::TunnelledToPrivate } else { Others::Tunnelled };
        self
    }

    /// Makes every TLS handshake fail: `expired`, `wrong_host`, `untrusted` or `handshake_reset`.
    pub fn tls_fault(mut self, fault: &str) -> Self {
        self.front.fault = TlsFault::ALL.into_iter().find(|known| known.as_str() == fault);
        if self.front.fault.is_none() {
            let known = TlsFault::ALL.map(TlsFault::as_str).join(", ");
            self.faults.push(format!("there is no TLS fault {fault:?}; there are {known}"));
        }
        self
    }

    /// Sets a function that is told of handshakes that clients refuse.
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

impl FrontSettings {
    /// Returns the further addresses to listen on.
    pub(super) fn also_listens(&self) -> &[SocketAddr] {
        &self.also_listens
    }

    /// Makes the certificates and the files. `address` is the address the server is to listen on.
    pub(super) fn build(
        self,
        apis: &[&'static Api],
        registry: &WorldRegistry,
        address: SocketAddr,
    ) -> Result<Option<Running>, StartError> {
        if self.fault.is_some() && !self.direct && !self.intercepts {
            let fault = "a TLS fault changes nothing without TLS: add tls or intercept, or leave it out";
            return Err(StartError::Invalid { faults: vec![fault.to_owned()] });
        }
        if !self.direct && !self.intercepts {
            return Ok(None);
        }
        let of_apis = apis.iter().flat_map(|api| api.hosts).map(|host| (*host).to_owned());
        let hosts: Vec<String> = of_apis.chain(self.hosts).collect();
        let (mut vouched, mut addresses) = (hosts.clone(), Vec::new());
        if self.direct {
            vouched.push("localhost".to_owned());
            addresses.extend([IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)]);
            if !address.ip().is_unspecified() && !address.ip().is_loopback() {
                addresses.push(address.ip());
            }
        }
        let from = UNIX_EPOCH + Duration::from_millis(registry.default_world().lock().state.clock.now_ms());
        let failed = |error: crate::server::TlsError| StartError::Tls { message: error.to_string() };
        let authority = Authority::new(vouched, addresses, from).map_err(failed)?;
        let files =
            TrustFiles::write(&authority.pem(), authority.der(), &self.replacing, &self.adding).map_err(|error| {
                StartError::Tls { message: format!("the files for clients cannot be written: {error}") }
            })?;
        let own = self.identity.map(|(chain, key)| config_of_pem(&chain, &key)).transpose().map_err(failed)?;
        let proxy = self.intercepts.then(|| Proxy::new(hosts, self.others));
        let direct = self.direct || !self.also_listens.is_empty();
        let tls = Tls { authority, own: own.map(Arc::new), direct, fault: self.fault };
        Ok(Some(Running { front: Arc::new(Front::new(tls, proxy, self.note)), files }))
    }
}

impl Running {
    /// Returns what worlds say about TLS and the proxy. `reachable` is the address by which clients on this machine
    /// reach the server.
    pub(super) fn entrance(&self, reachable: SocketAddr) -> Entrance {
        Entrance {
            hosts: self.front.proxy.as_ref().map(|proxy| proxy.hosts().to_vec()).unwrap_or_default(),
            ca_pem: self.front.tls.authority.pem(),
            intercepts: self.front.proxy.is_some(),
            ..Entrance::in_folder(reachable.to_string(), &self.files.folder().to_string_lossy())
        }
    }
}

impl Standin {
    /// Returns the other hosts that clients asked the proxy for, and how often.
    pub fn other_hosts(&self) -> Vec<(String, u64)> {
        let proxy = self.front.as_ref().and_then(|running| running.front.proxy.as_ref());
        proxy.map(Proxy::asked).unwrap_or_default()
    }

    /// Returns the handshakes that clients refused.
    #[cfg_attr(not(feature = "cli"), allow(dead_code))]
    pub(crate) fn untrusting(&self) -> Vec<Untrusting> {
        self.front.as_ref().map(|running| running.front.untrusting()).unwrap_or_default()
    }

    /// Returns the proxy and the files for clients, where the server has them.
    #[cfg_attr(not(feature = "cli"), allow(dead_code))]
    pub(crate) fn entrance(&self) -> Option<Arc<Entrance>> {
        self.engine.entrance().cloned()
    }
}

impl WorldHandle {
    /// Returns the URL of the proxy for clients of this world: `http://w1:x@127.0.0.1:49213`.
    ///
    /// # Panics
    ///
    /// Panics without [`Builder::intercept`].
    pub fn proxy_url(&self) -> String {
        let entrance = self.engine.entrance().filter(|entrance| entrance.intercepts);
        entrance.expect("the server is a proxy with Builder::intercept").proxy_url(&self.name)
    }

    /// Returns the certificate that clients must trust, as PEM text.
    ///
    /// # Panics
    ///
    /// Panics without [`Builder::intercept`] or [`Builder::tls`].
    pub fn ca_pem(&self) -> String {
        self.with_ca().ca_pem.clone()
    }

    /// Returns the path of a file with the certificates that the system trusts and the one that clients must trust. It
    /// exists as long as the server.
    ///
    /// # Panics
    ///
    /// Panics without [`Builder::intercept`] or [`Builder::tls`].
    pub fn ca_bundle(&self) -> PathBuf {
        PathBuf::from(&self.with_ca().bundle)
    }

    fn with_ca(&self) -> &Entrance {
        self.engine.entrance().expect("the server has certificates with Builder::intercept or Builder::tls")
    }
}
