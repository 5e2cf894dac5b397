//! The proxy for clients with hard-coded hosts, as worlds describe it.

use std::sync::Arc;

use parking_lot::RwLock;

use crate::engine::state::world_token::DEFAULT_WORLD;

/// The proxy of a server, and the certificate authority that clients must trust.
#[derive(Clone, Debug)]
pub(crate) struct Entrance {
    /// Host and port of the proxy, as clients on this machine reach it.
    pub proxy: String,
    /// The hosts that it is a proxy for; `.example.org` is every host below `example.org`.
    pub hosts: Vec<String>,
    /// The authority's certificate, as PEM text. It is renewed while the server runs.
    pub ca_pem: Arc<RwLock<String>>,
    /// The folder with the files below.
    pub folder: String,
    /// The file with the authority's certificate.
    pub ca: String,
    /// The file with the authority's certificate and those that are trusted otherwise.
    pub bundle: String,
    /// The file with both, for Java.
    pub keystore: String,
    /// The file that makes Node.js go by the proxy.
    pub node_hook: String,
    /// True when the proxy takes `CONNECT`.
    pub intercepts: bool,
}

impl Entrance {
    /// The file with the authority's certificate.
    pub(crate) const CA: &str = "ca.pem";
    /// The file with the authority's certificate and those that are trusted otherwise.
    pub(crate) const BUNDLE: &str = "bundle.pem";
    /// The file with both, for Java.
    pub(crate) const KEYSTORE: &str = "ca.p12";
    /// The file that makes Node.js go by the proxy.
    pub(crate) const NODE_HOOK: &str = "node-hook.cjs";

    /// Makes an entrance of a proxy, whose files are in a folder.
    pub(crate) fn in_folder(proxy: String, folder: &str) -> Self {
        let file = |name: &str| format!("{folder}/{name}");
        Self {
            proxy,
            hosts: Vec::new(),
            ca_pem: Arc::default(),
            folder: folder.to_owned(),
            ca: file(Self::CA),
            bundle: file(Self::BUNDLE),
            keystore: file(Self::KEYSTORE),
            node_hook: file(Self::NODE_HOOK),
            intercepts: true,
        }
    }

    /// Returns the URL of the proxy for a world: its user is the world's name, its password is ignored.
    pub(crate) fn proxy_url(&self, world: &str) -> String {
        if world == DEFAULT_WORLD {
            return format!("http://{}", self.proxy);
        }
        format!("http://{world}:x@{}", self.proxy)
    }
}
