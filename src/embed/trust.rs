//! The files that make clients trust a server's certificate authority, in a folder that only this user can read and
//! that is removed with the server. No key is among them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tempfile::TempDir;

use crate::embed::files::read_bounded;
use crate::embed::p12::keystore;
use crate::world::entrance::Entrance;

/// The files where systems keep the certificates they trust.
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
pub(super) struct TrustFiles {
    folder: TempDir,
    /// The other trusted certificates, as PEM texts and as DER bytes.
    texts: Vec<String>,
    certificates: Vec<Vec<u8>>,
}

impl TrustFiles {
    /// The settings of PHP.
    const PHP: &str = "standin.ini";

    /// Writes the files. `replacing` are bundles that clients use in place of the system's, `adding` bundles that they
    /// use beside it.
    pub(super) fn write(ca_pem: &str, ca_der: &[u8], replacing: &[PathBuf], adding: &[PathBuf]) -> io::Result<Self> {
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
            let text = read_bounded(file).and_then(|bytes| String::from_utf8(bytes).map_err(io::Error::other));
            let text = text.map_err(|error| named(file, &error))?;
            if texts.contains(&text) {
                continue;
            }
            let found: Vec<_> = CertificateDer::pem_slice_iter(text.as_bytes()).filter_map(Result::ok).collect();
            certificates.extend(found.into_iter().map(|certificate| certificate.to_vec()));
            texts.push(text);
        }
        certificates.sort();
        certificates.dedup();
        let files = Self { folder, texts, certificates };
        files.renew(ca_pem, ca_der)?;
        let file = |name: &str| files.folder().join(name);
        fs::write(file(Entrance::NODE_HOOK), include_str!("node_hook.cjs"))?;
        let bundle = file(Entrance::BUNDLE);
        let php = format!("openssl.cafile = \"{0}\"\ncurl.cainfo = \"{0}\"\n", bundle.display());
        fs::write(file(Self::PHP), php)?;
        Ok(files)
    }

    /// Replaces the certificate of the authority. A client that reads a file meanwhile finds the old or the new one
    /// whole.
    pub(super) fn renew(&self, ca_pem: &str, ca_der: &[u8]) -> io::Result<()> {
        let texts: Vec<&str> = self.texts.iter().map(String::as_str).chain([ca_pem]).collect();
        let certificates: Vec<Vec<u8>> = self.certificates.iter().cloned().chain([ca_der.to_vec()]).collect();
        let files = [
            (Entrance::CA, ca_pem.as_bytes().to_vec()),
            (Entrance::BUNDLE, texts.join("\n").into_bytes()),
            (Entrance::KEYSTORE, keystore(&certificates)),
        ];
        for (name, contents) in files {
            let beside = self.folder().join(format!("{name}.new"));
            fs::write(&beside, contents)?;
            fs::rename(beside, self.folder().join(name))?;
        }
        Ok(())
    }

    /// Returns the folder.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

fn named(file: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", file.display()))
}
