//! A world as data, from which another server continues it. Journal and coverage are left out.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::engine::schema::problem::Problem;
use crate::engine::schema::profile::Profile;
use crate::engine::schema::rng::SeededRng;
use crate::engine::schema::schema::Actor;
use crate::engine::state::State;
use crate::engine::state::clock::{Clock, ClockParts};
use crate::engine::state::settings::Settings;
use crate::engine::store::{Record, Store};
use crate::http::json_object::json_object;
use crate::scenario::{NoScenarios, Progress, ScenarioRun};
use crate::world::registry::WorldRegistry;
use crate::world::snapshot::Snapshot;
use crate::world::world::World;

/// The version of the shape.
pub(crate) const EXPORT_VERSION: u32 = 1;

/// A world as data.
#[derive(Debug)]
pub(crate) struct ExportedWorld {
    /// 1.
    world: u32,
    /// The name it had.
    name: String,
    /// The label it had.
    pub label: Option<String>,
    seed: u64,
    /// The part of the seed's stream of ids and draws that was used.
    drawn: u64,
    clock: ClockParts,
    /// The number of calls answered so far, from which the next one is numbered.
    calls: u64,
    /// The profiles of APIs that are not `documented`.
    profiles: Map<String, Value>,
    /// The scenario, as the text of its file.
    scenario: Option<ExportedScenario>,
    /// The progress of the scenario.
    progress: Option<Progress>,
    /// The records, by collection.
    records: Map<String, Value>,
    /// A sentence for each part that is left out although a consumer could notice it.
    pub warnings: Vec<String>,
}

json_object!(both ExportedWorld strict {
    world, name, label: omitted, seed, drawn, clock, calls, profiles, scenario: omitted, progress: omitted, records,
    warnings: omitted,
});

#[derive(Debug, PartialEq)]
struct ExportedScenario {
    name: String,
    text: String,
}

json_object!(both ExportedScenario strict { name, text });

/// The records of a collection: the number of the next one, and each with its own number.
#[derive(Debug)]
struct ExportedCollection {
    next: u64,
    records: Vec<(u64, Value)>,
}

json_object!(both ExportedCollection strict { next, records });

impl Snapshot {
    /// Returns the world as data, after `calls` calls. The error names the parts that are no data.
    pub(crate) fn export(&self, calls: u64) -> Result<ExportedWorld, String> {
        let state = &self.state;
        let usual = |profile: Profile| profile == Profile::default();
        let profiles = state.settings.profiles.iter().filter(|(_, profile)| !usual(*profile));
        let run = self.run.as_deref();
        let scenario = run.map(ScenarioRun::scenario).filter(|scenario| !scenario.source.is_empty());
        let records = state.store.collections().map(|collection| {
            let records = collection.iter().map(|record| (record.sequence(), Record::to_value(record))).collect();
            let exported = ExportedCollection { next: collection.next_sequence(), records };
            let value = serde_json::to_value(exported).map_err(|error| error.to_string())?;
            Ok((collection.resource().name.to_owned(), value))
        });
        let hidden = run.into_iter().flat_map(|run| run.say_hidden(&state.store, state.clock.now_ms()));
        let warnings =
            hidden.map(|said| format!("{said}; those of the imported world see the latest at once")).collect();
        Ok(ExportedWorld {
            world: EXPORT_VERSION,
            name: state.name.to_string(),
            label: None,
            seed: state.rng.seed(),
            drawn: state.rng.drawn(),
            clock: state.clock.parts(),
            calls,
            profiles: profiles.map(|(api, profile)| ((*api).to_owned(), profile.as_str().into())).collect(),
            scenario: scenario
                .map(|scenario| ExportedScenario { name: scenario.name.clone(), text: scenario.source.to_string() }),
            progress: run.map(ScenarioRun::progress).transpose()?,
            records: records.collect::<Result<_, String>>()?,
            warnings,
        })
    }
}

impl WorldRegistry {
    /// Returns the world that an export describes, to continue here. The error names the fault of the data, and its
    /// place.
    pub(crate) fn imported(&self, name: &Arc<str>, exported: ExportedWorld) -> Result<World, String> {
        if exported.world != EXPORT_VERSION {
            return Err(format!("world is {}, this version reads {EXPORT_VERSION}", exported.world));
        }
        let router = self.router();
        let mut settings = Settings { seed: exported.seed, ..(*self.settings()).clone() };
        settings.clock_mode = exported.clock.mode();
        settings.profiles.clear();
        for (api, profile) in &exported.profiles {
            let known = router.apis().iter().find(|known| known.name == api);
            let profile = Profile::ALL.iter().find(|known| Some(known.as_str()) == profile.as_str());
            match (known, profile) {
                (Some(api), Some(profile)) => settings.profiles.push((api.name, *profile)),
                _ => return Err(format!("profiles.{api}: no profile that this server has")),
            }
        }
        let mut run = None;
        if let Some(ExportedScenario { name: scenario_name, text }) = exported.scenario {
            let (mut scenario, _) =
                self.read(&scenario_name, &text, &NoScenarios).map_err(|error| format!("scenario: {error}"))?;
            scenario.file.clear();
            for (api, credentials) in &scenario.credentials {
                settings.credentials.retain(|(known, _)| known != api);
                settings.credentials.push((api, credentials.clone()));
            }
            run = Some(Box::new(ScenarioRun::new(&Arc::new(scenario), router, &settings)));
        }
        if let Some(progress) = exported.progress {
            let run = run.get_or_insert_with(|| Box::new(ScenarioRun::new(&Arc::default(), router, &settings)));
            run.resume(router, progress).map_err(|fault| format!("progress: {fault}"))?;
        } else if run.is_some() {
            return Err("progress is missing, without which the scenario cannot go on".to_owned());
        }
        let store = Store::new(router.apis().iter().flat_map(|api| api.schemas()));
        let mut state = State::new(Arc::clone(name), store, router.hooks().clone(), Arc::new(settings));
        // The clock comes before the records, because their hooks may read the time.
        state.clock = Clock::from_parts(exported.clock);
        put_records(&mut state, exported.records)?;
        state.rng = SeededRng::drawn_from(exported.seed, exported.drawn);
        state.store.compact();
        let mut world = World::starting_at(Arc::clone(name), Arc::new(Snapshot { state, run }), None);
        world.journal.start_behind(exported.calls);
        Ok(world)
    }
}

fn put_records(state: &mut State, collections: Map<String, Value>) -> Result<(), String> {
    for (name, exported) in collections {
        let resource = state.resource(&name).map_err(|problem| format!("records: {}", problem.plain()))?;
        let at = |place: &str, what: &str| format!("records.{name}{place}: {what}");
        let exported: ExportedCollection =
            serde_json::from_value(exported).map_err(|error| at("", &error.to_string()))?;
        for (n, (sequence, record)) in exported.records.into_iter().enumerate() {
            let place = format!(".records[{n}]");
            let wrong = |problem: &Problem| at(&place, &problem.plain());
            if sequence < state.store.of(resource).next_sequence() {
                return Err(at(&place, "its number is not above that of the one before"));
            }
            let Value::Object(fields) = record else { return Err(at(&place, "a record must be a JSON object")) };
            state.store.of_mut(resource).skip_to(sequence);
            state.create_from(resource, fields.into(), Actor::Fixture).map_err(|problem| wrong(&problem))?;
        }
        if exported.next < state.store.of(resource).next_sequence() {
            return Err(at(".next", "it is not above the number of the last record"));
        }
        state.store.of_mut(resource).skip_to(exported.next);
    }
    let checked = state.check_all_references().and_then(|()| state.check_room());
    checked.map_err(|problem| format!("records: {}", problem.plain()))
}
