//! The verification of a world: every check of its expectations. The caller holds the world's lock.

use crate::engine::api::router::Router;
use crate::engine::schema::problem::panic_text;
use crate::engine::schema::time::format_ms;
use crate::engine::state::State;
use crate::history::coverage::Coverage;
use crate::history::entry::{Entry, presented_by};
use crate::history::journal::Journal;
use crate::http::caught::caught;
use crate::http::position::Position;
use crate::http::redact::Redactor;
use crate::scenario::model::format::CallExpectation;
use crate::scenario::model::matchers::Range;
use crate::scenario::model::request_view::{RequestView, view_of_entry};
use crate::scenario::run::scenario_run::{ScenarioRun, Violations};
use crate::scenario::verify::called::{Timeline, called, kind_of_call};
use crate::scenario::verify::conduct;
use crate::scenario::verify::elsewhere::Elsewhere;
use crate::scenario::verify::finals::{FinalMatches, judged};
use crate::scenario::verify::near::{CallKind, Calls};
use crate::scenario::verify::one_line::on_one_line;
use crate::scenario::verify::report::{Check, Report, RuleReport, StepReport, Violation};

/// The most calls that a report lists.
const TOLD: usize = 30;

/// The parts of a world that a verification looks at. The caller holds the world's lock.
pub(crate) struct Verification<'w> {
    /// The routes.
    pub router: &'w Router,
    /// The records and the clock.
    pub state: &'w State,
    /// The scenario, with its counters.
    pub run: Option<&'w ScenarioRun>,
    /// The calls.
    pub journal: &'w Journal,
    /// The outcomes that were served.
    pub coverage: &'w Coverage,
}

impl Verification<'_> {
    /// Returns the report of all checks, at this moment.
    pub(crate) fn report(&self) -> Report {
        let router = self.router;
        // A browser's preflight is no call of the consumer.
        let journal: Vec<Entry> = self.journal.since(0).filter(|entry| entry.method != "OPTIONS").collect();
        let redactor = self.state.redactor().with(presented_by(&journal).iter().map(String::as_str));
        let calls = Calls::new(&journal, router);
        let checks = || self.run.map(|run| self.checks(run, router, &calls, &redactor)).unwrap_or_default();
        // The test gets a report even if a check panics.
        let checks = caught(checks).unwrap_or_else(|panic| {
            let message =
                format!("standin failed while judging, which is its own fault: {}", panic_text(panic.as_ref()));
            vec![check("internal", None, Some(Violation::new(message)))]
        });
        let checks: Vec<Check> = checks.into_iter().map(|check| check.redacted(&redactor)).collect();
        let started_ms = journal.first().map_or(self.state.clock.now_ms(), |first| first.meta.now_ms);
        let run = self.run;
        let scenario = run.map(ScenarioRun::scenario);
        let name = scenario.map(|scenario| scenario.name.clone()).filter(|name| !name.is_empty());
        Report {
            report: Report::VERSION,
            scenario: name.unwrap_or_else(|| "-".to_owned()),
            file: scenario.map(|scenario| scenario.file.clone()).unwrap_or_default(),
            world: self.state.name.to_string(),
            seed: self.state.settings.seed,
            apis: router.apis().iter().map(|api| api.name.to_owned()).collect(),
            started: format_ms(started_ms),
            duration_ms: self.state.clock.now_ms().saturating_sub(started_ms),
            measured: None,
            passed: checks.iter().all(|check| check.passed),
            calls: self.journal.next_number() - 1,
            checks,
            rules: run.map(rules).unwrap_or_default(),
            steps: run.map(steps).unwrap_or_default(),
            journal: told(&journal, router).iter().map(|line| redactor.text(line).into_owned()).collect(),
            journal_lost: self.journal.lost(),
            calls_unjudged: 0,
            worlds_unjudged: Vec::new(),
            elsewhere: Elsewhere::default(),
            coverage: self.coverage.table(router),
        }
    }

    fn checks(&self, run: &ScenarioRun, router: &Router, calls: &Calls<'_>, redactor: &Redactor) -> Vec<Check> {
        let mut checks = Vec::new();
        let expect = &run.scenario().expect;
        let timeline = Timeline::of(run, self.state.clock.now_ms());
        for (n, counter) in run.calls.iter().enumerate() {
            let id = name_of_calls(n, &counter.expected);
            let title = || format!("{} {}", kind_of_call(&counter.expected), in_times(counter.expected.times));
            let violation = called(run, counter, &timeline, calls);
            checks.push(check(id, counter.expected.place, violation).titled(title()));
        }
        for (n, ((list, place), at)) in expect.order.iter().zip(&run.order).enumerate() {
            let found = check(format!("order[{n}]"), Some(*place), in_order(run, list, *at, calls));
            checks.push(found.titled(run.names(list).join(", then ")));
        }
        if let Some((only, place)) = &expect.only {
            let outside = offences(&run.outside, |what| format!("{what} is not one of {only}"));
            checks.push(check("only", Some(*place), outside).titled(format!("only {only}")));
        }
        let needs_journal = Self::conduct(run, router, calls.journal(), redactor, &mut checks);
        let finals = FinalMatches::of(self.state, &expect.finals);
        for (expected, found) in expect.finals.iter().zip(finals.iter()) {
            let id = format!("final.{}[{}]", expected.resource.name, expected.number);
            let matching = expected.matcher.as_ref().map(|matcher| format!(" like {}", matcher.words()));
            let (name, words) = (expected.resource.name, expected.count.words());
            let title = format!("{words} in {name}{}", matching.unwrap_or_default());
            checks.push(check(id, Some(expected.place), judged(self.state, expected, found, calls)).titled(title));
        }
        for expected in &expect.cover {
            let id = format!("cover.{} {}", expected.operation, expected.outcome);
            let served = match expected.outcome.parse() {
                Ok(status) => run.statuses.get(&(expected.operation, status)).is_some_and(|count| *count > 0),
                Err(_) => self.coverage.served(expected.operation, &expected.outcome),
            };
            let violation = || {
                let message = format!("{} never answered {}", expected.operation, expected.outcome);
                Violation::new(message).detailed([self.answers(expected.operation)])
            };
            let title = format!("{} answers {}", expected.operation, expected.outcome);
            checks.push(check(id, Some(expected.place), (!served).then(violation)).titled(title));
        }
        if let Some((wanted, place)) = &expect.reach {
            let now = run.step_name().map_or("no step", |name| &**name);
            let message = format!("the timeline ended in {now:?}, expected {wanted:?}");
            let ends = timeline.open_ends().iter().cloned();
            let violation = || Violation::new(message).detailed(ends).near(calls.nearest_end(run));
            let found = check("reach", Some(*place), (now != wanted).then(violation));
            checks.push(found.titled(format!("the timeline ends in {wanted}")));
        }
        implied(self, run, needs_journal, (calls, &timeline), &mut checks);
        checks
    }

    /// Adds the checks of conduct, and tells whether one of them needs the whole journal.
    fn conduct(
        run: &ScenarioRun,
        router: &Router,
        journal: &[Entry],
        redactor: &Redactor,
        checks: &mut Vec<Check>,
    ) -> bool {
        let conduct = &run.scenario().expect.conduct;
        let before = checks.len();
        if let Some(place) = conduct.retry_after {
            let found = check("conduct.retry_after", Some(place), conduct::hasty(journal, redactor));
            checks.push(found.titled("waits as long as it is told"));
        }
        if let Some((backoff, place)) = conduct.backoff {
            let found = check("conduct.backoff", Some(place), conduct::impatient(journal, backoff, redactor));
            let title =
                format!("waits {} ms before it tries again, then {} times as long", backoff.min_ms, backoff.factor);
            checks.push(found.titled(title));
        }
        if let Some((statuses, place)) = &conduct.no_retry_on {
            let words: Vec<String> = statuses.iter().map(u16::to_string).collect();
            let found = check("conduct.no_retry_on", Some(*place), conduct::repeated(journal, statuses, redactor));
            checks.push(found.titled(format!("repeats no request unchanged after {}", words.join(" or "))));
        }
        if let Some((most, place)) = conduct.max_attempts {
            let found = check("conduct.max_attempts", Some(place), conduct::stubborn(journal, most, redactor));
            checks.push(found.titled(format!("sends a request without success at most {most} times in a row")));
        }
        if let Some(place) = conduct.known_fields {
            let found =
                check("conduct.unknown_fields", Some(place), conduct::unknown_fields(journal, router, redactor));
            checks.push(found.titled("sends no field that the documentation does not know"));
        }
        let needs_journal = checks.len() > before;
        if let Some(place) = conduct.follow_next {
            let mut strayed =
                offences(&run.strayed, |target| format!("GET {target} is not a next link that was issued"));
            if run.issued.is_incomplete() {
                let message = "more next links were issued than are kept: later calls cannot be judged";
                strayed.push(Violation::new(message.to_owned()));
            }
            checks.push(check("conduct.paging", Some(place), strayed).titled("follows next links as they are given"));
        }
        needs_journal
    }

    /// Returns the outcomes of an operation so far: `it answered 200 ×2, conflict ×1`.
    fn answers(&self, operation: &str) -> String {
        let cells = self.coverage.cells().filter(|(known, ..)| *known == operation);
        let words: Vec<String> =
            cells.map(|(_, outcome, cell)| format!("{outcome} ×{}", cell.natural + cell.injected)).collect();
        if words.is_empty() { "it was never called".to_owned() } else { format!("it answered {}", words.join(", ")) }
    }
}

/// Adds the checks that every scenario has.
fn implied(
    this: &Verification<'_>,
    run: &ScenarioRun,
    needs_journal: bool,
    (calls, timeline): (&Calls<'_>, &Timeline<'_>),
    checks: &mut Vec<Check>,
) {
    for (counter, step) in run.counters.iter().zip(run.steps_of_rules()) {
        let rule = &counter.rule;
        if rule.optional {
            continue;
        }
        let message = match counter.all_matched {
            0 => format!("no call of {} matched, so it never fired and tested nothing", rule.on),
            n => format!("it never fired: {n} calls of {} matched, and none of them was its turn", rule.on),
        };
        let violation = (counter.all_fired == 0).then(|| {
            let missed = step.map_or(&[][..], |step| timeline.missed(&step.name));
            let violation = Violation::new(message).detailed(missed.iter().cloned());
            match counter.all_matched {
                0 => calls.explained(violation, &CallKind::matching(&rule.on, rule.when.as_ref())),
                _ => violation,
            }
        });
        let found = check(format!("fired.{}", rule.id), rule.place, violation);
        checks.push(found.titled(format!("fault rule {} on {} takes effect", rule.id, rule.on)));
    }
    if needs_journal {
        let lost = this.journal.lost();
        let message = format!(
            "the journal lost its {lost} oldest calls, and conduct cannot be judged without them; let it keep more"
        );
        let found = check("journal", None, (lost > 0).then(|| Violation::new(message)));
        checks.push(found.titled("the journal holds all calls"));
    }
    let is_played = !run.scenario().name.is_empty();
    if is_played || run.misses.count > 0 {
        let found = check("misses", None, offences(&run.misses, |what| format!("the fake does not model {what}")));
        checks.push(found.titled("all calls are modelled"));
    }
    if run.failures.count > 0 {
        let found = check("answers", None, offences(&run.failures, str::to_owned));
        checks.push(found.titled("every answer could be given"));
    }
    if let Some((place, _)) = run.failed_changes.first() {
        let violations = run.failed_changes().map(|what| Violation::new(what.to_owned()));
        checks.push(check("data", Some(*place), violations).titled("the data of each step could be changed"));
    }
}

/// Returns the name of the check of the n-th expected kind of call.
pub(super) fn name_of_calls(n: usize, expected: &CallExpectation) -> String {
    expected.id.as_ref().map_or_else(|| format!("calls[{n}]"), |id| format!("calls.{id}"))
}

fn check(id: impl Into<String>, place: Option<Position>, violations: impl IntoIterator<Item = Violation>) -> Check {
    let violations: Vec<Violation> = violations.into_iter().map(Violation::on_one_line).collect();
    let line = place.map_or(0, |place| place.line);
    Check { id: id.into(), title: String::new(), passed: violations.is_empty(), violations, line }
}

impl Check {
    fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = on_one_line(&title.into());
        self
    }
}

/// Returns a number of times in words: `at least 1 time`, `2 times`.
pub(super) fn in_times(range: Range) -> String {
    format!(
        "{} {}",
        range.words(),
        if matches!((range.min, range.max), (_, 1) | (1, u64::MAX)) { "time" } else { "times" }
    )
}

impl ScenarioRun {
    /// Returns the ids of expected calls.
    fn names(&self, list: &[usize]) -> Vec<&str> {
        list.iter().map(|place| self.calls[*place].expected.id.as_deref().unwrap_or("?")).collect()
    }
}

fn offences(offences: &Violations, say: impl Fn(&str) -> String) -> Vec<Violation> {
    let mut violations: Vec<Violation> = offences
        .first
        .iter()
        .map(|(number, what)| Violation {
            call: Some(*number),
            ..Violation::new(format!("call {number}: {}", say(what)))
        })
        .collect();
    let more = offences.count - offences.first.len() as u64;
    if more > 0 {
        violations.push(Violation::new(format!("and {more} more such calls")));
    }
    violations
}

fn in_order(run: &ScenarioRun, list: &[usize], at: usize, calls: &Calls<'_>) -> Option<Violation> {
    let missing = *list.get(at)?;
    let name = |place: usize| run.names(&[place])[0];
    let names = run.names(list);
    let message = match at.checked_sub(1) {
        None => format!("{} never came, expected {}", name(missing), names.join(", then ")),
        Some(before) => {
            format!("no {} after {}, expected {}", name(missing), name(list[before]), names.join(", then "))
        }
    };
    let counter = &run.calls[missing];
    Some(match counter.numbers.last() {
        Some(number) => {
            Violation::new(message).detailed([format!("call {number} is {}, and came too early", name(missing))])
        }
        None => calls.explained(Violation::new(message), &(&*counter.expected).into()),
    })
}

fn rules(run: &ScenarioRun) -> Vec<RuleReport> {
    let report = run.counters.iter().map(|counter| RuleReport {
        id: counter.rule.id.to_string(),
        matched: counter.all_matched,
        fired: counter.all_fired,
    });
    report.collect()
}

fn steps(run: &ScenarioRun) -> Vec<StepReport> {
    let entered = run.visited.list().iter();
    entered.map(|&(step, call)| StepReport { name: run.scenario().steps[step].name.to_string(), call }).collect()
}

/// Returns the newest calls, in a few words each.
fn told(journal: &[Entry], router: &Router) -> Vec<String> {
    let newest = &journal[journal.len().saturating_sub(TOLD)..];
    let operations: Vec<&str> = newest.iter().filter_map(|entry| entry.meta.operation()).collect();
    let groups: Vec<&str> =
        operations.iter().map(|name| name.rsplit_once('.').map_or("", |(group, _)| group)).collect();
    let common = groups.first().filter(|first| groups.iter().all(|group| group == *first));
    newest
        .iter()
        .map(|entry| {
            let operation = entry.meta.operation().map_or_else(
                || format!("{} {}", entry.method, entry.target),
                |name| {
                    let short = common.and_then(|group| name.strip_prefix(group)?.strip_prefix('.'));
                    let ids = view_of_entry(entry, router, ids_of).unwrap_or_default();
                    format!("{}{ids}", short.unwrap_or(name))
                },
            );
            let rules: Vec<&str> =
                entry.extras.rule.iter().chain(entry.extras.slowed_by()).map(|rule| &**rule).collect();
            let rule = if rules.is_empty() { String::new() } else { format!(" ({})", rules.join(", ")) };
            let outcome = match (entry.extras.delivery.is_abort(), entry.meta.reached_service) {
                (true, true) if entry.meta.status < 300 => "lost after commit".to_owned(),
                (true, _) => "lost".to_owned(),
                (false, _) if entry.extras.gave_up_ms.is_some() => "not taken".to_owned(),
                (false, _) => entry.meta.status.to_string(),
            };
            let delay = match (entry.extras.gave_up_ms, entry.extras.delay_ms) {
                (Some(waited_ms), _) => format!(", the client gave up after {waited_ms} ms"),
                (None, 0) => String::new(),
                (None, delay_ms) => format!(" after {delay_ms} ms"),
            };
            let lag = entry.extras.shows_call.map(|call| format!(" as after call {call}")).unwrap_or_default();
            on_one_line(&format!("{} {operation} → {outcome}{delay}{lag}{rule}", entry.number))
        })
        .collect()
}

/// Returns the ids in a request's path, as a journal line tells them: ` abc123/def456`.
fn ids_of(view: &RequestView<'_>) -> String {
    let names = view.row.params.iter();
    let ids: Vec<&str> = names.filter_map(|name| view.param(name)).collect();
    if ids.is_empty() { String::new() } else { format!(" {}", ids.join("/")) }
}
