//! TLS and the proxy of a running server, as its worlds describe them.

use std::path::PathBuf;
use std::sync::Arc;

use crate::embed::handle::WorldHandle;
use crate::embed::standin::Standin;
use crate::server::{Proxy, Untrusting};
use crate::world::entrance::Entrance;

impl Standin {
    /// Returns the other hosts that clients asked the proxy for, each with the number of times.
    pub fn other_hosts(&self) -> Vec<(String, u64)> {
        let proxy = self.front.as_ref().and_then(|running| running.front.proxy.as_ref());
        proxy.map(Proxy::asked).unwrap_or_default()
    }

    /// Returns the handshakes that clients refused.
    #[cfg_attr(not(feature = "cli"), allow(dead_code))]
    pub(crate) fn untrusting(&self) -> Vec<Untrusting> {
        self.front.as_ref().map(|running| running.front.untrusting()).unwrap_or_default()
    }

    /// Returns the proxy and the files for clients, if the server has them.
    #[cfg_attr(not(feature = "cli"), allow(dead_code))]
    pub(crate) fn entrance(&self) -> Option<Arc<Entrance>> {
        self.registry.entrance().cloned()
    }
}

impl WorldHandle {
    /// Returns the URL of the proxy for clients of this world: `http://w1:x@127.0.0.1:49213`.
    ///
    /// # Panics
    ///
    /// Panics without [`Builder::intercept`](crate::Builder::intercept).
    #[track_caller]
    #[must_use]
    pub fn proxy_url(&self) -> String {
        let entrance = self.registry.entrance().filter(|entrance| entrance.intercepts);
        entrance.expect("the server is a proxy with Builder::intercept").proxy_url(&self.name)
    }

    /// Returns the certificate that clients must trust, as PEM text.
    ///
    /// # Panics
    ///
    /// Panics without [`Builder::intercept`](crate::Builder::intercept) or [`Builder::tls`](crate::Builder::tls).
    #[track_caller]
    #[must_use]
    pub fn ca_pem(&self) -> String {
        self.with_ca().ca_pem.read().clone()
    }

    /// Returns the path of a file with the certificates that the system trusts and the one that clients must trust. It
    /// exists as long as the server.
    ///
    /// # Panics
    ///
    /// Panics without [`Builder::intercept`](crate::Builder::intercept) or [`Builder::tls`](crate::Builder::tls).
    #[track_caller]
    #[must_use]
    pub fn ca_bundle(&self) -> PathBuf {
        PathBuf::from(&self.with_ca().bundle)
    }

    #[track_caller]
    fn with_ca(&self) -> &Entrance {
        self.registry.entrance().expect("the server has certificates with Builder::intercept or Builder::tls")
    }
}
