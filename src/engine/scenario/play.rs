//! A scenario as it goes in one world: where the timeline stands, and what was counted so far.
//!
//! Counters are kept as calls are answered, so that they stay exact however little of the journal is kept.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::engine::api::Api;
use crate::engine::document::Place;
use crate::engine::router::Router;
use crate::engine::scenario::asked::Asked;
use crate::engine::scenario::considered::{Account, Verdict, Why};
use crate::engine::scenario::format::{CallExpectation, Scenario};
use crate::engine::scenario::rule::{Rule, Terminal};
use crate::engine::scenario::sieve::Sieve;

/// A scenario as it goes in one world.
#[derive(Clone, Debug)]
pub struct Play {
    /// What is played. Rules and expectations made in code stand beside it.
    pub(super) scenario: Arc<Scenario>,
    pub(super) apis: Arc<[&'static Api]>,
    pub(super) seed: u64,
    pub(super) tallies: Vec<Tally>,
    /// How many of the tallies belong to the scenario.
    own_tallies: usize,
    /// The rules added by hand, then the file's own, then those of each step.
    scopes: Vec<Scope>,
    /// The current step.
    pub(super) step: usize,
    pub(super) entered_ms: u64,
    /// The steps entered so far, with the number of the call that led there; 0 is the start.
    pub(super) visited: Vec<(usize, u64)>,
    /// For each end of the current step, how many answers matched.
    pub(super) ends: Vec<u64>,
    pub(super) calls: Vec<CallTally>,
    /// For each list of `order`, how far it came.
    pub(super) order: Vec<usize>,
    /// Calls outside of `only`.
    pub(super) outside: Offences,
    /// Calls the fake does not model.
    pub(super) misses: Offences,
    /// Calls with a cursor that is no next link that was issued.
    pub(super) strayed: Offences,
    /// The next links issued so far, as far as somebody wants to know.
    pub(super) issued: HashSet<String>,
    /// Statuses served, by operation; aborted answers have none.
    pub(super) statuses: HashSet<(&'static str, u16), FixedState>,
    /// Calls answered, misses included.
    pub(super) answered: u64,
    /// Changes of data that could not be made when a step was entered, and where they are written.
    pub(super) mishaps: Vec<(Place, String)>,
    /// Something was declared in code, and nobody verified it yet.
    declared: bool,
    /// What came of the rules for the latest request.
    latest_why: Why,
}

/// The rules of one scope, by the number of the operation's row: every request looks there.
#[derive(Clone, Debug, Default)]
struct Scope(HashMap<usize, Sieve, FixedState>);

/// A rule, and how it went.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    pub(super) rule: Arc<Rule>,
    /// Requests that matched, since its step was entered.
    pub(super) matched: u64,
    /// How often it used up its limit, since its step was entered.
    pub(super) fired: u64,
    /// Requests that matched, ever.
    pub(super) all_matched: u64,
    /// How often it took effect, ever.
    pub(super) all_fired: u64,
}

/// An expected kind of call, and how often it came.
#[derive(Clone, Debug)]
pub(super) struct CallTally {
    pub(super) expected: CallExpectation,
    pub(super) count: u64,
    /// The numbers of the last of them.
    pub(super) numbers: Vec<u64>,
}

/// Calls that broke a rule: how many, and the first of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Offences {
    pub(super) count: u64,
    pub(super) first: Vec<(u64, String)>,
}

/// Longer lists of offences help nobody.
const SHOWN: usize = 5;

impl Offences {
    pub(super) fn add(&mut self, number: u64, what: impl FnOnce() -> String) {
        self.count += 1;
        if self.first.len() < SHOWN {
            self.first.push((number, what()));
        }
    }
}

/// What the rules say about one request.
#[derive(Clone, Debug, Default)]
pub struct Strike {
    /// The rule that decides, with its ordinal.
    pub rule: Option<(Arc<Rule>, u64)>,
    /// How long all firing rules together hold the answer back.
    pub delay_ms: u64,
    /// The slowest of the firing rules' rates.
    pub slow_bytes_per_s: Option<u64>,
    /// Every rule considered, and what came of it; `None` when there are none for the operation.
    pub why: Option<Why>,
}

impl Scope {
    fn add(&mut self, router: &Router, rule: &Rule, place: usize) {
        for row in router.rows().iter().filter(|row| rule.on.select(row.operation)) {
            self.0.entry(row.number).or_default().add(rule, place);
        }
    }
}

/// Where rules added by hand stand among the scopes.
const ADDED: usize = 0;
/// Where the file's own rules stand.
const OWN: usize = 1;

impl Play {
    /// A scenario at its start; its first step is not entered yet.
    pub fn new(scenario: &Arc<Scenario>, router: &Router, seed: u64) -> Self {
        let mut play = Self {
            apis: router.apis().into(),
            seed,
            tallies: Vec::new(),
            own_tallies: 0,
            scopes: vec![Scope::default()],
            step: 0,
            entered_ms: 0,
            visited: Vec::new(),
            ends: Vec::new(),
            calls: scenario.expect.calls.iter().cloned().map(CallTally::new).collect(),
            order: vec![0; scenario.expect.order.len()],
            outside: Offences::default(),
            misses: Offences::default(),
            strayed: Offences::default(),
            issued: HashSet::new(),
            statuses: HashSet::default(),
            answered: 0,
            mishaps: Vec::new(),
            declared: false,
            latest_why: Why::default(),
            scenario: Arc::clone(scenario),
        };
        let of_steps = scenario.steps.iter().map(|step| &step.rules);
        for rules in std::iter::once(&scenario.rules).chain(of_steps) {
            let mut scope = Scope::default();
            for rule in rules {
                scope.add(router, rule, play.tallies.len());
                play.tallies.push(Tally::new(Arc::clone(rule)));
            }
            play.scopes.push(scope);
        }
        play.own_tallies = play.tallies.len();
        play
    }

    /// What is played.
    pub fn scenario(&self) -> &Arc<Scenario> {
        &self.scenario
    }

    /// Rules that strike by chance draw from this seed from now on.
    pub(in crate::engine) fn reseed(&mut self, seed: u64) {
        self.seed = seed;
    }

    /// Adds a rule by hand. It comes before those of the scenario, behind those added before. The error says what is
    /// wrong with it.
    pub fn add(&mut self, router: &Router, mut rule: Rule) -> Result<Arc<str>, String> {
        if rule.id.is_empty() {
            let mut numbers = 1..;
            let free = |id: &String| self.tallies.iter().all(|tally| *tally.rule.id != **id);
            rule.id = numbers.find_map(|n: u64| Some(format!("rule-{n}")).filter(free)).unwrap_or_default().into();
        }
        let id = Arc::clone(&rule.id);
        if self.tallies.iter().any(|tally| tally.rule.id == id) {
            return Err(format!("{id:?} is the id of another rule; choose another"));
        }
        for pattern in &rule.on.0 {
            let one = super::rule::Operations(vec![pattern.clone()]);
            if !router.rows().iter().any(|row| one.select(row.operation)) {
                let known = router.rows().iter().map(|row| row.operation);
                let meant = super::finding::did_you_mean(pattern, known);
                return Err(format!("{pattern:?} selects no operation; {meant}"));
            }
        }
        if let Some(Terminal::Error { name, .. }) = &rule.terminal {
            let rows = router.rows().iter().filter(|row| rule.on.select(row.operation));
            if let Some(row) = rows.clone().find(|row| !row.documents_error(name)) {
                let meant = super::finding::did_you_mean(name, row.errors().map(|error| error.name));
                return Err(format!("{name:?} is not documented for {}; {meant}", row.operation));
            }
        }
        if rule.terminal.is_none() && !rule.slows() {
            return Err(format!("the rule on {} does nothing; say what goes wrong", rule.on));
        }
        self.scopes[ADDED].add(router, &rule, self.tallies.len());
        self.tallies.push(Tally::new(Arc::new(rule)));
        Ok(id)
    }

    /// Takes away the rules added by hand.
    pub fn clear_added(&mut self) {
        self.tallies.truncate(self.own_tallies);
        self.scopes[ADDED] = Scope::default();
    }

    /// Adds an expectation by hand: calls are counted from now on.
    pub fn expect(&mut self, expected: CallExpectation) {
        self.calls.push(CallTally::new(expected));
    }

    /// Notes that something was declared that wants to be verified.
    pub fn declare(&mut self) {
        self.declared = true;
    }

    /// Notes that it was verified.
    pub fn undeclare(&mut self) {
        self.declared = false;
    }

    /// Whether something was declared and is not verified yet, and there is something to verify.
    pub fn is_declared(&self) -> bool {
        self.declared && !(self.calls.is_empty() && self.scenario.expect.is_empty())
    }

    /// What the rules say about a request, which they count.
    pub(in crate::engine) fn strike(&mut self, asked: &Asked<'_>) -> Strike {
        let mut strike = Strike::default();
        let mut account = Account::new(&mut self.latest_why);
        let of_step = (!self.scenario.steps.is_empty()).then_some(OWN + 1 + self.step);
        for scope in [Some(ADDED), of_step, Some(OWN)].into_iter().flatten() {
            let Some(sieve) = self.scopes[scope].0.get(&asked.row.number) else { continue };
            let texts = sieve.texts(asked);
            if let Some(why) = sieve.none(&texts, |place| &self.tallies[place].rule.id) {
                account.add_all(why);
                continue;
            }
            for (place, mismatch) in sieve.rules(&texts) {
                let tally = &mut self.tallies[place];
                let verdict = mismatch.map_or_else(|| tally.consider(asked, self.seed, &mut strike), Verdict::Mismatch);
                account.add(&tally.rule.id, verdict);
            }
        }
        strike.why = account.finish();
        strike
    }

    /// Starts the counters of the current step's rules again.
    pub(super) fn restart_step(&mut self) {
        let rules: usize = self.scenario.steps[self.step].rules.len();
        let before: usize = self.scenario.steps[..self.step].iter().map(|step| step.rules.len()).sum();
        let first = self.scenario.rules.len() + before;
        for tally in &mut self.tallies[first..first + rules] {
            (tally.matched, tally.fired) = (0, 0);
        }
        self.ends = vec![0; self.scenario.steps[self.step].ends.len()];
    }

    /// Every rule, with how often it matched and how often it fired.
    pub fn rules(&self) -> impl Iterator<Item = (&Rule, u64, u64)> {
        self.tallies.iter().map(|tally| (&*tally.rule, tally.all_matched, tally.all_fired))
    }

    /// Every expected kind of call, and how often it came.
    pub fn expected(&self) -> impl Iterator<Item = (&CallExpectation, u64)> {
        self.calls.iter().map(|tally| (&tally.expected, tally.count))
    }

    /// The steps entered so far, each with the number of the call that led there; 0 is the start.
    pub fn entered(&self) -> impl Iterator<Item = (&str, u64)> {
        self.visited.iter().map(|&(step, call)| (&*self.scenario.steps[step].name, call))
    }

    /// Changes of data that could not be made when a step was entered.
    pub fn mishaps(&self) -> impl Iterator<Item = &str> {
        self.mishaps.iter().map(|(_, what)| what.as_str())
    }

    /// The name of the current step.
    pub fn step_name(&self) -> Option<&Arc<str>> {
        self.scenario.steps.get(self.step).map(|step| &step.name)
    }
}

impl Tally {
    fn new(rule: Arc<Rule>) -> Self {
        Self { rule, matched: 0, fired: 0, all_matched: 0, all_fired: 0 }
    }

    fn consider(&mut self, asked: &Asked<'_>, seed: u64, strike: &mut Strike) -> Verdict {
        let rule = &self.rule;
        if let Some(part) = rule.when.as_ref().and_then(|when| when.fault(asked)) {
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
        strike.delay_ms = strike.delay_ms.saturating_add(rule.delay_of(seed, n));
        if let Some(rate) = rule.slow_bytes_per_s {
            strike.slow_bytes_per_s = Some(strike.slow_bytes_per_s.map_or(rate, |slowest| slowest.min(rate)));
        }
        let verdict = match (&rule.terminal, &strike.rule) {
            (None, _) => Verdict::Delayed(n),
            (Some(_), None) => {
                strike.rule = Some((Arc::clone(rule), n));
                Verdict::Answered(n)
            }
            // It slows the answer of another, and keeps its limit for answers of its own.
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

impl CallTally {
    fn new(expected: CallExpectation) -> Self {
        Self { expected, count: 0, numbers: Vec::new() }
    }

    pub(super) fn add(&mut self, number: u64) {
        self.count += 1;
        if self.numbers.len() < SHOWN {
            self.numbers.push(number);
        }
    }
}
