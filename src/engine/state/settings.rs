//! The settings of a world, and the bounds on what it keeps.

use std::sync::Arc;

use crate::engine::schema::profile::Profile;
use crate::engine::state::clock::{ClockMode, DEFAULT_START_MS};
use crate::engine::state::rate_limit::RateLimit;
use crate::engine::store::{GenerateBounds, HistoryBounds, RecordBounds, Total};
use crate::http::cors::Cors;
use crate::http::tree::MEMBERS;

/// The settings of a world, fixed when it is made.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools)] // Settings are independent of each other.
pub struct Settings {
    /// The seed of ids, tokens and draws.
    pub seed: u64,
    /// The way in which its clock moves.
    pub clock_mode: ClockMode,
    /// The start of its clock, in milliseconds since 1970.
    pub clock_start_ms: u64,
    /// The profiles of APIs, by the API's name; the others are `documented`.
    pub profiles: Vec<(&'static str, Profile)>,
    /// The rate limits of APIs, by the API's name; the others have the limit of their profile.
    pub rates: Vec<(&'static str, RateLimit)>,
    /// The good credentials, by the API's name. An API without any takes every credential.
    pub credentials: Vec<(&'static str, Vec<ListedCredential>)>,
    /// The user that audit trails name for changes.
    pub user: String,
    /// The origin of links; `None` is the one that the client used.
    pub base_url: Option<String>,
    /// The origin of an API's links, by the API's name; it goes before that of all.
    pub base_urls: Vec<(&'static str, String)>,
    /// True if provider answers carry the `standin-…` headers.
    pub headers: bool,
    /// The origins whose pages may call the APIs; `None` leaves that to the services' own headers.
    pub cors: Option<Cors>,
    /// The most bytes of body a request may have, whatever its API takes.
    pub body_limit_bytes: usize,
    /// True if a setting gives the body limit, which then holds in place of those of the APIs.
    pub has_body_limit: bool,
    /// The most elements and members a request's body may have, all together.
    pub body_members: usize,
    /// The bounds on what the journal keeps.
    pub journal: JournalBounds,
    /// The bytes of the journals of all worlds that have these settings.
    pub journals: Arc<Total>,
    /// The bytes of memory that control clients leave in all worlds that have these settings.
    pub control: Arc<Total>,
    /// The bounds on the records that the service writes by itself.
    pub history: HistoryBounds,
    /// The bounds on the records that requests make.
    pub records: RecordBounds,
    /// The bounds on generated records.
    pub generate: GenerateBounds,
    /// True if logs, journals and reports show credentials.
    pub show_secrets: bool,
    /// True if scenarios that depend on assumed behaviour are refused.
    pub strict_fidelity: bool,
}

/// A credential that a world lists as good, and the records that it sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedCredential {
    /// The token or secret.
    pub token: String,
    /// The ids of the only integrations it sees; `None` is all.
    pub integrations: Option<Vec<String>>,
    /// True if it may read, but not write.
    pub read_only: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 0,
            clock_mode: ClockMode::Step { step_ms: 1 },
            clock_start_ms: DEFAULT_START_MS,
            profiles: Vec::new(),
            rates: Vec::new(),
            credentials: Vec::new(),
            user: "user@example.com".to_owned(),
            base_url: None,
            base_urls: Vec::new(),
            headers: true,
            cors: None,
            body_limit_bytes: 32 * 1024 * 1024,
            has_body_limit: false,
            body_members: MEMBERS,
            journal: JournalBounds::default(),
            journals: Total::new(512 * 1024 * 1024),
            control: Total::new(512 * 1024 * 1024),
            history: HistoryBounds::default(),
            records: RecordBounds::default(),
            generate: GenerateBounds::default(),
            show_secrets: false,
            strict_fidelity: false,
        }
    }
}

impl Settings {
    /// Returns the origins of the links in answers, where they are set.
    pub fn origins(&self) -> Vec<String> {
        let all = self.base_url.iter().chain(self.base_urls.iter().map(|(_, url)| url));
        let origin = |url: &String| {
            let (scheme, rest) = url.split_once("://")?;
            Some(format!("{scheme}://{}", rest.split('/').next()?))
        };
        all.filter_map(origin).collect()
    }

    /// Returns the profile of an API.
    pub fn profile(&self, api: &str) -> Profile {
        self.profiles.iter().find(|(name, _)| *name == api).map_or(Profile::default(), |(_, profile)| *profile)
    }

    /// Returns the origin set for an API's links.
    pub fn base_url(&self, api: &str) -> Option<&str> {
        let own = self.base_urls.iter().find(|(name, _)| *name == api).map(|(_, url)| url);
        own.or(self.base_url.as_ref()).map(String::as_str)
    }

    /// Returns the rate set for an API.
    pub fn rate(&self, api: &str) -> Option<RateLimit> {
        self.rates.iter().find(|(name, _)| *name == api).map(|(_, rate)| *rate)
    }

    /// Returns the credentials listed for an API, or `None` when every one is good.
    pub fn credentials(&self, api: &str) -> Option<&[ListedCredential]> {
        self.credentials.iter().find(|(name, _)| *name == api).map(|(_, list)| list.as_slice())
    }

    /// Returns all credentials that are listed.
    pub fn listed_credentials(&self) -> impl Iterator<Item = &str> {
        self.credentials.iter().flat_map(|(_, listed)| listed).map(|credential| credential.token.as_str())
    }

    /// Returns the listed credential of that token.
    pub fn credential(&self, api: &str, token: &str) -> Option<&ListedCredential> {
        self.credentials(api)?.iter().find(|credential| credential.token == token)
    }

    /// Returns the listed credential that can do most; of equal ones, the first.
    pub fn strongest_credential(&self, api: &str) -> Option<&ListedCredential> {
        let listed = self.credentials(api)?.iter();
        listed.min_by_key(|credential| (credential.integrations.is_some(), credential.read_only))
    }
}

/// The bounds on what a journal keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JournalBounds {
    /// The most entries.
    pub entries: usize,
    /// The most bytes of text.
    pub bytes: usize,
}

impl Default for JournalBounds {
    fn default() -> Self {
        Self { entries: 10_000, bytes: 64 * 1024 * 1024 }
    }
}
