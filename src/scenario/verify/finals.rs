//! The records that a scenario expects in the end.

use std::collections::HashMap;

use serde_json::Value;

use crate::engine::state::State;
use crate::engine::store::Record;
use crate::scenario::model::format::FinalExpectation;
use crate::scenario::model::matchers::Matcher;
use crate::scenario::verify::near::Calls;
use crate::scenario::verify::report::Violation;

/// Number of records that a violation names.
const SHOWN: usize = 5;

/// The records that an expectation matches.
#[derive(Clone, Debug, Default)]
pub(super) struct Found<'s> {
    count: u64,
    /// The ids of the first of them.
    first: Vec<&'s str>,
}

/// The records that each of several expectations matches, in their order. Each record is taken apart once.
pub(super) struct FinalMatches<'s>(Vec<Found<'s>>);

/// The expectations about one collection.
#[derive(Default)]
struct Wanted<'e> {
    /// Those that want a text in a member, by both: for most records, none of them needs a look.
    by_text: HashMap<(&'e str, &'e str), Vec<usize>>,
    others: Vec<usize>,
}

impl<'s> FinalMatches<'s> {
    pub(super) fn of(state: &'s State, expectations: &[FinalExpectation]) -> Self {
        let mut found = vec![Found::default(); expectations.len()];
        let mut by_collection: HashMap<&'static str, Wanted<'_>> = HashMap::new();
        for (place, expected) in expectations.iter().enumerate() {
            by_collection.entry(expected.resource.name).or_default().add(place, expected.matcher.as_ref());
        }
        for (name, wanted) in by_collection {
            let resource = expectations.iter().map(|expected| expected.resource).find(|it| it.name == name);
            for record in resource.into_iter().flat_map(|resource| state.store.of(resource).iter()) {
                let fields = Value::from(record.fields().clone());
                for place in wanted.may_match(&fields) {
                    if expectations[place].matcher.as_ref().is_none_or(|matcher| matcher.matches(Some(&fields))) {
                        found[place].add(record);
                    }
                }
            }
        }
        Self(found)
    }

    /// Returns what was found for each.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Found<'s>> {
        self.0.iter()
    }
}

impl<'s> Found<'s> {
    fn add(&mut self, record: &'s Record) {
        self.count += 1;
        if self.first.len() < SHOWN {
            self.first.push(record.id());
        }
    }

    /// Tells whether it is as many as are expected.
    pub(super) fn meets(&self, expected: &FinalExpectation) -> bool {
        expected.count.holds(self.count)
    }
}

impl<'e> Wanted<'e> {
    fn add(&mut self, place: usize, matcher: Option<&'e Matcher>) {
        match matcher.and_then(Matcher::member_text) {
            Some(text) => self.by_text.entry(text).or_default().push(place),
            None => self.others.push(place),
        }
    }

    /// Returns the places of the expectations that a record may match.
    fn may_match<'f>(&'f self, fields: &'f Value) -> impl Iterator<Item = usize> + use<'f, 'e> {
        let members = fields.as_object().into_iter().flatten().filter(|_| !self.by_text.is_empty());
        let texts = members.filter_map(|(name, value)| self.by_text.get(&(name.as_str(), value.as_str()?)));
        texts.flatten().chain(&self.others).copied()
    }
}

/// Judges the number of records of a kind.
pub(super) fn judged(
    state: &State,
    expected: &FinalExpectation,
    found: &Found<'_>,
    calls: &Calls<'_>,
) -> Option<Violation> {
    if found.meets(expected) {
        return None;
    }
    let (name, words, count) = (expected.resource.name, expected.count.words(), found.count);
    let collection = state.store.of(expected.resource);
    let violation = Violation::new(format!("{count} matching records in {name}, expected {words}"));
    Some(if count > expected.count.max {
        let more = if count > found.first.len() as u64 { ", …" } else { "" };
        let shown: Vec<String> = found.first.iter().map(|id| format!("{id:?}")).collect();
        violation.detailed([format!("matching: {}{more}", shown.join(", "))])
    } else if collection.is_empty() {
        violation.detailed([format!("{name} is empty")])
    } else {
        match &expected.matcher {
            Some(matcher) => calls.explained_by(violation, collection, matcher),
            None => violation,
        }
    })
}
