//! The settings of a server to start.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::OnceLock;

use crate::control::Page;
#[cfg(feature = "tls")]
use crate::embed::front_settings::FrontSettings;
use crate::embed::words::Api;
use crate::engine::state::settings::{ListedCredential, Settings};
use crate::engine::store::Store;
use crate::scenario::Overruling;
use crate::server::{Log, Networks};
use crate::world::registry_limits::Limits;

/// The settings of a server to start. Each has a default: both APIs, the embedded records, any free port on this
/// machine. Each has the word of its flag on the command line.
///
/// ```
/// use standin::{Api, Profile, Standin};
///
/// let standin = Standin::builder()
///     .seed(7)
///     .generate("celigo.integrations", 100)
///     .profile(Api::Celigo, Profile::Live)
///     .start();
/// assert!(standin.world().records("celigo.integrations")?.len() > 100);
/// # Ok::<(), standin::Error>(())
/// ```
#[derive(Default)]
#[allow(clippy::struct_excessive_bools)] // Flags are independent of each other.
#[must_use]
pub struct Builder {
    pub(super) settings: Settings,
    pub(super) limits: Limits,
    pub(super) apis: Option<Vec<Api>>,
    pub(super) fixtures: Option<PathBuf>,
    pub(super) without_embedded: bool,
    pub(super) generate: Vec<(String, usize)>,
    pub(super) scenario: Option<PathBuf>,
    pub(super) overruling: Overruling,
    pub(super) host: Option<IpAddr>,
    pub(super) port: u16,
    pub(super) both_families: bool,
    pub(super) exposed: bool,
    pub(super) control_token: Option<String>,
    pub(super) no_control: bool,
    pub(super) page: Option<Page>,
    pub(super) log: Option<Log>,
    pub(super) name: Option<String>,
    pub(super) allows_outbound: bool,
    pub(super) no_default: bool,
    /// The records of the folder of fixtures, once they were read.
    pub(super) folder_records: OnceLock<Store>,
    pub(super) trusted: Networks,
    #[cfg(feature = "tls")]
    pub(super) front: FrontSettings,
    pub(super) faults: Vec<String>,
}

impl Builder {
    /// Returns the listed credentials of an API.
    pub(super) fn credentials_of(&mut self, api: &'static str) -> &mut Vec<ListedCredential> {
        let all = &mut self.settings.credentials;
        let place = all.iter().position(|(known, _)| *known == api).unwrap_or_else(|| {
            all.push((api, Vec::new()));
            all.len() - 1
        });
        &mut all[place].1
    }
}

/// Shows which settings are made, and no credential.
impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("api", &self.apis)
            .field("seed", &self.settings.seed)
            .field("fixtures", &self.fixtures)
            .field("scenario", &self.scenario)
            .field("host", &self.host)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}
