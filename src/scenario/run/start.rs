//! The start of a scenario: a state, and a run.

use std::sync::Arc;

use crate::engine::api::router::Router;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Actor;
use crate::engine::state::State;
use crate::engine::state::settings::Settings;
use crate::http::position::show;
use crate::scenario::model::diagnostics::{Code, Diagnostic, ScenarioError, cut};
use crate::scenario::model::fixture_sets::Fixtures;
use crate::scenario::model::format::{ChangeKind, DataChange, Scenario};
use crate::scenario::run::make_change::{check_made, make_change};
use crate::scenario::run::scenario_run::ScenarioRun;

impl ScenarioRun {
    /// Returns the state from which a scenario starts, and its run. `settings` decide what the scenario leaves open.
    pub(crate) fn start(
        name: impl Into<Arc<str>>,
        scenario: &Arc<Scenario>,
        router: &Router,
        fixtures: &Fixtures,
        settings: &Settings,
    ) -> Result<(State, Box<Self>), ScenarioError> {
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
        let mut state = State::new(name, store, router.hooks().clone(), settings);
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
        if let Some((change, problem)) = beyond_bound(&state, changes()) {
            refuse(change, &problem);
            return Err(ScenarioError { diagnostics });
        }
        for change in changes() {
            if let Err(problem) = make_change(&mut state, router.apis(), change, Actor::Fixture) {
                refuse(change, &problem);
            }
        }
        if state.store.counted_bytes() > 0
            && let Some((problem, last)) = state.check_room().err().zip(changes().last())
        {
            refuse(last, &problem);
        }
        if diagnostics.is_empty() {
            for change in changes() {
                if let Err(problem) = check_made(&state, change) {
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
            cut(&mut diagnostics, 0);
            return Err(ScenarioError { diagnostics });
        }
        let mut run = Box::new(ScenarioRun::new(scenario, router, &state.settings));
        run.enter_first_step(&mut state);
        state.store.compact();
        run.look_at_records(&state.store, state.clock.now_ms(), 0);
        Ok((state, run))
    }
}

/// Returns the change with which all records that the changes generate are more than a world may have, before any is
/// made.
fn beyond_bound<'c>(state: &State, changes: impl Iterator<Item = &'c DataChange>) -> Option<(&'c DataChange, Problem)> {
    let mut sum = 0_usize;
    changes.into_iter().find_map(|change| {
        let ChangeKind::Generate(count, _) = change.kind else { return None };
        sum = sum.saturating_add(count);
        state.room_to_generate(sum).err().map(|problem| (change, problem))
    })
}
