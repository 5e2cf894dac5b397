//! Deciding whether a consumer did what it must. Whoever calls holds the world's lock.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::engine::document::Place;
use crate::engine::journal::Entry;
use crate::engine::problem::panic_text;
use crate::engine::router::Router;
use crate::engine::scenario::conduct;
use crate::engine::scenario::format::{CallExpectation, FinalExpectation};
use crate::engine::scenario::play::{CallTally, Offences, Play};
use crate::engine::scenario::report::{Check, Report, RuleReport, StepReport, Violation, on_one_line};
use crate::engine::world::World;

/// How many calls a report tells of.
const TOLD: usize = 30;

impl World {
    /// What a verification finds now. `verified` is noted, so that nobody verifies again by mistake.
    pub fn verify(&self, router: &Router) -> Report {
        let journal: Vec<Entry> = self.journal.since(0).collect();
        let checks = || self.play.as_ref().map(|play| self.checks(play, router, &journal)).unwrap_or_default();
        // A report is owed to the test even where the fake cannot judge.
        let checks = catch_unwind(AssertUnwindSafe(checks)).unwrap_or_else(|panic| {
            let message =
                format!("standin failed while judging, which is its own fault: {}", panic_text(panic.as_ref()));
            vec![check("internal", None, Some(Violation::new(message)))]
        });
        let play = self.play.as_deref();
        let scenario = play.map(Play::scenario);
        let name = scenario.map(|scenario| scenario.name.clone()).filter(|name| !name.is_empty());
        Report {
            report: Report::VERSION,
            scenario: name.unwrap_or_else(|| "-".to_owned()),
            file: scenario.map(|scenario| scenario.file.clone()).unwrap_or_default(),
            world: self.name.to_string(),
            seed: self.settings.seed,
            passed: checks.iter().all(|check| check.passed),
            calls: self.journal.next_number() - 1,
            checks,
            rules: play.map(rules).unwrap_or_default(),
            steps: play.map(steps).unwrap_or_default(),
            journal: told(&journal),
            journal_lost: self.journal.lost(),
            coverage: self.coverage.table(router),
        }
    }

    fn checks(&self, play: &Play, router: &Router, journal: &[Entry]) -> Vec<Check> {
        let mut checks = Vec::new();
        let expect = &play.scenario().expect;
        for (n, tally) in play.calls.iter().enumerate() {
            let id = tally.expected.id.clone().map_or_else(|| format!("calls[{n}]"), |id| format!("calls.{id}"));
            checks.push(check(id, tally.expected.place, called(tally)));
        }
        for (n, ((list, place), at)) in expect.order.iter().zip(&play.order).enumerate() {
            checks.push(check(format!("order[{n}]"), Some(*place), in_order(play, list, *at)));
        }
        if let Some((only, place)) = &expect.only {
            let outside = offences(&play.outside, |what| format!("{what} is not one of {only}"));
            checks.push(check("only", Some(*place), outside));
        }
        let needs_journal = Self::conduct(play, router, journal, &mut checks);
        for expected in &expect.finals {
            let id = format!("final.{}[{}]", expected.resource.name, expected.number);
            checks.push(check(id, Some(expected.place), self.holds(expected)));
        }
        for expected in &expect.cover {
            let id = format!("cover.{} {}", expected.operation, expected.outcome);
            let served = match expected.outcome.parse() {
                Ok(status) => play.statuses.contains(&(expected.operation, status)),
                Err(_) => self.coverage.served(expected.operation, &expected.outcome),
            };
            let message = || format!("{} never answered {}", expected.operation, expected.outcome);
            checks.push(check(id, Some(expected.place), (!served).then(|| Violation::new(message()))));
        }
        if let Some((wanted, place)) = &expect.reach {
            let now = play.step_name().map_or("no step", |name| &**name);
            let message = format!("the timeline ended in {now:?}, expected {wanted:?}");
            checks.push(check("reach", Some(*place), (now != wanted).then(|| Violation::new(message))));
        }
        implied(self, play, needs_journal, &mut checks);
        checks
    }

    /// The checks of conduct; the result says whether one of them needs all of the journal.
    fn conduct(play: &Play, router: &Router, journal: &[Entry], checks: &mut Vec<Check>) -> bool {
        let conduct = &play.scenario().expect.conduct;
        let before = checks.len();
        if let Some(place) = conduct.retry_after {
            checks.push(check("conduct.retry_after", Some(place), conduct::hasty(journal)));
        }
        if let Some((statuses, place)) = &conduct.no_retry_on {
            checks.push(check("conduct.no_retry_on", Some(*place), conduct::repeated(journal, statuses)));
        }
        if let Some((most, place)) = conduct.max_attempts {
            checks.push(check("conduct.max_attempts", Some(place), conduct::stubborn(journal, most)));
        }
        if let Some(place) = conduct.known_fields {
            checks.push(check("conduct.unknown_fields", Some(place), conduct::unknown_fields(journal, router)));
        }
        let needs_journal = checks.len() > before;
        if let Some(place) = conduct.follow_next {
            let strayed = offences(&play.strayed, |target| format!("GET {target} is not a next link that was issued"));
            checks.push(check("conduct.paging", Some(place), strayed));
        }
        needs_journal
    }

    fn holds(&self, expected: &FinalExpectation) -> Option<Violation> {
        let records = self.store.of(expected.resource).iter();
        let matches = records.filter(|record| {
            let fields = serde_json::Value::from(record.fields().clone());
            expected.matcher.as_ref().is_none_or(|matcher| matcher.matches(Some(&fields)))
        });
        let count = matches.count() as u64;
        let words = expected.count.words();
        let message = || format!("{count} matching records in {}, expected {words}", expected.resource.name);
        (!expected.count.holds(count)).then(|| Violation::new(message()))
    }
}

/// What every scenario asks for.
fn implied(world: &World, play: &Play, needs_journal: bool, checks: &mut Vec<Check>) {
    for tally in &play.tallies {
        let rule = &tally.rule;
        if rule.optional {
            continue;
        }
        let message = match tally.all_matched {
            0 => format!("no call of {} matched, so it never fired and tested nothing", rule.on),
            n => format!("it never fired: {n} calls of {} matched, and none of them was its turn", rule.on),
        };
        let violation = (tally.all_fired == 0).then(|| Violation::new(message));
        checks.push(check(format!("fired.{}", rule.id), rule.place, violation));
    }
    if needs_journal {
        let lost = world.journal.lost();
        let message = format!(
            "the journal lost its {lost} oldest calls, and conduct cannot be judged without them; let it keep more"
        );
        checks.push(check("journal", None, (lost > 0).then(|| Violation::new(message))));
    }
    let is_played = !play.scenario().name.is_empty();
    if is_played || play.misses.count > 0 {
        checks.push(check("misses", None, offences(&play.misses, |what| format!("the fake does not model {what}"))));
    }
    if let Some((place, _)) = play.mishaps.first() {
        let violations = play.mishaps().map(|what| Violation::new(what.to_owned()));
        checks.push(check("data", Some(*place), violations));
    }
}

fn check(id: impl Into<String>, place: Option<Place>, violations: impl IntoIterator<Item = Violation>) -> Check {
    let violations: Vec<Violation> = violations.into_iter().map(Violation::on_one_line).collect();
    Check { id: id.into(), passed: violations.is_empty(), violations, line: place.map_or(0, |place| place.line) }
}

fn offences(offences: &Offences, say: impl Fn(&str) -> String) -> Vec<Violation> {
    let mut violations: Vec<Violation> = offences
        .first
        .iter()
        .map(|(number, what)| Violation {
            message: format!("call {number}: {}", say(what)),
            call: Some(*number),
            details: Vec::new(),
        })
        .collect();
    let more = offences.count - offences.first.len() as u64;
    if more > 0 {
        violations.push(Violation::new(format!("and {more} more such calls")));
    }
    violations
}

fn called(tally: &CallTally) -> Option<Violation> {
    let expected = &tally.expected;
    if expected.times.holds(tally.count) {
        return None;
    }
    let numbers: Vec<String> = tally.numbers.iter().map(u64::to_string).collect();
    let details = match numbers.as_slice() {
        [] => Vec::new(),
        numbers => {
            let more = if tally.count > numbers.len() as u64 { ", …" } else { "" };
            let calls = if numbers.len() == 1 { "call" } else { "calls" };
            vec![format!("{calls} {}{more}", numbers.join(", "))]
        }
    };
    let message =
        format!("{} called {}, expected {}", kind_of_call(expected), times(tally.count), expected.times.words());
    Some(Violation { message, call: None, details })
}

fn times(n: u64) -> String {
    format!("{n} {}", if n == 1 { "time" } else { "times" })
}

/// `celigo.integrations.list with status 429 in step throttled`.
fn kind_of_call(expected: &CallExpectation) -> String {
    let mut words = expected.on.as_ref().map_or_else(|| "any operation".to_owned(), ToString::to_string);
    if expected.when.is_some() {
        words += " (matching)";
    }
    if !expected.status.is_empty() {
        let statuses: Vec<String> = expected.status.iter().map(u16::to_string).collect();
        words += &format!(" with status {}", statuses.join(" or "));
    }
    if let Some(fault) = &expected.fault {
        words += &format!(" answered by {fault}");
    }
    if let Some(step) = &expected.step {
        words += &format!(" in step {step}");
    }
    words
}

fn in_order(play: &Play, list: &[usize], at: usize) -> Option<Violation> {
    let missing = *list.get(at)?;
    let name = |place: usize| play.calls[place].expected.id.as_deref().unwrap_or("?");
    let names: Vec<&str> = list.iter().map(|place| name(*place)).collect();
    let message = match at.checked_sub(1) {
        None => format!("{} never came, expected {}", name(missing), names.join(", then ")),
        Some(before) => {
            format!("no {} after {}, expected {}", name(missing), name(list[before]), names.join(", then "))
        }
    };
    Some(Violation::new(message))
}

fn rules(play: &Play) -> Vec<RuleReport> {
    let report = play.tallies.iter().map(|tally| RuleReport {
        id: tally.rule.id.to_string(),
        matched: tally.all_matched,
        fired: tally.all_fired,
    });
    report.collect()
}

fn steps(play: &Play) -> Vec<StepReport> {
    let entered = play.visited.iter();
    entered.map(|&(step, call)| StepReport { name: play.scenario().steps[step].name.to_string(), call }).collect()
}

/// The newest calls in a few words each.
fn told(journal: &[Entry]) -> Vec<String> {
    let newest = &journal[journal.len().saturating_sub(TOLD)..];
    let operations: Vec<&str> = newest.iter().filter_map(|entry| entry.answered.operation()).collect();
    let groups: Vec<&str> =
        operations.iter().map(|name| name.rsplit_once('.').map_or("", |(group, _)| group)).collect();
    let common = groups.first().filter(|first| groups.iter().all(|group| group == *first));
    newest
        .iter()
        .map(|entry| {
            let operation = entry.answered.operation().map_or_else(
                || format!("{} {}", entry.method, entry.target),
                |name| {
                    let short = common.and_then(|group| name.strip_prefix(group)?.strip_prefix('.'));
                    short.unwrap_or(name).to_owned()
                },
            );
            let rule = entry.apart.rule.as_ref().map(|rule| format!(" ({rule})")).unwrap_or_default();
            let outcome = match (entry.apart.manner.is_abort(), entry.answered.reached_service) {
                (true, true) if entry.answered.status < 300 => "lost after commit".to_owned(),
                (true, _) => "lost".to_owned(),
                (false, _) => entry.answered.status.to_string(),
            };
            on_one_line(&format!("{} {operation} → {outcome}{rule}", entry.number))
        })
        .collect()
}
