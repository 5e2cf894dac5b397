//! A scenario that runs in one world: its place in the timeline, and its counters.
//!
//! Counters count calls as they are answered, so that they are exact even if the journal loses entries.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::engine::api::api::Api;
use crate::engine::api::router::Router;
use crate::engine::state::settings::Settings;
use crate::engine::store::Charge;
use crate::history::trace::{RuleTrace, Trace, TraceBuilder, Verdict};
use crate::http::message::{Delivery, TlsFault};
use crate::http::position::Position;
use crate::scenario::model::format::{CallExpectation, Scenario};
use crate::scenario::model::request_view::RequestView;
use crate::scenario::model::rule::{Effect, Rule};
use crate::scenario::run::issued::Issued;
use crate::scenario::run::lagging::Lagging;
use crate::scenario::run::rule_scope::RuleScope;
use crate::scenario::run::visits::Visits;
use crate::scenario::run::weight::bytes_of;

/// A scenario that runs in one world.
#[derive(Clone, Debug)]
pub(crate) struct ScenarioRun {
    /// The scenario that is played. Rules and expectations made in code stand beside it.
    pub(in crate::scenario) scenario: Arc<Scenario>,
    pub(in crate::scenario) apis: Arc<[&'static Api]>,
    pub(in crate::scenario) seed: u64,
    pub(in crate::scenario) counters: Vec<RuleCounter>,
    /// The ids of all rules. Forks share them.
    ids: Arc<HashSet<Arc<str>, FixedState>>,
    /// Number of the counters that belong to the scenario.
    own_counters: usize,
    /// The rules added by hand, then the file's own, then those of each step.
    scopes: Vec<Arc<RuleScope>>,
    /// The memory of the scenario, which forks and snapshots share.
    shared: Arc<Charge>,
    /// The memory of each rule added by hand, which forks and snapshots share, too.
    added_rules: Vec<Arc<Charge>>,
    /// The memory of each expected call added by hand.
    added_calls: Vec<Arc<Charge>>,
    /// The current step.
    pub(in crate::scenario) step: usize,
    pub(in crate::scenario) entered_ms: u64,
    /// The steps entered so far.
    pub(in crate::scenario) visited: Visits,
    /// For each end of the current step, how many answers matched.
    pub(in crate::scenario) ends: Vec<u64>,
    pub(in crate::scenario) calls: Vec<CallCounter>,
    /// For each list of `order`, the number of its calls that came.
    pub(in crate::scenario) order: Vec<usize>,
    /// Calls of operations that `only` does not list.
    pub(in crate::scenario) outside: Violations,
    /// Calls the fake does not model.
    pub(in crate::scenario) misses: Violations,
    /// Calls whose answer failed: in a function of the test, or in the fake itself.
    pub(in crate::scenario) failures: Violations,
    /// Calls with a cursor that is no next link that was issued.
    pub(in crate::scenario) strayed: Violations,
    /// The next links issued so far, as far as an expectation reads them.
    pub(in crate::scenario) issued: Issued,
    /// Statuses served, by operation; aborted answers have none.
    pub(in crate::scenario) statuses: HashMap<(&'static str, u16), u64, FixedState>,
    /// Calls answered, misses included.
    pub(in crate::scenario) answered: u64,
    /// Changes of data that could not be made when a step was entered, with their positions.
    pub(in crate::scenario) failed_changes: Vec<(Position, String)>,
    /// The hashes of those, so that each stands there once.
    pub(in crate::scenario) failed_hashes: HashSet<u64, FixedState>,
    /// The fault that a rule ordered for the next TLS handshake.
    pub(in crate::scenario) tls_fault: Option<TlsFault>,
    /// The records of the past, for reads that see a change only later.
    pub(in crate::scenario) lagging: Option<Box<Lagging>>,
    /// True when a test declared something in code and has not verified it yet.
    needs_verification: bool,
    /// The trace of the latest request.
    latest_why: Trace,
}

/// A rule, and its counters.
#[derive(Clone, Debug)]
pub(in crate::scenario) struct RuleCounter {
    pub(in crate::scenario) rule: Arc<Rule>,
    /// Requests that matched, since its step was entered.
    pub(in crate::scenario) matched: u64,
    /// Times that it fired, as its limit counts them, since its step was entered.
    pub(in crate::scenario) fired: u64,
    /// Requests that matched since the scenario began.
    pub(in crate::scenario) all_matched: u64,
    /// Times that it took effect since the scenario began.
    pub(in crate::scenario) all_fired: u64,
}

/// An expected kind of call, which forks share, and its counter.
#[derive(Clone, Debug)]
pub(in crate::scenario) struct CallCounter {
    pub(in crate::scenario) expected: Arc<CallExpectation>,
    pub(in crate::scenario) count: u64,
    /// The numbers of the latest such calls.
    pub(in crate::scenario) numbers: Vec<u64>,
}

/// Calls that violate an expectation: their number, and the first of them.
#[derive(Clone, Debug, Default)]
pub(in crate::scenario) struct Violations {
    pub(in crate::scenario) count: u64,
    pub(in crate::scenario) first: Vec<(u64, String)>,
}

/// The most calls that are kept: longer lists do not help a reader.
const SHOWN: usize = 5;

impl Violations {
    pub(in crate::scenario) fn add(&mut self, number: u64, what: impl FnOnce() -> String) {
        self.count += 1;
        if self.first.len() < SHOWN {
            self.first.push((number, what()));
        }
    }
}

/// The decision of the rules about one request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Decision {
    /// The rule that decides, with its ordinal.
    pub rule: Option<(Arc<Rule>, u64)>,
    /// Milliseconds for which all firing rules together hold the answer back.
    pub delay_ms: u64,
    /// The slowest of the firing rules' rates.
    pub slow_bytes_per_s: Option<u64>,
    /// The rules that slow the answer down.
    pub slowed_by: Vec<Arc<str>>,
    /// Every rule that was considered, and the verdict on it; `None` when there are none for the operation.
    pub trace: Option<Trace>,
}

/// The place of rules added by hand among the scopes.
const ADDED: usize = 0;
/// The place of the file's own rules.
const OWN: usize = 1;

impl Decision {
    /// Tells whether the answer waits, as a whole or in parts.
    pub(crate) fn is_held(&self, delivery: Delivery) -> bool {
        !self.slowed_by.is_empty() || delivery == Delivery::Hang
    }

    /// Returns the rules that the answer waits for.
    pub(crate) fn holders(&self, delivery: Delivery) -> Vec<Arc<str>> {
        let stalling = self.rule.iter().filter(|_| delivery == Delivery::Hang).map(|(rule, _)| Arc::clone(&rule.id));
        self.slowed_by.iter().cloned().chain(stalling).collect()
    }
}

impl ScenarioRun {
    /// Takes the fault that a rule ordered for the next TLS handshake.
    #[cfg(feature = "tls")]
    pub(crate) fn take_tls_fault(&mut self) -> Option<TlsFault> {
        self.tls_fault.take()
    }

    /// Starts a scenario; its first step is not entered yet.
    pub(crate) fn new(scenario: &Arc<Scenario>, router: &Router, settings: &Settings) -> Self {
        let mut run = Self {
            apis: router.apis().into(),
            seed: settings.seed,
            counters: Vec::new(),
            ids: Arc::default(),
            own_counters: 0,
            scopes: vec![Arc::default()],
            shared: Arc::new(Charge::uncounted(0)),
            added_rules: Vec::new(),
            added_calls: Vec::new(),
            step: 0,
            entered_ms: 0,
            visited: Visits::default(),
            ends: Vec::new(),
            calls: scenario.expect.calls.iter().cloned().map(CallCounter::new).collect(),
            order: vec![0; scenario.expect.order.len()],
            outside: Violations::default(),
            misses: Violations::default(),
            failures: Violations::default(),
            strayed: Violations::default(),
            issued: Issued::default(),
            statuses: HashMap::default(),
            answered: 0,
            failed_changes: Vec::new(),
            failed_hashes: HashSet::default(),
            tls_fault: None,
            lagging: Lagging::new(&scenario.lags),
            needs_verification: false,
            latest_why: Trace::default(),
            scenario: Arc::clone(scenario),
        };
        let of_steps = scenario.steps.iter().map(|step| &step.rules);
        for rules in std::iter::once(&scenario.rules).chain(of_steps) {
            let mut scope = RuleScope::default();
            for rule in rules {
                scope.add(router, rule, run.counters.len());
                run.counters.push(RuleCounter::new(Arc::clone(rule)));
            }
            run.scopes.push(Arc::new(scope));
        }
        run.own_counters = run.counters.len();
        run.collect_ids();
        run.shared = Arc::new(Charge::new(&settings.control, run.shared_bytes()));
        run
    }

    /// Returns the number of rules that belong to the scenario; those added by hand come behind.
    pub(in crate::scenario) fn own_counters(&self) -> usize {
        self.own_counters
    }

    /// Returns the scenario that is played.
    pub(crate) fn scenario(&self) -> &Arc<Scenario> {
        &self.scenario
    }

    /// Sets the seed from which rules with a probability draw from now on.
    pub(crate) fn reseed(&mut self, seed: u64) {
        self.seed = seed;
    }

    /// Adds a rule by hand. It comes before those of the scenario, behind those added before. The error says what is
    /// wrong with it.
    pub(crate) fn add(&mut self, router: &Router, mut rule: Rule) -> Result<Arc<str>, String> {
        if let Some(fault) = rule.invalid {
            return Err(fault);
        }
        if rule.id.is_empty() {
            let mut numbers = 1..;
            let free = |id: &String| !self.has_rule(id);
            rule.id = numbers.find_map(|n: u64| Some(format!("rule-{n}")).filter(free)).unwrap_or_default().into();
        }
        let id = Arc::clone(&rule.id);
        if self.has_rule(&id) {
            return Err(format!("{id:?} is the id of another rule; choose another"));
        }
        rule.on.check(router)?;
        if let Some(Effect::Error { name, .. }) = &rule.effect {
            let rows = router.rows().iter().filter(|row| rule.on.select(row.operation));
            if let Some(row) = rows.clone().find(|row| !row.documents_error(name)) {
                let meant =
                    crate::scenario::model::diagnostics::did_you_mean(name, row.errors().map(|error| error.name));
                return Err(format!("{name:?} is not documented for {}; {meant}", row.operation));
            }
        }
        if rule.effect.is_none() && !rule.slows() {
            return Err(format!("the rule on {} does nothing; say what goes wrong", rule.on));
        }
        Arc::make_mut(&mut self.scopes[ADDED]).add(router, &rule, self.counters.len());
        self.added_rules.push(Arc::new(self.shared.beside(bytes_of(rule.source.as_deref()))));
        self.counters.push(RuleCounter::new(Arc::new(rule)));
        Arc::make_mut(&mut self.ids).insert(Arc::clone(&id));
        Ok(id)
    }

    /// Tells whether there is a rule of that id.
    pub(crate) fn has_rule(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    fn collect_ids(&mut self) {
        self.ids = Arc::new(self.counters.iter().map(|counter| Arc::clone(&counter.rule.id)).collect());
    }

    /// Removes the rules added by hand.
    pub(crate) fn clear_added(&mut self) {
        self.counters.truncate(self.own_counters);
        self.added_rules.clear();
        self.collect_ids();
        self.scopes[ADDED] = Arc::default();
    }

    /// Adds an expectation by hand: calls are counted from now on.
    pub(crate) fn expect(&mut self, expected: CallExpectation) {
        self.added_calls.push(Arc::new(self.shared.beside(bytes_of(expected.source.as_deref()))));
        self.calls.push(CallCounter::new(expected));
    }

    /// Notes that a test declared something that is to be verified.
    pub(crate) fn require_verification(&mut self) {
        self.needs_verification = true;
    }

    /// Notes that the world was verified.
    pub(crate) fn mark_verified(&mut self) {
        self.needs_verification = false;
    }

    /// Tells whether a test declared something, has not verified it yet, and there is something to verify.
    pub(crate) fn needs_verification(&self) -> bool {
        self.needs_verification && !(self.calls.is_empty() && self.scenario.expect.is_empty())
    }

    /// Returns the decision of the rules about a request, and counts it.
    pub(crate) fn decide(&mut self, view: &RequestView<'_>) -> Decision {
        let mut decision = Decision::default();
        let mut trace = TraceBuilder::new(&mut self.latest_why);
        let of_step = (!self.scenario.steps.is_empty()).then_some(OWN + 1 + self.step);
        for scope in [Some(ADDED), of_step, Some(OWN)].into_iter().flatten() {
            let Some(index) = self.scopes[scope].get(view.row.number) else { continue };
            let texts = index.texts(view);
            if let Some(why) = index.none(&texts, |place| &self.counters[place].rule.id) {
                trace.add_all(why);
                continue;
            }
            for (place, mismatch) in index.rules(&texts) {
                let counter = &mut self.counters[place];
                let verdict =
                    mismatch.map_or_else(|| counter.consider(view, self.seed, &mut decision), Verdict::Mismatch);
                trace.add(&counter.rule.id, verdict);
            }
        }
        decision.trace = trace.finish();
        if let Some((rule, _)) = &decision.rule
            && let Some(Effect::Tls(fault)) = rule.effect
        {
            self.tls_fault = Some(fault);
        }
        decision
    }

    /// Resets the counters of the current step's rules.
    pub(in crate::scenario) fn restart_step(&mut self) {
        let rules: usize = self.scenario.steps[self.step].rules.len();
        let before: usize = self.scenario.steps[..self.step].iter().map(|step| step.rules.len()).sum();
        let first = self.scenario.rules.len() + before;
        for counter in &mut self.counters[first..first + rules] {
            (counter.matched, counter.fired) = (0, 0);
        }
        self.ends = vec![0; self.scenario.steps[self.step].ends.len()];
    }

    /// Returns every rule, with the numbers of times that it matched and fired.
    pub(crate) fn rules(&self) -> impl Iterator<Item = (&Rule, u64, u64)> {
        self.counters.iter().map(|counter| (&*counter.rule, counter.all_matched, counter.all_fired))
    }

    /// Returns every expected kind of call, with the number of calls that came.
    pub(crate) fn expected(&self) -> impl Iterator<Item = (&CallExpectation, u64)> {
        self.calls.iter().map(|counter| (&*counter.expected, counter.count))
    }

    /// Returns the steps entered so far, each with the number of the call that led there; 0 is the start.
    pub(crate) fn entered(&self) -> impl Iterator<Item = (&str, u64)> {
        self.visited.list().iter().map(|&(step, call)| (&*self.scenario.steps[step].name, call))
    }

    /// Changes of data that could not be made when a step was entered.
    pub(crate) fn failed_changes(&self) -> impl Iterator<Item = &str> {
        self.failed_changes.iter().map(|(_, what)| what.as_str())
    }

    /// Returns the bytes that forks and snapshots share: the scenario, and the indexes of its rules.
    fn shared_bytes(&self) -> usize {
        let indexes: usize = self.scopes[ADDED + 1..].iter().map(|scope| scope.bytes()).sum();
        bytes_of(Some(&self.scenario.source)) + indexes
    }

    /// Returns the bytes that this run has by itself: its counters, and what it saw.
    pub(crate) fn own_bytes(&self) -> usize {
        let counters = self.counters.len() * (size_of::<RuleCounter>() + size_of::<RuleTrace>())
            + self.calls.len() * size_of::<CallCounter>();
        let seen = size_of_val(self.visited.list()) + self.issued.bytes();
        size_of::<Self>() + counters + seen
    }

    /// Returns the name of the current step.
    pub(crate) fn step_name(&self) -> Option<&Arc<str>> {
        self.scenario.steps.get(self.step).map(|step| &step.name)
    }
}

impl RuleCounter {
    fn new(rule: Arc<Rule>) -> Self {
        Self { rule, matched: 0, fired: 0, all_matched: 0, all_fired: 0 }
    }

    fn consider(&mut self, view: &RequestView<'_>, seed: u64, decision: &mut Decision) -> Verdict {
        let rule = &self.rule;
        if let Some(part) = rule.when.as_ref().and_then(|when| when.fault(view)) {
            return Verdict::Mismatch(part);
        }
        self.matched += 1;
        self.all_matched += 1;
        let n = self.matched;
        if !rule.at.fires(n, seed, &rule.id) {
            return Verdict::NotItsTurn(n);
        }
        if rule.limit.is_some_and(|limit| self.fired >= limit) {
            return Verdict::UsedUp(n);
        }
        decision.delay_ms = decision.delay_ms.saturating_add(rule.delay_of(seed, n));
        if rule.slows() {
            decision.slowed_by.push(Arc::clone(&rule.id));
        }
        if let Some(rate) = rule.slow_bytes_per_s {
            decision.slow_bytes_per_s = Some(decision.slow_bytes_per_s.map_or(rate, |slowest| slowest.min(rate)));
        }
        let verdict = match (&rule.effect, &decision.rule) {
            (None, _) => Verdict::Delayed(n),
            (Some(_), None) => {
                decision.rule = Some((Arc::clone(rule), n));
                Verdict::Answered(n)
            }
            // A rule that slows another's answer does not use up its limit.
            (Some(_), Some(_)) if rule.slows() => {
                self.all_fired += 1;
                return Verdict::Delayed(n);
            }
            (Some(_), Some(_)) => return Verdict::Shadowed(n),
        };
        self.fired += 1;
        self.all_fired += 1;
        verdict
    }
}

impl CallCounter {
    fn new(expected: CallExpectation) -> Self {
        Self { expected: Arc::new(expected), count: 0, numbers: Vec::new() }
    }

    pub(in crate::scenario) fn add(&mut self, number: u64) {
        self.count += 1;
        if self.numbers.len() < SHOWN {
            self.numbers.push(number);
        }
    }

    /// Takes back a call that was counted too early.
    pub(in crate::scenario) fn take_back(&mut self, number: u64) {
        self.count = self.count.saturating_sub(1);
        self.numbers.retain(|counted| *counted != number);
    }
}
