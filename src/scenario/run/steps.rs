//! The timeline: steps end by answers, or by time.

use std::collections::HashSet;
use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Actor;
use crate::engine::state::State;
use crate::history::entry::Entry;
use crate::history::exchange::Exchange;
use crate::http::message::Request;
use crate::http::position::{Position, show};
use crate::http::target::{Query, Target};
use crate::scenario::model::diagnostics::{Code, Diagnostic};
use crate::scenario::model::format::{CallExpectation, DataChange, End, EndKind, Step};
use crate::scenario::model::request_view::RequestView;
use crate::scenario::run::make_change::make_change;
use crate::scenario::run::scenario_run::ScenarioRun;

/// The most changes that could not be made and are kept: more than a file has.
const MOST_FAILED: usize = 100_000;
/// Number of open ends that are told.
const SHOWN_ENDS: usize = 10;

impl ScenarioRun {
    /// Enters the first step, if there is one.
    pub(crate) fn enter_first_step(&mut self, state: &mut State) {
        if !self.scenario.steps.is_empty() {
            self.enter(0, 0, state);
        }
    }

    /// Lets the timeline follow the clock, and tells whether a step ended. Call this after the clock was moved by hand, and
    /// when a request arrives. `number` is that of the next call.
    pub(crate) fn follow_clock(&mut self, state: &mut State, number: u64) -> bool {
        let Some(step) = self.scenario.steps.get(self.step) else { return false };
        let passed_ms = state.clock.now_ms().saturating_sub(self.entered_ms);
        let ended = step.ends.iter().find(|end| matches!(end.kind, EndKind::AfterMs(ms) if passed_ms >= ms));
        let next = ended.map(|end| self.after(end.to.as_deref()));
        if let Some(next) = next {
            self.enter(next, number, state);
        }
        next.is_some()
    }

    /// Counts an exchange, and lets the step end if it does. `moved` says that the request has ended a step already.
    pub(crate) fn count(
        &mut self,
        exchange: &Exchange<'_>,
        view: Option<&RequestView<'_>>,
        state: &mut State,
        moved: bool,
    ) {
        self.note(exchange, view);
        let next = if moved { None } else { self.next(exchange, view, state.clock.now_ms()) };
        if let Some(next) = next {
            self.enter(next, exchange.number, state);
        }
    }

    fn enter(&mut self, step: usize, number: u64, state: &mut State) {
        self.step = step;
        self.entered_ms = state.clock.now_ms();
        self.visited.add(step, number);
        self.restart_step();
        let scenario = std::sync::Arc::clone(&self.scenario);
        for change in &scenario.steps[step].data.changes {
            if let Err(problem) = make_change(state, &self.apis, change, Actor::Administrator) {
                self.note_failed(failed_change(change, &problem));
            }
        }
    }

    /// Notes a change that could not be made: once, however often a consumer enters its step.
    fn note_failed(&mut self, failed: (Position, String)) {
        let hash = FixedState::default().hash_one((failed.0.line, failed.0.column, &failed.1));
        if self.failed_changes.len() < MOST_FAILED && self.failed_hashes.insert(hash) {
            self.failed_changes.push(failed);
        }
    }

    /// Tells whether a step changes records.
    pub(crate) fn has_data_in_steps(&self) -> bool {
        self.scenario.steps.iter().any(|step| !step.data.changes.is_empty())
    }

    /// Tries the data of the steps before the scenario runs, and returns the changes that cannot be made. For the first
    /// step, which is entered at the start, these are all that fail; for a later one, those that no consumer could make
    /// possible.
    pub(crate) fn try_steps(self, state: &mut State) -> Vec<Diagnostic> {
        let mut failed_changes = self.failed_changes;
        let later = || self.scenario.steps.iter().skip(1).flat_map(|step| &step.data.changes);
        let is_added = |wanted: &str| later().any(|change| change.adds(wanted));
        let is_linear = self.scenario.steps.iter().flat_map(|step| &step.ends).all(|end| end.to.is_none());
        let start = state.store.clone();
        for change in later() {
            let Err(problem) = make_change(state, &self.apis, change, Actor::Administrator) else { continue };
            // The ids of records that a consumer makes are drawn: no file can name them.
            let is_lasting = match &problem {
                Problem::NotFound { resource, id } if !is_added(id) => {
                    is_linear || start.of(resource).get(id).is_none()
                }
                problem => problem.is_lasting() || problem.is_fixed(),
            };
            if is_lasting {
                failed_changes.push(failed_change(change, &problem));
            }
        }
        let told = |(place, message)| Diagnostic {
            file: self.scenario.file.clone(),
            place,
            code: Code::W05,
            message,
            help: "correct it: a verification fails when a step's data could not be changed".to_owned(),
        };
        failed_changes.into_iter().map(told).collect()
    }
}

/// Returns the position of a change that could not be made, and the reason.
fn failed_change(change: &DataChange, problem: &Problem) -> (Position, String) {
    (change.place, format!("{} could not be made: {}", show(&change.path), problem.plain()))
}

impl ScenarioRun {
    /// Returns the step that follows.
    fn after(&self, to: Option<&str>) -> usize {
        let named = to.and_then(|to| self.scenario.steps.iter().position(|step| *step.name == *to));
        named.unwrap_or((self.step + 1).min(self.scenario.steps.len() - 1))
    }

    /// Returns the step of each rule, in the order of their counters; the file's own and those added by hand have none.
    pub(in crate::scenario) fn steps_of_rules(&self) -> impl Iterator<Item = Option<&Step>> {
        let own = self.scenario.rules.iter().map(|_| None);
        let of_steps = self.scenario.steps.iter().flat_map(|step| step.rules.iter().map(move |_| Some(step)));
        own.chain(of_steps).chain(std::iter::repeat(None))
    }

    /// Returns the names of the steps that were entered.
    pub(in crate::scenario) fn entered_names(&self) -> HashSet<&str> {
        self.visited.entered().map(|step| &*self.scenario.steps[step].name).collect()
    }

    /// Says for the first ends of the current step how far they are from coming.
    pub(in crate::scenario) fn open_ends(&self, now_ms: u64) -> Vec<String> {
        let Some(step) = self.scenario.steps.get(self.step) else { return Vec::new() };
        let passed_ms = now_ms.saturating_sub(self.entered_ms);
        let line = |(end, count): (&End, &u64)| {
            let so_far = match &end.kind {
                EndKind::AfterMs(ms) => {
                    let missing_ms = ms.saturating_sub(passed_ms);
                    format!("{passed_ms} of {ms} ms passed on the world's clock, {missing_ms} ms were missing")
                }
                EndKind::Calls { calls, .. } => format!("{count} of {calls} such answers came"),
            };
            format!("step {} ends when {}: {so_far}", step.name, end.kind.words())
        };
        let more = step.ends.len().saturating_sub(SHOWN_ENDS);
        let more = (more > 0).then(|| format!("step {} has {more} more such ends", step.name));
        step.ends.iter().zip(&self.ends).take(SHOWN_ENDS).map(line).chain(more).collect()
    }

    /// Counts an answer for the ends of the current step, and returns the step that follows, if one holds. The first in
    /// the list wins.
    fn next(&mut self, exchange: &Exchange<'_>, view: Option<&RequestView<'_>>, now_ms: u64) -> Option<usize> {
        let scenario = std::sync::Arc::clone(&self.scenario);
        let step = scenario.steps.get(self.step)?;
        let passed_ms = now_ms.saturating_sub(self.entered_ms);
        let mut ended = None;
        for (end, count) in step.ends.iter().zip(&mut self.ends) {
            let holds = match &end.kind {
                EndKind::AfterMs(ms) => passed_ms >= *ms,
                EndKind::Calls { on, when, status, calls } => {
                    let matches = view.is_some_and(|view| {
                        on.select(view.row.operation)
                            && status.is_none_or(|status| exchange.status() == Some(status))
                            && when.as_ref().is_none_or(|when| when.fault(view).is_none())
                    });
                    *count += u64::from(matches);
                    *count >= *calls
                }
            };
            if holds && ended.is_none() {
                ended = Some(end);
            }
        }
        ended.map(|end| self.after(end.to.as_deref()))
    }

    /// Notes that the fake, or a function of the test, failed while it answered a call.
    pub(crate) fn add_failure(&mut self, number: u64, request: &Request<'_>, what: &str) {
        self.failures.add(number, || format!("{} {}: {what}", request.method, request.target));
    }

    /// Counts an answer for the expectations.
    fn note(&mut self, exchange: &Exchange<'_>, view: Option<&RequestView<'_>>) {
        if exchange.request.method == "OPTIONS" {
            // A browser sends such a preflight before a call of the consumer.
            return;
        }
        let number = exchange.number;
        self.answered += 1;
        let scenario = std::sync::Arc::clone(&self.scenario);
        if exchange.miss == Some("internal") {
            let request = exchange.request;
            let what = || format!("{} {}: standin failed, which is its own fault", request.method, request.target);
            self.failures.add(number, what);
        } else if let Some(miss) = exchange.miss {
            let request = exchange.request;
            self.misses.add(number, || format!("{} {}: {miss}", request.method, request.target));
        }
        let only = scenario.expect.only.as_ref();
        let operation = view.map(|view| view.row.operation);
        if only.is_some_and(|(only, _)| operation.is_none_or(|operation| !only.select(operation))) {
            let request = exchange.request;
            let operation = operation.unwrap_or("a call without operation");
            self.outside.add(number, || format!("{} {}: {operation}", request.method, request.target));
        }
        let Some(view) = view else { return };
        if let Some(status) = exchange.status() {
            *self.statuses.entry((view.row.operation, status)).or_default() += 1;
        }
        let step = self.step_name().cloned();
        let mut came = Vec::new();
        for (place, counter) in self.calls.iter_mut().enumerate() {
            let expected = &counter.expected;
            let rule = exchange.rule.as_deref();
            let matches = !expected.gave_up
                && expected.is_for(view, rule, step.as_deref())
                && (expected.status.is_empty()
                    || exchange.status().is_some_and(|status| expected.status.contains(&status)));
            if matches {
                counter.add(number);
                came.push(place);
            }
        }
        self.advance_orders(&came);
        if scenario.expect.conduct.follow_next.is_some() {
            self.follow(view, exchange);
        }
    }

    /// Counts that the client of a call gave up, and so got no status.
    pub(crate) fn note_gave_up(&mut self, view: &RequestView<'_>, entry: &Entry) {
        let status = (!entry.extras.delivery.is_abort()).then_some(entry.meta.status);
        if let Some(count) = status.and_then(|status| self.statuses.get_mut(&(view.row.operation, status))) {
            *count = count.saturating_sub(1);
        }
        let mut came = Vec::new();
        for (place, counter) in self.calls.iter_mut().enumerate() {
            let expected = &counter.expected;
            if !expected.is_for(view, entry.extras.rule.as_deref(), entry.extras.step.as_deref()) {
                continue;
            }
            if expected.gave_up {
                counter.add(entry.number);
                came.push(place);
            } else if status.is_some_and(|status| expected.status.contains(&status)) {
                counter.take_back(entry.number);
            }
        }
        self.advance_orders(&came);
    }

    /// Advances the lists of `order` that wait for one of these calls, whose places ascend.
    fn advance_orders(&mut self, came: &[usize]) {
        for ((list, _), at) in self.scenario.expect.order.iter().zip(&mut self.order) {
            if list.get(*at).is_some_and(|place| came.binary_search(place).is_ok()) {
                *at += 1;
            }
        }
    }

    /// Notes next links that are issued, and cursors that were not.
    fn follow(&mut self, asked: &RequestView<'_>, exchange: &Exchange<'_>) {
        let Some(links) = asked.row.api.dialect.next_links() else { return };
        let this = canonical(asked.target);
        if (links.has_cursor)(&Query::parse(asked.target.query)) && !self.issued.may_have(&this) {
            let target = asked.request.target.to_owned();
            self.strayed.add(exchange.number, || target);
        }
        if let Some(link) = (links.next)(&exchange.response) {
            self.issued.add(canonical(&Target::parse(&link)));
        }
    }
}

impl CallExpectation {
    /// Tells whether the expectation is about such a call, apart from its status.
    fn is_for(&self, view: &RequestView<'_>, rule: Option<&str>, step: Option<&str>) -> bool {
        self.on.as_ref().is_none_or(|on| on.select(view.row.operation))
            && self.fault.as_deref().is_none_or(|fault| rule == Some(fault))
            && self.step.as_deref().is_none_or(|wanted| step == Some(wanted))
            && self.when.as_ref().is_none_or(|when| when.fault(view).is_none())
    }
}

/// Returns a target without origin and world, its query decoded, so that equal links are equal texts.
fn canonical(target: &Target<'_>) -> String {
    let query = Query::parse(target.query);
    query.pairs().fold(target.path.to_owned(), |all, (name, value)| format!("{all}\n{name}\n{value}"))
}
