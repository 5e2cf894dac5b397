//! Settings of what is served: APIs, records, credentials, time.

use std::path::PathBuf;

use crate::embed::builder::fields::Builder;
use crate::embed::clock::Clock;
use crate::embed::credential::Credential;
use crate::embed::words::Api;
use crate::engine::schema::profile::Profile;
use crate::engine::schema::time::parse_ms;
use crate::engine::state::clock::ClockMode;
use crate::engine::state::rate_limit::RateLimit;

impl Builder {
    /// Serves only these APIs: the paths of the others are misses, their collections do not exist. Default: all
    /// built-in APIs.
    pub fn api(mut self, apis: impl IntoIterator<Item = Api>) -> Self {
        let wanted: Vec<Api> = apis.into_iter().collect();
        if wanted.is_empty() {
            self.faults.push("no API is to be served; name one, or leave this out to serve all".to_owned());
        }
        let mut apis: Vec<Api> = Api::ALL.iter().copied().filter(|api| wanted.contains(api)).collect();
        for api in wanted {
            if !apis.iter().any(|known| std::ptr::eq(known.table(), api.table())) {
                apis.push(api);
            }
        }
        self.apis = Some(apis);
        self
    }

    /// Sets the seed of ids, tokens and generated records. Default: 0. It overrides that of a
    /// [`scenario`](Self::scenario).
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = seed;
        self.overruling.seed = Some(seed);
        self
    }

    /// Sets the clock. Default: it moves by 1 ms after each answer, from 2024-01-20T10:00:00.000Z on. It overrides that
    /// of a [`scenario`](Self::scenario).
    pub fn clock(mut self, clock: Clock) -> Self {
        let Clock { mode, at } = clock;
        let at_ms = at.as_deref().and_then(parse_ms);
        match at {
            Some(at) if at_ms.is_none() => {
                self.faults.push(format!("the clock cannot start at {at:?}; write it like 2024-01-20T10:00:00.000Z"));
            }
            Some(at) if mode == ClockMode::Real => {
                self.faults.push(format!("a real clock cannot start at {at}; take one that stands or steps"));
            }
            _ => {}
        }
        self.settings.clock_mode = mode;
        self.settings.clock_start_ms = at_ms.unwrap_or(self.settings.clock_start_ms);
        self.overruling.clock = Some((mode, at_ms));
        self
    }

    /// Makes the clock set so far only a default: a scenario's overrides it.
    #[cfg_attr(not(feature = "cli"), allow(dead_code))]
    pub(crate) fn usual_clock(mut self) -> Self {
        self.overruling.clock = None;
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

    /// Generates `count` records of a collection, from the seed, behind the existing ones.
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

    /// Adds a credential that an API accepts. Those that are added, and those of a `tokens.json`, are the only good
    /// ones; without any, each is good.
    pub fn credential(mut self, api: Api, credential: Credential) -> Self {
        self.credentials_of(api.as_str()).push(credential.0);
        self
    }

    /// Sets the address of the user to whom the consumers' credentials belong: audit trails and resolved errors name
    /// it. Default: `user@example.com`.
    pub fn user(mut self, address: &str) -> Self {
        address.clone_into(&mut self.settings.user);
        self
    }

    /// Sets the profile in which an API answers. Default: [`Profile::Documented`].
    pub fn profile(mut self, api: Api, profile: Profile) -> Self {
        let api = api.as_str();
        self.settings.profiles.retain(|(name, _)| *name != api);
        self.settings.profiles.push((api, profile));
        self.overruling.profiles.push((api, profile));
        self
    }

    /// Limits an API to at most `requests` requests at once, and to `per_second` more each second of the world's clock;
    /// beyond, it answers 429. Default: no limit, except that of the profile `live`.
    pub fn rate_limit(mut self, api: Api, requests: u64, per_second: u64) -> Self {
        let api = api.as_str();
        if requests == 0 || per_second == 0 {
            self.faults.push(format!("the rate limit of {api} must let at least 1 request through, and 1 a second"));
        }
        self.settings.rates.retain(|(name, _)| *name != api);
        self.settings.rates.push((api, RateLimit { burst: requests, per_second }));
        self
    }

    /// Rejects requests that name no world. The settings of the default world's start apply to all worlds.
    pub fn no_default_world(mut self) -> Self {
        self.no_default = true;
        self
    }
}
