//! What a scenario will do, and what an operation does, before anything runs.

use std::sync::Arc;

use crate::engine::api::Api;
use crate::engine::router::{Router, Row};
use crate::engine::scenario::finding::did_you_mean;
use crate::engine::scenario::format::{ChangeKind, DataChange, EndKind, Scenario, Which};
use crate::engine::scenario::rule::{At, Phase, Rule, Terminal};

/// How many ordinals of a forecast are shown.
const SHOWN: usize = 5;
/// How far a draw is followed.
const FAR: u64 = 10_000;

/// The timeline of a scenario and the forecast of which calls its rules strike.
pub fn explain_scenario(scenario: &Scenario) -> String {
    let seed = scenario.seed.unwrap_or_default();
    let mut text = format!("{}   seed {seed}\n", scenario.name);
    if !scenario.about.is_empty() {
        text += &format!("{}\n", scenario.about);
    }
    if scenario.steps.is_empty() {
        text += "\nfrom the start\n";
        text += &table(&scenario.rules, seed, &scenario.apis);
    }
    for (place, step) in scenario.steps.iter().enumerate() {
        let from: Vec<String> = ways_to(scenario, place);
        text += &format!("\nstep {}   from: {}\n", step.name, from.join(" · "));
        if !step.about.is_empty() {
            text += &format!("  {}\n", step.about);
        }
        for change in &step.data.changes {
            text += &format!("  data: {}\n", change.words());
        }
        let rules: Vec<Arc<Rule>> = step.rules.iter().chain(&scenario.rules).cloned().collect();
        text += &table(&rules, seed, &scenario.apis);
    }
    text
}

fn table(rules: &[Arc<Rule>], seed: u64, apis: &[&'static Api]) -> String {
    let rows: Vec<[String; 4]> =
        rules.iter().map(|rule| [rule.id.to_string(), on(rule), forecast(rule, seed), effect(rule, apis)]).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths = [width(0), width(1), width(2)];
    rows.iter().fold(String::new(), |text, [id, on, calls, effect]| {
        text + &format!("  {id:0$}   {on:1$}   {calls:2$}   {effect}\n", widths[0], widths[1], widths[2])
    })
}

impl DataChange {
    fn words(&self) -> String {
        let name = self.resource.name;
        let which = |which: &Which| match which {
            Which::Id(id) => id.clone(),
            Which::Nth(n) => format!("#{n}"),
        };
        match &self.kind {
            ChangeKind::Generate(count, _) => format!("{count} records of {name} are made up"),
            ChangeKind::Add(_) => format!("a record of {name} is added"),
            ChangeKind::Patch(one, _) => format!("{} of {name} changes", which(one)),
            ChangeKind::Remove(gone) => {
                let gone: Vec<String> = gone.iter().map(which).collect();
                format!("{} of {name} go", gone.join(", "))
            }
        }
    }
}

fn on(rule: &Rule) -> String {
    let matching = if rule.when.is_some() { " (matching)" } else { "" };
    format!("{}{matching}", rule.on)
}

/// The conditions that lead to a step.
fn ways_to(scenario: &Scenario, place: usize) -> Vec<String> {
    let mut ways = if place == 0 { vec!["the start".to_owned()] } else { Vec::new() };
    for (from, step) in scenario.steps.iter().enumerate() {
        for end in &step.ends {
            let leads_here = match &end.to {
                Some(to) => *scenario.steps[place].name == **to,
                None => from + 1 == place,
            };
            if leads_here {
                let before = if from + 1 == place { String::new() } else { format!("{}, ", step.name) };
                ways.push(format!("{before}{}", condition(&end.kind)));
            }
        }
    }
    if ways.is_empty() {
        ways.push("nowhere".to_owned());
    }
    ways
}

fn condition(kind: &EndKind) -> String {
    match kind {
        EndKind::AfterMs(ms) => format!("{ms} ms later"),
        EndKind::Calls { on, when, status, calls } => {
            let matching = if when.is_some() { " (matching)" } else { "" };
            let status = status.map(|status| format!(" {status}")).unwrap_or_default();
            let times = match calls {
                1 => String::new(),
                calls => format!(" {calls} times"),
            };
            format!("{on}{matching} answered{status}{times}")
        }
    }
}

/// Which matching calls a rule strikes: `calls 1-4`, `calls 3, 6, 9…`, `calls 6, 7, 14… (p 0.2, seed 2, at most 10)`.
fn forecast(rule: &Rule, seed: u64) -> String {
    let limit = rule.limit.unwrap_or(u64::MAX);
    let range = |from: u64, to: u64| {
        let to = to.min(from.saturating_add(limit - 1));
        match (from, to) {
            (1, u64::MAX) => "all calls".to_owned(),
            (from, u64::MAX) => format!("calls {from}…"),
            (from, to) if from == to => format!("call {from}"),
            (from, to) => format!("calls {from}-{to}"),
        }
    };
    let few = |ordinals: &[u64], more: bool| {
        let words: Vec<String> = ordinals.iter().map(u64::to_string).collect();
        let call = if ordinals.len() == 1 && !more { "call" } else { "calls" };
        format!("{call} {}{}", words.join(", "), if more { "…" } else { "" })
    };
    match &rule.at {
        At::Always => range(1, u64::MAX),
        At::Between(from, to) => range(*from, *to),
        At::Nth(ordinals) => {
            let fire = usize::try_from(limit).unwrap_or(usize::MAX).min(ordinals.len());
            few(&ordinals[..fire], false)
        }
        At::Every(step) => {
            let most = usize::try_from(limit).unwrap_or(usize::MAX);
            let shown: Vec<u64> = (1..=3).map(|n| n * step).take(most).collect();
            few(&shown, most > shown.len())
        }
        At::Chance(p) => {
            let most = usize::try_from(limit).unwrap_or(usize::MAX);
            let shown: Vec<u64> = rule.at.ordinals(seed, &rule.id, FAR).take(SHOWN.min(most)).collect();
            let at_most = rule.limit.map(|limit| format!(", at most {limit}")).unwrap_or_default();
            let calls = if shown.is_empty() { "no call".to_owned() } else { few(&shown, false) };
            format!("{calls} (p {p}, seed {seed}{at_most})")
        }
    }
}

fn effect(rule: &Rule, apis: &[&'static Api]) -> String {
    let mut words = Vec::new();
    match &rule.terminal {
        Some(Terminal::Error { name, retry_after_s, .. }) => {
            words.push(match apis.iter().find_map(|api| api.error(name)) {
                Some(error) => format!("{} {name}", error.status),
                None => name.clone(),
            });
            words.extend(retry_after_s.map(|seconds| format!("retry after {seconds} s")));
        }
        Some(Terminal::Respond { status, undocumented: true, .. }) => words.push(format!("{status} undocumented")),
        Some(Terminal::Respond { status, .. }) => words.push(status.to_string()),
        Some(Terminal::Abort(manner)) => words.push(manner.as_str().to_owned()),
        Some(Terminal::Answer(_)) => words.push("a function answers".to_owned()),
        None => {}
    }
    match rule.delay_ms {
        Some((least, most)) if least == most => words.push(format!("+{least} ms")),
        Some((least, most)) => words.push(format!("+{least}–{most} ms")),
        None => {}
    }
    words.extend(rule.slow_bytes_per_s.map(|rate| format!("{rate} bytes per second")));
    if rule.phase == Phase::After {
        words.push("after it is carried out".to_owned());
    }
    words.join(", ")
}

/// What an operation does: method and path, documented outcomes, sources. The error says what may have been meant.
pub fn explain_operation(router: &Router, name: &str) -> Result<String, String> {
    let Some(row) = router.operation(name) else {
        let known = router.rows().iter().map(|row| row.operation);
        return Err(format!("there is no operation {name:?}; {}", did_you_mean(name, known)));
    };
    Ok(operation(row))
}

fn operation(row: &Row) -> String {
    let route = row.route;
    let mut text = format!("{}   {} {}\n", row.operation, route.verb.as_str(), row.path);
    if !route.about.is_empty() {
        text += &format!("  {}\n", route.about);
    }
    if !route.is_modelled() {
        text += "  known but not modelled: it answers 501 unless a fault rule answers\n";
    }
    let source = if route.source.is_empty() { String::new() } else { format!(", {}", route.source) };
    text += &format!("  evidence: {}{source}\n", route.evidence.as_str());
    if let Some(resource) = route.action.resource() {
        text += &format!("  records: {}\n", resource.name);
    }
    let outcomes: Vec<(String, String)> = std::iter::once((route.success.to_string(), "success".to_owned()))
        .chain(row.errors().map(|error| {
            let message = if error.message.is_empty() { String::new() } else { format!("   {}", error.message) };
            let known = format!("{}, {}", error.evidence.as_str(), error.source);
            (row.api.dialect.status(route, error).to_string(), format!("{}{message}\n           {known}", error.name))
        }))
        .collect();
    text += "  outcomes:\n";
    for (status, words) in outcomes {
        text += &format!("    {status}  {words}\n");
    }
    text
}
