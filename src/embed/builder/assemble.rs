//! A server assembled from its settings: records and worlds, complete except for its port.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use parking_lot::Mutex;

use crate::apis::APIS;
use crate::control::Replica;
use crate::embed::builder::fields::Builder;
use crate::embed::fixtures;
#[cfg(feature = "cli")]
use crate::embed::fixtures::FolderRecords;
use crate::embed::scenarios;
use crate::embed::start_error::StartError;
use crate::embed::starting::{Reload, Starting};
use crate::embed::tokens;
use crate::engine::api::api;
use crate::engine::api::api::hooks_of;
use crate::engine::state::world_token::DEFAULT_WORLD;
use crate::engine::store::Store;
use crate::server::LogEvent;
use crate::world::registry::WorldRegistry;
use crate::world::world::World;

impl Builder {
    /// Prepares a server.
    pub(in crate::embed) fn starting(mut self) -> Result<Starting, StartError> {
        let address = SocketAddr::new(self.host.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)), self.port);
        if !address.ip().is_loopback() && !self.exposed {
            return Err(StartError::Exposed { address });
        }
        if self.exposed && self.control_token.is_none() && !self.no_control {
            let fault = "a server that other machines can reach needs a token for its control API, or none of that API: \
                         set control_token or no_control";
            self.faults.push(fault.to_owned());
        }
        let both_families = self.both_families;
        let (log, control_token, no_control) = (self.log.clone(), self.control_token.take(), self.no_control);
        let body_limit_bytes = self.settings.body_limit_bytes;
        let (trusted, page) = (std::mem::take(&mut self.trusted), self.page);
        #[cfg(feature = "tls")]
        let (front, served) = (std::mem::take(&mut self.front), self.served());
        #[cfg(feature = "tls")]
        self.faults.extend(front.faults());
        let replica = Arc::new(Replica::named(self.name.take()));
        let allows_outbound = self.allows_outbound;
        let contents = self.contents();
        let registry = Arc::new(self.registry()?);
        let again = Arc::clone(&registry);
        // Of two reloads at a time, the fixtures that were read last stay.
        let turn = Mutex::new(());
        let reload: Reload = Arc::new(move || {
            let _turn = turn.lock();
            again.start_over(contents.contents().registry()?);
            Ok(())
        });
        #[cfg(feature = "tls")]
        let also_listens = front.also_listens().to_vec();
        #[cfg(feature = "tls")]
        let front = front.build(&served, &registry, address)?;
        Ok(Starting {
            registry,
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

    /// Returns notes on the folder of fixtures, one line each: embedded records that are left out because of it, and
    /// fields that no document knows. Returns none if the folder has faults, which the start reports. The records are
    /// not read again, so the builder's contents must be set before.
    #[cfg(feature = "cli")]
    pub(crate) fn fixture_notes(&self) -> Vec<String> {
        let Some(folder) = &self.fixtures else { return Vec::new() };
        let known = fixtures::known(&self.served());
        let folder_records = fixtures::folder(folder, !self.without_embedded, &known);
        let Ok(FolderRecords { store, mut notes }) = folder_records else { return Vec::new() };
        let _ = self.folder_records.set(store);
        notes.extend(fixtures::unknown_fields_of_sets(folder, &known));
        notes
    }

    /// Returns a builder with the settings of the worlds, without those of the server.
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

    /// Returns the tables of the APIs to serve.
    fn served(&self) -> Vec<&'static api::Api> {
        self.apis.as_ref().map_or_else(|| APIS.to_vec(), |apis| apis.iter().map(|api| api.table()).collect())
    }

    /// Makes the worlds, and the records that they start from.
    pub(in crate::embed) fn registry(mut self) -> Result<WorldRegistry, StartError> {
        let served = self.served();
        let known = fixtures::known(&served);
        self.check_served(&served);
        let router = fixtures::router(&served).map_err(|faults| StartError::Invalid { faults })?;
        let (mut store, mut invalid) = match self.store(&known) {
            Ok(store) => (store, Vec::new()),
            // Faults of files and of settings are reported together.
            Err(StartError::Invalid { faults }) => (fixtures::empty(&known), faults),
            Err(error) => return Err(error),
        };
        if let Some(folder) = &self.fixtures {
            match tokens::of_folder(folder, &known) {
                Ok(listed) => listed.into_iter().for_each(|(api, credentials)| {
                    self.credentials_of(api).extend(credentials);
                }),
                Err(StartError::Invalid { faults }) => invalid.extend(faults),
                Err(error) => return Err(error),
            }
        }
        if served.len() < known.len() {
            store = store.only(|resource| served.iter().any(|api| api.resource(resource.name).is_some()));
        }
        let mut world = World::new(DEFAULT_WORLD, store, hooks_of(&known), Arc::new(self.settings));
        // Without the fixtures, generated records could not refer to them.
        let generate = if invalid.is_empty() { self.generate } else { Vec::new() };
        let (mut sum, mut is_beyond) = (0_usize, false);
        for (collection, count) in &generate {
            // The sum is looked at before any record is made.
            sum = sum.saturating_add(*count);
            if let Err(problem) = world.state.room_to_generate(sum) {
                self.faults.push(format!("generate {collection}={count}: {}", problem.plain()));
                is_beyond = true;
                break;
            }
        }
        for (collection, count) in generate.iter().filter(|_| !is_beyond) {
            if let Err(fault) = world.state.generate(&served, collection, *count, None) {
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
            world = World::new(
                DEFAULT_WORLD,
                world.state.store.clone(),
                hooks_of(&known),
                Arc::clone(&world.state.settings),
            );
        }
        let sets = fixtures::sets(&world.state.store, self.fixtures.as_deref(), &known)?;
        let mut registry = WorldRegistry::new(router, world, sets, self.limits);
        if self.no_default {
            registry = registry.no_default_world();
        }
        if let Some(log) = self.log.take() {
            registry.log(Box::new(move |line| log(&LogEvent::Note(line))));
        }
        if let Some(path) = &self.scenario {
            scenarios::start(&registry, path, &self.overruling, !generate.is_empty()).map_err(StartError::Scenario)?;
        }
        Ok(registry)
    }

    /// Rejects settings of an API that is not served: they would change nothing.
    fn check_served(&mut self, served: &[&'static api::Api]) {
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

    fn store(&self, known: &[&'static api::Api]) -> Result<Store, StartError> {
        if let Some(store) = self.folder_records.get() {
            return Ok(store.clone());
        }
        match &self.fixtures {
            Some(folder) => {
                fixtures::folder(folder, !self.without_embedded, known).map(|folder_records| folder_records.store)
            }
            None if self.without_embedded => Ok(fixtures::empty(known)),
            None => fixtures::default(known),
        }
    }
}
