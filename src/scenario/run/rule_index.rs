//! An index of the rules on one operation: most rules want a text at some spot of the request, and one lookup tells
//! which cannot match.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;
use std::sync::{Arc, OnceLock};

use foldhash::fast::FixedState;
use smallvec::SmallVec;

use crate::history::trace::Part;
use crate::history::trace::{RuleTrace, Trace, Verdict};
use crate::scenario::model::request_view::{RequestView, Spotted};
use crate::scenario::model::rule::Rule;

/// The rules on one operation.
#[derive(Clone, Debug, Default)]
pub(in crate::scenario) struct RuleIndex {
    rules: Vec<IndexedRule>,
    /// The spots where the rules want texts. Each is read once for a request.
    spots: Vec<Spot>,
    /// The number of each spot.
    numbers: HashMap<Spot, usize, FixedState>,
    /// The spots and hashes of the texts that the rules want.
    wanted: HashSet<(usize, u64), FixedState>,
    /// True when a rule wants no text: then every request may match.
    prefilter: bool,
    /// The verdicts on the rules for a request that matches none.
    none: OnceLock<Trace>,
}

/// The place of a text in a request: a part, or a member of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Spot {
    part: Part,
    member: Option<Box<str>>,
}

impl Spot {
    fn bytes(&self) -> usize {
        size_of::<Self>() + self.member.as_ref().map_or(0, |member| member.len())
    }
}

#[derive(Clone, Copy, Debug)]
struct IndexedRule {
    /// The place of the rule among all rules.
    place: usize,
    /// The text without which the rule cannot match, if there is one.
    want: Option<Want>,
}

/// A text that must stand at a spot, by its hash. Texts with equal hashes are told apart by the rule itself.
#[derive(Clone, Copy, Debug)]
struct Want {
    spot: usize,
    hash: u64,
}

/// The hashes of the texts that stand at the spots of a request.
pub(in crate::scenario) type SpotTexts = SmallVec<[Hashed; 4]>;

/// The content of a spot of a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::scenario) enum Hashed {
    Nothing,
    One(u64),
    /// Several texts: the rules themselves look at each.
    Several,
}

impl Hashed {
    fn may_be(self, wanted: u64) -> bool {
        self == Self::One(wanted) || self == Self::Several
    }
}

impl RuleIndex {
    pub(in crate::scenario) fn add(&mut self, rule: &Rule, place: usize) {
        let want = rule.when.as_ref().and_then(|when| {
            let (part, member, text) = when.first_text()?;
            let spot = Spot { part, member: member.map(Into::into) };
            let spot = *self.numbers.entry(spot).or_insert_with_key(|spot| {
                self.spots.push(spot.clone());
                self.spots.len() - 1
            });
            Some(Want { spot, hash: hash(text) })
        });
        match want {
            Some(Want { spot, hash }) => drop(self.wanted.insert((spot, hash))),
            None => self.prefilter = true,
        }
        self.rules.push(IndexedRule { place, want });
        self.none.take();
    }

    /// Returns the bytes of memory that it takes, with the verdicts that it keeps.
    pub(super) fn bytes(&self) -> usize {
        let rules = self.rules.len() * (size_of::<IndexedRule>() + size_of::<RuleTrace>());
        let spots: usize = self.spots.iter().map(Spot::bytes).sum();
        rules + 2 * spots + self.wanted.len() * size_of::<(usize, u64)>()
    }

    /// Returns the hashes of the texts at the spots of a request.
    pub(in crate::scenario) fn texts(&self, view: &RequestView<'_>) -> SpotTexts {
        let look = |spot: &Spot| match view.text(spot.part, spot.member.as_deref()) {
            Spotted::Nothing => Hashed::Nothing,
            Spotted::One(text) => Hashed::One(hash(text)),
            Spotted::Several => Hashed::Several,
        };
        self.spots.iter().map(look).collect()
    }

    /// Returns the rules, in order, each with the part of the request that does not match, if the index tells it.
    pub(in crate::scenario) fn rules(&self, texts: &SpotTexts) -> impl Iterator<Item = (usize, Option<Part>)> {
        self.rules.iter().map(|rule| {
            let missing = rule.want.filter(|want| !texts[want.spot].may_be(want.hash));
            (rule.place, missing.map(|want| self.spots[want.spot].part))
        })
    }

    /// Returns the verdicts on the rules, if the index tells that none matches. This takes the same time for any number
    /// of rules.
    pub(in crate::scenario) fn none<'r>(
        &self,
        texts: &SpotTexts,
        id: impl Fn(usize) -> &'r Arc<str>,
    ) -> Option<&Trace> {
        let mismatch = |(place, part): (usize, Option<Part>)| {
            Some(RuleTrace { rule: Arc::clone(id(place)), verdict: Verdict::Mismatch(part?) })
        };
        let wanted = |(spot, text): (usize, Hashed)| match text {
            Hashed::Nothing => false,
            Hashed::One(hash) => self.wanted.contains(&(spot, hash)),
            Hashed::Several => true,
        };
        let known = !self.prefilter && !texts.iter().copied().enumerate().any(wanted);
        known.then(|| self.none.get_or_init(|| self.rules(texts).filter_map(mismatch).collect()))
    }
}

fn hash(text: &str) -> u64 {
    FixedState::default().hash_one(text)
}
