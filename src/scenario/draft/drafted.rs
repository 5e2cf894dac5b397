//! A scenario drafted from two recordings.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::engine::api::router::Router;
use crate::scenario::draft::common::Common;
use crate::scenario::draft::recording::{PARTS, RecordedCall, Recording};
use crate::scenario::model::format::Scenario;

/// The most calls of an order: a longer list helps no reader.
const LONGEST_ORDER: usize = 40;

/// An expectation, before it has its id.
#[derive(Clone, Debug, PartialEq)]
struct Drafted {
    operation: &'static str,
    status: Option<u16>,
    when: Map<String, Value>,
}

/// Returns a scenario with the expectations that both runs meet. Each answer of the second run was held back; `now_ms`
/// is the time of the runs. `read` reads the text of a scenario, and returns it with the places of the calls that have
/// unknown fields.
pub(crate) fn draft(
    router: &Router,
    runs: [&Recording; 2],
    now_ms: u64,
    read: impl Fn(&str) -> Option<(Scenario, Vec<usize>)>,
) -> Value {
    let described = Described::of(runs, now_ms);
    let apis: BTreeSet<&str> =
        described.drafted.iter().filter_map(|call| call.operation.split_once('.')).map(|(api, _)| api).collect();
    let operations: BTreeSet<&str> = described.drafted.iter().map(|call| call.operation).collect();
    let ids = described.ids();
    let mut calls: Vec<Value> = described.drafted.iter().zip(&ids).map(|(call, id)| call.written(id)).collect();
    let mut expect = Map::new();
    expect.insert("calls".into(), calls.clone().into());
    if let Some(order) = described.order(runs[1], &ids) {
        expect.insert("order".into(), json!([order]));
    }
    expect.insert("only".into(), operations.iter().copied().collect::<Vec<_>>().into());
    let mut scenario = json!({
        "$schema": "./scenario-1.schema.json",
        "scenario": 1,
        "api": apis.into_iter().collect::<Vec<_>>(),
        "about": "Drafted by `standin draft` from what a command did. Take out what does not matter.",
        "expect": expect,
    });
    // Matchers overlap, so the calls are counted by the expectations as a verification will read them.
    if let Some((known, strange)) = read(&scenario.to_string()) {
        for (call, expected) in calls.iter_mut().zip(&known.expect.calls) {
            let counts = runs.map(|run| run.count(router, expected));
            let (min, max) = (counts[0].min(counts[1]), counts[0].max(counts[1]));
            call["times"] = if min == max { min.into() } else { json!({ "min": min, "max": max }) };
        }
        for call in strange {
            calls[call]["when"]["unknown_fields"] = "allow".into();
        }
        scenario["expect"]["calls"] = calls.into();
    }
    scenario
}

/// The calls that two runs have in common.
struct Described {
    drafted: Vec<Drafted>,
    /// For each call of each run, its place in `drafted`.
    places: [Vec<usize>; 2],
    /// For each place in `drafted`, whether it reads, and its group.
    kinds: Vec<(bool, &'static str)>,
}

impl Described {
    fn of(runs: [&Recording; 2], now_ms: u64) -> Self {
        let mut drafted: Vec<Drafted> = Vec::new();
        let mut kinds = Vec::new();
        let pairs = paired(&runs[0].calls, &runs[1].calls);
        let mut places = [vec![0; runs[0].calls.len()], vec![0; runs[1].calls.len()]];
        for pair in pairs {
            let of = |run: usize| pair[run].map(|call| &runs[run].calls[call]);
            let (one, other) = match (of(0), of(1)) {
                (Some(one), Some(other)) => (one, other),
                (Some(only), None) | (None, Some(only)) => (only, only),
                (None, None) => continue,
            };
            let made = Drafted::common(one, other, now_ms);
            let place = drafted.iter().position(|known| *known == made).unwrap_or_else(|| {
                kinds.push((one.is_read, one.group()));
                drafted.push(made);
                drafted.len() - 1
            });
            for run in 0..2 {
                if let Some(call) = pair[run] {
                    places[run][call] = place;
                }
            }
        }
        Self { drafted, places, kinds }
    }

    /// Returns an id for each: the last part of the operation, with a number where there are several.
    fn ids(&self) -> Vec<String> {
        let short = |call: &Drafted| {
            let parts: Vec<&str> = call.operation.split('.').skip(1).collect();
            let name = parts.join("-").to_lowercase().replace('_', "-");
            name.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect::<String>()
        };
        let names: Vec<String> = self.drafted.iter().map(short).collect();
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        let numbered = names.iter().map(|name| {
            let number = seen.entry(name).or_default();
            *number += 1;
            if names.iter().filter(|other| *other == name).count() == 1 {
                name.clone()
            } else {
                format!("{name}-{number}")
            }
        });
        numbered.collect()
    }

    /// Returns the order that matters, if both runs kept it: that of changes, and of reads of the changed records.
    fn order(&self, second: &Recording, ids: &[String]) -> Option<Vec<String>> {
        let changed: BTreeSet<&str> =
            self.kinds.iter().filter(|(is_read, _)| !is_read).map(|(_, group)| *group).collect();
        let of_changed = |place: usize| changed.contains(self.kinds[place].1);
        let changes = |place: usize| !self.kinds[place].0;
        let wanted: [&dyn Fn(usize) -> bool; 2] = [&of_changed, &changes];
        let kept = wanted.into_iter().find_map(|keep| self.sequence(second, keep))?;
        let order: Vec<String> = kept.iter().take(LONGEST_ORDER).map(|place| ids[*place].clone()).collect();
        (order.len() > 1).then_some(order)
    }

    /// Returns the kinds of calls in their order, equal neighbours once. `None` where the runs differ, or where a call
    /// did not wait for the answer to a call of another kind: such an order is accidental.
    fn sequence(&self, second: &Recording, keep: &dyn Fn(usize) -> bool) -> Option<Vec<usize>> {
        let kept = |run: usize| {
            let calls = self.places[run].iter().enumerate();
            let mut kept: Vec<(usize, usize)> =
                calls.map(|(call, place)| (call, *place)).filter(|(_, place)| keep(*place)).collect();
            kept.dedup_by_key(|(_, place)| *place);
            kept
        };
        let places = |calls: &[(usize, usize)]| calls.iter().map(|(_, place)| *place).collect::<Vec<_>>();
        let (one, other) = (kept(0), kept(1));
        let is_chance = other.windows(2).any(|pair| second.overlap(pair[0].0, pair[1].0));
        (places(&one) == places(&other) && !is_chance).then(|| places(&one))
    }
}

/// Returns the calls of two runs in pairs: equal calls first, then those of one operation and status in their order.
fn paired(one: &[RecordedCall], other: &[RecordedCall]) -> Vec<[Option<usize>; 2]> {
    let mut left: Vec<usize> = (0..other.len()).collect();
    let mut pairs: Vec<[Option<usize>; 2]> = (0..one.len()).map(|call| [Some(call), None]).collect();
    let alike: [fn(&RecordedCall, &RecordedCall) -> bool; 2] =
        [|one, other| one == other, |one, other| (one.operation, one.status) == (other.operation, other.status)];
    for is_alike in alike {
        for pair in &mut pairs {
            let ([Some(call), partner], left) = (pair, &mut left) else { continue };
            if partner.is_none()
                && let Some(found) = left.iter().position(|candidate| is_alike(&one[*call], &other[*candidate]))
            {
                *partner = Some(left.remove(found));
            }
        }
    }
    pairs.extend(left.into_iter().map(|call| [None, Some(call)]));
    pairs
}

impl Drafted {
    fn common(one: &RecordedCall, other: &RecordedCall, now_ms: u64) -> Self {
        let mut when = Map::new();
        for (n, part) in PARTS.into_iter().enumerate() {
            let (Some(first), Some(second)) = (&one.parts[n], &other.parts[n]) else {
                if part == "query" && one.is_read && one.parts[n].is_none() && other.parts[n].is_none() {
                    when.insert(part.into(), json!({ "@exact": {} }));
                }
                continue;
            };
            let shown = one.shown[n].as_ref().unwrap_or(first);
            let mut common = Common { is_literal: true, values: 0, now_ms };
            let matcher = common.matcher(first, second, shown);
            let is_whole = part != "params" && common.is_literal && matcher.is_object() && first == second;
            when.insert(part.into(), if is_whole { json!({ "@exact": matcher }) } else { matcher });
        }
        Self { operation: one.operation, status: one.status, when }
    }

    fn written(&self, id: &str) -> Value {
        let mut call = json!({ "id": id, "on": self.operation });
        if !self.when.is_empty() {
            call["when"] = self.when.clone().into();
        }
        if let Some(status) = self.status {
            call["status"] = status.into();
        }
        call
    }
}
