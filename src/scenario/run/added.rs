//! Warnings about fault rules, lags and expected calls that were added to a running scenario: those that `check` gives
//! for a file.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::engine::api::router::Router;
use crate::scenario::model::diagnostics::Diagnostics;
use crate::scenario::model::rule::{Effect, Operations, Rule};
use crate::scenario::model::when::When;
use crate::scenario::parse::check::{beyond_limit, shadowed, shadowed_words};
use crate::scenario::parse::paths::below;
use crate::scenario::parse::read::FileReader;
use crate::scenario::parse::reader::Node;
use crate::scenario::parse::statuses::{Made, undocumented};
use crate::scenario::run::scenario_run::ScenarioRun;

impl ScenarioRun {
    /// Returns the warnings about fault rules that were added, one text each.
    pub(crate) fn warnings_of_rules(&self, router: &Router) -> Vec<String> {
        let rules: Vec<&Rule> = self.rules().map(|(rule, ..)| rule).skip(self.own_counters()).collect();
        let named = |n: usize| format!("rule {:?}", &*rules[n].id);
        let mut warnings = Vec::new();
        for (n, rule) in rules.iter().enumerate() {
            let own = match &rule.source {
                Some(source) => read_again(source, router, |reader, node| drop(reader.rule(node, false))),
                None => made(router, |reader| {
                    reader.tell_made(rule.when.as_ref(), Some(&rule.on));
                    if let Some(Effect::Error { field: Some(field), .. }) = &rule.effect {
                        reader.tell_unknown_error_field(&["do".into(), "with".into(), "field".into()], field, &rule.on);
                    }
                }),
            };
            let limit = made(router, |reader| beyond_limit(reader.found, rule, &[]));
            warnings.extend(own.into_iter().chain(limit).map(|warning| format!("{}: {warning}", named(n))));
        }
        for (n, firsts) in shadowed(rules.iter().copied().enumerate(), router) {
            let (what, help) = shadowed_words(&firsts.into_iter().map(named).collect::<Vec<_>>());
            warnings.push(format!("{}: W02 {what}\n    {help}", named(n)));
        }
        warnings
    }

    /// Returns the warnings about lags that were added, one text each.
    pub(crate) fn warnings_of_lags(&self, router: &Router) -> Vec<String> {
        let mut taken = HashSet::new();
        let told = self.added_lags().flat_map(|lag| {
            let warnings = made(router, |reader| reader.tell_idle_lag(lag, &mut taken));
            warnings.into_iter().map(|warning| format!("lag on {}: {warning}", lag.on)).collect::<Vec<_>>()
        });
        told.collect()
    }

    /// Returns the warnings about expected calls that were added, one text each.
    pub(crate) fn warnings_of_calls(&self, router: &Router) -> Vec<String> {
        let by_rules = Made::by(self.rules().map(|(rule, ..)| rule));
        let calls = self.expected().map(|(call, _)| call).enumerate().skip(self.scenario().expect.calls.len());
        let told = calls.flat_map(|(n, call)| {
            let own = match &call.source {
                Some(source) => read_again(source, router, |reader, node| drop(reader.expected_call(node))),
                None => made(router, |reader| reader.tell_made(call.when.as_ref(), call.on.as_ref())),
            };
            let statuses = made(router, |reader| {
                for status in &call.status {
                    let path = below(&[], "status");
                    if call.fault.is_none() {
                        undocumented(reader.found, (call.on.as_ref(), *status), &by_rules, router, &path);
                    }
                }
            });
            let name = call.id.as_ref().map_or_else(|| format!("call {n}"), |id| format!("call {id:?}"));
            own.into_iter().chain(statuses).map(move |warning| format!("{name}: {warning}"))
        });
        told.collect()
    }
}

/// Reads the text of a fragment again, and returns the warnings.
fn read_again(text: &str, router: &Router, read: impl FnOnce(&mut FileReader<'_, '_>, &Node<'_>)) -> Vec<String> {
    let value: Value = serde_json::from_str(text).unwrap_or_default();
    told(text, router, |reader| read(reader, &Node::root(&value)))
}

/// Returns the warnings about a fragment that a test made in code, and that has no text.
fn made(router: &Router, tell: impl FnOnce(&mut FileReader<'_, '_>)) -> Vec<String> {
    told("{}", router, tell)
}

fn told(text: &str, router: &Router, tell: impl FnOnce(&mut FileReader<'_, '_>)) -> Vec<String> {
    let mut found = Diagnostics::new("", text);
    let (apis, profiles) = (router.apis().to_vec(), Vec::new());
    tell(&mut FileReader { found: &mut found, router, apis, profiles, fidelity: None });
    let words = found.finish().into_iter().map(|it| {
        // A message without a path is about the whole fragment.
        let message = it.message.strip_prefix("the file ").unwrap_or(&it.message);
        format!("{} {message}\n    {}", it.code, it.help)
    });
    words.collect()
}

impl FileReader<'_, '_> {
    /// Warns of a `when` that a test made in code.
    fn tell_made(&mut self, when: Option<&When>, on: Option<&Operations>) {
        let Some(when) = when else { return };
        let none = json!({});
        let node = Node { value: &none, path: vec!["when".into()] };
        self.tell_unmatched(&node, when, on);
        if let Some(body) = &when.body {
            self.tell_unknown_in_body(&["when".into(), "body".into()], body, on);
        }
    }
}
