//! Furnishing a world from a scenario.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::engine::api::api::Api;
use crate::engine::api::router::Router;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::resource::Actor;
use crate::engine::store::{Record, Store};
use crate::http::document::show;
use crate::scenario::model::diagnostics::{Code, Diagnostic, ScenarioError};
use crate::scenario::model::format::{ChangeKind, Data, DataChange, Scenario, Which};
use crate::scenario::run::scenario_run::ScenarioRun;
use crate::world::world::{Settings, World};

/// Named sets of records to start from: `default` holds those of all APIs, `<api>/default` those of one.
#[derive(Clone, Debug, Default)]
pub struct Fixtures {
    sets: BTreeMap<String, Store>,
    /// The default records; the part that belongs to an API is taken when it is asked for.
    default: Store,
    apis: Vec<&'static Api>,
}

impl Fixtures {
    /// The name of the set a scenario starts from that names none.
    pub const DEFAULT: &'static str = "default";

    /// The default records of these APIs.
    pub fn new(default: Store, apis: &[&'static Api]) -> Self {
        Self { sets: BTreeMap::new(), default, apis: apis.to_vec() }
    }

    /// The same with one more set.
    pub fn with(mut self, name: &str, store: Store) -> Self {
        self.sets.insert(name.to_owned(), store);
        self
    }

    /// The set of that name.
    pub fn get(&self, name: &str) -> Option<Store> {
        if name == Self::DEFAULT {
            return Some(self.default.clone());
        }
        let api = name.strip_suffix(Self::DEFAULT).and_then(|name| name.strip_suffix('/'));
        if let Some(api) = self.apis.iter().find(|known| Some(known.name) == api) {
            let mut own = self.default.clone();
            let others = self.default.resources();
            others.filter(|resource| api.resource(resource.name).is_none()).for_each(|other| own.of_mut(other).clear());
            return Some(own);
        }
        self.sets.get(name).cloned()
    }

    /// The names of all sets, in order.
    pub fn names(&self) -> Vec<String> {
        let defaults = self.apis.iter().map(|api| format!("{}/{}", api.name, Self::DEFAULT));
        let own = std::iter::once(Self::DEFAULT.to_owned()).chain(defaults);
        let mut names: Vec<String> = own.chain(self.sets.keys().cloned()).collect();
        names.sort();
        names
    }

    /// The set a scenario's data starts from. With `data` but without `from`, that is nothing.
    fn start(&self, router: &Router, data: Option<&Data>) -> Store {
        let name = match data {
            None => Some(Self::DEFAULT),
            Some(data) => data.from.as_deref(),
        };
        let empty = || Store::new(router.apis().iter().flat_map(|api| api.resources).copied());
        name.and_then(|name| self.get(name)).unwrap_or_else(empty)
    }
}

impl World {
    /// A world as a scenario wants it. What the scenario leaves open is settled by `settings`.
    pub fn of_scenario(
        name: impl Into<Arc<str>>,
        scenario: &Arc<Scenario>,
        router: &Router,
        fixtures: &Fixtures,
        settings: &Settings,
    ) -> Result<Self, ScenarioError> {
        let mut settings = settings.clone();
        settings.seed = scenario.seed.unwrap_or(settings.seed);
        settings.clock_mode = scenario.clock_mode.unwrap_or(settings.clock_mode);
        settings.clock_start_ms = scenario.clock_start_ms.unwrap_or(settings.clock_start_ms);
        for (api, profile) in &scenario.profiles {
            settings.profiles.retain(|(known, _)| known != api);
            settings.profiles.push((api, *profile));
        }
        for (api, credentials) in &scenario.credentials {
            settings.credentials.retain(|(known, _)| known != api);
            settings.credentials.push((api, credentials.clone()));
        }
        let settings = Arc::new(settings);
        let store = fixtures.start(router, scenario.data.as_ref());
        let mut world = Self::new(name, store, settings);
        let mut diagnostics = Vec::new();
        let mut refuse = |change: &DataChange, problem: &Problem| {
            diagnostics.push(Diagnostic {
                file: scenario.file.clone(),
                place: change.place,
                code: Code::E17,
                message: format!("{} is refused: {}", show(&change.path), problem.plain()),
                help: "what a file puts into the world must fit the rules of its API".to_owned(),
            });
        };
        let changes = || scenario.data.iter().flat_map(|data| &data.changes);
        for change in changes() {
            if let Err(problem) = world.make(router.apis(), change, Actor::Fixture) {
                refuse(change, &problem);
            }
        }
        if diagnostics.is_empty() {
            for change in changes() {
                if let Err(problem) = world.check_made(change) {
                    diagnostics.push(Diagnostic {
                        file: scenario.file.clone(),
                        place: change.place,
                        code: Code::E17,
                        message: format!("{} is refused: {}", show(&change.path), problem.plain()),
                        help: "add the record it refers to, or take the reference away".to_owned(),
                    });
                }
            }
        }
        if !diagnostics.is_empty() {
            diagnostics.sort_by_key(|diagnostic| diagnostic.place);
            return Err(ScenarioError { diagnostics });
        }
        world.run = Some(Box::new(ScenarioRun::new(scenario, router, world.settings.seed)));
        world.enter_first_step();
        world.store.compact();
        world.start_here();
        Ok(world)
    }

    /// Makes one change of data.
    pub(in crate::scenario) fn make(
        &mut self,
        apis: &[&'static Api],
        change: &DataChange,
        by: Actor,
    ) -> Result<(), Problem> {
        let resource = change.resource;
        self.atomically(|world| match &change.kind {
            ChangeKind::Generate(count, like) => world.generate(apis, resource.name, *count, Some(like)),
            ChangeKind::Add(fields) => world.create(resource, fields, by).map(|_| ()),
            ChangeKind::Patch(which, fields) => {
                let old = world.which(change, which)?;
                world.patch(resource, &old, fields, by).map(|_| ())
            }
            ChangeKind::Remove(gone) => {
                // All are found before the first goes: otherwise #n would depend on the order of the list.
                let gone: Vec<Record> =
                    gone.iter().map(|which| world.which(change, which)).collect::<Result<_, _>>()?;
                for record in gone {
                    // The removal of another may have taken it along.
                    if world.store.of(resource).get(record.id()).is_some() {
                        world.remove(resource, &record, by)?;
                    }
                }
                Ok(())
            }
        })
    }

    fn which(&self, change: &DataChange, which: &Which) -> Result<Record, Problem> {
        let collection = self.store.of(change.resource);
        match which {
            Which::Id(id) => {
                let found = collection.get(id).or_else(|| collection.get(&id.to_ascii_lowercase()));
                found.cloned().ok_or_else(|| Problem::NotFound { resource: change.resource, id: id.clone() })
            }
            Which::Nth(n) => collection.nth(n - 1).cloned().ok_or_else(|| {
                let message = format!("there is no #{n}: {} has {} records", change.resource.name, collection.len());
                Problem::refused(message)
            }),
        }
    }

    /// Whether what a change put in refers to what is there. Looked at when all changes are made, because they may
    /// refer to each other.
    fn check_made(&self, change: &DataChange) -> Result<(), Problem> {
        let id_field = change.resource.id_field;
        match &change.kind {
            ChangeKind::Add(fields) => {
                let given = fields.get(id_field).and_then(Value::as_str);
                let record = given.and_then(|id| self.store.of(change.resource).get(&id.to_ascii_lowercase()));
                self.check_references(change.resource, record.map_or(fields, Record::fields))
            }
            ChangeKind::Patch(which, _) => match self.which(change, which) {
                Ok(record) => self.check_references(change.resource, record.fields()),
                Err(_) => Ok(()),
            },
            ChangeKind::Generate(..) | ChangeKind::Remove(_) => Ok(()),
        }
    }
}
