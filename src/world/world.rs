//! One isolated universe: everything a test may change.

use std::sync::Arc;

use crate::engine::api::api::{Api, Profile};
use crate::engine::api::router::Router;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::rng::SeededRng;
use crate::engine::state::clock::{Clock, ClockMode, DEFAULT_START_MS};
use crate::engine::state::rate_limit::{Buckets, RateLimit};
use crate::engine::store::Store;
use crate::history::coverage::Coverage;
use crate::history::journal::{Bounds, Journal};
use crate::http::redact::{MOST_KNOWN, Redactor, secrets_in};
use crate::http::tree::MEMBERS;
use crate::scenario::ScenarioRun;
use crate::world::select::is_token_of;
use crate::world::snapshot::Snapshot;

/// A world. Whoever holds it mutably holds its lock.
#[derive(Debug)]
pub struct World {
    /// Its name: `default`, or what stands behind `/w/`.
    pub name: Arc<str>,
    /// Its records.
    pub store: Store,
    /// Its time.
    pub clock: Clock,
    /// Its ids, tokens and draws.
    pub rng: SeededRng,
    /// What was settled when it was made.
    pub settings: Arc<Settings>,
    /// What was asked and answered.
    pub journal: Journal,
    /// Which documented outcomes were met.
    pub coverage: Coverage,
    /// What may be asked of each API before it says that this is too much.
    pub buckets: Buckets,
    /// The scenario as it goes here; `None` without one.
    pub run: Option<Box<ScenarioRun>>,
    /// What it starts from, again after each reset.
    pub(crate) start: Arc<Snapshot>,
    /// Where it stood, by name.
    pub(crate) snapshots: Vec<(Box<str>, Snapshot)>,
}

/// What is settled when a world is made.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The seed of ids, tokens and draws.
    pub seed: u64,
    /// How its clock moves.
    pub clock_mode: ClockMode,
    /// Where its clock starts, in milliseconds since 1970.
    pub clock_start_ms: u64,
    /// Which profile an API has, by the API's name; the others are `documented`.
    pub profiles: Vec<(&'static str, Profile)>,
    /// How much may be asked of an API, by the API's name. The others have the rate of their profile.
    pub rates: Vec<(&'static str, RateLimit)>,
    /// Which credentials are good, by the API's name. An API without any takes every one.
    pub credentials: Vec<(&'static str, Vec<Credential>)>,
    /// Who makes the changes that audit trails name.
    pub user: String,
    /// The origin of links, when the one the client used is not it.
    pub base_url: Option<String>,
    /// The origin of an API's links, by the API's name; it goes before that of all.
    pub base_urls: Vec<(&'static str, String)>,
    /// Whether provider answers carry the `standin-…` headers.
    pub headers: bool,
    /// The most bytes of body a request may have.
    pub body_limit_bytes: usize,
    /// The most elements and members a request's body may have, all together.
    pub body_members: usize,
    /// How much the journal keeps.
    pub journal: Bounds,
    /// Whether logs, journals and reports show credentials.
    pub show_secrets: bool,
    /// Whether scenarios that depend on assumed behaviour are refused.
    pub strict_fidelity: bool,
}

/// A credential that is good, and what it may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The token or secret.
    pub token: String,
    /// The ids of the only integrations it sees; `None` is all.
    pub integrations: Option<Vec<String>>,
    /// May read, but not write.
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
            body_limit_bytes: 10 * 1024 * 1024,
            body_members: MEMBERS,
            journal: Bounds::default(),
            show_secrets: false,
            strict_fidelity: false,
        }
    }
}

impl Settings {
    /// The profile of an API.
    pub fn profile(&self, api: &Api) -> Profile {
        self.profiles.iter().find(|(name, _)| *name == api.name).map_or(Profile::default(), |(_, profile)| *profile)
    }

    /// Returns the origin set for an API's links.
    pub fn base_url(&self, api: &Api) -> Option<&str> {
        let own = self.base_urls.iter().find(|(name, _)| *name == api.name).map(|(_, url)| url);
        own.or(self.base_url.as_ref()).map(String::as_str)
    }

    /// The rate set for an API.
    pub fn rate(&self, api: &Api) -> Option<RateLimit> {
        self.rates.iter().find(|(name, _)| *name == api.name).map(|(_, rate)| *rate)
    }

    /// The credentials listed for an API, or `None` when every one is good.
    fn credentials(&self, api: &Api) -> Option<&[Credential]> {
        self.credentials.iter().find(|(name, _)| *name == api.name).map(|(_, list)| list.as_slice())
    }

    /// All credentials that are listed.
    pub fn listed_credentials(&self) -> impl Iterator<Item = &str> {
        self.credentials.iter().flat_map(|(_, listed)| listed).map(|credential| credential.token.as_str())
    }

    /// The listed credential of that token.
    pub fn credential(&self, api: &Api, token: &str) -> Option<&Credential> {
        self.credentials(api)?.iter().find(|credential| credential.token == token)
    }

    /// The first of those listed that can do most.
    pub fn strongest_credential(&self, api: &Api) -> Option<&Credential> {
        let listed = self.credentials(api)?.iter();
        listed.min_by_key(|credential| (credential.integrations.is_some(), credential.read_only))
    }
}

impl World {
    /// The redactor for what is told of this world: it knows the credentials that are listed, and those in its records.
    pub fn redactor(&self) -> Redactor {
        let mut known: Vec<&str> = self.settings.listed_credentials().collect();
        for collection in self.store.collections().filter(|collection| collection.resource().holds_secrets()) {
            for record in collection.iter().take(MOST_KNOWN) {
                let fields = record.fields().iter();
                fields.for_each(|(name, value)| secrets_in(name, value, false, &mut known));
            }
        }
        Redactor::new(self.settings.show_secrets, known)
    }

    /// A world with these records and settings, at the start of its time.
    pub fn new(name: impl Into<Arc<str>>, store: Store, settings: Arc<Settings>) -> Self {
        let clock = Clock::new(settings.clock_mode, settings.clock_start_ms);
        let rng = SeededRng::new(settings.seed);
        Self::starting_at(name, Arc::new(Snapshot { store, clock, rng, run: None, settings }), None)
    }

    /// Whether an API takes a token: one that is listed, or any when none is. The world's own is good besides, and can do
    /// everything unless it is listed too.
    pub fn admits(&self, api: &Api, token: &str) -> bool {
        let Some(listed) = self.settings.credentials(api) else { return true };
        listed.iter().any(|credential| credential.token == token) || is_token_of(&self.name, token)
    }

    /// Makes happen what is due by now. Whoever looks at records calls this first.
    pub fn catch_up(&mut self) -> Result<(), Problem> {
        let mut latest = None;
        while let Some((resource, record)) = self.store.due(self.clock.now_ms()) {
            let place = (resource.name, record.sequence());
            if latest == Some(place) {
                let what = format!("{} {:?} is due and stays so", resource.name, record.id());
                return Err(Problem::Internal { what });
            }
            latest = Some(place);
            let due = resource.timer.expect("only resources with a due time hold records that are due");
            (due.happens)(self, &record)?;
        }
        Ok(())
    }

    /// The scenario as it goes here. Where there is none, an empty one starts: rules and expectations can be added to it.
    pub fn run_mut(&mut self, router: &Router) -> &mut ScenarioRun {
        let seed = self.settings.seed;
        self.run.get_or_insert_with(|| Box::new(ScenarioRun::new(&Arc::default(), router, seed)))
    }
}
