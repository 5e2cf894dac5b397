//! Forecasts: the timeline of a scenario, and the facts of an operation, before anything runs.

use std::collections::HashMap;
use std::sync::Arc;

use crate::engine::api::api::Api;
use crate::engine::api::router::{Router, Row};
use crate::engine::schema::error_def::Variant;
use crate::engine::schema::profile::Profile;
use crate::engine::state::clock::ClockMode;
use crate::http::clip::{clipped, column_width};
use crate::http::json_object::json_object;
use crate::scenario::model::diagnostics::did_you_mean;
use crate::scenario::model::format::{ChangeKind, DataChange, EndKind, FieldChange, Scenario, Which};
use crate::scenario::model::rule::{Effect, Phase, Rule, Trigger};
use crate::scenario::parse::slow_clock::answers;
use crate::scenario::verify::report::Check;

/// The most ordinals that a forecast shows.
const SHOWN: usize = 5;
/// The most ordinals for which a draw is followed.
const FAR: u64 = 10_000;
/// The most bytes of rules that are told again at each further step, because they hold all the time.
const REPEATED_BYTES: usize = 1024 * 1024;

/// A step of a timeline before anything runs. A scenario without steps has one, without a name.
#[derive(Clone, Debug)]
pub(crate) struct ForecastStep {
    /// Its name.
    pub name: Option<String>,
    /// A sentence about it.
    pub about: String,
    /// The conditions that lead to it.
    pub from: Vec<String>,
    /// The changes of data when it begins.
    pub data: Vec<String>,
    /// The fault rules that are in force.
    pub rules: Vec<ForecastRule>,
    /// The number of rules in force that are not told, because an earlier step tells them.
    pub rules_left_out: usize,
}

json_object!(write ForecastStep { name, about, from, data, rules, rules_left_out: omitted });

/// A fault rule before anything runs.
#[derive(Clone, Debug)]
pub(crate) struct ForecastRule {
    /// Its id.
    pub id: String,
    /// The operations it is for.
    pub on: String,
    /// The matching calls that it answers: `calls 1-4`.
    pub calls: String,
    /// Its effect: `429 rate_limited, +20 ms`.
    pub effect: String,
}

json_object!(write ForecastRule { id, on, calls, effect });

impl ForecastRule {
    fn bytes(&self) -> usize {
        self.id.len() + self.on.len() + self.calls.len() + self.effect.len()
    }
}

/// Returns the timeline of a scenario and the forecast of which calls its rules answer. The rules that hold all the time
/// are told at the first step, and at further ones as far as these are not very many.
pub(crate) fn forecast_of(scenario: &Scenario) -> Vec<ForecastStep> {
    let seed = scenario.seed.unwrap_or_default();
    let forecast = |rules: &[Arc<Rule>]| -> Vec<ForecastRule> {
        let rules = rules.iter().map(|rule| ForecastRule {
            id: rule.id.to_string(),
            on: on(rule),
            calls: forecast(rule, seed),
            effect: effect(rule, &scenario.apis),
        });
        rules.collect()
    };
    let lasting = forecast(&scenario.rules);
    if scenario.steps.is_empty() {
        let from = vec!["the start".to_owned()];
        let (about, data, rules) = (String::new(), Vec::new(), lasting);
        return vec![ForecastStep { name: None, about, from, data, rules, rules_left_out: 0 }];
    }
    let mut left = lasting.iter().map(ForecastRule::bytes).sum::<usize>() + REPEATED_BYTES;
    let steps = scenario.steps.iter().zip(ways_to_steps(scenario)).map(|(step, from)| {
        let mut rules = forecast(&step.rules);
        let own = rules.len();
        rules.extend(lasting.iter().map_while(|rule| {
            left = left.checked_sub(rule.bytes())?;
            Some(rule.clone())
        }));
        ForecastStep {
            name: Some(step.name.to_string()),
            about: step.about.clone(),
            from,
            data: step.data.changes.iter().map(DataChange::words).collect(),
            rules_left_out: lasting.len() + own - rules.len(),
            rules,
        }
    });
    steps.collect()
}

/// Describes a scenario: its start, its timeline with a forecast of the calls that its rules fire at, and the checks of
/// its verification.
pub(crate) fn explain_scenario(scenario: &Scenario, checks: &[Check]) -> String {
    let mut text = format!("{}   seed {}\n", scenario.name, scenario.seed.unwrap_or_default());
    if !scenario.about.is_empty() {
        text += &format!("{}\n", scenario.about);
    }
    if !scenario.extends.is_empty() {
        text += &format!("extends {}\n", scenario.extends.join(", which extends "));
    }
    text += &start(scenario);
    for step in forecast_of(scenario) {
        match &step.name {
            None => text += "\nfrom the start\n",
            Some(name) => text += &format!("\nstep {name}   from: {}\n", step.from.join(" · ")),
        }
        if !step.about.is_empty() {
            text += &format!("  {}\n", step.about);
        }
        for change in &step.data {
            text += &format!("  data: {change}\n");
        }
        text += &table(&step.rules);
        if step.rules_left_out > 0 {
            text += &format!("  … and {} more of the rules that hold all the time\n", step.rules_left_out);
        }
    }
    if !scenario.lags.is_empty() {
        text += "\nreads that lag\n";
    }
    for lag in &scenario.lags {
        text += &format!("  {}   see a change {}\n", lag.on, lag.span.words());
    }
    text += &variations(scenario);
    if !checks.is_empty() {
        text += "\nexpected\n";
    }
    let width = column_width(checks.iter().map(|check| check.id.as_str()));
    for check in checks {
        text += &format!("  {:width$}   {}\n", check.id, check.title);
    }
    if let Some(probe) = &scenario.probe {
        text += &format!("\nprobe   {} steps\n", probe.steps.len());
        if !probe.about.is_empty() {
            text += &format!("  {}\n", probe.about);
        }
    }
    text
}

/// Returns a sentence about the records of the start, if the scenario has `data`.
fn start(scenario: &Scenario) -> String {
    let Some(data) = &scenario.data else { return String::new() };
    let from = data.from.as_ref().map_or("none but these".to_owned(), |from| format!("those of {from}"));
    let changes = data.changes.iter().map(|change| format!("  {}\n", change.words()));
    format!("\nrecords at the start: {from}\n{}", changes.collect::<String>())
}

/// Returns a sentence on how successful answers vary.
fn variations(scenario: &Scenario) -> String {
    let Some(perturb) = &scenario.perturb else { return String::new() };
    let share = |share: f64, what: &str| (share > 0.0).then(|| format!("{} % of {what}", share * 100.0));
    let ways = [
        perturb.unknown_fields.then(|| "a field that no document knows".to_owned()),
        perturb.new_enum_values.then(|| "values that no document knows".to_owned()),
        perturb.reorder_keys.then(|| "members in another order".to_owned()),
        share(perturb.omit_optional, "optional fields left out"),
        share(perturb.null_nullable, "nullable fields null"),
    ];
    let ways: Vec<String> = ways.into_iter().flatten().collect();
    let general = (!ways.is_empty()).then(|| format!("  {}   {}\n", perturb.on, ways.join(", ")));
    let drifts = perturb.fields.iter().map(|drift| {
        let becomes = match &drift.change {
            FieldChange::Type(kind) => format!("is {}", kind.words()),
            FieldChange::Name(name) => format!("has the name {name}"),
            FieldChange::Gone => "is not there".to_owned(),
        };
        let from = drift.from.as_ref().map(|(step, _)| format!(", from step {step} on")).unwrap_or_default();
        format!("  {}   {} of {} {becomes}{from}\n", perturb.on, drift.field, drift.of.name)
    });
    format!("\nanswers that vary\n{}", general.into_iter().chain(drifts).collect::<String>())
}

fn table(rules: &[ForecastRule]) -> String {
    let width = |column: fn(&ForecastRule) -> &str| column_width(rules.iter().map(column));
    let [ids, ons, calls] = [width(|rule| &rule.id), width(|rule| &rule.on), width(|rule| &rule.calls)];
    rules.iter().fold(String::new(), |text, rule| {
        text + &format!("  {:ids$}   {:ons$}   {:calls$}   {}\n", rule.id, rule.on, rule.calls, rule.effect)
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
            ChangeKind::Recreate(records) => {
                let records: Vec<String> = records.iter().map(which).collect();
                format!("{} of {name} are destroyed and made again", records.join(", "))
            }
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

/// Returns the conditions that lead to each step.
fn ways_to_steps(scenario: &Scenario) -> Vec<Vec<String>> {
    let mut ways = vec![Vec::new(); scenario.steps.len()];
    if let Some(first) = ways.first_mut() {
        first.push("the start".to_owned());
    }
    let places: HashMap<&str, usize> =
        scenario.steps.iter().enumerate().map(|(place, step)| (&*step.name, place)).collect();
    for (from, step) in scenario.steps.iter().enumerate() {
        for end in &step.ends {
            let to = end.to.as_ref().map_or(Some(from + 1), |to| places.get(&**to).copied());
            let Some((to, ways)) = to.and_then(|to| Some((to, ways.get_mut(to)?))) else { continue };
            let before = if from + 1 == to { String::new() } else { format!("{}, ", clipped(&*step.name)) };
            ways.push(format!("{before}{}{}", end.kind.words(), on_clock(scenario, &end.kind)));
        }
    }
    for ways in ways.iter_mut().filter(|ways| ways.is_empty()) {
        ways.push("nowhere".to_owned());
    }
    ways
}

/// Returns the number of answers that a time takes, in words, on a clock that moves with them.
fn on_clock(scenario: &Scenario, kind: &EndKind) -> String {
    let (step_ms, unless) = match scenario.clock_mode {
        Some(ClockMode::Real) => return String::new(),
        Some(ClockMode::Frozen) => (0, ""),
        Some(ClockMode::Step { step_ms }) => (step_ms, ""),
        None => (1, ", unless the clock is real"),
    };
    match kind {
        EndKind::AfterMs(ms) => match answers(*ms, step_ms) {
            Some(answers) => format!(" ({answers} answers: the clock moves {step_ms} ms with each{unless})"),
            None => " (never: the clock stands still)".to_owned(),
        },
        EndKind::Calls { .. } => String::new(),
    }
}

impl EndKind {
    /// Returns the condition in words: `celigo.flows.list answered 429 2 times`.
    pub(in crate::scenario) fn words(&self) -> String {
        match self {
            Self::AfterMs(ms) => format!("{ms} ms later"),
            Self::Calls { on, when, status, calls } => {
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
}

/// Returns the calls that a rule fires at, in words: `calls 1-4`, `calls 3, 6, 9…`, `calls 6, 7, 14… (p 0.2, seed 2, at
/// most 10)`.
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
        Trigger::Always => range(1, u64::MAX),
        Trigger::Between(from, to) => range(*from, *to),
        Trigger::Nth(ordinals) => {
            let fire = usize::try_from(limit).unwrap_or(usize::MAX).min(ordinals.len());
            few(&ordinals[..fire], false)
        }
        Trigger::Every(step) => {
            let most = usize::try_from(limit).unwrap_or(usize::MAX);
            let shown: Vec<u64> = (1..=3).map(|n| n * step).take(most).collect();
            few(&shown, most > shown.len())
        }
        Trigger::Chance(p) => {
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
    match &rule.effect {
        Some(Effect::Error { name, retry_after_s, .. }) => {
            words.push(match apis.iter().find_map(|api| api.error(name)) {
                Some(error) => format!("{} {name}", error.status),
                None => name.clone(),
            });
            words.extend(retry_after_s.map(|seconds| format!("retry after {seconds} s")));
        }
        Some(Effect::Respond { status, undocumented: true, .. }) => words.push(format!("{status} undocumented")),
        Some(Effect::Respond { status, .. }) => words.push(status.to_string()),
        Some(Effect::Abort(delivery)) => words.push(delivery.as_str().to_owned()),
        Some(Effect::Tls(fault)) => words.push(format!("close, then TLS {}", fault.as_str())),
        Some(Effect::Answer(_)) => words.push("a function answers".to_owned()),
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

/// Describes an operation: method and path, documented outcomes, sources. The error names the operation that may have
/// been meant.
pub(crate) fn explain_operation(router: &Router, name: &str) -> Result<String, String> {
    let Some(row) = router.operation(name) else {
        let known = router.rows().iter().map(|row| row.operation);
        return Err(format!("there is no operation {name:?}; {}", did_you_mean(name, known)));
    };
    Ok(operation(row))
}

fn operation(row: &Row) -> String {
    let route = row.route;
    let mut text = format!("{}   {} {}\n", row.operation, route.method.as_str(), row.path);
    if !route.about.is_empty() {
        text += &format!("  {}\n", route.about);
    }
    if !route.is_modelled() {
        text += "  known but not modelled: it answers 501 unless a fault rule answers\n";
    }
    let source = if route.source.is_empty() { String::new() } else { format!(", {}", route.source) };
    let assumed = if route.assumes.is_empty() { String::new() } else { format!("; {} is assumed", route.assumes) };
    text += &format!("  evidence: {}{source}{assumed}\n", route.evidence.as_str());
    if let Some(resource) = route.action.resource() {
        text += &format!("  records: {}\n", resource.name);
    }
    let outcomes: Vec<(String, String)> = std::iter::once((route.success.to_string(), "success".to_owned()))
        .chain(row.errors().map(|error| {
            let message = if error.message.is_empty() { String::new() } else { format!("   {}", error.message) };
            let [documented, live] =
                [Profile::Documented, Profile::Live].map(|profile| row.api.outcome(route, error, profile));
            let known = |it: &Variant| format!("{}, {}", it.evidence.as_str(), it.source);
            let mut words = format!("{}{message}\n           {}", error.name, known(&documented));
            if live != documented {
                words += &format!("\n           in the profile live {}: {}", live.status, known(&live));
            }
            (documented.status.to_string(), words)
        }))
        .collect();
    text += "  outcomes:\n";
    for (status, words) in outcomes {
        text += &format!("    {status}  {words}\n");
    }
    text
}
