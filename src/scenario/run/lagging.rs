//! The records of the past that lagging reads see.
//!
//! Collections are persistent, so that the past is a few pointers. A world without `lag` keeps no past.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::engine::api::api::Api;
use crate::engine::api::router::Row;
use crate::engine::schema::schema::Schema;
use crate::engine::store::Store;
use crate::http::message::Method;
use crate::scenario::model::lag::{Lag, LagSpan};

/// The most changes that one lag hides one by one. Further changes are seen together with the last of these, so never
/// too early.
const MOST_HIDDEN: usize = 1_024;

/// The most changes that all lags together hide one by one: each has its share.
const MOST_HIDDEN_IN_ALL: usize = 16 * MOST_HIDDEN;

/// The changes that lagging reads do not see yet.
#[derive(Clone, Debug, Default)]
pub(in crate::scenario) struct Lagging {
    /// The records at the last look; `None` before the first call.
    known: Option<Store>,
    /// The lags added by hand, then the scenario's own.
    lags: Vec<(Arc<Lag>, LagProgress)>,
    /// The number of lags added by hand.
    added: usize,
}

#[derive(Clone, Debug, Default)]
struct LagProgress {
    /// The number of calls so far.
    calls: u64,
    /// The changes that are hidden, oldest first.
    hidden: VecDeque<HiddenChange>,
}

#[derive(Clone, Debug)]
struct HiddenChange {
    /// The records before the change.
    before: Store,
    /// The number of the last call whose changes the records show.
    after_call: u64,
    made_ms: u64,
    /// The number of calls of the lag when the change was made.
    made_calls: u64,
}

/// Records of the past, as a lagging read sees them.
#[derive(Clone, Debug)]
pub(crate) struct PastStore {
    /// The records.
    pub store: Store,
    /// The number of the last call whose changes they show.
    pub after_call: u64,
}

impl Lagging {
    /// Returns the state of these lags at the start; `None` where there are none.
    pub(in crate::scenario) fn new(lags: &[Arc<Lag>]) -> Option<Box<Self>> {
        let lags: Vec<_> = lags.iter().map(|lag| (Arc::clone(lag), LagProgress::default())).collect();
        (!lags.is_empty()).then(|| Box::new(Self { lags, ..Self::default() }))
    }

    /// Adds a lag by hand, before those of the scenario and behind those added before.
    pub(in crate::scenario) fn add(&mut self, lag: Lag) {
        self.lags.insert(self.added, (Arc::new(lag), LagProgress::default()));
        self.added += 1;
    }

    /// Returns the lags that were added by hand.
    pub(in crate::scenario) fn added(&self) -> impl Iterator<Item = &Lag> {
        self.lags[..self.added].iter().map(|(lag, _)| &**lag)
    }

    /// Notes the records as they are now. Changes since the last look are hidden from now on. `after_call` is the
    /// number of the last call that was answered before the change.
    pub(in crate::scenario) fn look(&mut self, store: &Store, now_ms: u64, after_call: u64) {
        let before = match self.known.replace(store.clone()) {
            Some(known) if !known.is_same(store) => known,
            _ => return,
        };
        let share = (MOST_HIDDEN_IN_ALL / self.lags.len().max(1)).clamp(1, MOST_HIDDEN);
        for (lag, progress) in &mut self.lags {
            let change =
                HiddenChange { before: before.clone(), after_call, made_ms: now_ms, made_calls: progress.calls };
            let is_full = progress.hidden.len() >= share;
            match progress.hidden.back_mut() {
                Some(last) if is_full || last.is_seen_with(&change, lag.span) => {
                    (last.made_ms, last.made_calls) = (change.made_ms, change.made_calls);
                }
                _ => progress.hidden.push_back(change),
            }
        }
    }

    /// Counts a call for the lag of its operation, and returns the records that it sees; `None` for the present ones.
    pub(in crate::scenario) fn past_store(&mut self, row: &Row, store: &Store, now_ms: u64) -> Option<PastStore> {
        let mut lags = self.lags.iter_mut();
        let (lag, progress) = lags.find(|(lag, _)| row.route.method == Method::Get && lag.on.select(row.operation))?;
        progress.call(lag.span, row, store, now_ms)
    }

    /// Says of each lag how many changes its reads do not see yet, of records that they show.
    pub(in crate::scenario) fn say_hidden(&self, apis: &[&'static Api], store: &Store, now_ms: u64) -> Vec<String> {
        let said = self.lags.iter().filter_map(|(lag, progress)| {
            let reads = apis.iter().flat_map(|api| api.routes.iter().map(move |route| (api, route)));
            let reads = reads.filter(|(api, route)| {
                route.method == Method::Get && lag.on.select(&format!("{}.{}", api.name, route.name))
            });
            let kinds: Vec<_> = reads.map(|(_, route)| route.action.resource()).collect();
            let is_shown = |before: &Store, after: &Store| kinds.iter().any(|kind| !shows_same(*kind, before, after));
            let after = progress.hidden.iter().skip(1).map(|next| &next.before).chain([store]);
            let hidden = progress.hidden.iter().zip(after).filter(|(change, after)| {
                !change.is_over(lag.span, progress.calls, now_ms) && is_shown(&change.before, after)
            });
            let count = hidden.count();
            let changes = if count == 1 { "1 change".to_owned() } else { format!("{count} changes") };
            (count > 0).then(|| format!("reads of {} do not see {changes} yet", lag.on))
        });
        said.collect()
    }
}

/// Tells whether two stores share all records of a kind, or of all kinds.
fn shows_same(kind: Option<&'static Schema>, one: &Store, other: &Store) -> bool {
    kind.map_or_else(|| one.is_same(other), |kind| one.has_same(other, kind))
}

impl LagProgress {
    /// Counts a call, and returns the records that it sees; `None` for the present ones.
    fn call(&mut self, span: LagSpan, row: &Row, store: &Store, now_ms: u64) -> Option<PastStore> {
        let calls = self.calls;
        self.calls += 1;
        while self.hidden.front().is_some_and(|change| change.is_over(span, calls, now_ms)) {
            self.hidden.pop_front();
        }
        let oldest = &self.hidden.front()?.before;
        let resource = row.route.action.resource();
        if shows_same(resource, oldest, store) {
            return None;
        }
        // Changes of other kinds of records may lie between.
        let last = self.hidden.iter().take_while(|change| shows_same(resource, &change.before, oldest)).last()?;
        Some(PastStore { store: oldest.clone(), after_call: last.after_call })
    }
}

impl HiddenChange {
    fn is_over(&self, span: LagSpan, calls: u64, now_ms: u64) -> bool {
        match span {
            LagSpan::Calls(most) => calls.saturating_sub(self.made_calls) >= most,
            LagSpan::Ms(most) => now_ms.saturating_sub(self.made_ms) >= most,
        }
    }

    /// Tells whether a later change comes into sight at the same moment.
    fn is_seen_with(&self, later: &Self, span: LagSpan) -> bool {
        match span {
            LagSpan::Calls(_) => self.made_calls == later.made_calls,
            LagSpan::Ms(_) => self.made_ms == later.made_ms,
        }
    }
}
