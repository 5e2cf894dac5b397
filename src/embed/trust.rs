//! The files that make clients trust a server's certificate authority, in a folder that only this user can read and that
//! goes with the server. No key is among them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tempfile::TempDir;

use crate::embed::p12::keystore;

/// Where systems keep the certificates they trust.
const SYSTEM_BUNDLES: [&str; 7] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
    "/opt/homebrew/etc/ca-certificates/cert.pem",
];

/// The files of a certificate authority.
pub struct TrustFiles {
    folder: TempDir,
}

impl TrustFiles {
    /// The authority's certificate alone.
    const CA: &str = "ca.pem";
    /// The authority's certificate behind those that are trusted otherwise.
    const BUNDLE: &str = "bundle.pem";
    /// Both, for Java.
    const KEYSTORE: &str = "ca.p12";
    /// The hook that makes Node.js go by the proxy.
    const NODE_HOOK: &str = "node-hook.cjs";
    /// The settings of PHP.
    const PHP: &str = "standin.ini";

    /// Writes the files. `replacing` are the bundles that clients were told of before, in place of the system's, and `adding`
    /// those beside it.
    pub fn write(ca_pem: &str, ca_der: &[u8], replacing: &[PathBuf], adding: &[PathBuf]) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix("standin-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder.tempdir()?;
        let system = || SYSTEM_BUNDLES.iter().map(PathBuf::from).find(|file| file.is_file());
        let replaced = if replacing.is_empty() { system().into_iter().collect() } else { replacing.to_vec() };
        let bundles: Vec<PathBuf> = replaced.into_iter().chain(adding.to_vec()).collect();
        let mut certificates = Vec::new();
        let mut texts: Vec<String> = Vec::new();
        for file in &bundles {
            let text = fs::read_to_string(file).map_err(|error| named(file, &error))?;
            if texts.contains(&text) {
                continue;
            }
            let found: Vec<_> = CertificateDer::pem_slice_iter(text.as_bytes()).filter_map(Result::ok).collect();
            certificates.extend(found.into_iter().map(|certificate| certificate.to_vec()));
            texts.push(text);
        }
        certificates.sort();
        certificates.dedup();
        certificates.push(ca_der.to_vec());
        texts.push(ca_pem.to_owned());
        let files = Self { folder };
        fs::write(files.ca(), ca_pem)?;
        fs::write(files.bundle(), texts.join("\n"))?;
        fs::write(files.keystore(), keystore(&certificates))?;
        fs::write(files.node_hook(), include_str!("node_hook.cjs"))?;
        let bundle = files.bundle();
        let php = format!("openssl.cafile = \"{0}\"\ncurl.cainfo = \"{0}\"\n", bundle.display());
        fs::write(files.folder().join(Self::PHP), php)?;
        Ok(files)
    }

    /// Returns the folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the file with the authority's certificate.
    pub fn ca(&self) -> PathBuf {
        self.folder.path().join(Self::CA)
    }

    /// Returns the file with all certificates that are trusted.
    pub fn bundle(&self) -> PathBuf {
        self.folder.path().join(Self::BUNDLE)
    }

    /// Returns the hook that makes Node.js go by the proxy.
    pub fn node_hook(&self) -> PathBuf {
        self.folder.path().join(Self::NODE_HOOK)
    }

    /// Returns the key store for Java.
    pub fn keystore(&self) -> PathBuf {
        self.folder.path().join(Self::KEYSTORE)
    }
}

fn named(file: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", file.display()))
}
