//! The settings that a server starts with.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::apis::APIS;
use crate::control::{Page, Replica};
use crate::embed::error::StartError;
use crate::embed::fixtures;
#[cfg(feature = "tls")]
use crate::embed::front::FrontSettings;
use crate::embed::handle::WorldHandle;
use crate::embed::scenarios;
use crate::embed::standin::{Reload, Standin, Starting};
use crate::embed::tokens;
use crate::engine::api::api::Api;
use crate::engine::api::api::hooks_of;
use crate::engine::schema::profile::Profile;
use crate::engine::schema::suggest::nearest;
use crate::engine::schema::time::parse_ms;
use crate::engine::state::clock::ClockMode;
use crate::engine::state::rate_limit::RateLimit;
use crate::engine::state::settings::JournalBounds;
use crate::engine::state::settings::{Credential, Settings};
use crate::engine::state::world_token::DEFAULT_WORLD;
use crate::engine::store::{GenerateBounds, Store, Total};
use crate::http::cors::Cors;
use crate::scenario::Overruling;
use crate::server::{Log, Networks};
use crate::world::registry::{Limits, WorldRegistry};
use crate::world::select::is_name;
use crate::world::world::World;

/// The settings of a server to start. Each has a default: both APIs, the embedded records, any free port on this
/// machine.
#[derive(Default)]
#[allow(clippy::struct_excessive_bools)] // Flags are independent of each other.
pub struct Builder {
    settings: Settings,
    limits: Limits,
    apis: Option<Vec<&'static Api>>,
    fixtures: Option<PathBuf>,
    without_embedded: bool,
    generate: Vec<(String, usize)>,
    scenario: Option<PathBuf>,
    overruling: Overruling,
    address: Option<SocketAddr>,
    both_families: bool,
    exposed: bool,
    control_token: Option<String>,
    no_control: bool,
    page: Option<Page>,
    pub(super) log: Option<Log>,
    replica: Option<String>,
    allows_outbound: bool,
    no_default: bool,
    trusted: Networks,
    #[cfg(feature = "tls")]
    pub(super) front: FrontSettings,
    pub(super) faults: Vec<String>,
}

impl Builder {
    /// Sets the seed of ids, tokens and made-up records. Default: 0. It overrides that of a
    /// [`scenario`](Self::scenario).
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = seed;
        self.overruling.seed = Some(seed);
        self
    }

    /// Sets a clock that moves only when the test moves it, from this ISO 8601 time on.
    pub fn clock_frozen(self, at: &str) -> Self {
        self.clock(ClockMode::Frozen, Some(at))
    }

    /// Sets a clock that moves by `step_ms` milliseconds after each answer, from this ISO 8601 time on. This is the
    /// default, from 2024-01-20T10:00:00.000Z in steps of 1.
    pub fn clock_step(self, at: &str, step_ms: u64) -> Self {
        self.clock(ClockMode::Step { step_ms }, Some(at))
    }

    /// Sets the machine's clock.
    pub fn clock_real(self) -> Self {
        self.clock(ClockMode::Real, None)
    }

    fn clock(mut self, mode: ClockMode, at: Option<&str>) -> Self {
        let at_ms = at.and_then(parse_ms);
        if let (Some(at), None) = (at, at_ms) {
            self.faults.push(format!("the clock cannot start at {at:?}; write it like 2024-01-20T10:00:00.000Z"));
        }
        self.settings.clock_mode = mode;
        self.settings.clock_start_ms = at_ms.unwrap_or(self.settings.clock_start_ms);
        self.overruling.clock = Some((mode, at_ms));
        self
    }

    /// Serves only these APIs (`celigo`, `edlink`): the paths of the others are misses, their collections do not exist.
    pub fn apis(mut self, names: &[&str]) -> Self {
        let wanted: Vec<&str> = names.iter().map(|name| self.api(name)).collect();
        self.apis = Some(APIS.iter().copied().filter(|api| wanted.contains(&api.name)).collect());
        self
    }

    /// Reads records from a folder of the shape `<api>/<collection>.json`. Its records of a collection replace the
    /// embedded records of that collection. A `tokens.json` beside the folders lists the only good credentials, in the
    /// shape of a scenario's `tokens`.
    pub fn fixtures(mut self, folder: impl Into<PathBuf>) -> Self {
        self.fixtures = Some(folder.into());
        self
    }

    /// Leaves out the embedded records: only those of [`fixtures`](Self::fixtures), if any, are served.
    pub fn no_embedded_fixtures(mut self) -> Self {
        self.without_embedded = true;
        self
    }

    /// Makes up `count` records of a collection, from the seed, behind the existing ones.
    pub fn generate(mut self, collection: &str, count: usize) -> Self {
        self.generate.push((collection.to_owned(), count));
        self
    }

    /// Starts the default world with a scenario: the file of that path or, where there is none, the ready-made one of
    /// that name. The builder's seed, clock and profiles override the scenario's; the scenario's credentials override
    /// the builder's.
    pub fn scenario(mut self, scenario: impl Into<PathBuf>) -> Self {
        self.scenario = Some(scenario.into());
        self
    }

    /// Rejects scenarios that depend on assumed behaviour: on operations, given by their names, or errors that are
    /// neither documented nor shown by a client or a recorded answer; on operations that are not modelled, unless a
    /// rule responds; on answers declared as undocumented, and on values of enumerations beyond the documented ones.
    pub fn strict_fidelity(mut self) -> Self {
        self.settings.strict_fidelity = true;
        self
    }

    /// Makes these the only good credentials of an API (`celigo`, `edlink`). They see everything.
    pub fn tokens(mut self, api: &str, tokens: &[&str]) -> Self {
        let list =
            tokens.iter().map(|token| Credential { token: (*token).to_owned(), integrations: None, read_only: false });
        self.credentials_of(api).extend(list);
        self
    }

    /// Adds a good credential of an API: it sees only these integrations (`None`: all) and, if `read_only`, changes
    /// nothing.
    pub fn token_for(mut self, api: &str, token: &str, integrations: Option<&[&str]>, read_only: bool) -> Self {
        let integrations = integrations.map(|ids| ids.iter().map(|id| (*id).to_owned()).collect());
        self.credentials_of(api).push(Credential { token: token.to_owned(), integrations, read_only });
        self
    }

    /// Sets the address of the user to whom the consumers' credentials belong: audit trails and resolved errors name
    /// it. Default: `user@example.com`.
    pub fn user(mut self, address: &str) -> Self {
        address.clone_into(&mut self.settings.user);
        self
    }

    /// Sets the profile in which an API (`celigo`, `edlink`) answers: `documented`, the default, or `live`, as the
    /// running service is known to answer where it differs from its documents.
    pub fn profile(mut self, api: &str, profile: &str) -> Self {
        let api = self.api(api);
        match Profile::ALL.iter().find(|known| known.as_str() == profile) {
            Some(&profile) => {
                self.settings.profiles.retain(|(name, _)| *name != api);
                self.settings.profiles.push((api, profile));
                self.overruling.profiles.push((api, profile));
            }
            None => self.faults.push(format!("{api} has no profile {profile:?}; it has documented and live")),
        }
        self
    }

    /// Limits an API to at most `requests` requests at once, and to `per_second` more each second of the world's clock;
    /// beyond, it answers 429. Default: no limit, except for that of the profile `live`.
    pub fn rate_limit(mut self, api: &str, requests: u64, per_second: u64) -> Self {
        let api = self.api(api);
        if requests == 0 || per_second == 0 {
            self.faults.push(format!("the rate limit of {api} must let at least 1 request through, and 1 a second"));
        }
        self.settings.rates.retain(|(name, _)| *name != api);
        self.settings.rates.push((api, RateLimit { burst: requests, per_second }));
        self
    }

    fn credentials_of(&mut self, api: &str) -> &mut Vec<Credential> {
        let name = self.api(api);
        let all = &mut self.settings.credentials;
        let place = all.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
            all.push((name, Vec::new()));
            all.len() - 1
        });
        &mut all[place].1
    }

    /// Returns the name of an API as the tables have it.
    fn api(&mut self, name: &str) -> &'static str {
        let known = || APIS.iter().map(|known| known.name);
        known().find(|known| *known == name).unwrap_or_else(|| {
            let nearest = nearest(name, known()).unwrap_or_default();
            self.faults.push(format!("there is no API {name:?}; did you mean {nearest}?"));
            nearest
        })
    }

    /// Sets the address to listen on. Default: any free port of 127.0.0.1.
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = Some(address);
        self
    }

    /// Allows an address that other machines can reach. The control API then requires this token.
    pub fn expose(mut self, control_token: &str) -> Self {
        self.exposed = true;
        self.control_token(control_token)
    }

    /// Makes the control API require this token.
    pub fn control_token(mut self, token: &str) -> Self {
        self.control_token = Some(token.to_owned());
        self
    }

    /// Shows browsers a page at `/`, and below `/w/<name>/`: calls as they come, worlds, coverage, records, the
    /// scenario. The page uses the control API, and does not exist without it. Default: no page.
    #[cfg(feature = "page")]
    pub fn page(mut self, on: bool) -> Self {
        self.page = on.then_some(Page { file: crate::embed::page::file, is_read_only: false });
        self
    }

    /// Shows the [`page`](Self::page) without anything that changes a world. The control API stays as it is.
    #[cfg(feature = "page")]
    pub fn page_read_only(mut self) -> Self {
        self.page = Some(Page { file: crate::embed::page::file, is_read_only: true });
        self
    }

    /// Leaves out the control API: `/_standin/…` is a path like any other.
    pub fn no_control(mut self) -> Self {
        self.no_control = true;
        self
    }

    /// Sets the origin of the links in answers, for callers behind a proxy. Default: the one each caller used.
    pub fn base_url(mut self, url: &str) -> Self {
        self.check_base_url(url);
        self.settings.base_url = Some(url.to_owned());
        self
    }

    /// Sets the origin of the links in the answers of one API (`celigo`, `edlink`); it overrides [that of
    /// all](Self::base_url).
    pub fn base_url_of(mut self, api: &str, url: &str) -> Self {
        self.check_base_url(url);
        let api = self.api(api);
        self.settings.base_urls.retain(|(name, _)| *name != api);
        self.settings.base_urls.push((api, url.to_owned()));
        self
    }

    fn check_base_url(&mut self, url: &str) {
        if !url.starts_with("http://") && !url.starts_with("https://") {
            self.faults.push(format!("the base URL {url:?} must begin with http:// or https://"));
        }
    }

    /// Trusts the `Forwarded` and `X-Forwarded-…` headers of a proxy at this address, or in this network, such as
    /// `10.0.0.0/8`. Those of this machine are always trusted.
    pub fn trusted_proxy(mut self, network: &str) -> Self {
        if let Err(wrong) = self.trusted.add(network) {
            self.faults.push(format!("the trusted proxy {network:?} is {wrong}"));
        }
        self
    }

    /// Lets the control API's `POST /deliver` send to other machines. Default: only to this one.
    pub fn allow_outbound(mut self) -> Self {
        self.allows_outbound = true;
        self
    }

    /// Lets pages of these origins (`http://localhost:5173`; `*`: all) call the APIs: preflights pass, every header of
    /// an answer may be read. The control API stays closed to them. Default: the origins that the services themselves
    /// allow.
    pub fn cors(mut self, origins: &[&str]) -> Self {
        match Cors::of(origins.iter().copied()) {
            Ok(cors) => self.settings.cors = Some(cors),
            Err(message) => self.faults.push(format!("cors: {message}")),
        }
        self
    }

    /// Leaves out the `standin-…` headers of the APIs' answers.
    pub fn no_headers(mut self) -> Self {
        self.settings.headers = false;
        self
    }

    /// Limits the journal to at most `entries` entries and `bytes` bytes. Default: 10,000 entries and 64 MiB.
    pub fn journal(mut self, entries: usize, bytes: usize) -> Self {
        self.settings.journal = JournalBounds { entries, bytes };
        self
    }

    /// Limits the bytes of the journals of all worlds together. Beyond, the largest journals lose their oldest calls.
    /// Default: 512 MiB.
    pub fn total_journal_bytes(mut self, bytes: usize) -> Self {
        self.settings.journals = Total::new(bytes);
        self
    }

    /// Limits the number of worlds at a time, besides the default one. Default: 50,000.
    pub fn max_worlds(mut self, worlds: usize) -> Self {
        self.limits.worlds = worlds;
        self
    }

    /// Limits the number of worlds of one label at a time. Default: 50,000.
    pub fn max_worlds_per_label(mut self, worlds: usize) -> Self {
        self.limits.worlds_per_label = worlds;
        self
    }

    /// Names this server among several behind a balancer: `/_standin/health` shows the name, and every answer does, in
    /// the header `standin-replica`, unless there are [no headers](Self::no_headers).
    pub fn replica_name(mut self, name: &str) -> Self {
        if !is_name(name) {
            let wanted = "a name has 1 to 64 letters, digits, '-', '_' and '.', and begins with a letter or digit";
            self.faults.push(format!("a server cannot be named {name:?}; {wanted}"));
        }
        self.replica = Some(name.to_owned());
        self
    }

    /// Rejects requests that name no world. The settings of the default world's start apply to all worlds.
    pub fn no_default_world(mut self) -> Self {
        self.no_default = true;
        self
    }

    /// Deletes a world that has received no request for this long; `None`: never. A world that a test holds by a handle
    /// stays anyway. Default: one hour.
    pub fn world_idle(mut self, after: Option<Duration>) -> Self {
        self.limits.idle_ms = after.map(|after| u64::try_from(after.as_millis()).unwrap_or(u64::MAX));
        self
    }

    /// Limits the bytes of a request's body; a larger one is answered 413. Default: 10 MiB.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.settings.body_limit_bytes = bytes;
        self
    }

    /// Limits the elements and members of a request's body, all together; a body with more is answered 400. Default:
    /// 1,000,000.
    pub fn body_members(mut self, members: usize) -> Self {
        self.settings.body_members = members;
        self
    }

    /// Limits the records that a service writes by itself in a world: at most `records` entries of the audit trail,
    /// `records` events and `records` runs, and at most `bytes` bytes. The oldest are evicted; lists say so in
    /// `standin-lost`. Default: 10,000 and 64 MiB.
    pub fn history(mut self, records: usize, bytes: usize) -> Self {
        (self.settings.history.records, self.settings.history.bytes) = (records, bytes);
        self
    }

    /// Limits the bytes of such history in all worlds together. Beyond, the largest histories lose their oldest records.
    /// Default: 512 MiB.
    pub fn total_history(mut self, bytes: usize) -> Self {
        self.settings.history.total = Total::new(bytes);
        self
    }

    /// Limits the records that can be made up, with those that come with them: `records` in a world, `total` in all
    /// worlds. Default: 1,000,000 and 2,000,000.
    pub fn generated_records(mut self, records: usize, total: usize) -> Self {
        self.settings.generate = GenerateBounds { records, total: Total::new(total) };
        self
    }

    /// Shows credentials in logs, journals and reports. Default: they are redacted.
    pub fn show_secrets(mut self) -> Self {
        self.settings.show_secrets = true;
        self
    }

    /// Listens on the same port of `[::1]` too, where the machine has it.
    #[cfg_attr(not(feature = "cli"), allow(dead_code))]
    pub(crate) fn both_families(mut self) -> Self {
        self.both_families = true;
        self
    }

    /// Limits the time in which a request's head must arrive, and for which a new connection may be silent; beyond, the
    /// answer is 408. Zero: no limit. Default: 30 s.
    pub fn header_timeout(mut self, limit: Duration) -> Self {
        self.limits.header_ms = milliseconds(limit);
        self
    }

    /// Limits the time for which a client may take nothing of its answer; then its connection is closed. Zero: no
    /// limit. Default: 30 s.
    pub fn send_timeout(mut self, limit: Duration) -> Self {
        self.limits.send_ms = milliseconds(limit);
        self
    }

    /// Limits the time for which a connection may be idle between requests; then it is closed. Zero: no limit. Default:
    /// 5 minutes.
    pub fn idle_timeout(mut self, limit: Duration) -> Self {
        self.limits.quiet_ms = milliseconds(limit);
        self
    }

    /// Limits the number of connections at a time. Beyond, the one that has been idle for longest is closed; where none
    /// is idle, a new one gets 503. Default: 4,096.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.limits.connections = connections.max(1);
        self
    }

    /// Limits the time in which a request's body must arrive after its head; beyond, the answer is 408. Zero: no limit.
    /// Default: 30 s.
    pub fn body_timeout(mut self, limit: Duration) -> Self {
        self.limits.body_ms = milliseconds(limit);
        self
    }

    /// Limits the bytes of all request bodies together that are still arriving; beyond, the answer is 503. Default: 256
    /// MiB.
    pub fn unfinished_bytes(mut self, bytes: usize) -> Self {
        self.limits.unfinished_bytes = bytes;
        self
    }

    /// Makes the clock set so far only a default: a scenario's overrides it.
    #[cfg_attr(not(feature = "cli"), allow(dead_code))]
    pub(crate) fn usual_clock(mut self) -> Self {
        self.overruling.clock = None;
        self
    }

    /// Sets a log, which is told of every answered request.
    #[cfg_attr(not(feature = "cli"), allow(dead_code))]
    pub(crate) fn log(mut self, log: Log) -> Self {
        self.log = Some(log);
        self
    }

    /// Starts the server on its own thread.
    ///
    /// # Panics
    ///
    /// Panics with the text of the [`StartError`] when the server cannot start.
    #[track_caller]
    pub fn start(self) -> Standin {
        // A closure would be named as the place of the panic, not the caller.
        match self.try_start() {
            Ok(standin) => standin,
            Err(error) => panic!("standin cannot start: {error}"),
        }
    }

    /// Starts the server on its own thread.
    pub fn try_start(self) -> Result<Standin, StartError> {
        Standin::on_a_thread(self.starting()?)
    }

    /// Starts the server as a task on the current tokio runtime, which costs two thirds as much as
    /// [`start`](Self::start).
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime, or with the text of the [`StartError`] when the server cannot start.
    pub async fn spawn(self) -> Standin {
        self.try_spawn().await.unwrap_or_else(|error| panic!("standin cannot start: {error}"))
    }

    /// Starts the server as a task on the current tokio runtime.
    #[allow(clippy::unused_async)] // The caller must be in a runtime; `async` says so.
    pub async fn try_spawn(self) -> Result<Standin, StartError> {
        Standin::as_a_task(self.starting()?)
    }

    /// Makes a world without a server: [`WorldHandle::answer`] answers its requests.
    pub fn offline(self) -> Result<WorldHandle, StartError> {
        let engine = Arc::new(self.engine()?);
        let world = Arc::clone(engine.default_world());
        Ok(WorldHandle::new(engine, world, None))
    }

    fn starting(mut self) -> Result<Starting, StartError> {
        let address = self.address.unwrap_or_else(|| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0));
        if !address.ip().is_loopback() && !self.exposed {
            return Err(StartError::Exposed { address });
        }
        let both_families = self.both_families;
        let (log, control_token, no_control) = (self.log.take(), self.control_token.take(), self.no_control);
        let body_limit_bytes = self.settings.body_limit_bytes;
        let (trusted, page) = (std::mem::take(&mut self.trusted), self.page);
        #[cfg(feature = "tls")]
        let (front, apis) = (std::mem::take(&mut self.front), self.apis.clone());
        let replica = Arc::new(Replica::named(self.replica.take()));
        let allows_outbound = self.allows_outbound;
        let contents = self.contents();
        let engine = Arc::new(self.engine()?);
        let again = Arc::clone(&engine);
        let reload: Reload = Arc::new(move || {
            again.start_over(contents.contents().engine()?);
            Ok(())
        });
        #[cfg(feature = "tls")]
        let also_listens = front.also_listens().to_vec();
        #[cfg(feature = "tls")]
        let front = front.build(apis.as_deref().unwrap_or(APIS), &engine, address)?;
        Ok(Starting {
            engine,
            address,
            both_families,
            control_token,
            no_control,
            body_limit_bytes,
            log,
            trusted,
            replica,
            page,
            allows_outbound,
            reload,
            #[cfg(feature = "tls")]
            front,
            #[cfg(feature = "tls")]
            also_listens,
        })
    }

    /// Returns the embedded records that are left out because of the folder of fixtures, a line for each collection;
    /// none where the folder has faults, which are reported when it is used.
    #[cfg(feature = "cli")]
    pub(crate) fn left_out(&self) -> Vec<String> {
        let furnished = self.fixtures.as_ref().map(|folder| fixtures::folder(folder, !self.without_embedded));
        furnished.and_then(Result::ok).map(|furnished| furnished.left_out).unwrap_or_default()
    }

    /// Returns a builder of the same worlds, without the settings of where and how they are served.
    fn contents(&self) -> Self {
        Self {
            settings: self.settings.clone(),
            limits: self.limits,
            apis: self.apis.clone(),
            fixtures: self.fixtures.clone(),
            without_embedded: self.without_embedded,
            generate: self.generate.clone(),
            scenario: self.scenario.clone(),
            overruling: self.overruling.clone(),
            no_default: self.no_default,
            ..Self::default()
        }
    }

    fn engine(mut self) -> Result<WorldRegistry, StartError> {
        let served = self.apis.take();
        let served: &[&'static Api] = served.as_deref().unwrap_or(APIS);
        self.check_served(served);
        let (mut store, mut invalid) = match self.store() {
            Ok(store) => (store, Vec::new()),
            // Faults of files and of settings are reported together.
            Err(StartError::Invalid { faults }) => (fixtures::empty(), faults),
            Err(error) => return Err(error),
        };
        if let Some(folder) = &self.fixtures {
            match tokens::of_folder(folder) {
                Ok(listed) => listed.into_iter().for_each(|(api, credentials)| {
                    self.credentials_of(api).extend(credentials);
                }),
                Err(StartError::Invalid { faults }) => invalid.extend(faults),
                Err(error) => return Err(error),
            }
        }
        if served.len() < APIS.len() {
            store = store.only(|resource| served.iter().any(|api| api.resource(resource.name).is_some()));
        }
        let mut world = World::new(DEFAULT_WORLD, store, hooks_of(APIS), Arc::new(self.settings));
        // Records whose references are missing cannot be made up.
        let generate = if invalid.is_empty() { self.generate } else { Vec::new() };
        for (collection, count) in &generate {
            if let Err(fault) = world.state.generate(served, collection, *count, None) {
                self.faults.push(format!("generate {collection}={count}: {}", fault.plain()));
            }
        }
        invalid.extend(self.faults);
        if !invalid.is_empty() {
            return Err(StartError::Invalid { faults: invalid });
        }
        if !generate.is_empty() {
            // Made-up records belong to the start: a reset keeps them.
            world.state.store.compact();
            world =
                World::new(DEFAULT_WORLD, world.state.store.clone(), hooks_of(APIS), Arc::clone(&world.state.settings));
        }
        let sets = fixtures::sets(&world.state.store, self.fixtures.as_deref())?;
        let mut engine = WorldRegistry::new(fixtures::router(served), world, sets, self.limits);
        if self.no_default {
            engine = engine.no_default_world();
        }
        if let Some(path) = &self.scenario {
            scenarios::start(&engine, path, &self.overruling, !generate.is_empty()).map_err(StartError::Scenario)?;
        }
        Ok(engine)
    }

    /// Rejects settings of an API that is not served: they would change nothing.
    fn check_served(&mut self, served: &[&'static Api]) {
        let said = [
            ("profile", self.settings.profiles.iter().map(|(api, _)| *api).collect::<Vec<_>>()),
            ("rate limit", self.settings.rates.iter().map(|(api, _)| *api).collect()),
            ("base URL", self.settings.base_urls.iter().map(|(api, _)| *api).collect()),
            ("tokens", self.settings.credentials.iter().map(|(api, _)| *api).collect()),
        ];
        for (what, apis) in said {
            for api in apis.iter().filter(|name| !served.iter().any(|api| api.name == **name)) {
                self.faults
                    .push(format!("the {what} of {api}: that API is not served; serve it too, or leave this out"));
            }
        }
    }

    fn store(&self) -> Result<Store, StartError> {
        match &self.fixtures {
            Some(folder) => fixtures::folder(folder, !self.without_embedded).map(|furnished| furnished.store),
            None if self.without_embedded => Ok(fixtures::empty()),
            None => Ok(fixtures::default()),
        }
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
