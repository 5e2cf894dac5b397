//! The lags of a running scenario: its own, and those that a test adds.

use crate::engine::api::router::{Router, Row};
use crate::engine::store::Store;
use crate::scenario::model::lag::{Lag, LagSpan};
use crate::scenario::run::lagging::{Lagging, PastStore};
use crate::scenario::run::scenario_run::ScenarioRun;

impl ScenarioRun {
    /// Notes the records before or after a call: lagging reads see the changes since the last look later. `after_call`
    /// is the number of the last call that was answered before the change.
    pub(crate) fn look_at_records(&mut self, store: &Store, now_ms: u64, after_call: u64) {
        if let Some(lagging) = &mut self.lagging {
            lagging.look(store, now_ms, after_call);
        }
    }

    /// Returns the records of the past that a call sees; `None` for the present ones.
    pub(crate) fn past_store(&mut self, row: &Row, store: &Store, now_ms: u64) -> Option<PastStore> {
        self.lagging.as_mut()?.past_store(row, store, now_ms)
    }

    /// Returns a sentence for each lag on the number of changes that its reads do not see yet.
    pub(crate) fn say_hidden(&self, store: &Store, now_ms: u64) -> Vec<String> {
        let said = |lagging: &Lagging| lagging.say_hidden(&self.apis, store, now_ms);
        self.lagging.as_deref().map(said).unwrap_or_default()
    }

    /// Adds a lag by hand, before those of the scenario and behind those added before. The error says what is wrong
    /// with it.
    pub(crate) fn add_lag(&mut self, router: &Router, lag: Lag) -> Result<(), String> {
        lag.on.check(router)?;
        if matches!(lag.span, LagSpan::Calls(0) | LagSpan::Ms(0)) {
            return Err(format!("the lag on {} hides nothing; say for how many calls or ms", lag.on));
        }
        self.lagging.get_or_insert_with(|| Box::new(Lagging::default())).add(lag);
        Ok(())
    }

    /// Returns the lags that were added by hand.
    pub(in crate::scenario) fn added_lags(&self) -> impl Iterator<Item = &Lag> {
        self.lagging.iter().flat_map(|lagging| lagging.added())
    }
}
