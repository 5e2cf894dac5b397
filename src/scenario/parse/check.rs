//! Checks of a scenario as a whole: names that lead nowhere, rules that can never fire.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::engine::api::router::{Router, Row};
use crate::http::message::Method;
use crate::http::position;
use crate::http::position::PathSegment;
use crate::scenario::model::diagnostics::{Code, Diagnostics, did_you_mean};
use crate::scenario::model::fixture_sets::Fixtures;
use crate::scenario::model::format::{EndKind, Scenario, Step};
use crate::scenario::model::rule::{Operations, Rule, Trigger};
use crate::scenario::parse::paths::{all_rules, at, below, item, key, rule_path};
use crate::scenario::parse::statuses::statuses;

/// The most ordinals in which the first that fires is looked for.
const FAR: u64 = 10_000;

pub(in crate::scenario) fn check(
    found: &mut Diagnostics<'_>,
    scenario: &Scenario,
    router: &Router,
    fixtures: &Fixtures,
) {
    fixture_set(found, scenario, router, fixtures);
    rule_ids(found, scenario);
    step_names(found, scenario);
    expectations(found, scenario);
    excluded(found, scenario, router);
    statuses(found, scenario, router);
    rules_that_never_fire(found, scenario, router);
    probe(found, scenario);
}

fn fixture_set(found: &mut Diagnostics<'_>, scenario: &Scenario, router: &Router, fixtures: &Fixtures) {
    let Some(data) = &scenario.data else { return };
    let api_of = |from: &str| from.split_once('/').map(|(api, _)| api.to_owned());
    let is_played = |name: &str| scenario.apis.iter().any(|api| api.name == name);
    if let Some((from, api)) = data.from.as_deref().and_then(|from| Some((from, api_of(from)?)))
        && router.apis().iter().any(|known| known.name == api)
        && !is_played(&api)
    {
        let help = format!("add {api:?} to \"api\", or start from a set of the APIs that are played");
        found.tell(Code::E16, &data.from_path, format!("{from:?} is of {api}, which is not played"), help);
        return;
    }
    let Some(from) = data.from.as_deref().filter(|from| fixtures.get(from).is_none()) else { return };
    let help = did_you_mean(from, fixtures.names().iter().map(String::as_str)).to_string();
    found.tell(Code::E16, &data.from_path, format!("{from:?} names no fixture set"), help);
}

fn rule_ids(found: &mut Diagnostics<'_>, scenario: &Scenario) {
    let mut seen: HashMap<&str, Vec<PathSegment>> = HashMap::new();
    for (step, n, rule) in all_rules(scenario) {
        // A rule that could not be read would shift the others, so the place was noted when they were read.
        let path = rule_path(step, n);
        if rule.id.is_empty() {
            continue;
        }
        if let Some(first) = seen.get(&*rule.id) {
            let what = format!("{:?} is the id of {} already", &*rule.id, position::show(first));
            found.tell(Code::E12, &below(&path, "id"), what, "ids are unique in a file; choose another");
        }
        seen.entry(&rule.id).or_insert(path);
    }
    let mut seen: HashSet<&str> = HashSet::new();
    for (n, call) in scenario.expect.calls.iter().enumerate() {
        let Some(id) = &call.id else { continue };
        if !seen.insert(id) {
            let path = at(&[&key("expect"), &key("calls"), &item(n), &key("id")]);
            let what = format!("{id:?} is the id of another expected call");
            found.tell(Code::E12, &path, what, "ids are unique in a file; choose another");
        }
    }
}

fn step_names(found: &mut Diagnostics<'_>, scenario: &Scenario) {
    let names: HashSet<&str> = scenario.steps.iter().map(|step| &*step.name).filter(|name| !name.is_empty()).collect();
    let in_order = || scenario.steps.iter().map(|step| &*step.name).filter(|name| !name.is_empty());
    let mut seen: HashSet<&str> = HashSet::new();
    for step in &scenario.steps {
        if !step.name.is_empty() && !seen.insert(&step.name) {
            let what = format!("{:?} is the name of another step", &*step.name);
            found.tell(Code::E12, &below(&step.path, "name"), what, "names are unique in a file; choose another");
        }
        for end in &step.ends {
            if let Some(to) = end.to.as_deref().filter(|to| !names.contains(to)) {
                let what = format!("{to:?} names no step");
                found.tell(Code::E13, &below(&end.path, "to"), what, did_you_mean(to, in_order()));
            }
        }
    }
    for (n, drift) in scenario.perturb.iter().flat_map(|perturb| perturb.fields.iter().enumerate()) {
        if let Some((from, _)) = drift.from.as_ref().filter(|(from, _)| !names.contains(from.as_str())) {
            let path = at(&[&key("perturb"), &key("fields"), &item(n), &key("from")]);
            found.tell(Code::E13, &path, format!("{from:?} names no step"), did_you_mean(from, in_order()));
        }
    }
    if let Some(last) = scenario.steps.last() {
        for end in last.ends.iter().filter(|end| end.to.is_none()) {
            let what = "ends the last step, and nothing follows";
            found.tell(Code::E14, &end.path, what, "add \"to\" with the name of a step, or leave \"ends\" out");
        }
    }
    if found.refuse() {
        // An end that could not be read may lead to such a step.
        return;
    }
    let reached = reachable(&scenario.steps);
    for (n, step) in scenario.steps.iter().enumerate().filter(|(n, _)| !reached.contains(n)) {
        let what = format!("{:?} is never entered: no step leads to it", &*step.name);
        let before = n.checked_sub(1).map_or("another step", |before| &*scenario.steps[before].name);
        let help = format!("give {before} an end without \"to\", or one with \"to\": {:?}", &*step.name);
        found.tell(Code::W01, &step.path, what, help);
    }
}

/// Returns the places of the steps the timeline can come to.
fn reachable(steps: &[Step]) -> HashSet<usize> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (place, step) in steps.iter().enumerate() {
        places.entry(&step.name).or_insert(place);
    }
    let mut reached = HashSet::new();
    let mut next = if steps.is_empty() { Vec::new() } else { vec![0] };
    while let Some(place) = next.pop() {
        if !reached.insert(place) {
            continue;
        }
        next.extend(steps[place].ends.iter().filter_map(|end| match &end.to {
            Some(name) => places.get(name.as_str()).copied(),
            None => (place + 1 < steps.len()).then_some(place + 1),
        }));
    }
    reached
}

fn expectations(found: &mut Diagnostics<'_>, scenario: &Scenario) {
    let step_names = || scenario.steps.iter().map(|step| &*step.name);
    let rule_ids: Vec<&str> = all_rules(scenario).map(|(_, _, rule)| &*rule.id).collect();
    let steps: HashSet<&str> = step_names().collect();
    let rules: HashSet<&str> = rule_ids.iter().copied().collect();
    for (n, call) in scenario.expect.calls.iter().enumerate() {
        let path = at(&[&key("expect"), &key("calls"), &item(n)]);
        if let Some(step) = call.step.as_deref().filter(|step| !steps.contains(step)) {
            let help = did_you_mean(step, step_names());
            found.tell(Code::E13, &below(&path, "step"), format!("{step:?} names no step"), help);
        }
        if let Some(fault) = call.fault.as_deref().filter(|fault| !rules.contains(fault)) {
            let help = did_you_mean(fault, rule_ids.iter().copied());
            found.tell(Code::E13, &below(&path, "fault"), format!("{fault:?} is the id of no fault rule"), help);
        }
    }
    if let Some((name, _)) = scenario.expect.reach.as_ref().filter(|(name, _)| !steps.contains(&name.as_str())) {
        let path = at(&[&key("expect"), &key("reach")]);
        found.tell(Code::E13, &path, format!("{name:?} names no step"), did_you_mean(name, step_names()));
    }
}

/// Warns of calls that are expected and that `only` makes a violation.
fn excluded(found: &mut Diagnostics<'_>, scenario: &Scenario, router: &Router) {
    let Some((only, _)) = &scenario.expect.only else { return };
    let allowed: HashSet<&str> =
        router.rows().iter().map(|row| row.operation).filter(|operation| only.select(operation)).collect();
    for (n, call) in scenario.expect.calls.iter().enumerate().filter(|(_, call)| call.times.min > 0) {
        let Some(on) = &call.on else { continue };
        let mut rows = router.rows().iter().filter(|row| on.select(row.operation));
        if !rows.any(|row| allowed.contains(row.operation)) {
            let path = at(&[&key("expect"), &key("calls"), &item(n), &key("on")]);
            let what = format_args!("{on} must be called, and is a violation by \"only\": {only}");
            found.tell(Code::W04, &path, what, "add it to \"only\", or leave it out here");
        }
    }
}

fn rules_that_never_fire(found: &mut Diagnostics<'_>, scenario: &Scenario, router: &Router) {
    shadows(found, &scenario.rules, None, router);
    for (n, rule) in scenario.rules.iter().enumerate() {
        beyond_limit(found, rule, &rule_path(None, n));
    }
    let seed = scenario.seed.unwrap_or_default();
    for (place, step) in scenario.steps.iter().enumerate() {
        shadows(found, &step.rules, Some(place), router);
        let ends = ends_by_calls(step);
        for (n, rule) in step.rules.iter().enumerate() {
            let path = rule_path(Some(place), n);
            beyond_limit(found, rule, &path);
            out_of_reach(found, rule, &path, &ends, seed, router);
        }
    }
}

/// The most ends of a step for which rules out of reach are looked for.
const MOST_ENDS: usize = 100;

/// Returns the ends of a step by calls of operations alone, those of the fewest calls first.
fn ends_by_calls(step: &Step) -> Vec<(u64, &Operations)> {
    let by_calls = step.ends.iter().filter_map(|end| match &end.kind {
        EndKind::Calls { on, when: None, status: None, calls } => Some((*calls, on)),
        _ => None,
    });
    let mut ends: Vec<_> = by_calls.collect();
    ends.sort_by_key(|(calls, _)| *calls);
    ends.dedup_by(|later, first| later.1 == first.1);
    ends.truncate(MOST_ENDS);
    ends
}

/// Tells whether everything the second selects, the first does too.
fn covers(router: &Router, first: &Operations, second: &Operations) -> bool {
    router.rows().iter().filter(|row| second.select(row.operation)).all(|row| first.select(row.operation))
}

/// For each operation, the first of some rules that always answers it.
type AlwaysAnswered = HashMap<usize, usize>;

fn shadows(found: &mut Diagnostics<'_>, rules: &[Arc<Rule>], step: Option<usize>, router: &Router) {
    // A rule that could not be read has no place.
    let read = rules.iter().enumerate().filter(|(_, rule)| rule.place.is_some());
    for (n, firsts) in shadowed(read.map(|(n, rule)| (n, &**rule)), router) {
        let names: Vec<String> = firsts.iter().map(|first| position::show(&rule_path(step, *first))).collect();
        let (what, help) = shadowed_words(&names);
        found.tell(Code::W02, &rule_path(step, n), what, help);
    }
}

/// Returns the words and the remedy for a rule of which others answer all calls.
pub(in crate::scenario) fn shadowed_words(others: &[String]) -> (String, String) {
    let (shown, answer) = (others.join(", "), if others.len() == 1 { "answers" } else { "together answer" });
    (
        format!("can never fire: {shown} always {answer} the same calls"),
        format!("put it before {shown}, or give {shown} a \"when\", an \"at\" or a \"limit\""),
    )
}

/// Returns the rules that can never fire, each with those before it that always answer its calls.
pub(in crate::scenario) fn shadowed<'r>(
    rules: impl Iterator<Item = (usize, &'r Rule)>,
    router: &Router,
) -> Vec<(usize, BTreeSet<usize>)> {
    // A rule that delays has an effect on another rule's answer too.
    let could_be_shadowed = |rule: &Rule| rule.effect.is_some() && !rule.slows();
    let always_answers = |rule: &Rule| rule.limit.is_none() && is_always(&rule.at) && rule.effect.is_some();
    let mut found = Vec::new();
    // The rules answered so far, by the text of their `when`, which is empty for rules of all requests.
    let mut answered: HashMap<String, AlwaysAnswered> = HashMap::new();
    let when_of = |rule: &Rule| rule.when.as_ref().map(|when| format!("{when:?}")).unwrap_or_default();
    let rules: Vec<(usize, &Rule, String)> = rules.map(|(n, rule)| (n, rule, when_of(rule))).collect();
    // Most rules have a `when` of their own, and so shadow none.
    let mut alike: HashMap<&str, usize> = HashMap::new();
    rules.iter().for_each(|(_, _, when)| *alike.entry(when).or_default() += 1);
    let mut selected: HashMap<&[String], Vec<usize>> = HashMap::new();
    for (n, rule, when) in &rules {
        let (n, selects) = (*n, |row: &&Row| rule.on.select(row.operation));
        let rows = selected.entry(&rule.on.0).or_insert_with(|| {
            let rows = router.rows().iter().filter(selects);
            rows.map(|row| row.number).collect()
        });
        let rows = || rows.iter().copied();
        if could_be_shadowed(rule) {
            let first = |row: usize| {
                let by = |when: &str| answered.get(when)?.get(&row).copied();
                by("").into_iter().chain(by(when)).min()
            };
            let firsts: Option<BTreeSet<usize>> = rows().map(first).collect();
            if let Some(firsts) = firsts.filter(|firsts| !firsts.is_empty()) {
                found.push((n, firsts));
            }
        }
        if always_answers(rule) && (when.is_empty() || alike[when.as_str()] > 1) {
            let answered = answered.entry(when.clone()).or_default();
            for row in rows() {
                answered.entry(row).or_insert(n);
            }
        }
    }
    found
}

fn is_always(at: &Trigger) -> bool {
    match at {
        Trigger::Always | Trigger::Every(1) | Trigger::Between(1, u64::MAX) => true,
        Trigger::Chance(p) => *p >= 1.0,
        Trigger::Nth(_) | Trigger::Every(_) | Trigger::Between(..) => false,
    }
}

/// Warns of calls in a rule's `at` that its limit excludes.
pub(in crate::scenario) fn beyond_limit(found: &mut Diagnostics<'_>, rule: &Rule, path: &[PathSegment]) {
    if let (Trigger::Nth(ordinals), Some(limit)) = (&rule.at, rule.limit)
        && ordinals.len() as u64 > limit
    {
        let first_lost = ordinals[usize::try_from(limit).unwrap_or(usize::MAX)];
        let what = format!("never fires at call {first_lost}: limit {limit} is used up before");
        found.tell(Code::W03, path, what, "raise \"limit\", or leave it out");
    }
}

/// Warns of a rule of a step that can get no call before the step ends.
fn out_of_reach(
    found: &mut Diagnostics<'_>,
    rule: &Rule,
    path: &[PathSegment],
    ends: &[(u64, &Operations)],
    seed: u64,
    router: &Router,
) {
    if rule.place.is_none() || ends.is_empty() || is_always(&rule.at) {
        return;
    }
    let Some((last, _)) = ends.iter().find(|(_, on)| covers(router, on, &rule.on)) else { return };
    let first = match &rule.at {
        Trigger::Nth(ordinals) => ordinals.first().copied().unwrap_or(u64::MAX),
        Trigger::Between(from, _) => *from,
        Trigger::Every(step) => *step,
        other => other.ordinals(seed, &rule.id, FAR).next().unwrap_or(u64::MAX),
    };
    if first > *last {
        let what = match (&rule.at, first) {
            (Trigger::Chance(_), u64::MAX) => format!("never fires with seed {seed}: the step ends at call {last}"),
            (Trigger::Chance(_), _) => {
                format!("first fires at call {first} with seed {seed}, but the step ends at call {last}")
            }
            _ => format!("first fires at call {first}, but the step ends at call {last}"),
        };
        found.tell(Code::W03, path, what, "let it fire earlier, or the step end later");
    }
}

fn probe(found: &mut Diagnostics<'_>, scenario: &Scenario) {
    let Some(probe) = &scenario.probe else { return };
    let mut bound: Vec<&str> = Vec::new();
    let mut is_bound: HashSet<&str> = HashSet::new();
    for step in &probe.steps {
        let row = step.row;
        if row.route.method != Method::Get && !probe.writes {
            let what = format!("is {} {}, which changes something", row.route.method.as_str(), row.path);
            found.tell(Code::E19, &below(&step.path, "on"), what, "add \"writes\": true to the probe if that is meant");
        }
        for name in row.params.iter().filter(|name| !step.params.iter().any(|(known, _)| known == *name)) {
            let what = format!("lacks the path parameter {name:?} of {}", row.path);
            found.tell(Code::E19, &step.path, what, format!("add it to \"params\", as {{\"{name}\": \"…\"}}"));
        }
        for (name, _) in step.params.iter().filter(|(name, _)| !row.params.contains(&name.as_str())) {
            let path = below(&below(&step.path, "params"), name);
            let what = format!("is no path parameter of {}", row.path);
            found.tell(Code::E19, &path, what, did_you_mean(name, row.params.iter().copied()));
        }
        for (place, (name, value)) in [("params", &step.params), ("query", &step.query)]
            .iter()
            .flat_map(|(place, list)| list.iter().map(move |it| (place, it)))
        {
            for used in placeholders(value).filter(|used| !is_bound.contains(used)) {
                let path = below(&below(&step.path, place), name);
                let what = format!("uses {{{used}}}, which no earlier step binds");
                found.tell(Code::E19, &path, what, did_you_mean(used, bound.iter().copied()));
            }
        }
        bound.extend(step.bind.iter().map(|(name, _)| name.as_str()));
        is_bound.extend(step.bind.iter().map(|(name, _)| name.as_str()));
    }
}

/// Returns the names in braces in a text.
pub(in crate::scenario) fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}
