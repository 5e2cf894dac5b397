//! The renewal of the certificates of a server that runs for long.

use std::error::Error;
use std::sync::{Arc, Weak};
use std::time::SystemTime;

use parking_lot::RwLock;

use crate::embed::trust::TrustFiles;
use crate::server::Front;

/// The certificates of a server and the files for clients, which are renewed in time. The server owns the files.
pub(super) struct CertificateCare {
    front: Arc<Front>,
    files: Weak<TrustFiles>,
    ca_pem: Arc<RwLock<String>>,
}

impl CertificateCare {
    pub(super) fn new(front: &Arc<Front>, files: &Arc<TrustFiles>, ca_pem: Arc<RwLock<String>>) -> Self {
        Self { front: Arc::clone(front), files: Arc::downgrade(files), ca_pem }
    }

    /// Renews the certificates, and the files for clients, at the right time.
    pub(super) async fn keep_fresh(self) {
        loop {
            Front::until_next_look().await;
            // A renewal that fails now is tried again the next time.
            let _ = self.renew(SystemTime::now());
        }
    }

    fn renew(&self, now: SystemTime) -> Result<bool, Box<dyn Error>> {
        let authority = &self.front.tls.authority;
        let is_renewed = authority.renew(now)?;
        if is_renewed {
            *self.ca_pem.write() = authority.pem();
            if let Some(files) = self.files.upgrade() {
                files.renew(&authority.pem(), &authority.der())?;
            }
        }
        Ok(is_renewed)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::embed::standin::Standin;
    use crate::world::entrance::Entrance;

    #[test]
    fn a_server_that_runs_for_long_renews_the_files_that_clients_read() {
        let standin = Standin::builder().intercept().start();
        let running = standin.front.as_ref().unwrap();
        let care = running.care(&standin.registry).unwrap();
        let files = [Entrance::CA, Entrance::BUNDLE, Entrance::KEYSTORE].map(|name| running.files.folder().join(name));
        let read = || files.clone().map(|file| std::fs::read(file).unwrap());
        let (before, pem) = (read(), standin.world().ca_pem());
        assert!(!care.renew(SystemTime::now() + Duration::from_secs(60 * 60)).unwrap());
        assert!(read() == before);
        assert!(care.renew(SystemTime::now() + Duration::from_secs(13 * 60 * 60)).unwrap());
        let (after, renewed) = (read(), standin.world().ca_pem());
        assert!(
            before.iter().zip(&after).all(|(before, after)| before != after && before.len().abs_diff(after.len()) < 64)
        );
        assert_eq!(String::from_utf8_lossy(&after[0]), renewed);
        assert!(renewed != pem && String::from_utf8_lossy(&after[1]).ends_with(&renewed));
        let others = std::fs::read_dir(running.files.folder()).unwrap().count();
        assert_eq!(others, 5, "nothing is left beside them");
        drop(standin);
        assert!(!files[0].exists(), "the care does not keep the files");
        care.renew(SystemTime::now() + Duration::from_secs(40 * 60 * 60)).unwrap();
    }
}
