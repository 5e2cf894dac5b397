//! The settings of TLS and the proxy, and the server's front made of them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use parking_lot::RwLock;

use crate::embed::certificate_care::CertificateCare;
use crate::embed::start_error::StartError;
use crate::embed::trust::TrustFiles;
use crate::embed::words::OtherHosts;
use crate::engine::api::api::Api;
use crate::http::message::TlsFault;
use crate::server::{Authority, Front, Note, Others, Proxy, Tls, config_of_pem};
use crate::world::entrance::Entrance;
use crate::world::registry::WorldRegistry;

/// The settings of TLS and the proxy.
#[derive(Default)]
#[allow(clippy::struct_excessive_bools)] // Flags are independent of each other.
pub(super) struct FrontSettings {
    pub(super) direct: bool,
    pub(super) chain_pem: Option<Vec<u8>>,
    pub(super) key_pem: Option<Vec<u8>>,
    pub(super) intercepts: bool,
    pub(super) hosts: Vec<String>,
    pub(super) others: Option<OtherHosts>,
    pub(super) allows_private: bool,
    pub(super) fault: Option<TlsFault>,
    pub(super) note: Option<Note>,
    pub(super) replacing: Vec<PathBuf>,
    pub(super) adding: Vec<PathBuf>,
    pub(super) also_listens: Vec<SocketAddr>,
}

/// TLS and the proxy of a running server, with the files that clients read. They are dropped with it.
pub(super) struct Running {
    pub(super) front: Arc<Front>,
    pub(super) files: Arc<TrustFiles>,
}

impl FrontSettings {
    /// Returns the faults of settings that would change nothing.
    pub(super) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.fault.is_some() && !self.direct && !self.intercepts {
            faults.push("a TLS fault changes nothing without TLS: add tls or intercept, or leave it out".to_owned());
        }
        if self.others.is_some() && !self.intercepts {
            faults.push("intercept_others changes nothing without intercept: add it, or leave this out".to_owned());
        }
        if self.allows_private && self.others != Some(OtherHosts::Tunnel) {
            let fault = "allow_private changes nothing unless intercept_others lets other hosts through";
            faults.push(fault.to_owned());
        }
        match (&self.chain_pem, &self.key_pem) {
            (Some(chain), Some(key)) => {
                faults.extend(config_of_pem(chain, key).err().map(|error| format!("TLS: {error}")));
            }
            (Some(_), None) => faults.push("TLS: the certificate needs its key: add tls_key".to_owned()),
            (None, Some(_)) => faults.push("TLS: the key is of no certificate: add tls_cert".to_owned()),
            (None, None) => {}
        }
        faults
    }

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
        if !self.direct && !self.intercepts {
            return Ok(None);
        }
        let others = match (self.others.unwrap_or_default(), self.allows_private) {
            (OtherHosts::Refuse, _) => Others::Refused,
            (OtherHosts::Tunnel, false) => Others::Tunnelled,
            (OtherHosts::Tunnel, true) => Others::TunnelledToPrivate,
        };
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
        let authority = Authority::new(vouched, addresses, from, SystemTime::now()).map_err(failed)?;
        let files =
            TrustFiles::write(&authority.pem(), &authority.der(), &self.replacing, &self.adding).map_err(|error| {
                StartError::Tls { message: format!("the files for clients cannot be written: {error}") }
            })?;
        let own = self
            .chain_pem
            .zip(self.key_pem)
            .map(|(chain, key)| config_of_pem(&chain, &key))
            .transpose()
            .map_err(failed)?;
        let proxy = self.intercepts.then(|| Proxy::new(hosts, others));
        let direct = self.direct || !self.also_listens.is_empty();
        let tls = Tls { authority, own: own.map(Arc::new), direct, fault: self.fault };
        Ok(Some(Running { front: Arc::new(Front::new(tls, proxy, self.note)), files: Arc::new(files) }))
    }
}

impl Running {
    /// Returns the proxy and the files for clients. `reachable` is the address by which clients on this machine reach
    /// the server.
    pub(super) fn entrance(&self, reachable: SocketAddr) -> Entrance {
        Entrance {
            hosts: self.front.proxy.as_ref().map(|proxy| proxy.hosts().to_vec()).unwrap_or_default(),
            ca_pem: Arc::new(RwLock::new(self.front.tls.authority.pem())),
            intercepts: self.front.proxy.is_some(),
            ..Entrance::in_folder(reachable.to_string(), &self.files.folder().to_string_lossy())
        }
    }

    /// Returns the renewal of the certificates of a server that runs for long.
    pub(super) fn care(&self, registry: &WorldRegistry) -> Option<CertificateCare> {
        let ca_pem = Arc::clone(&registry.entrance()?.ca_pem);
        Some(CertificateCare::new(&self.front, &self.files, ca_pem))
    }
}
